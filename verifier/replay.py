"""Re-checking the evidence of a report: nothing is searched, the checker judges what the report shows.

What the report says of a property must be what follows from its evidence: verdict, expectation, witness, words. Two
things are taken on trust, for they are history: which engine found the evidence, and which version of a solver
confirmed it then. Digests show that nothing was changed unawares; whoever means to deceive can compute them anew, and
can leave a property out, but cannot have wrong evidence confirmed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import Any

from verifier import pipeline
from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.checker.solver import Solver
from verifier.diagnostics import Source, SpecError
from verifier.evidence.evidence import Answer, Holds, Invariant, Unknown, Violated
from verifier.evidence.json import evidence_json
from verifier.evidence.reading import NotEvidence, Reader
from verifier.files import Folder
from verifier.model.claims import Matches, Property
from verifier.model.model import Model, restricted
from verifier.model.terms import FALSE, TRUE, Term
from verifier.proofs.certificate import claim_reader, model_reader
from verifier.report.digest import digest, text_digest
from verifier.report.json import property_json
from verifier.report.result import Outcome, PropertyReport, exit_code, fold
from verifier.request import all_properties, is_range_check, unknown
from verifier.semantics.claims import premise
from verifier.source import SourceError, compare
from verifier.syntax import read_source
from verifier.version import __version__

Json = dict[str, Any]


MOST_SHOWN = 200
"""The most characters that are shown of what differs."""


class Finding(Enum):
    """What the re-check of an entry found; the value is how it is shown."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    IMPOSSIBLE = "could not check"
    UNDECIDED = "undecided"
    UNCHECKED = "not re-checked"
    NOTHING = "nothing to replay"


_CODES = {Finding.REFUSED: 1, Finding.IMPOSSIBLE: 2, Finding.UNDECIDED: 3}


@dataclass(frozen=True)
class Replayed:
    """What was found for one property (of a machine or report as a whole: `name` is ""), why, and the exit code."""

    name: str
    finding: Finding
    verdict: str
    reason: str
    code: int


@dataclass(frozen=True)
class MachineReplayed:
    """What was found for one machine of the report (for the report as a whole: both names are "")."""

    name: str
    spec: str
    entries: tuple[Replayed, ...]


@dataclass(frozen=True)
class Replay:
    """How to re-check: which properties (None: all), specs that may stand for those that are not at their path any
    more, the source tree, whether one is wanted at all, the seconds for each property, the checker's solver."""

    properties: tuple[str, ...] | None = None
    specs: tuple[Source, ...] = ()
    source_tree: str | PathLike[str] | None = None
    sources_waived: bool = False
    timeout: float = 60.0
    solver: Solver | None = None


