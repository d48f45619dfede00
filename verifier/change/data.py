"""What became of the data: values, ranges, parameters, variables, initial states, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from verifier.change.dependence import NotComparableError
from verifier.change.fact import Change, shown_by
from verifier.change.inclusion import Comparison
from verifier.change.rules import Versions
from verifier.checker.certified import Certified, Verdict
from verifier.diagnostics import Span
from verifier.model.claims import Always, Never, Within
from verifier.model.declarations import Table, Variable
from verifier.model.model import Model
from verifier.model.printer import show, show_value
from verifier.model.sorts import (
    BOOL,
    BitsSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    values,
)  # fmt: skip
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    and_,
    conjuncts,
    eq,
    not_,
    or_,
    subterms,
)  # fmt: skip

SENTINEL = re.compile(r"(^|_)(MAX|NR|NUM|COUNT|LAST|END|SIZE)($|_)", re.IGNORECASE)
"""Values that only count the others, as kernel headers have them."""

CELLS = 16
"""The most cells of one table that get a finding each; more of them get one together."""


def data_changes(versions: Versions) -> Iterator[Change]:
    """Yield what became of the machine's data, in the order of its kinds."""
    yield from _sorts(versions)
    yield from _parameters(versions)
    yield from _variables(versions)
    yield from _initial(versions)
    yield from _tables(versions)


# --- Types


def _sorts(versions: Versions) -> Iterator[Change]:
    old, new, pairs = versions.old, versions.new, versions.gain.pairs
    for a, b in pairs.sorts.items():
        before, after, shared = old.sorts[a], new.sorts[b], pairs.values[a]
        if a != b:
            yield _renamed(f"type {b}", a, b)
        yield from (_renamed(f"value {b}.{n}", o, n) for o, n in shared.items() if o != n)
        match before, after:
            case EnumSort(), EnumSort():
                yield from _numbers(before, after, shared)
                yield from _values(versions, before, after, shared)
            case FlagsSort(), FlagsSort():
                yield from _bits(before, after, shared)
            case IndexSort(), IndexSort() if before.size != after.size:
                yield _range(f"type {b}", str(before.size), str(after.size), before.size < after.size)
            case _ if type(before) is not type(after):
                yield Change("ARC115", "changed", f"type {b}", _sort_text(before), _sort_text(after))


def _renamed(subject: str, before: str, after: str) -> Change:
    return Change("ARC112", "renamed", subject, before, after)


def _range(subject: str, before: str, after: str, is_wider: bool, span: Span | None = None) -> Change:
    return Change("ARC115", "widened" if is_wider else "narrowed", subject, before, after, place=span)


def _numbers(before: EnumSort, after: EnumSort, shared: Mapping[str, str]) -> Iterator[Change]:
    """The numbers that values have outside; a sentinel's number moves whenever a value is added."""
    old, new = dict(zip(before.names, before.numbers, strict=True)), dict(zip(after.names, after.numbers, strict=True))
    for o, n in shared.items():
        if old[o] != new[n]:
            code = ("ARC114", "sentinel") if SENTINEL.search(n) else ("ARC113", "renumbered")
            yield Change(*code, f"value {after.name}.{n}", str(old[o]), str(new[n]))


def _values(versions: Versions, before: EnumSort, after: EnumSort, shared: Mapping[str, str]) -> Iterator[Change]:
    gone = [v for v in before.names if v not in shared]
    come = [v for v in after.names if v not in shared.values()]
    for value in gone:
        yield _value(versions, before, value, False)
    for value in come:
        yield _value(versions, after, value, True)


def _value(versions: Versions, sort: EnumSort, value: str, is_new: bool) -> Change:
    """A value that one version has alone: reachable, unreachable, or only under a parameter of that version."""
    comparison = versions.gain if is_new else versions.loss
    code = "ARC110" if is_new else "ARC111"
    change = Change(code, "unreachable", f"value {sort.name}.{value}", *((None, value) if is_new else (value, None)))
    found = _met(versions, comparison.inner, sort, value)
    if found[-1].verdict is Verdict.PROVED:
        return replace(change, proofs=found, note="no run comes to it")
    if found[-1].verdict is not Verdict.REFUTED:
        return replace(change, kind="reachable", undecided=found[-1].reason)
    shown = shown_by(comparison.inner, found[-1], "new" if is_new else "old", f"a run to {value}")
    for off, text in _old_configurations(comparison):
        without = _met(versions, off, sort, value)
        if without[-1].verdict is Verdict.PROVED:
            code = "ARC110o" if is_new else "ARC111"
            note = f"no run comes to it while {text}"
            return replace(change, code=code, kind="opt-in", shown=shown, proofs=(*found, *without), note=note)
    return replace(change, kind="reachable", shown=shown, proofs=found)


