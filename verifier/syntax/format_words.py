"""The words of a spec as a tree that keeps every one of them, and the comments and empty lines between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from verifier.diagnostics import Source
from verifier.syntax.automaton import END
from verifier.syntax.build import TreeBuilder
from verifier.syntax.recovery import Reader
from verifier.syntax.tokens import Token
from verifier.syntax.words import is_declaration

_PIECE = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|[^\s"#]+')
_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a declaration: the grammar's rule for it, its first and last word, and the parts within."""

    rule: str
    first: int
    last: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a line of its own. `blank`: an empty line stands before it. `indented`: it stands behind a
    declaration, and belongs to it."""

    text: str
    blank: bool
    indented: bool


@dataclass
class Word:
    """A word or sign, in pieces where several are read as one. `kind` as in tokens.

    `remarks` stand above it, `blank` says that an empty line stands right before it, and `comment` follows it on
    its line.
    """

    kind: str
    pieces: list[str]
    remarks: list[Remark] = field(default_factory=list)
    blank: bool = False
    comment: str | None = None


def words_of(source: Source) -> tuple[list[Word | None], list[Part]]:
    """Return the words of a spec without errors, the end of the file the last, and its declarations.

    Words that may be left out (`;`, a comma before `}`) are None.
    """
    reader = Reader(source)
    reader.builder = _PartBuilder(source, reader.tokens, reader.diagnostics)
    starts = [n for n in range(len(reader.tokens)) if is_declaration(reader.tokens, n)]
    parts = [value for start in starts if isinstance(value := reader.read("declaration", start)[0], Part)]
    return _words(source.text, reader.tokens), parts


class _PartBuilder(TreeBuilder):
    """Makes parts of everything, where a TreeBuilder makes the nodes of the syntax tree."""

    def build(self, rule: str, first: int, last: int, children: Sequence[object]) -> Part:
        """Return the part that a rule makes."""
        return Part(rule, first, last, tuple(c for c in children if isinstance(c, Part) and c.first <= c.last))


def _words(text: str, tokens: Sequence[Token]) -> list[Word | None]:
    words: list[Word | None] = []
    before, position = Word("", []), 0
    for number, token in enumerate(tokens):
        if _is_superfluous(tokens, number):
            words.append(None)
            continue
        word = Word(token.kind, [p.rstrip() for p in _PIECE.findall(text[token.start : token.end])])
        _attach(before, word, text[position : token.start], position == 0)
        if token.kind != END and not is_declaration(tokens, number):
            word.remarks = [replace(r, indented=False) for r in word.remarks]
        words.append(word)
        before, position = word, token.end
    return words


def _is_superfluous(tokens: Sequence[Token], number: int) -> bool:
    """Return True iff the word separates nothing: but `a; -b` is not `a - b`."""
    kind, following = tokens[number].kind, tokens[number].kind != END and tokens[number + 1].kind
    return (kind == ";" and following != "-") or (kind == "," and following == "}")


def _attach(before: Word, word: Word, gap: str, fresh: bool) -> None:
    """Give the comments in the gap between two words to one of them. `fresh`: the gap begins the file."""
    end, indented = 0, not fresh
    for found in _COMMENT.finditer(gap):
        space, comment = gap[end : found.start()], found.group().rstrip()
        if "\n" in space or (fresh and end == 0):
            indented = indented and not space.endswith("\n")
            word.remarks.append(Remark(comment, space.count("\n") > 1, indented))
        else:
            before.comment = comment
        end = found.end()
    word.blank = gap.count("\n", end) > 1
