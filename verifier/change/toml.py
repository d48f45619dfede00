"""TOML files with the places of their keys and values, which the standard library's reader does not tell."""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.diagnostics import Diagnostic, Source, Span, SpecError

MAX_BYTES = 1_000_000
"""The largest file that is read."""

Path = tuple[str | int, ...]
"""Where in a document: the keys, and the numbers of elements, that lead to a value."""


@dataclass(frozen=True)
class Document:
    """A TOML file: its data, and for each key in it the place of the key and of the value.

    A table's key is its header. `tables` are the headers with their lines, in the order of the file.
    """

    source: Source
    data: Mapping[str, Any]
    keys: Mapping[Path, Span] = field(default_factory=dict)
    values: Mapping[Path, Span] = field(default_factory=dict)
    tables: tuple[tuple[Path, int], ...] = ()

    def key(self, path: Path) -> Span:
        """Return the place of a key, or of the nearest thing around it that has one; at last the file's first line."""
        return self._nearest(self.keys, path)

    def value(self, path: Path) -> Span:
        """Return the place of a value, see `key`."""
        return self._nearest(self.values, path)

    def _nearest(self, places: Mapping[Path, Span], path: Path) -> Span:
        around = (path[:n] for n in range(len(path), 0, -1))
        found = (places.get(p) or self.keys.get(p) for p in around)
        return next((span for span in found if span), Span(self.source.path, 1, 1, 1, 2))


def read_toml(path: str, content: bytes) -> Document:
    """Return the document that the bytes are. Raises SpecError (ARC940) with the place of the error."""
    if len(content) > MAX_BYTES:
        raise SpecError([Diagnostic("ARC940", f"the file has more than {MAX_BYTES:,} bytes", Span(path, 1, 1, 1, 2))])
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SpecError([Diagnostic("ARC940", "the file is not UTF-8", Span(path, line, 1, line, 2))]) from error
    source = Source(path, text)
    scanner = _Scanner(source)
    try:
        data = tomllib.loads(text)
        scanner.document()
    except (ValueError, RecursionError) as error:  # ValueError: not TOML, or a number of thousands of digits
        raise SpecError([_malformed(source, str(error))], [source]) from error
    return Document(source, data, scanner.keys, scanner.values, tuple(scanner.tables))


def _malformed(source: Source, told: str) -> Diagnostic:
    at = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", told)
    message = told[: at.start()] if at else told
    line, column = (int(at[1]), int(at[2])) if at and at[1] else (1, 1)
    if at and not at[1]:
        line = source.text.count("\n") + 1
        column = len(source.line(line)) + 1
    message = message[:1].lower() + message[1:]
    return Diagnostic("ARC940", f"the file is not TOML: {message}", Span(source.path, line, column, line, column + 1))


_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_SCALAR = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}(?!")|\'\'\'[\s\S]*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[^,\]}#\n]+'
)


class _Scanner:
    """Finds the places in a text that is known to be TOML; of what is not TOML nothing is promised."""

    def __init__(self, source: Source) -> None:
        self.source, self.text, self.at = source, source.text, 0
        self.keys: dict[Path, Span] = {}
        self.values: dict[Path, Span] = {}
        self.tables: list[tuple[Path, int]] = []
        self._starts = [0, *(found.end() for found in re.finditer("\n", source.text))]
        self._elements: dict[Path, int] = {}  # how many tables an array of tables has so far

    def document(self) -> None:
        """Read the whole text."""
        table: Path = ()
        while self._skip() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start, is_array = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        names = self._dotted()
        self.at += 2 if is_array else 1
        path = (*self._around(names[:-1]), names[-1][0])
        if is_array:
            number = self._elements[path] = self._elements.get(path, -1) + 1
            self.keys.setdefault(path, self._span(start))
            path = (*path, number)
        elif path in self._elements:
            path = (*path, self._elements[path])
        self.keys[path] = self._span(start)
        self.tables.append((path, self.keys[path].line))
        return path

    def _around(self, names: list[tuple[str, Span]]) -> Path:
        """Return the path of the names, each array of tables among them with its last element."""
        path: Path = ()
        for name, span in names:
            path = (*path, name)
            self.keys.setdefault(path, span)
            if path in self._elements:
                path = (*path, self._elements[path])
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for name, span in self._dotted():
            path = (*path, name)
            self.keys.setdefault(path, span)
        self.at += 1  # the `=`
        self._value(path)

    def _dotted(self) -> list[tuple[str, Span]]:
        names = []
        while True:
            self._skip()
            start = self.at
            found = _KEY.match(self.text, start)
            assert found, "tomllib accepts no key that this does not match"
            self.at = found.end()
            name = found[0] if found[0][0] not in "\"'" else tomllib.loads(f"x = {found[0]}")["x"]
            names.append((name, self._span(start)))
            if self.text[self._skip()] != ".":
                return names
            self.at += 1

    def _value(self, path: Path) -> None:
        start = self._skip()
        if self.text[start] == "{":
            self._bracketed(path, "}")
        elif self.text[start] == "[":
            self._bracketed(path, "]")
        else:
            found = _SCALAR.match(self.text, start)
            assert found, "tomllib accepts no value that this does not match"
            self.at = start + len(found[0].rstrip())
        self.values[path] = self._span(start)

    def _bracketed(self, path: Path, end: str) -> None:
        self.at += 1
        number = 0
        while self.text[self._skip()] != end:
            if self.text[self.at] == ",":
                self.at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._value((*path, number))
                number += 1
        self.at += 1

    def _skip(self) -> int:
        found = _SKIP.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _span(self, start: int) -> Span:
        line, column = self._place(start)
        end_line, end_column = self._place(self.at)
        return Span(self.source.path, line, column, end_line, end_column)

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1
