"""Documents: texts with places where a line may end, and the printer that decides where lines do end.

The algorithm is Wadler's ("A prettier printer", 2003), with comments added: a comment ends its line whatever
the width, and belongs to the word before it (`Trailing`) or to what stands below it (`Comment`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

WIDTH = 110
"""The columns of a line; only texts, comments and grids may go beyond them."""


@dataclass(frozen=True, slots=True)
class Text:
    """A part of a line. One of spaces alone is left out where a line begins."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """The end of a line where the innermost group is broken, otherwise `flat`. `blank`: an empty line follows."""

    flat: str = " "
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Hard:
    """The end of a line, in any case. `blank`: an empty line follows."""

    blank: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """What follows has no part in the question whether a group fits: it could not be made shorter."""


@dataclass(frozen=True, slots=True)
class Trailing:
    """A comment at the end of a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a line of its own. `blank`: an empty line stands before it. `indented`: by two columns more."""

    text: str
    blank: bool = False
    indented: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line below a comment."""


@dataclass(frozen=True, slots=True)
class Nest:
    """Lines that begin inside are indented two columns more."""

    inner: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """Either all its own Lines end lines or, if all of it fits, none does."""

    inner: Doc


Doc = Text | Line | Hard | Cut | Trailing | Comment | Gap | Nest | Group | tuple["Doc", ...]

_Entry = tuple[int, bool, Doc]  # the indentation, whether Lines are flat, the document


def joined(parts: Sequence[Doc], between: Doc) -> Doc:
    """Return the parts with `between` before each but the first."""
    return tuple(chain.from_iterable((between, part) if n else (part,) for n, part in enumerate(parts)))


def render(doc: Doc) -> str:
    """Return the text of a document, which ends with a newline unless it is empty."""
    return _Printer().text(doc)


def flat(doc: Doc) -> str:
    """Return the text of a document on one line, without its comments."""
    leaves = [item for _, _, item in _leaves((0, True, doc), ())]
    return "".join(i.text if isinstance(i, Text) else i.flat for i in leaves if isinstance(i, Text | Line))


class _Printer:
    """The lines so far, the column reached in the last, and what stands at its end.

    `owed` line ends are written before the next text, which then stands at `indent`, or where that is None
    (after a comment, where no line would have ended without it) at its own indentation.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.column = 0
        self.owed = 0
        self.indent: int | None = 0

    def text(self, doc: Doc) -> str:
        stack: list[_Entry] = [(0, False, doc)]
        while stack:
            indent, flat, item = stack.pop()
            match item:
                case tuple():
                    stack.extend((indent, flat, part) for part in reversed(item))
                case Nest(inner):
                    stack.append((indent + 2, flat, inner))
                case Group(inner):
                    room = WIDTH - (self._begin(indent) if self.owed else self.column)
                    stack.append((indent, flat or _fits(room, (indent, True, inner), stack), inner))
                case Line(between) if flat:
                    self._write(between, indent)
                case Line(_, blank) | Hard(blank):
                    self._end(1 + blank, indent)
                case _:
                    self._leaf(item, indent)
        return "".join(self.parts) + "\n" * bool(self.parts)

    def _leaf(self, item: Doc, indent: int) -> None:
        match item:
            case Text(text):
                self._write(text, indent)
            case Trailing(text):
                self.parts.append("  " + text)
                self._end(1, None)
            case Gap():
                self.owed = 2
            case Comment(text, blank, indented):
                begin = self._begin(indent) if self.owed or not self.parts else indent
                self._end(1 + blank, begin + 2 * indented)
                self._write(text, begin)
                self._end(1, begin)

    def _begin(self, indent: int) -> int:
        return indent if self.indent is None else self.indent

    def _end(self, lines: int, indent: int | None) -> None:
        self.owed, self.indent = max(self.owed, lines), indent

    def _write(self, text: str, indent: int) -> None:
        if self.owed or not self.parts:
            if not text.strip(" "):
                return
            if self.parts:
                self.parts[-1] = self.parts[-1].rstrip(" ")
            self.column = self._begin(indent)
            self.parts.append("\n" * self.owed * bool(self.parts) + " " * self.column)
            self.owed = 0
        self.parts.append(text)
        self.column += len(text)


def _fits(room: int, content: _Entry, rest: Sequence[_Entry]) -> bool:
    """Return True iff the content, flat, and what follows it up to the next place for a line's end fit the room."""
    ended = begun = False
    for inside, flat, item in _leaves(content, rest):
        match item:
            case Text(text) | Line(text) if flat or isinstance(item, Text):
                if ended and (text.strip(" ") or not inside):
                    return not inside
                begun, room = True, room - len(text)
                if room < 0:
                    return False
            case Trailing():
                ended = True
            case Comment() | Gap() if inside and not begun:
                pass
            case Cut():
                return True
            case _:
                return not inside
    return True


def _leaves(content: _Entry, rest: Sequence[_Entry]) -> Iterator[tuple[bool, bool, Doc]]:
    """Yield the leaves of the content, then those of the rest (a stack): whether inside, whether flat, the leaf."""
    for inside, entry in chain([(True, content)], ((False, e) for e in reversed(rest))):
        stack = [(entry[1], entry[2])]
        while stack:
            flat, item = stack.pop()
            if isinstance(item, tuple):
                stack.extend((flat, part) for part in reversed(item))
            elif isinstance(item, Nest | Group):
                stack.append((flat, item.inner))
            else:
                yield inside, flat, item
