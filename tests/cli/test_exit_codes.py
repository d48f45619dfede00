"""What the command's exit code says."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.cli.main import run
from verifier.report.result import fold

Specs = Callable[..., Path]


def test_all_as_expected_is_0(arcproof, specs: Specs) -> None:
    specs("lamp")
    result = arcproof("check", "--property", "starts_dark", "--property", "never_lit")
    assert (result.code, result.err) == (0, "")
    assert "ALL AS EXPECTED" in result.out


def test_a_refuted_property_is_1(arcproof, specs: Specs) -> None:
    specs("lamp")
    assert arcproof("check").code == 1


def test_a_property_that_should_be_violated_and_holds_is_1(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nvar x: bool = true\nproperty p expect violated always x\n")
    result = arcproof("check", "m.arc")
    assert result.code == 1
    assert "FAILED: expected REFUTED" in result.out


def test_a_vacuous_property_is_1_unless_the_spec_allows_it(arcproof, specs: Specs) -> None:
    specs("vacuous")
    assert arcproof("check", "--property", "about_nothing").code == 1
    assert arcproof("check", "--property", "about_nothing_knowingly").code == 0


def test_a_machine_without_any_run_proves_nothing(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(
        "machine m\nparam p: bool\nassume p\nassume not p\nvar x: bool = true\nproperty q always x\n"
    )
    result = arcproof("check", "m.arc")
    assert result.code == 1
    assert "VACUOUS" in result.out


def test_a_parameter_value_that_the_spec_excludes_proves_nothing(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nparam p: bool where p\nvar x: bool = true\nproperty q always x\n")
    assert arcproof("check", "m.arc").code == 0
    assert arcproof("check", "m.arc", "--param", "p=false").code == 1


@pytest.mark.parametrize("severity", ["warning", "note"])
def test_a_refuted_warning_is_shown_but_is_0(arcproof, folder: Path, severity: str) -> None:
    text = f"machine m\nvar x: bool = true\nproperty p severity {severity} never x\n"
    (folder / "m.arc").write_text(text)
    result = arcproof("check", "m.arc")
    assert result.code == 0
    assert f"FAILED: expected PROVED ({severity} only)" in result.out


def test_a_bound_is_3(arcproof, specs: Specs) -> None:
    specs("vacuous")
    result = arcproof("check", "--property", "dark", "--engine", "bmc")
    assert result.code == 3
    assert "BOUNDED" in result.out


def test_a_spec_with_an_error_is_2(arcproof, specs: Specs) -> None:
    specs("broken")
    result = arcproof("check")
    assert result.code == 2
    assert "spec/broken.arc:3:15" in result.out


def test_a_file_that_does_not_exist_is_2(arcproof) -> None:
    assert arcproof("check", "missing.arc").code == 2


def test_no_spec_is_2(arcproof, folder: Path) -> None:
    assert arcproof("check").code == 2
    (folder / "spec").mkdir()
    result = arcproof("check")
    assert (result.code, result.out) == (2, "")
    assert "no spec found in spec" in result.err


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--property", "starts_drak"], "did you mean `starts_dark`?"),
        (["--param", "stuk=true"], "did you mean `stuck`?"),
        (["--engine", "bcm"], "did you mean `bmc`?"),
        (["--report", "jsno=x"], "did you mean `json`?"),
        (["--param", "stuck"], "expected NAME=VALUE"),
        (["--param", "stuck=true", "--param", "stuck=false"], "given twice"),
        (["--report", "json=no/such/folder.json"], "cannot write"),
        (["--report", "itf=one.json"], "must be a folder"),
        (["--report", "json=-", "--report", "markdown=-"], "only one report"),
        (["--source-tree", ".", "--no-source-tree"], "exclude each other"),
        (["--source-tree", "missing"], "does not exist"),
        (["--timeout", "0"], "--timeout"),
        (["--jobs", "0"], "--jobs"),
        (["--depth", "3"], "--depth"),
    ],
)
def test_what_cannot_be_asked_is_2_before_any_solving(arcproof, specs: Specs, options: list[str], hint: str) -> None:
    specs("lamp")
    result = arcproof("check", *options)
    assert (result.code, result.out) == (2, "")
    assert hint in result.err


def test_a_value_outside_the_parameters_sort_is_2(arcproof, specs: Specs) -> None:
    specs("lamp")
    assert arcproof("check", "--param", "stuck=7").code == 2


def test_an_int_that_leaves_its_range_is_1_and_blocks_the_other_properties(arcproof, specs: Specs) -> None:
    specs("overflow")
    result = arcproof("check", "--property", "never_negative")
    assert result.code == 1
    assert "the machine is ill-defined: see int_ranges" in result.out


def test_a_crash_is_4_without_a_traceback(arcproof, specs: Specs, monkeypatch: pytest.MonkeyPatch) -> None:
    specs("vacuous")
    monkeypatch.setattr("verifier.deciding.attempts", lambda *a, **k: 1 / 0)
    result = arcproof("check")
    assert result.code == 4
    assert "internal error: ZeroDivisionError" in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("ARCPROOF_DEBUG", "1")
    assert "Traceback" in arcproof("check").err


def test_an_interrupt_is_130(specs: Specs, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    specs("vacuous")
    monkeypatch.setattr("verifier.deciding.attempts", interrupt)
    assert run(["check"]) == 130


def test_several_specs_fold_to_the_worst(arcproof, specs: Specs) -> None:
    specs("vacuous", "broken")
    assert arcproof("check", "spec/vacuous.arc").code == 1
    assert arcproof("check").code == 2


@pytest.mark.parametrize("codes", list(itertools.product((0, 1, 2, 3, 4), repeat=2)))
def test_one_more_input_never_makes_the_code_better(codes: tuple[int, int]) -> None:
    rank = [0, 3, 1, 2, 4].index
    assert rank(fold(iter(codes))) == max(map(rank, codes))
