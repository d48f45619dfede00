"""Which engines are tried on a claim, in which order, on which part of the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.encode.listing import TooLarge
from verifier.engines.engine import ALL, Attempt, Budget, Engine
from verifier.engines.registry import ENGINES, ROUNDS
from verifier.evidence.evidence import Answer, Bound, Holds, Unknown
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.semantics.claims import plain
from verifier.semantics.cone import slice_for


def attempts(
    model: Model, claim: Claim, budget: Budget, engine: str | None = None, racers: int = 1
) -> Iterator[Attempt]:
    """Yield one attempt for each engine that handles the claim, cheap ones first, each made when it is asked for.

    With `engine`, only that one (a key of ENGINES) is tried; where it cannot handle the claim its attempt is
    Unknown and says why; ALL: each one that handles it, for the whole time. Unasked, a mere bound is never an answer.
    The first round is made in this process. In the later ones `racers` engines are at work at a time, each in a
    process of its own; the attempts are the same, and come in the same order. Close the iterator to end them.
    """
    claim = plain(claim)
    if engine == ALL:
        seconds = budget.left
        for each in (e for e in ENGINES.values() if e.handles(model, claim) is None):
            yield _attempt(each, model, claim, replace(budget, deadline=time.monotonic() + seconds))
    elif engine is not None:
        yield _attempt(ENGINES[engine], model, claim, budget)
    else:
        for number, engines in enumerate(ROUNDS):
            able = (e for e in engines if e.handles(model, claim) is None)  # each is loaded when its turn comes
            if number and racers > 1:
                yield from _raced([*able], model, claim, budget, racers)
            else:
                yield from (_unbounded(_attempt(e, model, claim, budget)) for e in able)


def _raced(engines: Sequence[Engine], model: Model, claim: Claim, budget: Budget, racers: int) -> Iterator[Attempt]:
    from verifier.engines.race import race

    if len(engines) > 1:
        return map(_unbounded, race(engines, model, claim, budget, racers, _attempt))
    return (_unbounded(_attempt(e, model, claim, budget)) for e in engines)


def _unbounded(attempt: Attempt) -> Attempt:
    if isinstance(attempt.answer, Holds) and isinstance(attempt.answer.evidence, Bound):
        reason = f"{attempt.engine}: no counterexample of at most {attempt.answer.evidence.depth} steps"
        return replace(attempt, answer=Unknown(reason))
    return attempt


def _attempt(engine: Engine, model: Model, claim: Claim, budget: Budget) -> Attempt:
    started = time.monotonic()
    why_not = engine.handles(model, claim)
    answer = Unknown(f"{engine.name}: {why_not}") if why_not is not None else _solved(engine, model, claim, budget)
    return Attempt(engine.name, answer, time.monotonic() - started)


def _solved(engine: Engine, model: Model, claim: Claim, budget: Budget) -> Answer:
    """Return the answer about the claim's cone of influence, where that says all; otherwise about the whole machine."""
    part = slice_for(model, claim)
    if part is not None and engine.handles(part.model, claim) is None:
        answer = _tried(engine, part.model, claim, budget)
        lifted = answer if isinstance(answer, Unknown) else part.lifted(answer)
        if lifted is not None:
            return lifted
    return _tried(engine, model, claim, budget)


def _tried(engine: Engine, model: Model, claim: Claim, budget: Budget) -> Answer:
    try:
        return engine.solve(model, claim, budget)
    except TooLarge as error:
        return Unknown(f"{engine.name}: {error}")
