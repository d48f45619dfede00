"""JSON data with one place changed, at every place and in every way that looks like something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def forgeries(data: Any, words: list[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield data with one change, and where it is: each leaf another one, each item and each name of an object left
    out, each item twice or in the place of the next one, each list and object with something more in it. `words` are
    the texts that a text may be replaced by."""
    if isinstance(data, dict):
        yield path, {**data, "no_such_name": 0}
        for name, value in data.items():
            yield (*path, name), {n: v for n, v in data.items() if n != name}
            yield from ((p, {**data, name: v}) for p, v in forgeries(value, words, (*path, name)))
    elif isinstance(data, list):
        yield from ((path, [*data, w]) for w in ("false", *words))
        for i, item in enumerate(data):
            before, after = data[:i], data[i + 1 :]
            yield (*path, i), before + after
            yield (*path, i), [*before, item, item, *after]
            if after and after[0] != item:
                yield (*path, i), [*before, after[0], item, *after[1:]]
            yield from ((p, [*before, v, *after]) for p, v in forgeries(item, words, (*path, i)))
    else:
        yield from ((path, other) for other in _others(data, words))


def _others(leaf: Any, words: list[str]) -> Iterator[Any]:
    """Yield other leaves: of the same sort as far as there are any, and some that have no meaning."""
    match leaf:
        case bool():
            yield from (not leaf, int(leaf), "true")
        case int():
            yield from (leaf + 1, leaf - 1, -leaf - 1, leaf + 3, leaf == 1, str(leaf))
        case str():
            yield from (w for w in words if w != leaf)
            yield from (f"not ({leaf})", f"{leaf} ", "no_such_name", "", 0)
        case _:
            yield from ({}, 0)


def texts(data: Any) -> list[str]:
    """Return every text that is a leaf of the data, each once."""
    if isinstance(data, dict | list):
        parts = data.values() if isinstance(data, dict) else data
        return list(dict.fromkeys(t for part in parts for t in texts(part)))
    return [data] if isinstance(data, str) else []
