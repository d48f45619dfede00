"""Which order of the leaves a machine gets: the first one, unless it proves costly.

What an order costs shows in its relations, if it is a bad one for them, and else only in the search: the nodes that are
made. So orders are compared by what they reach for equally many nodes. That takes a good part of the search: on
Peterson's lock with six processes the ranks of nine orders were right after a million nodes, and wrong after a half.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.engines.diagrams.arrangement import ORDERS, Order
from verifier.engines.diagrams.library import SIZES
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Costly, Search
from verifier.model.model import Model

LARGE, CLEARLY = 1 << 14, 4
"""The nodes of all relations from which other orders are looked at, and how many times fewer another one must have: the
order with the smallest relations is not the one with the smallest sets of states."""

TRIAL, COSTLY = 1 << 20, 1 << 22
"""The nodes after which orders are compared, and those that a search may make before others are tried at all."""


def machine_of(model: Model, nodes: int, order: Order | None = None) -> Machine:
    """Return the machine in the order, if one is given; else in the first one, unless its relations are large, and
    those of another one clearly smaller. Raises TooLarge and MemoryError."""
    if order is not None:
        return Machine(model, nodes, order)
    try:
        first = Machine(model, nodes)
        chosen, size = first.order, first.size
        if size <= LARGE:
            return first
    except MemoryError:
        first, chosen, size = None, None, CLEARLY * nodes
    for other in _others(model, ORDERS[0], nodes):
        if other.size * CLEARLY <= size:
            chosen, size = other.order, other.size
    if chosen is None:
        raise MemoryError
    return first if first is not None and first.order == chosen else Machine(model, nodes, chosen)


def order_of(search: Search, states: int) -> Order:
    """Return the order in which most states are known after a trial; `search` knew so many then."""
    machine = search.machine
    best, most = machine.order, states
    for other in _others(machine.model, machine.order, machine.nodes):
        if other.size > CLEARLY * machine.size:
            continue
        try:
            return _finished(Search(other, search.budget, search.left, TRIAL))
        except Costly as cut:
            if (count := other.count(cut.known)) > most:
                best, most = other.order, count
        except MemoryError:
            continue
    return best


def _finished(search: Search) -> Order:
    """Return the order of a search, if it comes to its end."""
    search.closure(search.machine.init)
    return search.machine.order


def _others(model: Model, but: Order, nodes: int) -> Iterator[Machine]:
    """Yield the machine in each other order, with as few nodes as possible; not where those are too few."""
    for order in (o for o in ORDERS if o != but):
        try:
            yield Machine(model, min(nodes, SIZES[0]), order)
        except MemoryError:
            continue