class _Stop(Exception):
    """The re-check of an entry has come to an end."""

    def __init__(self, finding: Finding, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.finding = finding
        self.code = code


def _refused(reason: str) -> _Stop:
    return _Stop(Finding.REFUSED, reason)


def _found(name: str, finding: Finding, verdict: str = "", reason: str = "", code: int | None = None) -> Replayed:
    return Replayed(name, finding, verdict, reason, _CODES.get(finding, 0) if code is None else code)


def replay(report: Json, how: Replay) -> list[MachineReplayed]:
    """Return what is found for a report that satisfies the schema; first, without a name, for the report as a whole.

    Raises RequestError iff a property that is asked for is not in the report.
    """
    names = [p["name"] for m in report["machines"] for p in m["properties"]]
    for name in how.properties or ():
        if name not in names:
            raise unknown("property", name, dict.fromkeys(names))
    whole = MachineReplayed("", "", (_whole(report),))
    machines = [_machine(m, report["arcproof"], how) for m in report["machines"]]
    return [whole, *(m for m in machines if m.entries), *(_unreadable(e) for e in report["errors"])]


def code_of(machines: Iterable[MachineReplayed]) -> int:
    """Return the exit code: the fold of the entries' codes."""
    return fold(e.code for m in machines for e in m.entries)


def _whole(report: Json) -> Replayed:
    """Judge what the report says of all entries together."""
    entries = [p for m in report["machines"] for p in m["properties"]]
    codes = [*(_own_code(p) for p in entries), *(2 for _ in report["errors"])]
    if digest(report) != report["digest"]:
        reason = "the report was changed after it was written: its digest does not fit"
        return _found("", Finding.REFUSED, reason=reason)
    follows = {"summary": Counter(p["outcome"] for p in entries), "exit_code": fold(iter(codes))}
    if digest(follows) != digest({name: report[name] for name in follows}):
        return _found("", Finding.REFUSED, reason="its summary or exit code does not follow from its entries")
    return _found("", Finding.CONFIRMED)


def _own_code(entry: Json) -> int:
    return exit_code(Outcome(entry["outcome"]), entry["severity"])


def _unreadable(error: Json) -> MachineReplayed:
    reason = "the spec could not be read when the report was written"
    return MachineReplayed("", error["spec"], (_found("", Finding.NOTHING, reason=reason, code=3),))


def _machine(machine: Json, version: str, how: Replay) -> MachineReplayed:
    found: tuple[Replayed, ...] = ()
    wanted = [e for e in machine["properties"] if how.properties is None or e["name"] in how.properties]
    if wanted:
        try:
            found = tuple(_judged(_bench(machine, version, how), machine["properties"], wanted))
        except _Stop as stop:
            found = (_found("", stop.finding, reason=str(stop)),)
    return MachineReplayed(machine["name"], machine["spec"], found)


@dataclass(frozen=True)
class Bench:
    """What the re-checks of one machine have in common: its model, as it is and fixed to the report's parameters."""

    model: Model
    fixed: Model
    known: Mapping[str, Property]
    reader: Reader
    version: str
    how: Replay
    runs: dict[Term, Certified | None] = field(default_factory=dict)


def _bench(machine: Json, version: str, how: Replay) -> Bench:
    """Return the machine of the spec that was checked. Raises _Stop iff it is not there any more, or another one."""
    try:
        model = pipeline.model_of(_spec(machine, how.specs))
    except SpecError as error:
        raise _Stop(Finding.IMPOSSIBLE, f"this version cannot read the spec: {error.diagnostics[0].message}") from error
    if (model.name, model.doc) != (machine["name"], machine["doc"]):
        raise _refused("the report gives the machine another name or doc than the spec does")
    reader = model_reader(model)
    try:
        fixed = model.fixed(reader.parameters(machine["parameters"]))
    except NotEvidence as error:
        raise _refused(f"parameters: {error}") from error
    return Bench(model, fixed, {p.name: p for p in all_properties(model)}, reader, version, how)


def _spec(machine: Json, given: Sequence[Source]) -> Source:
    """Return the text that was checked, under the path that the report gives. Raises _Stop."""
    path, wanted = machine["spec"], machine["sha256"]
    for source in given:
        if text_digest(source.text) == wanted:
            return Source(path, source.text)
    try:
        source = read_source(path)
    except SpecError as error:
        hint = "name the file that was checked with --spec"
        raise _Stop(Finding.IMPOSSIBLE, f"{error.diagnostics[0].message}: {hint}") from error
    if text_digest(source.text) != wanted:
        hint = f"check it again (arcproof check {path}), or name the text that was checked with --spec"
        raise _Stop(Finding.IMPOSSIBLE, f"the spec has changed since it was checked: {hint}")
    return source


def _judged(bench: Bench, everything: Sequence[Json], wanted: Sequence[Json]) -> Iterator[Replayed]:
    """Judge the entries that are wanted. A verdict also needs that the range check, if there is one, is confirmed."""
    names = [e["name"] for e in everything]
    if names != [n for n in bench.known if n in names]:
        raise _refused("the properties are not some of the spec's, each once, in the spec's order")
    check = next((p.name for p in bench.known.values() if is_range_check(p)), None)
    base = next((e for e in everything if e["name"] == check), None)
    found = None if base is None else _judge(bench, base)
    blocked = None if check is None else _blocked(check, base, found)
    for entry in wanted:
        if entry is base and found is not None:
            yield found
        elif blocked is not None and _has_verdict(entry):
            yield replace(blocked, name=entry["name"], verdict=entry["verdict"])
        else:
            yield _judge(bench, entry)


def _blocked(check: str, entry: Json | None, found: Replayed | None) -> Replayed | None:
    """Return why no verdict counts: it is not confirmed that every int stays in its range. None iff it is."""
    if entry is None or found is None or entry["verdict"] not in ("PROVED", "VACUOUS"):
        return _found(check, Finding.REFUSED, reason=f"it takes a proof of {check}, and the report has none")
    if found.finding is Finding.CONFIRMED:
        return None
    return _found(check, found.finding, reason=f"it rests on {check}, which is not confirmed")


def _has_verdict(entry: Json) -> bool:
    return entry["verdict"] != "UNKNOWN" and Outcome(entry["outcome"]) is not Outcome.CONTRADICTION


def _judge(bench: Bench, entry: Json) -> Replayed:
    """Judge one entry by itself."""
    name, verdict = entry["name"], entry["verdict"]
    try:
        if digest(entry) != entry["digest"]:
            raise _refused("the entry was changed after it was written: its digest does not fit")
        if _has_verdict(entry):
            _confirm(bench, entry)
            return _found(name, Finding.CONFIRMED, verdict)
        return _open(bench, entry)
    except _Stop as stop:
        return _found(name, stop.finding, verdict, str(stop), stop.code)
    except NotEvidence as error:
        return _found(name, Finding.REFUSED, verdict, f"not evidence: {error}")
    except EvidenceRefused as error:
        return _found(name, Finding.REFUSED, verdict, str(error))


_OF_THE_SPEC = ("claim", "doc", "cites", "place", "severity", "expect")
_OF_THE_VERDICT = ("verdict", "expected", "outcome")
_PROSE = ("reason", "words", "replay")
"""Texts that another version may put otherwise."""

_OPEN = (Outcome.UNDECIDED, Outcome.CONTRADICTION)
_OPEN_SOURCE = (*_OPEN, Outcome.UNCHECKED, Outcome.UNREADABLE)


def _open(bench: Bench, entry: Json) -> Replayed:
    """Judge an entry whose verdict is open: it shows nothing, but it must not look like more either."""
    prop = bench.known[entry["name"]]
    is_source = isinstance(prop.claim, Matches)
    rebuilt = property_json(bench.model, PropertyReport(certify(bench.model, prop, Unknown(""), 0.0)))
    _compare(entry, rebuilt, _OF_THE_SPEC)
    if Outcome(entry["outcome"]) not in (_OPEN_SOURCE if is_source else _OPEN):
        raise _refused(f"outcome: {entry['outcome']!r} does not follow from a verdict that is open")
    if entry["verdict"] == "UNKNOWN":
        _compare(entry, rebuilt, ("expected", "evidence", "witness", "certified_by"))
    reason = entry["reason"] or ""
    return _found(prop.name, Finding.NOTHING, entry["verdict"], reason, 3 if _own_code(entry) else 0)


def _confirm(bench: Bench, entry: Json) -> None:
    """Raise unless the evidence shows all that the entry says."""
    if entry["evidence"] is None:
        raise _refused("there is a verdict, and no evidence")
    prop = bench.known[entry["name"]]
    certified = _certified(bench, prop, entry)
    if certified.verdict is Verdict.UNKNOWN:
        raise _Stop(Finding.UNDECIDED, certified.reason or "")
    rebuilt = property_json(bench.model, PropertyReport(certified))
    prose = _PROSE if bench.version == __version__ else ()
    _compare(entry, rebuilt, (*_OF_THE_VERDICT, *_OF_THE_SPEC, *prose))
    if (certified.witness is None) is not (entry["witness"] is None):
        raise _refused("there is a witness, where none belongs")
    told, found = ([c["name"] for c in e["certified_by"]] for e in (entry, rebuilt))
    _compare({"certified_by": told}, {"certified_by": found}, ["certified_by"])
    if isinstance(prop.claim, Matches):
        _compare_again(bench, prop.claim, entry["evidence"])


def _compare(entry: Json, rebuilt: Json, fields: Iterable[str]) -> None:
    for name in fields:
        if digest({name: entry[name]}) != digest({name: rebuilt[name]}):  # not ==, for which 1 is true
            raise _refused(f"{name}: the report says {_short(entry[name])}, the evidence {_short(rebuilt[name])}")


def _short(data: object) -> str:
    text = repr(data)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} ..."


