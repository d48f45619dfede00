"""The report value: what was asked, what is known of it, and the exit code that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from verifier.checker.certified import Certified, Verdict
from verifier.diagnostics import SpecError
from verifier.evidence.evidence import Answer
from verifier.model.model import Model
from verifier.model.sorts import Value

Origin = Literal["search", "cache", "base"]
"""Where a verdict's evidence comes from: it was sought, kept by an earlier run, or shown for another version. The
checker has confirmed it all the same."""


class Outcome(Enum):
    """What a verdict means for the one who asked; the value is how a summary counts it."""

    PROVED = "proved"
    EXPECTED_VIOLATION = "refuted as expected"
    ACCEPTED_VACUITY = "vacuous as allowed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    UNCHECKED = "not checked"
    UNREADABLE = "with an unreadable source"
    CONTRADICTION = "contradicted"


_CODES = {Outcome.FAILED: 1, Outcome.UNREADABLE: 2, Outcome.UNDECIDED: 3, Outcome.CONTRADICTION: 4}
_WORST_FIRST = (4, 2, 1, 3, 0)


def fold(codes: Iterator[int]) -> int:
    """Return the exit code for several inputs together: the worst, in the order 4, 2, 1, 3, 0."""
    return min(codes, key=_WORST_FIRST.index, default=0)


def exit_code(outcome: Outcome, severity: str) -> int:
    """Return the code of one property, see `PropertyReport.exit_code`."""
    code = _CODES.get(outcome, 0)
    return code if code in (2, 4) or severity == "error" else 0


@dataclass(frozen=True)
class PropertyReport:
    """One property: the verdict, the engine that found the evidence (None: no engine took part), the seconds
    that search and certification took, and `contradiction`: what engines and checker disagree about, if they do.

    `waived` is True iff the user said that the property's source need not be compared; `obstacle` says why the
    source could not be compared, where one was given and could not be read. `origin` says where the evidence comes
    from, and `ignored` why what the cache holds was of no use; neither changes what is known, or a report on file.
    `answers` are those of the engines that were judged.
    """

    certified: Certified
    engine: str | None = None
    search_seconds: float = 0.0
    certify_seconds: float = 0.0
    contradiction: str | None = None
    waived: bool = False
    obstacle: SpecError | None = None
    origin: Origin = "search"
    ignored: str | None = None
    answers: tuple[tuple[str, Answer], ...] = ()

    @property
    def name(self) -> str:
        """The property's name."""
        return self.certified.property.name

    @property
    def outcome(self) -> Outcome:
        """What the verdict means, the spec's own expectation taken into account."""
        if self.contradiction is not None:
            return Outcome.CONTRADICTION
        if self.waived:
            return Outcome.UNCHECKED
        if self.obstacle is not None:
            return Outcome.UNREADABLE
        if self.certified.expected:
            return _EXPECTED[self.certified.verdict]
        return Outcome.UNDECIDED if self.certified.verdict in _OPEN else Outcome.FAILED

    @property
    def exit_code(self) -> int:
        """The code of this property alone. A warning or a note never fails the run; a contradiction, and a
        source that cannot be read, always do."""
        return exit_code(self.outcome, self.certified.property.severity)


_OPEN = (Verdict.UNKNOWN, Verdict.BOUNDED)
_EXPECTED = {
    Verdict.PROVED: Outcome.PROVED,
    Verdict.REFUTED: Outcome.EXPECTED_VIOLATION,
    Verdict.VACUOUS: Outcome.ACCEPTED_VACUITY,
}


@dataclass(frozen=True)
class MachineReport:
    """One machine: its model, the parameters fixed for this run, and its properties in the spec's order.

    `label` tells the specs of one run apart, such as `vfio/migration_v1`: a relative path without a suffix.
    """

    model: Model
    properties: tuple[PropertyReport, ...]
    fixed: Mapping[str, Value] = field(default_factory=dict)
    label: str = ""

    @property
    def path(self) -> str:
        """The spec's path as the user wrote it."""
        return self.model.source.path

    @property
    def exit_code(self) -> int:
        """The fold of the properties' codes."""
        return fold(p.exit_code for p in self.properties)


@dataclass(frozen=True)
class Unreadable:
    """A spec that could not be checked, with the diagnostics that say why."""

    path: str
    error: SpecError
    label: str = ""

    exit_code = 2


@dataclass(frozen=True)
class Report:
    """Everything that one run found, in the order of the specs."""

    entries: tuple[MachineReport | Unreadable, ...]

    @property
    def machines(self) -> tuple[MachineReport, ...]:
        """The specs that could be read."""
        return tuple(e for e in self.entries if isinstance(e, MachineReport))

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """The specs that could not be checked."""
        return tuple(e for e in self.entries if isinstance(e, Unreadable))

    @property
    def properties(self) -> tuple[PropertyReport, ...]:
        """All properties of all machines."""
        return tuple(p for m in self.machines for p in m.properties)

    @property
    def exit_code(self) -> int:
        """0 all as expected, 1 failed, 2 could not check, 3 undecided, 4 contradiction; folded by `fold`."""
        return fold(e.exit_code for e in self.entries)

    @property
    def counts(self) -> Counter[Outcome]:
        """How many properties have which outcome."""
        return Counter(p.outcome for p in self.properties)
