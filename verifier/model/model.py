"""The model of one machine: the elaborator's result, immutable, the input of everything after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from verifier.diagnostics import Source
from verifier.model.claims import Property
from verifier.model.declarations import Control, Function, Parameter, Rename, Rule, Table, Variable
from verifier.model.sorts import Sort, Value
from verifier.model.terms import TRUE, Const, Param, Term, and_, at_level, conjuncts, eq, variables


@dataclass(frozen=True, eq=False)
class Model:
    """One machine. A model is equal to itself only.

    `sorts`: the named sorts (enum, flags, index, opaque) by name. `assumptions`: facts about the parameters,
    the parameters' own `where`s among them. `init`: constraints on the initial state, over level 0.
    `renames`: what had another name before, in the order of the text; nothing follows from them here.
    """

    name: str
    doc: str | None
    source: Source
    sorts: Mapping[str, Sort]
    parameters: tuple[Parameter, ...]
    assumptions: tuple[Term, ...]
    variables: tuple[Variable, ...]
    functions: tuple[Function, ...]
    tables: tuple[Table, ...]
    init: tuple[Term, ...]
    rules: tuple[Rule, ...]
    properties: tuple[Property, ...]
    control: Control | None
    renames: tuple[Rename, ...] = ()

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {r.name: r for r in self.rules}

    @cached_property
    def variable(self) -> Mapping[str, Variable]:
        """The variables by name."""
        return {v.name: v for v in self.variables}

    @cached_property
    def function(self) -> Mapping[str, Function]:
        """The uninterpreted functions by name."""
        return {f.name: f for f in self.functions}

    @cached_property
    def table(self) -> Mapping[str, Table]:
        """The tables by name."""
        return {t.name: t for t in self.tables}

    @cached_property
    def cells(self) -> Mapping[str, Mapping[tuple[Value, ...], Value]]:
        """The tables' entries by table name and arguments."""
        return {t.name: dict(t.entries) for t in self.tables}

    @cached_property
    def initial(self) -> Term:
        """The initial states and the assumptions, as one term over level 0."""
        return and_(*self.assumptions, *self.init)

    def fixed(self, values: Mapping[str, object]) -> Model:
        """Return the model with parameters fixed to values (checked by the caller to be of their sorts)."""
        facts = tuple(
            eq(Param(p.sort, p.name), Const(p.sort, values[p.name])) for p in self.parameters if p.name in values
        )
        return replace(self, assumptions=(*self.assumptions, *facts))


@lru_cache(maxsize=64)
def restricted(model: Model, condition: Term) -> Model:
    """Return the model whose runs are the runs of `model` all of whose states satisfy `condition` (level 0).

    What the condition says of the parameters alone becomes an assumption about them. The same arguments give the
    same model, so what is found out about it serves all properties with one `assuming`.
    """
    parts = conjuncts(condition)
    rigid = tuple(p for p in parts if not variables(p))
    rest = and_(*(p for p in parts if variables(p)))
    model = replace(model, assumptions=(*model.assumptions, *rigid)) if rigid != (TRUE,) else model
    if rest is TRUE:
        return model
    after = at_level(rest, 1)
    rules = tuple(replace(r, guard=and_(r.guard, rest), constraints=(*r.constraints, after)) for r in model.rules)
    return replace(model, init=(*model.init, rest), rules=rules)
