"""A finite machine as a circuit: the bits of a state, those of its successor as functions of them and of inputs.

The inputs are the number of the rule that fires, its arguments, and what it leaves open. Rules share the bits of
arguments of one name and sort: only one rule fires.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence

from verifier.encode.bits import BitEncoder, Bits, Number, Symbolic, is_finite_model, places
from verifier.encode.bits_circuit import FALSE, TRUE, Circuit
from verifier.encode.listing import TooLarge, listed
from verifier.evidence.evidence import Fork, Step, Trace
from verifier.evidence.interpretation import State
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BoolSort, EnumSort, IntSort, MapSort, SetSort, Sort, Value
from verifier.model.terms import App, Op, Param, Term, Var, subterms, variables
from verifier.semantics.claims import Case
from verifier.semantics.relation import in_terms_of, update

Truth = Callable[[int], bool]
"""Whether a literal is true."""

Write = tuple[int, list[int]]
"""A literal, and the bits that are written where it is true."""


class _Steps:
    """What is the same whatever is bad: the circuit of a machine's steps."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.circuit = Circuit()
        self.encoder = BitEncoder(model, self.circuit)
        self.roots: list[Term] = [Var(v.sort, v.name) for v in model.variables]
        self.parameters: list[Term] = [Param(p.sort, p.name) for p in model.parameters]
        self.bits = [b for t in (*self.roots, *self.parameters) for b in places(self.encoder(t)) if b != FALSE]
        for assumption in model.assumptions:
            self.circuit.require(self.encoder.boolean(assumption))
        self.initial = self.circuit.all([self.encoder.boolean(t) for t in model.init])
        size = max(1, (len(model.rules) - 1).bit_length())
        self.code = [self.circuit.input() for _ in range(size)]
        self.chosen = [self._chosen(i) for i in range(len(model.rules))]
        self.fires = {r.name: self._fires(c, r) for c, r in zip(self.chosen, model.rules, strict=True)}
        self.valid = self.circuit.any(self.fires.values())
        after = self._after()
        self.after = after | {-b: -new for b, new in after.items()}

    def _chosen(self, number: int) -> int:
        return self.circuit.all(b if number >> i & 1 else -b for i, b in enumerate(self.code))

    def _fires(self, chosen: int, rule: Rule) -> int:
        """Return the literal that says that this rule is chosen, and leads somewhere."""
        solved = update(self.model, rule)
        inside = [self._inside(name, term) for name, term in solved.after.items() if _may_leave(term)]
        return self.circuit.all((chosen, self.encoder.boolean(solved.condition), *inside))

    def _inside(self, name: str, term: Term) -> int:
        return self.encoder.inside(self.model.variable[name].sort, self.encoder(term))

    def _after(self) -> dict[int, int]:
        after = {b: b for b in self.bits}
        for root in self.roots:
            new = (bit for part, writes in self._written(root) for bit in self._next(part, writes))
            after |= dict(zip(places(self.encoder(root)), new, strict=True))
        return {b: new for b, new in after.items() if b != FALSE}

    def _next(self, now: list[int], writes: list[Write]) -> list[int]:
        """Return bits after the step: those that are written, at most once, or else what they are now."""
        if len(writes) == 1:
            ((when, value),) = writes
            return [self.circuit.choose(when, v, old) for v, old in zip(value, now, strict=True)]
        kept = self.circuit.all(-when for when, _ in writes)
        return self._either([*writes, (kept, now)])

    def _either(self, writes: list[Write]) -> list[int]:
        """Return the bits of the one that is written."""
        return [self.circuit.any(map(self.circuit.all, each)) for each in _by_bit(writes)]

    def _written(self, root: Term) -> Iterator[tuple[list[int], list[Write]]]:
        """Yield the bits of each part of a variable (a map's value for each key), and what may be written there. What
        rules write for the same key, of which there may be one at a time, is written once."""
        assert isinstance(root, Var)
        whole, puts = list[Write](), dict[Term, list[Write]]()
        now = self.encoder(root)
        parts = list(now) if isinstance(root.sort, MapSort) and isinstance(now, tuple) else [now]
        for chosen, rule in zip(self.chosen, self.model.rules, strict=True):
            solved = update(self.model, rule)
            term = solved.after[root.name]
            if isinstance(term, App) and term.op is Op.PUT and term.args[0] is root:
                value = _fitted(self.encoder(term.args[2]), parts[0])
                puts.setdefault(term.args[1], []).append((chosen, value))
            elif not solved.keeps(root.name):
                whole.append((chosen, _fitted(self.encoder(term), now)))
        united = [(key, self.circuit.any(c for c, _ in group), self._either(group)) for key, group in puts.items()]
        end = 0
        for i, part in enumerate(parts):
            start, end = end, end + len(places(part))
            writes = [(self.circuit.all((some, self._is_key(root.sort, key, i))), value) for key, some, value in united]
            if whole:
                every = self.circuit.any(c for c, _ in whole)
                writes.append((every, self._either([(c, bits[start:end]) for c, bits in whole])))
            yield places(part), writes

    def _is_key(self, sort: Sort, key: Term, number: int) -> int:
        """Return the literal that says that a key is that of this number."""
        assert isinstance(sort, MapSort)
        return self.encoder.same(self.encoder(key), self.encoder.constant(sort.key, listed(sort.key)[number]))


_steps = functools.lru_cache(maxsize=4)(_Steps)


