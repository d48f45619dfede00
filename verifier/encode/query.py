"""Questions to Z3 about terms, and its assignments as states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import z3

from verifier.encode.listing import listed
from verifier.encode.terms import Encoder, Symbolic
from verifier.evidence.interpretation import Interpretation, State
from verifier.model.model import Model
from verifier.model.sorts import (
    Atom,
    BoolSort,
    EnumSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
)  # fmt: skip
from verifier.model.terms import TRUE, Local, Param, Term, Var


class Query:
    """An incremental satisfiability question about terms of one model. The model's assumptions are in it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.encoder = Encoder(model)
        self.solver = z3.Solver(ctx=self.encoder.context)
        self._asserted = 0
        self._marks: list[int] = []
        self._trackers: dict[Term, z3.BoolRef] = {}
        self.reason = ""
        for assumption in model.assumptions:
            self.require(assumption)

    def require(self, term: Term) -> None:
        """Assert a term, until the matching `pop`."""
        if term is not TRUE:
            self.solver.add(self.encoder.boolean(term))

    def push(self) -> None:
        """Open a level of assertions."""
        self._assert_sides()
        self.solver.push()
        self._marks.append(self._asserted)

    def pop(self) -> None:
        """Drop the assertions since the matching `push`; what the encoder noted on the way stays asserted."""
        self.solver.pop()
        self._asserted = self._marks.pop()

    def check(self, seconds: float, *assumptions: Term) -> bool | None:
        """Return True iff the assertions and assumptions have a solution, False iff not, None if Z3 cannot say
        within `seconds` (`reason` then says why)."""
        literals = [self._tracker(a) for a in assumptions if a is not TRUE]
        self._assert_sides()
        self.solver.set("timeout", max(1, int(seconds * 1000)))
        result = self.solver.check(*literals)
        if result == z3.unknown:
            self.reason = self.solver.reason_unknown()
            return None
        return bool(result == z3.sat)

    def core(self) -> frozenset[Term]:
        """Return a subset of the last check's assumptions that has no solution either (after a False)."""
        core = {c.get_id() for c in self.solver.unsat_core()}
        return frozenset(t for t, b in self._trackers.items() if b.get_id() in core)

    def _tracker(self, term: Term) -> z3.BoolRef:
        """Return a boolean that implies the term."""
        if term not in self._trackers:
            self._trackers[term] = z3.Bool(f"assume {len(self._trackers)}", self.encoder.context)
            self.encoder.sides.append(z3.Implies(self._trackers[term], self.encoder.boolean(term)))
        return self._trackers[term]

    def _assert_sides(self) -> None:
        for side in self.encoder.sides[self._asserted :]:
            self.solver.add(side)
        self._asserted = len(self.encoder.sides)


class Assignment:
    """A solution found by a Query, read back as values of the spec."""

    def __init__(self, query: Query) -> None:
        self.encoder = query.encoder
        self.model = query.model
        self._z3 = query.solver.model()
        self._atoms: dict[str, dict[str, Atom]] = {}
        for sort in query.model.sorts.values():
            if isinstance(sort, OpaqueSort):
                self._note_universe(sort)

    def _note_universe(self, sort: OpaqueSort) -> None:
        universe = self._z3.get_universe(self.encoder.sort(sort)) or []
        names = sorted((str(e) for e in universe), key=lambda n: (len(n), n))
        self._atoms[sort.name] = {n: Atom(sort.name, i) for i, n in enumerate(names)}

    def value(self, term: Term) -> Value:
        """Return the value of a term (anything it leaves open is completed)."""
        return self._value(term.sort, self.encoder(term))

    def _value(self, sort: Sort, symbolic: Symbolic) -> Value:
        match sort:
            case MapSort():
                assert isinstance(symbolic, tuple)
                return tuple(self._value(sort.value, s) for s in symbolic)
            case SetSort():
                assert isinstance(symbolic, tuple)
                keys = listed(sort.element)
                return frozenset(k for k, s in zip(keys, symbolic, strict=True) if self._value(BoolSort(), s))
        return self._scalar(sort, self._z3.eval(symbolic, model_completion=True))

    def _scalar(self, sort: Sort, value: z3.ExprRef) -> Value:
        match sort:
            case BoolSort():
                return bool(z3.is_true(value))
            case EnumSort():
                return sort.names[value.as_long()]
            case OpaqueSort():
                atoms = self._atoms[sort.name]
                return atoms.setdefault(str(value), Atom(sort.name, len(atoms)))
            case IntSort():
                return int(value.as_long())
            case _:
                return int(value.as_long())

    def state(self, level: int) -> State:
        """Return the state at a level."""
        return {v.name: self.value(Var(v.sort, v.name, level)) for v in self.model.variables}

    def parameters(self) -> Mapping[str, Value]:
        """Return the values of the machine's parameters."""
        return {p.name: self.value(Param(p.sort, p.name)) for p in self.model.parameters}

    def locals(self, locals_: Iterable[Local]) -> Mapping[str, Value]:
        """Return the values of locals."""
        return {x.name: self.value(x) for x in locals_}

    def interpretation(self) -> Interpretation:
        """Return the meaning given to what is opaque. Call it after all values were read: reading may complete it."""
        functions = {f.name: self._function(f.name) for f in self.model.functions}
        return Interpretation({s: max(1, len(a)) for s, a in self._atoms.items()}, functions)

    def _function(self, name: str) -> tuple[Mapping[tuple[Value, ...], Value], Value]:
        declared = self.model.function[name]
        if not any(d.name() == name for d in self._z3.decls()):
            return {}, self._default(declared.result)
        meaning = self._z3[self.encoder.function(name)]
        entries: dict[tuple[Value, ...], Value] = {}
        for i in range(meaning.num_entries()):
            entry = meaning.entry(i)
            key = tuple(self._scalar(s, entry.arg_value(j)) for j, s in enumerate(declared.arguments))
            entries[key] = self._result(declared.result, entry.value())
        return entries, self._result(declared.result, meaning.else_value())

    def _result(self, sort: Sort, value: z3.ExprRef) -> Value:
        return self._value(sort, self.encoder.inside(sort, value))

    def _default(self, sort: Sort) -> Value:
        return Atom(sort.name, 0) if isinstance(sort, OpaqueSort) else listed(sort)[0]
