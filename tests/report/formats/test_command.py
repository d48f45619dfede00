"""Reviews on the command line: `arcproof render`, the options that commands share, and `check` in these formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner

from tests.report.formats.stories import CLEAN, FAILED, STORIES
from verifier.cli.main import run
from verifier.cli.review_outputs import Outputs, options, publish
from verifier.report.formats import FORMATS, render
from verifier.report.formats.json import render_json


@dataclass(frozen=True)
class Outcome:
    """What the command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def arcproof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = run(arguments)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return command


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("story", STORIES)
def test_render_gives_the_bytes_and_the_exit_code_of_the_run(arcproof: Command, story: str, format: str) -> None:
    review = STORIES[story]
    Path("review.json").write_text(render_json(review))
    shown = arcproof("render", "review.json", "-f", format)
    assert (shown.code, shown.out, shown.err) == (review.exit_code, render(review, format), "")
    saved = arcproof("render", "review.json", "--format", format, "-o", "saved")
    assert (saved.code, saved.out) == (review.exit_code, "")
    assert Path("saved").read_text() == render(review, format)


def test_render_shows_text_unless_asked_for_something_else(arcproof: Command) -> None:
    Path("review.json").write_text(render_json(CLEAN))
    assert arcproof("render", "review.json").out == render(CLEAN, "text")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"schema": "arcproof.report/1"}', "\x00"])
def test_render_refuses_what_is_no_review(arcproof: Command, content: str) -> None:
    Path("review.json").write_text(content)
    refused = arcproof("render", "review.json")
    assert (refused.code, refused.out) == (2, "")
    assert "cannot render review.json" in refused.err


def test_render_refuses_a_missing_file_an_unknown_format_and_an_unwritable_target(arcproof: Command) -> None:
    assert arcproof("render", "missing.json").code == 2
    Path("review.json").write_text(render_json(CLEAN))
    unknown = arcproof("render", "review.json", "-f", "sarfi")
    assert (unknown.code, "did you mean `sarif`?" in unknown.err) == (2, True)
    assert arcproof("render", "review.json", "-o", "missing/file").code == 2


worked: list[str] = []


@click.command()
@click.argument("path")
@options
def sample(path: str, outputs: Outputs) -> int:
    """A command such as `gate`."""
    worked.append(path)
    return publish(FAILED, outputs)


def sampled(*arguments: str) -> Outcome:
    """Run the sample command."""
    worked.clear()
    result = CliRunner().invoke(sample, ["x", *arguments], standalone_mode=False)
    if isinstance(result.exception, click.ClickException):
        return Outcome(result.exception.exit_code, result.stdout, result.exception.message)
    assert result.exception is None
    return Outcome(result.return_value, result.stdout, result.stderr)


def test_standard_output_gets_one_document_and_the_files_the_others(tmp_path: Path) -> None:
    files = [f"{name}={tmp_path / name}" for name in FORMATS]
    result = sampled("-f", "json", *(word for file in files for word in ("--report", file)))
    assert (result.code, result.err, worked) == (1, "", ["x"])
    assert result.out == render(FAILED, "json")
    assert {name: (tmp_path / name).read_text() for name in FORMATS} == {n: render(FAILED, n) for n in FORMATS}


def test_a_dash_says_the_same_as_the_format_option() -> None:
    assert sampled("--report", "gitlab=-").out == render(FAILED, "gitlab")
    assert sampled().out == render(FAILED, "text")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-f", "yaml"], "no report format `yaml`"),
        (["-f", "itf"], "no report format `itf`"),
        (["--report", "sarif"], "expected FORMAT=PATH"),
        (["--report", "sarif="], "expected FORMAT=PATH"),
        (["--report", "markdown=reports/"], "one file, not a folder"),
        (["--report", "json=missing/x.json"], "no such folder"),
        (["--report", "json=-", "--report", "sarif=-"], "only one report"),
        (["-f", "json", "--report", "sarif=-"], "only one report"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(arguments: list[str], reason: str) -> None:
    refused = sampled(*arguments)
    assert (refused.code, refused.out, worked) == (2, "", [])
    assert reason in refused.err


MACHINE = """machine {name}

var n: int 0..3 = 0

rule up "It counts." by device when n < 3 {{ n' = n + 1 }}

property p
  {claim}
"""

CLAIMS = {
    "holds": "always (n <= 3)",
    "refuted": "always (n <= 2)",
    "warns": "severity warning\n  always (n <= 2)",
    "notes": "severity note\n  always (n <= 2)",
    "empty": "always (n > 3 implies n == 0)",
    "broken": "always (n <=",
}


def check(arcproof: Command, *names: str) -> tuple[Outcome, dict[str, str]]:
    """What `check` says of these specs, and the documents that it writes."""
    Path("spec").mkdir()
    for name in names:
        Path(f"spec/{name}.arc").write_text(MACHINE.format(name=name, claim=CLAIMS[name]))
    formats = ("sarif", "junit", "github", "gitlab")
    told = arcproof("check", "--jobs", "1", *(w for f in formats for w in ("--report", f"{f}=out.{f}")))
    return told, {f: Path(f"out.{f}").read_text() for f in formats}


@pytest.mark.parametrize(
    ("names", "code", "severities"),
    [
        (("holds",), 0, []),
        (("refuted",), 1, ["critical"]),
        (("warns",), 0, ["major"]),
        (("notes",), 0, ["info"]),
        (("empty",), 1, ["critical"]),
        (("broken",), 2, ["blocker"]),
        (("broken", "refuted", "holds"), 2, ["blocker", "critical"]),
    ],
)
def test_check_writes_the_formats_of_reviews(
    arcproof: Command, names: tuple[str, ...], code: int, severities: list[str]
) -> None:
    told, documents = check(arcproof, *names)
    assert told.code == code
    assert [issue["severity"] for issue in json.loads(documents["gitlab"])] == severities
    (log,) = json.loads(documents["sarif"])["runs"]
    assert log["invocations"][0]["exitCode"] == code
    junit = ElementTree.fromstring(documents["junit"])
    broken, failing = severities.count("blocker"), severities.count("critical")
    assert (junit.get("errors"), junit.get("failures")) == (str(broken), str(failing))
    assert documents["github"].count("\n::") == len(severities)


def test_check_shows_the_run_of_a_violation_step_by_step(arcproof: Command) -> None:
    _, documents = check(arcproof, "refuted")
    (result,) = json.loads(documents["sarif"])["runs"][0]["results"]
    assert result["ruleId"] == "ARC530"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "spec/refuted.arc"
    (flow,) = result["codeFlows"]
    texts = [step["location"]["message"]["text"] for step in flow["threadFlows"][0]["locations"]]
    assert texts == ["start\nn = 0", "up\nn: 0 -> 1", "up\nn: 1 -> 2", "up\nn: 2 -> 3"]


def test_check_lists_each_property_as_a_case(arcproof: Command) -> None:
    _, documents = check(arcproof, "refuted", "holds")
    cases = ElementTree.fromstring(documents["junit"]).iter("testcase")
    told = {(c.get("classname"), c.get("name")): c.find("failure") is not None for c in cases}
    assert told[("refuted", "property p")] is True
    assert told[("holds", "property p")] is False
