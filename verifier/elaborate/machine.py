"""What the parts of one elaboration share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from verifier.diagnostics import Span
from verifier.elaborate import literals, maps, names, operators
from verifier.elaborate.binders import Binders
from verifier.elaborate.definitions import Definitions
from verifier.elaborate.problems import Problems
from verifier.elaborate.scope import RESERVED, Scope
from verifier.elaborate.sizes import MAX_HEIGHT, MAX_SIZE, Sizes
from verifier.elaborate.typer import Handler
from verifier.model.terms import Term
from verifier.syntax import tree

# Each handler takes the kind of node it stands beside, which is narrower than what `Handler` says.
_HANDLERS = cast(
    Mapping[type[tree.Expr], Handler],
    {
        tree.Name: names.name,
        tree.Primed: names.primed,
        tree.Call: names.call,
        tree.Number: literals.number,
        tree.BoolLit: literals.truth,
        tree.Braces: literals.braces,
        tree.TypeSet: literals.type_set,
        tree.Unary: operators.unary,
        tree.Binary: operators.binary,
        tree.Junction: operators.junction,
        tree.If: operators.conditional,
        tree.Let: operators.let,
        tree.Index: maps.index,
        tree.With: maps.update,
        tree.Quantified: maps.quantified,
        tree.Temporal: operators.temporal,
    },
)


class Machine:
    """The state of one elaboration: errors, names, definitions, bound names."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.scope = Scope(self.problems)
        self.binders = Binders(RESERVED)
        self.definitions = Definitions(self)
        self.handlers = _HANDLERS
        self._sizes = Sizes()

    def sized(self, term: Term, subject: str, span: Span) -> Term | None:
        """Return `term` if it is not too large or deep once it is written out; otherwise report it."""
        size, height = self._sizes.of(term)
        if size <= MAX_SIZE and height <= MAX_HEIGHT:
            return term
        measure = f"has more than {MAX_SIZE} parts" if size > MAX_SIZE else f"is nested more than {MAX_HEIGHT} deep"
        self.problems.report("ARC030", f"{subject} {measure}", span)
        return None
