"""Documents for other programs satisfy the schemas that are published for them; see `published/README.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings

from tests.report.formats.reviews import reviews
from tests.report.formats.stories import FAILED, STORIES
from verifier.report.formats import render
from verifier.report.review import Review

PUBLISHED = Path(__file__).parent / "published"
SARIF = jsonschema.Draft7Validator(
    json.loads((PUBLISHED / "sarif-2.1.0.json").read_text()), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
)
GITLAB = jsonschema.Draft202012Validator(json.loads((PUBLISHED / "gitlab-code-quality.json").read_text()))
JUNIT = xmlschema.XMLSchema(PUBLISHED / "junit-10.xsd")


def check_all(review: Review) -> None:
    SARIF.validate(json.loads(render(review, "sarif")))
    JUNIT.validate(render(review, "junit"))
    issues = json.loads(render(review, "gitlab"))
    GITLAB.validate(issues)
    marks = [issue["fingerprint"] for issue in issues]
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("story", STORIES)
def test_stories_satisfy_the_published_schemas(story: str) -> None:
    check_all(STORIES[story])


@settings(max_examples=60, deadline=None)
@given(reviews)
def test_random_reviews_satisfy_the_published_schemas(review: Review) -> None:
    check_all(review)


def test_the_schemas_refuse_what_is_wrong() -> None:
    log = json.loads(render(FAILED, "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    issues = json.loads(render(FAILED, "gitlab"))
    issues[0]["location"]["lines"]["begin"] = 0
    assert list(SARIF.iter_errors(log))
    assert list(GITLAB.iter_errors(issues))
    assert not JUNIT.is_valid(
        render(FAILED, "junit").replace("<failure ", "<failed ").replace("</failure>", "</failed>")
    )


def result_of(code: str) -> dict:
    return next(r for r in json.loads(render(FAILED, "sarif"))["runs"][0]["results"] if r["ruleId"] == code)


def uris(value: object) -> Iterator[str]:
    """Every `uri` in JSON data."""
    if isinstance(value, dict):
        yield from (v for k, v in value.items() if k == "uri")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from uris(item)


def test_sarif_shows_the_run_step_by_step_at_the_rules() -> None:
    (flow,) = result_of("ARC201")["codeFlows"]
    lines = [s["location"]["physicalLocation"]["region"]["startLine"] for s in flow["threadFlows"][0]["locations"]]
    assert lines == [61, 58, 60, 61]
    (related,) = result_of("ARC201")["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 88
    assert "ARC506" in related["message"]["text"]


def test_sarif_marks_waived_and_undecided_results() -> None:
    (suppression,) = result_of("ARC302")["suppressions"]
    assert suppression["status"] == "accepted"
    assert "W-2026-003" in suppression["justification"]
    assert (result_of("ARC701")["kind"], result_of("ARC701")["level"]) == ("open", "none")
    assert result_of("ARC201")["partialFingerprints"]["primaryLocationLineHash"] == "7c1e" * 16


@settings(max_examples=60, deadline=None)
@given(reviews)
def test_sarif_has_no_uri_with_a_scheme_of_a_stranger(review: Review) -> None:
    found = list(uris(json.loads(render(review, "sarif"))))
    assert all(":" not in uri or uri.startswith("file:///") for uri in found)
