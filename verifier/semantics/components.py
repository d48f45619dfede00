"""Strongly connected components."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def components(inside: Collection[K], after: Callable[[K], Iterable[K]]) -> Iterator[set[K]]:
    """Yield the strongly connected components of the arcs inside a set (Kosaraju's algorithm)."""
    before: dict[K, list[K]] = {k: [] for k in inside}
    for here in inside:
        for there in after(here):
            if there in before:
                before[there].append(here)
    left = set(inside)
    for root in reversed(_by_finish(before, after)):
        if root in left:
            component = {root}
            queue = [root]
            left.discard(root)
            for here in queue:
                found = [b for b in before[here] if b in left]
                left.difference_update(found)
                component.update(found)
                queue += dict.fromkeys(found)
            yield component


def _by_finish(inside: Collection[K], after: Callable[[K], Iterable[K]]) -> list[K]:
    """Return the members of a set in the order in which a depth-first search leaves them."""
    order: list[K] = []
    seen: set[K] = set()
    for root in inside:
        stack = [(root, False)]
        while stack:
            here, done = stack.pop()
            if done:
                order.append(here)
            elif here not in seen:
                seen.add(here)
                stack += [(here, True), *((k, False) for k in after(here) if k in inside)]
    return order
