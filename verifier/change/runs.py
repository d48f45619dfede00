"""Where a run of one version leaves the behaviours of the other."""

from __future__ import annotations

from verifier.change.dependence import NotComparableError
from verifier.change.inclusion import Comparison
from verifier.evidence.evidence import Trace
from verifier.semantics.evaluate import Setting, holds


def foreign_step(comparison: Comparison, run: Trace) -> int | None:
    """Return the number of the first step of a run of the inner version that is no step of the outer one: 0 where the
    run does not even begin there, None where all of it is a run of both.

    Raises NotComparableError where that cannot be seen from the run.
    """
    if comparison.translation.history:
        raise NotComparableError("the versions do not have the same variables")
    setting = Setting(comparison.model, run.parameters, run.interpretation)
    if not holds(comparison.initially(), setting, (run.initial,)):
        return 0
    states = run.states
    for number, step in enumerate(run.steps, 1):
        condition = comparison.step(comparison.inner.rule[step.rule])
        if not holds(condition, setting, (states[number - 1], states[number]), step.arguments):
            return number
    return None


def is_run_of_both(comparison: Comparison, run: Trace) -> bool | None:
    """Return whether a run of the inner version is one of the outer version; None where that cannot be seen."""
    try:
        return foreign_step(comparison, run) is None
    except (NotComparableError, ArithmeticError, LookupError):
        return None
