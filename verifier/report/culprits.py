"""Which individuals a quantified condition fails for, in the state or step where it is false."""

from __future__ import annotations

from verifier.evidence.interpretation import State
from verifier.model.printer import show_value
from verifier.model.terms import App, Bind, Binder, Op, Term
from verifier.semantics.evaluate import Locals, RangeError, Setting, holds


def culprits_text(condition: Term, setting: Setting, states: tuple[State, ...]) -> str:
    """Return ` for a = A, b = B`: values of the variables bound by `all` that make the condition false; "" iff
    there are none, or the condition has no value."""
    try:
        found = _culprits(condition, setting, states, {})
    except RangeError:
        return ""
    return f" for {', '.join(found)}" if found else ""


def _culprits(term: Term, setting: Setting, states: tuple[State, ...], locals_: Locals) -> list[str]:
    if isinstance(term, Bind) and term.binder is Binder.ALL:
        for value in setting.values(term.local.sort):
            inner = {**locals_, term.local.name: value}
            if not holds(term.body, setting, states, inner):
                shown = f"{term.local.name} = {show_value(value, term.local.sort)}"
                return [shown, *_culprits(term.body, setting, states, inner)]
    if isinstance(term, App) and term.op is Op.IMPLIES:
        return _culprits(term.args[1], setting, states, locals_)
    if isinstance(term, App) and term.op is Op.AND:
        part = next((a for a in term.args if not holds(a, setting, states, locals_)), None)
        return _culprits(part, setting, states, locals_) if part is not None else []
    return []
