"""A machine as diagrams: its initial states, and for each instance of a rule a relation over what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.engines.diagrams.arrangement import ORDERS, Order, arrangement
from verifier.engines.diagrams.compile import Compiler, flattened
from verifier.engines.diagrams.instances import Instance, instances_of
from verifier.engines.diagrams.layout import Layout, Leaf, Space
from verifier.engines.diagrams.library import manager
from verifier.engines.diagrams.relation import Relation
from verifier.engines.diagrams.words import Shape, Word
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import IntSort, Value
from verifier.model.terms import Local, Param, Term, Var, and_
from verifier.semantics.relation import Update, in_terms_of, update

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


@dataclass(frozen=True, eq=False)
class Event:
    """An instance as a relation between a state (and the open arguments) and the leaves that it may change.

    `guard` is over the bits before, the open arguments, and the bits after of what the rule leaves open; in
    `relation` all that changes has its value after. `env` has the shapes of the rule's parameters and choices.
    """

    instance: Instance
    guard: BDDFunction
    relation: Relation
    env: Mapping[Local, Shape]
    solved: Update

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.instance.rule.name


class Machine:
    """The diagrams of one model in a manager of at most `nodes` nodes. Raises TooLarge, and MemoryError anywhere."""

    def __init__(self, model: Model, nodes: int, order: Order = ORDERS[0]) -> None:
        self.model = model
        self.nodes = nodes
        self.order = order
        self.room = nodes // 2
        self.dropped = 0
        self.parameters = tuple(Param(p.sort, p.name) for p in model.parameters)
        self.variables = tuple(Var(v.sort, v.name) for v in model.variables)
        instances = [i for r in model.rules for i in instances_of(r)]
        self.arguments = tuple(dict.fromkeys(root for i in instances for root in i.open.values()))
        roots: tuple[Term, ...] = (*self.parameters, *self.variables, *self.arguments)
        self.space = Space(manager(nodes), Layout(roots, arrangement(model, roots, instances, order)))
        self.words = self.space.words
        self.compiler = Compiler(model, self.words, self.space.shape)
        self.rigid = self.space.is_state(self.parameters) & self.formula(and_(*model.assumptions))
        self.states = self.rigid & self.space.is_state(self.variables)
        self.init = self.states & self.formula(and_(*model.init))
        self.events = [e for i in instances if (e := self._event(i)).guard.satisfiable()]

    def tidy(self) -> None:
        """Drop the nodes that nothing needs any more, where few are left for new ones."""
        manager = self.space.manager
        if (known := manager.approx_num_inner_nodes()) > self.room:
            manager.gc()
            self.dropped += known - manager.num_inner_nodes()
            self.room = (manager.num_inner_nodes() + self.nodes) // 2

    @property
    def made(self) -> int:
        """How many nodes were made so far, with those that were dropped: the effort, on every machine the same."""
        return self.dropped + self.space.manager.approx_num_inner_nodes()

    @property
    def size(self) -> int:
        """How many nodes the relations have."""
        return sum(r.function.node_count() for r in self.relations)

    def formula(self, term: Term, env: Mapping[Local, Shape] | None = None) -> BDDFunction:
        """Return the states, or parameters, for which a boolean term over level 0 holds."""
        return self.compiler.formula(term, env)

    def _event(self, instance: Instance) -> Event:
        solved = update(self.model, instance.rule)
        env = {p: self.compiler.constant(p.sort, v) for p, v in instance.values.items()}
        env |= {p: self.space.shape(root) for p, root in instance.open.items()}
        chosen = [self._root(n) for n, t in solved.after.items() if t in solved.choices]
        env |= {c: self.space.shape(root, True) for c, root in zip(solved.choices, chosen, strict=True)}
        within = (self.space.is_state(tuple(instance.open.values())), self.space.is_state(chosen, True))
        guard = self.words.all((*within, self.formula(solved.condition, env)))
        codes: dict[Leaf, Word] = {}
        if guard.satisfiable():
            for name in instance.rule.changes:
                words = flattened(self.compiler.compile(solved.after[name], env))
                for leaf, word in zip(self.space.layout.parts[self._root(name)], words, strict=True):
                    if word != self.space.word(leaf):
                        codes[leaf], fits = self._code(leaf, word)
                        guard = guard & fits
        return Event(instance, guard, self._relation(guard, codes), env, solved)

    def _root(self, name: str) -> Var:
        return Var(self.model.variable[name].sort, name)

    def _code(self, leaf: Leaf, word: Word) -> tuple[Word, BDDFunction]:
        """Return the code that a leaf gets, and whether the value is one of its sort: the rule only fires if it is."""
        if not isinstance(leaf.sort, IntSort):
            return word, self.words.true
        code = self.words.subtract(word, self.words.number(leaf.sort.low))
        fits = ~code[-1] & ~self.words.below(self.words.number(leaf.sort.high - leaf.sort.low), code)
        return Word(self.words.widened(code, len(self.space.code(leaf)))[: len(self.space.code(leaf))]), fits

    def _relation(self, guard: BDDFunction, codes: Mapping[Leaf, Word]) -> Relation:
        layout = self.space.layout
        found = [
            (level, bit.equiv(value))
            for leaf, code in codes.items()
            for level, bit, value in zip(layout.after[leaf], self.space.code(leaf, True), code, strict=True)
        ]
        together = self.words.all(e for _, e in sorted(found, key=lambda pair: pair[0]))
        return Relation(self.space, guard & together, tuple(codes))

    # All steps

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The steps, arguments quantified away: one relation for all events that change the same leaves, those that
        lie deepest in the diagram first."""
        return self.joined(self.events)

    def joined(self, events: Iterable[Event]) -> tuple[Relation, ...]:
        """Return the steps of some events, see `relations`."""
        found: dict[frozenset[Leaf], list[BDDFunction]] = {}
        for event in events:
            found.setdefault(frozenset(event.relation.changed), []).append(self.closed(event.relation.function))
        places = {leaf: i for i, leaf in enumerate(self.space.layout.order)}
        made = [
            Relation(self.space, self.words.any(functions), tuple(sorted(changed, key=places.__getitem__)))
            for changed, functions in found.items()
        ]
        return tuple(sorted(made, key=lambda r: -min((places[leaf] for leaf in r.changed), default=len(places))))

    def closed(self, function: BDDFunction) -> BDDFunction:
        """Return the function with the open arguments quantified away."""
        if not self.arguments:
            return function
        return function.exists(self._argument_cube)

    @cached_property
    def _argument_cube(self) -> BDDFunction:
        parts = self.space.layout.parts
        return self.space.cube([i for a in self.arguments for p in parts[a] for i in self.space.layout.before[p]])

    @cached_property
    def variable_cube(self) -> BDDFunction:
        """All bits of the variables before a step."""
        parts = self.space.layout.parts
        return self.space.cube([i for v in self.variables for p in parts[v] for i in self.space.layout.before[p]])

    def before(self, states: BDDFunction) -> BDDFunction:
        """Return the states from which some step leads into `states` (EX)."""
        return self.words.any(r.before(states) for r in self.relations)

    def after(self, states: BDDFunction) -> BDDFunction:
        """Return the states into which some step leads from `states`."""
        return self.words.any(r.after(states) for r in self.relations)

    def steps_of(self, rule: str) -> Iterator[Event]:
        """Yield the events of a rule."""
        return (e for e in self.events if e.rule == rule)

    def able(self, rule: str) -> BDDFunction:
        """Return the states in which a rule can fire."""
        found = (self.closed(e.relation.start) for e in self.steps_of(rule))
        return self.words.any(found) & self.states

    @cached_property
    def live(self) -> BDDFunction:
        """The states in which some rule can fire."""
        return self.words.any(r.start for r in self.relations) & self.states

    def into(self, event: Event, where: Term) -> BDDFunction:
        """Return where an event can happen, to a state such that `where` (levels 0 and 1, arguments) holds: over the
        bits that its guard is over."""
        return event.guard & self.formula(in_terms_of(event.solved.after, where), event.env)

    # States

    def count(self, states: BDDFunction) -> int:
        """Return how many states there are, each value of the parameters counted by itself."""
        bits = sum(len(self.space.layout.before[p]) for r in (*self.parameters, *self.variables)
                   for p in self.space.layout.parts[r])  # fmt: skip
        every = self.space.layout.count
        return int(states.sat_count(every)) >> (every - bits)

    def some(self, states: BDDFunction) -> tuple[BDDFunction, Mapping[str, Value], State]:
        """Return one of the states: as a function, and its values of the parameters and of the variables."""
        cube = states.pick_cube()
        assert cube is not None
        parameters = {p.name: self.space.decoded(p, cube) for p in self.parameters}
        state = {v.name: self.space.decoded(v, cube) for v in self.variables}
        return self.point(parameters, state), parameters, state

    def listed(self, states: BDDFunction) -> Iterator[tuple[Mapping[str, Value], State]]:
        """Yield the states one by one: their values of the parameters and of the variables."""
        for found in self.space.listed(states, (*self.parameters, *self.variables)):
            yield {p.name: found[p] for p in self.parameters}, {v.name: found[v] for v in self.variables}

    def point(self, parameters: Mapping[str, Value], state: State) -> BDDFunction:
        """Return the function that is true of one state only."""
        return self.words.all(
            (*(self.space.point(p, parameters[p.name]) for p in self.parameters),
             *(self.space.point(v, state[v.name]) for v in self.variables))
        )  # fmt: skip

    def fixed(self, parameters: Mapping[str, Value]) -> BDDFunction:
        """Return whether the parameters have these values."""
        return self.words.all(self.space.point(p, parameters[p.name]) for p in self.parameters)

    def same_arguments(self, event: Event, arguments: Mapping[str, Value]) -> BDDFunction:
        """Return whether the open arguments of an event have these values."""
        given = event.instance.open.items()
        return self.words.all(self.space.point(root, arguments[p.name]) for p, root in given)

    def ends_in(self, event: Event, state: State) -> BDDFunction:
        """Return whether what an event changes has its value in `state` after."""
        changed = frozenset(event.relation.changed)
        return self.words.all(self.space.point(v, state[v.name], changed) for v in self.variables)

    def arguments_in(self, event: Event, cube: Sequence[bool | None]) -> dict[str, Value]:
        """Return the arguments of an event in an assignment of the bits."""
        found = {p.name: v for p, v in event.instance.values.items()}
        found |= {p.name: self.space.decoded(root, cube) for p, root in event.instance.open.items()}
        return {p.name: found[p.name] for p in event.instance.rule.parameters}

    def state_after(self, event: Event, cube: Sequence[bool | None]) -> State:
        """Return the state after an event in an assignment of the bits before and after."""
        changed = frozenset(event.relation.changed)
        return {v.name: self.space.decoded(v, cube, changed) for v in self.variables}
