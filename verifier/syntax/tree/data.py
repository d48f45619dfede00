"""Declarations of documents, types, data and constants, and of other machines.

`was`, behind a name, holds the names that the thing had before (`var x was y: T`): at most one, but any number
for rules and arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.clauses import Binding, Parameter
from verifier.syntax.tree.expressions import Expr, Name
from verifier.syntax.tree.node import Node
from verifier.syntax.tree.types import Type


@dataclass(frozen=True, slots=True)
class SourceDecl(Node):
    """`source ID = "where"`."""

    name: Name
    where: str


@dataclass(frozen=True, slots=True)
class EnumValue(Node):
    """`A`, `A = 4`, `A "doc"`. `number` is None where none was written (previous + 1, from 0)."""

    name: Name
    was: tuple[Name, ...]
    number: int | None
    doc: str | None


@dataclass(frozen=True, slots=True)
class EnumDecl(Node):
    """`enum T { A, B = 4, C "doc" } ["doc"]`. At least one value."""

    name: Name
    was: tuple[Name, ...]
    values: tuple[EnumValue, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class FlagBit(Node):
    """One bit of a flags type: `A`, `A "doc"`."""

    name: Name
    was: tuple[Name, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class NamedValue(Node):
    """`N = {BIT, ...}` or `N = 0b101` after `named`: `value` is a Braces or a Number."""

    name: Name
    value: Expr
    doc: str | None


@dataclass(frozen=True, slots=True)
class FlagsDecl(Node):
    """`flags T { BIT, ... } ["doc"] [named N = {BIT, ...} ...]`. At least one bit."""

    name: Name
    was: tuple[Name, ...]
    bits: tuple[FlagBit, ...]
    named: tuple[NamedValue, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class IndexDecl(Node):
    """`index T[N]`; `index T` (any number of individuals) has size None, and is not in a tree that `parse` returns."""

    name: Name
    was: tuple[Name, ...]
    size: int | None
    doc: str | None


@dataclass(frozen=True, slots=True)
class OpaqueDecl(Node):
    """`opaque T`."""

    name: Name
    was: tuple[Name, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class FunDecl(Node):
    """`fun f(T, U): V`: uninterpreted. At least one argument."""

    name: Name
    was: tuple[Name, ...]
    arguments: tuple[Type, ...]
    result: Type
    doc: str | None


@dataclass(frozen=True, slots=True)
class ParamDecl(Node):
    """`param x: T [where e] ["doc"]`."""

    name: Name
    was: tuple[Name, ...]
    type: Type
    where: Expr | None
    doc: str | None


@dataclass(frozen=True, slots=True)
class Initial(Node):
    """`= e` (choice False) or `in e` (choice True) after a variable's type."""

    value: Expr
    choice: bool


@dataclass(frozen=True, slots=True)
class VarDecl(Node):
    """`var x: T [= e | in e] ["doc"]`."""

    name: Name
    was: tuple[Name, ...]
    type: Type
    initial: Initial | None
    doc: str | None


@dataclass(frozen=True, slots=True)
class ControlDecl(Node):
    """`control x`."""

    variable: Name


@dataclass(frozen=True, slots=True)
class DefDecl(Node):
    """`def f(a: T, ...) = e ["doc"]`; without parameters, `def n = e`, a constant that is used as `n`."""

    name: Name
    parameters: tuple[Parameter, ...]
    body: Expr
    doc: str | None


@dataclass(frozen=True, slots=True)
class Row(Node):
    """One line of a grid. An empty cell is None; any other is a Name, a Number, `-` of one, a BoolLit or a
    Braces of Names."""

    cells: tuple[Expr | None, ...]


@dataclass(frozen=True, slots=True)
class TableDecl(Node):
    """`table f: T, U -> V ["doc"] [from c "file" table NAME]` and the grid, header first.

    Whether the rows are long enough and every combination occurs once is for the elaborator to say; there is
    at least one argument and at least one row.
    """

    name: Name
    was: tuple[Name, ...]
    arguments: tuple[Type, ...]
    result: Type
    binding: Binding | None
    rows: tuple[Row, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class AssumeDecl(Node):
    """`assume e ["doc"]`."""

    condition: Expr
    doc: str | None


@dataclass(frozen=True, slots=True)
class UseDecl(Node):
    """`use "other.arc" as a [for d in T]`. Never in a tree that `parse` returns: not supported yet."""

    path: str
    alias: Name
    individual: Name | None
    domain: Type | None


@dataclass(frozen=True, slots=True)
class JoinDecl(Node):
    """`join r = a.r, b.s`. Never in a tree that `parse` returns: not supported yet."""

    name: Name
    rules: tuple[Name, ...]