def _certified(bench: Bench, prop: Property, entry: Json) -> Certified:
    """Return what the checker makes of the entry's evidence and witness."""
    how, reader = bench.how, claim_reader(bench.model, prop.claim)
    evidence = reader.evidence(entry["evidence"])
    model = restricted(bench.fixed, prop.assuming)
    if entry["verdict"] == "VACUOUS":
        unproved = certify(model, prop, Unknown(""), 0.0)
        return certify_witness(model, unproved, Holds(evidence), how.timeout, how.solver)
    answer: Answer = Violated(evidence) if entry["verdict"] == "REFUTED" else Holds(evidence)
    certified = certify(model, prop, answer, how.timeout, how.solver)
    if certified.verdict is not Verdict.PROVED or isinstance(prop.claim, Matches):
        return certified
    if entry["witness"] is None:
        return _without_witness(bench, model, certified)
    witness = bench.reader.trace(entry["witness"])
    return certify_witness(model, certified, Violated(witness), how.timeout, how.solver)


def _without_witness(bench: Bench, model: Model, certified: Certified) -> Certified:
    """Return the proof if it needs no witness: if it has no premise, and there is some run.

    That there is none must be what the checker refuses.
    """
    prop, how = certified.property, bench.how
    if premise(model, prop.claim) is not TRUE:
        raise _refused("there is no witness: no run on which the premise comes true")
    if prop.assuming not in bench.runs:
        no_run = Holds(Invariant((FALSE,)))
        try:
            bench.runs[prop.assuming] = certify_witness(model, certified, no_run, how.timeout, how.solver)
        except EvidenceRefused:
            bench.runs[prop.assuming] = None
    hollow = bench.runs[prop.assuming]
    return certified if hollow is None else replace(hollow, property=prop)


def _compare_again(bench: Bench, claim: Matches, evidence: Json) -> None:
    """Compare the table with the C source once more. Raises _Stop unless the same comes out."""
    tree = bench.how.source_tree
    if tree is None:
        code = 0 if bench.how.sources_waived else 3
        raise _Stop(Finding.UNCHECKED, "it takes the C sources, which --source-tree names", code)
    try:
        match = compare(bench.model.table[claim.table], claim.binding, Folder(Path(tree)))
    except SourceError as error:
        raise _Stop(Finding.IMPOSSIBLE, error.diagnostics[0].message) from error
    if match.sha256 != evidence["sha256"]:
        raise _Stop(Finding.IMPOSSIBLE, f"{match.file} in the source tree is not the file that was compared")
    _compare({"evidence": evidence}, {"evidence": evidence_json(bench.model, match)}, ["evidence"])
