"""Formulas of temporal logic in the spec's own syntax."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.model.formulas import Formula, Now, Operator
from verifier.model.printer import AND, COMPARE, IFF, IMPLIES, NOT, OR, show_operand
from verifier.model.terms import FALSE, TRUE

_CONNECTIVES: Mapping[str, tuple[int, int, int]] = {  # own level, left operand's, the others'
    "iff": (IFF, IMPLIES, IMPLIES),
    "implies": (IMPLIES, OR, IMPLIES),
    "or": (OR, AND, AND),
    "and": (AND, NOT, NOT),
}


def show_formula(formula: Formula) -> str:
    """Return the formula as a spec would have it, with no more parentheses than needed."""
    return _show(formula, IFF)


def _show(formula: Formula, level: int) -> str:
    if isinstance(formula, Now):
        return show_operand(formula.condition, level)
    name, parts = formula.name, formula.parts
    if name in _CONNECTIVES:
        own, first, others = _CONNECTIVES[name]
        text = f" {name} ".join(_show(p, others if n else first) for n, p in enumerate(parts))
        return text if own >= level else f"({text})"
    if name == "N":  # the dual of `X`, which the language has no word for
        return _show(Operator("not", (Operator("X", (Operator("not", parts),)),)), level)
    if name == "U" and parts[0] == Now(TRUE):
        name, parts = "F", parts[1:]
    if name == "R" and parts[0] == Now(FALSE):
        name, parts = "G", parts[1:]
    if len(parts) == 1:
        return f"{name} {_show(parts[0], COMPARE if isinstance(parts[0], Now) else NOT)}"
    operands = [_show(p, COMPARE if isinstance(p, Now) or _is_link(p) else NOT) for p in parts]
    if len(name) == 2:
        return f"{name[0]}[{operands[0]} {name[1]} {operands[1]}]"
    linked = f"{operands[0]} {name} {operands[1]}"
    return linked if level < NOT else f"({linked})"


def _is_link(formula: Operator) -> bool:
    return formula.name in ("U", "R", "W")
