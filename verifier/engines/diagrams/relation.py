"""A relation between states over the leaves that it may change: all others keep their values, unsaid."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from verifier.engines.diagrams.layout import Leaf, Space
from verifier.engines.diagrams.library import conjunction

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction, BDDSubstitution


class Relation:
    """`function` is over the bits before, the bits after of the leaves `changed`, and perhaps arguments."""

    def __init__(self, space: Space, function: BDDFunction, changed: tuple[Leaf, ...]) -> None:
        self.space = space
        self.function = function
        self.changed = changed
        self.both = conjunction()
        self._disturbed: dict[Relation, bool] = {}

    @cached_property
    def _bits(self) -> list[tuple[int, int]]:
        layout = self.space.layout
        return [pair for leaf in self.changed for pair in zip(layout.before[leaf], layout.after[leaf], strict=True)]

    @cached_property
    def _old(self) -> BDDFunction:
        return self.space.cube([b for b, _ in self._bits])

    @cached_property
    def _new(self) -> BDDFunction:
        return self.space.cube([a for _, a in self._bits])

    @cached_property
    def _forth(self) -> BDDSubstitution:
        return self.function.make_substitution([(a, self.space.bits[b]) for b, a in self._bits])

    @cached_property
    def _back(self) -> BDDSubstitution:
        return self.function.make_substitution([(b, self.space.bits[a]) for b, a in self._bits])

    @cached_property
    def start(self) -> BDDFunction:
        """Where the relation leads anywhere (and with which arguments)."""
        return self.starts(self.function)

    def starts(self, function: BDDFunction) -> BDDFunction:
        """Return the function, which may be over the bits after, with those quantified away."""
        return function.exists(self._new) if self.changed else function

    def after(self, states: BDDFunction) -> BDDFunction:
        """Return where it leads from some of the states."""
        if not self.changed:
            return states & self.function
        return states.apply_exists(self.both, self.function, self._old).substitute(self._forth)

    def moved(self, states: BDDFunction) -> BDDFunction:
        """Return the states, said of the state after: over the bits after of what changes."""
        return states.substitute(self._back) if self.changed else states

    def before(self, states: BDDFunction) -> BDDFunction:
        """Return from where it leads into some of the states (and with which arguments)."""
        if not self.changed:
            return states & self.function
        return self.moved(states).apply_exists(self.both, self.function, self._new)

    @cached_property
    def _read(self) -> frozenset[int]:
        return levels_of(self.function)

    def disturbs(self, other: Relation) -> bool:
        """Return True iff one of the two changes what the other reads or changes."""
        if other not in self._disturbed:
            mine, theirs = (frozenset(b for b, _ in r._bits) for r in (self, other))
            self._disturbed[other] = bool(mine & (theirs | other._read) or theirs & self._read)
        return self._disturbed[other]


def levels_of(function: BDDFunction) -> frozenset[int]:
    """Return the levels that a function depends on."""
    found: set[int] = set()
    seen: set[BDDFunction] = set()
    stack = [function]
    while stack:
        node = stack.pop()
        level = node.node_level()
        if level is not None and node not in seen:
            seen.add(node)
            found.add(level)
            stack.extend(node.cofactors() or ())
    return frozenset(found)
