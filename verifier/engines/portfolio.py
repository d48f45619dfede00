"""Which engines are tried on a claim, and in which order."""

from __future__ import annotations

import time
from collections.abc import Iterator

from verifier.encode.terms import TooLarge
from verifier.engines.engine import Attempt, Budget, Engine
from verifier.engines.registry import ENGINES, PORTFOLIO
from verifier.evidence.evidence import Answer, Bound, Holds, Unknown
from verifier.model.claims import Claim
from verifier.model.model import Model


def attempts(model: Model, claim: Claim, budget: Budget, engine: str | None = None) -> Iterator[Attempt]:
    """Yield one attempt for each engine that handles the claim, cheap ones first, each made when it is asked for.

    With `engine`, only that one (a key of ENGINES) is tried; where it cannot handle the claim its attempt is
    Unknown and says why. Unasked, a mere bound is never an answer.
    """
    if engine is not None:
        yield _attempt(ENGINES[engine], model, claim, budget)
        return
    for candidate in PORTFOLIO:
        if candidate.handles(model, claim) is None:
            attempt = _attempt(candidate, model, claim, budget)
            if isinstance(attempt.answer, Holds) and isinstance(attempt.answer.evidence, Bound):
                reason = f"{candidate.name}: no counterexample of at most {attempt.answer.evidence.depth} steps"
                attempt = Attempt(attempt.engine, Unknown(reason), attempt.seconds)
            yield attempt


def _attempt(engine: Engine, model: Model, claim: Claim, budget: Budget) -> Attempt:
    started = time.monotonic()
    why_not = engine.handles(model, claim)
    answer = Unknown(f"{engine.name}: {why_not}") if why_not is not None else _solved(engine, model, claim, budget)
    return Attempt(engine.name, answer, time.monotonic() - started)


def _solved(engine: Engine, model: Model, claim: Claim, budget: Budget) -> Answer:
    try:
        return engine.solve(model, claim, budget)
    except TooLarge as error:
        return Unknown(f"{engine.name}: {error}")
