"""A C file as its preprocessor lines leave it: the code without comments and directives, and the directives.

The preprocessor is not run, because nobody has configured the tree. Where a condition is not known (`#ifdef
CONFIG_X`), both branches stay in the code, and `Text.branches` says of each line which ones it depends on, so
that a reader can refuse what it cannot be sure of. Every character keeps its line and its column.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.source.parsing import Enumerator

# Whether a name is defined in every kernel build of a C file; any other name is not known.
KNOWN = {"__KERNEL__": True, "__ASSEMBLY__": False, "__ASSEMBLER__": False, "__cplusplus": False}

_LEXEME = re.compile(
    r"""(?P<comment> //(?:\\\r?\n|[^\n])* | /\*.*?(?:\*/|\Z) )
      | (?P<literal> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
      | (?P<splice> \\[ \t]*\r?\n )""",
    re.S | re.X,
)
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_DIRECTIVE = re.compile(r"\s*#\s*(?P<kind>\w*)\s*(?P<rest>.*?)\s*\Z", re.S)
_DEFINE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<call>\()?\s*(?P<body>.*)", re.S)
_INCLUDE = re.compile(r'(?P<form>[<"])(?P<name>[^<>"]+)[>"]')
_DEFINED = re.compile(r"(?P<not>!)?\s*defined\s*(?:\(\s*(?P<inner>\w+)\s*\)|(?P<bare>\w+))\Z")


@dataclass(frozen=True, slots=True)
class Define:
    """`#define name body`; `call`: it takes arguments."""

    name: str
    body: str
    call: bool
    line: int


@dataclass(frozen=True, slots=True)
class Include:
    """`#include "name"` (form `"`) or `#include <name>` (form `<`)."""

    name: str
    form: str
    line: int


@dataclass(slots=True)
class Text:
    """One C file. `path` is relative to the tree; `code` has the same lines and columns as `raw` (as Latin-1).

    `branches[n]` holds, for line n (from 1), the lines of the unknown conditions that the line depends on.
    """

    path: str
    raw: bytes
    code: str = ""
    defines: dict[str, list[Define]] = field(default_factory=dict)
    undefined: dict[str, list[int]] = field(default_factory=dict)
    includes: list[Include] = field(default_factory=list)
    branches: list[tuple[int, ...]] = field(default_factory=lambda: [()])
    _lines: list[str] = field(default_factory=list)
    _words: frozenset[str] | None = None
    enums: dict[str, list[Enumerator]] | None = None  # those that were read in it, if any were

    @property
    def words(self) -> frozenset[str]:
        """The names in the code."""
        if self._words is None:
            self._words = frozenset(_WORD.findall(self.code))
        return self._words

    def line(self, number: int) -> str:
        """Return a line of the file as it is, without its line end; "" iff there is no such line."""
        if not self._lines:
            self._lines = self.raw.decode(errors="replace").split("\n")
        return self._lines[number - 1].rstrip("\r") if number <= len(self._lines) else ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(slots=True)
class _Condition:
    """An open `#if`: the line of its current branch, whether that branch is compiled (None: not known), and
    whether one of its earlier branches was."""

    line: int
    holds: bool | None
    earlier: bool | None = False


@lru_cache(maxsize=4096)
def preprocess(path: str, raw: bytes) -> Text:
    """Return the file's text, the same object for the same content, which nobody may change. Never raises: what is
    malformed stays in the code, for its reader to refuse."""
    scanner = _Scanner(Text(path, raw))
    scanner.scan()
    if scanner.beyond_guard:
        scanner = _Scanner(Text(path, raw), guards=False)
        scanner.scan()
    return scanner.text


def _plain(found: re.Match[str]) -> str:
    """Blank a comment or a spliced line end. A line end within one becomes a vertical tab, so that what
    follows still belongs to the same logical line."""
    return found.group().replace("\n", "\v") if found["literal"] else _blank(found.group())


def _blank(text: str) -> str:
    return "\v".join(" " * len(line) for line in text.replace("\n", "\v").split("\v"))


def _either(left: bool | None, right: bool | None) -> bool | None:
    """Return left or right, as far as that is known."""
    return True if left or right else None if left is None or right is None else False


class _Scanner:
    """Goes once through the logical lines of a file.

    An include guard holds: the first directive is `#ifndef X`, the next `#define X`, and nothing but comments
    comes after its `#endif` (`beyond_guard`: something does, so it was none).
    """

    def __init__(self, text: Text, guards: bool = True) -> None:
        self.text = text
        self.open: list[_Condition] = []
        self.first = guards
        self.guard: str | None = None
        self.guarded = False
        self.beyond_guard = False
        self.compiled = True
        self.unknown: tuple[int, ...] = ()

    def scan(self) -> None:
        """Fill in the text."""
        source = self.text.raw.decode("latin-1").replace("\v", " ").replace("\f", " ")
        kept = []
        for line in _LEXEME.sub(_plain, source).split("\n"):
            kept.append(self._line(len(self.text.branches), line))
            self.text.branches += [self.unknown] * (1 + line.count("\v"))
        self.text.code = "\n".join(kept).replace("\v", "\n")

    def _line(self, number: int, line: str) -> str:
        """Return what is left of one logical line."""
        self.beyond_guard |= self.guarded and not self.open and not line.isspace() and line != ""
        found = _DIRECTIVE.match(line) if "#" in line else None
        if found:
            self._directive(number, found["kind"], found["rest"].replace("\v", " "))
            self.compiled = all(c.holds is not False for c in self.open)
            self.unknown = tuple(c.line for c in self.open if c.holds is None)
        return _blank(line) if found or not self.compiled else line

    def _directive(self, line: int, kind: str, rest: str) -> None:
        if self.guard is not None:
            self.guarded = kind == "define" and rest.split()[:1] == [self.guard]
            self.open[0].holds = True if self.guarded else None
            self.guard, kind = None, "" if self.guarded else kind  # the guard itself is no constant
        if kind in ("if", "ifdef", "ifndef"):
            self.open.append(_Condition(line, self._truth(kind, rest)))
        elif kind in ("elif", "elifdef", "elifndef", "else"):
            self._alternative(line, kind, rest)
        elif kind == "endif":
            self.open = self.open[:-1]
        elif self.compiled:
            self._declare(line, kind, rest)
        self.first = False

    def _alternative(self, line: int, kind: str, rest: str) -> None:
        if self.open:
            earlier = _either(self.open[-1].earlier, self.open[-1].holds)
            here = True if kind == "else" else self._truth(kind[2:], rest)
            left_out = _either(earlier, None if here is None else not here)
            self.open[-1] = _Condition(line, None if left_out is None else not left_out, earlier)

    def _truth(self, kind: str, rest: str) -> bool | None:
        """Return whether a condition holds; None iff that is not known."""
        if kind == "if" and rest in ("0", "1"):
            return rest == "1"
        found = _DEFINED.match(rest if kind == "if" else f"{'!' * (kind == 'ifndef')}defined({rest})")
        if found is None:
            return None
        name, negated = found["inner"] or found["bare"], bool(found["not"])
        if self.first and negated and name not in KNOWN:
            self.guard = name
        return KNOWN[name] != negated if name in KNOWN else None

    def _declare(self, line: int, kind: str, rest: str) -> None:
        if kind == "define" and (found := _DEFINE.match(rest)):
            define = Define(found["name"], found["body"], found["call"] is not None, line)
            self.text.defines.setdefault(define.name, []).append(define)
        elif kind == "undef":
            self.text.undefined.setdefault(rest, []).append(line)
        elif kind in ("include", "include_next") and (name := _INCLUDE.match(rest)):
            self.text.includes.append(Include(name["name"], name["form"], line))
