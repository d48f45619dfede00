"""Rules: guards, and constraints between a state and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from verifier.diagnostics import Note, Span
from verifier.elaborate.folding import equal
from verifier.elaborate.machine import Machine
from verifier.elaborate.membership import member_of
from verifier.elaborate.references import References
from verifier.elaborate.sorts import resolve
from verifier.elaborate.symbols import VariableSymbol, described
from verifier.elaborate.typer import Context, Typer, Want, because
from verifier.model.declarations import Rule
from verifier.model.sorts import BOOL
from verifier.model.terms import TRUE, Local, Term, Var
from verifier.syntax import tree


@dataclass
class Effects:
    """The constraints of one rule as they are collected: the terms, the variables whose value after the step is
    mentioned, and where each was given a value. `sound` is False iff an error was reported."""

    terms: list[Term] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)
    given: dict[str, Span] = field(default_factory=dict)
    sound: bool = True

    def add(self, term: Term | None) -> None:
        """Add a constraint; one that is always true says nothing."""
        self.sound = self.sound and term is not None
        if term is not None and term is not TRUE:
            self.terms.append(term)


def rule_parameters(machine: Machine, nodes: Sequence[tree.Parameter], place: str) -> tuple[Typer, list[Local | None]]:
    """Return a typer in which the parameters are known, and the locals they stand for."""
    typer = Typer(machine, Context(place))
    parameters: list[Local | None] = []
    for node in nodes:
        sort = resolve(machine, node.type)
        parameters.append(None if sort is None else Local(sort, node.name.name))
        typer = typer.binding(node.name, parameters[-1])
    return typer, parameters


def rule(machine: Machine, references: References, node: tree.RuleDecl) -> Rule | None:
    """Return the rule; None iff something in it is wrong."""
    name = node.name.name
    typer, parameters = rule_parameters(machine, node.parameters, f"guard of rule {name}")
    condition = guard(typer, node.guard, name)
    effects = Effects()
    constrain(typer, effects, node.constraints, name)
    known = tuple(p for p in parameters if p is not None)
    cites = references.cites(node.cites)
    if condition is None or not effects.sound or len(known) < len(parameters):
        return None
    return Rule(
        name, known, condition, tuple(effects.terms), changed(machine, effects), actor(node.actor),
        tuple(t.name for t in node.tags), node.doc, cites, node.name.span,
    )  # fmt: skip


def guard(typer: Typer, node: tree.Expr | None, name: str) -> Term | None:
    """Return the guard; TRUE where none was written."""
    return TRUE if node is None else typer.whole(node, Want(BOOL, f"guard of rule {name}"))


def actor(node: tree.Name | None) -> str | None:
    """Return who acts."""
    return None if node is None else node.name


def changed(machine: Machine, effects: Effects) -> tuple[str, ...]:
    """Return the changed variables in the order of their declaration."""
    return tuple(n for n in machine.scope if n in effects.changes)


def constrain(typer: Typer, effects: Effects, nodes: Sequence[tree.Constraint], name: str) -> None:
    """Add the constraints of rule `name` to `effects`. Every variable whose primed form occurs may change."""
    place = f"constraint of rule {name}"
    typer = replace(typer, context=replace(typer.context, place=place, primed=effects.changes))
    for node in nodes:
        match node:
            case tree.Assign():
                effects.add(_assign(typer, effects, node, name))
            case tree.Choose():
                effects.add(_choose(typer, effects, node, name))
            case _:
                effects.add(typer.whole(node, Want(BOOL, place)))


def _assign(typer: Typer, effects: Effects, node: tree.Assign, name: str) -> Term | None:
    target = _target(typer, effects, node.target, name)
    if target is None:
        return None
    value = typer.whole(node.value, _value_want(typer, target, name))
    return None if value is None else equal(target, value)


def _choose(typer: Typer, effects: Effects, node: tree.Choose, name: str) -> Term | None:
    target = _target(typer, effects, node.target, name)
    if target is None:
        return None
    want = _value_want(typer, target, name)
    found = member_of(typer, target, node.target, node.domain, want)
    return None if found is None else typer.machine.sized(found, want.subject, node.span)


def _value_want(typer: Typer, target: Var, name: str) -> Want:
    declared = typer.scope.get(target.name)
    reasons = because(f"{target.name} has type {target.sort}", declared.span if declared else None)
    return Want(target.sort, f"value of {target.name}' in rule {name}", reasons)


def _target(typer: Typer, effects: Effects, node: tree.Name, name: str) -> Var | None:
    """Return the variable after the step that a constraint gives a value to."""
    found = typer.find(node.name)
    if found is None:
        typer.unknown(node)
    elif isinstance(found, VariableSymbol):
        _give(typer, effects, node, name)
        effects.changes.add(found.name)
        return None if found.sort is None else Var(found.sort, found.name, 1)
    else:
        message = f"{node.name} is {described(found)}; only variables have a value after the step"
        typer.problems.report("ARC028", message, node.span, *because("declared here", found.span))
    return None


def _give(typer: Typer, effects: Effects, node: tree.Name, name: str) -> None:
    first = effects.given.setdefault(node.name, node.span)
    if first != node.span:
        message = f"rule {name} gives {node.name}' a value twice"
        typer.problems.report("ARC036", message, node.span, Note("it has one here", first))
        effects.sound = False
