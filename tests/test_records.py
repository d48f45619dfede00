"""Classes made by `verifier.records` are those of the standard decorator, but for what keeps one from assigning."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from verifier.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Two fields that count and one that does not."""

    x: int
    y: int = 0
    place: str = dataclasses.field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named(Point):
    """One more field."""

    name: str = "here"


@dataclass(frozen=True)
class One:
    """One field."""

    value: object


@dataclass(frozen=True)
class Nothing:
    """No field."""


@dataclass
class Tally:
    """May change."""

    count: int


@dataclass(frozen=True)
class Own:
    """Has a comparison and a text of its own."""

    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __repr__(self) -> str:
        return "own"


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Has an order."""

    value: int


def test_objects_are_equal_iff_their_class_and_the_fields_that_count_are() -> None:
    assert Point(1, 2, "a") == Point(1, 2, "b")
    assert hash(Point(1, 2, "a")) == hash(Point(1, 2, "b"))
    assert Point(1, 2) != Point(2, 1)
    assert Point(1, 2) != Named(1, 2)
    assert Point(1, 2) != (1, 2)
    assert One(1) == One(1) != One(2)
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), One(1), One(1), Own(1)}) == 3


def test_objects_show_their_fields() -> None:
    assert repr(Named(1, 2, "a")) == "Named(x=1, y=2, name='here')"
    assert repr(Nothing()) == "Nothing()"


def test_the_functions_of_dataclasses_know_them() -> None:
    assert dataclasses.replace(Named(1), y=5) == Named(1, 5)
    assert [f.name for f in dataclasses.fields(Named)] == ["x", "y", "place", "name"]
    match Named(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_slots_leave_no_room_for_more() -> None:
    assert not hasattr(Point(1), "__dict__")
    with pytest.raises(AttributeError):
        Point(1).z = 1  # type: ignore[attr-defined]


def test_what_may_change_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Tally(1))


def test_methods_of_ones_own_are_kept() -> None:
    assert Own(1) == Own(2)
    assert repr(Own(1)) == "own"


def test_an_order_can_be_asked_for() -> None:
    assert sorted([Rank(2), Rank(1)]) == [Rank(1), Rank(2)]
    assert len({Rank(1), Rank(1)}) == 1


@pytest.mark.parametrize("value", [Point(1, 2, "a"), Named(1), One((1, 2)), Nothing(), Rank(1)])
def test_objects_travel_between_processes(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
