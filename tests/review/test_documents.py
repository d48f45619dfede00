"""Every format of the same reviews: each can be read by a program, and says in its first words how it ended."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from tests.review.scratch import BASE, Tree, edited
from verifier.cli.main import run

CASES = {
    "PASSED": (BASE, 0),
    "GATE FAILED": (edited(("reset by kernel when state != RESUMING", "reset by kernel")), 1),
    "COULD NOT CHECK": (BASE.replace("when pre_copy and fd", "when pre_copy and"), 2),
}


@pytest.mark.parametrize("conclusion", CASES)
def test_every_document_says_how_it_ended_and_can_be_read(tree: Tree, conclusion: str) -> None:
    text, code = CASES[conclusion]
    tree.write({"old.arc": BASE, "new.arc": text})
    names = ("json", "sarif", "junit", "gitlab", "markdown", "mail", "github")
    reports = [w for n in names for w in ("--report", f"{n}={tree.top}/{n}.out")]
    assert run(["diff", "old.arc", "new.arc", "-j", "1", *reports]) == code
    found = {n: (tree.top / f"{n}.out").read_text() for n in names}
    stored = json.loads(found["json"])
    assert (stored["exit_code"], stored["conclusion"]) == (code, conclusion)
    (sarif,) = json.loads(found["sarif"])["runs"]
    assert sarif["invocations"][0]["executionSuccessful"] is (code != 2)
    assert bool(sarif["results"]) is (code == 1)
    suites = ElementTree.fromstring(found["junit"])
    assert bool(list(suites.iter("failure"))) is (code == 1)
    assert bool(list(suites.iter("error"))) is (code == 2)
    quality = json.loads(found["gitlab"])
    assert {q["severity"] for q in quality} == {0: set(), 1: {"critical"}, 2: {"blocker"}}[code]
    assert found["markdown"].startswith(f"<!-- arcproof:gate -->\n## {conclusion}")
    assert found["mail"].startswith(conclusion)
    assert ("::error" in found["github"]) is (code != 0)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tree: Tree) -> None:
    tree.write({"old.arc": BASE, "new.arc": CASES["GATE FAILED"][0]})
    found = {}
    for jobs in ("1", "2"):
        told = tree.run("diff", "old.arc", "new.arc", "-f", "json", "-j", jobs, "--no-cache")
        found[jobs] = told.out
    assert found["1"] == found["2"]
