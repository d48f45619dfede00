"""Smaller formulas that say the same, of runs that go on for ever and of runs that end."""

from __future__ import annotations

from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE, App, and_, not_, or_, variables

EVER, NEVER = Now(TRUE), Now(FALSE)


def simplified(formula: Formula) -> Formula:
    """Return an equivalent positive formula (see `semantics.positive`)."""
    if isinstance(formula, Now) or formula.name == "not":
        return formula
    parts = tuple(simplified(p) for p in formula.parts)
    match formula.name:
        case "and" | "or" as name:
            return _junction(name, parts)
        case "X" | "N":
            # There may be no next position: `X true` and `N false` say whether there is one.
            gone = (parts[0] == NEVER) if formula.name == "X" else (parts[0] == EVER)
            return parts[0] if gone else Operator(formula.name, parts)
        case "U":
            return _until(*parts)
        case _:
            return _release(*parts)


def _junction(name: str, parts: tuple[Formula, ...]) -> Formula:
    """Return a conjunction or disjunction: flat, without doubles, conditions on the state joined into one."""
    unit, zero, join = (EVER, NEVER, and_) if name == "and" else (NEVER, EVER, or_)
    flat = [q for p in parts for q in (p.parts if isinstance(p, Operator) and p.name == name else (p,))]
    states = [p.condition for p in flat if isinstance(p, Now) and not variables(p.condition, 1)]
    kept = dict.fromkeys(p for p in flat if not (isinstance(p, Now) and p.condition in states))
    joined = join(*states)
    sides = joined.args if isinstance(joined, App) else ()
    if joined is zero.condition or any(not_(s) in sides for s in sides) or any(_negated(p) in kept for p in kept):
        return zero
    found = [*([] if joined is unit.condition else [Now(joined)]), *_together(name, _absorbed(name, list(kept)))]
    if not found:
        return unit
    return found[0] if len(found) == 1 else Operator(name, tuple(found))


def _negated(formula: Formula) -> Formula | None:
    """Return the literal that contradicts this one."""
    if isinstance(formula, Now):
        return Operator("not", (formula,)) if variables(formula.condition, 1) else Now(not_(formula.condition))
    return formula.parts[0] if formula.name == "not" else None


def _absorbed(name: str, parts: list[Formula]) -> list[Formula]:
    """Leave out what another part implies: in `F p or (q U p)` the second, in `G p and (q R p)` too."""
    strong, other = ("U", EVER) if name == "or" else ("R", NEVER)
    ends = {p.parts[1] for p in parts if isinstance(p, Operator) and p.name == strong and p.parts[0] == other}

    def is_kept(part: Formula) -> bool:
        implied = isinstance(part, Operator) and part.name == strong and part.parts[0] != other
        return not (implied and isinstance(part, Operator) and part.parts[1] in ends)

    return [p for p in parts if is_kept(p)]


def _together(name: str, parts: list[Formula]) -> list[Formula]:
    """Join `F p or F q` to `F (p or q)`, and `G p and G q` to `G (p and q)`: fewer promises have to be watched."""
    operator, left = ("U", EVER) if name == "or" else ("R", NEVER)
    same = [p for p in parts if isinstance(p, Operator) and p.name == operator and p.parts[0] == left]
    if len(same) < 2:
        return parts
    joined = _junction(name, tuple(p.parts[1] for p in same))
    return [*(p for p in parts if p not in same), (_until if name == "or" else _release)(left, joined)]


def _until(left: Formula, right: Formula) -> Formula:
    if right in (EVER, NEVER) or left in (NEVER, right):
        return right
    if isinstance(right, Operator) and right.name == "U" and right.parts[0] == left:
        return right  # p U (p U q); F F q
    if left == EVER and isinstance(right, Operator):
        if right.name == "U":
            return _until(EVER, right.parts[1])  # F (p U q)
        if _is_recurrence(right):
            return right  # F G F q
    return Operator("U", (left, right))


def _release(left: Formula, right: Formula) -> Formula:
    if right in (EVER, NEVER) or left in (EVER, right):
        return right
    if isinstance(right, Operator) and right.name == "R" and right.parts[0] == left:
        return right  # p R (p R q); G G q
    if left == NEVER and isinstance(right, Operator):
        if right.name == "R":
            return _release(NEVER, right.parts[1])  # G (p R q)
        if _is_persistence(right):
            return right  # G F G q
    return Operator("R", (left, right))


def _is_recurrence(formula: Operator) -> bool:
    """Return True iff the formula is `G F q`."""
    inner = formula.parts[-1]
    is_always = formula.name == "R" and formula.parts[0] == NEVER
    return is_always and isinstance(inner, Operator) and inner.name == "U" and inner.parts[0] == EVER


def _is_persistence(formula: Operator) -> bool:
    """Return True iff the formula is `F G q`."""
    inner = formula.parts[-1]
    is_eventual = formula.name == "U" and formula.parts[0] == EVER
    return is_eventual and isinstance(inner, Operator) and inner.name == "R" and inner.parts[0] == NEVER
