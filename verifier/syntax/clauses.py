"""Clauses come in any order, each but `cite` at most once: gathered here into the fields of their node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from verifier.diagnostics import Diagnostic, Note, Span
from verifier.syntax import tree

_WRITTEN = {
    "fair": "`assuming fair`", "strongly_fair": "`assuming strongly fair`",
    "doc": "a doc text", "actor": "`by`", "is_": "`is`", "except_": "`except`", "length": "`of length`",
}  # fmt: skip


class Clause(NamedTuple):
    """One clause: the grammar's rule for it, and what it is made of."""

    kind: str
    value: tuple[Any, ...]
    span: Span


def of_rule(given: Sequence[Clause], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of a RuleDecl or ArcDecl that clauses give."""
    once = _once(given, diagnostics)
    return {
        "doc": _first(once, "doc"),
        "actor": _first(once, "actor"),
        "cites": _cites(given),
        "tags": _first(once, "tag") or (),
        "guard": _first(once, "when"),
    }


def of_property(given: Sequence[Clause], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of a PropertyDecl that clauses give."""
    once = _once(given, diagnostics)
    return {
        "doc": _first(once, "doc"),
        "cites": _cites(given),
        "assuming": _first(once, "assuming"),
        "expect_violated": "expect" in once,
        "vacuous_ok": "vacuous" in once,
        "severity": _first(once, "severity"),
    }


def of_path(given: Sequence[Any], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of an EqualsPath that options give."""
    once = _once(given, diagnostics)
    through, where = _first(once, "through"), _first(once, "where")
    return {"step_where": where, "through": through, **_common(once)}


def of_basis(given: Sequence[Any], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of a Basis that options give."""
    once = _once(given, diagnostics)
    return {"chosen": _first(once, "is_"), **_common(once)}


def of_routes(given: Sequence[Clause], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of a Routes that options give."""
    once = _once(given, diagnostics)
    blocked, blocked_as = once.get("blocked", (None, None))
    return {
        "through": _first(once, "through"),
        "excluded": _first(once, "except_"),
        "blocked": blocked,
        "blocked_as": blocked_as,
        "matching": _first(once, "matching"),
    }


def of_fairness(given: Sequence[Clause], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return the fields of an Ltl that clauses give."""
    once = _once(given, diagnostics)
    return {"fair": _first(once, "fair") or (), "strong": _first(once, "strongly_fair") or ()}


def _common(once: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    return {"length": _first(once, "length"), "observing": _first(once, "observing") or ()}


def _first(once: dict[str, tuple[Any, ...]], kind: str) -> Any:
    return once.get(kind, (None,))[0]


def _cites(given: Sequence[Clause]) -> tuple[tree.Cite, ...]:
    return tuple(c for clause in given if clause.kind == "cite" for c in clause.value)


def _once(given: Sequence[Any], diagnostics: list[Diagnostic]) -> dict[str, tuple[Any, ...]]:
    """Return the value of each clause by its kind, having reported those that stand twice."""
    found: dict[str, Clause] = {}
    for item in given:
        clause = item if isinstance(item, Clause) else Clause("length", (item,), item.span)
        if clause.kind in found and clause.kind != "cite":
            diagnostics.append(_twice(clause, found[clause.kind]))
        found.setdefault(clause.kind, clause)
    return {kind: clause.value for kind, clause in found.items()}


def _twice(clause: Clause, earlier: Clause) -> Diagnostic:
    what = _WRITTEN.get(clause.kind, f"`{clause.kind}`")
    return Diagnostic("ARC012", f"{what} stands twice", clause.span, (Note("the first is here", earlier.span),))
