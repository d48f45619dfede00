"""From parts to documents: what all parts have in common. Which part is laid out how, two tables say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from verifier.syntax.format_document import Comment, Doc, Gap, Group, Hard, Line, Nest, Text, Trailing
from verifier.syntax.format_words import Part, Word

Item = Part | int
"""A part, or the number of a word that belongs to no part within."""

SPACE = Text(" ")

_TIGHT_BEFORE = frozenset([")", "]", ",", ";", "'", "..", ".", ":", "["])
_TIGHT_AFTER = frozenset(["(", "[", "_CALL", "..", ".", "~"])
_SIGNED = frozenset(["minus", "negative", "negative_number"])
_HANGING = frozenset(["quantified", "group", "call", "braces"])
_NAMED = frozenset(["def", "rule", "arc", "fun"])


class Layout:
    """The words of one spec, and the documents of its parts.

    `layouts` are those of the grammar's rules that have one of their own; the others are laid out plainly.
    """

    def __init__(self, words: Sequence[Word | None], layouts: Mapping[str, Callable[[Layout, Part], Doc]]) -> None:
        self._words = words
        self._layouts = layouts

    def doc(self, item: Item) -> Doc:
        """Return the document of a part or of a word."""
        if isinstance(item, int):
            return self.word(item)
        layout = self._layouts.get(item.rule)
        return layout(self, item) if layout else self.plain(item)

    def items(self, part: Part) -> list[Item]:
        """Return the parts within, and the words between them, in order."""
        found: list[Item] = []
        number = part.first
        for inner in (*part.parts, None):
            upto = inner.first if inner else part.last + 1
            found += (n for n in range(number, upto) if self._words[n] is not None)
            if inner:
                found.append(inner)
                number = inner.last + 1
        return found

    def plain(self, part: Part) -> Doc:
        """Return a part on one line, as far as the parts within allow."""
        return self.row(self.items(part), part.rule)

    def row(self, items: Sequence[Item], rule: str = "") -> Doc:
        """Return items of a part side by side."""
        docs: list[Doc] = []
        for n, item in enumerate(items):
            if n and not self._touch(items[n - 1], item, rule):
                docs.append(SPACE)
            docs.append(self.doc(item))
        return tuple(docs)

    def kind(self, item: Item) -> str:
        """Return the kind of an item's first word."""
        return self.known(item if isinstance(item, int) else item.first).kind

    def known(self, number: int) -> Word:
        """Return a word that is not left out."""
        word = self._words[number]
        assert word is not None
        return word

    def word(self, number: int) -> Doc:
        """Return a word with the comments above and behind it."""
        return (self.above(number), self.bare(number))

    def above(self, number: int) -> Doc:
        """Return the comments above a word."""
        word = self.known(number)
        comments = tuple(Comment(r.text, r.blank, r.indented) for r in word.remarks)
        return (comments, Gap()) if comments and word.blank else comments

    def bare(self, number: int) -> Doc:
        """Return a word with the comment behind it."""
        word = self.known(number)
        behind: Doc = Trailing(word.comment) if word.comment is not None else ()
        return (self._pieces(word), behind)

    def below(self, item: Item) -> Hard:
        """Return the end of a line before an item; an empty line stays, unless comments come first."""
        word = self.known(item if isinstance(item, int) else item.first)
        return Hard(word.blank and not word.remarks)

    def _pieces(self, word: Word) -> Doc:
        if len(word.pieces) == 1:
            return Text(word.pieces[0])
        docs: list[Doc] = []
        for before, piece in zip(["#", *word.pieces], word.pieces, strict=False):
            if piece.startswith("#"):
                docs.append(Comment(piece) if before.startswith("#") else Trailing(piece))
            else:
                docs += [Hard() if word.kind == "TEXT" else SPACE, Text(piece)] if docs else [Text(piece)]
        return tuple(docs)

    def _touch(self, left: Item, right: Item, rule: str) -> bool:
        """Return True iff two neighbours have no space between them."""
        before = self.known(left if isinstance(left, int) else left.last).kind
        after = self.kind(right)
        if after in ("(", "_CALL"):
            named = isinstance(left, Part) and (after == "_CALL" or rule in _NAMED)
            return named or before in _TIGHT_AFTER
        if rule in _SIGNED or (after == "[" and rule == "with_"):
            return rule in _SIGNED
        return after in _TIGHT_BEFORE or before in _TIGHT_AFTER


def hung(layout: Layout, item: Item) -> Doc:
    """Return an item whose further lines are indented; some see to that themselves."""
    doc = layout.doc(item)
    return doc if isinstance(item, Part) and item.rule in _HANGING else Nest(doc)


def filled(layout: Layout, items: Sequence[Item]) -> Doc:
    """Return the items of a list, commas among them, as many on a line as it holds."""
    docs: list[Doc] = []
    for item in items:
        if layout.kind(item) == ",":
            docs[-1] = (docs[-1], layout.doc(item))
        else:
            docs.append(layout.doc(item))
    return tuple(Group((Line(), d)) if n else d for n, d in enumerate(docs))
