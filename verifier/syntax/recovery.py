"""Reading one declaration, and going on after an error.

What a person probably meant is put in place of what stands there, so that the rest of the declaration can be
read. No tree is made of it: each such repair is an error. An error right behind another is most likely its
consequence; it is not reported, and the rest of the declaration is left.
"""

from __future__ import annotations

from collections.abc import Set

from verifier.diagnostics import Diagnostic, Note, Source, Span, nearest
from verifier.syntax.automaton import END, Stack, TooDeepError, automaton
from verifier.syntax.build import TreeBuilder
from verifier.syntax.limits import MAX_DEPTH
from verifier.syntax.tokens import Token, tokenize
from verifier.syntax.words import (
    BRACKETS,
    CLOSING,
    DECLARATION_HELP,
    DECLARATIONS,
    FOREIGN,
    FOREIGN_DECLARATIONS,
    FOREIGN_WORDS,
    FORMULA_WORDS,
    GRID,
    HELP,
    KEYWORD,
    MISTAKEN,
    NO_SUCH,
    SOFT,
    expectation,
    found,
    is_declaration,
    missing,
)  # fmt: skip

_CASCADE = 3  # tokens after an error within which another is its consequence
_ALIKE = 0.7  # a name that may stand where it does is taken for a keyword only if it is as like it as this


