"""What a cell of a C table says: its number, and the names that it is written with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.source.constants import Constants, Enumeration
from verifier.source.expressions import is_name, tokens
from verifier.source.integers import integer_type
from verifier.source.lexing import OPENING, Token, closing, words
from verifier.source.refusal import UnreadableError

_TRUTH = frozenset(["true", "false"])
_NOTHING = frozenset(["NULL", "0", "((void*)0)", "(void*)0"])
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand of `A | B`. `names` are the macros that it is written with, and last the name that has the value;
    () iff it is an expression without a name of its own."""

    names: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a cell. Either `number` with its operands, or `text`: a string, or the name of a function."""

    number: int | None
    operands: tuple[Operand, ...] = ()
    text: str = ""
    string: bool = False


class Operands:
    """Reads cells."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants
        self._chains: dict[str, tuple[str, ...]] = {}
        self._enums: dict[str, Enumeration | None] = {}

    def read(self, value: Sequence[Token], pointer: bool) -> Content:
        """Return what a value says. Raises UnreadableError iff it has no certain value."""
        plain = _unwrapped(value)
        if plain and all(t.text.startswith('"') for t in plain):
            return Content(None, text="".join(t.text[1:-1] for t in plain), string=True)
        if pointer:
            return self._pointer(plain)
        number = self.constants.evaluate(words(value)).value
        return Content(number, tuple(self._operand(o) for o in _alternatives(plain)))

    def chain(self, name: str) -> tuple[str, ...]:
        """Return the name, and what it stands for while that is one name."""
        if name not in self._chains:
            found = [name]
            while (following := self._following(found[-1])) is not None and following not in found:
                found.append(following)
            self._chains[name] = tuple(found)
        return self._chains[name]

    def enum(self, name: str) -> Enumeration | None:
        """Return the enum that declares what a name stands for; None iff none does."""
        last = self.chain(name)[-1]
        if last not in self._enums:
            self._enums[last] = self.constants.enum(last)
        return self._enums[last]

    def names(self, expression: Sequence[Token]) -> list[str]:
        """Return the enumerators that an expression mentions, itself or by way of macros."""
        waiting = [t.text for t in expression if is_name(t.text)]
        found: dict[str, None] = {}
        seen: set[str] = set()
        while waiting and len(seen) < 200:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            body = self._body(name)
            if body is not None:
                waiting += [t for t in body if is_name(t)]
            elif self.enum(name) is not None:
                found[name] = None
        return list(found)

    def _body(self, name: str) -> list[str] | None:
        try:
            define = self.constants.define(name)
        except UnreadableError:
            return None
        return None if define is None else tokens(define.body)

    def _following(self, name: str) -> str | None:
        body = [t for t in self._body(name) or [] if t not in ("(", ")")]
        return body[0] if len(body) == 1 and is_name(body[0]) else None

    def _operand(self, part: Sequence[Token]) -> Operand:
        plain = _unwrapped(part)
        number = self.constants.evaluate(words(part)).value
        named = len(plain) == 1 and is_name(plain[0].text) and plain[0].text not in _TRUTH
        return Operand(self.chain(plain[0].text) if named else (), number)

    def _pointer(self, plain: Sequence[Token]) -> Content:
        """Return the name of a function, or of an object: `f`, `&f`, `f[0]`."""
        text = "".join(t.text for t in plain if t.text != "&")
        if text in _NOTHING or (text and self._is_null(text)):
            return Content(None, text="")
        if not re.fullmatch(r"[A-Za-z_]\w*(\[\w+\])*([.]\w+)*", text):
            raise UnreadableError("ARC953", f"`{words(plain)[:60]}` is not the name of a function or an object")
        return Content(None, text=self.chain(text)[-1] if is_name(text) else text)

    def _is_null(self, text: str) -> bool:
        body = self._body(text) if is_name(text) else None
        return body is not None and "".join(body) in _NOTHING


def _unwrapped(value: Sequence[Token]) -> list[Token]:
    """Return the value without brackets and casts around the whole of it."""
    plain = list(value)
    for _ in range(_DEEPEST):
        if not plain or plain[0].text != "(":
            break
        close = closing(plain, 0)
        inside = plain[1:close]
        if close == len(plain) - 1:
            plain = inside
        elif _is_cast(inside):
            plain = plain[close + 1 :]
        else:
            break
    return plain


def _is_cast(inside: Sequence[Token]) -> bool:
    text = " ".join(t.text for t in inside)
    return integer_type(text) is not None or text.startswith(("enum ", "const ", "struct ")) or text.endswith("*")


def _alternatives(value: Sequence[Token], depth: int = 0) -> list[list[Token]]:
    """Return the operands of `|`, through brackets."""
    parts: list[list[Token]] = [[]]
    level = 0
    for token in value:
        level += (token.text in OPENING) - (token.text in OPENING.values())
        if token.text == "|" and level == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) == 1:
        return parts
    return [o for p in parts for o in (_alternatives(_unwrapped(p), depth + 1) if depth < _DEEPEST else [p])]
