"""From the tree of a spec to its model."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from verifier.diagnostics import Note, Source
from verifier.elaborate.arcs import arc
from verifier.elaborate.claims import Claimant
from verifier.elaborate.control import ControlChoice, control
from verifier.elaborate.data import assumption, function, parameter, variable
from verifier.elaborate.declarations import declare, named_sorts
from verifier.elaborate.machine import Machine
from verifier.elaborate.properties import property_
from verifier.elaborate.references import References, references
from verifier.elaborate.renames import renames
from verifier.elaborate.rules import rule
from verifier.elaborate.symbols import DefinitionSymbol
from verifier.elaborate.tables import filled, table
from verifier.model.claims import Property
from verifier.model.declarations import Rule, Table
from verifier.model.model import Model
from verifier.model.terms import TRUE
from verifier.syntax import tree

_T = TypeVar("_T")
_FRAMES = 10_000


def elaborate(spec: tree.Spec, source: Source) -> Model:
    """Return the model of a spec. `source` is the text it was parsed from.

    Raises SpecError with every error of the phase: names, types, well-formedness. An error is reported once;
    what follows from it is not.
    """
    with deep_recursion():
        machine = Machine()
        declare(machine, spec)
        machine.binders.avoid((*machine.scope, *_rule_parameters(spec)))
        model = _model(machine, spec, source)
        machine.problems.check(source)
        return model


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow deep recursion for a while. Expressions and definitions together nest deeper than Python's default
    limit of 1,000 frames allows; `sizes.MAX_HEIGHT` and the parser's limits keep the depth bounded."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _rule_parameters(spec: tree.Spec) -> Iterator[str]:
    """No binder gets the name of a rule's parameter, or of anything global."""
    for node in spec.declarations:
        if isinstance(node, tree.RuleDecl | tree.ArcDecl):
            yield from (p.name.name for p in node.parameters)


def _of(spec: tree.Spec, kind: type[_T]) -> list[_T]:
    return [d for d in spec.declarations if isinstance(d, kind)]


def _known(found: Sequence[_T | None]) -> tuple[_T, ...]:
    return tuple(f for f in found if f is not None)


def _model(machine: Machine, spec: tree.Spec, source: Source) -> Model:
    """Elaborate part by part. What has an error is left out: the model is returned only if nothing has."""
    tables = _tables(machine, spec)
    _definitions(machine)
    refers, choice = references(machine, spec), control(machine, spec)
    parameters = _known([parameter(machine, d) for d in _of(spec, tree.ParamDecl)])
    facts = (*(p.where for p in parameters), *_known([assumption(machine, d) for d in _of(spec, tree.AssumeDecl)]))
    variables = _known([variable(machine, d) for d in _of(spec, tree.VarDecl)])
    names = tuple(v.name for v, _ in variables)
    return Model(
        name=spec.name.name,
        doc=spec.doc,
        source=source,
        sorts=named_sorts(machine),
        parameters=parameters,
        assumptions=tuple(f for f in facts if f is not TRUE),
        variables=tuple(v for v, _ in variables),
        functions=_known([function(machine, d) for d in _of(spec, tree.FunDecl)]),
        tables=tables,
        init=tuple(i for _, i in variables if i is not TRUE),
        rules=_rules(machine, spec, refers, choice),
        properties=_properties(machine, spec, source, refers, choice, names),
        control=choice.control,
        renames=renames(machine.problems, spec),
    )


def _tables(machine: Machine, spec: tree.Spec) -> tuple[Table, ...]:
    tables = _known([table(machine, d) for d in _of(spec, tree.TableDecl)])
    for found in tables:
        filled(machine, found)
    return tables


def _definitions(machine: Machine) -> None:
    """Elaborate every definition, used or not."""
    for symbol in map(machine.scope.get, list(machine.scope)):
        if isinstance(symbol, DefinitionSymbol):
            machine.definitions.template(symbol, symbol.declaration.name.span)


def _rules(machine: Machine, spec: tree.Spec, refers: References, choice: ControlChoice) -> tuple[Rule, ...]:
    rules: list[Rule | None] = []
    for node in spec.declarations:
        if isinstance(node, tree.RuleDecl):
            rules.append(rule(machine, refers, node))
        elif isinstance(node, tree.ArcDecl):
            rules.extend(arc(machine, refers, choice, node))
    return _known(rules)


def _properties(
    machine: Machine, spec: tree.Spec, source: Source, refers: References, choice: ControlChoice, names: tuple[str, ...]
) -> tuple[Property, ...]:
    first: dict[str, tree.PropertyDecl] = {}
    for node in _of(spec, tree.PropertyDecl):
        known = first.setdefault(node.name.name, node)
        if known is not node:
            note = Note("declared here", known.name.span)
            message = f"{node.name.name} is already a property"
            machine.problems.report("ARC020", message, node.name.span, note)
    nodes = _of(spec, tree.PropertyDecl)
    claimants = [Claimant(machine, refers, choice, names, n.name.name) for n in nodes]
    return _known([property_(c, source, n) for c, n in zip(claimants, nodes, strict=True)])
