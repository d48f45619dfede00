"""Whether C conforms to a spec: its tables, and the arcs that drivers implement for what the core may ask."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from verifier.change.fact import Change
from verifier.change.policy import Policy
from verifier.diagnostics import Source, Span, SpecError
from verifier.diagnostics.render import render
from verifier.evidence.evidence import CellDifference, SourceMatch
from verifier.files import Files, Folder
from verifier.model.claims import Matches
from verifier.model.model import Model
from verifier.model.sorts import EnumSort
from verifier.pipeline import check, model_of
from verifier.report.result import MachineReport, Outcome
from verifier.report.review import MachineReview, Place, Problem, Relation, Review
from verifier.request import Request, all_properties
from verifier.review.findings import finding
from verifier.semantics.evaluate import Setting, evaluate
from verifier.source.constants import Constants
from verifier.source.extraction import CPlace
from verifier.source.functions.arcs import Arc, Arcs, arcs
from verifier.source.functions.drivers import VFIO, Driver, Protocol, find_drivers
from verifier.source.refusal import SourceError, UnreadableError

Pair = tuple[str, str]


@dataclass(frozen=True)
class Question:
    """What the spec says of the arcs that a driver may be asked for, and how its parameters stand for C's flags.

    `asked` is the spec's table or definition of two states. `flags` gives the flag in C for each parameter that
    `asked` depends on; `required` are flags without which a set of flags is no legal one, in C.
    """

    asked: str = "direct"
    flags: Mapping[str, str] = field(
        default_factory=lambda: {"p2p": "VFIO_MIGRATION_P2P", "pre_copy": "VFIO_MIGRATION_PRE_COPY"}
    )
    required: str = "VFIO_MIGRATION_STOP_COPY"


def conform(
    source: Source, tree: Folder, policy: Policy, question: Question | None = None, protocol: Protocol = VFIO,
    reproduce: str = "",
) -> Review:  # fmt: skip
    """Return the review of a tree of C sources by a spec: one machine for the spec's tables, one for each driver.

    A table that differs is ARC813; an arc that the core may ask for, by the spec, and that a driver lacks ARC811; one
    that is never asked for ARC812. What is not understood is undecided. `question` is None where the spec says
    nothing of drivers: then only the tables are compared. Raises SpecError iff the spec cannot be read, or has not
    what the question asks for.
    """
    model = model_of(source)
    report = check(model, Request(_claims(model), source_tree=tree.root))
    machines = [_tables(model, report, policy)]
    problems = list(_obstacles(report))
    if question is not None:
        asker = Asker(source, question)
        for driver in find_drivers(tree, protocol):
            try:
                machines.append(_driver(driver, tree, asker, protocol, policy))
            except SourceError as error:
                problems += _problems(error)
                machines.append(MachineReview(driver.path, driver.path, Relation.UNREADABLE))
    return Review(
        "conform", "", f"{source.path} against {tree.label}", policy.profile, policy.fail_on, policy.undecided,
        machines=tuple(machines), problems=tuple(problems), reproduce=reproduce,
    )  # fmt: skip


# --- Tables


def _claims(model: Model) -> tuple[str, ...]:
    return tuple(p.name for p in all_properties(model) if isinstance(p.claim, Matches))


def _tables(model: Model, report: MachineReport, policy: Policy) -> MachineReview:
    """Return the review of the spec's tables against the arrays that they are bound to."""
    found = []
    for entry in report.properties:
        claim, evidence = entry.certified.property.claim, entry.certified.evidence
        if isinstance(claim, Matches) and isinstance(evidence, SourceMatch) and evidence.differences:
            found.append(_table(claim.table, evidence, entry.certified.property.span))
    whole = [e for e in report.properties if isinstance(e.certified.property.claim, Matches)]
    same = sum(e.outcome is Outcome.PROVED for e in whole)
    return MachineReview(
        model.name,
        model.source.path,
        Relation.CHECKED,
        strength=f"{same} of {len(whole)} tables match",
        findings=tuple(finding(model.name, c, policy, (None, model.source)) for c in found),
    )


