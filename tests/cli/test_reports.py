"""The reports that `arcproof check` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from verifier.report.schema import schema_text

Specs = Callable[..., Path]


def masked(text: str) -> str:
    """The text without times."""
    return re.sub(r" *\d+\.\d\d s", " TIME", text)


def validated(text: str) -> dict:
    """The JSON report, which satisfies its schema."""
    data = json.loads(text)
    jsonschema.validate(data, json.loads(schema_text()))
    return data


def test_json_satisfies_the_schema_and_lists_each_property(arcproof, specs: Specs) -> None:
    specs("lamp", "vacuous", "overflow", "broken")
    data = validated(arcproof("check", "--report", "json=-").out)
    verdicts = {p["name"]: (p["verdict"], p["expected"]) for m in data["machines"] for p in m["properties"]}
    assert verdicts["starts_dark"] == ("PROVED", True)
    assert verdicts["never_lit"] == ("REFUTED", True)
    assert verdicts["count_is_exact"] == ("REFUTED", False)
    assert verdicts["about_nothing"] == ("VACUOUS", False)
    assert verdicts["never_negative"] == ("UNKNOWN", False)
    assert [e["spec"] for e in data["errors"]] == ["spec/broken.arc"]


def test_json_names_the_certifying_solver_with_its_version(arcproof, specs: Specs) -> None:
    import cvc5

    specs("lamp")
    data = validated(arcproof("check", "--property", "starts_dark", "--report", "json=-").out)
    prop = data["machines"][0]["properties"][-1]
    assert {"name": "cvc5", "version": cvc5.__version__} in prop["certified_by"]
    assert prop["witness"]["initial"] == {"light": "OFF", "lit": 0}
    assert prop["cites"] == [
        {"source": "manual", "document": "The lamp's manual, chapter 2", "passage": "It comes dark."}
    ]


def test_standard_output_gets_one_document(arcproof, specs: Specs) -> None:
    specs("vacuous")
    result = arcproof("check", "--report", "markdown=-", "--report", "text=out.txt")
    assert result.out.startswith("# unlit\n")
    assert "FAILED" in Path("out.txt").read_text()


def test_each_number_of_processes_gives_the_same_output(arcproof, specs: Specs) -> None:
    specs("lamp", "vacuous", "overflow")
    arguments = ("check", "--no-cache", "--report", "json=out.json", "--report", "markdown=out/")
    alone = arcproof(*arguments, "--jobs", "1")
    files = {p: p.read_text() for p in (Path("out.json"), *sorted(Path("out").iterdir()))}
    together = arcproof(*arguments, "--jobs", "3")
    assert (together.code, masked(together.out)) == (alone.code, masked(alone.out))
    assert {p: p.read_text() for p in files} == files


def test_markdown_in_a_folder_has_a_file_for_each_spec_and_an_index(arcproof, specs: Specs, folder: Path) -> None:
    deep = specs("vacuous") / "deep"
    deep.mkdir()
    (deep / "m.arc").write_text("machine m\nvar x: bool = true\nproperty p always x\n")
    arcproof("check", "--report", "markdown=reports/")
    written = sorted(p.relative_to(folder / "reports").as_posix() for p in (folder / "reports").rglob("*.md"))
    assert written == ["README.md", "deep/m.md", "vacuous.md"]
    assert "| [deep/m](deep/m.md) | 1 proved |" in Path("reports/README.md").read_text()


def test_markdown_has_neither_times_nor_absolute_paths(arcproof, specs: Specs, folder: Path) -> None:
    specs("lamp")
    arcproof("check", str(folder / "spec"), "--report", "markdown=out.md")
    text = Path("out.md").read_text()
    assert str(folder) not in text
    assert masked(text) == text
    assert "Again: `arcproof check spec/lamp.arc --property never_lit" in text


def test_itf_writes_a_file_for_each_run(arcproof, specs: Specs) -> None:
    specs("lamp")
    arcproof("check", "--report", "itf=traces/")
    data = json.loads(Path("traces/lamp.never_lit.itf.json").read_text())
    assert data["#meta"]["format"] == "ITF"
    assert (data["params"], data["vars"]) == (["stuck"], ["light", "lit"])
    assert [s["#meta"]["index"] for s in data["states"]] == [0, 1]
    assert [(s["light"], s["lit"]) for s in data["states"]] == [("OFF", {"#bigint": "0"}), ("ON", {"#bigint": "1"})]
    assert data["states"][1]["#meta"]["rule"] == "press"
    assert Path("traces/lamp.starts_dark.witness.itf.json").exists()


def test_itf_of_one_property_may_be_one_file(arcproof, specs: Specs) -> None:
    specs("vacuous")
    arcproof("check", "--property", "dark", "--report", "itf=one.json")
    assert not Path("one.json").exists()
    (Path("spec") / "m.arc").write_text("machine m\nvar x: bool = true\nproperty p never x\n")
    arcproof("check", "spec/m.arc", "--property", "p", "--report", "itf=one.json")
    assert json.loads(Path("one.json").read_text())["states"] == [{"#meta": {"index": 0}, "x": True}]


def test_the_command_that_is_printed_replays_the_counterexample(arcproof, specs: Specs) -> None:
    specs("lamp")
    shown = arcproof("check", "--property", "never_lit").out
    again = re.search(r"again: arcproof (.*)", shown)
    assert again
    assert "never_lit" in arcproof(*again[1].split()).out


def test_parameters_are_fixed_where_a_machine_has_them(arcproof, specs: Specs) -> None:
    specs("lamp", "vacuous")
    data = validated(arcproof("check", "--param", "stuck=true", "--report", "json=-").out)
    assert [m["parameters"] for m in data["machines"]] == [{"stuck": True}, {}]


def test_a_property_that_one_of_two_specs_has_is_checked_there_alone(arcproof, specs: Specs) -> None:
    specs("lamp", "vacuous")
    data = validated(arcproof("check", "--property", "dark", "--report", "json=-").out)
    assert [m["name"] for m in data["machines"]] == ["unlit"]


def test_a_spec_that_is_named_twice_is_checked_once(arcproof, specs: Specs) -> None:
    specs("vacuous")
    data = validated(arcproof("check", "spec", "spec/vacuous.arc", "./spec", "--report", "json=-").out)
    assert [m["spec"] for m in data["machines"]] == ["spec/vacuous.arc"]


@pytest.mark.parametrize("colour", [True, False])
def test_colours_are_for_terminals(arcproof, specs: Specs, monkeypatch: pytest.MonkeyPatch, colour: bool) -> None:
    specs("vacuous")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR" if colour else "NO_COLOR", "1")
    assert ("\x1b[" in arcproof("check").out) is colour


@pytest.mark.slow
def test_a_real_spec_gives_the_same_report_in_every_process(arcproof) -> None:
    spec = str(Path(__file__).parents[2] / "spec" / "vfio" / "migration_v1.arc")
    arguments = ("check", spec, "--no-cache", "--no-source-tree", "--report")
    assert arcproof(*arguments, "json=alone.json").code == 0
    assert arcproof(*arguments, "json=shared.json", "--jobs", "2").code == 0
    assert Path("alone.json").read_text() == Path("shared.json").read_text()


@pytest.mark.parametrize("report", ["text", "markdown"])
def test_control_characters_of_a_spec_reach_no_terminal(arcproof, folder: Path, report: str) -> None:
    (folder / "m.arc").write_text('machine m "\x1b[31m"\nvar x: bool = true\nproperty p "a\x1b[2Jb" never x\n')
    shown = arcproof("check", "m.arc", "--report", f"{report}=-").out
    assert "\x1b" not in shown
    assert "a\N{REPLACEMENT CHARACTER}" in shown
