"""Short runs in a product of machine and watcher: ways to an end, and fair lassos."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.engines.engine import Budget
from verifier.engines.temporal_beside import told
from verifier.engines.temporal_product import Known, OutOfTime, growing
from verifier.evidence.evidence import Lasso, Step, Trace
from verifier.evidence.interpretation import State
from verifier.model.claims import Ltl
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.semantics.evaluate import Setting
from verifier.semantics.positive import positive
from verifier.semantics.run import successors
from verifier.statespace.actions import Refused
from verifier.statespace.packing import TooLarge

VISITS = 200_000
"""How many steps are looked at in search of the shortest lasso; after that the shortest one so far is taken."""

PAIRS = 30_000
"""So many states of a machine and what is told about it are explored in search of the shortest run, or few more."""

Move = tuple[int, str | None]
"""Where a step leads, and the rule that it has to be by (None: any)."""


@dataclass(frozen=True)
class Walk:
    """A run of the product by places, from an initial one on; with `loop`, one that goes on from there for ever."""

    first: int
    moves: tuple[Move, ...]
    loop: int | None = None

    @property
    def length(self) -> int:
        """How many steps it has."""
        return len(self.moves)

    def shown(self, known: Known) -> Lasso | Trace:
        """Return the walk as a run of the machine."""
        setting = Setting(known.beside.machine, known.space.setting.parameters)

        def alone(place: int) -> State:
            return known.beside.alone(known.space.unpack(known.graph.states[place]))

        initial = state = alone(self.first)
        steps: list[Step] = []
        for place, rule in self.moves:
            after = alone(place)
            steps.append(next(s for s in successors(setting, state) if s.state == after and rule in (None, s.rule)))
            state = after
        trace = Trace(setting.parameters, initial, tuple(steps))
        return trace if self.loop is None else Lasso(trace, self.loop)


def shortest_walk(known: Known, most: int | None = None) -> Walk | None:
    """Return a fair run in what is known of a product, which ends or goes round a loop for ever; None iff there is none
    (with `most`: none of at most so many steps was found).

    The stem to where its loop begins is a shortest one. It has the fewest steps of all, stem and loop together, where
    the search takes no more than VISITS visits.
    """
    end = _way_to_an_end(known)
    best = end if end is not None and (most is None or end.length <= most) else None
    parts = [] if known.beside.early else known.fair_parts()
    if not parts:
        return best
    search = _Search(known, parts, best)
    if most is None:
        search.go_round()
    elif best is None:
        search.limit = most + 1
    search.shorten()
    return search.best


def _way_to_an_end(known: Known) -> Walk | None:
    if not any(known.ends):
        return None
    place = next(p for _, p in known.by_distance() if known.ends[p])
    return _stem(known, place)


def _stem(known: Known, place: int) -> Walk:
    way = known.graph.path(known.parent, place)
    return Walk(way[0], tuple((p, None) for p in way[1:]))


@dataclass
class _Search:
    """The search for a short loop in one of the `parts`, each of which has a fair one. A loop has to collect marks."""

    known: Known
    parts: Sequence[Sequence[int]]
    best: Walk | None
    limit: int | None = None
    visits: int = 0
    where: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note the part of each place."""
        self.where = {place: number for number, part in enumerate(self.parts) for place in part}
        self._keep(self.best)

    def _keep(self, walk: Walk | None) -> None:
        if walk is not None and (self.limit is None or walk.length < self.limit):
            self.best, self.limit = walk, walk.length

    def go_round(self) -> None:
        """Take the loop that comes by all marks one after the other, from the nearest place in one of the parts."""
        start = next(p for _, p in self.known.by_distance() if p in self.where)
        part = self.where[start]
        within = self.known.graph.nothing()
        for place in self.parts[part]:
            within[place] = 1
        here, moves, collected = start, list[Move](), 0
        wanted = self._all_marks(self.parts[part])
        while (missing := wanted & ~collected) or not moves:
            way = self._nearest(here, within, missing)
            for place, rule in way:
                collected |= self._marks_of(here, place, rule)
                here = place
            moves += way
        moves += self._way(here, start, within)
        stem = _stem(self.known, start)
        self._keep(Walk(stem.first, (*stem.moves, *moves), len(stem.moves)))

    def _all_marks(self, part: Sequence[int]) -> int:
        """Return the marks that the walk through all of a part collects."""
        sets, weak = len(self.known.accepting), len(self.known.fair)
        able = (any(self.known.able[r][p] for p in part) for r in self.known.strong)
        needed = sum(1 << (sets + weak + i) for i, a in enumerate(able) if a)
        return (1 << (sets + weak)) - 1 | needed

    def _nearest(self, start: int, within: bytearray, missing: int) -> list[Move]:
        """Return a way of at least one step to the nearest step on which a missing mark is collected (any, if none is
        missing), that step its last."""
        origin: dict[int, Move | None] = {start: None}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for place, rule, marks in self._moves(here):
                if within[place] and (marks & missing or not missing):
                    return [*_back(origin, here), (place, rule)]
                if within[place] and place not in origin:
                    origin[place] = (here, rule)
                    queue.append(place)
        raise AssertionError("the walk through all of a part collects all marks")

    def _way(self, start: int, goal: int, within: bytearray) -> list[Move]:
        marked = self.known.graph.nothing()
        marked[start] = 1
        way = self.known.graph.path(self.known.graph.reached(marked, within), goal)
        return [(place, None) for place in way[1:]]

    def _marks_of(self, here: int, place: int, rule: str | None) -> int:
        return next(m for p, r, m in self._moves(here) if (p, r) == (place, rule))

    def shorten(self) -> None:
        """Look for loops that give a run with fewer steps, from the nearest places first."""
        for distance, start in self.known.by_distance():
            if (self.limit is not None and distance + 1 >= self.limit) or self.visits > VISITS:
                return
            if start in self.where:
                self._loop_from(start, distance)

    def _loop_from(self, start: int, distance: int) -> None:
        """Look for a shorter run that goes round from `start`: breadth first, over places and marks collected."""
        part = self.where[start]
        wanted = self._strong_marks
        origin: dict[tuple[int, int], tuple[tuple[int, int], str | None] | None] = {(start, 0): None}
        queue = deque([((start, 0), distance + 1)])
        while queue:
            (here, marks), length = queue.popleft()
            if self.limit is not None and length >= self.limit:
                return
            for place, rule, more in self._moves(here):
                if self.where.get(place) != part:
                    continue
                self.visits += 1
                now = marks | more
                if place == start and self._is_fair(now, wanted):
                    stem = _stem(self.known, start)
                    loop = [*_back_through(origin, (here, marks)), (start, rule)]
                    self._keep(Walk(stem.first, (*stem.moves, *loop), distance))
                    return
                if (place, now) not in origin:
                    origin[place, now] = ((here, marks), rule)
                    queue.append(((place, now), length + 1))
            if self.visits > VISITS:
                return

    @property
    def _strong_marks(self) -> list[tuple[int, int]]:
        """For each rule with strong fairness the marks that it fired, and that it could."""
        first, count = len(self.known.accepting) + len(self.known.fair), len(self.known.strong)
        return [(1 << (first + i), 1 << (first + count + i)) for i in range(count)]

    def _is_fair(self, marks: int, strong: list[tuple[int, int]]) -> bool:
        every = (1 << (len(self.known.accepting) + len(self.known.fair))) - 1
        return marks & every == every and all(marks & fired or not marks & able for fired, able in strong)

    def _moves(self, here: int) -> Iterator[tuple[int, str | None, int]]:
        """Yield the steps from a place: where they lead, the rule where it matters, and the marks that they collect.

        The marks: for each acceptance set that it was met; for each rule with weak fairness that it fired, or could
        not; for each one with strong fairness that it fired; and for each of those that it could.
        """
        known, marks = self.known, 0
        sets, weak, strong = len(known.accepting), len(known.fair), len(known.strong)
        for i, accepting in enumerate(known.accepting):
            marks |= accepting[here] << i
        for i, rule in enumerate(known.fair):
            marks |= (not known.able[rule][here]) << (sets + i)
        for i, rule in enumerate(known.strong):
            marks |= known.able[rule][here] << (sets + weak + strong + i)
        fired: dict[int, list[tuple[str, int]]] = {}
        for rule in known.able:
            if known.able[rule][here]:
                mine = sum(1 << (sets + i) for i, r in enumerate(known.fair) if r == rule)
                mine |= sum(1 << (sets + weak + i) for i, r in enumerate(known.strong) if r == rule)
                for place in known.taken(rule, here):
                    fired.setdefault(place, []).append((rule, mine))
        for place in (*known.graph.after(here), *([here] if known.returning[here] else [])):
            if place in fired:
                yield from ((place, rule, marks | mine) for rule, mine in fired[place])
            else:
                yield place, None, marks


