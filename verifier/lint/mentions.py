"""Which names the parts of a spec mention.

Types, values, variables, parameters, definitions, functions and tables share one namespace, in which a local name
hides nothing: so a name means the same wherever it is mentioned. Rules, tags and sources are named elsewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from verifier.syntax import tree

_NAMED = (tree.Name, tree.Primed, tree.NamedType)
_OTHER_NAMES = frozenset(["name", "actor", "tags", "cites", "rules", "targets", "steps", "fair", "strong", "binding"])


def nodes(part: object) -> Iterator[tree.Node]:
    """Yield a part of a tree and all nodes within that can mention one of the shared names."""
    if isinstance(part, tuple):
        for item in part:
            yield from nodes(item)
    elif isinstance(part, tree.Node):
        yield part
        for field in dataclasses.fields(part):
            if field.name not in _OTHER_NAMES and not _is_written(part, field.name):
                yield from nodes(getattr(part, field.name))


def _is_written(part: tree.Node, field: str) -> bool:
    """Return True iff the field names the variable that a constraint gives a value to: that is no use of it."""
    return field == "target" and isinstance(part, tree.Assign | tree.Choose)


def mentioned(part: object) -> set[str]:
    """Return the shared names that a part of a tree mentions, what it declares and what it only writes left out."""
    return {node.name for node in nodes(part) if isinstance(node, _NAMED)}


def closure(names: set[str], definitions: Mapping[str, set[str]]) -> set[str]:
    """Return names and all that is mentioned by what they stand for, where that is known."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += definitions.get(name, ())
    return found
