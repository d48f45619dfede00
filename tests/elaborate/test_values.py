"""What a user may write for the value of a parameter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.elaborate import value_of
from verifier.model.printer import show_value
from verifier.model.sorts import (
    BOOL,
    BitsSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    values,
)

MODE = EnumSort("Mode", ("IDLE", "BUSY"), (0, 4))
BITS = FlagsSort("Bits", ("RUN", "SAVE"), (("STOP", 0),))
DEVICE = IndexSort("Device", 2)
FINITE = (
    BOOL, MODE, BITS, DEVICE, IntSort(-2, 2), BitsSort(3), SetSort(MODE), SetSort(BITS), SetSort(IntSort(-1, 1)),
    MapSort(MODE, BOOL), MapSort(DEVICE, IntSort(0, 2)), MapSort(BOOL, SetSort(DEVICE)),
    MapSort(MODE, MapSort(BOOL, BITS)), SetSort(MapSort(BOOL, DEVICE)),
)  # fmt: skip


@given(st.sampled_from([(s, v) for s in FINITE for v in values(s)]))
def test_shown_value_reads_back(pair: tuple[Sort, Value]) -> None:
    sort, value = pair
    assert value_of(show_value(value, sort), sort) == value


WRITTEN: tuple[tuple[str, Sort, Value], ...] = (
    ("true", BOOL, True),
    (" BUSY ", MODE, "BUSY"),
    ("{RUN}", BITS, 1),
    ("0b11", BITS, 3),
    ("STOP", BITS, 0),
    ("0x7", BitsSort(3), 7),
    ("1 + 1", IntSort(0, 2), 2),
    ("Device[1]", DEVICE, 1),
)


@pytest.mark.parametrize(("text", "sort", "value"), WRITTEN, ids=[t for t, _, _ in WRITTEN])
def test_value_is_read(text: str, sort: Sort, value: Value) -> None:
    assert value_of(text, sort) == value


REFUSED: tuple[tuple[str, Sort, str], ...] = (
    ("yes", BOOL, "expected true or false"),
    ("IDEL", MODE, "expected one of IDLE, BUSY"),
    ("3", IntSort(0, 2), "expected a number from 0 to 2"),
    ("9", BitsSort(3), "expected a number from 0 to 7"),
    ("3", BITS, "expected bits in braces, {RUN, SAVE}, STOP, or a number with 0b or 0x"),
    ("Device[2]", DEVICE, r"expected Device\[0\] to Device\[1\]"),
    ("image0", OpaqueSort("Image"), "the values of an opaque type have no names"),
    ("{IDLE", SetSort(MODE), "expected a value of set of Mode, such as {}"),
    ("", BOOL, "expected true or false"),
)


@pytest.mark.parametrize(("text", "sort", "message"), REFUSED, ids=[f"{t}:{s}" for t, s, _ in REFUSED])
def test_text_that_is_no_value_is_refused_with_what_is_expected(text: str, sort: Sort, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        value_of(text, sort)
