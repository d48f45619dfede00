"""The value of a term, by the book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from verifier.evidence.interpretation import STANDARD, Interpretation, State
from verifier.model.model import Model
from verifier.model.sorts import Atom, BitsSort, FlagsSort, MapSort, OpaqueSort, Sort, Value, contains, values
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var


class RangeError(ArithmeticError):
    """An int left its range: `Op.FIT` met `value`, which is outside `term.sort`."""

    def __init__(self, term: Term, value: Value) -> None:
        super().__init__(f"{value} is outside {term.sort}")
        self.term = term
        self.value = value


class MissingMeaning(LookupError):
    """An uninterpreted function was applied, and the interpretation does not say what it means."""


@dataclass(frozen=True)
class Setting:
    """What stays fixed during a run: the model, the values of its parameters, the meaning of what is opaque."""

    model: Model
    parameters: Mapping[str, Value] = field(default_factory=dict)
    interpretation: Interpretation = STANDARD

    def values(self, sort: Sort) -> Iterator[Value]:
        """Yield the values of a sort; of an opaque sort, the atoms of the interpretation. Raises ValueError where
        an opaque sort is only part of it (a map into it, say)."""
        if isinstance(sort, OpaqueSort):
            return iter([Atom(sort.name, i) for i in range(self.interpretation.sizes.get(sort.name, 1))])
        return values(sort)


Locals = Mapping[str, Value]


def evaluate(term: Term, setting: Setting, states: tuple[State, ...] = (), locals_: Locals | None = None) -> Value:
    """Return the value of `term` where level i reads `states[i]`.

    Raises RangeError where an int leaves its range, MissingMeaning where a function has no meaning, KeyError
    where a variable, parameter or local has no value.
    """
    return _EVALUATE[type(term)](term, setting, states, locals_ or {})


def holds(term: Term, setting: Setting, states: tuple[State, ...] = (), locals_: Locals | None = None) -> bool:
    """Return the value of a boolean term."""
    return evaluate(term, setting, states, locals_) is True


def _app(term: App, setting: Setting, states: tuple[State, ...], locals_: Locals) -> Value:
    lazy = _LAZY.get(term.op)
    if lazy is not None:
        return lazy(term, lambda t: _EVALUATE[type(t)](t, setting, states, locals_))
    return _STRICT[term.op](term, *(_EVALUATE[type(a)](a, setting, states, locals_) for a in term.args))


def _call(term: Call, setting: Setting, states: tuple[State, ...], locals_: Locals) -> Value:
    arguments = tuple(_EVALUATE[type(a)](a, setting, states, locals_) for a in term.args)
    table = setting.model.cells.get(term.name)
    if table is not None:
        return table[arguments]
    try:
        entries, default = setting.interpretation.functions[term.name]
    except KeyError:
        raise MissingMeaning(term.name) from None
    return entries.get(arguments, default)


def _bind(term: Bind, setting: Setting, states: tuple[State, ...], locals_: Locals) -> Value:
    def instances() -> Iterator[tuple[Value, Value]]:
        for value in setting.values(term.local.sort):
            yield value, evaluate(term.body, setting, states, {**locals_, term.local.name: value})

    match term.binder:
        case Binder.ALL:
            return all(v for _, v in instances())
        case Binder.SOME:
            return any(v for _, v in instances())
        case Binder.ONE:
            return sum(1 for _, v in instances() if v) == 1
        case Binder.COUNT:
            return sum(1 for _, v in instances() if v)
        case Binder.EACH:
            return tuple(v for _, v in instances())
        case Binder.THOSE:
            return frozenset(k for k, v in instances() if v)


def key_index(sort: Sort, key: Value) -> int:
    """Return the place of `key` among the values of a finite sort: the place of its entry in a map value."""
    return next(i for i, v in enumerate(values(sort)) if v == key)


def _get(term: App, mapping: tuple[Value, ...], key: Value) -> Value:
    sort = term.args[0].sort
    assert isinstance(sort, MapSort)
    return mapping[key_index(sort.key, key)]


def _put(term: App, mapping: tuple[Value, ...], key: Value, value: Value) -> Value:
    assert isinstance(term.sort, MapSort)
    place = key_index(term.sort.key, key)
    return (*mapping[:place], value, *mapping[place + 1 :])


def _fit(term: App, value: Value) -> Value:
    if not contains(term.sort, value):
        raise RangeError(term, value)
    return value


def _word(term: App, value: int) -> int:
    return value & ((1 << term.sort.width) - 1) if isinstance(term.sort, BitsSort) else value


def _complement(term: App, value: int) -> int:
    width = len(term.sort.bits) if isinstance(term.sort, FlagsSort) else getattr(term.sort, "width", 0)
    return ((1 << width) - 1) ^ value


def _shift_left(term: App, value: int, by: int) -> int:
    return _word(term, value << by) if by < 4096 else 0


Recurse = Callable[[Term], Value]

_LAZY: Mapping[Op, Callable[[App, Recurse], Value]] = {
    Op.AND: lambda t, ev: all(ev(a) for a in t.args),
    Op.OR: lambda t, ev: any(ev(a) for a in t.args),
    Op.IMPLIES: lambda t, ev: not ev(t.args[0]) or ev(t.args[1]),
    Op.ITE: lambda t, ev: ev(t.args[1]) if ev(t.args[0]) else ev(t.args[2]),
}

_STRICT: Mapping[Op, Callable[..., Value]] = {
    Op.NOT: lambda t, a: not a,
    Op.EQ: lambda t, a, b: a == b,
    Op.LT: lambda t, a, b: a < b,
    Op.LE: lambda t, a, b: a <= b,
    Op.ADD: lambda t, a, b: _word(t, a + b),
    Op.SUB: lambda t, a, b: _word(t, a - b),
    Op.MUL: lambda t, a, b: _word(t, a * b),
    Op.BITAND: lambda t, a, b: a & b,
    Op.BITOR: lambda t, a, b: a | b,
    Op.BITXOR: lambda t, a, b: a ^ b,
    Op.BITNOT: _complement,
    Op.SHL: _shift_left,
    Op.SHR: lambda t, a, b: a >> b,
    Op.IN: lambda t, a, b: a in b,
    Op.SET: lambda t, *elements: frozenset(elements),
    Op.GET: _get,
    Op.PUT: _put,
    Op.FIT: _fit,
}

_EVALUATE: Mapping[type[Term], Callable[..., Value]] = {
    Const: lambda t, setting, states, locals_: t.value,
    Var: lambda t, setting, states, locals_: states[t.level][t.name],
    Param: lambda t, setting, states, locals_: setting.parameters[t.name],
    Local: lambda t, setting, states, locals_: locals_[t.name],
    App: _app,
    Call: _call,
    Bind: _bind,
}
