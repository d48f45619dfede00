"""Whatever stands in the store or in another version's report: it costs time at most, and no verdict is another one."""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.replay.enumeration import is_valid
from tests.replay.forging import forgeries, texts
from tests.replay.reports import CASES, machine, model
from verifier import deciding, pipeline
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.diagnostics import Source
from verifier.evidence.evidence import Trace
from verifier.evidence.reading import NotEvidence
from verifier.model.claims import EveryStep, Matches, Never, Property
from verifier.model.model import Model, restricted
from verifier.model.terms import not_, variables
from verifier.proofs import store as stores
from verifier.proofs.certificate import Certificate, certificate_json, read_certificate, read_foreign
from verifier.proofs.reuse import judged, witnessed
from verifier.proofs.store import Store
from verifier.report.json import report_json
from verifier.report.result import MachineReport, PropertyReport, Report
from verifier.request import Request
from verifier.semantics.claims import premise

Json = dict[str, Any]
KEPT = [c for c in CASES if c[0] != "rows" and c[2] != "bmc"]
EACH = pytest.mark.parametrize(("spec", "name", "engine"), KEPT, ids=["-".join(map(str, c)) for c in KEPT])
LIGHT = """machine light
var lit: bool = false
var broken: bool = false
rule on when not lit and not broken { lit' = true }
rule off when lit { lit' = false }
property sound never broken
property dark always (broken implies not lit) vacuous ok
property lights reachable lit
property again recoverable not lit from lit
property never_lit never lit expect violated
"""


def check(text: str, store: Store | None = None, known: MachineReport | None = None) -> MachineReport:
    """The report on a spec's text."""
    source = Source("light.arc", text)
    return pipeline.check_all([(pipeline.model_of(source), Request())], store=store, known=[known])[0]


def bytes_of(report: MachineReport) -> str:
    """What is written to a file of it."""
    return json.dumps(report_json(Report((report,))))


def origins(report: MachineReport) -> dict[str, str]:
    """Where each property's evidence comes from."""
    return {p.name: p.origin for p in report.properties}


def entry(report: MachineReport, name: str) -> tuple[PropertyReport, Property]:
    """One property's entry of a report."""
    found = next(p for p in report.properties if p.name == name)
    return found, found.certified.property


def is_true(of: Model, prop: Property, certificate: Certificate) -> bool:
    """Whether a certificate's evidence shows what it says, decided by listing states."""
    narrow = restricted(of, prop.assuming)
    claim = about(narrow, prop) if certificate.verdict is Verdict.VACUOUS else prop.claim
    return is_valid(narrow, claim, certificate.verdict is not Verdict.REFUTED, certificate.evidence)


def about(narrow: Model, prop: Property) -> Never | EveryStep:
    """The claim that the property's premise never comes true."""
    needed = premise(narrow, prop.claim)
    return EveryStep(not_(needed)) if variables(needed, 1) else Never(needed)


@EACH
def test_a_certificate_changed_anywhere_is_refused_unless_it_is_still_true(
    spec: str, name: str, engine: str | None
) -> None:
    of = model(spec)
    found, prop = entry(machine(spec, name, engine), name)
    data = json.loads(json.dumps(certificate_json(of, found.certified, found.engine, found.certified.witness)))
    narrow, outcomes = restricted(of, prop.assuming), Counter[str]()
    words = [*texts(data), "PROVED", "REFUTED", "VACUOUS", "BOUNDED"]
    for path, forged in forgeries({k: data[k] for k in ("verdict", "evidence")}, words):
        try:
            certificate = read_certificate(
                narrow, prop.claim, {**data, **forged} if forged.keys() == {"verdict", "evidence"} else forged
            )
            judged(narrow, prop, certificate, 20)
        except (NotEvidence, EvidenceRefused) as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            assert is_true(of, prop, certificate), path
    assert outcomes["NotEvidence"] > 0
    assert outcomes["EvidenceRefused"] > 0


