"""A repository with one small machine in it, and the command run inside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.versions.scratch import Scratch
from verifier.cli.main import run
from verifier.report.formats.json import review_of
from verifier.report.review import Finding, MachineReview, Review

SPEC = "spec/migration.arc"

BASE = """\
machine migration
  "A device that can be migrated."

param pre_copy: bool "pre-copy is supported"

enum State { STOP, RUNNING, STOP_COPY, PRE_COPY, RESUMING }
enum Last { OPENED, ARC_DONE, RESET_DONE }

control state
var state: State = RUNNING
var fd: bool = false "the user holds a descriptor"
var last: Last = OPENED

table next_state: State, State -> State
  |           | STOP    | RUNNING | STOP_COPY | PRE_COPY | RESUMING |
  | STOP      | STOP    | RUNNING | STOP_COPY | RUNNING  | RESUMING |
  | RUNNING   | STOP    | RUNNING | STOP      | PRE_COPY | STOP     |
  | STOP_COPY | STOP    | STOP    | STOP_COPY | STOP     | STOP     |
  | PRE_COPY  | RUNNING | RUNNING | STOP_COPY | PRE_COPY | RUNNING  |
  | RESUMING  | STOP    | STOP    | STOP      | STOP     | RESUMING |

def saving(s: State) = s in {STOP_COPY, PRE_COPY}

arc stop: RUNNING -> STOP by user { last' = ARC_DONE }
arc run: STOP -> RUNNING by user { last' = ARC_DONE }
arc begin_stop_copy: STOP -> STOP_COPY by user { fd' = true  last' = ARC_DONE }
arc end_stop_copy: STOP_COPY -> STOP by user { fd' = false  last' = ARC_DONE }
arc begin_pre_copy: RUNNING -> PRE_COPY by user when pre_copy { fd' = true  last' = ARC_DONE }
arc end_pre_copy: PRE_COPY -> RUNNING by user when pre_copy { fd' = false  last' = ARC_DONE }
arc finish: PRE_COPY -> STOP_COPY by user when pre_copy and fd { last' = ARC_DONE }
arc begin_resuming: STOP -> RESUMING by user { fd' = true  last' = ARC_DONE }
arc end_resuming: RESUMING -> STOP by user { fd' = false  last' = ARC_DONE }
rule reset by kernel when state != RESUMING { state' = RUNNING  fd' = false  last' = RESET_DONE }

property no_way_back
  "No step leads from STOP_COPY to PRE_COPY."
  every step state == STOP_COPY implies state' != PRE_COPY
property fd_is_of_a_session
  always fd implies saving(state) or state == RESUMING
property copied_by_arcs
  state == STOP_COPY reached only via begin_stop_copy, finish
property resuming_is_reached
  reachable state == RESUMING
property comes_back
  recoverable state == RUNNING from state == RESUMING
"""


def edited(*edits: tuple[str, str], text: str = BASE) -> str:
    """The machine with each text replaced by another; each must be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Outcome:
    """What the command did: its exit code, what it printed, and the review that it wrote, if it wrote one."""

    code: int
    out: str
    err: str
    stored: Review | None = None

    @property
    def review(self) -> Review:
        """The review, which must be there."""
        assert self.stored is not None, self.err
        return self.stored

    @property
    def machine(self) -> MachineReview:
        """The only machine."""
        (machine,) = self.review.machines
        return machine

    @property
    def roots(self) -> list[tuple[str, str]]:
        """Code and subject of each finding, consequences apart, in the order of the report."""
        return [(f.code, f.subject) for _, f in self.review.findings()]

    @property
    def all(self) -> dict[tuple[str, str], Finding]:
        """Every finding, consequences as well, by code and subject."""
        return {(f.code, f.subject): f for f in self.every()}

    def every(self) -> Iterator[Finding]:
        """Yield every finding, consequences as well."""
        for _, root in self.review.findings():
            yield from root.tree()

    @property
    def problems(self) -> list[str]:
        """The codes of what could not be checked."""
        return [p.code for p in self.review.problems]


class Tree(Scratch):
    """A git repository in which the command runs."""

    def __init__(self, top: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(top)
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def run(self, *words: str, stdin: bytes = b"") -> Outcome:
        """Run the command as it is."""
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capsys.readouterr()
        code = run(words)
        told = self._capsys.readouterr()
        return Outcome(code, told.out, told.err)

    def reviewed(self, *words: str, stdin: bytes = b"") -> Outcome:
        """Run a command that reviews, in one process; its review is written as JSON beside what it prints."""
        store = self.top.parent / "review.json"
        store.unlink(missing_ok=True)
        told = self.run(*words, "-j", "1", "--report", f"json={store}", stdin=stdin)
        stored = review_of(store.read_bytes()) if store.exists() else None
        return Outcome(told.code, told.out, told.err, stored)

    def compared(self, new: str, *words: str, old: str = BASE) -> Outcome:
        """The difference of two texts of one spec, by `diff`."""
        self.write({"old.arc": old, "new.arc": new})
        return self.reviewed("diff", "old.arc", "new.arc", *words)

    def gated(self, new: str | None, *words: str) -> Outcome:
        """What the gate says of the machine in the work tree, the base being what is committed."""
        self.write({SPEC: new})
        return self.reviewed("gate", "--base", "HEAD", *words)
