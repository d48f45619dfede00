"""Which part of which variable a bit of a state belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.encode.bits import Symbolic
from verifier.encode.bits_circuit import FALSE
from verifier.encode.bits_machine import BitMachine
from verifier.engines.diagrams.layout import Leaf, leaves
from verifier.model.sorts import MapSort, SetSort, Sort

Places = Mapping[int, tuple[Leaf, tuple[int, ...]]]
"""For each bit of a state its leaf, and all bits of that."""


def places_of(machine: BitMachine) -> Places:
    """Return the place of each bit of the machine's states."""
    found: dict[int, tuple[Leaf, tuple[int, ...]]] = {}
    for root in (*machine.roots, *machine.parameters):
        for leaf, bits in zip(leaves(root), _scalars(root.sort, machine.encoder(root)), strict=True):
            found |= {bit: (leaf, bits) for bit in bits if bit != FALSE}
    return found


def _scalars(sort: Sort, symbolic: Symbolic) -> Iterator[tuple[int, ...]]:
    if isinstance(symbolic, int):
        yield (symbolic,)
    elif isinstance(sort, SetSort):
        yield from ((b,) for b in symbolic)  # type: ignore[misc]
    elif isinstance(sort, MapSort):
        for part in symbolic:
            yield from _scalars(sort.value, part)
    else:
        yield tuple(symbolic)  # type: ignore[arg-type]