@functools.cache
def truth(spec: str) -> dict[str, Verdict]:
    """The verdict of each property of a spec, where nothing is reused."""
    report = pipeline.check(model(spec), Request(sources_waived=True))
    return {p.name: p.certified.verdict for p in report.properties}


@EACH
def test_evidence_about_one_machine_gives_no_wrong_verdict_on_another(spec: str, name: str, engine: str | None) -> None:
    found, _ = entry(machine(spec, name, engine), name)
    data = json.loads(json.dumps(certificate_json(model(spec), found.certified, found.engine, None)))
    accepted = 0
    for other in sorted({c[0] for c in KEPT}):
        for prop in (p for p in model(other).properties if not isinstance(p.claim, Matches)):
            narrow = restricted(model(other), prop.assuming)
            try:
                certificate = read_foreign(narrow, prop.claim, data)
                certified = judged(narrow, prop, certificate, 20)
            except (NotEvidence, EvidenceRefused):
                continue
            accepted += 1
            vacuous = (Verdict.PROVED, Verdict.VACUOUS)  # that it says nothing is seen when a witness is sought
            assert (certified.verdict, truth(other)[prop.name]) in {(v, v) for v in Verdict} | {vacuous}, prop.name
    assert accepted > 0


def test_a_witness_on_which_the_premise_does_not_come_true_is_refused() -> None:
    of = model("light")
    found, prop = entry(machine("light", "used_when_dim", None), "used_when_dim")
    run = found.certified.witness
    if run is None:  # the property is vacuous; any other with a premise will do
        pytest.fail("used_when_dim should have a witness")
    narrow = restricted(of, prop.assuming)
    assert witnessed(narrow, found.certified, run, 20).witness == run
    with pytest.raises(EvidenceRefused):
        witnessed(narrow, found.certified, Trace(run.parameters, run.initial, (), run.interpretation), 20)


def test_a_warm_store_gives_the_same_report_without_a_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare, store = check(LIGHT), Store(tmp_path / "kept")
    cold = check(LIGHT, store)
    monkeypatch.setattr(deciding, "attempts", lambda *_: pytest.fail("there is nothing to search for"))
    warm = check("# a comment\n" + LIGHT.replace("    ", "  "), store)
    assert set(origins(cold).values()) == {"search"}
    assert set(origins(warm).values()) == {"cache"}
    assert bytes_of(cold) == bytes_of(bare)
    assert [p.certified for p in warm.properties] != []
    assert bytes_of(check(LIGHT, store)) == bytes_of(bare)


def entries(store: Store) -> dict[str, Path]:
    """The files of a store, by the verdict and the kind of evidence in them."""
    files = [p for p in store.folder.iterdir() if p.suffix == ".json"]
    return {p.name: p for p in sorted(files)}


def swapped(paths: list[Path]) -> None:
    """Put each entry's certificate under the key of the next one."""
    data = [json.loads(p.read_bytes()) for p in paths]
    for i, path in enumerate(paths):
        path.write_text(json.dumps({**data[i], "certificate": data[i - 1]["certificate"]}))


def polarised(paths: list[Path]) -> None:
    """Let each entry say the opposite."""
    opposite = {"PROVED": "REFUTED", "REFUTED": "PROVED", "VACUOUS": "PROVED"}
    for path in paths:
        data = json.loads(path.read_bytes())
        data["certificate"]["verdict"] = opposite[data["certificate"]["verdict"]]
        path.write_text(json.dumps(data))


def of_another_key(paths: list[Path]) -> None:
    """Exchange the files as they are."""
    contents = [p.read_bytes() for p in paths]
    for i, path in enumerate(paths):
        path.write_bytes(contents[i - 1])


def not_inductive(paths: list[Path]) -> None:
    """Claim a proof of everything, by what is no invariant."""
    for path in paths:
        data = json.loads(path.read_bytes())
        evidence = {"kind": "invariant", "conjuncts": ["not lit"]}
        data["certificate"] |= {"verdict": "PROVED", "evidence": evidence}
        path.write_text(json.dumps(data))