def _met(versions: Versions, model: Model, sort: EnumSort, value: str) -> tuple[Certified, ...]:
    """Ask whether a run meets the value, in a variable or as an argument of a rule; the last answer decides."""
    stored = versions.ask(model, Never(or_(*(_holds(v, sort, value) for v in model.variables))))
    if stored.verdict is not Verdict.PROVED:
        return (stored,)
    given = [(r.name, p) for r in model.rules for p in r.parameters if p.sort == sort]
    steps = ((name, not_(eq(p, Const(sort, value)))) for name, p in given)
    return (stored, versions.ask(model, Within(TRUE, tuple(steps)))) if given else (stored,)


def _holds(variable: Variable, sort: EnumSort, value: str) -> Term:
    """Return the condition under which the variable is the value, or a map or set that has it."""
    me, wanted = Var(variable.sort, variable.name), Const(sort, value)
    match variable.sort:
        case MapSort() if variable.sort.value == sort:
            key = Local(variable.sort.key, "key of the value")
            return Bind(BOOL, Binder.SOME, key, eq(App(sort, Op.GET, (me, key)), wanted))
        case SetSort() if variable.sort.element == sort:
            return App(BOOL, Op.IN, (wanted, me))
        case _:
            return eq(me, wanted) if variable.sort == sort else FALSE


def _old_configurations(comparison: Comparison) -> Iterator[tuple[Model, str]]:
    """Yield the inner version with a value for one of its own parameters, or with those values that both have."""
    inner, pairs = comparison.inner, comparison.pairs
    own = [p for p in inner.parameters if p.name not in pairs.parameters.values()]
    for p in own:
        if (cardinality(p.sort) or 17) <= 16:
            for value in values(p.sort):
                yield inner.fixed({p.name: value}), bound(p.name, p.sort, value)
    domain = comparison.translation.rigid_domain()
    if domain is not TRUE:
        yield replace(inner, assumptions=(*inner.assumptions, domain)), show(domain)


def bound(name: str, sort: Sort, value: Value) -> str:
    """Return "p == 3", or for a truth value "p" or "not p"."""
    return show(eq(Param(sort, name), Const(sort, value)))


def _bits(before: FlagsSort, after: FlagsSort, shared: Mapping[str, str]) -> Iterator[Change]:
    for bit in before.bits:
        if bit in shared and before.bits.index(bit) != after.bits.index(shared[bit]):
            old, new = before.bits.index(bit), after.bits.index(shared[bit])
            yield Change("ARC113", "renumbered", f"bit {after.name}.{shared[bit]}", f"1 << {old}", f"1 << {new}")
        elif bit not in shared:
            yield Change("ARC115", "narrowed", f"bit {before.name}.{bit}", before=bit)
    for bit in after.bits:
        if bit not in shared.values():
            yield Change("ARC115", "widened", f"bit {after.name}.{bit}", after=bit)
    named, now = dict(before.named), dict(after.named)
    for name in (n for n in named if n in now):
        if show_value(named[name], replace(before, named=())) != show_value(now[name], replace(after, named=())):
            yield Change("ARC113", "renumbered", f"value {after.name}.{name}", bin(named[name]), bin(now[name]))


def _sort_text(sort: Sort) -> str:
    return f"{type(sort).__name__.removesuffix('Sort').lower()} {sort}"