class Reader:
    """The tokens of one file, repaired where they were wrong, and all diagnostics so far."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.tokens, self.diagnostics = tokenize(source)
        self.builder = TreeBuilder(source, self.tokens, self.diagnostics)
        self._automaton = automaton()
        self._group = ""
        self._last_error = 0

    def read(self, group: str, begin: int) -> tuple[object, int]:
        """Read a `declaration` or an `expr` from token `begin` on.

        Return its value (None where it could not be read to its end), and the number of the token after it: the
        next declaration's first, or END.
        """
        self._last_error, self._group = begin - _CASCADE, group
        try:
            return self._read(begin)
        except TooDeepError as deep:
            hint = "name a part of it with `def`"
            self.report("ARC011", f"nested more than {MAX_DEPTH} levels deep", self._span(deep.last), hint)
            return None, self.next_declaration(deep.last + 1)

    def next_declaration(self, number: int) -> int:
        """Return the number of the first token from `number` on that begins a declaration, or of END."""
        while self.tokens[number].kind != END and not self._begins(number):
            number += 1
        return number

    def report(self, code: str, message: str, span: Span, hint: str | None = None, *notes: Note) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, span, notes, hint))

    # Reading

    def _read(self, begin: int) -> tuple[object, int]:
        stack = before = self._automaton.start(self._group)
        number = begin
        while not self._ends(stack, number, begin):
            after = self._feed(stack, number)
            if after is not None:
                before, stack, number = stack, after, number + 1
            elif (respelt := self._respelt(before, begin, number)) is not None:
                stack = respelt
            elif not self._mend(stack, begin, number):
                return None, self.next_declaration(max(number, begin + 1))
        if self._automaton.accepts(stack, END):
            return self._automaton.finish(stack, number, self.builder), number
        self._unfinished(stack, begin, number)
        return None, number

    def _feed(self, stack: Stack, number: int) -> Stack | None:
        token = self.tokens[number]
        for kind in _readings(token):
            after = self._automaton.feed(stack, kind, token, number, self.builder)
            if after is not None:
                return after
        return None

    def _fits(self, stack: Stack, number: int) -> bool:
        """Return True iff token `number` may come next."""
        if self._begins(number) or self.tokens[number].kind == END:
            return self._automaton.accepts(stack, END)
        return any(self._automaton.accepts(stack, kind) for kind in _readings(self.tokens[number]))

    def _ends(self, stack: Stack, number: int, begin: int) -> bool:
        """Return True iff token `number` belongs to what follows what begins at token `begin`."""
        kind = self.tokens[number].kind
        if kind == END:
            return True
        if kind not in DECLARATIONS or self._group != "declaration" or number == begin:
            return False
        if not is_declaration(self.tokens, number):
            return False
        return self._begins(number) or self._automaton.accepts(stack, END)

    def _begins(self, number: int) -> bool:
        """Return True iff token `number` looks like the first of a declaration, whatever came before."""
        if not is_declaration(self.tokens, number):
            return False
        token, following = self.tokens[number], self.tokens[number + 1]
        named = token.kind in ("assume", "use") or following.kind == "NAME" or KEYWORD.fullmatch(following.kind)
        return bool(named) and self._is_first(number)

    # Errors

    def _mend(self, stack: Stack, begin: int, number: int) -> bool:
        """Report that token `number` is wrong. Return True iff the tokens were changed so that reading may go on."""
        if number - self._last_error < _CASCADE:
            return False
        self._last_error = number
        kinds = self._expected(stack)
        return (
            self._keyword_as_name(stack, kinds, number)
            or self._mistaken_sign(kinds, number)
            or self._misspelt(kinds, number)
            or self._stray(kinds, number)
            or self._missing(stack, kinds, number)
            or self._unexpected(kinds, number)
        )

    def _keyword_as_name(self, stack: Stack, kinds: frozenset[str], number: int) -> bool:
        token = self.tokens[number]
        if not KEYWORD.fullmatch(token.kind) or "NAME" not in kinds:
            return False
        named = token._replace(kind="NAME")
        after = self._automaton.feed(stack, "NAME", named, number, self.builder)
        if after is None or not self._fits(after, number + 1):
            return False
        self.report("ARC006", f"`{token.text}` is a keyword, not a name", self._span(number), "choose another name")
        self.tokens[number] = named
        return True

    def _mistaken_sign(self, kinds: frozenset[str], number: int) -> bool:
        token = self.tokens[number]
        meant = next((k for k in MISTAKEN.get(token.kind, ()) if k in kinds), None)
        if meant is None:
            return False
        fault = "is not in the language" if token.kind in FOREIGN else "has no meaning here"
        hint = HELP.get(token.kind, f"write `{meant}`")
        self.report("ARC009", f"`{token.text}` {fault}", self._span(number), hint)
        self.tokens[number] = token._replace(kind=meant)
        return True

    def _misspelt(self, kinds: frozenset[str], number: int) -> bool:
        """Take a name for the keyword that it resembles, where one may stand here and a name may not."""
        token = self.tokens[number]
        if token.kind != "NAME" or len(token.text) < 3:
            return False
        words = {k for k in kinds if KEYWORD.fullmatch(k)}
        declaration = END in kinds and self._is_first(number)
        foreign = FOREIGN_DECLARATIONS.get(token.text) if declaration else None
        meant = foreign or nearest(token.text, words | DECLARATIONS if declaration else words)
        if meant is None:
            return False
        code, what = ("ARC001", expectation(kinds)) if meant in words else ("ARC007", "a declaration")
        self.report(code, f"expected {what}, found `{token.text}`", self._span(number), f"did you mean `{meant}`?")
        self.tokens[number] = token._replace(kind=meant)
        return True

    def _respelt(self, before: Stack, begin: int, number: int) -> Stack | None:
        """Take the name before token `number`, which is wrong, for the keyword that it resembles, if the token may come
        after that. Return the stack with the keyword; `before` is the one without the name."""
        token = self.tokens[number - 1]
        if number - self._last_error < _CASCADE or number == begin or token.kind != "NAME" or len(token.text) < 3:
            return None
        kinds = self._expected(before)
        words = {k for k in kinds if KEYWORD.fullmatch(k)}
        meant = FOREIGN_WORDS.get(token.text) or nearest(token.text, words, _ALIKE)
        after = self._automaton.feed(before, meant, token, number - 1, self.builder) if meant in words else None
        if meant is None or after is None or not self._fits(after, number):
            return None
        message = f"expected {expectation(kinds)}, found `{token.text}`"
        self._last_error = number
        self.report(_code(kinds), message, self._span(number - 1), f"did you mean `{meant}`?")
        self.tokens[number - 1] = token._replace(kind=meant)
        return after

    def _stray(self, kinds: frozenset[str], number: int) -> bool:
        """Leave out a `;` at the end of a declaration."""
        if self.tokens[number].kind != ";" or END not in kinds:
            return False
        self.report("ARC001", "unexpected `;`", self._span(number), "a declaration needs no `;` at its end")
        del self.tokens[number]
        return True

    def _missing(self, stack: Stack, kinds: frozenset[str], number: int) -> bool:
        """Put in the one word or sign that is missing before token `number`."""
        token = self.tokens[number]
        for kind in missing(kinds, token, self._is_first(number)):
            after = self._automaton.feed(stack, kind, token, number, self.builder)
            if after is not None and self._fits(after, number):
                before = "" if kind in GRID else (" before " if self._is_first(number) else ", found ") + found(token)
                self.report(_code({kind}), f"expected {expectation(frozenset([kind]))}{before}", self._place(number))
                self.tokens.insert(number, token._replace(kind=kind, text=kind, end=token.start))
                return True
        return False

    def _unexpected(self, kinds: frozenset[str], number: int) -> bool:
        token = self.tokens[number]
        if token.kind in FOREIGN:
            self.report("ARC009", f"`{token.text}` is not in the language", self._span(number), NO_SUCH.get(token.kind))
        elif END in kinds and token.kind == "NAME" and self._is_first(number):
            self.report("ARC007", f"expected a declaration, found `{token.text}`", self._span(number), DECLARATION_HELP)
        else:
            message = f"expected {expectation(kinds)}, found {found(token)}"
            self.report(_code(kinds), message, self._span(number), self._hint(number))
        return False

    def _unfinished(self, stack: Stack, begin: int, number: int) -> None:
        """Report that a declaration's text ends too early, before token `number`."""
        if number - self._last_error < _CASCADE:
            return
        kinds, before = self._expected(stack), found(self.tokens[number])
        opening = self._open_bracket(begin, number)
        if opening is None or not kinds & CLOSING:
            self.report(_code(kinds), f"expected {expectation(kinds)} before {before}", self._place(number))
        elif self.tokens[opening].end > self.tokens[opening].start:  # it was not put in by `_missing`
            note = Note(f"`{self.tokens[opening].text}` is here", self._span(opening))
            message = f"expected {expectation(kinds & CLOSING)} before {before}"
            self.report("ARC008", message, self._place(number), None, note)

    def _expected(self, stack: Stack) -> frozenset[str]:
        """Return what may come next; behind an expression that stands alone, the end is nothing to hope for."""
        kinds = self._automaton.expected(stack)
        return kinds if self._group == "declaration" else kinds - {END}

    def _hint(self, number: int) -> str | None:
        token, previous = self.tokens[number], self.tokens[max(0, number - 1)]
        if token.kind == "(" and previous.kind == "NAME":
            return f"in a call nothing stands between the name and the bracket: `{previous.text}(`"
        if token.kind in GRID:
            return "each line of a grid has a line of its own, from its first `|` to its last"
        return "only a name can have `'` or arguments" if token.kind in ("'", "_CALL") else None

    def _is_first(self, number: int) -> bool:
        """Return True iff token `number` is the first on its line."""
        return number == 0 or self.tokens[number - 1].end_line < self.tokens[number].line

    def _open_bracket(self, begin: int, number: int) -> int | None:
        """Return the innermost bracket that is open before token `number`."""
        unclosed: list[int] = []
        for n in range(begin, number):
            if self.tokens[n].kind in BRACKETS:
                unclosed.append(n)
            elif self.tokens[n].kind in CLOSING:
                del unclosed[-1:]
        return unclosed[-1] if unclosed else None

    def _span(self, number: int) -> Span:
        return self.tokens[number].span(self.path)

    def _place(self, number: int) -> Span:
        """Return the place of token `number`; where that begins a line, the end of what stands before."""
        token, previous = self.tokens[number], self.tokens[max(0, number - 1)]
        if number == 0 or (token.kind != END and not self._is_first(number)):
            return token.span(self.path)
        return Span(self.path, previous.end_line, previous.end_column, previous.end_line, previous.end_column + 1)


def _readings(token: Token) -> tuple[str, ...]:
    """Return the kinds that a token may be read as, in order."""
    if token.kind in SOFT or (token.kind in FORMULA_WORDS and token.text != "always"):
        return (token.kind, "NAME")
    return ("_CALL", "(") if token.kind == "_CALL" else (token.kind,)


def _code(kinds: Set[str]) -> str:
    return "ARC014" if GRID & kinds else "ARC001"
