"""Properties and their claims.

Rule references (`rules`, `targets`, `steps`, `fair`) are names of rules or of tags, as written.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.syntax.tree.clauses import Binding, Cite
from verifier.syntax.tree.expressions import Expr, Name
from verifier.syntax.tree.node import Node


@dataclass(frozen=True, slots=True)
class Always(Node):
    """`always e`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Never(Node):
    """`never e`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class EveryStep(Node):
    """`every step e`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Reachable(Node):
    """`reachable e`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class OnlyVia(Node):
    """`e reached only via R, ...`."""

    condition: Expr
    rules: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Length(Node):
    """`of length LO..HI`; `of length N` has low == high. That 1 <= low <= high is not checked here."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class EqualsPath(Node):
    """`every R, ... [where e] equals a path of S, ... [where e] [of length ..] [through e] [observing x, ...]`.

    None and () stand for what was not written.
    """

    targets: tuple[Name, ...]
    target_where: Expr | None
    steps: tuple[Name, ...]
    step_where: Expr | None
    length: Length | None
    through: Expr | None
    observing: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Basis(Node):
    """`basis of S, ... [is e] [of length ..] [observing x, ...]`."""

    rules: tuple[Name, ...]
    chosen: Expr | None
    length: Length | None
    observing: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Routes(Node):
    """`routes S, ... shortest [through e] [except e] [blocked e [as v]] [matching f]`."""

    rules: tuple[Name, ...]
    through: Expr | None
    excluded: Expr | None
    blocked: Expr | None
    blocked_as: Expr | None
    matching: Name | None


@dataclass(frozen=True, slots=True)
class Deterministic(Node):
    """`deterministic [R, ...]`; () means all rules."""

    rules: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class NoDeadlock(Node):
    """`no deadlock [except e]`."""

    excluded: Expr | None


@dataclass(frozen=True, slots=True)
class Recoverable(Node):
    """`recoverable e from f`: `goal` is e, `origin` is f."""

    goal: Expr
    origin: Expr


@dataclass(frozen=True, slots=True)
class LeadsTo(Node):
    """`p leads to q [assuming fair R, ...]`."""

    trigger: Expr
    response: Expr
    fair: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Matches(Node):
    """`f matches c "file" table NAME`."""

    table: Name
    binding: Binding


@dataclass(frozen=True, slots=True)
class Ltl(Node):
    """`ltl F [assuming fair R, ...] [assuming strongly fair R, ...]`."""

    formula: Expr
    fair: tuple[Name, ...]
    strong: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Ctl(Node):
    """`ctl F`."""

    formula: Expr


@dataclass(frozen=True, slots=True)
class Refines(Node):
    """`refines "other.arc" [where x = e, ...]`. Never in a tree that `parse` returns: not supported yet."""

    path: str
    mapping: tuple[tuple[Name, Expr], ...]


Claim = (
    Always | Never | EveryStep | Reachable | OnlyVia | EqualsPath | Basis | Routes | Deterministic | NoDeadlock
    | Recoverable | LeadsTo | Ltl | Ctl | Matches | Refines
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PropertyDecl(Node):
    """`property NAME`, a claim, and the clauses before and after it. The claim's span is the claim alone.

    `severity` is `error`, `warning`, `note`, or None where none was written.
    """

    name: Name
    was: tuple[Name, ...]
    claim: Claim
    doc: str | None
    cites: tuple[Cite, ...]
    assuming: Expr | None
    expect_violated: bool
    vacuous_ok: bool
    severity: str | None
