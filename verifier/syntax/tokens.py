"""Text to tokens. Every token but the white space is kept; what is not a token is reported and left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from verifier.diagnostics import Diagnostic, Source, Span
from verifier.syntax.automaton import END, tables
from verifier.syntax.limits import MAX_DIGITS, MAX_ERRORS, MAX_NAME, MAX_TOKENS
from verifier.syntax.words import (
    ASCII,
    FOREIGN,
    OPERATORS_BEFORE,
    OPERATORS_BETWEEN,
    PROPERTY_CLAUSES,
    QUOTES,
    SOFT,
    is_declaration,
)

_NUMBER = re.compile(r"0b[01]+|0x[0-9A-Fa-f]+|0|[1-9][0-9]*")


class Token(NamedTuple):
    """A word of the spec. `kind` is a terminal of the grammar, which for keywords and signs is the text itself.

    `text` of a TEXT is what it says, without quotes. Lines and columns as in Span; `start`, `end` are offsets.
    """

    kind: str
    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int

    def to(self, last: Token) -> Token:
        """Return this token, extended to the end of `last`."""
        return self._replace(end_line=last.end_line, end_column=last.end_column, end=last.end)

    def span(self, path: str) -> Span:
        """Return the token's place."""
        return Span(path, self.line, self.column, self.end_line, self.end_column)


def tokenize(source: Source) -> tuple[list[Token], list[Diagnostic]]:
    """Return the tokens, an END token last, and what was wrong with the others.

    Of a text with more than MAX_TOKENS tokens, return one token more than that.
    """
    diagnostics: list[Diagnostic] = []
    raw = list(islice(_scan(source.text), MAX_TOKENS + 1))
    found = [token for word in raw for token in _checked(word, source.path, diagnostics)]
    return (_arranged(found) if len(raw) <= MAX_TOKENS else raw), diagnostics


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a token: longer signs before shorter ones."""
    found = tables()
    signs = sorted([*found["operators"], *FOREIGN], key=lambda s: (-len(s), s))
    named = [f"(?P<{name}>{pattern})" for name, pattern in found["patterns"].items()]
    sign = "|".join(re.escape(s) for s in signs)
    return re.compile("|".join([*named, f"(?P<SIGN>{sign})", r'(?P<OPEN_TEXT>"[^\n]*)', r"(?P<BAD>.)"]), re.DOTALL)


def _scan(text: str) -> Iterator[Token]:
    keywords, ignored = frozenset(tables()["keywords"]), frozenset(tables()["ignored"])
    line, line_start = 1, 0
    for match in _pattern().finditer(text):
        kind, word, start, end = match.lastgroup or "", match.group(), match.start(), match.end()
        if kind in ignored:
            if "\n" in word:
                line, line_start = line + word.count("\n"), start + word.rindex("\n") + 1
            continue
        if kind == "SIGN" or word in keywords:
            kind = word
        yield Token(kind, word, line, start - line_start + 1, line, end - line_start + 1, start, end)
    yield Token(END, "", line, len(text) - line_start + 1, line, len(text) - line_start + 1, len(text), len(text))


def _checked(token: Token, path: str, diagnostics: list[Diagnostic]) -> Iterator[Token]:
    """Yield the token, or what was meant by it, or nothing."""
    match token.kind:
        case "NAME" if len(token.text) > MAX_NAME:
            _report(diagnostics, "ARC005", f"a name of more than {MAX_NAME} characters", token.span(path))
            yield token._replace(text=token.text[:MAX_NAME])
        case "NUMBER" if len(token.text) > MAX_DIGITS:
            _report(diagnostics, "ARC005", f"a number of more than {MAX_DIGITS} characters", token.span(path))
            yield token._replace(text="0")
        case "NUMBER" if not _NUMBER.fullmatch(token.text):
            message = f"`{token.text}` is not a number"
            _report(diagnostics, "ARC004", message, token.span(path), _number_help(token.text))
            yield token._replace(text="0")
        case "TEXT":
            yield token._replace(text=re.sub(r'\\(["\\])', r"\1", token.text[1:-1]))
        case "OPEN_TEXT":
            hint = 'close it with `"`; strings that follow each other are one text'
            _report(diagnostics, "ARC003", "this string is not closed on its line", token.span(path), hint)
            yield token._replace(kind="TEXT", text=token.text[1:])
        case "BAD":
            yield from _replaced(token, path, diagnostics)
        case _:
            yield token


def _replaced(token: Token, path: str, diagnostics: list[Diagnostic]) -> Iterator[Token]:
    """Report a character that is no token, a run of them once. Yield what was meant by it, if that is known."""
    meant = ASCII.get(token.text)
    last = diagnostics[-1].span if diagnostics and diagnostics[-1].code == "ARC002" else None
    if last and (last.end_line, last.end_column) == (token.line, token.column):
        diagnostics.pop()
        _report(diagnostics, "ARC002", "unexpected characters", last.to(token.span(path)))
    else:
        shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
        hint = f"write `{meant}`" if meant else QUOTES.get(token.text)
        _report(diagnostics, "ARC002", f"unexpected character `{shown}`", token.span(path), hint)
    if meant:
        yield token._replace(kind=meant)


def _report(diagnostics: list[Diagnostic], code: str, message: str, span: Span, hint: str | None = None) -> None:
    """Add a diagnostic, unless there are more than enough."""
    if len(diagnostics) <= MAX_ERRORS:
        diagnostics.append(Diagnostic(code, message, span, help=hint))


def _number_help(text: str) -> str:
    if text.isdigit():
        return f"write `{text.lstrip('0')}`; octal numbers are not in the language"
    return "a name begins with a letter; a number is `12`, `0b1100` or `0x0c`"


def _arranged(raw: list[Token]) -> list[Token]:
    """Return the tokens as the grammar knows them (see its head): some are joined, some told apart by their place."""
    tokens: list[Token] = []
    in_table = False
    for number, token in enumerate(raw):
        previous = tokens[-1] if tokens else None
        if is_declaration(raw, number):
            in_table = token.kind == "table"
        if token.kind == "was" and _begins_claim(raw, number):
            token = token._replace(kind="NAME")
        if in_table and token.kind in ("|", "||"):
            tokens.extend(_bars(raw, number))
        elif previous is None or not _join(tokens, previous, token):
            tokens.append(token)
    return _with_formulas(tokens)


def _begins_claim(raw: list[Token], number: int) -> bool:
    """Return True iff raw[number], `was`, is a variable and the first word of a property's claim."""
    if number < 2 or raw[number - 2].kind != "property":
        return False
    following = [t.kind for t in raw[number + 1 : number + 3]]
    named = following[0] == "NAME" or following[0] in SOFT
    return not named or following in (["leads", "to"], ["reached", "only"])


