"""Formulas of temporal logic."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace

from verifier.elaborate.maps import domain
from verifier.elaborate.typer import Typer, Want
from verifier.model.formulas import Formula, Now, Operator, size
from verifier.model.sorts import BOOL, Sort, values
from verifier.model.terms import Const
from verifier.syntax import tree

MOST = 400
"""The most parts of a formula, written out."""

_CONNECTIVES = {"all": "and", "some": "or"}


def formula(typer: Typer, node: tree.Expr, name: str, logic: str) -> Formula | None:
    """Return a formula of `ltl` or `ctl`, the one of property `name`; None iff something in it is wrong."""
    reader = _Reader(name, logic)
    found = reader.formula(_stepwise(typer) if logic == "ltl" else typer, node)
    if found is not None and size(found) > MOST:
        typer.problems.report("ARC030", f"the formula of property {name} has more than {MOST} parts", node.span)
        return None
    return found


def _stepwise(typer: Typer) -> Typer:
    """Return the typer of a place that may mention the state after a step."""
    return replace(typer, context=replace(typer.context, primed=set()))


@dataclasses.dataclass
class _Reader:
    """Reads one formula; `made` counts its conditions, so that one that grows too large is given up early."""

    name: str
    logic: str
    made: int = 0

    def formula(self, typer: Typer, node: tree.Expr) -> Formula | None:
        if not any(isinstance(n, tree.Temporal | tree.Primed) for n in _nodes(node)):
            return self._now(typer, node)
        match node:
            case tree.Temporal():
                return self._temporal(typer, node)
            case tree.Unary(op="not"):
                return self._joined(typer, "not", (node.operand,))
            case tree.Binary(op="implies" | "iff"):
                return self._joined(typer, node.op, (node.left, node.right))
            case tree.Junction():
                return self._joined(typer, node.op, node.operands)
            case tree.Quantified(kind="all" | "some") if any(isinstance(n, tree.Temporal) for n in _nodes(node.body)):
                return self._instances(typer, node)
            case _:
                return self._now(typer, node)

    def _now(self, typer: Typer, node: tree.Expr) -> Formula | None:
        self.made += 1
        term = typer.whole(node, Want(BOOL, f"condition of property {self.name}"))
        return None if term is None else Now(term)

    def _temporal(self, typer: Typer, node: tree.Temporal) -> Formula | None:
        branching = len(node.operator) == 2
        if branching is (self.logic == "ctl"):
            return self._joined(typer, node.operator, node.operands)
        help_ = "every operator of `ctl` says on which runs: `AG p`, `EF p`, `A[p U q]`"
        message = f"`{node.operator}` is no operator of `{self.logic}`"
        typer.problems.report("ARC051", message, node.span, help=None if branching else help_)
        return None

    def _joined(self, typer: Typer, name: str, nodes: tuple[tree.Expr, ...]) -> Formula | None:
        parts = [self.formula(typer, n) for n in nodes]
        return None if any(p is None for p in parts) else Operator(name, tuple(p for p in parts if p is not None))

    def _instances(self, typer: Typer, node: tree.Quantified) -> Formula | None:
        """Return `all d in T: f` as a conjunction, `some d in T: f` as a disjunction."""
        sort = domain(typer, node)
        if sort is None:
            return None
        parts: list[Formula] = []
        for value in _listed(sort):
            part = self.formula(typer.binding(node.name, Const(sort, value)), node.body)
            if part is None or self.made > MOST:
                self._report_large(typer, node, part)
                return None
            parts.append(part)
        return parts[0] if len(parts) == 1 else Operator(_CONNECTIVES[node.kind], tuple(parts))

    def _report_large(self, typer: Typer, node: tree.Expr, part: Formula | None) -> None:
        if part is not None:
            message = f"the formula of property {self.name} has more than {MOST} parts"
            typer.problems.report("ARC030", message, node.span)


def _listed(sort: Sort) -> Iterator[object]:
    return iter(values(sort))


def _nodes(part: object) -> Iterator[tree.Node]:
    """Yield a part of a tree, and all nodes within."""
    if isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, tree.Node):
        yield part
        for field in dataclasses.fields(part):
            yield from _nodes(getattr(part, field.name))
