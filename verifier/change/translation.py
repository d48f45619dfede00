"""One version's terms in the words of the other: the inner version's states are read as states of the outer one.

"Inner" is the version whose behaviours are looked at, "outer" the one that they are compared with. A term of the
outer version is translated into one over the inner version's variables: where both have the same sort nothing
happens; where a sort has gained or lost values, each value that both have stands for itself, and `domain` says
that no other occurs. What only the outer version has is not translated but carried along: its tables and sorts
under another name, its variables as history variables (Abadi and Lamport: The Existence of Refinement Mappings,
1991), which record what the outer version would have done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from verifier.change.dependence import NotComparableError, first_value, needed
from verifier.change.names import Pairs
from verifier.model.declarations import Rule, Table, Variable
from verifier.model.model import Model
from verifier.model.sorts import (
    BOOL,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    values,
)  # fmt: skip
from verifier.model.terms import (
    TRUE,
    App,
    Bind,
    Binder,
    Call,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    and_,
    eq,
    ite,
    not_,
    or_,
    rebuild,
    subterms,
)  # fmt: skip
from verifier.semantics.relation import Update, update

MARK = "other "
"""Begins the name of whatever the outer version has and the inner one lacks; no spec can have such a name."""


@dataclass(frozen=True)
class Scalar:
    """How the inner version's values of an enum, a flags or an index sort are read in the outer version's sort.

    `outer` is the outer sort under the name it has beside the inner one; `images[v]` is the outer value of inner
    value v (for flags: the weight of the outer bit for the weight of the inner bit).
    """

    inner: Sort
    outer: Sort
    images: Mapping[Value, Value]


class Translation:
    """From the outer version's terms to terms over the inner version's states.

    `pairs` has outer names first. `choice` gives values for the parameters that only the outer version has. With
    `by_name` a table of the inner version stands for the outer one's of that name, whatever its entries: so reads
    who compares what is said of the tables, not the tables.
    """

    def __init__(
        self, outer: Model, inner: Model, pairs: Pairs, choice: Mapping[str, Value], by_name: bool = False
    ) -> None:
        self.outer, self.inner, self.pairs, self.choice, self.by_name = outer, inner, pairs, choice, by_name
        self._sorts: dict[Sort, Sort] = {}
        self._read: dict[Term, Scalar] = {}

    # --- Sorts

    def sort(self, sort: Sort) -> Sort:
        """Return an outer sort as it is called beside the inner ones."""
        if sort not in self._sorts:
            self._sorts[sort] = self._renamed(sort)
        return self._sorts[sort]

    def _renamed(self, sort: Sort) -> Sort:
        match sort:
            case MapSort():
                return MapSort(self.sort(sort.key), self.sort(sort.value))
            case SetSort():
                return SetSort(self.sort(sort.element))
            case EnumSort() | FlagsSort() | IndexSort() | OpaqueSort():
                same = self.inner.sorts.get(self.pairs.sorts.get(sort.name, ""))
                return sort if same == sort else replace(sort, name=MARK + sort.name)
            case _:
                return sort

    @cached_property
    def model(self) -> Model:
        """The inner version, with the outer one's tables and sorts that it lacks, and its history variables.

        It is the inner model itself where there is nothing to add, so that what is known of that serves here.
        """
        tables = tuple(self._table(t) for t in self.outer.tables if self.table_name(t) != self._same_table(t))
        history = tuple(Variable(MARK + v.name, self.sort(v.sort), v.doc, v.span) for v in self.history)
        if not tables and not history:
            return self.inner
        sorts = {str(s): s for s in map(self.sort, self.outer.sorts.values())}
        return replace(
            self.inner,
            sorts={**sorts, **self.inner.sorts},
            tables=(*self.inner.tables, *tables),
            variables=(*self.inner.variables, *history),
            init=(*self.inner.init, *self._first_of_history()),
            rules=tuple(self._with_history(r) for r in self.inner.rules),
        )

    # --- Tables

    def table_name(self, table: Table) -> str:
        """Return what an outer table is called beside the inner ones."""
        return self._same_table(table) or MARK + table.name

    def _same_table(self, table: Table) -> str | None:
        other = self.inner.table.get(self.pairs.tables.get(table.name, ""))
        if other is None or any(self.sort(s) != s for s in (*table.arguments, table.result)):
            return None
        same = other.arguments == table.arguments and other.result == table.result
        return other.name if same and (self.by_name or dict(other.entries) == dict(table.entries)) else None

    def _table(self, table: Table) -> Table:
        arguments = tuple(self.sort(s) for s in table.arguments)
        return replace(table, name=MARK + table.name, arguments=arguments, result=self.sort(table.result))

    # --- Values of the inner version, read as values of the outer one

    def read(self, term: Term, sort: Sort) -> Term:
        """Return an inner term's value as a value of outer sort `sort`; any value where it has none there."""
        target = self.sort(sort)
        if target == term.sort:
            return term
        match term.sort, sort:
            case IntSort(), IntSort():
                inside, low = self.inside(term, sort), Const(IntSort(sort.low, sort.low), sort.low)
                return App(sort, Op.FIT, (ite(inside, term, low),))
            case FlagsSort(), FlagsSort():
                return self._flags(term, self._scalar(term.sort, sort))
            case ((EnumSort() | IndexSort()), _):
                return self._chosen(term, self._scalar(term.sort, sort))
            case MapSort(), MapSort():
                key = Local(self.sort(sort.key), f"{MARK}key")
                return Bind(target, Binder.EACH, key, self.read(self._entry(term, key, sort), sort.value))
            case SetSort(), SetSort():
                key = Local(self.sort(sort.element), f"{MARK}key")
                member = App(BOOL, Op.IN, (self._back(key, term.sort.element, sort.element), term))
                return Bind(target, Binder.THOSE, key, member)
        raise NotComparableError(f"{term.sort} cannot be read as {sort}")

    def inside(self, term: Term, sort: Sort) -> Term:
        """Return the condition under which an inner term's value is a value of the outer sort too."""
        if self.sort(sort) == term.sort:
            return TRUE
        match term.sort, sort:
            case IntSort(), IntSort():
                low, high = (Const(IntSort(b, b), b) for b in (sort.low, sort.high))
                return and_(App(BOOL, Op.LE, (low, term)), App(BOOL, Op.LE, (term, high)))
            case FlagsSort(), FlagsSort():
                shared = sum(w for w in self._scalar(term.sort, sort).images if isinstance(w, int))
                return eq(App(term.sort, Op.BITAND, (term, Const(term.sort, shared))), term)
            case ((EnumSort() | IndexSort()), _):
                images = self._scalar(term.sort, sort).images
                return or_(*(eq(term, Const(term.sort, v)) for v in images))
            case MapSort(), MapSort():
                key = Local(self.sort(sort.key), f"{MARK}key")
                inner = self.inside(self._entry(term, key, sort), sort.value)
                return TRUE if inner is TRUE else Bind(BOOL, Binder.ALL, key, inner)
            case SetSort(), SetSort():
                key = Local(term.sort.element, f"{MARK}member")
                absent = not_(App(BOOL, Op.IN, (key, term)))
                return Bind(BOOL, Binder.ALL, key, or_(absent, self.inside(key, sort.element)))
        raise NotComparableError(f"{term.sort} cannot be read as {sort}")

    def _entry(self, term: Term, key: Local, sort: MapSort) -> Term:
        """Return the entry of an inner map under a key of the outer map's sort."""
        assert isinstance(term.sort, MapSort)
        return App(term.sort.value, Op.GET, (term, self._back(key, term.sort.key, sort.key)))

    def _scalar(self, inner: Sort, outer: Sort) -> Scalar:
        target = self.sort(outer)
        match inner, outer:
            case IndexSort(), IndexSort():
                return Scalar(inner, target, {i: i for i in range(min(inner.size, outer.size))})
            case EnumSort(), EnumSort() if self.pairs.sorts.get(outer.name) == inner.name:
                return Scalar(inner, target, {i: o for o, i in self.pairs.values[outer.name].items()})
            case FlagsSort(), FlagsSort() if self.pairs.sorts.get(outer.name) == inner.name:
                bits = self.pairs.values[outer.name].items()
                return Scalar(inner, target, {1 << inner.bits.index(i): 1 << outer.bits.index(o) for o, i in bits})
        raise NotComparableError(f"{inner} cannot be read as {outer}")

    def _chosen(self, term: Term, how: Scalar) -> Term:
        """A case for each value; the last, or one that the outer sort lacks, is the outer sort's first value."""
        result: Term = Const(how.outer, next(values(how.outer)))
        for value, image in how.images.items():
            result = ite(eq(term, Const(term.sort, value)), Const(how.outer, image), result)
        if result.sort == how.outer and not isinstance(result, Const):
            self._read[result] = how
        return result

    def _flags(self, term: Term, how: Scalar) -> Term:
        zero, result = Const(how.outer, 0), Const(how.outer, 0)
        for weight, image in how.images.items():
            bit = App(term.sort, Op.BITAND, (term, Const(term.sort, weight)))
            part = ite(eq(bit, Const(term.sort, 0)), zero, Const(how.outer, image))
            result = part if result is zero else App(how.outer, Op.BITOR, (result, part))  # type: ignore[assignment]
        return result

    def _back(self, key: Local, inner: Sort, outer: Sort) -> Term:
        """Return a key of the outer sort as a key of the inner one, which must have all of them."""
        if key.sort == inner:
            return key
        how = self._scalar(inner, outer)
        if isinstance(inner, FlagsSort) or len(how.images) < len(list(values(outer))):
            raise NotComparableError(f"keys of {outer} are no keys any more")
        result: Term = Const(inner, next(iter(how.images)))
        for value, image in how.images.items():
            result = ite(eq(key, Const(key.sort, image)), Const(inner, value), result)
        return result

    # --- Terms

    def term(self, term: Term, rule: tuple[Rule, Rule] | None = None) -> Term:
        """Return an outer term in the inner version's words; `rule` are the outer and the inner rule whose
        parameters may be free in it. Raises NotComparableError."""
        return self._walk(term, self._arguments(*rule) if rule else self._ends(), {})

    def _ends(self) -> dict[Term, Term]:
        """Return how the control values `start` and `goal` of a path claim are read."""
        outer, inner = self.outer.control, self.inner.control
        if outer is None or inner is None:
            return {}
        return {Local(outer.sort, n): self.read(Local(inner.sort, n), outer.sort) for n in ("start", "goal")}

    def _arguments(self, outer: Rule, inner: Rule) -> dict[Term, Term]:
        given = {p.name: p for p in inner.parameters}
        return {p: self.read(given[p.name], p.sort) for p in outer.parameters if p.name in given}

    def own(self, outer: Rule, inner: Rule) -> tuple[Local, ...]:
        """Return the parameters that only the outer rule has, as they are called in translated terms."""
        given = {p.name for p in inner.parameters}
        return tuple(self._local(p) for p in outer.parameters if p.name not in given)

    def _local(self, local: Local) -> Local:
        return Local(self.sort(local.sort), MARK + local.name)

    def _walk(self, term: Term, given: Mapping[Term, Term], done: dict[Term, Term]) -> Term:
        if term not in done:
            done[term] = self._translated(term, given, done)
        return done[term]

    def _translated(self, term: Term, given: Mapping[Term, Term], done: dict[Term, Term]) -> Term:
        match term:
            case Const():
                return Const(self.sort(term.sort), term.value)
            case Var():
                return self._variable(term)
            case Param():
                return self._parameter(term)
            case Local():
                return given.get(term) or self._local(term)
            case Bind():
                inner = {k: v for k, v in given.items() if k is not term.local}
                body = self._walk(term.body, inner, done if len(inner) == len(given) else {})
                return Bind(self.sort(term.sort), term.binder, self._local(term.local), body)
            case Call():
                parts = tuple(self._walk(a, given, done) for a in term.args)
                return Call(self.sort(term.sort), self._called(term.name), parts)
            case App():
                parts = tuple(self._walk(a, given, done) for a in term.args)
                return self._compared(term, parts) or _rebuilt(term, self.sort(term.sort), parts)
        raise TypeError(type(term).__name__)

    def _variable(self, term: Var) -> Term:
        name = self.pairs.variables.get(term.name)
        if name is None:
            if term.name in self.unread:
                raise NotComparableError(f"variable {term.name} exists on one side only")
            return Var(self.sort(term.sort), MARK + term.name, term.level)
        return self.read(Var(self.inner.variable[name].sort, name, term.level), term.sort)

    def _parameter(self, term: Param) -> Term:
        name = self.pairs.parameters.get(term.name)
        if name is not None:
            return self.read(Param(self._parameter_sort(name), name), term.sort)
        if term.name not in self.choice:
            raise NotComparableError(f"parameter {term.name} exists on one side only, and has too many values to try")
        return Const(self.sort(term.sort), self.choice[term.name])

    def _parameter_sort(self, name: str) -> Sort:
        return next(p.sort for p in self.inner.parameters if p.name == name)

    def _called(self, name: str) -> str:
        if name in self.outer.table:
            return self.table_name(self.outer.table[name])
        function, other = self.outer.function[name], self.inner.function.get(self.pairs.functions.get(name, ""))
        sorts = (*function.arguments, function.result)
        if other is None or sorts != (*other.arguments, other.result) or any(self.sort(s) != s for s in sorts):
            raise NotComparableError(f"function {name} is not the same on both sides")
        return other.name

    def _compared(self, term: App, parts: tuple[Term, ...]) -> Term | None:
        """Return a comparison of a value that was read with constants as one of the inner value itself."""
        if term.op is Op.EQ:
            for side, other in (parts, parts[::-1]):
                if side in self._read and isinstance(other, Const):
                    return _is_one_of(side, self._read[side], {other.value})
        if term.op is Op.IN and parts[0] in self._read and isinstance(parts[1], App) and parts[1].op is Op.SET:
            wanted = {a.value for a in parts[1].args if isinstance(a, Const)}
            if all(isinstance(a, Const) for a in parts[1].args):
                return _is_one_of(parts[0], self._read[parts[0]], wanted)
        return None

    # --- The domain, and the outer version's own variables

    def domain(self, level: int) -> Term:
        """Return the condition under which the shared variables have values that the outer version knows."""
        shared = ((self.outer.variable[o], self.inner.variable[i]) for o, i in self.pairs.variables.items())
        return and_(*(self.inside(Var(i.sort, i.name, level), o.sort) for o, i in shared))

    def rigid_domain(self) -> Term:
        """Return the same of the shared parameters."""
        sorts = {p.name: p.sort for p in self.outer.parameters}
        shared = self.pairs.parameters.items()
        return and_(*(self.inside(Param(self._parameter_sort(i), i), sorts[o]) for o, i in shared))

    @cached_property
    def history(self) -> tuple[Variable, ...]:
        """The outer version's own variables on which its behaviour depends.

        Raises NotComparableError where their values do not follow from what happens.
        """
        own = {v.name for v in self.outer.variables if v.name not in self.pairs.variables}
        read = needed(self.outer, own)
        return tuple(v for v in self.outer.variables if v.name in read)

    @cached_property
    def unread(self) -> frozenset[str]:
        """The outer version's own variables on which nothing else depends: left out of its relation."""
        own = {v.name for v in self.outer.variables if v.name not in self.pairs.variables}
        return frozenset(own - {v.name for v in self.history})

    def _first_of_history(self) -> Iterator[Term]:
        for v in self.history:
            yield eq(Var(self.sort(v.sort), MARK + v.name), self.term(first_value(self.outer, v)))

    def _with_history(self, rule: Rule) -> Rule:
        """Return the inner rule, which also does to the history variables what the outer rule does."""
        if not self.history:
            return rule
        others = [self.outer.rule[o] for o, i in self.pairs.rules if i == rule.name]
        if len(others) > 1:
            raise NotComparableError(f"rule {rule.name} stands for several that keep a history of their own")
        after = self._after(others[0], rule) if others else {}
        changes = (eq(Var(t.sort, MARK + n, 1), t) for n, t in after.items())
        return replace(
            rule, constraints=(*rule.constraints, *changes), changes=(*rule.changes, *(MARK + n for n in after))
        )

    def _after(self, outer: Rule, inner: Rule) -> Mapping[str, Term]:
        solved: Update = update(self.outer, outer)
        after = {v.name: solved.after[v.name] for v in self.history if not solved.keeps(v.name)}
        loose = {*solved.choices, *(p for p in outer.parameters if p.name not in {q.name for q in inner.parameters})}
        for name, term in after.items():
            if any(t in loose for t in subterms(term)):
                raise NotComparableError(f"what rule {outer.name} does to {name} is a choice of its own")
        return {n: self.term(t, (outer, inner)) for n, t in after.items()}


def _is_one_of(read: Term, how: Scalar, wanted: set[Value]) -> Term:
    """Return `read in wanted` as a condition on the inner value that is read."""
    term = _source(read)
    fallback = next(values(how.outer)) in wanted
    known = or_(*(eq(term, Const(term.sort, v)) for v, image in how.images.items() if image in wanted))
    if not fallback:
        return known
    mapped = or_(*(eq(term, Const(term.sort, v)) for v in how.images))
    return or_(known, not_(mapped)) if len(how.images) < len(list(values(how.inner))) else known


def _source(read: Term) -> Term:
    """Return the inner term in a chain of cases `if term == v then ...`."""
    assert isinstance(read, App)
    condition = read.args[0]
    assert isinstance(condition, App)
    return condition.args[0]


_SIMPLIFIED = (Op.NOT, Op.AND, Op.OR, Op.IMPLIES, Op.EQ, Op.ITE)


def _rebuilt(term: App, sort: Sort, parts: tuple[Term, ...]) -> Term:
    return rebuild(term, parts) if term.op in _SIMPLIFIED else App(sort, term.op, parts)
