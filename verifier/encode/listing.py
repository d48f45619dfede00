"""The values of finite sorts, written out: what every encoding shares, whatever solver it is for."""

from __future__ import annotations

from verifier.model.sorts import BitsSort, EnumSort, FlagsSort, IndexSort, Sort, Value, cardinality, values

LIMIT = 4096
"""The most values of one sort that are written out: for a binder, a map or a set."""


class TooLarge(ValueError):
    """A finite sort has more values than can be written out."""


def listed(sort: Sort) -> tuple[Value, ...]:
    """Return all values of a finite sort. Raises TooLarge."""
    size = cardinality(sort)
    if size is None or size > LIMIT:
        raise TooLarge(f"{sort} has {'unknown' if size is None else size} values, more than {LIMIT}")
    return tuple(values(sort))


def width(sort: Sort) -> int:
    """Return the width of the bit vector that stands for a value of an enum, index, flags or word sort."""
    match sort:
        case FlagsSort():
            return len(sort.bits)
        case BitsSort():
            return sort.width
        case EnumSort():
            return max(1, (len(sort.names) - 1).bit_length())
        case IndexSort():
            return max(1, (sort.size - 1).bit_length())
        case _:
            raise TypeError(f"{sort} is not a bit vector")
