"""The values that a state may have: an enum of C, or the numbers that one family of macros names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.source.constants import Constants
from verifier.source.naming import prefix, sentinel
from verifier.source.parsing import code, descendants, line, parse
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class Domain:
    """A set of named numbers. `tag` is the enum's tag (or typedef name), or the prefix of the macros; "" iff none.

    `numbers` gives each name its number, in C's order; `aliases` gives the names whose number another has, and
    `sentinels` those that only count or bound the others. `lines` is where each name stands in the file `path`.
    """

    tag: str
    path: str
    line: int
    numbers: Mapping[str, int]
    aliases: Mapping[str, str]
    sentinels: tuple[str, ...]
    lines: Mapping[str, int]

    def of(self, number: int) -> str | None:
        """Return the name for a number; None iff there is none."""
        return next((name for name, value in self.numbers.items() if value == number), None)

    @property
    def names(self) -> frozenset[str]:
        """All names in C, aliases and sentinels among them."""
        return frozenset((*self.numbers, *self.aliases, *self.sentinels))


class Domains:
    """The enums and macro families of a unit. `mentioned` are the names that the function uses."""

    def __init__(self, constants: Constants, mentioned: frozenset[str]) -> None:
        self.constants = constants
        self.mentioned = mentioned
        self._found: dict[str, Domain | None] = {}
        self._trees: dict[str, list[Node]] = {}

    def enum_of(self, name: str) -> Domain | None:
        """Return the enum that has an enumerator of this name; None iff there is none that can be read."""
        return self._search(name, lambda node: name in _names(node), name, rf"\b{re.escape(name)}\b")

    def tagged(self, tag: str) -> Domain | None:
        """Return the enum with this tag, or typedef name; None iff there is none that can be read."""
        word = re.escape(tag)
        declared = rf"\benum\s+{word}\s*\{{|\}}[\s\w()]*\b{word}\s*;"
        return self._search(f"enum {tag}", lambda node: tag in _tags(node), tag, declared)

    def family(self, beginning: str) -> Domain | None:
        """Return the macros that begin with `beginning` and stand for integers; None iff there are not two at least."""
        for text in self.constants.unit.texts:
            names = [n for n in text.defines if n.startswith(beginning) and not any(d.call for d in text.defines[n])]
            numbers = {n: v for n in names if (v := self._number(n)) is not None}
            if len(numbers) > 1:
                return self._domain(beginning, text.path, numbers, {n: text.defines[n][0].line for n in numbers})
        return None

    def _search(self, key: str, fits: Callable[[Node], bool], word: str, pattern: str) -> Domain | None:
        if key not in self._found:
            self._found[key] = self._first(fits, word, re.compile(pattern))
        return self._found[key]

    def _first(self, fits: Callable[[Node], bool], word: str, pattern: re.Pattern[str]) -> Domain | None:
        for text in self.constants.unit.texts:
            for node in self._enums(text) if word in text.code and pattern.search(text.code) else ():
                if fits(node) and (found := self._enum(text, node)) is not None:
                    return found
        return None

    def _enums(self, text: Text) -> list[Node]:
        if text.path not in self._trees:
            found = [n for n in descendants(parse(text)) if n.type == "enum_specifier"]
            self._trees[text.path] = [n for n in found if n.child_by_field_name("body") is not None]
        return self._trees[text.path]

    def _enum(self, text: Text, node: Node) -> Domain | None:
        names = _names(node)
        numbers = {n: v for n in names if (v := self._number(n)) is not None}
        if len(numbers) < len(names) or not numbers:
            return None
        tag = min(_tags(node), key=len, default="")
        lines = {n.text.decode("latin-1"): line(n) for n in descendants(node) if n.type == "identifier" and n.text}
        return self._domain(tag, text.path, numbers, {n: lines[n] for n in names}, line(node))

    def _number(self, name: str) -> int | None:
        try:
            return self.constants.evaluate(name).value
        except UnreadableError:
            return None

    def _domain(
        self, tag: str, path: str, numbers: Mapping[str, int], lines: Mapping[str, int], start: int = 0
    ) -> Domain:
        first: dict[int, str] = {}
        for name, number in numbers.items():
            first.setdefault(number, name)
        aliases = {n: first[v] for n, v in numbers.items() if first[v] != n}
        last = max(first)
        counts = [n for v, n in first.items() if v == last and sentinel(n) and n not in self.mentioned]
        kept = {n: v for v, n in first.items() if n not in counts}
        return Domain(tag, path, start or min(lines.values()), kept, aliases, tuple(counts), lines)


def _names(node: Node) -> list[str]:
    body = node.child_by_field_name("body")
    found = [c for c in body.named_children if c.type == "enumerator"] if body else []
    return [code(c.child_by_field_name("name")) for c in found]


def _tags(node: Node) -> list[str]:
    """Return the enum's tag, and the names of a typedef of it."""
    tags = [code(node.child_by_field_name("name"))]
    if node.parent is not None and node.parent.type == "type_definition":
        tags += [code(d) for d in node.parent.children_by_field_name("declarator")]
    return [t for t in tags if t]


def prefix_of(names: Iterable[str]) -> str:
    """Return what all names begin with, up to an underscore; "" for less than two names."""
    shared = prefix(dict.fromkeys(names))
    return f"{shared}_" if shared else ""
