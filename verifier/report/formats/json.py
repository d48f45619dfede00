"""The review as JSON, `arcproof.review/1`, and read back; the schema is `schema/review-1.json`.

The document is plain ASCII, so that nothing in it acts on a terminal. It holds the review's fields under their
names, the verdict and the counts that follow from them, and a digest of it all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from verifier.change.level import Level
from verifier.report.digest import digest, sealed
from verifier.report.review import Review
from verifier.report.schema import SCHEMAS
from verifier.report.stored import NotAReport, validated

Json = dict[str, Any]


def render_json(review: Review) -> str:
    """Return the review as a JSON document."""
    return json.dumps(review_json(review), indent=2) + "\n"


def review_json(review: Review) -> Json:
    """Return the review as JSON data."""
    return sealed({"schema": SCHEMAS["review"], **_verdict(review), **_plain(review)})


def review_of(content: str | bytes) -> Review:
    """Return the review that the JSON document holds: `review_of(render_json(r)) == r`.

    Raises NotAReport, unless it satisfies the schema, has the digest that belongs to it, and states the verdict
    and the counts that follow from what it holds.
    """
    data = validated(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"), "review")
    if data["digest"] != digest(data):
        raise NotAReport("it was changed after it was written: its digest belongs to another content")
    review = _value(Review, data)
    assert isinstance(review, Review)
    for name, value in _verdict(review).items():
        if data[name] != value:
            raise NotAReport(f"its `{name}` does not follow from its findings")
    return review


def _verdict(review: Review) -> Json:
    counts = {level.value: review.counts[level] for level in Level}
    return {
        "exit_code": review.exit_code,
        "conclusion": review.conclusion,
        "summary": {**counts, "waived": review.accepted, "problems": len(review.problems)},
    }


def _plain(value: Any) -> Any:
    """Return the value as JSON data."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _value(type_: Any, data: Any) -> Any:
    """Return the value of a type from JSON data that satisfies the schema."""
    if isinstance(type_, UnionType):
        wanted = NoneType if data is None else next(t for t in get_args(type_) if t is not NoneType)
        return None if wanted is NoneType else _value(wanted, data)
    if get_origin(type_) is tuple:
        return tuple(_value(get_args(type_)[0], d) for d in data)
    if hasattr(type_, "__dataclass_fields__"):
        return type_(**{name: _value(t, data[name]) for name, t in _types(type_).items()})
    return type_(data) if issubclass(type_, Enum) else data


@cache
def _types(type_: Any) -> Mapping[str, Any]:
    """Return the fields of a dataclass with their types."""
    hints = get_type_hints(type_)
    return {f.name: hints[f.name] for f in fields(type_)}
