"""Specs as tests, in runs of pytest of their own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.meeting.conftest import BROKEN, FAILING, GOOD, ROOT, UNDECIDED, Run

MIXED = """machine mixed
enum Light { RED, GREEN }
var light: Light = RED
rule go
  when light == RED
  { light' = GREEN }
property holds
  always light in {RED, GREEN}
property empty
  every step light == RED and light == GREEN implies light' == RED
property empty_knowingly
  every step light == RED and light == GREEN implies light' == RED
  vacuous ok
property leaves_red
  always light == RED
  expect violated
property said_to_fail
  always light in {RED, GREEN}
  expect violated
property minor
  always light == RED
  severity warning
"""

IN_C = """machine in_c
enum State { A, B = 1 }
var state: State = A
table next: State -> State
  | A | B |
  | B | A |
rule go { state' = next(state) }
property as_in_c
  next matches c "lib/next.c" table next_state
"""
NEXT = "enum state { A, B = 1 };\nstatic const enum state next_state[] = { [A] = B, [B] = A };\n"

OVERFLOWING = """machine overflowing
var n: int 0..3 = 0
rule up { n' = n + 1 }
property small
  always n <= 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of specs, one of each kind."""
    specs = {"good": GOOD, "failing": FAILING, "undecided": UNDECIDED, "mixed": MIXED}
    (tmp_path / "spec").mkdir()
    for name, text in specs.items():
        (tmp_path / "spec" / f"{name}.arc").write_text(text)
    return tmp_path


def outcomes(shown: str) -> dict[str, str]:
    """What `-rA` says of each property."""
    lines = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED) spec/(\S+)", shown, re.MULTILINE)
    return {name.replace(".arc::", "."): word for word, name in lines}


def pytest_(run: Run, *options: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "pytest", *UNUSED, "-rA", *options)


# Plugins of this environment that only cost time here.
UNUSED = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:syrupy")

EXPECTED = {
    "good.int_ranges": "PASSED",
    "good.returns": "PASSED",
    "good.stays": "PASSED",
    "good.leaves_red": "PASSED",
    "failing.never_green": "FAILED",
    "undecided.arrives": "ERROR",
    "mixed.holds": "PASSED",
    "mixed.empty": "FAILED",
    "mixed.empty_knowingly": "PASSED",
    "mixed.leaves_red": "PASSED",
    "mixed.said_to_fail": "FAILED",
    "mixed.minor": "PASSED",
}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_each_property_is_a_test_and_undecided_is_an_error(run: Run, folder: Path, workers: tuple[str, ...]) -> None:
    result = pytest_(run, "--arcproof", "--arcproof-timeout", "20", *workers)
    assert outcomes(result.stdout) == EXPECTED
    assert result.returncode == 1
    assert "3 failed, 8 passed, 1 warning, 1 error" in result.stdout
    assert "INTERNALERROR" not in result.stdout + result.stderr


def test_a_failure_shows_the_run_and_no_frames(run: Run, folder: Path) -> None:
    shown = pytest_(run, "--arcproof", "spec/failing.arc").stdout
    assert "never_green: REFUTED, expected PROVED   spec/failing.arc:7" in shown
    assert "0  start: light = RED" in shown
    assert "light: RED -> GREEN" in shown
    assert "again: arcproof check spec/failing.arc --property never_green" in shown
    assert ".py:" not in shown
    assert "Traceback" not in shown


def test_an_error_says_that_it_is_undecided(run: Run, folder: Path) -> None:
    shown = pytest_(run, "--arcproof", "spec/undecided.arc").stdout
    assert "UNDECIDED arrives: UNKNOWN, expected PROVED   spec/undecided.arc:15" in shown
    assert ".py:" not in shown


def test_a_vacuous_proof_says_why_it_fails(run: Run, folder: Path) -> None:
    shown = pytest_(run, "--arcproof", "spec/mixed.arc::empty").stdout
    assert "empty: VACUOUS, expected PROVED" in shown
    assert "its premise is never true" in shown


def test_a_lower_severity_is_a_warning_at_the_property(run: Run, folder: Path) -> None:
    result = pytest_(run, "--arcproof", "spec/mixed.arc::minor")
    assert result.returncode == 0
    assert "spec/mixed.arc:20: SpecWarning: minor: REFUTED, expected PROVED" in result.stdout
    strict = pytest_(run, "--arcproof", "-W", "error", "spec/mixed.arc::minor")
    assert outcomes(strict.stdout) == {"mixed.minor": "FAILED"}
    assert ".py:" not in strict.stdout


def test_a_spec_with_an_error_stops_the_run_with_its_diagnostics(run: Run, folder: Path) -> None:
    (folder / "spec" / "broken.arc").write_text(BROKEN)
    result = pytest_(run, "--arcproof", "-n", "2")
    assert result.returncode != 0
    result = pytest_(run, "--arcproof")
    assert result.returncode == 2
    assert "error[ARC001]: expected an expression, found `}`" in result.stdout
    assert " --> spec/broken.arc:3:15" in result.stdout
    assert ".py" not in result.stdout


def test_a_node_id_or_a_word_selects_properties_and_only_those_are_checked(run: Run, folder: Path) -> None:
    result = pytest_(run, "--arcproof", "--durations=0", "-vv", "spec/good.arc::stays")
    assert outcomes(result.stdout) == {"good.stays": "PASSED"}
    result = pytest_(run, "--arcproof", "-k", "stays or never_green")
    assert outcomes(result.stdout) == {"good.stays": "PASSED", "failing.never_green": "FAILED"}


def test_specs_are_collected_only_on_request(run: Run, folder: Path) -> None:
    assert pytest_(run).returncode == 5
    (folder / "pytest.ini").write_text("[pytest]\narcproof_paths = spec/good.arc other\n")
    result = pytest_(run)
    assert result.returncode == 0
    assert set(outcomes(result.stdout)) == {n for n in EXPECTED if n.startswith("good.")}


def test_places_are_those_of_the_properties(run: Run, folder: Path) -> None:
    shown = run(sys.executable, "-m", "pytest", "--arcproof", "spec/good.arc", "--junit-xml=found.xml")
    assert shown.returncode == 0
    assert 'name="stays"' in (folder / "found.xml").read_text()
    conftest = (
        "def pytest_collection_modifyitems(items):\n"
        "    print(*(i.location for i in items), sep='\\n', file=open('l', 'w'))"
    )
    (folder / "conftest.py").write_text(conftest)
    pytest_(run, "--arcproof", "spec/good.arc", "--collect-only")
    assert "('spec/good.arc', 14, 'property returns')" in (folder / "l").read_text().splitlines()


def test_a_machine_whose_ints_overflow_proves_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "overflowing.arc").write_text(OVERFLOWING)
    result = pytest_(run, "--arcproof")
    assert outcomes(result.stdout) == {"overflowing.int_ranges": "FAILED", "overflowing.small": "ERROR"}
    assert "the machine is ill-defined: see int_ranges" in result.stdout


class TestSources:
    """Tables that are bound to C files."""

    @pytest.fixture(autouse=True)
    def _spec(self, tmp_path: Path) -> None:
        (tmp_path / "spec").mkdir()
        (tmp_path / "spec" / "in_c.arc").write_text(IN_C)
        (tmp_path / "tree" / "lib").mkdir(parents=True)
        (tmp_path / "tree" / "lib" / "next.c").write_text(NEXT)

    def test_without_a_tree_the_comparison_is_an_error_that_says_what_to_pass(self, run: Run) -> None:
        result = pytest_(run, "--arcproof")
        assert outcomes(result.stdout) == {"in_c.as_in_c": "ERROR"}
        assert "pass --arcproof-source-tree DIR" in result.stdout

    @pytest.mark.parametrize("workers", ["0", "2"])
    def test_with_a_tree_it_is_made(self, run: Run, tmp_path: Path, workers: str) -> None:
        options = ("--arcproof", "--arcproof-source-tree", "tree", "-n", workers)
        result = pytest_(run, *options)
        assert outcomes(result.stdout) == {"in_c.as_in_c": "PASSED"}
        (tmp_path / "tree" / "lib" / "next.c").write_text(NEXT.replace("[B] = A", "[B] = B"))
        assert outcomes(pytest_(run, *options).stdout) == {"in_c.as_in_c": "FAILED"}
        (tmp_path / "tree" / "lib" / "next.c").unlink()
        result = pytest_(run, *options)
        assert outcomes(result.stdout) == {"in_c.as_in_c": "ERROR"}
        assert "COULD NOT CHECK as_in_c" in result.stdout

    def test_left_out_on_request_it_is_skipped_with_a_reason(self, run: Run) -> None:
        result = pytest_(run, "--arcproof", "--arcproof-no-source-tree")
        assert result.returncode == 0
        assert "1 skipped" in result.stdout
        assert "NOT CHECKED as_in_c" in result.stdout

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (("--arcproof-source-tree", "nowhere"), "there is no folder nowhere"),
            (("--arcproof-source-tree", "tree", "--arcproof-no-source-tree"), "exclude each other"),
            (("--arcproof-timeout", "0"), "invalid _seconds value: '0'"),
        ],
    )
    def test_options_that_make_no_sense_are_refused(self, run: Run, options: tuple[str, ...], told: str) -> None:
        result = pytest_(run, "--arcproof", *options)
        assert result.returncode == 4
        assert told in result.stderr


def test_with_a_base_the_change_of_each_spec_is_a_test(run: Run, commit: Callable[..., str], repository: Path) -> None:
    commit(good=GOOD, same=GOOD, mended=BROKEN)
    commit(
        mended=GOOD,
        good=GOOD.replace("light == AMBER\n", "light == AMBER and n > 1\n"),
        same=GOOD.replace("light == AMBER\n", "not (light in {RED, GREEN})\n"),
    )
    result = pytest_(run, "--arcproof", "--arcproof-base", "HEAD~", "-n", "2", "-k", "since-base")
    assert outcomes(result.stdout) == {
        "good.since-base": "FAILED",
        "same.since-base": "PASSED",
        "mended.since-base": "ERROR",
    }
    assert "GATE FAILED" in result.stdout
    assert "ARC302" in result.stdout
    assert "COULD NOT CHECK" in result.stdout
    assert ".py:" not in result.stdout
    result = pytest_(run, "--arcproof", "--arcproof-base", "nowhere", "spec/same.arc::since-base")
    assert outcomes(result.stdout) == {"same.since-base": "ERROR"}
    assert "COULD NOT CHECK what changed since nowhere\nerror[ARC921]" in result.stdout


FUNCTIONS = """
def test_good(arc_machine):
    machine = arc_machine("spec/good.arc")
    assert machine is arc_machine("spec/../spec/good.arc")
    report = machine.check("stays")
    assert report.name == "stays"

def test_failing(arc_machine):
    arc_machine("spec/failing.arc").check("never_green")

def test_undecided(arc_machine):
    arc_machine("spec/undecided.arc").check("arrives")

def test_misspelt(arc_machine):
    arc_machine("spec/good.arc").check("stay")

def test_missing(arc_machine):
    arc_machine("spec/none.arc")
"""


def test_the_fixture_checks_a_property_inside_a_test(run: Run, folder: Path) -> None:
    (folder / "test_machines.py").write_text(FUNCTIONS)
    result = pytest_(run, "test_machines.py")
    assert "4 failed, 1 passed" in result.stdout
    assert "PASSED test_machines.py::test_good" in result.stdout
    assert "never_green: REFUTED, expected PROVED" in result.stdout
    assert "UNDECIDED arrives" in result.stdout
    assert "no property `stay`; did you mean `stays`?" in result.stdout
    assert "error[ARC901]" in result.stdout
    assert "machine.py:" not in result.stdout


def test_the_plugin_costs_nothing_where_no_spec_is_collected(installed: Mapping[str, str], tmp_path: Path) -> None:
    code = (
        "import sys, time, pytest; before = set(sys.modules); started = time.perf_counter();"
        "import verifier.pytest_plugin; print(time.perf_counter() - started);"
        "print(*sorted(set(sys.modules) - before))"
    )
    times = []
    for _ in range(3):
        result = subprocess.run(
            [sys.executable, "-c", code], env=installed, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        seconds, modules = result.stdout.splitlines()
        times.append(float(seconds))
        assert set(modules.split()) == {"verifier", "verifier.pytest_plugin", "verifier.version"}
    assert min(times) < 0.02


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"arcproof": "verifier.pytest_plugin"}
