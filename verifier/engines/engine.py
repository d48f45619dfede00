"""What an engine is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from verifier.evidence.evidence import Answer
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.semantics.claims import cases

ALL = "all"
"""The name that stands for every engine."""


@dataclass(frozen=True)
class Budget:
    """How long an engine may search: `deadline` on `time.monotonic()`; and, if that is bounded, how many states it may
    visit and with how many bytes of memory. An explicit search uses so many threads, and keeps what it has explored
    in the folder `checkpoint`, if there is one, for a run that goes on from there."""

    deadline: float
    states: int | None = None
    memory: int | None = None
    threads: int = 1
    checkpoint: str | None = None

    @staticmethod
    def of(seconds: float) -> Budget:
        """Return the budget that ends `seconds` from now."""
        return Budget(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds left; 0 when the time is used up."""
        return max(0.0, self.deadline - time.monotonic())


class Engine(Protocol):
    """A search algorithm. The model given is already restricted by the property's `assuming`."""

    @property
    def name(self) -> str:
        """The name for `--engine` and reports."""

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Return None iff the engine can try this claim on this model; otherwise why it cannot."""

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Search until an answer is found or the budget is used up (then Unknown, with the reason)."""


def not_safety(model: Model, claim: Claim) -> str | None:
    """Return why a claim is not for engines that prove what holds of all states and steps; None iff it is."""
    if isinstance(claim, Reachable):
        return "`reachable` is shown by runs"
    return None if cases(model, claim) is not None else "not a safety claim"


@dataclass(frozen=True)
class Attempt:
    """One engine's answer on one claim, and how many seconds it took."""

    engine: str
    answer: Answer
    seconds: float


class Attempts(Protocol):
    """The portfolio's shape: answers, cheap engines first, each computed only when it is asked for."""

    def __call__(self, model: Model, claim: Claim, budget: Budget, engine: str | None = None) -> Iterator[Attempt]:
        """Yield attempts; with `engine`, only that engine's."""
