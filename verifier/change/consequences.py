"""What follows from the changes for the machine as a whole: reach, deadlocks, determinism, progress."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.change.data import bound
from verifier.change.dependence import NotComparableError
from verifier.change.fact import Change, Shown, shown_by
from verifier.change.inclusion import Comparison, Inclusion, included
from verifier.change.rules import Versions, paired
from verifier.checker.certified import Certified, Verdict
from verifier.evidence.evidence import Trace
from verifier.model.claims import Claim, Deterministic, Never, NoDeadlock, Recoverable
from verifier.model.declarations import Parameter, Table
from verifier.model.model import Model
from verifier.model.printer import show, show_value
from verifier.model.sorts import EnumSort, FlagsSort, IntSort, Sort, Value, cardinality, values
from verifier.model.terms import FALSE, TRUE, Const, Term, Var, and_, eq, or_

SETTINGS = 16
"""The most conditions on parameters that are tried, to find one under which both versions are the same."""

_TWO_SIDED = (Verdict.PROVED, Verdict.REFUTED)


def machine_changes(versions: Versions, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield what the changes do to the machine as a whole; nothing where its behaviours are the same."""
    if versions.gains is False and versions.losses is False:
        return
    yield from _deadlock(versions)
    yield from _determinism(versions)
    yield from _progress(versions)
    yield from _reach(versions, list(changes))


def _both(versions: Versions, old: Claim, new: Claim) -> tuple[Certified, Certified]:
    return versions.ask(versions.old, old), versions.ask(versions.new, new)


@dataclass(frozen=True)
class Flip:
    """What a claim about the machine is called when it is lost or gained, and the title of the run that refutes it."""

    code: str
    lost: str
    gained: str
    told: str


STUCK = Flip("ARC408", "new", "gone", "a run that gets stuck")
FORKS = Flip("ARC411", "lost", "gained", "one state, two ways to go on")
TRAPPED = Flip("ARC410", "lost", "gained", "a run after which there is no way back")


def _flipped(versions: Versions, flip: Flip, subject: str, old: Claim, new: Claim) -> Iterator[Change]:
    """Yield the change iff one version satisfies the claim and the other does not."""
    found = _both(versions, old, new)
    verdicts = [c.verdict if c.verdict is not Verdict.VACUOUS else Verdict.PROVED for c in found]
    if verdicts[0] is verdicts[1] or not all(v in _TWO_SIDED for v in verdicts):
        return
    is_lost = verdicts[1] is Verdict.REFUTED
    shown = (*shown_by(versions.new, found[1], "new", flip.told), *shown_by(versions.old, found[0], "old", flip.told))
    before, after = ("holds", "does not hold") if is_lost else ("does not hold", "holds")
    kind = flip.lost if is_lost else flip.gained
    yield Change(flip.code, kind, subject, before, after, shown=shown, proofs=found, claim=(new, TRUE))


def _deadlock(versions: Versions) -> Iterator[Change]:
    yield from _flipped(versions, STUCK, "no deadlock", NoDeadlock(FALSE), NoDeadlock(FALSE))


def _determinism(versions: Versions) -> Iterator[Change]:
    for old, new in paired(versions):
        if (old.name, new.name) not in versions.gain.same:
            subject = f"rule {new.name} deterministic"
            yield from _flipped(versions, FORKS, subject, Deterministic((old.name,)), Deterministic((new.name,)))


def _progress(versions: Versions) -> Iterator[Change]:
    """From every value of the control variable that has a way back to where runs begin there still is one."""
    homes = _home(versions.old), _home(versions.new)
    if homes[0] is None or homes[1] is None:
        return
    whole = _both(versions, Recoverable(homes[0], TRUE), Recoverable(homes[1], TRUE))
    if all(c.verdict is Verdict.PROVED for c in whole):
        return
    kinds: dict[str, list[str]] = {}
    for value in _control_values(versions):
        for change in _way_back(versions, homes[0], homes[1], [value]):
            kinds.setdefault(change.kind, []).append(value)
    for found in kinds.values():
        yield from _way_back(versions, homes[0], homes[1], found)


