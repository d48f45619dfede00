"""A JSON report read back. It may come from anybody: it is taken for a report only if it satisfies the schema."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from verifier.report.schema import SCHEMAS, schema_text

Json = dict[str, Any]

MAX_BYTES = 256_000_000
"""The largest report that is read."""


class NotAReport(ValueError):
    """The file is no report that can be read. The message says why."""


def read_report(path: str) -> Json:
    """Return the JSON report in the file. Raises NotAReport."""
    return report_of(read_content(path))


def read_content(path: str) -> bytes:
    """Return what is in the file. Raises NotAReport where it cannot be read or is larger than `MAX_BYTES`."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        raise NotAReport((error.strerror if isinstance(error, OSError) else None) or str(error)) from error
    if len(content) > MAX_BYTES:
        raise NotAReport(f"the file has more than {MAX_BYTES:,} bytes")
    return content


def report_of(content: bytes) -> Json:
    """Return the JSON report that the bytes are. Raises NotAReport."""
    return validated(content, "report")


def validated(content: bytes, name: str) -> Json:
    """Return the JSON data that the bytes are, which satisfy the schema of that name. Raises NotAReport."""
    try:
        data = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
        error = best_match(Draft202012Validator(json.loads(schema_text(name))).iter_errors(data))
    except (ValueError, RecursionError) as reason:
        raise NotAReport(f"it is not JSON as arcproof writes it: {reason}") from reason
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the whole"
        raise NotAReport(f"it violates the schema {SCHEMAS[name]} at {place}: {error.message[:300]}")
    assert isinstance(data, dict)
    return data


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """Return the object. A name given twice would be one thing to one reader and another to the next."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object has a name twice")
    return result


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")