def _join(tokens: list[Token], previous: Token, token: Token) -> bool:
    """Join `token` with the last of `tokens`, or tell a call's bracket apart; return False iff neither applies."""
    both = (previous.kind, token.text if token.kind == "NAME" else token.kind)
    strongly = (previous.kind, previous.text) == ("NAME", "strongly") and token.text == "fair"
    if both == ("TEXT", "TEXT"):
        space = "" if previous.text.endswith(" ") or token.text.startswith(" ") else " "
        tokens[-1] = previous.to(token)._replace(text=previous.text + space + token.text)
    elif both in (("not", "in"), ("assuming", "fair")):
        tokens[-1] = previous.to(token)._replace(kind=" ".join(both))
    elif strongly and len(tokens) > 1 and tokens[-2].kind == "assuming":
        tokens[-2:] = [tokens[-2].to(token)._replace(kind="assuming strongly fair")]
    elif token.kind == "(" and previous.end == token.start and (previous.kind == "NAME" or previous.kind in SOFT):
        tokens.append(token._replace(kind="_CALL"))
    else:
        return False
    return True


def _bars(raw: list[Token], number: int) -> Iterator[Token]:
    """Yield the bars that raw[number], in a table, stands for: `||` is two of them."""
    token = raw[number]
    first = raw[number - 1].line != token.line
    last = raw[number + 1].line != token.line or raw[number + 1].kind == END
    kinds = ["_ROW" if first else "_CELL", "_CELL"][: len(token.text)]
    if last:
        kinds[-1] = "_ROW_END" if kinds[-1] == "_CELL" else "_ROW"
    for place, kind in enumerate(kinds):
        column, start = token.column + place, token.start + place
        yield Token(kind, "|", token.line, column, token.line, column + 1, start, start + 1)


def _with_formulas(tokens: list[Token]) -> list[Token]:
    """Tell the operators of temporal logic apart in what follows `ltl` or `ctl` in a property: elsewhere their words
    are names."""
    found: list[Token] = []
    logic = ""
    for number, token in enumerate(tokens):
        ends = token.kind in _ENDS or is_declaration(tokens, number)
        logic = token.kind if token.kind in OPERATORS_BEFORE else "" if ends else logic
        if logic and token.text == "until" and found[-1].text == "weak":
            found[-1] = found[-1].to(token)._replace(kind="LINK", text="weak until")
        else:
            found.append(_operator(logic, token, tokens[min(number + 1, len(tokens) - 1)]) if logic else token)
    return found


_ENDS = PROPERTY_CLAUSES | {END, "assuming fair", "assuming strongly fair"}


def _operator(logic: str, token: Token, following: Token) -> Token:
    """Return the token as an operator of a logic, if it is one."""
    if token.kind not in ("NAME", "always"):
        return token
    if token.text in OPERATORS_BEFORE[logic]:
        return token._replace(kind="TEMPORAL")
    if token.text in OPERATORS_BETWEEN:
        return token._replace(kind="LINK")
    is_quantifier = logic == "ctl" and token.text in ("A", "E") and following.kind == "["
    return token._replace(kind="RUNS") if is_quantifier else token
