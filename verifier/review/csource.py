"""C code that a change touches, read as specs on both sides: tables, and functions that lead from state to state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from verifier.change.fact import Change
from verifier.diagnostics import Diagnostic, Source, SpecError, nearest, render
from verifier.files import Files
from verifier.model.model import Model
from verifier.pipeline import model_of
from verifier.report.review import Finding, MachineReview, Place, Problem, RunStep
from verifier.review.cwords import in_words, under
from verifier.source.extract import extract_table
from verifier.source.extraction import CPlace, Extraction
from verifier.source.functions import extract_function
from verifier.source.outline import Definition, outline
from verifier.source.unit import remembered

_CELL = re.compile(r"table (?P<table>\S+?)\[(?P<key>.*)\]")

Key = tuple[str, str, str]
"""Path, "table" or "function", name."""


@dataclass(frozen=True)
class CSide:
    """One definition on one side: the spec that was made of it, and where its parts stand in C."""

    model: Model
    extraction: Extraction


@dataclass(frozen=True)
class CMachine:
    """One definition on both sides; None where it does not exist. `names` are those that it mentions."""

    key: Key
    old: CSide | None
    new: CSide | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CCode:
    """What was read of the C files that a change touches. `skipped` are changed definitions that lead to no state."""

    machines: tuple[CMachine, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Key, ...] = field(default=())


def read_c(old: Files, new: Files, paths: Iterable[str], only: Sequence[tuple[str, str]] = ()) -> CCode:
    """Return what can be read of the definitions in `paths` that differ between two trees.

    A definition also counts as changed if it mentions a table of its file that has changed, or if a header is among
    the paths. `only` names (kind, name) to be read; then one that cannot be read is a problem. Otherwise one that
    cannot be read as states on any side is skipped, and one that only one side cannot is a problem.
    """
    old, new = remembered(old), remembered(new)
    machines: list[CMachine] = []
    problems: list[Problem] = []
    skipped: list[Key] = []
    listed = sorted(paths)
    headers = any(p.endswith(".h") for p in listed)
    for path in (p for p in listed if p.endswith((".c", ".h"))):
        for kind, name in _candidates(old, new, path, headers, only):
            key = (path, kind, name)
            sides = [_read(files, key) for files in (old, new)]
            faults = [s for s in sides if isinstance(s, SpecError)]
            read = [s for s in sides if isinstance(s, CSide)]
            if faults and (read or only):
                told = zip(("old", "new"), sides, strict=True)
                problems += [_problem(key, side, s) for side, s in told if isinstance(s, SpecError)]
            elif faults or not (only or any(_is_of_states(s) for s in read)):
                skipped.append(key)
            elif read:
                before, after = (s if isinstance(s, CSide) else None for s in sides)
                machines.append(CMachine(key, before, after, _mentioned(old, key) | _mentioned(new, key)))
    return CCode(tuple(machines), (*problems, *_nowhere(old, new, listed, only)), tuple(skipped))


def _mentioned(files: Files, key: Key) -> frozenset[str]:
    found = outline(key[0], files.read(key[0]) or b"").get((key[1], key[2]))
    return found.names if found is not None else frozenset()


def _is_of_states(side: CSide) -> bool:
    """True iff the definition leads from state to state. A function that does the same for all pairs does not."""
    steps = side.extraction.steps.values()
    return bool(side.model.rules) and (not steps or len({s.meaning for s in steps}) > 1)


def _nowhere(old: Files, new: Files, paths: Sequence[str], only: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Yield a problem for each definition that is asked for and that no changed file has."""
    sources = [p for p in paths if p.endswith((".c", ".h"))] if only else []
    known = {k for path in sources for files in (old, new) for k in outline(path, files.read(path) or b"")}
    for kind, name in (k for k in only if k not in known):
        like = nearest(name, sorted(n for k, n in known if k == kind))
        told = f"no {kind} {name} in the files that the series changes: {', '.join(sources) or 'none of C'}"
        diagnostic = Diagnostic("ARC938", told, help=like and f"did you mean {like}?")
        yield Problem("ARC938", "", told, tuple(render([diagnostic], ()).splitlines()))


