"""What a TOML file of the gate must look like: the published JSON Schemas, with messages that name places.

Of JSON Schema only what these schemas use is understood: `type`, `const`, `enum`, `pattern`, `minimum`, `properties`,
`additionalProperties`, `required`, `items` and `$ref` to `$defs`. A schema's `description` says what is expected.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from verifier.change.toml import Document, Path
from verifier.diagnostics import Diagnostic, nearest

Schema = Mapping[str, Any]

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": (str, datetime.date),
    "integer": int,
    "boolean": bool,
}
_NAMES = {
    "object": "a table",
    "array": "an array",
    "string": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
}


SCHEMAS = ("config", "intent", "policy", "waivers")
"""What a project writes for its gate."""


def schema_text(name: str) -> str:
    """Return the JSON Schema of a name in `SCHEMAS`, version 1, as text."""
    return files("verifier.change").joinpath("schema", f"{name}-1.json").read_text(encoding="utf-8")


@functools.cache
def schema(name: str) -> Schema:
    """Return the schema of a name in `SCHEMAS`, version 1."""
    loaded: Schema = json.loads(schema_text(name))
    return loaded


def faults(document: Document, whole: Schema, under: Path = ()) -> list[Diagnostic]:
    """Return what in the document, below the path `under`, is not as the schema says, with places; [] iff nothing is.

    A date counts as the string that writes it.
    """
    data: Any = document.data
    for key in under:
        data = data[key]
    return list(_Faults(document, whole).of(data, whole, under))


class _Faults:
    def __init__(self, document: Document, whole: Schema) -> None:
        self.document, self.whole = document, whole

    def of(self, data: Any, part: Schema, path: Path) -> Iterator[Diagnostic]:
        if "$ref" in part:
            part = {**self.whole["$defs"][part["$ref"].removeprefix("#/$defs/")], **part}
        types = part.get("type", ())
        types = [types] if isinstance(types, str) else types
        if types and not any(_is(data, t) for t in types):
            yield self._other_type(data, types, part, path)
        elif isinstance(data, dict):
            yield from self._table(data, part, path)
        elif isinstance(data, list):
            for number, element in enumerate(data):
                yield from self.of(element, part.get("items", {}), (*path, number))
        elif not _allowed(data, part):
            yield self._not_allowed(data, part, path)

    def _table(self, data: Mapping[str, Any], part: Schema, path: Path) -> Iterator[Diagnostic]:
        known, others = part.get("properties", {}), part.get("additionalProperties", {})
        for key, value in data.items():
            if key in known or others is not False:
                yield from self.of(value, known.get(key, others), (*path, key))
            else:
                yield self._unknown(key, known, path)
        for key in part.get("required", ()):
            if key not in data:
                told = f"`{key}` is missing: {known[key].get('description', 'it must be said')}"
                yield Diagnostic("ARC944", told, self.document.key(path))

    def _unknown(self, key: str, known: Mapping[str, Any], path: Path) -> Diagnostic:
        guess = nearest(key, known)
        advice = f"did you mean `{guess}`?" if guess else f"the keys here are: {', '.join(known)}"
        return Diagnostic("ARC941", f"there is no key `{_clipped(key)}`", self.document.key((*path, key)), help=advice)

    def _other_type(self, data: Any, types: list[str], part: Schema, path: Path) -> Diagnostic:
        found = next((_NAMES[t] for t in _TYPES if _is(data, t)), "a value of another kind")
        message = f"`{_shown(path)}` is {found}, expected {' or '.join(_NAMES[t] for t in types)}"
        return Diagnostic("ARC942", message, self.document.value(path), help=part.get("description"))

    def _not_allowed(self, data: Any, part: Schema, path: Path) -> Diagnostic:
        choices = [part["const"]] if "const" in part else part.get("enum", [])
        guess = nearest(data, choices) if isinstance(data, str) else None
        expected = " or ".join(json.dumps(c) for c in choices) or part.get("description", "another value")
        advice = f"did you mean {json.dumps(guess)}?" if guess else part.get("description")
        message = f"`{_shown(path)}` is {_written(data)}, expected {expected}"
        return Diagnostic("ARC943", message, self.document.value(path), help=advice if choices else None)


def _is(data: Any, name: str) -> bool:
    is_truth = isinstance(data, bool)
    return is_truth if name == "boolean" else not is_truth and isinstance(data, _TYPES[name])


def _allowed(data: Any, part: Schema) -> bool:
    if "const" in part and (data != part["const"] or isinstance(data, bool)):
        return False
    if isinstance(data, str | datetime.date):
        text = data if isinstance(data, str) else data.isoformat()
        return text in part.get("enum", [text]) and re.search(part.get("pattern", ""), text) is not None
    return not isinstance(data, int) or data >= part.get("minimum", data)


def _shown(path: Path) -> str:
    """Return the keys as one writes them, without the numbers of elements."""
    return _clipped(".".join(key for key in path if isinstance(key, str)))


def _written(data: Any) -> str:
    text = data.isoformat() if isinstance(data, datetime.date) else json.dumps(data, ensure_ascii=False)
    return _clipped(text)


def _clipped(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
