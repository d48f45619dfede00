"""The syntax tree: a spec as it was written, nothing resolved, a place on every node.

Two nodes are equal iff they say the same thing: places are left out of comparison, so that
`parse(format(t)) == t` can be stated plainly (and so that nodes must not serve as keys of place tables).
No expression is nested deeper than `verifier.syntax.limits.MAX_DEPTH` levels; `and` and `or` are flat.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.claims import (
    Always,
    Basis,
    Claim,
    Ctl,
    Deterministic,
    EqualsPath,
    EveryStep,
    LeadsTo,
    Length,
    Ltl,
    Matches,
    Never,
    NoDeadlock,
    OnlyVia,
    PropertyDecl,
    Reachable,
    Recoverable,
    Refines,
    Routes,
)
from verifier.syntax.tree.clauses import Binding, Cite, Parameter
from verifier.syntax.tree.data import (
    AssumeDecl,
    ControlDecl,
    DefDecl,
    EnumDecl,
    EnumValue,
    FlagBit,
    FlagsDecl,
    FunDecl,
    IndexDecl,
    Initial,
    JoinDecl,
    NamedValue,
    OpaqueDecl,
    ParamDecl,
    Row,
    SourceDecl,
    TableDecl,
    UseDecl,
    VarDecl,
)
from verifier.syntax.tree.expressions import (
    Binary,
    BoolLit,
    Braces,
    Call,
    Expr,
    If,
    Index,
    Junction,
    Let,
    Member,
    Name,
    Number,
    Primed,
    Quantified,
    Temporal,
    TypeSet,
    Unary,
    With,
)
from verifier.syntax.tree.node import Node
from verifier.syntax.tree.rules import ArcDecl, Assign, Choose, Constraint, Endpoint, Fails, RuleDecl
from verifier.syntax.tree.types import BitsType, BoolType, IntType, MapType, NamedType, SetType, Type

__all__ = [
    "Always", "ArcDecl", "Assign", "AssumeDecl", "Basis", "Binary", "Binding", "BitsType", "BoolLit", "BoolType",
    "Braces", "Call", "Choose", "Cite", "Claim", "Constraint", "ControlDecl", "Ctl", "Declaration", "DefDecl",
    "Deterministic", "Endpoint", "EnumDecl", "EnumValue", "EqualsPath", "EveryStep", "Expr", "Fails", "FlagBit",
    "FlagsDecl", "FunDecl", "If", "Index", "IndexDecl", "Initial", "IntType", "JoinDecl", "Junction", "LeadsTo",
    "Length", "Let", "Ltl", "MapType", "Matches", "Member", "Name", "NamedType", "NamedValue", "Never", "NoDeadlock",
    "Node", "Number", "OnlyVia", "OpaqueDecl", "ParamDecl", "Parameter", "Primed", "PropertyDecl", "Quantified",
    "Reachable", "Recoverable", "Refines", "Routes", "Row", "RuleDecl", "SetType", "SourceDecl", "Spec",
    "TableDecl", "Temporal", "Type", "TypeSet", "Unary", "UseDecl", "VarDecl", "With",
]  # fmt: skip

Declaration = (
    SourceDecl | EnumDecl | FlagsDecl | IndexDecl | OpaqueDecl | FunDecl | ParamDecl | VarDecl | ControlDecl
    | DefDecl | TableDecl | AssumeDecl | RuleDecl | ArcDecl | PropertyDecl | UseDecl | JoinDecl
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spec(Node):
    """One file: `machine NAME ["doc"]`, then the declarations in the order of the text."""

    name: Name
    doc: str | None
    declarations: tuple[Declaration, ...]