def without_witness(paths: list[Path]) -> None:
    """Leave out what shows that a proof says something."""
    for path in paths:
        data = json.loads(path.read_bytes())
        data["certificate"]["witness"] = None
        path.write_text(json.dumps(data))


def with_content(content: bytes):
    """Write the same to every file."""

    def write(paths: list[Path]) -> None:
        for path in paths:
            path.write_bytes(content)

    return write


def huge(paths: list[Path]) -> None:
    """Make each file larger than anything that is read; on disk it takes no place."""
    for path in paths:
        os.truncate(path, 1 << 40)


def linked(paths: list[Path]) -> None:
    """Replace each file by a link to something that never ends, or to a real entry elsewhere."""
    for i, path in enumerate(paths):
        moved = path.with_suffix(".moved")
        path.rename(moved)
        path.symlink_to("/dev/zero" if i % 2 else moved)


def piped(paths: list[Path]) -> None:
    """Replace each file by a pipe that nobody writes to."""
    for path in paths:
        path.unlink()
        os.mkfifo(path)


def folders(paths: list[Path]) -> None:
    """Replace each file by a folder."""
    for path in paths:
        path.unlink()
        path.mkdir()


def aged(paths: list[Path]) -> None:
    """Let each entry be one of another version of arcproof."""
    for path in paths:
        path.write_text(json.dumps({**json.loads(path.read_bytes()), "arcproof": "0.0.0"}))


POISONS = {
    "swapped": swapped,
    "polarised": polarised,
    "of another key": of_another_key,
    "not inductive": not_inductive,
    "without witness": without_witness,
    "empty": with_content(b""),
    "no text": with_content(b"\xff\xfe\x00"),
    "a number": with_content(b"3"),
    "too deep": with_content(b"[" * 200_000),
    "no certificate": with_content(b'{"format": "arcproof.certificate/1", "certificate": null}'),
    "huge": huge,
    "linked": linked,
    "piped": piped,
    "folders": folders,
    "aged": aged,
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_a_poisoned_store_costs_time_and_changes_nothing(tmp_path: Path, poison: Any) -> None:
    store = Store(tmp_path / "kept")
    bare = check(LIGHT, store)
    poison(list(entries(store).values()))
    found = check(LIGHT, store)
    assert bytes_of(found) == bytes_of(bare)
    assert "search" in origins(found).values()
    told = [p.ignored for p in found.properties if p.origin == "search"]
    assert all(told)
    healed = check(LIGHT, store)
    assert bytes_of(healed) == bytes_of(bare)
    if poison is not folders:  # no file can take the place of a folder
        assert set(origins(healed).values()) == {"cache"}


def test_a_folder_that_cannot_be_written_is_told_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    report = check(LIGHT, Store(tmp_path / "file" / "kept"))
    assert bytes_of(report) == bytes_of(check(LIGHT))
    assert {p.ignored for p in report.properties} == {
        f"nothing can be kept in {tmp_path / 'file' / 'kept'}: Not a directory"
    }


def test_only_what_is_decided_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "kept")
    monkeypatch.setattr(deciding, "attempts", lambda *_: iter(()))
    assert {p.certified.verdict for p in check(LIGHT, store).properties} == {Verdict.UNKNOWN}
    assert not store.folder.exists()


def test_a_contradiction_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "kept")

    def lying(*_: object):
        from verifier.engines.engine import Attempt
        from verifier.evidence.evidence import Holds, Invariant
        from verifier.model.terms import FALSE

        yield Attempt("liar", Holds(Invariant((FALSE,))), 0.0)

    monkeypatch.setattr(deciding, "attempts", lying)
    assert check(LIGHT, store).exit_code == 4
    assert not store.folder.exists()


def test_the_format_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    of = model("light")
    prop = of.properties[0]
    asked = (of, prop.claim, prop.assuming)
    keys = {stores.key(*asked, None, True), stores.key(*asked, "ic3", True), stores.key(*asked, None, False)}
    monkeypatch.setattr(stores, "__version__", "0.0.0")
    keys.add(stores.key(*asked, None, True))
    assert len(keys) == 4
