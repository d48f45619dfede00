"""Every format says the same: the verdict, how many findings of which level, and which codes."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from tests.report.formats.reading import READERS, expected, patch_codes
from tests.report.formats.reviews import reviews
from tests.report.formats.stories import CLEAN, STORIES
from verifier.change.level import Level
from verifier.report.formats import FORMATS, render
from verifier.report.formats.entries import entries
from verifier.report.formats.names import NAMES
from verifier.report.review import Relation, Review, failing

FOR_PEOPLE = ("text", "markdown", "mail")
"""These show also what single patches of a series do."""


def check_agreement(review: Review, format: str) -> None:
    wanted, said = expected(review), READERS[format](render(review, format))
    assert said.conclusion in (wanted.conclusion, None)
    assert said.counts == wanted.counts
    more = patch_codes(review) if format in FOR_PEOPLE else frozenset()
    assert wanted.codes <= said.codes <= wanted.codes | more


def test_every_format_is_read_back() -> None:
    assert tuple(FORMATS) == NAMES == tuple(READERS)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("story", STORIES)
def test_stories_are_told_alike(story: str, format: str) -> None:
    check_agreement(STORIES[story], format)


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_random_reviews_are_told_alike(review: Review) -> None:
    for name in FORMATS:
        check_agreement(review, name)


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_what_did_not_pass_is_a_clean_document_nowhere(review: Review) -> None:
    if review.exit_code == 0:
        return
    junit = ElementTree.fromstring(render(review, "junit"))
    assert int(junit.get("errors", "")) + int(junit.get("failures", "")) > 0
    assert "\n::error " in render(review, "github")
    assert json.loads(render(review, "gitlab"))
    (run,) = json.loads(render(review, "sarif"))["runs"]
    unchecked = not run["invocations"][0]["executionSuccessful"]
    assert unchecked == (review.exit_code in (2, 4))
    assert not unchecked or run["invocations"][0]["toolExecutionNotifications"] or run["results"]
    assert unchecked or any(r["kind"] in ("fail", "open") and not is_suppressed(r) for r in run["results"])


def is_suppressed(result: dict) -> bool:
    return any(s["status"] == "accepted" for s in result.get("suppressions", ()))


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_junit_fails_what_fails_the_gate_and_skips_only_what_is_waived(review: Review) -> None:
    root = ElementTree.fromstring(render(review, "junit"))
    found = entries(review)
    told = {
        f"property {p.name}" for m in review.machines for p in m.properties if p.outcome in ("failed", "not checked")
    }
    if told:  # a failed property that no finding is about has a case of its own
        return
    gating = [e for e in found if not e.accepted and e.level in failing(review.fail_on)]
    assert int(root.get("failures", "")) == len(gating)
    assert len(list(root.iter("skipped"))) == sum(e.accepted for e in found)


def test_a_clean_run_is_a_clean_document_in_each() -> None:
    junit = ElementTree.fromstring(render(CLEAN, "junit"))
    assert (junit.get("failures"), junit.get("errors"), junit.get("tests")) == ("0", "0", "2")
    assert "::" not in render(CLEAN, "github")
    assert json.loads(render(CLEAN, "gitlab")) == []
    (run,) = json.loads(render(CLEAN, "sarif"))["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
    for name in ("text", "markdown", "mail", "github"):
        assert "PASSED" in render(CLEAN, name).split("\n", 2)[name == "markdown"]


@pytest.mark.parametrize("relation", [Relation.UNDECIDED, Relation.UNREADABLE])
def test_an_open_relation_without_a_finding_is_an_entry(relation: Relation) -> None:
    machine = CLEAN.machines[0].__class__("nvme", "spec/nvme.arc", relation)
    review = Review("diff", "a", "b", "uapi@1", "breaking", "fail", (machine,))
    (entry,) = entries(review)
    assert review.exit_code == {Relation.UNDECIDED: 3, Relation.UNREADABLE: 2}[relation]
    assert entry.level is {Relation.UNDECIDED: Level.UNDECIDED, Relation.UNREADABLE: Level.ERROR}[relation]


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_no_format_has_a_character_that_a_terminal_acts_on(review: Review) -> None:
    for name in FORMATS:
        document = render(review, name)
        hidden = {c for c in document if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert not hidden, name
        assert document == "" or document.endswith("\n")


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_nothing_becomes_a_workflow_command_but_the_annotations(review: Review) -> None:
    commands = [line for line in render(review, "github").split("\n") if line.lstrip().startswith("::")]
    assert len(commands) == min(10, len(entries(review)))
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in commands)
    for name in ("text", "github"):
        assert "##[" not in render(review, name)
    assert not any(line.lstrip().startswith("::") for line in render(review, "text").split("\n"))
