"""Macros replaced by what they stand for: all of them, or those that put whole initialisers into a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from verifier.source.expressions import DEEPEST, MOST_TOKENS, is_name, tokens
from verifier.source.lexing import OPENING, Token, closing, split
from verifier.source.preprocess import Define
from verifier.source.refusal import UnreadableError

MOST_EXPANDED = 200_000


@dataclass(frozen=True, slots=True)
class Expansion:
    """Replaces macros. `define` looks one up. `every`: all are replaced, and one that is not certain is refused.

    Otherwise a macro that stands for one value keeps its name, which says more than the value, and one that is not
    certain stays as it is, for whoever reads the value to refuse.
    """

    define: Callable[[str], Define | None]
    every: bool

    def replaced(self, given: Sequence[Token], hidden: frozenset[str] = frozenset()) -> list[Token]:
        """Return the tokens with the macros replaced but the `hidden` ones, those being replaced already."""
        found: list[Token] = []
        at = 0
        while at < len(given):
            token = given[at]
            define = self._look_up(token.text) if is_name(token.text) and token.text not in hidden else None
            called = at + 1 < len(given) and given[at + 1].text == "("
            if define is not None and define.call and called:
                close = closing(given, at + 1)
                found += self._call(define, token, given[at + 2 : close], hidden)
                at = close
            elif define is not None and not define.call and (self.every or _structural(define)):
                found += self.replaced([token.saying(t) for t in tokens(define.body)], hidden | {token.text})
            else:
                found.append(token)
            if len(found) > (MOST_TOKENS if self.every else MOST_EXPANDED) or len(hidden) > DEEPEST:
                raise UnreadableError("ARC953", "the expression is too large once its macros are replaced")
            at += 1
        return found

    def _look_up(self, name: str) -> Define | None:
        try:
            return self.define(name)
        except UnreadableError:
            if self.every:
                raise
            return None

    def _call(self, define: Define, name: Token, given: Sequence[Token], hidden: frozenset[str]) -> list[Token]:
        """Expand a macro with arguments. A call of a macro whose parameters do not fit stays as it is."""
        parameters, body = _parts(define)
        arguments = split(given, ",")
        arguments += [[]] * (len(parameters) - len(arguments))
        if len(arguments) != len(parameters) or "..." in parameters:
            return [name, name.saying("("), *given, name.saying(")")]
        bound = dict(zip(parameters, arguments, strict=True))
        return self.replaced(self._substituted(body, bound, name, hidden), hidden | {define.name})

    def _substituted(
        self, body: list[str], bound: Mapping[str, Sequence[Token]], name: Token, hidden: frozenset[str]
    ) -> list[Token]:
        """Return the body with its parameters replaced; `#p` is the argument's text, and `a ## b` one token."""
        found: list[Token] = []
        at = 0
        while at < len(body):
            word = body[at]
            if body[at : at + 2] == ["#", "#"] and found and at + 2 < len(body):
                right = [t.text for t in bound.get(body[at + 2], [name.saying(body[at + 2])])]
                found[-1] = found[-1].saying(found[-1].text + "".join(right[:1]))
                found += [name.saying(t) for t in right[1:]]
                at += 2
            elif word == "#" and at + 1 < len(body) and body[at + 1] in bound:
                found.append(name.saying(json.dumps(" ".join(t.text for t in bound[body[at + 1]]))))
                at += 1
            elif word in bound:
                pasted = body[at + 1 : at + 3] == ["#", "#"]
                found += bound[word] if pasted else self.replaced(bound[word], hidden)
            else:
                found.append(name.saying(word))
            at += 1
        return found


def _structural(define: Define) -> bool:
    """Return True iff the macro stands for more than one value: a list, a designator, several elements, nothing."""
    body = tokens(define.body)
    depth = 0
    for token in body:
        depth += (token in OPENING) - (token in OPENING.values())
        if token in ("{", "}") or (token == "," and depth == 0):
            return True
    return body[:1] in ([], ["["], ["."]) or "=" in body


def _parts(define: Define) -> tuple[list[str], list[str]]:
    """Return a macro's parameters and its body."""
    inside, _, body = define.body.partition(")")
    return [p.strip() for p in inside.split(",") if p.strip()], tokens(body)
