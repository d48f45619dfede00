"""What tree-sitter finds in a C file: enumerators and arrays. The parser is loaded when it is first needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.diagnostics import Note, Span
from verifier.source.preprocess import Text

if TYPE_CHECKING:
    from tree_sitter import Node

# Words that may stand in a kernel declaration, say nothing about values, and are no C to the parser.
_ATTRIBUTES = re.compile(r"\b__(?:initconst|initdata|read_mostly|ro_after_init|maybe_unused|used|refdata|refconst)\b")


@dataclass(frozen=True, slots=True)
class Enumerator:
    """`name` has the value of the expression `base` (None: 0) plus `offset`.

    `doubt` says why that is not certain, if it is not; `group` is the number of the enum in its file, `tag` what
    the enum is called ("" iff it has no name).
    """

    name: str
    base: str | None
    offset: int
    line: int
    doubt: Note | None
    group: int
    tag: str


def parse(text: Text) -> Node:
    """Return the syntax tree of the file's code. Never fails; what the parser did not understand is an ERROR node."""
    import tree_sitter
    import tree_sitter_c

    language = tree_sitter.Language(tree_sitter_c.language())
    plain = _ATTRIBUTES.sub(lambda word: " " * len(word[0]), text.code)
    return tree_sitter.Parser(language).parse(plain.encode("latin-1")).root_node


def descendants(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, in the order of the text."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(found.children)


def code(node: Node | None) -> str:
    """Return the node's text on one line."""
    return "" if node is None or node.text is None else " ".join(node.text.decode("latin-1").split())


def line(node: Node) -> int:
    """Return the line on which the node starts."""
    return node.start_point.row + 1


def span(text: Text, node: Node) -> Span:
    """Return the node's place."""
    start, end = node.start_point, node.end_point
    return Span(text.path, start.row + 1, start.column + 1, end.row + 1, end.column + 1)


def line_span(text: Text, number: int) -> Span:
    """Return the place of a whole line, without its indentation."""
    content = text.raw.decode("latin-1").split("\n")[number - 1].rstrip()
    start = len(content) - len(content.lstrip())
    return Span(text.path, number, start + 1, number, max(len(content), start + 1) + 1)


def doubt(text: Text, node: Node) -> Note | None:
    """Say why the node's code may not be what is compiled, and where; None iff it is."""
    lines = range(line(node), node.end_point.row + 2)
    split = next((n for n in lines if text.branches[n] != text.branches[lines[0]]), None)
    if split is not None:
        return Note("this line depends on a condition of the preprocessor", line_span(text, split))
    included = next((i.line for i in text.includes if i.line in lines), None)
    if included is not None:
        return Note("another file is included in between", line_span(text, included))
    broken = next((n for n in descendants(node) if n.is_error or n.is_missing), None) if node.has_error else None
    return None if broken is None else Note(f"this is not plain C: `{code(broken)[:60]}`", span(text, broken))


def enumerators(text: Text) -> dict[str, list[Enumerator]]:
    """Return the file's enumerators by name; they are looked for once."""
    if text.enums is None:
        text.enums = _enumerators(text)
    return text.enums


def _enumerators(text: Text) -> dict[str, list[Enumerator]]:
    found: dict[str, list[Enumerator]] = {}
    if re.search(r"\benum\b", text.code) is None:
        return found
    for group, node in enumerate(n for n in descendants(parse(text)) if n.type == "enumerator_list"):
        for enumerator in _list(text, node, group):
            found.setdefault(enumerator.name, []).append(enumerator)
    return found


def _list(text: Text, node: Node, group: int) -> Iterator[Enumerator]:
    why = doubt(text, node)
    base, offset, tag = None, 0, _tag(node)
    for child in node.named_children:
        if child.type == "enumerator":
            value = child.child_by_field_name("value")
            base, offset = (base, offset) if value is None else (code(value), 0)
            yield Enumerator(code(child.child_by_field_name("name")), base, offset, line(child), why, group, tag)
            offset += 1


def _tag(node: Node) -> str:
    """Return the name of an enum by its list of members: its tag, or the one that a typedef gives it."""
    whole = node.parent
    if whole is None:
        return ""
    outer = whole.parent
    name = whole.child_by_field_name("name")
    if name is None and outer is not None and outer.type == "type_definition":
        name = outer.child_by_field_name("declarator")
    return code(name)