def _domain(subject: str, before: Sort, after: Sort, shared: Mapping[str, str], span: Span) -> Iterator[Change]:
    """A variable or parameter of another type than before; a named type that has changed itself is no news here."""
    if before == after or shared.get(str(before)) == str(after):
        return
    old, new = _span_of(before), _span_of(after)
    if old is None or new is None or type(before) is not type(after):
        code = "ARC116o" if subject.startswith("var ") else "ARC115"
        yield Change(code, "changed", subject, str(before), str(after), place=span)
    elif new[0] <= old[0] and old[1] <= new[1]:
        yield _range(subject, str(before), str(after), True, span)
    elif old[0] <= new[0] and new[1] <= old[1]:
        yield _range(subject, str(before), str(after), False, span)
    else:
        yield Change("ARC115", "changed", subject, str(before), str(after), place=span)


def _span_of(sort: Sort) -> tuple[int, int] | None:
    if isinstance(sort, IntSort):
        return sort.low, sort.high
    return (0, (1 << sort.width) - 1) if isinstance(sort, BitsSort) else None


# --- Parameters and assumptions


def _parameters(versions: Versions) -> Iterator[Change]:
    old, new, shared = versions.old, versions.new, versions.gain.pairs.parameters
    before, after = {p.name: p for p in old.parameters}, {p.name: p for p in new.parameters}
    for o, n in shared.items():
        if o != n:
            yield _renamed(f"param {n}", o, n)
        sorts = versions.gain.pairs.sorts
        yield from _domain(f"param {n}", before[o].sort, after[n].sort, sorts, after[n].span)
    for name in (n for n in before if n not in shared):
        yield Change("ARC119", "removed", f"param {name}", before=str(before[name].sort), old_place=before[name].span)
    for name in (n for n in after if n not in shared.values()):
        yield Change("ARC119", "added", f"param {name}", after=str(after[name].sort), place=after[name].span)
    yield from _assumptions(versions)


def _assumptions(versions: Versions) -> Iterator[Change]:
    """Which values of the shared parameters are looked at at all."""
    own = {p.name for p in versions.new.parameters if p.name not in versions.gain.pairs.parameters.values()}
    other = {p.name for p in versions.old.parameters if p.name not in versions.gain.pairs.parameters}
    before, after = _facts(versions.old, other), _facts(versions.new, own)
    if {show(f) for f in before} == {show(f) for f in after}:
        return
    told = (" and ".join(map(show, before)) or None, " and ".join(map(show, after)) or None)
    try:
        fewer, more = _follows(versions, versions.gain, before), _follows(versions, versions.loss, after)
    except NotComparableError as error:
        yield Change("ARC704", "not-comparable", "assumptions", *told, undecided=str(error))
        return
    yield from _compared("ARC118", ("weakened", "strengthened", "moved"), "assumptions", told, fewer, more)


def _facts(model: Model, own: set[str]) -> list[Term]:
    parts = [part for fact in model.assumptions for part in conjuncts(fact)]
    return [p for p in parts if not any(isinstance(t, Param) and t.name in own for t in subterms(p))]


def _follows(versions: Versions, comparison: Comparison, outer: list[Term]) -> Certified:
    """Whether whatever the inner version assumes satisfies the outer version's facts about parameters."""
    alone = replace(comparison.inner, variables=(), init=(), rules=(), properties=(), control=None)
    t = comparison.translation
    return versions.ask(alone, Always(and_(t.rigid_domain(), *(t.term(f) for f in outer))))


def _compared(
    code: str, kinds: tuple[str, str, str], subject: str, told: tuple[str | None, str | None], *found: Certified
) -> Iterator[Change]:
    """Kinds: NEW allows more, NEW allows less, both. `found`: is all of NEW in OLD, is all of OLD in NEW?"""
    holds = [{Verdict.PROVED: True, Verdict.VACUOUS: True, Verdict.REFUTED: False}.get(c.verdict) for c in found]
    if None in holds:
        reason = next(c.reason for c, h in zip(found, holds, strict=True) if h is None)
        yield Change("ARC701", "unknown", subject, *told, undecided=reason)
    elif holds != [True, True]:
        kind = kinds[2] if holds == [False, False] else kinds[0] if holds[0] is False else kinds[1]
        yield Change(code, kind, subject, *told, proofs=found)


# --- Variables and initial states


