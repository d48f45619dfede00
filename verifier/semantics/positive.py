"""Formulas of linear time in positive form, and claims as such formulas. Part of the trusted base.

Positive formulas have the operators `and`, `or`, `not` (of a condition on a step only), `X` (there is a next
position, and there ...), `N` (if there is a next position, then there ...), `U` and `R`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.model.claims import Claim, Ctl, LeadsTo, Ltl
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE, not_, variables
from verifier.semantics.claims import plain
from verifier.semantics.refusal import require

_DUAL = {"and": "or", "or": "and", "X": "N", "U": "R"}


def in_linear_time(claim: Claim) -> Ltl | None:
    """Return a claim `ltl` that says the same as a claim about maximal runs; None iff it is none, or can be said of
    states alone."""
    match plain(claim):
        case Ltl() as linear:
            return linear
        case Ctl(formula) if _is_about_runs(formula):
            return Ltl(on_every_run(formula))
        case LeadsTo(trigger, response, fair):
            answered = Operator("F", (Now(response),))
            return Ltl(Operator("G", (Operator("implies", (Now(trigger), answered)),)), fair)
        case _:
            return None


def on_every_run(formula: Formula) -> Formula:
    """Return a formula of linear time that holds of every maximal run from a state in which a formula of branching
    time holds. Raises Refused where the latter says of some run that it exists.

    So one run that does not satisfy it shows that the branching formula is false; not each that is has such a run.
    """
    return _unquantified(formula, True)


def on_some_run(formula: Formula) -> Formula:
    """Return a formula of linear time: in a state from which a maximal run satisfies it a formula of branching time
    holds. Raises Refused where the latter says something of every run."""
    return Operator("not", (on_every_run(Operator("not", (formula,))),))


def _unquantified(formula: Formula, wanted: bool) -> Formula:
    if isinstance(formula, Now):
        return formula
    name, sides = formula.name, [wanted] * len(formula.parts)
    if len(name) == 2 and name[0] in "AE":
        require((name[0] == "A") is wanted, "one run does not show that there is no other")
        name = name[1]
    elif name in ("not", "implies"):
        sides[0] = not wanted
    elif name == "iff":
        require(all(isinstance(p, Now) for p in formula.parts), "one run does not show that there is no other")
    return Operator(name, tuple(_unquantified(p, s) for p, s in zip(formula.parts, sides, strict=True)))


def _is_about_runs(formula: Formula) -> bool:
    """Return True iff a formula of branching time is plainly true in a state iff `on_every_run` of it is true of every
    run from there: a choice is between conditions on one state, so that no two runs can choose differently (as in
    Maidl: The Common Fragment of CTL and LTL, FOCS 2000)."""
    if isinstance(formula, Now):
        return True
    simple = [isinstance(p, Now) for p in formula.parts]
    match formula.name:
        case "and" | "AX" | "AG":
            chosen = True
        case "implies" | "AR":
            chosen = simple[0]
        case "AF" | "AU" | "AW":
            chosen = simple[-1]
        case "or":
            chosen = simple.count(False) <= 1
        case _:
            chosen = all(simple) and formula.name in ("not", "iff")
    return chosen and all(_is_about_runs(p) for p in formula.parts)


def parts(claim: Claim) -> tuple[Ltl, ...]:
    """Return claims `ltl` that say together what a claim about maximal runs says; none iff it is no such claim."""
    linear = in_linear_time(claim)
    return () if linear is None else conjoined(linear)


def conjoined(claim: Ltl) -> tuple[Ltl, ...]:
    """Return the claims that a claim is the conjunction of."""
    return tuple(replace(claim, formula=f) for f in _conjuncts(claim.formula))


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Operator) and formula.name == "and":
        for part in formula.parts:
            yield from _conjuncts(part)
    else:
        yield formula


def positive(formula: Formula, wanted: bool = True) -> Formula:
    """Return the formula (not wanted: its negation) in positive form."""
    if isinstance(formula, Now):
        return _condition(formula, wanted)
    operands = formula.parts
    match formula.name:
        case "not":
            return positive(operands[0], not wanted)
        case "implies":
            return _either("or", wanted, positive(operands[0], not wanted), positive(operands[1], wanted))
        case "iff":
            return _equivalence(operands[0], operands[1], wanted)
        case "F":
            return _either("U", wanted, Now(TRUE if wanted else FALSE), positive(operands[0], wanted))
        case "G":  # not F not
            return _either("U", not wanted, Now(FALSE if wanted else TRUE), positive(operands[0], wanted))
        case "R":  # not (not p U not q)
            return _either("U", not wanted, *(positive(p, wanted) for p in operands))
        case "W":  # q R (p or q)
            left, right = (positive(p, wanted) for p in operands)
            return _either("U", not wanted, right, _either("or", wanted, left, right))
        case name:  # and, or, X, U
            return _either(name, wanted, *(positive(p, wanted) for p in operands))


def _condition(formula: Now, wanted: bool) -> Formula:
    if wanted:
        return formula
    return Operator("not", (formula,)) if variables(formula.condition, 1) else Now(not_(formula.condition))


def _either(name: str, wanted: bool, *parts: Formula) -> Operator:
    """Return the operator, or the one that its negation pushes inwards."""
    return Operator(name if wanted else _DUAL[name], parts)


def _equivalence(left: Formula, right: Formula, wanted: bool) -> Formula:
    """Both or neither; not wanted: one of them alone."""
    both = (positive(left), positive(right, wanted))
    neither = (positive(left, False), positive(right, not wanted))
    return Operator("or", (Operator("and", both), Operator("and", neither)))


def settled(formula: Formula) -> Formula:
    """Return a positive formula, without `N` and `R`, such that a run that satisfies it, taken for one that ends, makes
    a positive formula true however it goes on (as in Kupferman, Vardi: Model Checking of Safety Properties, 2001).

    Nothing is left to what comes: there is a next position where one is spoken of, and `p R q` is over.
    """
    if isinstance(formula, Now):
        return formula
    if formula.name == "not":
        return Operator("and", (formula, Operator("X", (Now(TRUE),))))
    parts = tuple(settled(p) for p in formula.parts)
    if formula.name == "R":
        return Operator("U", (parts[1], Operator("and", parts)))
    return Operator("X" if formula.name == "N" else formula.name, parts)


def subformulas(formula: Formula) -> Iterator[Formula]:
    """Yield each distinct part once, a formula before its parts."""
    seen: dict[Formula, None] = {formula: None}
    queue = [formula]
    for here in queue:
        yield here
        for part in here.parts if isinstance(here, Operator) else ():
            if part not in seen:
                seen[part] = None
                queue.append(part)


def is_step(formula: Formula) -> bool:
    """Return True iff the formula is a condition on a step."""
    return isinstance(formula, Now) and bool(variables(formula.condition, 1))
