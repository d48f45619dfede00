"""Engines that are imported when they are first asked: loading all of them takes longer than many a search."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from verifier.engines.engine import Budget, Engine
from verifier.evidence.evidence import Answer
from verifier.model.claims import Claim
from verifier.model.model import Model


@dataclass(frozen=True)
class Deferred:
    """The engine `name`: the class `made_by` of the module `module` of this package, with `options`.

    It is never asked about claims of other classes than `kinds`, if there are some: it handles none of those, and
    `otherwise` says so.
    """

    name: str
    module: str
    made_by: str
    options: tuple[int, ...] = ()
    kinds: tuple[type[Claim], ...] = ()
    otherwise: str = ""

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Return what the engine says; it is loaded only for a claim of its kinds."""
        if self.kinds and not isinstance(claim, self.kinds):
            return self.otherwise
        return self.loaded().handles(model, claim)

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return the engine's answer."""
        return self.loaded().solve(model, claim, budget)

    def loaded(self) -> Engine:
        """Return the engine itself."""
        engine: Engine = getattr(import_module(f"verifier.engines.{self.module}"), self.made_by)(*self.options)
        return engine