def _way_back(versions: Versions, old: Term, new: Term, start: list[str]) -> Iterator[Change]:
    before, after = (or_(*(_at(m, v) for v in start)) for m in (versions.old, versions.new))
    subject = f"a way back from {', '.join(start)}"
    yield from _flipped(versions, TRAPPED, subject, Recoverable(old, before), Recoverable(new, after))


def _home(model: Model) -> Term | None:
    """Return the initial values of the control variable, where the initial states fix them."""
    control = model.control
    if control is None or not isinstance(control.sort, EnumSort):
        return None
    me = Var(control.sort, control.name)
    parts = [t for t in model.init if t is me or me in getattr(t, "args", ())]
    return and_(*parts) if parts else None


def _control_values(versions: Versions) -> list[str]:
    """Return the control values that both versions have, as NEW calls them, if they are called the same."""
    sorts = [m.control.sort for m in (versions.old, versions.new) if m.control is not None]
    names = [set(s.names) for s in sorts if isinstance(s, EnumSort)]
    return sorted(set.intersection(*names)) if len(names) == 2 else []


def _at(model: Model, value: str) -> Term:
    assert model.control is not None
    sort = model.control.sort
    return eq(Var(sort, model.control.name), Const(sort, value))


def _reach(versions: Versions, changes: list[Change]) -> Iterator[Change]:
    """The first end of a run shown so far that the other version cannot come to at all."""
    for side, comparison, code in (("new", versions.loss, "ARC406"), ("old", versions.gain, "ARC407")):
        kind = "grew" if side == "new" else "shrank"
        ends = [s for c in changes for s in c.shown if s.side == side and isinstance(s.run, Trace)]
        found = next(filter(None, (_unreached(versions, comparison, s) for s in ends)), None)
        if found is not None:
            state, certified, shown = found
            before, after = (None, state) if side == "new" else (state, None)
            yield Change(code, kind, "reachable states", before, after, shown=(shown,), proofs=(certified,))


def _unreached(versions: Versions, comparison: Comparison, shown: Shown) -> tuple[str, Certified, Shown] | None:
    """Return the end of a run as text, if `comparison`'s inner version never comes to it."""
    assert isinstance(shown.run, Trace)
    other, state = comparison.inner, shown.run.states[-1]
    shared = {o: i for o, i in comparison.pairs.variables.items() if o in state}
    sorts = {v.name: v.sort for v in shown.model.variables}
    if any(sorts[o] != other.variable[i].sort for o, i in shared.items()) or not shared:
        return None
    if shown.run.interpretation.functions or any(cardinality(s) is None for s in sorts.values()):
        return None
    parts = [eq(Var(sorts[o], i), Const(sorts[o], state[o])) for o, i in shared.items()]
    certified = versions.ask(other, Never(and_(*parts)))
    return (show(and_(*parts)), certified, shown) if certified.verdict is Verdict.PROVED else None


# --- Tables that say which step to take next


def table_changes(versions: Versions) -> Iterator[Change]:
    """Yield the next-hop tables that lead round in circles in one version only."""
    for o, n in versions.gain.pairs.tables.items():
        old, new = versions.old.table[o], versions.new.table[n]
        if old.entries != new.entries and _is_next_hop(old) and _is_next_hop(new):
            before, after = _circle(old), _circle(new)
            if (before is None) is not (after is None):
                kind = "lost" if after is not None else "gained"
                subject = f"table {n} arrives"
                note = "a next-hop table that is followed step by step from start to goal"
                yield Change("ARC410", kind, subject, before, after, note=note, place=new.span, old_place=old.span)


def _is_next_hop(table: Table) -> bool:
    sorts = {table.result, *table.arguments}
    return len(table.arguments) == 2 and len(sorts) == 1 and isinstance(table.result, EnumSort)


