"""Digests, by which a report is seen to be as it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of JSON data in canonical form, its own `digest` left out.

    Canonical: UTF-8 of JSON with the keys sorted, nothing but ASCII, and no white space.
    """
    content = {k: v for k, v in data.items() if k != "digest"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sealed(data: Json) -> Json:
    """Return the data with its digest."""
    return {**data, "digest": digest(data)}


def text_digest(text: str) -> str:
    """Return the SHA-256, in hex, of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
