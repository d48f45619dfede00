"""What a C file defines: the tables and functions that may say how states follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.source.parsing import code, descendants, parse
from verifier.source.preprocess import preprocess

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Definition:
    """A table ("table") or a function ("function"), with its text on one line and the names that it mentions."""

    kind: str
    name: str
    text: str
    names: frozenset[str]


def outline(path: str, content: bytes) -> dict[tuple[str, str], Definition]:
    """Return the file's initialised arrays and its functions, by kind and name; of a name that is defined twice (under
    conditions of the preprocessor) all of them together. Never fails: what is no C defines nothing."""
    found: dict[tuple[str, str], Definition] = {}
    for kind, name, node in _definitions(parse(preprocess(path, content))):
        names = frozenset(code(n) for n in descendants(node) if n.type == "identifier")
        before = found.get((kind, name))
        text = code(node) if before is None else f"{before.text} {code(node)}"
        found[kind, name] = Definition(kind, name, text, names if before is None else names | before.names)
    return found


def _definitions(root: Node) -> Iterator[tuple[str, str, Node]]:
    for node in descendants(root):
        if node.type == "function_definition" and (name := _declared(node)):
            yield "function", name, node
        elif node.type == "init_declarator" and _is_list(node) and _is_kept(node) and (name := _declared(node)):
            yield "table", name, node


def _is_list(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return value is not None and value.type == "initializer_list"


def _is_kept(node: Node) -> bool:
    """True iff the variable exists once: outside of functions, or static in one."""
    above = node.parent
    if above is not None and any(code(c) == "static" for c in above.children):
        return True
    while above is not None and above.type != "function_definition":
        above = above.parent
    return above is None


def _declared(node: Node) -> str:
    """Return the name that a declarator declares, however many stars and brackets there are around it."""
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.type != "identifier":
        inner = inner.child_by_field_name("declarator")
    return code(inner)
