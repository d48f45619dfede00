"""Typing in two directions: a term is built from an expression, and, where the place demands a type, made to fit it.

A result of None means: an error has been reported. Whoever gets one says nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verifier.diagnostics import Note, Span
from verifier.elaborate.folding import fit
from verifier.elaborate.problems import Problems
from verifier.elaborate.scope import Scope
from verifier.elaborate.symbols import LocalSymbol, Symbol
from verifier.model.sorts import BOOL, FlagsSort, IntSort, Sort
from verifier.model.terms import Const, Term
from verifier.syntax import tree

if TYPE_CHECKING:
    from verifier.elaborate.machine import Machine


@dataclass(frozen=True, slots=True)
class Want:
    """The type that a place demands. `subject` names what stands there, for messages ("right side of `==`");
    `reasons` are the places the demand comes from. `loose`: any int will do where an int is wanted."""

    sort: Sort
    subject: str
    reasons: tuple[Note, ...] = ()
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands: `place` for messages, and what it may mention.

    `primed` collects the variables whose value after the step is mentioned; None: none may be. `variables` and
    `parameters`: the only ones that may be mentioned; None: all. `individuals`: `T[n]` names individual n of
    an index, as evidence does; a spec may not, so that individuals stay interchangeable.
    """

    place: str
    locals: Mapping[str, LocalSymbol] = field(default_factory=dict)
    primed: set[str] | None = None
    variables: frozenset[str] | None = None
    parameters: frozenset[str] | None = None
    individuals: bool = False


Handler = Callable[["Typer", tree.Expr, Want | None], Term | None]


@dataclass(frozen=True, slots=True)
class Typer:
    """Builds terms in one context of one machine."""

    machine: Machine
    context: Context

    @property
    def problems(self) -> Problems:
        """Where errors go."""
        return self.machine.problems

    @property
    def scope(self) -> Scope:
        """The global names."""
        return self.machine.scope

    def term(self, node: tree.Expr, want: Want | None = None) -> Term | None:
        """Return the term of an expression, of the wanted sort if there is one."""
        found = self.machine.handlers[type(node)](self, node, want)
        return found if found is None or want is None else self.accept(found, want, node.span)

    def whole(self, node: tree.Expr, want: Want) -> Term | None:
        """Return the term of an expression that is not part of another; one that is too large is reported."""
        found = self.term(node, want)
        return None if found is None else self.machine.sized(found, want.subject, node.span)

    def boolean(self, node: tree.Expr, subject: str) -> Term | None:
        """Return the term of an expression that must be a truth value."""
        return self.term(node, Want(BOOL, subject))

    def accept(self, term: Term, want: Want, span: Span) -> Term | None:
        """Return `term` as a term of the wanted sort."""
        if isinstance(want.sort, IntSort) and isinstance(term.sort, IntSort):
            return term if want.loose else self._fitted(term, want.sort, want, span)
        if term.sort == want.sort:
            return term
        message = f"{want.subject} has type {shown(term.sort)}, expected {want.sort}"
        is_number = isinstance(term.sort, IntSort) and isinstance(want.sort, FlagsSort)
        hint = "a flags value is written {A, B}, or as a number with 0b or 0x" if is_number else None
        self.problems.report("ARC023", message, span, *want.reasons, help=hint)
        return None

    def _fitted(self, term: Term, sort: IntSort, want: Want, span: Span) -> Term | None:
        """An int that can never be in the range is an error now; one that may leave it is checked by Op.FIT."""
        assert isinstance(term.sort, IntSort)
        if term.sort.high < sort.low or sort.high < term.sort.low:
            value = f"is {term.value}" if isinstance(term, Const) else f"is always in {term.sort}"
            self.problems.report("ARC026", f"{want.subject} {value}, outside {sort}", span, *want.reasons)
            return None
        return fit(sort, term)

    def find(self, name: str) -> Symbol | None:
        """Return what a name stands for here, local names first; None iff it is not declared."""
        return self.context.locals.get(name) or self.scope.get(name)

    def unknown(self, name: tree.Name) -> None:
        """Report a name that is not declared."""
        self.scope.unknown(name.name, name.span, self.context.locals)

    def without_variables(self, place: str) -> Typer:
        """Return the typer of a place that may mention no variable."""
        return replace(self, context=replace(self.context, place=place, variables=frozenset()))

    def binding(self, name: tree.Name, term: Term | None) -> Typer:
        """Return the typer of the part of the text in which `name` stands for `term`; a name that hides another is
        reported. `_` hides nothing: it stands for a name that is not used."""
        hides = self.context.locals.get(name.name)
        free = name.name == "_" or self.scope.is_free(name.name, name.span, hides)
        symbol = LocalSymbol(name.name, name.span, term if free else None)
        return replace(self, context=replace(self.context, locals={**self.context.locals, name.name: symbol}))


def shown(sort: Sort) -> str:
    """Return a found sort as messages name it: the range of an int says nothing where no int is wanted."""
    return "int" if isinstance(sort, IntSort) else str(sort)


def because(message: str, span: Span | None) -> tuple[Note, ...]:
    """Return the note on the place a demand comes from, if it has one."""
    return () if span is None else (Note(message, span),)
