"""The names of a machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.diagnostics import Note, Span, nearest
from verifier.elaborate.problems import Problems, meant
from verifier.elaborate.symbols import SortSymbol, Symbol, described

RESERVED = {
    "start": "the control value before a path",
    "goal": "the control value after a path",
    "fit": "the check that an int is in a range",
    "_": "a bound name that is not used",
}

_WORDS = ("true", "false", "implies", "iff", "with", "in")
"""Keywords that, misspelt, are taken for names: nothing else is wrong where two constraints need no sign between."""


class Scope:
    """The global names: one namespace for types, values, bits, parameters, variables, functions, tables and
    definitions, in any order of declaration. Rules and tags, properties, and sources have their own."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._symbols: dict[str, Symbol] = {}
        self._unknown: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def get(self, name: str) -> Symbol | None:
        """Return the symbol, or None."""
        return self._symbols.get(name)

    def declare(self, symbol: Symbol) -> None:
        """Add a global name. Reports a name that is reserved or taken; the first declaration counts."""
        if self.is_free(symbol.name, symbol.span):
            self._symbols[symbol.name] = symbol

    def replace(self, symbol: Symbol) -> None:
        """Put a symbol in the place of the one that has its name."""
        self._symbols[symbol.name] = symbol

    def is_free(self, name: str, span: Span | None, local: Symbol | None = None) -> bool:
        """Return True iff the name may be declared here; otherwise report why not. `local`: a local name in the way."""
        first = local or self._symbols.get(name)
        if name in RESERVED and span is not None:
            self._problems.report("ARC046", f"{name} is reserved: {RESERVED[name]}", span)
            return False
        if first is None:
            return True
        if span is not None:
            notes = (Note("declared here", first.span),) if first.span else ()
            self._problems.report("ARC020", f"{name} is already {described(first)}", span, *notes)
        return False

    def unknown(self, name: str, span: Span, locals: Iterable[str] = ()) -> None:
        """Report a name that is not declared, once for each name."""
        types = self._types()
        near = nearest(name, {*self._symbols, *locals} - types) or nearest(name, types) or nearest(name, _WORDS, 0.7)
        ends = name in ("start", "goal")
        hint = f"{name} is known only in the conditions of path claims" if ends else meant(near)
        self._report_unknown("ARC021", name, f"{name} is not declared", span, hint)

    def unknown_type(self, name: str, span: Span) -> None:
        """Report a type that is not declared, once for each name."""
        hint = meant(nearest(name, {*self._types(), "bool"}))
        self._report_unknown("ARC022", name, f"type {name} is not declared", span, hint)

    def _types(self) -> set[str]:
        return {n for n, symbol in self._symbols.items() if isinstance(symbol, SortSymbol)}

    def _report_unknown(self, code: str, name: str, message: str, span: Span, hint: str | None) -> None:
        if name not in self._unknown:
            self._unknown.add(name)
            self._problems.report(code, message, span, help=hint)
