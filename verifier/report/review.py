"""The review value: everything that comparing two versions found, as plain data that any renderer can show.

Nothing in it needs a solver or a model: a review that was written as JSON and read again renders to the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from verifier.change.level import Level
from verifier.version import __version__


class Relation(Enum):
    """How the new version's behaviours relate to the old one's."""

    EQUIVALENT = "EQUIVALENT"
    EXTENDS = "EXTENDS"
    RESTRICTS = "RESTRICTS"
    INCOMPARABLE = "INCOMPARABLE"
    UNDECIDED = "UNDECIDED"
    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHECKED = "CHECKED"  # there is one version only: it was checked, and compared with nothing
    UNREADABLE = "COULD NOT CHECK"


@dataclass(frozen=True)
class Place:
    """A place in a file of one version: lines and columns from 1; `text` is the source line, if it is known."""

    path: str
    line: int
    column: int = 1
    text: str = ""


@dataclass(frozen=True)
class RunStep:
    """One step of a run: what happened (`rule(arguments)`, or "start"), the state after it, as far as it changed,
    in arc syntax, and the place of the rule."""

    label: str
    state: str
    place: Place | None = None


@dataclass(frozen=True)
class Run:
    """A run that shows a finding. `side` is "old" or "new". `loop` is the index of the step to which a lasso
    returns. `summary` is one line: the parameters, and the control values on the way."""

    side: str
    title: str
    summary: str
    steps: tuple[RunStep, ...]
    loop: int | None = None


@dataclass(frozen=True)
class Waived:
    """The waiver that was found for a finding. `status`: "accepted", or why it does not count ("expired",
    "self-granted", "outgrown"). Only an accepted one takes the finding out of the exit code."""

    id: str
    status: str
    reason: str
    owner: str = ""
    link: str = ""
    expires: str = ""


@dataclass(frozen=True)
class Finding:
    """One difference, judged. The fields up to `old_place` are those of `verifier.change.fact.Change`.

    `title` is the check's title ("guard widened"), `why` one sentence on the level. `proof` are lines that say how
    it was decided and who certified it. `fingerprint` is 64 hex digits over code, kind, machine, subject, and the
    meaning before and after. `consequences` never gate by themselves: the finding's `level` is the worst of its own
    and theirs, and `own` is its own. `quoted` are the lines of the hunk of a patch that the finding is about.
    """

    code: str
    kind: str
    title: str
    subject: str
    level: Level
    own: Level
    fingerprint: str
    before: str | None = None
    after: str | None = None
    actor: str | None = None
    note: str = ""
    why: str = ""
    place: Place | None = None
    old_place: Place | None = None
    runs: tuple[Run, ...] = ()
    proof: tuple[str, ...] = ()
    waived: Waived | None = None
    consequences: tuple[Finding, ...] = ()
    quoted: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """True iff a waiver takes the finding out of the exit code."""
        return self.waived is not None and self.waived.status == "accepted"

    def tree(self) -> Iterator[Finding]:
        """Yield the finding and all its consequences."""
        yield self
        for consequence in self.consequences:
            yield from consequence.tree()


@dataclass(frozen=True)
class Verdicts:
    """One property's verdict on both sides; None where the property, or that side, does not exist.

    `outcome` is the new side's `verifier.report.result.Outcome` value ("proved", "failed", ...), or None.
    `evidence` says in a few words what the new verdict rests on, and `place` is the property's on the new side.
    """

    name: str
    old: str | None
    new: str | None
    outcome: str | None
    evidence: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Proof:
    """One direction of the relation: "every run of NEW is a run of OLD", by which evidence, certified by whom."""

    claim: str
    verdict: str
    evidence: str
    certified_by: str


@dataclass(frozen=True)
class MachineReview:
    """One machine on both sides. `same_while` are conditions under which both are equal ("not p2p").

    `rules` and `properties_same` count what is unchanged, of how many there are on the new side.
    """

    name: str
    path: str
    relation: Relation
    strength: str = ""
    same_while: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    findings: tuple[Finding, ...] = ()
    properties: tuple[Verdicts, ...] = ()
    rules_same: tuple[int, int] = (0, 0)
    properties_same: tuple[int, int] = (0, 0)
    skipped: bool = False  # both sides have the same canonical digest, so nothing was solved


@dataclass(frozen=True)
class Problem:
    """Something that could not be checked: exit 2. `side` is "old", "new" or "" (neither); `text` are its lines, as
    a terminal shows them."""

    code: str
    side: str
    message: str
    text: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True)
class PatchRow:
    """One patch of a series: its number, its subject, and for each machine, in the order of `Review.machines`, what
    it did ("same", "EXTENDS", "breaks 2", "not readable", ...). `findings` are those of this patch against the one
    before it.
    """

    number: int
    subject: str
    cells: tuple[str, ...]
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Review:
    """What one command found. `command`: "check", "diff", "gate", "patch", "conform".

    `base` and `head` name the two sides as a user would (a path, a revision with its commit's id). `general` are
    findings about no machine: policy, waivers, drift of sources. `reproduce` is the command that gives this review
    again. `contradiction`: engines or checker disagree: nothing of it counts. `policy_note` says what the proposed
    policy would give, where the policy changed. `version` is that of the arcproof that found it.
    """

    command: str
    base: str
    head: str
    profile: str
    fail_on: str
    undecided: str
    machines: tuple[MachineReview, ...] = ()
    general: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    patches: tuple[PatchRow, ...] = ()
    reproduce: str = ""
    reused: int = 0  # certificates of the base that served the head
    searched: int = 0  # obligations for which a search was needed
    contradiction: str | None = None
    policy_note: str = ""
    notes: tuple[str, ...] = field(default=())
    version: str = __version__

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """Yield each root finding with its machine's name ("" for a general one), in the order of the report."""
        yield from (("", f) for f in self.general)
        yield from ((m.name, f) for m in self.machines for f in m.findings)

    @property
    def counts(self) -> Counter[Level]:
        """How many root findings have which level; accepted ones are not among them."""
        return Counter(f.level for _, f in self.findings() if not f.accepted)

    @property
    def accepted(self) -> int:
        """How many root findings a waiver accepts."""
        return sum(f.accepted for _, f in self.findings())

    @property
    def exit_code(self) -> int:
        """0 nothing at or above `fail_on`; 1 the gate failed; 2 could not check; 3 undecided; 4 contradiction."""
        if self.contradiction is not None:
            return 4
        if self._is_unchecked():
            return 2
        if any(self.counts[level] for level in failing(self.fail_on)):
            return 1
        return 3 if self.undecided == "fail" and self._is_undecided() else 0

    def _is_unchecked(self) -> bool:
        unread = any(m.relation is Relation.UNREADABLE for m in self.machines)
        return unread or bool(self.problems or self.counts[Level.ERROR]) or not (self.machines or self.general)

    def _is_undecided(self) -> bool:
        open_ = any(m.relation is Relation.UNDECIDED for m in self.machines)
        return open_ or bool(self.counts[Level.UNDECIDED])

    @property
    def conclusion(self) -> str:
        """The first words of every format: GATE FAILED, COULD NOT CHECK, UNDECIDED, CONTRADICTION, or PASSED."""
        return CONCLUSIONS[self.exit_code]


CONCLUSIONS = {0: "PASSED", 1: "GATE FAILED", 2: "COULD NOT CHECK", 3: "UNDECIDED", 4: "CONTRADICTION"}


def failing(fail_on: str) -> tuple[Level, ...]:
    """Return the levels at which a finding fails the gate. Raises KeyError for a word that is none of the four."""
    return {
        "never": (),
        "breaking": (Level.BREAKING,),
        "risky": (Level.BREAKING, Level.RISKY),
        "note": (Level.BREAKING, Level.RISKY, Level.NOTE),
    }[fail_on]
