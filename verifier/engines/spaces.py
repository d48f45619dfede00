"""How far a search through packed states goes."""

from __future__ import annotations

from dataclasses import replace

from verifier.engines.engine import Budget
from verifier.statespace.space import Limits


def limits_of(budget: Budget, states: int | None = None) -> Limits:
    """Return the limits of a budget, its folder apart, with at most so many states."""
    most = min((s for s in (budget.states, states) if s is not None), default=None)
    limits = Limits(budget.deadline, threads=budget.threads, states=most)
    return limits if budget.memory is None else replace(limits, memory=budget.memory)
