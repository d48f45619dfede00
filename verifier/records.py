"""`dataclass` for the classes that nearly every run loads: the same classes, made in a fourth of the time.

Up to Python 3.12 `dataclasses` compiles each method of each class on its own, which for some two hundred classes takes
longer than many a check. Here comparison, hash and repr are shared functions. That nothing assigns to a field of a
`frozen` class is left to mypy, which sees the standard decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, **options):
        """Return the class as `dataclasses.dataclass` makes it, or the decorator that does; no field is guarded."""

        def make(plain):
            if "order" in options:  # rare
                return dataclasses.dataclass(plain, slots=slots, unsafe_hash=frozen, **options)
            made = dataclasses.dataclass(plain, repr=False, eq=False, slots=slots, **options)
            _give(made, "__repr__", _repr([f.name for f in dataclasses.fields(made) if f.repr]))
            if eq:
                _compare(made, [f.name for f in dataclasses.fields(made) if f.compare], frozen)
            return made

        return make if cls is None else make(cls)


def _give(cls: type, name: str, method: object) -> None:
    """Give a class a method, unless it has one of its own."""
    if cls.__dict__.get(name) is None:
        setattr(cls, name, method)


def _repr(names: list[str]) -> Callable[[object], str]:
    def text(self: object) -> str:
        shown = []
        for name in names:  # no comprehension: it would take a frame of its own, and terms are nested deep
            shown.append(f"{name}={getattr(self, name)!r}")  # noqa: PERF401
        return f"{type(self).__qualname__}({', '.join(shown)})"

    return text


def _compare(cls: type, names: list[str], frozen: bool) -> None:
    """Make objects of a class equal iff their fields of these names are."""
    values = _getter(names)

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    _give(cls, "__eq__", equal)
    _give(cls, "__hash__", (lambda self: hash(values(self))) if frozen else None)


def _getter(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """Return what gives the fields of these names of an object as a tuple, which attrgetter does of two or more."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda self: ()
    only = attrgetter(*names)
    return lambda self: (only(self),)