def _circle(table: Table) -> str | None:
    """Return a shortest circle, not counting cells that stay where they are; None where every way ends."""
    cells, sort = dict(table.entries), table.result
    circles = (_followed(cells, start, goal) for start, goal in itertools.product(values(sort), repeat=2))
    found = min((c for c in circles if c), key=lambda c: (len(c), list(map(str, c))), default=None)
    if found is None:
        return None
    *way, goal = found
    return f"{' -> '.join(show_value(v, sort) for v in way)} on the way to {show_value(goal, sort)}"


def _followed(cells: Mapping[tuple[Value, ...], Value], start: Value, goal: Value) -> list[Value] | None:
    way = [start]
    while way[-1] != goal:
        following = cells[way[-1], goal]
        if following == way[-1]:
            return None
        if following in way:
            return [*way[way.index(following) :], following, goal]
        way.append(following)
    return None


# --- Equal while a condition on parameters holds


@dataclass(frozen=True)
class Condition:
    """A condition on parameters under which both versions have the same behaviours, with the proofs."""

    text: str
    proofs: tuple[Certified, ...]


def same_while(versions: Versions, inclusions: tuple[Inclusion, Inclusion]) -> Iterator[Condition]:
    """Yield the values of single parameters, of NEW or of OLD alone, under which both versions are the same."""
    if all(i.holds for i in inclusions):
        return
    shared = versions.gain.pairs.parameters
    of_old = {n: o for o, n in shared.items()}
    settings: list[tuple[Parameter, list[str], list[str]]] = [
        (p, [p.name], []) for p in versions.old.parameters if p.name not in shared
    ]
    settings += [(p, [of_old[p.name]] if p.name in of_old else [], [p.name]) for p in versions.new.parameters]
    few = [s for s in settings if (cardinality(s[0].sort) or SETTINGS + 1) <= SETTINGS]
    tried = ((p, v, olds, news) for p, olds, news in few for v in values(p.sort))
    for parameter, value, olds, news in itertools.islice(tried, SETTINGS):
        sorts = {p.name: p.sort for p in versions.old.parameters}
        known = {n: _old_value(versions, sorts[n], parameter.sort, value) for n in olds}
        before = {n: v for n, v in known.items() if v is not None}
        proofs = _same_at(versions, before, dict.fromkeys(news, value)) if len(before) == len(olds) else None
        if proofs is not None:
            yield Condition(bound(parameter.name, parameter.sort, value), proofs)


def _old_value(versions: Versions, before: Sort, after: Sort, value: Value) -> Value | None:
    """Return what a value of a parameter is in OLD, None where it is no value there."""
    if before == after:
        return value
    match before, after:
        case IntSort(), IntSort():
            return value if isinstance(value, int) and before.low <= value <= before.high else None
        case EnumSort(), EnumSort():
            return _old_names(versions, before).get(str(value))
        case FlagsSort(), FlagsSort():
            bits = [b for i, b in enumerate(after.bits) if isinstance(value, int) and value >> i & 1]
            olds = [_old_names(versions, before).get(b) for b in bits]
            return None if None in olds else sum(1 << before.bits.index(o) for o in olds if o is not None)
    return None


def _old_names(versions: Versions, before: EnumSort | FlagsSort) -> Mapping[str, str]:
    """Return OLD's names of values or bits, by NEW's."""
    return {n: o for o, n in versions.gain.pairs.values.get(before.name, {}).items()}


def _same_at(versions: Versions, olds: Mapping[str, Value], news: Mapping[str, Value]) -> tuple[Certified, ...] | None:
    """Return proofs that both versions are the same where parameters have these values; None if they are not."""
    old, new, pairs = versions.old.fixed(olds), versions.new.fixed(news), versions.gain.pairs
    try:
        back = included(new, old, pairs.flipped, frozenset((n, o) for o, n in versions.gain.same), versions.ask)
        if not back.holds:
            return None
        forth = included(old, new, pairs, versions.gain.same, versions.ask)
    except NotComparableError:
        return None
    proofs = tuple(i.certified for i in (forth, back) if i.certified is not None)
    return proofs if forth.holds else None
