"""What is learned of one individual is tried of all others: permutations of a state's bits, and where they lead.

A permutation of the bits that maps steps to steps and initial states to initial states maps what is inductive to what
is inductive (Ip, Dill: Better Verification through Symmetry, FMSD 1996). The permutations here are guesses, made from
the keys of maps and the tables about them. A moved cube is believed only when a question of its own has shown it, and
a permutation that has guessed wrong too often is dropped: so data may break the symmetry where it likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.encode.bits_machine import BitMachine
from verifier.encode.listing import listed
from verifier.engines.ic3_places import Places
from verifier.model.model import Model
from verifier.model.sorts import Sort, Value

Cube = tuple[int, ...]

CREDIT = 4
"""How many wrong guesses more than right ones a permutation is allowed."""

MOST = 300
"""The most cubes of which the images are tried for one cube."""


@dataclass
class Permutation:
    """Where the bits go, those that move; and how many wrong guesses more are allowed."""

    to: Mapping[int, int]
    credit: int = CREDIT

    def __call__(self, cube: Cube) -> Cube:
        """Return the image of a cube."""
        return tuple(sorted((self.to.get(x, x) if x > 0 else -self.to.get(-x, -x) for x in cube), key=abs))

    def judge(self, right: bool) -> None:
        """Count a guess."""
        self.credit = min(CREDIT, self.credit + 1) if right else self.credit - 1


def permutations(machine: BitMachine, places: Places) -> list[Permutation]:
    """Return permutations that the machine may be symmetric under: they move the keys of every map of one sort. Where
    tables say which key is next to which, they move along the tables, otherwise at will."""
    at = {(leaf.root, leaf.path, i): b for leaf, bits in places.values() for i, b in enumerate(bits)}
    found = []
    for sort in dict.fromkeys(leaf.keys for leaf, _ in places.values() if leaf.keys is not None):
        for keys in _rearranged(machine.model, sort):
            moving = ((b, leaf, bits.index(b)) for b, (leaf, bits) in places.items() if leaf.keys == sort)
            to = {b: at[leaf.root, (keys[leaf.path[0]], *leaf.path[1:]), i] for b, leaf, i in moving}
            found.append(Permutation(to))
    return found


def _rearranged(model: Model, sort: Sort) -> Iterator[Mapping[Value, Value]]:
    keys = listed(sort)
    tables = [model.cells[t.name] for t in model.tables if t.arguments == (sort,) and t.result == sort]
    moves = [{k: table[(k,)] for k in keys} for table in tables]
    along = [to for to in moves if len(set(to.values())) == len(keys) and any(k != v for k, v in to.items())]
    if along:
        yield from along
    elif len(keys) > 1:
        yield dict(zip(keys, [*keys[1:], keys[0]], strict=True))
        if len(keys) > 2:
            yield {**dict(zip(keys, keys, strict=True)), keys[0]: keys[1], keys[1]: keys[0]}


class Orbit:
    """The images of a cube, each given once, after those of which it is the image: `for image in orbit`, each of them
    followed by `judge`; only the images of right guesses are gone on with."""

    def __init__(self, cube: Cube, guesses: list[Permutation]) -> None:
        self.guesses = guesses
        self.todo = [tuple(sorted(cube, key=abs))]
        self.seen = set(self.todo)

    def __iter__(self) -> Iterator[Cube]:
        while self.todo:
            cube = self.todo.pop(0)
            for guess in [g for g in self.guesses if g.credit > 0]:
                self.guess, self.image = guess, guess(cube)
                if self.image not in self.seen and len(self.seen) < MOST:
                    self.seen.add(self.image)
                    yield self.image

    def judge(self, right: bool) -> None:
        """Say whether the image given last was guessed right."""
        self.guess.judge(right)
        if right:
            self.todo.append(self.image)