class BitMachine:
    """`bits`: the inputs that make up a state and the parameters. `after[x]`: what a literal of them is after the step.
    `valid`: the rule chosen fires. `initial`: the state is initial. `bad_first`, `bad`, `bad_step`: the state is a
    violation as an initial one, as any one, or the step is one. The steps of a model are encoded once."""

    def __init__(self, model: Model, cases: Iterable[Case]) -> None:
        if (why_not := is_finite_model(model)) is not None:
            raise TooLarge(why_not)
        steps = _steps(model)
        self.model, self.roots, self.parameters = model, steps.roots, steps.parameters
        self.bits, self.code, self.initial, self.fires = steps.bits, steps.code, steps.initial, steps.fires
        self.valid, self.after = steps.valid, steps.after
        self.circuit = steps.circuit.copy()
        self.encoder = steps.encoder.copy(self.circuit)
        self.compares = self._encode_cases(tuple(cases))
        leaves = (b for t, s in self.encoder.symbols.items() if t not in self._state for b in places(s) if b != FALSE)
        self.inputs = [*self.code, *leaves]

    @property
    def _state(self) -> frozenset[Term]:
        return frozenset((*self.roots, *self.parameters))

    def _encode_cases(self, cases: tuple[Case, ...]) -> bool:
        """Encode what is bad; return whether a bad step is one of two with different ends (levels 1 and 2)."""

        def states(initially: bool) -> Iterator[int]:
            yield from (
                self.encoder.boolean(c.condition) for c in cases if c.rule is None and (initially or not c.initially)
            )

        self.bad_first, self.bad = self.circuit.any(states(True)), self.circuit.any(states(False))
        self.bad_step = self.circuit.any(self._bad_step(c.rule, c.condition) for c in cases if c.rule is not None)
        return any(variables(c.condition, 2) for c in cases)

    def _bad_step(self, rule: Rule, condition: Term) -> int:
        solved = update(self.model, rule)
        said = self.encoder.boolean(in_terms_of(solved.after, condition))
        return self.circuit.all((self.fires[rule.name], said))

    def followed(self, found: list[int]) -> list[int]:
        """Return a solution with the bits of the state replaced by those after the step."""
        after = list(found)
        for bit in self.bits:
            new = self.after[bit]
            after[bit - 1] = bit if (found[abs(new) - 1] > 0) is (new > 0) else -bit
        return after

    def initial_cube(self) -> frozenset[int] | None:
        """Return literals that hold of exactly the initial states, whatever the parameters are: one for each bit of
        each variable. None where there are no such literals."""
        literals = set(self.circuit.parts(self.initial)) - {TRUE}
        places_of = {b for t in self.roots for b in places(self.encoder(t)) if b != FALSE}
        found = frozenset(literals)
        return found if {abs(x) for x in found} == places_of and len(found) == len(places_of) else None

    def read_run(self, taken: Sequence[list[int]], end: list[int]) -> Trace | Fork:
        """Return the run of which each step is a solution, and the last state the one in `end`; where the bad steps
        are two with different ends, both ways in which it ends."""
        states = [self._read_state(found) for found in (*taken, end)]
        steps = [self._read_step(found, after) for found, after in zip(taken, states[1:], strict=True)]
        parameters = self._read_parameters(_truth((*taken, end)[0]))
        if not self.compares:
            return Trace(parameters, states[0], tuple(steps))
        last = steps.pop()
        other = Step(last.rule, last.arguments, self._read_state(taken[-1], 2))
        return Fork(Trace(parameters, states[0], tuple(steps)), last, other)

    def _read_parameters(self, true: Truth) -> dict[str, Value]:
        return {p.name: read(p.sort, self.encoder(Param(p.sort, p.name)), true) for p in self.model.parameters}

    def _read_state(self, found: list[int], level: int = 0) -> State:
        """Return the state of level 0 or 2."""
        true = _truth(found)
        return {v.name: read(v.sort, self.encoder(Var(v.sort, v.name, level)), true) for v in self.model.variables}

    def _read_step(self, found: list[int], after: State) -> Step:
        """Return the step to `after` that the inputs describe."""
        true = _truth(found)
        number = sum(true(b) << i for i, b in enumerate(self.code))
        rule = self.model.rules[number]
        known = self.encoder.symbols
        arguments = {p.name: read(p.sort, known[p], true) if p in known else listed(p.sort)[0] for p in rule.parameters}
        return Step(rule.name, arguments, after)


def _by_bit(writes: list[Write]) -> Iterator[list[tuple[int, int]]]:
    """Yield for each bit when it is written, and as what."""
    for i in range(len(writes[0][1])):
        yield [(when, value[i]) for when, value in writes]


def _truth(found: list[int]) -> Truth:
    return lambda x: (found[abs(x) - 1] > 0) is (x > 0)


def _may_leave(term: Term) -> bool:
    return any(isinstance(t, App) and t.op is Op.FIT for t in subterms(term))


def _fitted(value: Symbolic, like: Symbolic) -> list[int]:
    """Return the bits of a value with as many for each int as `like` has: a value in its range has no more."""
    if isinstance(value, Number) and isinstance(like, Number):
        sign = value[-1]
        return [value[i] if i < len(value) else sign for i in range(len(like))]
    if isinstance(value, tuple) and isinstance(like, tuple) and not isinstance(value, Bits):
        return [b for v, w in zip(value, like, strict=True) for b in _fitted(v, w)]
    return places(value)


def read(sort: Sort, symbolic: Symbolic, true: Truth) -> Value:
    """Return the value that the bits have."""
    if isinstance(symbolic, int):
        return true(symbolic)
    match sort:
        case MapSort():
            return tuple(read(sort.value, s, true) for s in symbolic)
        case SetSort():
            return frozenset(
                k for k, s in zip(listed(sort.element), symbolic, strict=True) if read(BoolSort(), s, true)
            )
    values = [true(b) for b in places(symbolic)]
    number = sum(b << i for i, b in enumerate(values))
    if isinstance(sort, IntSort):
        return number - (values[-1] << len(values))
    return sort.names[number] if isinstance(sort, EnumSort) else number