def _candidates(
    old: Files, new: Files, path: str, headers: bool, only: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    before, after = (outline(path, files.read(path) or b"") for files in (old, new))
    every = sorted({*before, *after})
    if only:
        yield from (k for k in every if k in only)
        return
    tables = {name for kind, name in every if kind == "table" and _text(before, name) != _text(after, name)}
    for key in every:
        one, other = before.get(key), after.get(key)
        names = (one.names if one else frozenset()) | (other.names if other else frozenset())
        if headers or one is None or other is None or one.text != other.text or names & tables:
            yield key


def _text(definitions: Mapping[tuple[str, str], Definition], table: str) -> str:
    found = definitions.get(("table", table))
    return found.text if found else ""


def _read(files: Files, key: Key) -> CSide | SpecError | None:
    """Return the definition as a spec, what keeps it from being one, or None where there is none."""
    path, kind, name = key
    content = files.read(path)
    if content is None or (kind, name) not in outline(path, content):
        return None
    try:
        found = extract_table(files, path, name) if kind == "table" else extract_function(files, path, name)
        return CSide(model_of(Source(spec_path(key), found.spec)), found)
    except SpecError as error:
        return error


def spec_path(key: Key) -> str:
    """Return what the spec of a definition is called."""
    return f"{key[0]}:{key[2]}"


def _problem(key: Key, side: str, error: SpecError) -> Problem:
    from verifier.review.diff import problem

    return replace(problem(error, side, key[0]), message=f"{key[1]} {key[2]}: {error.diagnostics[0].message}")


# --- What was not understood, and contradicted comments


def understood(changes: Iterable[Change], machine: CMachine) -> Iterator[Change]:
    """Yield the changes that do not rest on code that one side's reading has left out.

    Where both left out the same, what differs beside it is real. Otherwise only cells of a table that both sides know
    can be compared: a step that is missing may be one that was not understood.
    """
    if machine.old is None or machine.new is None or missing(machine.old) == missing(machine.new):
        yield from changes
        return
    known = _cells(machine.old) & _cells(machine.new)
    for change in changes:
        if _cell_of(change.subject) in known:
            yield replace(change, consequences=())
        elif not change.code.startswith(("ARC117", "ARC2", "ARC3", "ARC4")):
            yield replace(change, consequences=tuple(understood(change.consequences, machine)))


def missing(side: CSide | None) -> set[str]:
    """Return what the reading of a side has left out, in words."""
    return set() if side is None else {g.message for g in side.extraction.gaps}


def _cells(side: CSide) -> set[tuple[str, tuple[str, ...]]]:
    return {(c.table, c.key) for c in side.extraction.cells}


def _cell_of(subject: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the table and the key of the cell that a change is about."""
    named = _CELL.fullmatch(subject)
    return None if named is None else (named["table"], tuple(part.strip() for part in named["key"].split(",")))


def gaps(machine: CMachine) -> Iterator[Change]:
    """Yield what was not understood on the new side, or on the old one alone, and the comments that contradict the
    code on the new side and did not on the old one."""
    if machine.new is None:
        return
    extraction = machine.new.extraction
    subject = f"{machine.key[1]} {machine.key[2]}"
    for gap in extraction.gaps:
        yield Change("ARC701", "unknown", subject, note=gap.message, place=gap.place.span, undecided=gap.message)
    for gap in machine.old.extraction.gaps if machine.old is not None else ():
        if gap.message not in missing(machine.new):
            told = f"in the old version: {gap.message}"
            yield Change("ARC701", "unknown", subject, note=told, old_place=gap.place.span, undecided=told)
    known = set() if machine.old is None else {r.text for r in machine.old.extraction.contradictions}
    for remark in (r for r in extraction.contradictions if r.text not in known):
        cell = f"{remark.cell.table or machine.key[2]}[{', '.join(remark.cell.key)}]"
        place, other = remark.place.span, f"{remark.cell.place.path}:{remark.cell.place.line}"
        note = f"{remark.message} (the cell stands in {other})"
        yield Change(
            "ARC804", "contradicts", f"comment at {cell}", remark.text, remark.cell.value, note=note, place=place
        )


def without_documents(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes without those of citations, which in a spec made of C are the lines that it was made of."""
    for change in changes:
        if change.code not in ("ARC801", "ARC803"):
            yield replace(change, consequences=tuple(without_documents(change.consequences)))


# --- Places in C


def in_c(review: MachineReview, machine: CMachine) -> MachineReview:
    """Return the review with its places moved from the specs to the C code that they were made of."""
    move = _Move(machine)
    side = machine.new or machine.old
    found = replace(review, path=machine.key[0], findings=tuple(move.finding(f) for f in review.findings))
    return in_words(found, side.model) if side is not None and machine.key[1] == "function" else found


def joined(reviews: Sequence[tuple[MachineReview, CMachine | None]]) -> tuple[MachineReview, ...]:
    """Return the reviews, in which what a function does otherwise because of a cell of a table is told once.

    Such a pair of states gets the place of the cell, which is then no finding of its own; nor is a value of an enum
    that the function's review tells of. A table keeps its findings if no function that reads it was understood as a
    whole on both sides.
    """
    found = [review for review, _ in reviews]
    for at, (_, function) in enumerate(reviews):
        for other, (_, table) in enumerate(reviews):
            if _reads(function, table) and found[at].findings:
                found[at], found[other] = under(found[at], found[other])
    return tuple(found)


def _reads(function: CMachine | None, table: CMachine | None) -> bool:
    if function is None or table is None or (function.key[1], table.key[1]) != ("function", "table"):
        return False
    whole = all(side is not None and side.extraction.complete for side in (function.old, function.new))
    return whole and function.key[0] == table.key[0] and table.key[2] in function.names


class _Move:
    def __init__(self, machine: CMachine) -> None:
        self.path = spec_path(machine.key)
        self.sides = {"old": machine.old, "new": machine.new}

    def finding(self, found: Finding) -> Finding:
        """Return a finding with everything below it moved."""
        place = self._cell(found, "new") or self.place(found.place, "new")
        old_place = self._cell(found, "old") or self.place(found.old_place, "old")
        runs = tuple(replace(r, steps=tuple(self._step(s, r.side) for s in r.steps)) for r in found.runs)
        consequences = tuple(self.finding(c) for c in found.consequences)
        return replace(found, place=place, old_place=old_place, runs=runs, consequences=consequences)

    def _step(self, step: RunStep, side: str) -> RunStep:
        return replace(step, place=self.place(step.place, side))

    def _cell(self, found: Finding, side: str) -> Place | None:
        """Return the place of the cell that a finding is about."""
        named, read = _cell_of(found.subject), self.sides[side]
        if named is None or read is None:
            return None
        cells = (c for c in read.extraction.cells if c.key == named[1] and c.table in ("", named[0]))
        return next((_place(c.place) for c in cells), None)

    def _text(self, place: Place, side: str) -> str:
        """Return the C line at a place that the reading knows; "" iff it knows none."""
        read = self.sides[side]
        if read is None:
            return ""
        found = read.extraction
        known = (*found.lines.values(), *(c.place for c in found.cells), *(s.place for s in found.steps.values()))
        return next((p.text.strip() for p in known if (p.path, p.line) == (place.path, place.line)), "")

    def place(self, place: Place | None, side: str) -> Place | None:
        """Return the C line that a line of the spec was made of, or the nearest one above that has one."""
        read = self.sides[side]
        if place is None or place.path != self.path or read is None:
            return place if place is None or place.text else replace(place, text=self._text(place, side))
        above = [n for n in read.extraction.lines if n <= place.line] or list(read.extraction.lines)
        return _place(read.extraction.lines[max(above)]) if above else Place(place.path.rpartition(":")[0], 1)


def _place(place: CPlace) -> Place:
    return Place(place.path, place.line, place.column, place.text.strip())
