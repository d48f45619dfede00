"""Which individuals of a machine are interchangeable.

Index sorts are scalarsets (Ip, Dill: Better verification through symmetry, Formal Methods in System Design, 1996).

A permutation of individuals takes a state to another one. It takes runs to runs, and bad states to bad ones, if it
leaves alone whatever value the machine or the claim mentions: constants, tables, the parameters. Nothing else can tell
individuals apart, since terms only compare them, look up by them, or bind a name to each; but for an `all` or a `some`
under which an int may leave its range, where the order counts in which they are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import IndexSort, MapSort, SetSort, Sort, Value, values
from verifier.model.terms import App, Bind, Binder, Call, Const, Op, Param, Term, subterms

INDIVIDUALS = 64
"""The most individuals of all indices together."""

KEYS = 3
"""The most individuals that the place of a scalar depends on."""

_STRUCTURAL = {Op.EQ, Op.ITE, Op.IN, Op.SET, Op.GET, Op.PUT}
"""The operators that may have individuals as arguments: they are the same for all of them."""

Swap = Mapping[int, int]


@dataclass(frozen=True)
class Symmetry:
    """`free`: for each index with interchangeable individuals, by name, which they are (two or more, in order).
    `reasons`: for each index some of whose individuals are not, why."""

    free: tuple[tuple[str, tuple[int, ...]], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """What can be said to a user; empty iff the machine has no index of two or more individuals."""
        lines = [f"{len(free)} individuals of {name} are interchangeable" for name, free in self.free]
        lines += [f"{'not all' if dict(self.free).get(name) else 'none'} of {name}: {r}" for name, r in self.reasons]
        return "; ".join(lines)


NONE = Symmetry()


def refused(model: Model, reason: str) -> Symmetry:
    """Return that nothing is interchangeable, for this reason."""
    return Symmetry(reasons=tuple((s.name, reason) for s in _indices(model)))


def _indices(model: Model) -> list[IndexSort]:
    return [s for s in model.sorts.values() if isinstance(s, IndexSort) and s.size > 1]


@dataclass(frozen=True)
class _Datum:
    """A value that is mentioned: `keeps(index, swap)` iff swapping individuals of the index does not change it."""

    what: str
    keeps: Callable[[str, Swap], bool]


def symmetry(model: Model, parameters: Mapping[str, Value], terms: Iterable[Term]) -> Symmetry:
    """Return which individuals may change places in a machine, for one value of its parameters and a claim about
    these terms. What is not certain to be symmetric is not."""
    indices = _indices(model)
    if not indices:
        return NONE
    mentioned = dict.fromkeys(t for root in (*_terms(model), *terms) for t in subterms(root))
    data = list(_data(model, parameters, mentioned))
    free, reasons = list[tuple[str, tuple[int, ...]]](), list[tuple[str, str]]()
    for index in indices:
        reason = _excluded(model, index, indices) or _ordered(mentioned, index.name)
        members, broken = ((), None) if reason else _interchangeable(index, data)
        if len(members) > 1:
            free.append((index.name, members))
        if reason or broken:
            reasons.append((index.name, reason or broken or ""))
    return Symmetry(tuple(free), tuple(reasons))


def _terms(model: Model) -> Iterator[Term]:
    yield from model.init
    for rule in model.rules:
        yield from (rule.guard, *rule.constraints)


def _excluded(model: Model, index: IndexSort, indices: Sequence[IndexSort]) -> str | None:
    """Return why states cannot be rearranged by swapping individuals of the index."""
    if sum(i.size for i in indices) > INDIVIDUALS:
        return f"there are more than {INDIVIDUALS} individuals"
    for variable in model.variables:
        keys = list(_keys(variable.sort))
        if any(isinstance(k, (MapSort, SetSort)) and mentions(k, index.name) for k in keys):
            return f"the keys of {variable.name} are made of individuals"
        if sum(isinstance(k, IndexSort) for k in keys) > KEYS and mentions(variable.sort, index.name):
            return f"the places of {variable.name} depend on more than {KEYS} individuals"
    return None


def _keys(sort: Sort) -> Iterator[Sort]:
    """Yield the sorts of what a scalar of a value is looked up by, the outermost first."""
    if isinstance(sort, MapSort):
        yield sort.key
        yield from _keys(sort.value)
    elif isinstance(sort, SetSort):
        yield sort.element


def _ordered(mentioned: Iterable[Term], name: str) -> str | None:
    """Return which term may depend on the order of the individuals of an index."""
    for term in mentioned:
        if isinstance(term, App) and term.op not in _STRUCTURAL and any(_is_of(a.sort, name) for a in term.args):
            return f"`{term.op.value}` is applied to individuals"
        if isinstance(term, Bind) and mentions(term.local.sort, name) and _looks_in_order(term):
            return f"an int may leave its range under `{term.binder.value} {term.local.name} in {term.local.sort}`"
    return None


def _is_of(sort: Sort, name: str) -> bool:
    return isinstance(sort, IndexSort) and sort.name == name


def _looks_in_order(term: Bind) -> bool:
    return term.binder in (Binder.ALL, Binder.SOME) and any(map(_is_partial, subterms(term.body)))


def _is_partial(term: Term) -> bool:
    """Return True iff the term itself may have no value."""
    match term:
        case App(op=Op.FIT):
            return True
        case App(op=Op.GET | Op.PUT, args=(mapping, key, *_)):
            return not isinstance(mapping.sort, MapSort) or mapping.sort.key != key.sort
        case Call(args=args):
            return any(not isinstance(a.sort, IndexSort) for a in args)
        case _:
            return False


def mentions(sort: Sort, name: str) -> bool:
    """Return True iff values of the sort have individuals of the index in them."""
    match sort:
        case MapSort():
            return mentions(sort.key, name) or mentions(sort.value, name)
        case SetSort():
            return mentions(sort.element, name)
        case _:
            return _is_of(sort, name)


def swapped(sort: Sort, value: Value, name: str, swap: Swap) -> Value:
    """Return a value with individuals of the index replaced by others, in keys and elements as well."""
    if not mentions(sort, name):
        return value
    match sort:
        case MapSort():
            assert isinstance(value, tuple)
            cells = zip(values(sort.key), value, strict=True)
            moved = {swapped(sort.key, k, name, swap): swapped(sort.value, v, name, swap) for k, v in cells}
            return tuple(moved[k] for k in values(sort.key))
        case SetSort():
            assert isinstance(value, frozenset)
            return frozenset(swapped(sort.element, e, name, swap) for e in value)
        case _:
            assert isinstance(value, int)
            return swap.get(value, value)


def _data(model: Model, parameters: Mapping[str, Value], mentioned: Iterable[Term]) -> Iterator[_Datum]:
    """Yield whatever value is mentioned that has individuals in it."""
    names = [n for n, s in model.sorts.items() if isinstance(s, IndexSort)]
    calls = dict[str, None]()
    for term in mentioned:
        if isinstance(term, Call):
            calls[term.name] = None
        if isinstance(term, (Const, Param)) and any(mentions(term.sort, n) for n in names):
            value = term.value if isinstance(term, Const) else parameters[term.name]
            of = "" if isinstance(term, Const) else f" (parameter {term.name})"
            yield _Datum(f"{show_value(value, term.sort)} is named{of}", _of_value(term.sort, value))
    for name in calls:
        yield _Datum(f"table {name} tells them apart", _of_table(model, name))


def _of_value(sort: Sort, value: Value) -> Callable[[str, Swap], bool]:
    return lambda name, swap: swapped(sort, value, name, swap) == value


def _of_table(model: Model, table: str) -> Callable[[str, Swap], bool]:
    sorts, result, cells = model.table[table].arguments, model.table[table].result, model.cells[table]

    def keeps(name: str, swap: Swap) -> bool:
        if not any(mentions(s, name) for s in (*sorts, result)):
            return True
        return all(
            cells[tuple(swapped(s, a, name, swap) for s, a in zip(sorts, key, strict=True))]
            == swapped(result, value, name, swap)
            for key, value in cells.items()
        )

    return keeps


def _interchangeable(index: IndexSort, data: Sequence[_Datum]) -> tuple[tuple[int, ...], str | None]:
    """Return the most individuals of which any two can be swapped, and what keeps others from it. Where a can be
    swapped with b, and b with c, a can be with c: in three swaps."""
    classes: list[list[int]] = []
    reason = None
    for individual in range(index.size):
        for other in classes:
            swap = {individual: other[0], other[0]: individual}
            broken = next((d.what for d in data if not d.keeps(index.name, swap)), None)
            if broken is None:
                other.append(individual)
                break
            reason = reason or broken
        else:
            classes.append([individual])
    best = max(classes, key=len)
    return (tuple(best) if len(best) > 1 else ()), reason
