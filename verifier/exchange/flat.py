"""From a model to the machine as other model checkers have it.

Each value of a rule's parameters, and of what its constraints leave open, is an action of its own; so is each initial
state for each value of the machine's parameters, which are variables that never change (constants, where only one
value is allowed).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.exchange.expressions import Block, Node
from verifier.exchange.machine import Action, Cell
from verifier.exchange.refusal import Unsayable
from verifier.exchange.shapes import Tree, block, constant, few, flat, numbers, tree_of
from verifier.exchange.writing_out import Locals, Writing
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import Value
from verifier.model.terms import Local, Var
from verifier.semantics.evaluate import Setting
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import check_lists, valuation_list
from verifier.semantics.relation import Update, update
from verifier.semantics.run import initial_states

MOST = 20_000
"""The most initial states and the most actions that are written out."""


@dataclass(frozen=True)
class Flattening:
    """What is known while a machine is flattened."""

    model: Model
    writing: Writing
    valuations: tuple[Mapping[str, Value], ...]
    blocks: tuple[Block, ...]
    block_of: Mapping[str, Block]

    @staticmethod
    def of(model: Model, prefix: str = "") -> Flattening:
        """Return what there is to know about a model's data; the names of its blocks begin with `prefix`, so that
        several machines may stand in one file. Raises Unsayable."""
        valuations = _valuations(model)
        fixed = len(valuations) == 1
        parameters = {} if fixed else {p.name: block(f"{prefix}p_{p.name}", p.sort) for p in model.parameters}
        variables = {v.name: block(f"{prefix}v_{v.name}", v.sort) for v in model.variables}
        of_parameters: dict[str, Tree] = {
            p.name: constant(p.sort, valuations[0][p.name]) if fixed else tree_of(parameters[p.name], p.sort)
            for p in model.parameters
        }
        of_variables = {v.name: tree_of(variables[v.name], v.sort) for v in model.variables}
        blocks = (*parameters.values(), *variables.values())
        return Flattening(model, Writing(model, of_variables, of_parameters), valuations, blocks, variables)

    def initial(self) -> tuple[tuple[int, ...], ...]:
        """Return the initial states for all values of the parameters."""
        found = dict.fromkeys(itertools.islice(self._initial(), MOST + 1))
        if len(found) > MOST:
            raise Unsayable(f"there are more than {MOST} initial states")
        if not found:
            raise Unsayable("there is no initial state")
        return tuple(found)

    def _initial(self) -> Iterator[tuple[int, ...]]:
        try:
            check_lists(Setting(self.model))
        except TooMany as error:
            raise Unsayable(str(error)) from error
        for parameters in self.valuations:
            kept = self.model.parameters if len(self.valuations) > 1 else ()
            rigid = [n for p in kept for n in numbers(p.sort, parameters[p.name])]
            for state in initial_states(Setting(self.model, parameters)):
                own = (n for v in self.model.variables for n in numbers(v.sort, state[v.name]))
                yield (*rigid, *own)

    def instances(self, rule: Rule) -> Iterator[tuple[Locals, Update, Node]]:
        """Yield, for each value of the rule's parameters and of what it leaves open, these values, the rule solved
        for the state after, and the condition under which it fires; not those that never can."""
        solved = update(self.model, rule)
        open_: tuple[Local, ...] = (*rule.parameters, *solved.choices)
        _check_count((few(x.sort) for x in open_), f"rule {rule.name}")
        for values in itertools.product(*(tuple(Setting(self.model).values(x.sort)) for x in open_)):
            locals_ = dict(zip(open_, values, strict=True))
            guard = self.writing.truth(solved.condition, locals_)
            if guard.constant != 0:
                yield locals_, solved, guard

    def action(self, rule: Rule, locals_: Locals, solved: Update, guard: Node) -> Action:
        """Return an instance of a rule as an action."""
        effects: list[tuple[Cell, Node]] = []
        for name in rule.changes:
            sort = self.model.variable[name].sort
            target = self.block_of[name]
            before = self.writing.tree(Var(sort, name), locals_)
            after = self.writing.tree(solved.after[name], locals_)
            for place, (old, new) in enumerate(zip(flat(before), flat(after), strict=True)):
                if old is not new:
                    effects.append((Cell(target, place), new))
        return Action(_label(rule, locals_), guard, tuple(effects))

    def actions(self) -> tuple[Action, ...]:
        """Return the instances of all rules. Raises Unsayable."""
        every = (self.action(r, *i) for r in self.model.rules for i in self.instances(r))
        found = tuple(itertools.islice(every, MOST + 1))
        if len(found) > MOST:
            raise Unsayable(f"the rules have more than {MOST} instances")
        return found


def _valuations(model: Model) -> tuple[Mapping[str, Value], ...]:
    try:
        valuations = tuple(valuation_list(model))
    except TooMany as error:
        raise Unsayable(str(error)) from error
    if not valuations:
        raise Unsayable("the assumptions allow no value of the parameters")
    return valuations


def _check_count(sizes: Iterable[int], what: str) -> None:
    count = 1
    for size in sizes:
        count *= size
    if count > MOST:
        raise Unsayable(f"{what} has more than {MOST} instances")


def _label(rule: Rule, locals_: Locals) -> str:
    shown = ", ".join(f"{x.name} = {show_value(v, x.sort)}" for x, v in locals_.items())
    return f"{rule.name}({shown})" if shown else rule.name
