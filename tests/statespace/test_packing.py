"""States are packed without loss, and where the kernel can read them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.machines import HERE
from tests.statespace.families import machine_of
from verifier.diagnostics import Source
from verifier.model.declarations import Variable
from verifier.model.model import Model
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
    cardinality,
    values,
)
from verifier.statespace.actions import why_not
from verifier.statespace.packing import WORD, TooLarge, layout

SCALARS = st.one_of(
    st.just(BOOL),
    st.integers(1, 5).map(lambda n: EnumSort("E", tuple(f"V{i}" for i in range(n)), tuple(range(n)))),
    st.integers(1, 4).map(lambda n: FlagsSort("F", tuple(f"B{i}" for i in range(n)))),
    st.tuples(st.integers(-9, 9), st.integers(0, 9)).map(lambda x: IntSort(x[0], x[0] + x[1])),
    st.integers(1, 40).map(BitsSort),
    st.integers(1, 5).map(lambda n: IndexSort("I", n)),
)
KEYS = SCALARS.filter(lambda s: (cardinality(s) or 99) <= 8)
SETS = KEYS.map(SetSort)
SORTS = st.one_of(SCALARS, SETS, st.builds(MapSort, KEYS, SCALARS), st.builds(MapSort, KEYS, SETS))


def some_value(sort, chance):
    if isinstance(sort, MapSort):
        return tuple(some_value(sort.value, chance) for _ in values(sort.key))
    if isinstance(sort, SetSort):
        return frozenset(v for v in values(sort.element) if chance.random() < 0.5)
    if isinstance(sort, BitsSort):
        return chance.getrandbits(sort.width)
    return chance.choice(list(values(sort)))


def model_with(sorts):
    variables = tuple(Variable(f"v{i}", s, None, HERE) for i, s in enumerate(sorts))
    return Model("m", None, Source("m.arc", ""), {}, (), (), variables, (), (), (), (), (), None)


@given(st.lists(SORTS, min_size=1, max_size=12), st.integers())
def test_a_state_is_what_it_was_after_packing_and_unpacking(sorts, seed):
    chance, model = random.Random(seed), model_with(sorts)
    state = {v.name: some_value(v.sort, chance) for v in model.variables}
    packed = layout(model).pack(state)
    assert layout(model).unpack(packed) == state
    assert 0 <= packed < 1 << layout(model).bits


@given(st.lists(SORTS, min_size=1, max_size=12))
def test_no_field_crosses_a_word_and_no_two_share_a_bit(sorts):
    fields = [f for f in layout(model_with(sorts)).fields if f.width]
    assert all(f.position // WORD == (f.position + f.width - 1) // WORD for f in fields)
    assert sum(f.mask for f in fields).bit_count() == sum(f.width for f in fields)


@given(KEYS)
def test_different_values_have_different_codes(sort):
    made = layout(model_with([sort]))
    assert len({made.pack({"v0": v}) for v in values(sort)}) == cardinality(sort)


def test_data_that_is_not_finite_is_refused_with_a_reason():
    assert "opaque" in why_not(model_with([OpaqueSort("Image")]))
    assert why_not(machine_of("var x: bool = true\nrule keep { x' = x }")) is None
    with pytest.raises(TooLarge, match="parts"):
        layout(model_with([MapSort(BitsSort(40), BOOL)]))
