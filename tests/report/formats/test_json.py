"""The review as JSON, and back."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.formats.reviews import reviews
from tests.report.formats.stories import FAILED, STORIES
from verifier.report import review as plain
from verifier.report.digest import sealed
from verifier.report.formats.json import render_json, review_of
from verifier.report.review import Review
from verifier.report.schema import SCHEMAS, schema_text
from verifier.report.stored import NotAReport, report_of

SCHEMA = json.loads(schema_text("review"))


def refused(document: str | bytes) -> str:
    with pytest.raises(NotAReport) as reason:
        review_of(document)
    return str(reason.value)


@settings(max_examples=60, deadline=None)
@given(reviews)
def test_a_review_that_is_read_back_is_the_same(review: Review) -> None:
    document = render_json(review)
    assert review_of(document) == review
    assert document.isascii()


@settings(max_examples=60, deadline=None)
@given(reviews)
def test_the_document_satisfies_the_published_schema(review: Review) -> None:
    assert not list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(render_json(review))))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas_and_bear_their_names(name: str) -> None:
    data = json.loads(schema_text(name))
    jsonschema.Draft202012Validator.check_schema(data)
    assert data["$id"] == data["properties"]["schema"]["const"] == SCHEMAS[name]


@pytest.mark.parametrize(
    ("definition", "type_"),
    [
        ("place", plain.Place),
        ("step", plain.RunStep),
        ("run", plain.Run),
        ("waived", plain.Waived),
        ("finding", plain.Finding),
        ("verdicts", plain.Verdicts),
        ("proof", plain.Proof),
        ("machine", plain.MachineReview),
        ("problem", plain.Problem),
        ("patch", plain.PatchRow),
    ],
)
def test_the_schema_has_exactly_the_fields_of_the_review(definition: str, type_: type) -> None:
    names = [f.name for f in dataclasses.fields(type_)]
    entry = SCHEMA["$defs"][definition]
    assert list(entry["properties"]) == names == entry["required"]
    assert entry["additionalProperties"] is False


@pytest.mark.parametrize("story", STORIES)
def test_a_changed_document_is_refused(story: str) -> None:
    data = json.loads(render_json(STORIES[story]))
    assert "digest" in refused(json.dumps({**data, "base": "elsewhere"}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"exit_code": 0}, "exit_code"),
        ({"conclusion": "PASSED"}, "conclusion"),
        ({"fail_on": "always"}, "fail_on"),
        ({"extra": 1}, "extra"),
        ({"machines": {}}, "machines"),
        ({"reused": True}, "reused"),
        ({"schema": "arcproof.review/2"}, "schema"),
    ],
)
def test_a_document_that_says_what_does_not_follow_is_refused_though_sealed(change: dict, reason: str) -> None:
    data = json.loads(render_json(FAILED))
    assert reason in refused(json.dumps(sealed({**data, **change})))


def test_a_missing_field_is_refused() -> None:
    data = json.loads(render_json(FAILED))
    for name in data:
        assert refused(json.dumps({k: v for k, v in data.items() if k != name}))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode(errors="replace")))
def test_anything_else_is_refused(content: bytes) -> None:
    assert refused(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=3), v, max_size=2),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(st.data(), json_values)
def test_a_value_in_another_ones_place_is_refused_or_is_a_review(data: st.DataObject, value: Any) -> None:
    document = copy.deepcopy(json.loads(render_json(FAILED)))
    node: Any = document
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            node[key] = value
            break
        node = node[key]
    content = json.dumps(sealed(document))
    accepted = taken(content)
    assert accepted is None or json.loads(render_json(accepted)) == json.loads(content)


def taken(content: str) -> Review | None:
    """The review that the document holds, if it is one; nothing but NotAReport may be raised."""
    try:
        return review_of(content)
    except NotAReport:
        return None


def test_depth_and_repeated_names_are_refused() -> None:
    assert refused("[" * 100_000)
    assert "twice" in refused('{"schema": "arcproof.review/1", "schema": "arcproof.review/1"}')
    deep: dict = {}
    data = json.loads(render_json(FAILED))
    data["machines"][0]["findings"][1]["consequences"] = [deep]
    for _ in range(400):
        finding = copy.deepcopy(data["machines"][0]["findings"][0])
        deep.update(finding, consequences=[{}])
        deep = deep["consequences"][0]
    assert refused(json.dumps(data))


def test_a_report_of_check_is_no_review() -> None:
    document = render_json(FAILED).encode()
    with pytest.raises(NotAReport, match=r"arcproof\.report/1"):
        report_of(document)