def _variables(versions: Versions) -> Iterator[Change]:
    old, new, shared = versions.old, versions.new, versions.gain.pairs.variables
    for o, n in shared.items():
        if o != n:
            yield _renamed(f"var {n}", o, n)
        before, after = old.variable[o], new.variable[n]
        yield from _domain(f"var {n}", before.sort, after.sort, versions.gain.pairs.sorts, after.span)
    for name in (n for n in old.variable if n not in shared):
        variable = old.variable[name]
        yield Change(
            _weight(versions.gain, name), "removed", f"var {name}", before=str(variable.sort), old_place=variable.span
        )
    for name in (n for n in new.variable if n not in shared.values()):
        variable = new.variable[name]
        code = _weight(versions.loss, name)
        yield Change(code, "added", f"var {name}", after=str(variable.sort), place=variable.span)


def _weight(comparison: Comparison, name: str) -> str:
    """A variable on which nothing depends cannot be told from without; one that others depend on may be."""
    try:
        return "ARC116" if name in comparison.translation.unread else "ARC116o"
    except NotComparableError:
        return "ARC116o"


def _initial(versions: Versions) -> Iterator[Change]:
    try:
        claims = [(c, Always(c.starts())) for c in (versions.gain, versions.loss)]
        found = [versions.ask(replace(c.model, rules=(), properties=()), claim) for c, claim in claims]
    except NotComparableError as error:
        yield Change("ARC704", "not-comparable", "initial states", undecided=str(error))
        return
    told = tuple(" and ".join(sorted(map(show, m.init))) or "any" for m in (versions.old, versions.new))
    for change in _compared("ARC117", ("grew", "shrank", "moved"), "initial states", (told[0], told[1]), *found):
        runs = [
            s
            for comparison, certified, side in zip((versions.gain, versions.loss), found, ("new", "old"), strict=True)
            for s in shown_by(comparison.model, certified, side, "begins where the other version does not")
        ]
        yield replace(change, shown=tuple(runs))


# --- Tables


def _tables(versions: Versions) -> Iterator[Change]:
    for o, n in versions.gain.pairs.tables.items():
        old, new = versions.old.table[o], versions.new.table[n]
        if o != n:
            yield _renamed(f"table {n}", o, n)
        differing = list(_cells(versions, old, new))
        if len(differing) <= CELLS:
            yield from differing
        else:
            yield _many(new, differing)


def _many(table: Table, cells: list[Change]) -> Change:
    """One finding for a table of which many cells differ."""
    before = "; ".join(f"{c.subject} = {c.before}" for c in cells)
    after = "; ".join(f"{c.subject} = {c.after}" for c in cells)
    note = f"{len(cells)} cells differ"
    return Change("ARC413", "changed", f"table {table.name}", before, after, note=note, place=table.span)


def _cells(versions: Versions, old: Table, new: Table) -> Iterator[Change]:
    """The cells that both tables have and that differ; a value is the same if it has the same name in both."""
    if len(old.arguments) != len(new.arguments):
        yield Change("ARC413", "changed", f"table {new.name}", _signature(old), _signature(new), place=new.span)
        return
    back = {_key(new, k): (v, place) for (k, v), place in zip(new.entries, new.places, strict=True)}
    for (key, value), old_place in zip(old.entries, old.places, strict=True):
        here = tuple(_word(versions, v, s) for v, s in zip(key, old.arguments, strict=True))
        if here in back:
            after, place = back[here]
            told = _word(versions, value, old.result), show_value(after, new.result)
            if told[0] != told[1]:
                subject = f"table {new.name}[{', '.join(here)}]"
                before = show_value(value, old.result)
                yield Change("ARC413", "changed", subject, before, told[1], place=place, old_place=old_place)


def _key(table: Table, key: tuple[Value, ...]) -> tuple[str, ...]:
    return tuple(show_value(v, s) for v, s in zip(key, table.arguments, strict=True))


def _word(versions: Versions, value: Value, sort: Sort) -> str:
    """Return an old value as the new version calls it."""
    if isinstance(sort, EnumSort) and isinstance(value, str):
        return versions.gain.pairs.values.get(sort.name, {}).get(value, value)
    return show_value(value, sort)


def _signature(table: Table) -> str:
    return f"{', '.join(map(str, table.arguments))} -> {table.result}"
