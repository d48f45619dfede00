"""What a name in a spec stands for.

A sort or a term that is None was declared with an error that has been reported; whoever meets it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.model.sorts import FlagsSort, Sort, Value
from verifier.model.terms import Const, Term
from verifier.syntax import tree


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name and where it was declared; None: the name was not read from a text."""

    name: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class SortSymbol(Symbol):
    """A named type."""

    sort: Sort | None


@dataclass(frozen=True, slots=True)
class ValueSymbol(Symbol):
    """A value of an enum, or a named value of a flags type."""

    term: Const


@dataclass(frozen=True, slots=True)
class BitSymbol(Symbol):
    """A bit of a flags type; `mask` is its weight."""

    sort: FlagsSort
    mask: int


@dataclass(frozen=True, slots=True)
class VariableSymbol(Symbol):
    """A state variable."""

    sort: Sort | None


@dataclass(frozen=True, slots=True)
class ParameterSymbol(Symbol):
    """A rigid parameter of the machine."""

    sort: Sort | None


@dataclass(frozen=True, slots=True)
class FunctionSymbol(Symbol):
    """An uninterpreted function."""

    arguments: tuple[Sort | None, ...]
    result: Sort | None


@dataclass(frozen=True, slots=True)
class TableSymbol(Symbol):
    """A table. `entries` is filled while the machine is elaborated; empty iff the grid has an error."""

    arguments: tuple[Sort | None, ...]
    result: Sort | None
    entries: Mapping[tuple[Value, ...], Value]


@dataclass(frozen=True, slots=True)
class DefinitionSymbol(Symbol):
    """A definition."""

    declaration: tree.DefDecl


@dataclass(frozen=True, slots=True)
class LocalSymbol(Symbol):
    """A parameter of a rule or definition, a bound variable, a `let`, `start` or `goal`: the term it stands for."""

    term: Term | None


def described(symbol: Symbol) -> str:
    """Return what kind of thing the name stands for, with an article: "a variable", "a bit of DeviceState"."""
    match symbol:
        case ValueSymbol():
            return f"a value of {symbol.term.sort}"
        case BitSymbol():
            return f"a bit of {symbol.sort}"
        case _:
            return _KINDS[type(symbol)]


_KINDS: Mapping[type[Symbol], str] = {
    SortSymbol: "a type",
    VariableSymbol: "a variable",
    ParameterSymbol: "a parameter",
    FunctionSymbol: "a function",
    TableSymbol: "a table",
    DefinitionSymbol: "a definition",
    LocalSymbol: "a local name",
}
