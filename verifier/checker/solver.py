"""The checker's side of the second solver: one process, started at the first query."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
    """A cvc5 process. Whatever goes wrong with it, the answer is "unknown"."""

    version = "cvc5"

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = b""
        self._number = 0

    def check(self, script: str, seconds: float) -> Reply:
        """Return the answer to an SMT-LIB script with one `(check-sat)`, after at most some `seconds`."""
        self._number += 1
        query = {"id": self._number, "script": script, "milliseconds": max(1, int(seconds * 1000))}
        try:
            process = self._process or self._start()
            assert process.stdin is not None
            process.stdin.write(json.dumps(query).encode() + b"\n")
            process.stdin.flush()
            reply = self._read(process, seconds + GRACE)
            if reply["id"] != self._number or reply["answer"] not in ("sat", "unsat", "unknown"):
                raise ValueError("an answer to another question")
            return Reply(str(reply["answer"]), str(reply["reason"]))
        except TimeoutError:
            reason = f"no answer within {seconds:.0f} s"
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"the solver process failed ({type(error).__name__}: {error})"
        self.close()
        return Reply("unknown", reason)

    def close(self) -> None:
        """End the process, if there is one. The next query starts another."""
        process, self._process, self._waiting = self._process, None, b""
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe and pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: a file named cvc5.py or json.py in the working directory, perhaps a stranger's, must not be imported.
        command = [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))]
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null)
        self.version = str(self._read(self._process, START)["version"])
        return self._process

    def _read(self, process: subprocess.Popen[bytes], seconds: float) -> dict[str, object]:
        """Return the next line of the process. Raises TimeoutError, and ConnectionError where it has ended."""
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        while b"\n" not in self._waiting:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError
            if not (chunk := os.read(process.stdout.fileno(), 1 << 16)):
                raise ConnectionError("it ended")
            self._waiting += chunk
        line, _, self._waiting = self._waiting.partition(b"\n")
        return dict(json.loads(line))


@cache
def _of_process(_number: int) -> Solver:
    solver = Solver()
    atexit.register(solver.close)
    return solver


def shared() -> Solver:
    """Return this process's solver: one for a run, ended with it."""
    return _of_process(os.getpid())
