"""Values of a sort as trees of numbers, and the block of items that holds such a tree.

A truth value is 0 or 1, an enum value its place, a set one truth value for each possible element, a map one tree for
each key; everything else is a number already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.exchange.expressions import Block, Node, item, number, truth
from verifier.exchange.refusal import Unsayable
from verifier.model.printer import show_value
from verifier.model.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    values,
)  # fmt: skip

Tree = Node | tuple["Tree", ...]

PARTS = 4096
"""The most items of a block, and the most values that a binder, a choice or the key of a map runs over."""

NAMED = 64
"""The most values whose names are listed."""


def few(sort: Sort) -> int:
    """Return how many values the sort has. Raises Unsayable unless they can be listed."""
    size = cardinality(sort)
    if size is None:
        raise Unsayable(f"{sort} is, or is made of, an opaque sort: its values cannot be listed")
    if size > PARTS:
        raise Unsayable(f"{sort} has more than {PARTS} values: they cannot be listed")
    return size


def bounds(sort: Sort) -> tuple[int, int]:
    """Return the lowest and the highest number of a sort that is no map and no set."""
    match sort:
        case IntSort():
            return sort.low, sort.high
        case BitsSort():
            return 0, (1 << sort.width) - 1
        case FlagsSort():
            return 0, (1 << len(sort.bits)) - 1
        case IndexSort():
            return 0, sort.size - 1
        case EnumSort():
            return 0, len(sort.names) - 1
        case BoolSort():
            return 0, 1
        case _:
            raise Unsayable(f"{sort} is an opaque sort: its values cannot be listed")


def leaf(sort: Sort) -> Sort:
    """Return the sort of the numbers in a tree."""
    if isinstance(sort, MapSort):
        return leaf(sort.value)
    return BoolSort() if isinstance(sort, SetSort) else sort


def leaves(sort: Sort) -> int:
    """Return how many numbers the tree of a sort has. Raises Unsayable where they are too many."""
    count = few(sort.key) * leaves(sort.value) if isinstance(sort, MapSort) else 1
    count = few(sort.element) if isinstance(sort, SetSort) else count
    if count > PARTS:
        raise Unsayable(f"a value of {sort} has more than {PARTS} parts")
    return count


def block(name: str, sort: Sort) -> Block:
    """Return the block for a variable of a sort."""
    low, high = bounds(leaf(sort))
    return Block(name, leaves(sort), low, high, isinstance(leaf(sort), BoolSort), _meaning(sort))


def _meaning(sort: Sort) -> str:
    """What the places and the numbers mean, where they do not say so themselves."""
    parts = [str(sort)]
    scalar, keys = leaf(sort), sort
    while isinstance(keys, (MapSort, SetSort)):
        over = keys.key if isinstance(keys, MapSort) else keys.element
        if not isinstance(over, (IndexSort, BitsSort)) and few(over) <= NAMED:
            parts.append("items " + ", ".join(show_value(v, over) for v in values(over)))
        keys = keys.value if isinstance(keys, MapSort) else BoolSort()
    if isinstance(scalar, EnumSort):
        parts.append("numbers " + ", ".join(f"{i} {n}" for i, n in enumerate(scalar.names[:NAMED])))
    if isinstance(scalar, FlagsSort):
        parts.append("bits " + ", ".join(f"{1 << i} {n}" for i, n in enumerate(scalar.bits)))
    return "; ".join(parts)


def numbers(sort: Sort, value: Any) -> Iterator[int]:
    """Yield the numbers in the tree of a value, from left to right."""
    match sort:
        case MapSort():
            for part in value:
                yield from numbers(sort.value, part)
        case SetSort():
            yield from (int(v in value) for v in values(sort.element))
        case EnumSort():
            yield sort.names.index(value)
        case OpaqueSort():
            raise Unsayable(f"{sort} is an opaque sort")
        case _:
            yield int(value)


def constant(sort: Sort, value: Value) -> Tree:
    """Return the tree of a value."""
    as_node = (lambda n: truth(bool(n))) if isinstance(leaf(sort), BoolSort) else number
    return _shaped(sort, iter([as_node(n) for n in numbers(sort, value)]))


def tree_of(block: Block, sort: Sort) -> Tree:
    """Return the tree of the items of a block."""
    return _shaped(sort, iter([item(block, number(i)) for i in range(block.count)]))


def _shaped(sort: Sort, parts: Iterator[Node]) -> Tree:
    if isinstance(sort, MapSort):
        return tuple(_shaped(sort.value, parts) for _ in range(few(sort.key)))
    return tuple(next(parts) for _ in range(few(sort.element))) if isinstance(sort, SetSort) else next(parts)


def flat(tree: Tree) -> Iterator[Node]:
    """Yield the numbers in a tree, from left to right."""
    if isinstance(tree, Node):
        yield tree
    else:
        for part in tree:
            yield from flat(part)
