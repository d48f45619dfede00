"""`leads to`: a ranking of the pending states, or a fair run on which the response never comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.engines.diagrams.ctl import Ctl
from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.session import Session, Undecided, invariant
from verifier.evidence.evidence import Answer, Holds, Ranking, RankRow, Trace, Violated
from verifier.model.claims import LeadsTo

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

ROWS = 400
"""The most regions of a ranking."""


def leads_to(session: Session, claim: LeadsTo, search: Search) -> Answer:
    """Return Holds(Ranking), or Violated with a Trace into a deadlock or a Lasso; the stem is a shortest one."""
    machine, reached = session.machine, session.reached(search)
    open_ = machine.states & ~machine.formula(claim.response)
    trigger = machine.formula(claim.trigger) & open_
    pending = search.closure(reached & trigger, open_)
    ctl = Ctl(search, reached, claim.fair)
    if (dead := ctl.dead & pending).satisfiable():
        return Violated(_stem(search, trigger, open_, dead))
    if (hull := ctl.hull(pending)).satisfiable():
        lasso = ctl.lasso(_stem(search, trigger, open_, hull), pending)
        assert lasso is not None
        return Violated(lasso)
    rows = _rows(session, search, claim, pending)
    return Holds(Ranking(rows, invariant(session, search, reached, trigger & ~pending)))


def _stem(search: Search, trigger: BDDFunction, open_: BDDFunction, goal: BDDFunction) -> Trace:
    """Return a shortest run to `goal` that is pending from some trigger on."""
    machine = search.machine
    reached, waiting = [machine.init], [machine.init & trigger]
    seen = machine.words.false, machine.words.false
    while not (waiting[-1] & goal).satisfiable():
        search.visit()
        seen = seen[0] | reached[-1], seen[1] | waiting[-1]
        reached.append(machine.after(reached[-1]) & ~seen[0])
        waiting.append((machine.after(waiting[-1]) & open_ | reached[-1] & trigger) & ~seen[1])
    return _back(search, reached, waiting, trigger, goal)


def _back(
    search: Search, reached: Sequence[BDDFunction], waiting: Sequence[BDDFunction], trigger: BDDFunction,
    goal: BDDFunction,
) -> Trace:  # fmt: skip
    """Return a run through the states that wait, from the first of them that is a trigger at its shortest distance."""
    machine = search.machine
    point = machine.some(waiting[-1] & goal)[0]
    for place in range(len(waiting) - 1, -1, -1):
        if (point & reached[place] & trigger).satisfiable():
            stem = search.run(reached[: place + 1], point)
            rest = search.run(_forward(search, point, waiting[place:], goal), goal)
            return replace(stem, steps=(*stem.steps, *rest.steps))
        point = machine.some(machine.before(point) & waiting[place - 1])[0]
    raise AssertionError("what waits began to wait at a trigger")


def _forward(search: Search, point: BDDFunction, rings: Sequence[BDDFunction], goal: BDDFunction) -> list[BDDFunction]:
    """Return the states of the rings that lie on a way from `point`."""
    ways = [point]
    for ring in rings[1:]:
        ways.append(search.machine.after(ways[-1]) & ring)
    return ways


def _rows(session: Session, search: Search, claim: LeadsTo, pending: BDDFunction) -> tuple[RankRow, ...]:
    """Return the regions of a ranking of the pending states, from none of which a fair run stays pending.

    As long as some are left, those whose steps all lead out of the rest are a region; or else, for some fair rule, the
    largest set in which it can fire, always out of the rest, and which the other steps do not leave for the rest: a
    component that no step leaves for the rest is not fair, so some fair rule can fire in all of it, and leads out.
    """
    rest = pending
    rows: list[RankRow] = []
    while rest.satisfiable():
        helpful, region = next(_regions(search, claim, rest))
        if len(rows) == ROWS:
            raise Undecided(f"a ranking takes more than {ROWS} regions")
        rows.append(RankRow(session.reader.term(region), helpful))
        rest = rest & ~region
    return tuple(rows)


def _regions(search: Search, claim: LeadsTo, rest: BDDFunction) -> Iterator[tuple[str | None, BDDFunction]]:
    machine = search.machine
    leaving = rest & machine.live & ~machine.before(rest)
    if leaving.satisfiable():
        yield None, leaving
    for rule in claim.fair:
        if (region := _helped(search, rule, rest)).satisfiable():
            yield rule, region


def _helped(search: Search, rule: str, rest: BDDFunction) -> BDDFunction:
    machine = search.machine
    own = machine.words.any(machine.closed(e.relation.before(rest)) for e in machine.steps_of(rule))
    others = [e for e in machine.events if e.rule != rule]
    found = rest & machine.able(rule) & ~own
    while True:
        search.visit()
        lost = machine.words.any(machine.closed(e.relation.before(rest & ~found)) for e in others)
        if not (found & lost).satisfiable():
            return found
        found = found & ~lost
