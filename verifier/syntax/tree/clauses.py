"""What several kinds of declaration have."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.expressions import Name
from verifier.syntax.tree.node import Node
from verifier.syntax.tree.types import Type


@dataclass(frozen=True, slots=True)
class Cite(Node):
    """`cite ID ["passage"]`; several passages in one clause (`cite A "p", B`) give one Cite each."""

    source: Name
    passage: str | None


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`p: T` of a rule, an arc or a def."""

    name: Name
    type: Type


@dataclass(frozen=True, slots=True)
class Binding(Node):
    """`c "file" table NAME`: an array in C source."""

    file: str
    table: Name
