"""A report in which anything was changed is refused, and no digest is needed to refuse evidence that is wrong.

Each kind of evidence is changed at every position: each value, name, term and number replaced by others, each
item left out, doubled or moved. What `replay` still confirms is compared with `enumeration`, which decides by listing
states and steps whether the changed evidence is valid: some is, such as another run to the same end.
"""

from __future__ import annotations

import json
import typing
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.replay.enumeration import is_valid
from tests.replay.forging import forgeries, texts
from tests.replay.reports import CASES, SPECS, Remembering, as_read, model, report, resealed, whole
from verifier import pipeline
from verifier import replay as replaying
from verifier.evidence.evidence import Evidence
from verifier.model.claims import EveryStep, Matches, Never
from verifier.model.model import Model, restricted
from verifier.model.printer import show
from verifier.model.terms import not_, variables
from verifier.proofs.certificate import claim_reader
from verifier.replay import Finding, Replay, Replayed, replay
from verifier.report.json import report_json
from verifier.report.result import Report
from verifier.report.schema import schema_text
from verifier.report.stored import report_of
from verifier.request import Request
from verifier.semantics.claims import premise, state_terms

Json = dict[str, Any]
NAMES = [f"{spec}-{name}-{engine or 'any'}" for spec, name, engine in CASES]
EACH = pytest.mark.parametrize(("spec", "name", "engine"), CASES, ids=NAMES)
SOLVER = Remembering()
SCHEMA = json.loads(schema_text())
WHOLE = jsonschema.Draft202012Validator(SCHEMA)
ENTRY = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["property"], "$defs": SCHEMA["$defs"]})


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elaborate each spec once: it is the same for every forgery."""
    monkeypatch.setattr(pipeline, "model_of", lambda source: model(source.path.rpartition("/")[2].removesuffix(".arc")))


def judged(data: Json, name: str) -> Replayed:
    """What replay finds for one property."""
    found = replay(data, Replay((name,), source_tree=SPECS, solver=SOLVER, timeout=20))
    return next((e for m in found[1:] for e in m.entries if e.name == name), found[-1].entries[-1])


def entry_of(data: Json, name: str) -> Json:
    """The entry of a property in a report on one machine."""
    return next(p for p in data["machines"][0]["properties"] if p["name"] == name)


def with_entry(data: Json, entry: Json) -> Json:
    """The report with another entry for a property."""
    properties = [entry if p["name"] == entry["name"] else p for p in data["machines"][0]["properties"]]
    return {**data, "machines": [{**data["machines"][0], "properties": properties}]}


def changed(spec: str, entry: Json) -> Iterator[tuple[Any, Json]]:
    """The entry with its evidence or its witness changed in one place, where that still satisfies the schema.

    The conditions of the claim itself are among the terms that take the place of others: they are true, or exclude
    what they should, and yet seldom inductive.
    """
    claim = next(p.claim for p in replaying.all_properties(model(spec)) if p.name == entry["name"])
    own = [show(t) for condition in state_terms(claim) for t in (condition, not_(condition))]
    known = list(dict.fromkeys([*texts([entry["evidence"], entry["witness"]]), *own]))
    for part in ("evidence", "witness"):
        for path, forged in forgeries(entry[part], known) if entry[part] else ():
            other = {**entry, part: forged}
            if ENTRY.is_valid(other):
                yield path, other


def test_the_reports_have_every_kind_of_evidence_and_are_confirmed() -> None:
    data = whole()
    kinds = {p["evidence"]["kind"] for m in data["machines"] for p in m["properties"]}
    assert kinds == {c.kind for c in typing.get_args(Evidence)}
    found = replay(report_of(json.dumps(data).encode()), Replay(source_tree=SPECS, solver=SOLVER))
    assert {e.finding for m in found for e in m.entries} == {Finding.CONFIRMED}


@EACH
def test_any_change_of_the_evidence_is_refused(spec: str, name: str, engine: str | None) -> None:
    data = report(spec, name, engine)
    entry = entry_of(data, name)
    count = 0
    for path, forged in changed(spec, entry):
        found = judged(with_entry(data, forged), name)
        assert (found.finding, found.code) == (Finding.REFUSED, 1), (path, found)
        count += 1
    assert count > 0


@EACH
def test_with_digests_computed_anew_only_valid_evidence_is_confirmed(spec: str, name: str, engine: str | None) -> None:
    data = report(spec, name, engine)
    entry = entry_of(data, name)
    findings: Counter[Finding] = Counter()
    for path, forged in changed(spec, entry):
        found = judged(resealed(with_entry(data, forged)), name)
        findings[found.finding] += 1
        if found.finding is Finding.CONFIRMED:
            assert shows_what_it_says(model(spec), name, forged), (path, found)
        else:
            assert found.finding is not Finding.NOTHING, (path, found)
    assert findings[Finding.REFUSED] > 0, findings


def shows_what_it_says(of: Model, name: str, entry: Json) -> bool:
    """Whether the evidence and the witness of an entry are valid, decided by listing."""
    prop = next(p for p in replaying.all_properties(of) if p.name == name)
    if isinstance(prop.claim, Matches):
        return bool(entry["evidence"] == entry_of(report(*case_of(name)), name)["evidence"])
    reader = claim_reader(of, prop.claim)
    narrow, needed = restricted(of, prop.assuming), premise(of, prop.claim)
    about = EveryStep(not_(needed)) if variables(needed, 1) else Never(needed)
    evidence = reader.evidence(entry["evidence"])
    claim = about if entry["verdict"] == "VACUOUS" else prop.claim
    if not is_valid(narrow, claim, entry["verdict"] != "REFUTED", evidence):
        return False
    return entry["witness"] is None or is_valid(narrow, about, False, reader.trace(entry["witness"]))


def case_of(name: str) -> tuple[str, str, str | None]:
    """The case of a property that only one case has."""
    return next(c for c in CASES if c[1] == name)


@EACH
def test_what_is_said_beside_the_evidence_follows_from_it(spec: str, name: str, engine: str | None) -> None:
    data = report(spec, name, engine)
    entry = entry_of(data, name)
    said = {k: v for k, v in entry.items() if k not in ("evidence", "witness", "digest", "name")}
    history = [("engine",)]
    history += [("certified_by", i, "version") for i in range(len(entry["certified_by"]))]
    for path, forged in forgeries(
        said, ["PROVED", "REFUTED", "BOUNDED", "VACUOUS", "UNKNOWN", "proved", "failed", "holds", "note"]
    ):
        other = {**entry, **forged}
        if path not in history and forged.keys() == said.keys() and ENTRY.is_valid(other):
            found = judged(resealed(with_entry(data, other)), name)
            assert found.finding is Finding.REFUSED, (path, found)


def test_the_report_as_a_whole_follows_from_its_entries() -> None:
    data = report("light", "lit")
    small = {k: v for k, v in data.items() if k not in ("machines", "digest", "arcproof", "schema")}
    for path, forged in forgeries(small, []):
        other = resealed({**data, **forged})
        if forged.keys() == small.keys() and WHOLE.is_valid(other):
            assert replay(other, Replay())[0].entries[0].finding is Finding.REFUSED, path


@pytest.mark.parametrize("field", ["name", "doc", "sha256", "spec"])
def test_the_machine_is_the_one_of_the_spec(field: str) -> None:
    data = report("light", "lit")
    data["machines"][0][field] = "0" * 64 if field == "sha256" else "missing.arc"
    found = replay(resealed(data), Replay())[1].entries
    assert [e.finding for e in found] == [Finding.IMPOSSIBLE if field in ("sha256", "spec") else Finding.REFUSED]


def test_parameters_that_were_fixed_belong_to_the_verdict() -> None:
    fixed = pipeline.check(model("light"), Request(("out_again",), {"fast": True}))
    data = as_read(report_json(Report((fixed,))))
    assert (entry_of(data, "out_again")["verdict"], judged(data, "out_again").finding) == ("PROVED", Finding.CONFIRMED)
    data["machines"][0]["parameters"] = {}
    assert judged(resealed(data), "out_again").finding is Finding.REFUSED
    data["machines"][0]["parameters"] = {"fast": 1}
    assert "parameters" in judged(resealed(data), "out_again").reason


def test_a_hollow_proof_is_not_confirmed() -> None:
    """Where there is no run at all everything could be proved, and a proof without a premise shows no run."""
    data = report("hollow", "anything")
    entry = entry_of(data, "anything")
    assert (entry["verdict"], entry["evidence"]["kind"]) == ("VACUOUS", "invariant")
    forged = {**entry, "verdict": "PROVED", "expected": True, "outcome": "proved", "reason": None}
    data = resealed({**with_entry(data, forged), "summary": {"proved": 1}, "exit_code": 0})
    assert judged(data, "anything").reason == "verdict: the report says 'PROVED', the evidence 'VACUOUS'"


@pytest.mark.parametrize("change", ["left out", "open", "refuted"])
def test_without_the_proof_of_the_ranges_no_verdict_counts(change: str) -> None:
    data = report("image", "constant")
    first, second = data["machines"][0]["properties"]
    nothing = {"evidence": None, "witness": None, "certified_by": [], "words": None, "expected": False}
    opened = {**first, **nothing, "verdict": "UNKNOWN", "outcome": "undecided"}
    wrong = {**first, "verdict": "REFUTED"}
    entries = {"left out": [second], "open": [opened, second], "refuted": [wrong, second]}[change]
    data["machines"][0]["properties"] = entries
    found = judged(resealed(data), "constant")
    assert (found.finding, found.reason) == (Finding.REFUSED, "it takes a proof of int_ranges, and the report has none")


@pytest.mark.parametrize("order", [[0, 0], [1, 0]])
def test_each_property_stands_once_and_in_its_place(order: list[int]) -> None:
    data = report("image", "constant")
    data["machines"][0]["properties"] = [data["machines"][0]["properties"][i] for i in order]
    (found,) = replay(resealed(data), Replay())[1].entries
    assert (found.finding, "each once" in found.reason) == (Finding.REFUSED, True)


def test_an_open_verdict_shows_nothing_and_looks_like_nothing() -> None:
    data = report("rows", "same")
    entry = entry_of(data, "same")
    nothing = {"evidence": None, "certified_by": [], "expected": False, "verdict": "UNKNOWN", "outcome": "undecided"}
    for more, finding in (
        ({}, Finding.NOTHING),
        *(({k: entry[k]}, Finding.REFUSED) for k in nothing if k != "verdict"),
    ):
        found = judged(resealed(with_entry(data, {**entry, **nothing, **more})), "same")
        assert found.finding is finding, more


def test_evidence_of_an_impossible_size_is_not_looked_at() -> None:
    data = report("chain", "never_forbidden", "kinduction")
    entry = entry_of(data, "never_forbidden")
    forged = {**entry, "evidence": {**entry["evidence"], "k": 10**18}}
    assert judged(resealed(with_entry(data, forged)), "never_forbidden").finding is Finding.UNDECIDED
