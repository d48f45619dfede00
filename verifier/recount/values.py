"""Values as trees of whole numbers: what a state is made of.

bool is 0 or 1, an enum value its place, flags and words their mask, an int itself, an individual its number; a map
has a tree for each key, a set a number 0 or 1 for each element, in the order of `model.sorts.values`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.model.sorts import BOOL, EnumSort, IntSort, MapSort, SetSort, Sort, Value, cardinality, values
from verifier.semantics.instances import TooMany

Tree = int | tuple["Tree", ...]

KEYS = 4096
"""The most keys of a map, and the most values over which a binder is written out."""


def listed(sort: Sort) -> tuple[Value, ...]:
    """Return the values of a sort. Raises TooMany."""
    size = cardinality(sort)
    if size is None or size > KEYS:
        raise TooMany(f"the values of {sort} are too many to be written out")
    return tuple(values(sort))


def parts(sort: Sort) -> tuple[Sort, ...] | None:
    """Return the sorts of the parts of a map or a set; None for a scalar sort. Raises TooMany."""
    match sort:
        case MapSort():
            return (sort.value,) * len(listed(sort.key))
        case SetSort():
            return (BOOL,) * len(listed(sort.element))
        case _:
            return None


def bounds(sort: Sort) -> tuple[int, int]:
    """Return the least and the greatest number of a scalar sort. Raises TooMany where the sort is opaque."""
    if isinstance(sort, IntSort):
        return sort.low, sort.high
    size = cardinality(sort)
    if size is None:
        raise TooMany(f"the values of {sort} cannot be listed")
    return 0, size - 1


def scalars(sort: Sort) -> Iterator[Sort]:
    """Yield the sorts of the scalars of which a value of the sort is made."""
    inner = parts(sort)
    if inner is None:
        yield sort
    else:
        for part in inner:
            yield from scalars(part)


def numbers(sort: Sort, value: Value) -> Tree:
    """Return a value as a tree."""
    if isinstance(sort, MapSort) and isinstance(value, tuple):
        return tuple(numbers(sort.value, v) for v in value)
    if isinstance(sort, SetSort) and isinstance(value, frozenset):
        return tuple(int(e in value) for e in listed(sort.element))
    if isinstance(sort, EnumSort):
        return sort.names.index(str(value))
    assert isinstance(value, int)
    return int(value)


def leaves(tree: Tree) -> Iterator[int]:
    """Yield the numbers of a tree in order."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree


def shaped(sort: Sort, given: Iterator[int]) -> Tree:
    """Return a tree of the shape of a sort, made of the numbers that come next."""
    inner = parts(sort)
    return next(given) if inner is None else tuple(shaped(part, given) for part in inner)
