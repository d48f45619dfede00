"""Short fair loops in a product of machine and automaton."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from verifier.engines.temporal_product import Product
from verifier.evidence.evidence import Lasso, Step, Trace
from verifier.model.claims import Claim
from verifier.semantics.refusal import Refused
from verifier.semantics.shown import replay

PATHS = 3000
"""The most runs of the machine that are looked at for one shorter than the lasso."""

VISITS = 300_000
"""How much is visited in search of the shortest lasso; after that the shortest one so far is taken."""


def lasso(product: Product, component_list: list[list[int]]) -> Lasso:
    """Return a fair lasso through one of the components, each of which has a fair loop.

    It is one with the fewest steps, stem and loop together, of those that close in the product of what was
    explored, where the search takes no more than VISITS visits; otherwise a short one.
    """
    search = _Search(product)
    starts = sorted((product.depth[n], n, i) for i, c in enumerate(component_list) for n in c)
    insides = [set(c) for c in component_list]
    for depth, start, i in starts:
        if search.best is not None and (depth + 1 >= len(search.best[1]) + product.depth[search.best[0]]):
            break
        if search.best is not None and search.visits > VISITS:
            break
        search.loop_from(start, insides[i])
    assert search.best is not None, "a component with a fair loop has one through some of its pairs"
    start, loop = search.best
    first, stem = product.stem(start)
    setting = product.space.setting
    initial = product.space.states[product.pairs[first][0]]
    return Lasso(Trace(setting.parameters, initial, (*stem, *loop), setting.interpretation), len(stem))


def shorter(product: Product, claim: Claim, run: Lasso | Trace) -> Lasso | Trace:
    """Return a violating run with the fewest steps, stem and loop together, where the runs that are shorter than the
    given one, as far as the automaton follows them, are no more than PATHS; otherwise the given one.

    The automaton may take a state to be another one the second time; the machine does not, and its loop is shorter.
    """
    space, seen = product.space, 0
    paths = [_Path((s,), (), product.places_in(s, product.automaton.initial)) for s in space.initial]
    for _ in range(_length(run)):
        following: list[_Path] = []
        for path in paths:
            seen += 1
            if seen > PATHS:
                return run
            for violation in path.closed(product):
                with suppress(Refused):
                    replay(space.setting.model, claim, violation)
                    return violation
            following += path.longer(product)
        paths = following
    return run


@dataclass(frozen=True)
class _Path:
    """A run, and where the automaton can be after it."""

    states: tuple[int, ...]
    steps: tuple[Step, ...]
    places: tuple[int, ...]

    def closed(self, product: Product) -> Iterator[Lasso | Trace]:
        """Yield the ways to see the run as a maximal one."""
        space = product.space
        trace = Trace(space.setting.parameters, space.states[self.states[0]], self.steps, space.setting.interpretation)
        if not space.steps(self.states[-1]):
            yield trace
        yield from (Lasso(trace, i) for i, s in enumerate(self.states[:-1]) if s == self.states[-1])

    def longer(self, product: Product) -> Iterator[_Path]:
        for step, after in product.space.steps(self.states[-1]):
            places = product.places_after(self.states[-1], self.places, step, after)
            if places:
                yield _Path((*self.states, after), (*self.steps, step), places)


def _length(run: Lasso | Trace) -> int:
    return len((run.trace if isinstance(run, Lasso) else run).steps)


@dataclass
class _Search:
    """The best loop so far: where it begins, its steps. A loop has to collect marks, one bit each."""

    product: Product
    best: tuple[int, list[Step]] | None = None
    visits: int = 0
    bits: dict[tuple[str, object], int] = field(default_factory=dict)

    def loop_from(self, start: int, inside: set[int]) -> None:
        """Look for a loop through `start` with fewer steps in all than the best one: breadth first, over pairs and the
        marks collected on the way."""
        product = self.product
        limit = None if self.best is None else len(self.best[1]) + product.depth[self.best[0]] - product.depth[start]
        origin: dict[tuple[int, int], tuple[tuple[int, int], Step] | None] = {(start, 0): None}
        queue = deque([((start, 0), 0)])
        while queue:
            (here, marks), length = queue.popleft()
            if limit is not None and length + 1 >= limit:
                return
            for step, there in product.edges[here]:
                if there not in inside:
                    continue
                now = marks | self._marks(here, step)
                self.visits += 1
                if there == start and self._is_fair(now):
                    self.best = (start, [*_walk(origin, (here, marks)), step])
                    return
                if (there, now) not in origin:
                    origin[there, now] = ((here, marks), step)
                    queue.append(((there, now), length + 1))

    def _bit(self, kind: str, about: object) -> int:
        return 1 << self.bits.setdefault((kind, about), len(self.bits))

    def _marks(self, here: int, step: Step) -> int:
        state, place = self.product.pairs[here]
        able, found = self.product.space.able(state), 0
        for accepted in self.product.automaton.places[place].accepts:
            found |= self._bit("set", accepted)
        for rule in self.product.fair:
            found |= self._bit("fair", rule) if step.rule == rule or rule not in able else 0
        for rule in self.product.strong:
            found |= self._bit("fired", rule) if step.rule == rule else 0
            found |= self._bit("able", rule) if rule in able else 0
        return found

    def _is_fair(self, marks: int) -> bool:
        sets = all(marks & self._bit("set", s) for s in range(self.product.automaton.sets))
        fair = all(marks & self._bit("fair", r) for r in self.product.fair)
        strong = all(marks & self._bit("fired", r) or not marks & self._bit("able", r) for r in self.product.strong)
        return bool(sets and fair and strong)


def _walk(origin: dict[tuple[int, int], tuple[tuple[int, int], Step] | None], last: tuple[int, int]) -> Iterator[Step]:
    steps: list[Step] = []
    while (back := origin[last]) is not None:
        last, step = back
        steps.append(step)
    return reversed(steps)
