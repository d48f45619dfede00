"""Types."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.node import Node


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`T`: an enum, flags, index or opaque type."""

    name: str


@dataclass(frozen=True, slots=True)
class BoolType(Node):
    """`bool`."""


@dataclass(frozen=True, slots=True)
class IntType(Node):
    """`int LO..HI`. That low <= high is not checked here."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class BitsType(Node):
    """`bits[N]`. That N is positive and small enough is not checked here."""

    width: int


@dataclass(frozen=True, slots=True)
class MapType(Node):
    """`T -> U`; the arrow associates to the right."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class SetType(Node):
    """`set of T`."""

    element: Type


Type = NamedType | BoolType | IntType | BitsType | MapType | SetType
