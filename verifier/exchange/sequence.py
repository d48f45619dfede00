"""Assignments that happen at once, as a sequence of assignments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.exchange.expressions import Kind, Node, parts_of
from verifier.exchange.machine import Cell


@dataclass(frozen=True)
class Sequence:
    """First the values of `late` are computed and put aside, then the assignments are made in order, then each cell
    of `late` gets what was put aside for it."""

    assignments: tuple[tuple[Cell, Node], ...]
    late: tuple[tuple[Cell, Node], ...]


def in_sequence(effects: Iterable[tuple[Cell, Node]]) -> Sequence:
    """Return a sequence with the same outcome: what an assignment reads has not been changed by one before it."""
    waiting = dict(effects)
    reads = {cell: frozenset(_read(node, waiting.keys() - {cell})) for cell, node in waiting.items()}
    order: list[tuple[Cell, Node]] = []
    late: list[tuple[Cell, Node]] = []
    while waiting:
        ready = [c for c in waiting if not any(c in reads[other] for other in waiting if other != c)]
        if ready:
            order.append((ready[0], waiting.pop(ready[0])))
        else:
            cell = next(iter(waiting))
            late.append((cell, waiting.pop(cell)))
    return Sequence(tuple(order), tuple(late))


def _read(node: Node, cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield those of the cells that an expression may read."""
    items = [n for n in parts_of(node) if n.kind is Kind.ITEM]
    for cell in cells:
        if any(n.block is cell.block and n.args[0].constant in (None, cell.place) for n in items):
            yield cell