def _table(table: str, match: SourceMatch, span: Span) -> Change:
    cells = tuple(_cell(table, d) for d in match.differences)
    note = f"{len(cells)} of {match.cells} cells differ from {match.file}"
    return replace(cells[0], note=note, old_place=span, consequences=cells[1:]) if cells[1:] else cells[0]


def _cell(table: str, difference: CellDifference) -> Change:
    key = ", ".join(map(str, difference.arguments))
    path, _, line = difference.place.rpartition(":")
    place = Span(path, int(line), 1, int(line), 2)
    return Change("ARC813", "differs", f"{table}({key})", difference.spec, difference.c, place=place)


def _obstacles(report: MachineReport) -> Iterator[Problem]:
    for entry in report.properties:
        if entry.obstacle is not None:
            yield from _problems(entry.obstacle)


def _problems(error: SpecError) -> Iterator[Problem]:
    for diagnostic in error.diagnostics:
        span = diagnostic.span
        place = None if span is None else Place(span.path, span.line, span.column)
        text = tuple(render((diagnostic,), error.sources).splitlines())
        yield Problem(diagnostic.code, "", diagnostic.message, text, place)


# --- What the core may ask for


class Asker:
    """Answers which arcs may be asked for under which parameters, by the spec's own table or definition."""

    def __init__(self, source: Source, question: Question) -> None:
        self.question = question
        plain = model_of(source)
        control = plain.control
        sort = None if control is None else plain.variable[control.name].sort
        if control is None or not isinstance(sort, EnumSort):
            raise _refused(source, "the spec has no control variable of an enum type")
        self.sort = sort
        rule = next(n for n in map("asked_{}".format, itertools.count()) if n not in plain.rule)
        head = f"rule {rule}(_before: {sort.name}, _after: {sort.name})"
        text = f"\n{head} when {question.asked}(_before, _after) {{ {control.name}' = _after }}\n"
        self.model = model_of(Source(source.path, source.text + text))
        self.guard = self.model.rule[rule].guard
        self.locals = [p.name for p in self.model.rule[rule].parameters]
        known = {p.name for p in plain.parameters}
        if unknown := [p for p in question.flags if p not in known]:
            raise _refused(source, f"the spec has no parameter {', '.join(unknown)}")

    def asked(self, parameters: Mapping[str, bool]) -> set[Pair]:
        """Return the pairs of states between which the core may ask for an arc."""
        setting = Setting(self.model, parameters)
        names = self.sort.names
        return {
            (a, b)
            for a in names
            for b in names
            if evaluate(self.guard, setting, (), dict(zip(self.locals, (a, b), strict=True))) is True
        }


def _refused(source: Source, message: str) -> SpecError:
    from verifier.diagnostics import Diagnostic

    return SpecError([Diagnostic("ARC974", message, Span(source.path, 1, 1, 1, 1))], [source])


# --- Drivers


@dataclass(frozen=True)
class _Declared:
    """One set of flags: what C calls them, where they are declared, and what may be asked under them."""

    words: str
    place: CPlace
    asked: frozenset[Pair]


def _driver(driver: Driver, tree: Files, asker: Asker, protocol: Protocol, policy: Policy) -> MachineReview:
    """Return the review of one driver. Raises SourceError iff its step function cannot be read."""
    if driver.problem:
        change = Change(
            "ARC704", "not-comparable", f"driver {driver.path}", note=driver.problem, place=driver.place.span,
            undecided=driver.problem,
        )  # fmt: skip
        return _reviewed(driver, tree, policy, [change], "")
    found = arcs(tree, driver.step_path, driver.step, (protocol.enum,))
    declared = list(_declared(driver, asker))
    changes = [*_differences(found, declared, asker), *_gaps(found)]
    told = [f"{driver.step}(): {len(found.arcs)} arcs", f"declares {' or '.join(d.words for d in declared)}"]
    told += [f"{a.old} -> {a.new} fails unless {a.condition}" for a in found.arcs if a.condition and not a.refusable]
    return _reviewed(driver, tree, policy, changes, "; ".join(told))


