"""Constant expressions of C: their tokens, and their value once every macro in them is replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from verifier.source.integers import BINARY, Integer, binary, convert, integer_type, literal, unary
from verifier.source.refusal import UnreadableError

_TOKEN = re.compile(
    r"""[A-Za-z_]\w* | \.?\d(?:[eEpP][+-]|[\w.])* | '(?:\\.|[^'\\])+' | "(?:\\.|[^"\\])*" | << | >> | \S""",
    re.ASCII | re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)

# Limits against hostile input; the longest expressions in kernel tables are far below them.
MOST_TOKENS = 2000
DEEPEST = 50


def tokens(text: str) -> list[str]:
    """Return the tokens of a stretch of C code without comments and directives."""
    return _TOKEN.findall(text)


def is_name(token: str) -> bool:
    """Return True iff the token is an identifier."""
    return _NAME.match(token) is not None


def evaluate(expression: Sequence[str], constant: Callable[[str], Integer]) -> Integer:
    """Return the value of a constant expression whose macros have been replaced.

    `constant` gives the values of enumerators. Raises UnreadableError iff the tokens are anything but numbers,
    names, brackets, casts to known integer types, and the operators `~ + - * & | ^ << >>`.
    """
    return _Reader(expression, constant).whole()


class _Reader:
    """Precedence climbing over a list of tokens; "" stands for the end."""

    def __init__(self, expression: Sequence[str], constant: Callable[[str], Integer]) -> None:
        self.tokens = [*expression, ""]
        self.at = 0
        self.constant = constant

    def whole(self) -> Integer:
        """Return the value of all the tokens, as one expression."""
        value = self._expression(0, 0)
        self._expect("")
        return value

    def _next(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _expect(self, token: str) -> None:
        if self.tokens[self.at] != token:
            raise self._unexpected()
        self._next()

    def _unexpected(self) -> UnreadableError:
        found, before = self.tokens[self.at], self.tokens[self.at - 1] if self.at else ""
        if found == "(" and is_name(before):
            return UnreadableError("ARC953", f"{before}(...) is a call, whose value is not computed")
        if found == "":
            return UnreadableError("ARC953", "the expression is empty or ends too early")
        return UnreadableError("ARC953", f"`{found}` cannot be read in a constant expression")

    def _expression(self, weakest: int, depth: int) -> Integer:
        left = self._operand(depth)
        while (operator := self.tokens[self.at]) in BINARY and BINARY[operator][0] > weakest:
            self._next()
            left = binary(operator, left, self._expression(BINARY[operator][0], depth + 1))
        return left

    def _operand(self, depth: int) -> Integer:
        if depth > DEEPEST:
            raise UnreadableError("ARC953", f"the expression is nested more than {DEEPEST} deep")
        token = self.tokens[self.at]
        if token in ("+", "-", "~"):
            self._next()
            return unary(token, self._operand(depth + 1))
        if token == "(":
            self._next()
            return self._bracketed(depth + 1)
        if is_name(token):
            return self._name()
        if token[:1].isdigit() or token[:1] in ("'", "."):
            return literal(self._next())
        raise self._unexpected()

    def _bracketed(self, depth: int) -> Integer:
        """Read what follows an opening bracket: a cast and its operand, or an expression and a closing bracket."""
        end = self.at
        while is_name(self.tokens[end]):
            end += 1
        target = integer_type(" ".join(self.tokens[self.at : end]))
        if target is not None and self.tokens[end] == ")":
            self.at = end + 1
            return convert(self._operand(depth), target)
        value = self._expression(0, depth)
        self._expect(")")
        return value

    def _name(self) -> Integer:
        name = self._next()
        if self.tokens[self.at] == "(":
            raise self._unexpected()
        return self.constant(name)
