"""Arcs: rules between values of the control variable, and their failures."""

from __future__ import annotations

from dataclasses import replace

from verifier.elaborate.control import ControlChoice
from verifier.elaborate.folding import equal
from verifier.elaborate.literals import bit_of
from verifier.elaborate.machine import Machine
from verifier.elaborate.names import definition
from verifier.elaborate.references import References
from verifier.elaborate.rules import Effects, actor, changed, constrain, guard, rule_parameters
from verifier.elaborate.symbols import DefinitionSymbol
from verifier.elaborate.typer import Typer, Want, because
from verifier.model.declarations import Control, Rule
from verifier.model.sorts import BOOL, FlagsSort
from verifier.model.terms import TRUE, Term, Var, and_, or_
from verifier.syntax import tree


def arc(machine: Machine, references: References, choice: ControlChoice, node: tree.ArcDecl) -> list[Rule | None]:
    """Return the rule of an arc and, if it can fail, the rule `NAME.fails`; None for one with an error."""
    name = node.name.name
    typer, parameters = rule_parameters(machine, node.parameters, f"guard of rule {name}")
    when = guard(typer, node.guard, name)
    control = choice.demanded(node.name.span, f"arc {name}")
    cites = references.cites(node.cites)
    if control is None:
        return [None]
    origin = _end(typer, control, node.origin, 0)
    known = tuple(p for p in parameters if p is not None)
    common = None
    if when is not None and origin is not None and len(known) == len(parameters):
        tags = tuple(t.name for t in node.tags)
        condition = and_(origin, when)
        common = Rule(name, known, condition, (), (), actor(node.actor), tags, node.doc, cites, node.name.span)
    rules = [_ending(typer, common, name, _effects(typer, control, node.target, node.constraints, name))]
    if node.fails is not None:
        rules.append(_failure(typer, common, control, node.name.name, node.fails))
    return rules


def _failure(typer: Typer, common: Rule | None, control: Control, name: str, node: tree.Fails) -> Rule | None:
    """The same guard, parameters, actor, citations and tags, with an end and a doc of its own."""
    failed = f"{name}.fails"
    effects = _effects(typer, control, node.target, node.constraints, failed)
    rule = _ending(typer, common, failed, effects)
    return None if rule is None else replace(rule, doc=node.doc, span=node.target.span, fails=name)


def _ending(typer: Typer, common: Rule | None, name: str, effects: Effects) -> Rule | None:
    if common is None or not effects.sound:
        return None
    changes = changed(typer.machine, effects)
    return replace(common, name=name, constraints=tuple(effects.terms), changes=changes)


def _effects(
    typer: Typer, control: Control, end: tree.Endpoint, block: tuple[tree.Constraint, ...], name: str
) -> Effects:
    """The end constrains the control variable, which keeps its value where the end is `stay` alone."""
    effects = Effects()
    only_stays = end.stay and end.place is None
    if not only_stays:
        effects.changes.add(control.name)
        effects.add(_end(typer, control, end, 1))
    if not end.any:
        effects.given[control.name] = end.span
    constrain(typer, effects, block, name)
    return effects


def _end(typer: Typer, control: Control, end: tree.Endpoint, level: int) -> Term | None:
    """Return that the control value before (level 0) or after the step is at this end of an arc."""
    at = Var(control.sort, control.name, level)
    if end.any:
        return TRUE
    stays = [equal(at, Var(control.sort, control.name))] if end.stay else []
    if end.place is None:
        return or_(*stays)
    place = _place(typer, control, end.place, at)
    return None if place is None else or_(place, *stays)


def _place(typer: Typer, control: Control, node: tree.Expr, at: Var) -> Term | None:
    found = typer.find(node.name) if isinstance(node, tree.Name) else None
    if isinstance(found, DefinitionSymbol) and found.declaration.parameters:
        return _defined(typer, control, found, node, at)
    if isinstance(node, tree.Braces) and not _is_one_value(typer, control, node):
        if not node.items:
            typer.problems.report("ARC038", f"{{}} names no value of {control.sort}", node.span)
            return None
        values = [_value(typer, control, item, at) for item in node.items]
        known = [v for v in values if v is not None]
        return or_(*known) if len(known) == len(values) else None
    return _value(typer, control, node, at)


def _is_one_value(typer: Typer, control: Control, node: tree.Braces) -> bool:
    """Braces are one flags value iff the control variable has a flags type and bits stand in them."""
    return isinstance(control.sort, FlagsSort) and all(bit_of(typer, i) for i in node.items)


def _value(typer: Typer, control: Control, node: tree.Expr, at: Var) -> Term | None:
    declared = typer.scope.get(control.name)
    reasons = because(f"{control.name} has type {control.sort}", declared.span if declared else None)
    value = typer.term(node, Want(control.sort, "end of the arc", reasons))
    return None if value is None else equal(at, value)


def _defined(typer: Typer, control: Control, found: DefinitionSymbol, node: tree.Expr, at: Var) -> Term | None:
    sorts = typer.machine.definitions.sorts(found)
    if None in sorts:
        return None
    if sorts != (control.sort,):
        takes = ", ".join(map(str, sorts))
        message = f"{found.name} takes ({takes}); at the end of an arc it must take one {control.sort}"
        typer.problems.report("ARC038", message, node.span, *because("declared here", found.span))
        return None
    holds = definition(typer, found, (at,), node.span)
    return None if holds is None else typer.accept(holds, Want(BOOL, f"{found.name}, at the end of an arc,"), node.span)