def _reviewed(driver: Driver, tree: Files, policy: Policy, changes: Iterable[Change], strength: str) -> MachineReview:
    texts = {
        p: Source(p, (tree.read(p) or b"").decode(errors="replace")) for p in {driver.path, driver.step_path} - {""}
    }
    changes = list(changes)
    undecided = any(c.undecided is not None for c in changes)
    return MachineReview(
        driver.path,
        driver.step_path or driver.path,
        Relation.UNDECIDED if undecided else Relation.CHECKED,
        strength=strength,
        findings=tuple(finding(driver.path, c, policy, (None, _text_of(c, texts))) for c in changes),
    )


def _text_of(change: Change, texts: Mapping[str, Source]) -> Source | None:
    return None if change.place is None else texts.get(change.place.path)


def _declared(driver: Driver, asker: Asker) -> Iterator[_Declared]:
    """Yield the sets of flags, with what may be asked under each. A flag that C does not have is never set."""
    question = asker.question
    constants = driver.constants
    assert constants is not None, "a driver without a problem has declared something"
    for mask, place in driver.flags.items():
        bits = {name: _bit(constants, name) for name in (question.required, *question.flags.values())}
        given = {p: bool(bits[c] and mask & bits[c] == bits[c]) for p, c in question.flags.items()}
        words = [n for n, bit in bits.items() if bit and mask & bit == bit]
        rest = mask & ~sum(bit for bit in bits.values())
        yield _Declared(" | ".join([*words, *([hex(rest)] if rest else [])]), place, frozenset(asker.asked(given)))


def _bit(constants: Constants, name: str) -> int:
    try:
        return constants.evaluate(name).value
    except UnreadableError:
        return 0


def _differences(found: Arcs, declared: Sequence[_Declared], asker: Asker) -> Iterator[Change]:
    short = {c: c.removeprefix(found.prefix) for c in found.states}
    implemented = {(short[a.old], short[a.new]): a for a in found.arcs}
    blurred = {g.place for g in found.gaps}
    every = {pair for d in declared for pair in d.asked}
    for pair in sorted(every, key=lambda p: [asker.sort.names.index(s) for s in p]):
        asking = [d for d in declared if pair in d.asked]
        if pair not in implemented and not blurred:
            yield _missing(pair, asking, found)
        elif pair in implemented and implemented[pair].refusable:
            yield _conditional(pair, implemented[pair])
    for pair, arc in implemented.items():
        if pair not in every:
            yield _unasked(pair, arc, declared)


def _missing(pair: Pair, asking: Sequence[_Declared], found: Arcs) -> Change:
    place = found.refused.get((found.prefix + pair[0], found.prefix + pair[1]), found.place)
    told = " or ".join(d.words for d in asking)
    where = asking[0].place
    note = f"the core asks for it under {told}, declared in {where.path}:{where.line}; {found.function}() fails"
    return Change(
        "ARC811", "missing", f"arc {pair[0]} -> {pair[1]}", f"{pair[0]} -> {pair[1]}", place=place.span, note=note
    )


def _unasked(pair: Pair, arc: Arc, declared: Sequence[_Declared]) -> Change:
    note = f"nobody asks for it under {' or '.join(d.words for d in declared)}"
    subject = f"arc {pair[0]} -> {pair[1]}"
    return Change("ARC812", "unasked", subject, None, f"{pair[0]} -> {pair[1]}", place=arc.place.span, note=note)


def _conditional(pair: Pair, arc: Arc) -> Change:
    why = f"the driver takes it only if {arc.condition}"
    return Change(
        "ARC704", "not-comparable", f"arc {pair[0]} -> {pair[1]}", note=why, place=arc.place.span, undecided=why
    )


def _gaps(found: Arcs) -> Iterator[Change]:
    for gap in found.gaps:
        subject = f"function {found.function}"
        yield Change("ARC704", "not-comparable", subject, note=gap.message, place=gap.place.span, undecided=gap.message)
