"""What a CI format lists: every finding and every problem, and what stands for a verdict that has neither.

Each of those formats can be read as a clean bill where it lists nothing, so whatever makes the exit code other than 0
is an entry, also a relation that stayed undecided, and a run that checked nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.change.level import Level
from verifier.report.digest import text_digest
from verifier.report.formats import phrases
from verifier.report.review import Finding, MachineReview, Place, Problem, Relation, Review, Run

TOOL = "arcproof"
"""The code of an entry that stands for a verdict alone."""


@dataclass(frozen=True)
class Entry:
    """One thing to list: `title` is one line, `details` more of them; `place` is where to show it, and is always there.

    `machine` is "" for what is about none. `finding` is None for a problem and for what stands for a verdict alone.
    """

    level: Level
    code: str
    machine: str
    title: str
    details: tuple[str, ...]
    place: Place
    fingerprint: str
    finding: Finding | None = None

    @property
    def accepted(self) -> bool:
        """True iff a waiver takes it out of the exit code."""
        return self.finding is not None and self.finding.accepted

    @property
    def heading(self) -> str:
        """Level, code and title: `breaking ARC302: rule stop: guard narrowed`."""
        waived = "waived " * self.accepted
        return f"{waived}{self.level.value} {phrases.one_line(self.code)}: {self.title}"


def entries(review: Review) -> list[Entry]:
    """Return everything to list: what could not be checked first, then the findings, worst first, accepted ones last.

    Iff the exit code is not 0, there is an entry that says why.
    """
    found = [*general_entries(review), *(e for m in review.machines for e in machine_entries(m))]
    return sorted(found, key=lambda e: (e.accepted, e.level.rank))


def general_entries(review: Review) -> list[Entry]:
    """Return the entries that are about no machine."""
    found = [_problem(p) for p in review.problems]
    if review.contradiction is not None:
        told = phrases.lines(review.contradiction)
        found.insert(0, _verdict("engines or checker disagree: no verdict of this run counts", tuple(told)))
    if not (review.machines or review.general or review.problems):
        found.append(_verdict("nothing was checked: no spec was found", ()))
    return [*found, *(_entry(f, "", _SOMEWHERE) for f in review.general)]


def machine_entries(machine: MachineReview) -> list[Entry]:
    """Return the entries that are about the machine."""
    place = Place(machine.path, 1)
    place = place if _is_named(place) else _SOMEWHERE
    found = [_entry(f, machine.name, place) for f in machine.findings]
    if machine.relation in _OPEN and not any(e.level is _OPEN[machine.relation] and not e.accepted for e in found):
        title = f"{phrases.one_line(machine.name)}: {phrases.headline(machine)}"
        level = _OPEN[machine.relation]
        mark = text_digest(f"{machine.name}\n{level.value}")
        found.append(Entry(level, TOOL, machine.name, title, (), place, mark))
    return found


_OPEN = {Relation.UNDECIDED: Level.UNDECIDED, Relation.UNREADABLE: Level.ERROR}

_SOMEWHERE = Place("arcproof.toml", 1)
"""Where an entry is shown that has no place: those formats want one."""


def _verdict(title: str, details: tuple[str, ...]) -> Entry:
    return Entry(Level.ERROR, TOOL, "", title, details, _SOMEWHERE, text_digest("\n".join((title, *details))))


def _problem(problem: Problem) -> Entry:
    told = phrases.problem_lines(problem)
    title = f"could not check{phrases.side_text(problem)}: {phrases.one_line(problem.message)}"
    mark = text_digest("\n".join((problem.code, problem.side, *told)))
    place = problem.place if problem.place is not None and _is_named(problem.place) else _SOMEWHERE
    return Entry(Level.ERROR, problem.code, "", title, tuple(told), place, mark)


def _is_named(place: Place | None) -> bool:
    return place is not None and bool(place.path.strip())


def _entry(finding: Finding, machine: str, somewhere: Place) -> Entry:
    place = next((p for p in (finding.place, finding.old_place) if _is_named(p)), None) or somewhere
    title, told = phrases.named(finding), tuple(details(finding))
    return Entry(finding.level, finding.code, machine, title, told, place, finding.fingerprint, finding)


def details(finding: Finding, shown: frozenset[Run] = frozenset()) -> Iterator[str]:
    """Yield what there is to say of a finding, line by line: the change, why it weighs, runs, waiver, consequences.

    The runs in `shown` are left out: a consequence often has its cause's run.
    """
    yield from phrases.change_lines(finding)
    yield from (phrases.one_line(text) for text in (finding.note, finding.why) if text)
    if finding.old_place is not None and finding.place is not None:
        yield f"before: {phrases.at(finding.old_place)}"
    yield from (phrases.trace_line(run) for run in finding.runs if run not in shown)
    yield from map(phrases.one_line, finding.proof)
    if finding.waived is not None:
        yield phrases.waiver_text(finding.waived)
    for consequence in finding.consequences:
        place = phrases.where(consequence)
        at = f" at {place}" if place else ""
        yield f"so: {consequence.own.value} {phrases.one_line(consequence.code)}{at}: {phrases.named(consequence)}"
        yield from (f"    {line}" for line in details(consequence, shown.union(finding.runs)))
