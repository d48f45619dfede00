"""Short invariants that explored states suggest: which values any two scalars have together.

The candidates are one conjunct for each pair of scalars that does not take all pairs of values. Those that some
transition breaks, from a state of the others, are dropped until the rest is inductive (Flanagan, Leino: Houdini, an
annotation assistant for ESC/Java, FME 2001). Whether it implies the claim is asked last.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.encode.listing import TooLarge
from verifier.encode.query import Assignment, Query
from verifier.engines.engine import Budget
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.sorts import BOOL, MapSort, SetSort, Sort, Value, values
from verifier.model.terms import App, Const, Op, Term, Var, and_, at_level, eq, implies, not_, or_
from verifier.semantics.claims import cases
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.relation import relation
from verifier.statespace.kernel import WORDS, address, library, unpacked
from verifier.statespace.orbits import Orbits
from verifier.statespace.packing import WORD, Field, Tree, value_of
from verifier.statespace.space import Space

PAIR = 12
"""The most bits of a pair of scalars that is looked at."""

PAIRS = 600
"""The most pairs."""


def from_projections(model: Model, claim: Claim, spaces: Sequence[Space], budget: Budget) -> tuple[Term, ...] | None:
    """Return the conjuncts of an inductive invariant that excludes every violation; None where none was found."""
    try:
        if _suffices(model, claim, (), budget):
            return ()
        kept = _inductive(model, list(_candidates(model, spaces)), budget)
        return kept if kept is not None and _suffices(model, claim, kept, budget) else None
    except TooLarge:
        return None


@dataclass(frozen=True)
class _Scalar:
    """One scalar of the state: its field, its sort, and the term that reads it."""

    field: Field
    sort: Sort
    term: Term

    def is_one_of(self, codes: Iterable[int]) -> Term:
        """Return the term that says that the scalar has one of these codes."""
        return or_(*(self._is(value_of(self.sort, code + self.field.low)) for code in codes))

    def _is(self, value: Value) -> Term:
        if self.sort == BOOL:
            return self.term if value else not_(self.term)
        return eq(self.term, Const(self.sort, value))


def _scalars(space: Space) -> Iterator[_Scalar]:
    def parts(sort: Sort, shape: Tree, term: Term) -> Iterator[_Scalar]:
        if isinstance(shape, int):
            yield _Scalar(space.layout.fields[shape], sort, term)
        elif isinstance(sort, MapSort):
            for key, inner in zip(values(sort.key), shape, strict=True):
                yield from parts(sort.value, inner, App(sort.value, Op.GET, (term, Const(sort.key, key))))
        elif isinstance(sort, SetSort):
            for element, inner in zip(values(sort.element), shape, strict=True):
                yield from parts(BOOL, inner, App(BOOL, Op.IN, (Const(sort.element, element), term)))

    for variable in space.setting.model.variables:
        yield from parts(variable.sort, space.layout.shapes[variable.name], Var(variable.sort, variable.name))


def _candidates(model: Model, spaces: Sequence[Space]) -> Iterator[Term]:
    """Yield what every state of the spaces satisfies: the values of each scalar, and of each pair."""
    scalars = [s for s in _scalars(spaces[0]) if 0 < s.field.width <= PAIR // 2 + 2]
    pairs = [
        (a, b) for a, b in itertools.combinations(scalars, 2) if a.field.width + b.field.width <= PAIR
    ][:PAIRS]  # fmt: skip
    if len(scalars) == 1:
        pairs = [(scalars[0], scalars[0])]
    for (a, b), met in zip(pairs, _met(pairs, spaces), strict=True):
        every = range(b.field.high - b.field.low + 1)
        for first in range(a.field.high - a.field.low + 1):
            seconds = [second for second in every if met >> (first | second << a.field.width) & 1]
            if len(seconds) < len(every):
                yield implies(a.is_one_of([first]), b.is_one_of(seconds))


def _met(pairs: Sequence[tuple[_Scalar, _Scalar]], spaces: Sequence[Space]) -> list[int]:
    """Return, for each pair, which pairs of codes occur, as a set of bits."""
    met = [0] * len(pairs)
    for space in spaces:
        fields, here = [(a.field, b.field) for a, b in pairs], [0] * len(pairs)
        for block in space.search.visited():
            found = _in_block(fields, block, space.layout.words)
            here = [x | y for x, y in zip(here, found, strict=True)]
        if space.folding is not None:
            _spread(space.folding.orbits, fields, here)
        met = [x | y for x, y in zip(met, here, strict=True)]
    return met


def _spread(orbits: Orbits, pairs: Sequence[tuple[Field, Field]], met: list[int]) -> None:
    """Add what occurs in the other states of the orbits. A pair with an image that is not among the pairs counts as one
    that takes all values, and so do its images."""
    number = {(a.position, b.position): i for i, (a, b) in enumerate(pairs)}
    queue = list(range(len(pairs)))
    while queue:
        here = queue.pop()
        for swap in orbits.swaps:
            place, image = _image(orbits, pairs[here], met[here], swap, number)
            if place is None:
                place, image = here, (1 << (1 << sum(f.width for f in pairs[here]))) - 1
            if image & ~met[place]:
                met[place] |= image
                queue.append(place)


def _image(
    orbits: Orbits, pair: tuple[Field, Field], met: int, swap: Sequence[int], number: Mapping[tuple[int, int], int]
) -> tuple[int | None, int]:
    """Return the number of the pair to which a permutation carries another one, and what occurs there."""
    (a, of_a), (b, of_b) = (orbits.carried(f, swap) for f in pair)
    if (place := number.get((a.position, b.position))) is not None:
        return place, met if of_a is of_b is None else _recoded(met, a.width, b.width, of_a, of_b, False)
    return number.get((b.position, a.position)), _recoded(met, a.width, b.width, of_a, of_b, True)


Recode = Callable[[int], int] | None


def _recoded(met: int, a: int, b: int, of_a: Recode, of_b: Recode, turned: bool) -> int:
    """Return pairs of codes (of so many bits each) with each code replaced, first and second exchanged if `turned`."""
    image = 0
    while met:
        place = (met & -met).bit_length() - 1
        met &= met - 1
        first, second = place & (1 << a) - 1, place >> a
        first, second = of_a(first) if of_a else first, of_b(second) if of_b else second
        image |= 1 << (second | first << b if turned else first | second << a)
    return image


def _in_block(pairs: Sequence[tuple[Field, Field]], block: array[int], words: int) -> list[int]:
    kernel = library()
    if kernel is None or words > WORDS:
        states = unpacked(block, words)
        return [_of_pair(a, b, states) for a, b in pairs]
    numbers, size = array("I"), 0
    starts: list[tuple[int, int]] = []
    for a, b in pairs:
        long = -(-(1 << a.width + b.width) // WORD)
        numbers.extend((*_at(a), *_at(b), size))
        starts.append((size, size + long))
        size += long
    maps = array("Q", bytes(8 * size))
    kernel.project(address(block), len(block) // words, words, address(numbers), len(pairs), address(maps))
    return [sum(word << WORD * i for i, word in enumerate(maps[a:b])) for a, b in starts]


def _of_pair(a: Field, b: Field, states: Iterable[int]) -> int:
    met = 0
    for state in states:
        first, second = state >> a.position & (1 << a.width) - 1, state >> b.position & (1 << b.width) - 1
        met |= 1 << (first | second << a.width)
    return met


def _at(field: Field) -> tuple[int, int, int]:
    return field.position // WORD, field.position % WORD, field.width


def _inductive(model: Model, candidates: list[Term], budget: Budget) -> tuple[Term, ...] | None:
    """Return the candidates that are left when those that are broken are dropped again and again; None if time ends."""
    query = Query(model)
    changed = True
    while changed and candidates:
        changed = False
        for rule in model.rules:
            while True:
                broken = or_(*(not_(at_level(c, 1)) for c in candidates))
                result = query.check(budget.left, and_(*candidates, relation(model, rule), broken))
                if result is None:
                    return None
                if not result:
                    break
                candidates, changed = _held(model, Assignment(query), candidates), True
    return tuple(candidates)


def _held(model: Model, assignment: Assignment, candidates: list[Term]) -> list[Term]:
    setting = Setting(model, assignment.parameters())
    state = assignment.state(1)
    kept = [c for c in candidates if holds(c, setting, (state,))]
    assert len(kept) < len(candidates), "the step breaks a candidate"
    return kept


def _suffices(model: Model, claim: Claim, conjuncts: tuple[Term, ...], budget: Budget) -> bool:
    query = Query(model)
    for case in cases(model, claim) or ():
        start = and_(*model.init) if case.initially else and_(*conjuncts)
        step = () if case.rule is None else (relation(model, case.rule),)
        if query.check(budget.left, and_(start, *step, case.condition)) is not False:
            return False
    return True
