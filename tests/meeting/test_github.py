"""The action and the two workflows: their steps, run as a runner's shell would."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.meeting.conftest import BROKEN, GOOD, ROOT, UNDECIDED, Run

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOWS = {name: yaml.safe_load((ROOT / "docs" / "ci" / f"{name}.yml").read_text()) for name in ("gate", "comment")}
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
COMMENT = {s["name"]: s for s in WORKFLOWS["comment"]["jobs"]["comment"]["steps"] if "name" in s}

Commit = Callable[..., str]

WIDER = GOOD.replace("when light == AMBER\n", "when light in {AMBER, GREEN}\n")
SAME = GOOD.replace("when light == AMBER\n", "when not (light in {RED, GREEN})\n")


def steps() -> Iterator[dict[str, Any]]:
    """Every step of the action and of the workflows."""
    yield from ACTION["runs"]["steps"]
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            yield from job["steps"]


def test_no_step_has_text_from_outside_in_its_code() -> None:
    commands = [step["run"] for step in steps() if "run" in step]
    assert len(commands) >= 7
    assert [c for c in commands if "${{" in c] == []


def test_each_output_is_one_that_the_step_writes() -> None:
    script = (ROOT / "ci" / "action.sh").read_text()
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.gate.outputs.{name} }}}}"
        assert re.search(rf"\b{name}\b", script)
    assert set(ACTION["outputs"]) == {
        "verdict", "exit-code", "breaking", "risky", "waived", "undecided", "report",
    }  # fmt: skip


def test_the_check_may_write_nothing_and_the_comment_runs_nothing() -> None:
    gate, comment = WORKFLOWS["gate"], WORKFLOWS["comment"]
    assert gate["permissions"] == {"contents": "read"}
    assert set(gate[True]) == {"pull_request", "merge_group"}  # `on` is a truth value in YAML 1.1
    assert comment["permissions"] == {}
    assert comment["jobs"]["comment"]["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert set(comment[True]) == {"workflow_run"}
    (checkout,) = (s for s in comment["jobs"]["comment"]["steps"] if s.get("uses", "").startswith("actions/checkout"))
    assert checkout["with"]["repository"] == "OWNER/arcproof"
    text = (ROOT / "docs" / "ci" / "comment.yml").read_text()
    assert "head_sha }}" in text
    assert "ref: ${{" not in text


class Action:
    """The action's steps, in a repository."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run = run
        self._files = {n: folder / ".git" / n for n in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for file in self._files.values():
            file.write_text("")

    def step(self, name: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one step as a runner does."""
        files = {n: str(p) for n, p in self._files.items()}
        given = {**files, "GITHUB_ACTION_PATH": str(ROOT), **env}
        return self._run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"], env=given)

    def gate(self, base: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step of the gate, with the inputs' defaults."""
        names = STEPS["Check and compare"]["env"]
        empty = dict.fromkeys(names, "")
        given = {"GATE_REPORTS": "arcproof-reports", "GATE_BASE": base, **inputs}
        return self.step("Check and compare", **{**empty, **given})

    @property
    def outputs(self) -> dict[str, str]:
        """What the step said."""
        lines = self._files["GITHUB_OUTPUT"].read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        """What the job's page shows."""
        return self._files["GITHUB_STEP_SUMMARY"].read_text()


@pytest.fixture
def action(run: Run, repository: Path) -> Action:
    return Action(run, repository)


def outcome(breaking: int = 0, code: int = 0, verdict: str = "PASSED", undecided: int = 0) -> dict[str, str]:
    counts = {"breaking": str(breaking), "risky": "0", "waived": "0", "undecided": str(undecided)}
    return {"verdict": verdict, "exit-code": str(code), **counts, "report": "arcproof-reports/report.json"}


def test_an_equivalent_change_passes_and_every_report_is_written(
    action: Action, commit: Commit, repository: Path
) -> None:
    base = commit(good=GOOD)
    commit(good=SAME)
    assert action.step("Install arcproof").returncode == 0
    result = action.gate(base)
    assert result.returncode == 0, result.stderr
    assert action.outputs == outcome()
    assert action.summary.startswith("<!-- arcproof:gate -->\n## PASSED")
    written = {p.name for p in (repository / "arcproof-reports").iterdir()}
    assert written == {"report.json", "report.md", "report.sarif", "report.xml", "messages.txt"}
    verdict = action.step("Verdict", GATE_EXIT_CODE=action.outputs["exit-code"])
    assert (verdict.returncode, verdict.stdout) == (0, "")


def test_a_widened_guard_fails_with_an_annotation_at_its_line(action: Action, commit: Commit) -> None:
    base = commit(good=GOOD)
    commit(good=WIDER)
    result = action.gate(base, GATE_POLICY="impl")
    assert result.returncode == 0, result.stderr
    assert action.outputs == outcome(breaking=1, code=1, verdict="GATE FAILED")
    (annotation,) = (line for line in result.stdout.splitlines() if line.startswith("::error"))
    assert annotation.startswith("::error file=spec/good.arc,line=12,")
    assert "title=ARC301" in annotation
    verdict = action.step("Verdict", GATE_EXIT_CODE="1")
    assert verdict.returncode == 1
    assert verdict.stdout.startswith("::error title=arcproof: GATE FAILED::")


def test_inputs_reach_the_gate(action: Action, commit: Commit) -> None:
    base = commit(good=GOOD)
    commit(good=WIDER)
    action.gate(base, GATE_POLICY="impl", GATE_FAIL_ON="never", GATE_PATHS="spec/good.arc\n")
    assert action.outputs["exit-code"] == "0"
    assert action.outputs["breaking"] == "1"


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [(BROKEN, 2, "COULD NOT CHECK"), (UNDECIDED, 3, "UNDECIDED")],
    ids=["broken", "undecided"],
)
def test_each_class_has_a_title_of_its_own(action: Action, commit: Commit, text: str, code: int, title: str) -> None:
    base = commit(good=GOOD)
    commit(other=text)
    action.gate(base)
    assert action.outputs["exit-code"] == str(code)
    assert action.outputs["verdict"] == title
    assert title in action.summary
    verdict = action.step("Verdict", GATE_EXIT_CODE=str(code))
    assert verdict.returncode == code
    assert verdict.stdout.startswith(f"::error title=arcproof: {title}::")


def test_base_and_head_that_are_one_commit_are_refused(action: Action, commit: Commit) -> None:
    base = commit(good=GOOD)
    result = action.gate(base)
    assert result.returncode == 0
    assert action.outputs == outcome(code=2, verdict="COULD NOT CHECK")
    assert "base and head are the same commit" in action.summary
    assert "COULD NOT CHECK" in action.summary


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "$(touch injected)", "a b; touch injected"])
def test_a_base_that_is_none_is_refused_and_never_run(
    action: Action, commit: Commit, repository: Path, base: str
) -> None:
    commit(good=GOOD)
    result = action.gate(base)
    assert result.returncode == 0
    assert (action.outputs["exit-code"], action.outputs["verdict"]) == ("2", "COULD NOT CHECK")
    assert not (repository / "injected").exists()
    assert not (repository / "x").exists()


