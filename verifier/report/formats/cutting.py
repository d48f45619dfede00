"""Making a document fit: blocks of a few kinds, of which the lightest are left out where there is no room for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of block: what many of them are called, and the lines above the first one."""

    many: str
    heading: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A piece of the document that is shown as a whole or not at all. Those of rank 0 are the last to be left out."""

    kind: Kind
    rank: int
    text: str


def fitted(blocks: Sequence[Block], most: int) -> tuple[list[Block], list[tuple[Kind, int]]]:
    """Return the blocks that fit into so many characters, in their order, and how many of each kind do not.

    Of one kind the first ones are kept: after one that does not fit, none of its kind follows.
    """
    kept: set[int] = set()
    cut: Counter[Kind] = Counter()
    for index in sorted(range(len(blocks)), key=lambda i: blocks[i].rank):
        block, size = blocks[index], len(blocks[index].text) + 1
        if size > most or block.kind in cut:
            cut[block.kind] += 1
        else:
            kept.add(index)
            most -= size
    return [b for i, b in enumerate(blocks) if i in kept], list(cut.items())
