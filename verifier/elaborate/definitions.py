"""Definitions: typed once, written out at each use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.diagnostics import Note, Span
from verifier.elaborate.sorts import resolve
from verifier.elaborate.symbols import DefinitionSymbol
from verifier.elaborate.typer import Context, Typer
from verifier.model.sorts import Sort
from verifier.model.terms import Local, Param, Term, subterms, variables

if TYPE_CHECKING:
    from verifier.elaborate.machine import Machine


@dataclass(frozen=True, slots=True)
class Template:
    """A definition's body over its own locals, and the variables and parameters it mentions."""

    locals: tuple[Local, ...]
    body: Term
    variables: frozenset[str]
    parameters: frozenset[str]


class Definitions:
    """The templates of a machine's definitions, each made at its first use."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._sorts: dict[str, tuple[Sort | None, ...]] = {}
        self._templates: dict[str, Template | None] = {}
        self._open: list[tuple[DefinitionSymbol, Span]] = []

    def sorts(self, symbol: DefinitionSymbol) -> tuple[Sort | None, ...]:
        """Return the sorts of the parameters."""
        if symbol.name not in self._sorts:
            sorts = tuple(resolve(self._machine, p.type) for p in symbol.declaration.parameters)
            self._sorts[symbol.name] = sorts
        return self._sorts[symbol.name]

    def template(self, symbol: DefinitionSymbol, use: Span) -> Template | None:
        """Return the template; None iff the definition is wrong, which has been reported. `use`: where it is used."""
        names = [s.name for s, _ in self._open]
        if symbol.name in names:
            self._cycle(names.index(symbol.name), symbol, use)
            return None
        if symbol.name not in self._templates:
            self._open.append((symbol, use))
            self._templates[symbol.name] = self._elaborated(symbol)
            self._open.pop()
        return self._templates[symbol.name]

    def _cycle(self, start: int, symbol: DefinitionSymbol, use: Span) -> None:
        """Report a definition that leads back to itself, with the way it takes."""
        steps = [*self._open[start:], (symbol, use)]
        way = " -> ".join(s.name for s, _ in steps)
        uses = [Note(f"{a.name} uses {b.name} here", span) for (a, _), (b, span) in pairwise(steps)]
        self._machine.problems.report("ARC029", f"definition {symbol.name} is recursive: {way}", _place(symbol), *uses)

    def _elaborated(self, symbol: DefinitionSymbol) -> Template | None:
        sorts = self.sorts(symbol)
        parameters = symbol.declaration.parameters
        typer = Typer(self._machine, Context(f"definition {symbol.name}"))
        known: list[Local] = []
        for parameter, sort in zip(parameters, sorts, strict=True):
            local = None if sort is None else Local(sort, f"{parameter.name.name}@{symbol.name}")
            known.extend([] if local is None else [local])
            typer = typer.binding(parameter.name, local)
        body = typer.term(symbol.declaration.body)
        if body is None or len(known) < len(sorts):
            return None
        body = self._machine.sized(body, f"definition {symbol.name}, written out,", symbol.declaration.body.span)
        return None if body is None else _template(tuple(known), body)


def _place(symbol: DefinitionSymbol) -> Span:
    return symbol.declaration.name.span


def _template(locals: tuple[Local, ...], body: Term) -> Template:
    parameters = frozenset(t.name for t in subterms(body) if isinstance(t, Param))
    return Template(locals, body, variables(body), parameters)
