"""Diagnostics as plain text: the place, the line it is on, a caret, then what else to know."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from verifier.diagnostics.diagnostic import Diagnostic
from verifier.diagnostics.span import Source, Span

_TAB = 4
_WIDTH = 100  # the most columns shown of a source line
_HIDDEN = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])  # categories a terminal might act on, or not show


def render(diagnostics: Iterable[Diagnostic], sources: Iterable[Source] = ()) -> str:
    """Return the diagnostics as text, sorted by their places, an empty line between two; "" iff there are none.

    Lines are quoted from `sources`; of a file that is not among them only the place is named. Tabs are shown as
    spaces, characters that a terminal would not show as U+FFFD, and of a long line the part around the caret.
    """
    lines = {s.path: s.text.split("\n") for s in sources}
    return "\n".join(_one(d, lines) for d in sorted(diagnostics, key=_place))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.span
    return (span.path, span.line, span.column, diagnostic.code) if span else ("", 0, 0, diagnostic.code)


def _one(diagnostic: Diagnostic, lines: Mapping[str, Sequence[str]]) -> str:
    parts = [f"error[{diagnostic.code}]: {printable(diagnostic.message)}", *_excerpt(diagnostic.span, lines)]
    for note in diagnostic.notes:
        parts += [f"note: {printable(note.message)}", *_excerpt(note.span, lines)]
    if diagnostic.help is not None:
        parts.append(f"help: {printable(diagnostic.help)}")
    return "\n".join(parts) + "\n"


def _excerpt(span: Span | None, lines: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the place, and if its file is known the line with a caret below."""
    if span is None:
        return []
    place = f" --> {printable(str(span))}"
    file = lines.get(span.path, ())
    if not 1 <= span.line <= len(file):
        return [place]
    text, caret = _window(file[span.line - 1].rstrip("\r"), span)
    number = str(span.line)
    return [place, f"{number} | {text}".rstrip(), f"{' ' * len(number)} | {caret}"]


def _window(line: str, span: Span) -> tuple[str, str]:
    """Return the part of a line around a span's start, and the caret line for it."""
    shown = _shown(line)
    start = sum(len(cell) for cell in shown[: span.column - 1])
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    length = max(1, sum(len(cell) for cell in shown[span.column - 1 : end]))
    text = "".join(shown)
    left = max(0, min(start - _WIDTH // 2, len(text) - _WIDTH)) if len(text) > _WIDTH else 0
    part = text[left : left + _WIDTH]
    before, after = "..." if left else "", "..." if left + _WIDTH < len(text) else ""
    caret = " " * (len(before) + start - left) + "^" * max(1, min(length, _WIDTH - (start - left)))
    return (before + part + after).replace(_FILLER, ""), caret


# A wide character takes two columns: it is followed by this while columns are counted.
_FILLER = "\0"


def _shown(line: str) -> list[str]:
    """Return what is shown of each character, as many characters long as it is columns wide."""
    shown: list[str] = []
    column = 0
    for character in line:
        cell = " " * (_TAB - column % _TAB) if character == "\t" else _cell(character)
        column += len(cell)
        shown.append(cell)
    return shown


def _cell(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character) in _HIDDEN or unicodedata.combining(character):
        return "\N{REPLACEMENT CHARACTER}"
    return character + _FILLER if unicodedata.east_asian_width(character) in "WF" else character


def printable(text: str) -> str:
    """Return the text with what a terminal might act on, or not show, as U+FFFD: a spec may be a stranger's."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _HIDDEN else c for c in text)
