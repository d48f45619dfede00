"""Several engines on one claim at the same time, each in a process of its own.

The attempts come in the order of the engines, each when it and all before it are done, so who looks at them one by one
and stops at the first that will do gets the same one as if the engines had run one after the other, on every machine.
Whoever stops, for whatever reason, closes the race: the processes that still run are ended and waited for.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from verifier.engines.engine import Attempt, Budget, Engine
from verifier.evidence.evidence import Unknown
from verifier.model.claims import Claim
from verifier.model.model import Model

Try = Callable[[Engine, Model, Claim, Budget], Attempt]

GRACE = 5.0
"""The seconds beyond the budget after which an engine that does not answer is ended; and in which a process that is
told to end has to."""


def race(
    engines: Sequence[Engine], model: Model, claim: Claim, budget: Budget, racers: int, attempt: Try
) -> Iterator[Attempt]:
    """Yield one attempt for each engine, in order; at most `racers` are at work at a time."""
    field = _Field(model, claim, budget, attempt)
    try:
        for place, engine in enumerate(engines):
            for follower in engines[place : place + racers]:
                field.start(follower)
            yield field.finish(engine)
    finally:
        field.close()


class _Field:
    """The processes at work, by engine."""

    def __init__(self, model: Model, claim: Claim, budget: Budget, attempt: Try) -> None:
        self.arguments = (model, claim, budget, attempt)
        self.budget = budget
        self.running: dict[Engine, tuple[BaseProcess, Connection]] = {}
        self.done: set[Engine] = set()

    def start(self, engine: Engine) -> None:
        """Start an engine, unless it has been started."""
        if engine in self.running or engine in self.done:
            return
        # Spawned, not forked: a forked copy of a process with threads or with a solver's memory may hang.
        context = get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        # Daemonic: who is interrupted before it is noted below does not wait for it at the end, but ends it.
        process = context.Process(target=_run, args=(sender, engine, *self.arguments), daemon=True)
        process.start()
        sender.close()
        self.running[engine] = (process, receiver)

    def finish(self, engine: Engine) -> Attempt:
        """Wait for an engine's attempt; where its process fails, the attempt is Unknown and says so."""
        process, receiver = self.running.pop(engine)
        self.done.add(engine)
        try:
            if connection.wait([receiver], self.budget.left + GRACE):
                return receiver.recv()  # type: ignore[no-any-return]
            return Attempt(engine.name, Unknown(f"{engine.name}: time is up"), self.budget.left)
        except EOFError:
            return Attempt(engine.name, Unknown(f"{engine.name}: its process ended without an answer"), 0.0)
        finally:
            _end(process, receiver)

    def close(self) -> None:
        """End every process that still runs."""
        for process, _ in self.running.values():
            process.terminate()
        for process, receiver in self.running.values():
            _end(process, receiver)
        self.running.clear()


def _end(process: BaseProcess, receiver: Connection) -> None:
    receiver.close()
    process.terminate()
    process.join(GRACE)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


def _run(sender: Connection, engine: Engine, model: Model, claim: Claim, budget: Budget, attempt: Try) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sender.send(attempt(engine, model, claim, budget))
    sender.close()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
