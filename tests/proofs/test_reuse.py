"""Evidence of one version tried on the next, and what the command makes of a store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.test_forged import LIGHT, bytes_of, check, origins
from verifier import deciding, pipeline
from verifier.checker.certified import Verdict
from verifier.deciding import Contradiction, decide_claim
from verifier.diagnostics import Source
from verifier.evidence.evidence import Holds, Invariant
from verifier.model.claims import Always, LeadsTo, Never
from verifier.model.terms import FALSE, TRUE, Var, or_
from verifier.proofs.store import Store

ROOT = Path(__file__).parents[2]


def test_evidence_of_the_base_is_used_on_the_head_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    base = check(LIGHT)
    head = (
        LIGHT.replace("when not lit and not broken", "when not (broken or lit)") + "rule wait when lit { lit' = lit }\n"
    )
    alone = check(head)
    monkeypatch.setattr(deciding, "attempts", lambda *_: pytest.fail("there is nothing to search for"))
    found = check(head, known=base)
    assert set(origins(found).values()) == {"base"}
    assert [p.certified.verdict for p in found.properties] == [p.certified.verdict for p in alone.properties]


def test_a_property_with_another_name_is_known_by_its_claim() -> None:
    found = check(LIGHT.replace("property sound", "property never_broken"), known=check(LIGHT))
    assert origins(found)["never_broken"] == "base"


def test_what_the_change_makes_false_is_found_out() -> None:
    head = LIGHT + "rule smash when lit { broken' = true }\n"
    found = check(head, known=check(LIGHT))
    verdicts = {p.name: p.certified.verdict for p in found.properties}
    assert verdicts["sound"] is Verdict.REFUTED
    assert verdicts["dark"] is Verdict.REFUTED
    assert bytes_of(check(head)) == bytes_of(check(head))
    assert origins(found)["sound"] == "search"
    assert origins(found)["lights"] == "base"


def test_conjuncts_about_what_is_gone_are_left_out() -> None:
    text = LIGHT + "var extra: bool = false\nproperty both always (not broken and not extra)\n"
    base = check(text)
    found = check(LIGHT + "property both always not broken\n", known=base)
    assert origins(found)["both"] == "base"


def test_a_proof_of_the_base_that_becomes_vacuous_is_not_called_proved() -> None:
    text = "machine m\nvar a: bool = false\nvar b: bool = false\nrule go { a' = true\n b' = true }\n"
    text += "property p always (a implies b)\n"
    base = check(text)
    found = check(text.replace("rule go {", "rule go when b {"), known=base)
    assert base.properties[0].certified.verdict is Verdict.PROVED
    assert found.properties[0].certified.verdict is Verdict.VACUOUS
    assert found.exit_code == 1


def test_a_proof_of_the_base_keeps_its_verdict_and_gets_a_witness_of_the_head() -> None:
    text = "machine m\nvar a: bool = false\nvar b: bool = false\nrule go { a' = true\n b' = true }\n"
    text += "property p always (a implies b)\n"
    head = text.replace("rule go", "rule goes")
    found = check(head, known=check(text)).properties[0]
    assert (found.origin, found.certified.verdict) == ("base", Verdict.PROVED)
    assert found.certified.witness is not None
    assert [s.rule for s in found.certified.witness.steps] == ["goes"]


def test_the_report_on_the_head_does_not_depend_on_what_is_kept(tmp_path: Path) -> None:
    base = check(LIGHT)
    head = LIGHT + "rule smash when lit { broken' = true }\n"
    bare = check(head, known=base)
    store = Store(tmp_path)
    check(head, store)
    for _ in range(2):
        assert bytes_of(check(head, store, base)) == bytes_of(bare)


def test_a_run_that_keeps_something_makes_room_for_it(tmp_path: Path) -> None:
    store = Store(tmp_path, most=3000)
    check(LIGHT, store)
    sizes = [p.stat().st_size for p in tmp_path.iterdir()]
    assert 0 < sum(sizes) <= 3000


def test_a_claim_of_no_spec_is_decided_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = pipeline.model_of(Source("light.arc", LIGHT))
    lit, broken = (Var(v.sort, v.name) for v in model.variables)
    store = Store(tmp_path)
    claims = {Never(broken): Verdict.PROVED, Never(lit): Verdict.REFUTED, Always(or_(lit, broken)): Verdict.REFUTED}
    assert {c: decide_claim(model, c, 20, store).verdict for c in claims} == claims
    monkeypatch.setattr(deciding, "attempts", lambda *_: pytest.fail("there is nothing to search for"))
    assert {c: decide_claim(model, c, 20, store).verdict for c in claims} == claims


def test_a_claim_that_no_engine_decides_is_unknown_with_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pipeline.model_of(Source("light.arc", LIGHT))
    monkeypatch.setattr(deciding, "attempts", lambda *_: iter(()))
    found = decide_claim(model, LeadsTo(TRUE, FALSE, ()), 20)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "no engine can try this claim")


def test_a_claim_on_which_engine_and_checker_disagree_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier.engines.engine import Attempt

    model = pipeline.model_of(Source("light.arc", LIGHT))
    monkeypatch.setattr(deciding, "attempts", lambda *_: iter([Attempt("liar", Holds(Invariant((FALSE,))), 0.0)]))
    with pytest.raises(Contradiction, match="liar: evidence refused"):
        decide_claim(model, Never(FALSE), 20)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, in the folder."""
    command = [sys.executable, "-m", "verifier", "check", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder with more properties than one process gets at a time."""
    for i in range(3):
        (tmp_path / f"light{i}.arc").write_text(LIGHT.replace("rule off", f"rule off{i}"))
    return tmp_path


def test_files_are_the_same_for_each_number_of_processes_with_and_without_a_store(specs: Path) -> None:
    ways = {
        "without": ("--no-cache", "--jobs", "1"),
        "without8": ("--no-cache", "--jobs", "8"),
        "cold": ("--jobs", "8"),
        "warm": ("--jobs", "1"),
        "warm8": ("--jobs", "8"),
        "elsewhere": ("--cache-dir", "kept", "--jobs", "1"),
    }
    names = [f"light{i}.arc" for i in range(3)]
    for way, options in ways.items():
        outputs = ("--report", f"json={way}.json", "--report", f"markdown={way}/")
        found = run(specs, *names, *options, *outputs)
        assert (found.returncode, found.stderr) == (0, "")
        assert ("(cached)" in found.stdout) is way.startswith("warm")
    assert len({(specs / f"{way}.json").read_text() for way in ways}) == 1
    pages = [{p.name: p.read_text() for p in (specs / way).iterdir()} for way in ways]
    assert all(page == pages[0] for page in pages)
    assert (specs / "kept").is_dir()
    assert (specs / ".cache" / "arcproof").is_dir()


def test_no_cache_writes_nothing(specs: Path) -> None:
    assert run(specs, "light0.arc", "--no-cache").returncode == 0
    assert not (specs / ".cache").exists()


def test_a_store_and_none_exclude_each_other(specs: Path) -> None:
    found = run(specs, "light0.arc", "--no-cache", "--cache-dir", "kept")
    assert found.returncode == 2
    assert "exclude each other" in found.stderr


def test_what_is_of_no_use_is_told_once_and_the_verdict_stands(specs: Path) -> None:
    assert run(specs, "light0.arc").returncode == 0
    damaged = sorted((specs / ".cache" / "arcproof").iterdir())[0]
    damaged.write_text("{")
    found = run(specs, "light0.arc")
    assert found.returncode == 0
    assert found.stderr == f"note: what the cache holds was not used: {damaged}: it is damaged\n"
    assert run(specs, "light0.arc").stderr == ""


def test_where_nothing_is_sought_no_engine_is_loaded(specs: Path) -> None:
    assert run(specs, "light0.arc").returncode == 0
    program = (
        "import sys, os\n"
        "from verifier.cli.main import run\n"
        "code = run(['check', 'light0.arc', '--jobs', '1'])\n"
        "print(code, sorted({'z3', 'cvc5', 'networkx', 'verifier.engines.registry'} & set(sys.modules)))\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(specs)}
    done = subprocess.run([sys.executable, "-c", program], cwd=specs, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0 []"