def _back(origin: dict[int, Move | None], place: int) -> list[Move]:
    """Return the moves by which a search came to a place."""
    moves: list[Move] = []
    while (back := origin[place]) is not None:
        moves.append((place, back[1]))
        place = back[0]
    return moves[::-1]


def _back_through(
    origin: dict[tuple[int, int], tuple[tuple[int, int], str | None] | None], last: tuple[int, int]
) -> list[Move]:
    moves: list[Move] = []
    while (back := origin[last]) is not None:
        moves.append((last[0], back[1]))
        last = back[0]
    return moves[::-1]


def shortest(
    model: Model, parameters: Mapping[str, Value], claim: Ltl, run: Lasso | Trace, budget: Budget
) -> Lasso | Trace:
    """Return a run that violates a claim with the fewest steps, stem and loop together, where no more than PAIRS states
    have to be explored and VISITS steps looked at; otherwise the shorter one of what was found and the given one."""
    beside = told(model, positive(claim.formula, False))
    steps = length(run)
    try:
        for known in growing(beside, parameters, claim.fair, claim.strong, budget):
            if (walk := shortest_walk(known, steps - 1)) is not None:
                run = walk.shown(known)
            if known.space.counts.levels >= length(run) - 1 or known.space.states > PAIRS:
                return run
            steps = length(run)
    except (OutOfTime, Refused, TooLarge, MemoryError):
        pass
    return run


def length(run: Lasso | Trace) -> int:
    """Return how many steps a run has that is shown."""
    return len(run.trace.steps) if isinstance(run, Lasso) else len(run.steps)
