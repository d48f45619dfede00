"""Expressions, and names wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.node import Node
from verifier.syntax.tree.types import Type


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name where it stands: as an expression, as the name of a declaration, or as a reference to one.

    A reference to a rule may have the form `arc_name.fails`; `name` then contains the dot.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number, never negative (`-3` is a `Unary`). `text` is how it was written: `5`, `0b101`, `0x1f`."""

    value: int
    text: str

    @property
    def is_word(self) -> bool:
        """True iff it was written bit by bit: with 0b or 0x."""
        return self.text[:2] in ("0b", "0x")


@dataclass(frozen=True, slots=True)
class BoolLit(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Braces(Node):
    """`{a, b}`, `{}`: a set, or a value of a flags type. Which of them is for the elaborator to say."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`op` is `not`, `-` or `~`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`op` is one of `iff implies == != < <= > >= in | ^ & << >> + - *` or `not in`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """`a and b and c`, `a or b or c`: `op` is `and` or `or`, with two operands or more, none of them a Junction
    of the same `op` unless it was written in parentheses."""

    op: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Primed(Node):
    """`x'`: the value of the variable after the step."""

    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(a, b)`: of a def, fun or table. At least one argument."""

    function: Name
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`m[k]`."""

    base: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class With(Node):
    """`m with [k] = v`."""

    base: Expr
    key: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if c then a else b`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Let(Node):
    """`let x = e in body`."""

    name: Name
    value: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`all d in D: body`. `kind` is `all`, `some`, `one`, `count`, `each` (a map) or `those` (a set).

    `domain` is a set expression or a type: a `Name` may be either, a `TypeSet` is a type.
    """

    kind: str
    name: Name
    domain: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class TypeSet(Node):
    """A built-in type (`bool`, `int 0..3`, `bits[4]`, `set of T`) where a set is expected: after `in`."""

    type: Type


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`a.x`: a variable of a part of the machine (see `Use`). Never in a tree that `parse` returns."""

    base: Expr
    member: Name


@dataclass(frozen=True, slots=True)
class Temporal(Node):
    """An operator of temporal logic: `G p` and `always p` have the operator `G`, `p until q` has `U`, `A[p U q]` has
    `AU`. The grammar has it in formulas of `ltl` and `ctl` only; whether all parts of a formula suit is not checked."""

    operator: str
    operands: tuple[Expr, ...]


Expr = (
    Name | Number | BoolLit | Braces | Unary | Binary | Junction | Primed | Call | Index | With | If | Let
    | Quantified | TypeSet | Member | Temporal
)  # fmt: skip
