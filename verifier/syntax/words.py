"""The words of the language, as people mistake them and as messages name them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

DECLARATIONS = frozenset(
    [
        "machine", "source", "enum", "flags", "index", "opaque", "fun", "param", "var", "control", "def", "table",
        "assume", "rule", "arc", "property", "use", "join",
    ]
)  # fmt: skip
"""The keywords that begin a declaration."""

FOREIGN_DECLARATIONS: Mapping[str, str] = {
    "const": "def", "constant": "def", "function": "def", "state": "var", "variable": "var", "action": "rule",
    "transition": "arc", "type": "enum", "invariant": "property", "assert": "property",
}  # fmt: skip
"""Words that begin declarations in other languages, and what they are called here."""

FOREIGN_WORDS: Mapping[str, str] = {
    "forall": "all", "exists": "some", "globally": "always", "invariant": "always",
}  # fmt: skip
"""Words that stand before a condition in other languages, and what stands there here."""

DECLARATION_HELP = "a declaration begins with " + ", ".join(f"`{word}`" for word in sorted(DECLARATIONS))
"""What to say where none of them stands."""

PROPERTY_CLAUSES = frozenset(["TEXT", "cite", "assuming", "expect", "vacuous", "severity"])
"""The kinds of token that begin a clause of a property."""

SOFT = frozenset(
    [
        "a", "c", "path", "step", "only", "via", "to", "is", "ok", "note", "error", "warning", "length",
        "violated", "deadlock", "leads", "reached", "shortest", "was",
    ]
)  # fmt: skip
"""Words with a meaning in one place, which elsewhere are names."""

_LETTERS = {word: word for word in ("G", "F", "X", "AG", "AF", "AX", "EG", "EF", "EX")}
OPERATORS_BEFORE: Mapping[str, Mapping[str, str]] = {
    "ltl": {**_LETTERS, "always": "G", "eventually": "F", "next": "X"},
    "ctl": _LETTERS,
}
"""What stands before a formula after `ltl` and `ctl`, and the operator that it is; the other logic's too, so that a
message can name them."""

OPERATORS_BETWEEN: Mapping[str, str] = {
    "U": "U", "until": "U", "R": "R", "release": "R", "W": "W", "weak until": "W",
}  # fmt: skip
"""What stands between two formulas of a temporal logic, and the operator that it is."""

FORMULA_WORDS = frozenset(["TEMPORAL", "LINK", "RUNS"])
"""The kinds of token that occur in formulas of temporal logic only; where they do not fit they are names."""

FOREIGN: Mapping[str, Sequence[str]] = {
    "&&": ("and",), "||": ("or",), "!": ("not",), "=>": ("implies",), "==>": ("implies",), "<=>": ("iff",),
    "<->": ("iff",), ":=": ("=",), "<>": ("!=",), "===": ("==",), "/": (), "%": (), "@": (), "$": (), "?": (),
}  # fmt: skip
"""Signs of other languages, and what they are called here."""

MISTAKEN: Mapping[str, Sequence[str]] = {
    **FOREIGN, "=": ("==",), "==": ("=",), "->": ("implies", ":"), ":": ("->",), ",": (";",),
}  # fmt: skip
"""Signs that stand where another is meant: the first of these that fits."""

ASCII: Mapping[str, str] = {
    "\N{NOT EQUAL TO}": "!=", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{LOGICAL AND}": "and", "\N{LOGICAL OR}": "or", "\N{NOT SIGN}": "not", "\N{RIGHTWARDS ARROW}": "->",
    "\N{RIGHTWARDS DOUBLE ARROW}": "implies", "\N{LEFT RIGHT DOUBLE ARROW}": "iff", "\N{ELEMENT OF}": "in",
    "\N{NOT AN ELEMENT OF}": "not in", "\N{FOR ALL}": "all", "\N{THERE EXISTS}": "some", "\N{PRIME}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-",
}  # fmt: skip
"""Characters outside ASCII, and how the language writes what they say."""

QUOTES: Mapping[str, str] = dict.fromkeys(
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}",
    'texts stand in straight quotes, `"`',
)
"""Quotes that are not quotes here."""

HELP: Mapping[str, str] = {
    "=": "`==` compares; `x' = e` as a constraint of its own gives x its next value",
    ",": "constraints are separated by `;` or by nothing",
    ":": "an arc leads from one place to another with `->`",
}
"""What to say of a sign in the wrong place, where `write ...` would not be enough."""

NO_SUCH: Mapping[str, str] = {"/": "there is no division", "%": "there is no remainder"}
"""Signs of other languages that have no counterpart."""

MISSING = (
    "->", ":", "=", "{", ",", ")", "]", "}", "then", "else", "in", "_ROW_END", "of", "to", "step", "only", "via",
    "path", "a",
)  # fmt: skip
"""What people leave out, and what is put in for it: the first of these that fits."""

BRACKETS = frozenset(["(", "[", "{", "_CALL"])
CLOSING = frozenset([")", "]", "}"])
GRID = frozenset(["_ROW", "_CELL", "_ROW_END"])
KEYWORD = re.compile(r"[a-z]+")
"""A kind of token that is a keyword."""

_OPERAND = frozenset(
    [
        "NAME", "NUMBER", "true", "false", "(", "{", "-", "~", "if", "let", "all", "some", "one", "count", "each",
        "those",
    ]
)  # fmt: skip
_OPERATORS = frozenset(
    [
        "iff", "implies", "or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "|", "^", "&", "<<", ">>", "+",
        "-", "*",
    ]
) | {"not in"}  # fmt: skip
_CONTINUATIONS = _OPERATORS | frozenset(["with", "[", ".", "'", "_CALL"])
_TYPE = frozenset(["NAME", "bool", "int", "bits", "set", "("])
_BUILTIN_TYPE = frozenset(["bool", "int", "bits", "set"])
_NAMES = {
    "NAME": "a name", "NUMBER": "a number", "TEXT": 'a text in "quotes"',
    "$END": "the next declaration", "leads": "`leads to`", "reached": "`reached only via`",
    "_ROW": "a line of the grid, `| ... |`", "_CELL": "`|`", "_ROW_END": "`|` at the end of the line", "_CALL": "`(`",
}  # fmt: skip
_CLAIM = frozenset(["always", "never", "every", "reachable", "basis", "routes", "no", "recoverable", "ltl"])
_CLAIM_OR_CLAUSE = (
    _CLAIM
    | PROPERTY_CLAUSES
    | frozenset(["deterministic", "ctl", "refines", "assuming fair", "assuming strongly fair"])
)
_MOST = 6


class _Word(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def line(self) -> int: ...


def is_declaration(tokens: Sequence[_Word], number: int) -> bool:
    """Return True iff tokens[number] is a keyword of a declaration, and not the `table` of `c "file" table NAME`."""
    if tokens[number].kind not in DECLARATIONS:
        return False
    return tokens[number].kind != "table" or [t.kind for t in tokens[max(0, number - 2) : number]] != ["c", "TEXT"]


def found(token: _Word) -> str:
    """Return what a message calls a token that was found."""
    match token.kind:
        case "NAME":
            return f"`{token.text}`"
        case "NUMBER":
            return f"the number {token.text}"
        case "TEXT":
            return "a text"
        case "$END":
            return "the end of the file"
        case _:
            return f"`{token.text}`"


def expectation(kinds: frozenset[str]) -> str:
    """Return what a message calls the kinds of token of which one was expected."""
    # What may stand behind each name, or begin each operand, is hardly ever what is missing.
    rest, parts = set(kinds - FORMULA_WORDS - {"was"}), []
    if kinds >= _CLAIM:
        parts.append("a claim")
        rest -= _CLAIM_OR_CLAUSE | _OPERAND | {"not"}
    elif kinds >= _OPERAND:
        parts.append("an expression or a type" if kinds >= _BUILTIN_TYPE else "an expression")
        rest -= _OPERAND | _BUILTIN_TYPE | {"not"}
    elif kinds >= _TYPE:
        parts.append("a type")
        rest -= _TYPE
    operator = operators_expected(kinds)
    if operator:
        rest -= _CONTINUATIONS if "not in" in kinds else _CONTINUATIONS - {"in"}
    parts += sorted({_NAMES.get(k, f"`{k}`") for k in rest}, key=lambda p: (p.startswith(("a ", "the ")), p))
    parts = parts[:_MOST] + (["an operator"] if operator else [])
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]


def operators_expected(kinds: frozenset[str]) -> bool:
    """Return True iff an expression could go on here."""
    return kinds >= {"*", "+", "-"}


def missing(kinds: frozenset[str], token: _Word, fresh: bool) -> list[str]:
    """Return what may be missing before a token, the likeliest first; `fresh` iff the token begins a line."""
    other = {"in"} if "not in" in kinds else {"{"} if kinds >= _OPERAND else set()  # `in` and `{` of an expression
    possible = [k for k in MISSING if k in kinds - other]
    listed = token.kind in ("NAME", "NUMBER") and not fresh
    return sorted(possible, key=lambda k: (k == ",") != listed) if "," in possible else possible
