"""Rules and arcs."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.clauses import Cite, Parameter
from verifier.syntax.tree.expressions import Expr, Name
from verifier.syntax.tree.node import Node


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """`x' = e`. `target` is x."""

    target: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`x' in e`: any of the values of a set expression, or of a type. `target` is x."""

    target: Name
    domain: Expr


Constraint = Assign | Choose | Expr  # an expression: a boolean one, over x and x'


@dataclass(frozen=True, slots=True)
class Endpoint(Node):
    """Where an arc starts or ends.

    `any`: place None, any True. `stay`: place None, stay True. `{A, stay}`: place `Braces((A,))`, stay True.
    Otherwise `place` is a value (`Name`, `Number`), several of them or one flags value (`Braces`), or the
    name of a one-place def. Only the end of a `fails` part can have `stay`; `any` as an end leaves it open.
    """

    place: Expr | None
    any: bool = False
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Fails(Node):
    """`fails -> TO2 ["doc"] [{ ... }]`: the last part of an arc."""

    target: Endpoint
    doc: str | None
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class RuleDecl(Node):
    """`rule NAME(p: T, ...) ["doc"] [by ACTOR] [cite ...] [tag ...] [when GUARD] { CONSTRAINT ... }`."""

    name: Name
    was: tuple[Name, ...]
    parameters: tuple[Parameter, ...]
    doc: str | None
    actor: Name | None
    cites: tuple[Cite, ...]
    tags: tuple[Name, ...]
    guard: Expr | None
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class ArcDecl(Node):
    """`arc NAME[(p: T, ...)]: FROM -> TO`, the clauses of a rule, `[{ ... }] [fails -> TO2 ...]`."""

    name: Name
    was: tuple[Name, ...]
    parameters: tuple[Parameter, ...]
    origin: Endpoint
    target: Endpoint
    doc: str | None
    actor: Name | None
    cites: tuple[Cite, ...]
    tags: tuple[Name, ...]
    guard: Expr | None
    constraints: tuple[Constraint, ...]
    fails: Fails | None
