"""A finite machine as a circuit: the bits of a state, those of its successor as functions of them and of inputs.

The inputs are the number of the rule that fires, its arguments, and what it leaves open. Rules share the bits of
arguments of one name and sort: only one rule fires.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from verifier.encode.bits import BitEncoder, Bits, Number, Symbolic, is_finite_model, places
from verifier.encode.bits_circuit import FALSE, TRUE, Circuit
from verifier.encode.listing import TooLarge, listed
from verifier.evidence.evidence import Step
from verifier.evidence.interpretation import State
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BoolSort, EnumSort, IntSort, MapSort, SetSort, Sort, Value
from verifier.model.terms import App, Op, Param, Term, Var, subterms, variables
from verifier.semantics.claims import Case
from verifier.semantics.relation import in_terms_of, update

Truth = Callable[[int], bool]
"""Whether a literal is true."""


class BitMachine:
    """`bits`: the inputs that make up a state and the parameters. `after[b]`: what a bit is after the step. `valid`:
    the rule chosen fires. `initial`: the state is initial. `bad_first`, `bad`, `bad_step`: the state is a violation as
    an initial one, as any one, or the step is one."""

    def __init__(self, model: Model, cases: Iterable[Case]) -> None:
        if (why_not := is_finite_model(model)) is not None:
            raise TooLarge(why_not)
        self.model = model
        self.circuit = Circuit()
        self.encoder = BitEncoder(model, self.circuit)
        self.roots: list[Term] = [Var(v.sort, v.name) for v in model.variables]
        self.parameters: list[Term] = [Param(p.sort, p.name) for p in model.parameters]
        self.bits = [b for t in (*self.roots, *self.parameters) for b in places(self.encoder(t)) if b != FALSE]
        for assumption in model.assumptions:
            self.circuit.require(self.encoder.boolean(assumption))
        self.initial_parts = [self.encoder.boolean(t) for t in model.init]
        self.initial = self.circuit.all(self.initial_parts)
        size = max(1, (len(model.rules) - 1).bit_length())
        self.code = [self.circuit.input() for _ in range(size)]
        self.fires = {r.name: self._fires(i, r) for i, r in enumerate(model.rules)}
        self.valid = self.circuit.any(self.fires.values())
        self.after = self._after()
        self.compares = self._encode_cases(tuple(cases))
        leaves = (b for t, s in self.encoder.symbols.items() if t not in self._state for b in places(s) if b != FALSE)
        self.inputs = [*self.code, *leaves]

    @property
    def _state(self) -> frozenset[Term]:
        return frozenset((*self.roots, *self.parameters))

    def _chosen(self, number: int) -> int:
        return self.circuit.all(b if number >> i & 1 else -b for i, b in enumerate(self.code))

    def _fires(self, number: int, rule: Rule) -> int:
        """Return the literal that says that this rule is chosen, and leads somewhere."""
        solved = update(self.model, rule)
        inside = [self._inside(name, term) for name, term in solved.after.items() if _may_leave(term)]
        return self.circuit.all((self._chosen(number), self.encoder.boolean(solved.condition), *inside))

    def _inside(self, name: str, term: Term) -> int:
        return self.encoder.inside(self.model.variable[name].sort, self.encoder(term))

    def _after(self) -> Mapping[int, int]:
        after = {b: b for b in self.bits}
        for root in self.roots:
            assert isinstance(root, Var)
            now = places(self.encoder(root))
            for bit, new in zip(now, self._next(root.name, now), strict=True):
                after |= {bit: new} if bit != FALSE else {}
        return after

    def _next(self, name: str, now: list[int]) -> list[int]:
        """Return the bits of a variable after the step: those of the rule that fires, if it writes the variable."""
        size, kept = len(now), TRUE
        written: list[list[int]] = [[] for _ in now]
        for number, rule in enumerate(self.model.rules):
            solved = update(self.model, rule)
            if not solved.keeps(name):
                chosen = self._chosen(number)
                kept = self.circuit.all((kept, -chosen))
                new = _fitted(self.encoder(solved.after[name]), self.encoder(Var(self.model.variable[name].sort, name)))
                for i in range(size):
                    written[i].append(self.circuit.all((chosen, new[i])))
        return [self.circuit.any((*written[i], self.circuit.all((kept, now[i])))) for i in range(size)]

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

    def after_of(self, literal: int) -> int:
        """Return what a literal of the state is after the step."""
        return self.after[literal] if literal > 0 else -self.after[-literal]

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

    def read_parameters(self, true: Truth) -> dict[str, Value]:
        """Return the values of the parameters."""
        return {p.name: read(p.sort, self.encoder(Param(p.sort, p.name)), true) for p in self.model.parameters}

    def read_state(self, true: Truth, level: int = 0) -> State:
        """Return the state of level 0 or 2; `true` tells which literals hold."""
        return {v.name: read(v.sort, self.encoder(Var(v.sort, v.name, level)), true) for v in self.model.variables}

    def read_step(self, true: Truth, after: State) -> Step:
        """Return the step to `after` that the inputs describe."""
        number = sum(true(b) << i for i, b in enumerate(self.code))
        rule = self.model.rules[number]
        known = self.encoder.symbols
        arguments = {p.name: read(p.sort, known[p], true) if p in known else listed(p.sort)[0] for p in rule.parameters}
        return Step(rule.name, arguments, after)


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
