"""The tokens of a C file with their places, and the comments that stand between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from verifier.diagnostics import Note
from verifier.source.expressions import MOST_TOKENS
from verifier.source.extraction import CPlace
from verifier.source.parsing import line_span
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError

_TOKEN = re.compile(
    r"""[A-Za-z_]\w* | \.\.\. | \.?\d(?:[eEpP][+-]|[\w.])* | '(?:\\.|[^'\\])+' | "(?:\\.|[^"\\])*"
      | << | >> | -> | \#\# | [<>=!]= | && | \|\| | \S""",
    re.ASCII | re.VERBOSE,
)
_COMMENT = re.compile(
    r"""(?P<comment> //[^\n]* | /\*.*?(?:\*/|\Z) ) | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""", re.S | re.X
)
OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(OPENING.values())


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its place in the main file; what a macro put there has the place of the macro's name."""

    text: str
    line: int
    column: int

    def saying(self, text: str) -> Token:
        """Return another token for the same place."""
        return replace(self, text=text)


class Comment(NamedTuple):
    """A comment, with the line it begins on, and those lines of the file that it spans, cut to the comment."""

    line: int
    lines: tuple[str, ...]
    columns: tuple[int, ...]

    @property
    def end(self) -> int:
        """The line it ends on."""
        return self.line + len(self.lines) - 1


def lex(text: Text) -> list[Token]:
    """Return the file's tokens. Comments and directives are none; both branches of an unknown condition are there."""
    found = []
    for number, line in enumerate(text.code.split("\n"), 1):
        if not line.isspace():
            found += [Token(m[0], number, m.start() + 1) for m in _TOKEN.finditer(line)]
    return found


def comments(text: Text) -> list[Comment]:
    """Return the file's comments, in order."""
    raw = text.raw.decode("latin-1").replace("\r\n", "\n")
    found = []
    number, start = 1, 0
    for match in _COMMENT.finditer(raw):
        if match["comment"]:
            number += raw.count("\n", start, match.start())
            start = match.start()
            first = match.start() - raw.rfind("\n", 0, match.start())
            lines = match["comment"].split("\n")
            found.append(Comment(number, tuple(lines), (first, *([1] * (len(lines) - 1)))))
    return found


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`. Raises UnreadableError iff there is none."""
    waiting: list[str] = []
    for at in range(opening, len(tokens)):
        token = tokens[at].text
        if token in OPENING:
            waiting.append(OPENING[token])
        elif token in _CLOSING:
            if waiting.pop() != token:
                break
            if not waiting:
                return at
    raise UnreadableError("ARC953", f"the bracket `{tokens[opening].text}` is not closed")


def split(tokens: Sequence[Token], separator: str) -> list[list[Token]]:
    """Return the parts of the tokens between separators outside brackets. An empty part after the last is left out."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in OPENING) - (token.text in _CLOSING)
        if token.text == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if parts[-1] else parts[:-1]


def words(tokens: Sequence[Token]) -> str:
    """Return the tokens as one line of text."""
    return " ".join(t.text for t in tokens[:MOST_TOKENS])


def place(text: Text, line: int, column: int = 1) -> CPlace:
    """Return a place of a file with its whole line."""
    return CPlace(text.path, line, column, text.line(line))


def condition(text: Text, tokens: Sequence[Token], base: tuple[int, ...]) -> Note | None:
    """Say on which condition of the preprocessor some of the tokens depend beyond `base`; None iff on none."""
    for token in tokens:
        beyond = [line for line in text.branches[token.line] if line not in base]
        if beyond:
            return Note("it depends on this condition of the preprocessor", line_span(text, beyond[0]))
    return None
