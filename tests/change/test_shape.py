"""Our reading of the schemas agrees with JSON Schema itself."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.change.shape import faults, schema
from verifier.change.toml import Document
from verifier.diagnostics import Source

NAMES = ("config", "policy", "waivers", "intent")
WORDS = st.sampled_from(
    ["breaking", "risky", "none", "uapi", "spec/a.arc", "../a", "/a", "30s", "0s", "ARC302", "a@b", "https://x.org/y",
     "change", "2027-01-31", "f" * 64, "sha256:" + "0" * 64, "", " ", "stop", "stop.fails", "extends"]
)  # fmt: skip
VALUES = st.recursive(
    WORDS | st.integers(-2, 2) | st.booleans() | st.just(1.5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def near(draw: st.DrawFn, part: dict[str, Any], whole: dict[str, Any]) -> Any:
    """Data that is often as the schema says, and seldom far from it."""
    part = {**whole["$defs"][part["$ref"].removeprefix("#/$defs/")], **part} if "$ref" in part else part
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    types = part.get("type", "string")
    kind = draw(st.sampled_from([types] if isinstance(types, str) else types))
    if kind == "object":
        keys = [k for k in part.get("properties", {}) if k in part.get("required", ()) or draw(st.booleans())]
        keys += draw(st.lists(WORDS, max_size=1))
        inner = part.get("additionalProperties") or {}
        return {k: draw(near(part.get("properties", {}).get(k, inner), whole)) for k in keys}
    if kind == "array":
        return [draw(near(part.get("items", {}), whole)) for _ in range(draw(st.integers(0, 2)))]
    if "const" in part or "enum" in part:
        return draw(st.sampled_from([*part.get("enum", [part.get("const")]), "x", 2]))
    return draw({"integer": st.integers(-1, 3), "boolean": st.booleans()}.get(kind, WORDS))


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(dict(schema(name)))
    assert schema(name)["$id"] == f"arcproof.{name}/1"


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_something_is_wrong_iff_json_schema_says_so(name: str, data: st.DataObject) -> None:
    whole = json.loads(json.dumps(schema(name)))
    tried = data.draw(near(whole, whole))
    if not isinstance(tried, dict):
        tried = {"waiver": tried}
    found = faults(Document(Source("t.toml", ""), tried), schema(name))
    assert bool(found) == (not jsonschema.Draft202012Validator(whole).is_valid(tried)), tried
    assert all(d.code in ("ARC941", "ARC942", "ARC943", "ARC944") for d in found)
