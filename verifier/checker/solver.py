"""The checker's side of the second solver: one process, started at the first query."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from weakref import WeakKeyDictionary

GRACE = 2.0
"""Seconds beyond its limit after which a query's process is killed."""

START = 30.0
"""Seconds that the process may take to start."""


@dataclass(frozen=True)
class Reply:
    """`answer` is "sat", "unsat" or "unknown"; an unknown says why."""

    answer: str
    reason: str = ""


class Solver:
    """A cvc5 process. Whatever goes wrong with it, the answer is "unknown". `answered`: what is known, by
    model and question."""

    version = "cvc5"

    def __init__(self) -> None:
        self._process: Popen[bytes] | None = None
        self._number = 0
        self.answered = WeakKeyDictionary[object, dict[object, Reply]]()

    def check(self, script: str, seconds: float) -> Reply:
        """Return the answer to an SMT-LIB script with one `(check-sat)`, after at most some `seconds`."""
        try:
            process = self.prepare()
            if self._number == 0:
                self.version = str(_exchange(process, b"", START)["version"])
            self._number += 1
            query = {"id": self._number, "script": script, "milliseconds": max(1, int(seconds * 1000))}
            reply = _exchange(process, json.dumps(query).encode() + b"\n", seconds + GRACE)
            if reply["id"] != self._number or reply["answer"] not in ("sat", "unsat", "unknown"):
                raise ValueError("an answer to another question")
            return Reply(str(reply["answer"]), str(reply["reason"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.close()
            return Reply("unknown", f"the solver process failed ({type(error).__name__}: {error})")

    def close(self) -> None:
        """End the process, if there is one. The next query starts another."""
        process, self._process, self._number = self._process, None, 0
        if process is not None:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):
                    pipe.close()

    def prepare(self) -> Popen[bytes]:
        """Return the process; start it if there is none, without waiting until it has loaded. Raises OSError."""
        if self._process is None:
            # -P: a file named cvc5.py or json.py in the working directory, perhaps a stranger's, must not be imported.
            command = [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))]
            self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        return self._process


def _exchange(process: Popen[bytes], line: bytes, seconds: float) -> dict[str, object]:
    """Send a line and return the next one that comes back; kill the process if that takes longer than `seconds`.

    Raises OSError where the process ends, and ValueError or TypeError where it does not answer with an object.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        process.stdin.write(line)
        process.stdin.flush()
        answer = process.stdout.readline()
    finally:
        timer.cancel()
    if not answer:
        raise ConnectionError(f"it ended, or was killed after {seconds:.1f} s")
    return dict(json.loads(answer))


@cache
def _of_process(_number: int) -> Solver:
    solver = Solver()
    atexit.register(solver.close)
    with contextlib.suppress(OSError):  # the first query will say so
        solver.prepare()
    return solver


def shared() -> Solver:
    """Return this process's solver: one for a run, ended with it. It starts to load when this is first called."""
    return _of_process(os.getpid())