def test_messages_are_no_commands_to_the_runner(action: Action, repository: Path, installed: Mapping[str, str]) -> None:
    command = repository / "bin" / "arcproof"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\nprintf '%s\\n' 'Error: no such file' '::set-output name=a::b' >&2; exit 2\n")
    command.chmod(0o755)
    result = action.gate("HEAD", PATH=f"{command.parent}{os.pathsep}{installed['PATH']}")
    begin, said, hostile, _, end = result.stdout.splitlines()
    assert (said, hostile) == ("Error: no such file", "::set-output name=a::b")
    token = begin.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert end == f"::{token}::"
    assert action.outputs == {**outcome(code=2, verdict="COULD NOT CHECK"), "report": ""}
    assert "### arcproof: COULD NOT CHECK" in action.summary


def test_a_run_that_left_no_code_is_no_success(action: Action) -> None:
    assert action.step("Verdict", GATE_EXIT_CODE="").returncode == 4
    assert action.step("Verdict", GATE_EXIT_CODE="127").returncode == 127


GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
case "$*" in
  *"/pulls "*) printf '%s' "$PULL" ;;
  *--paginate*) printf '%s\\n' "$EXISTING" ;;
  *) cp comment.md "$CALLS.body" ;;
esac
"""


class Commenter:
    """The steps of the comment workflow, with a `gh` that answers from variables and writes down what it was asked."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self._folder = run, folder
        gh = folder / "bin" / "gh"
        gh.parent.mkdir()
        gh.write_text(GH)
        gh.chmod(0o755)

    def step(self, name: str, path: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one step."""
        calls, output = self._folder / "calls", self._folder / "output"
        given = {
            **dict.fromkeys(COMMENT[name].get("env", {}), ""),
            "REPOSITORY": "o/r",
            "CALLS": str(calls),
            "GITHUB_OUTPUT": str(output),
            "PATH": f"{self._folder / 'bin'}{os.pathsep}{path}",
            **env,
        }
        return self._run("bash", "-e", "-c", COMMENT[name]["run"], env=given)

    def said(self, name: str) -> str:
        """What stands in a file that the steps wrote."""
        file = self._folder / name
        return file.read_text() if file.exists() else ""


@pytest.fixture
def commenter(run: Run, tmp_path: Path) -> Commenter:
    return Commenter(run, tmp_path)


def test_the_pull_request_is_the_one_that_github_names(commenter: Commenter, installed: Mapping[str, str]) -> None:
    step = ("Find the pull request", installed["PATH"])
    branch = "x; touch injected"
    result = commenter.step(*step, PULL="17", HEAD_OWNER="someone", HEAD_BRANCH=branch, HEAD_SHA="a" * 40)
    assert result.returncode == 0, result.stderr
    assert commenter.said("output") == "number=17\n"
    assert f"head=someone:{branch}" in commenter.said("calls")
    assert commenter.said("injected") == ""
    result = commenter.step(*step, PULL="17; rm -rf /", HEAD_SHA="a" * 40)
    assert commenter.said("output").endswith("number=\n")
    assert "no open pull request" in result.stdout


def test_the_comment_is_the_report_and_is_updated_in_place(
    commenter: Commenter, installed: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    path = installed["PATH"]
    (tmp_path / "artifact").mkdir()
    (tmp_path / "old.arc").write_text(GOOD)
    (tmp_path / "new.arc").write_text(WIDER)
    made = run("arcproof", "diff", "old.arc", "new.arc", "--report", "json=artifact/report.json")
    assert made.returncode == 1, made.stderr
    assert commenter.step("Write the comment", path, RUN_URL="https://x/1").returncode == 0
    comment = commenter.said("comment.md")
    assert comment.startswith("<!-- arcproof:gate -->\n## GATE FAILED")
    assert comment.endswith("\n[The run](https://x/1)\n")
    assert commenter.step("Comment", path, NUMBER="17").returncode == 0
    assert commenter.said("calls").splitlines()[-1] == "api repos/o/r/issues/17/comments -F body=@comment.md --silent"
    assert commenter.step("Comment", path, NUMBER="17", EXISTING="501\n502").returncode == 0
    last = commenter.said("calls").splitlines()[-1]
    assert last == "api --method PATCH repos/o/r/issues/comments/501 -F body=@comment.md --silent"
    assert commenter.said("calls.body") == comment


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": "arcproof.review/1"}', "<script>"])
def test_an_artifact_that_is_no_report_gives_a_comment_that_says_so(
    commenter: Commenter, installed: Mapping[str, str], tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "artifact").mkdir()
        (tmp_path / "artifact" / "report.json").write_text(content)
    assert commenter.step("Write the comment", installed["PATH"], RUN_URL="https://x/1").returncode == 0
    comment = commenter.said("comment.md")
    assert comment.startswith("<!-- arcproof:gate -->\n### arcproof: COULD NOT CHECK\n")
    assert "<script>" not in comment


def test_a_forged_report_is_refused(
    commenter: Commenter, installed: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "artifact").mkdir()
    (tmp_path / "old.arc").write_text(GOOD)
    (tmp_path / "new.arc").write_text(WIDER)
    run("arcproof", "diff", "old.arc", "new.arc", "--report", "json=artifact/report.json")
    report = tmp_path / "artifact" / "report.json"
    data = json.loads(report.read_text())
    report.write_text(json.dumps({**data, "machines": []}))
    commenter.step("Write the comment", installed["PATH"], RUN_URL="https://x/1")
    assert "COULD NOT CHECK" in commenter.said("comment.md")
