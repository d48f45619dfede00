"""Partial evaluation: what is left of a term when some of its leaves are known."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.model.model import Model
from verifier.model.terms import App, Call, Const, Op, Term, children, rebuild, substitute
from verifier.semantics.evaluate import RangeError, Setting, evaluate


def fold(term: Term, model: Model, known: Mapping[Term, Term] | None = None) -> Term:
    """Return `term` with the leaves in `known` replaced, and every subterm whose arguments are constants
    replaced by its value. A constant that does not fit its int range is left as it stands."""
    setting = Setting(model)
    done: dict[Term, Term] = {}

    def walk(t: Term) -> Term:
        if t not in done:
            parts = tuple(walk(p) for p in children(t))
            done[t] = _value(rebuild(t, parts) if parts else t, setting)
        return done[t]

    return walk(substitute(term, known) if known else term)


def _value(term: Term, setting: Setting) -> Term:
    if not _is_closed(term, setting.model):
        return term
    try:
        return Const(term.sort, evaluate(term, setting))
    except RangeError:
        return term


def _is_closed(term: Term, model: Model) -> bool:
    if isinstance(term, App) and term.op is Op.EQ and term.args[0] is term.args[1]:
        return False
    known = isinstance(term, App) or (isinstance(term, Call) and term.name in model.cells)
    return known and all(isinstance(a, Const) for a in children(term))
