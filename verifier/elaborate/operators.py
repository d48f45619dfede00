"""Operators, `if` and `let`."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.elaborate.folding import build
from verifier.elaborate.literals import is_open, openness
from verifier.elaborate.membership import membership
from verifier.elaborate.typer import Typer, Want, because, shown
from verifier.model.sorts import BOOL, BitsSort, FlagsSort, IntSort, Sort
from verifier.model.terms import Const, Op, Term, ite
from verifier.syntax import tree

_ORDER: Mapping[str, tuple[Op, bool]] = {
    "<": (Op.LT, False), "<=": (Op.LE, False), ">": (Op.LT, True), ">=": (Op.LE, True),
}  # fmt: skip
_ARITHMETIC: Mapping[str, Op] = {
    "+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "&": Op.BITAND, "|": Op.BITOR, "^": Op.BITXOR, "<<": Op.SHL, ">>": Op.SHR,
}  # fmt: skip
_NUMERIC: tuple[type[Sort], ...] = (IntSort, BitsSort)
_BITWISE: tuple[type[Sort], ...] = (BitsSort, FlagsSort)
_DEFINED: Mapping[str, tuple[type[Sort], ...]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "+", "-", "*"), _NUMERIC),
    **dict.fromkeys(("&", "|", "^", "~"), _BITWISE),
    **dict.fromkeys(("<<", ">>"), (BitsSort,)),
}
_WORDS: Mapping[type[Sort], str] = {IntSort: "ints", BitsSort: "bits[N]", FlagsSort: "flags"}


def unary(typer: Typer, node: tree.Unary, want: Want | None) -> Term | None:
    """Return `not e`, `-e` (of an int or, wrapping, of a word), `~e` (of a word or flags value)."""
    if node.op == "not":
        operand = typer.boolean(node.operand, "operand of `not`")
        return None if operand is None else build(Op.NOT, operand)
    operand = typer.term(node.operand, _hint(want))
    if operand is None or not _defined(typer, node.op if node.op == "~" else "-", operand, node.operand):
        return None
    if node.op == "~":
        return build(Op.BITNOT, operand)
    zero = Const(IntSort(0, 0) if isinstance(operand.sort, IntSort) else operand.sort, 0)
    return build(Op.SUB, zero, operand)


def temporal(typer: Typer, node: tree.Temporal, want: Want | None) -> None:
    """Report an operator of temporal logic inside an expression that has a value in one state."""
    message = f"`{node.operator}` stands inside an expression that speaks of one state"
    help_ = "in formulas of `ltl` and `ctl` it may stand under `not`, `and`, `or`, `implies`, `iff`, `all` and `some`"
    typer.problems.report("ARC051", message, node.span, help=help_)


def binary(typer: Typer, node: tree.Binary, want: Want | None) -> Term | None:
    """Return an operator of two operands."""
    match node.op:
        case "iff" | "implies":
            return _logic(typer, node)
        case "in" | "not in":
            found = membership(typer, node)
            return found if found is None or node.op == "in" else build(Op.NOT, found)
        case "==" | "!=":
            pair = _pair(typer, node, None)
            equal = pair and build(Op.EQ, *pair)
            return equal if equal is None or node.op == "==" else build(Op.NOT, equal)
        case _:
            return _arithmetic(typer, node, want)


def _logic(typer: Typer, node: tree.Binary) -> Term | None:
    left = typer.boolean(node.left, f"left side of `{node.op}`")
    right = typer.boolean(node.right, f"right side of `{node.op}`")
    if left is None or right is None:
        return None
    return build(Op.EQ if node.op == "iff" else Op.IMPLIES, left, right)


def _arithmetic(typer: Typer, node: tree.Binary, want: Want | None) -> Term | None:
    order = _ORDER.get(node.op)
    pair = _pair(typer, node, None if order else _hint(want))
    if pair is None or not _defined(typer, node.op, pair[0], node.left):
        return None
    if order is None:
        return build(_ARITHMETIC[node.op], *pair)
    return build(order[0], *(reversed(pair) if order[1] else pair))


def _hint(want: Want | None) -> Want | None:
    """A word or flags value is wanted of the operands where it is wanted of the result; an int of any range."""
    return want if want and isinstance(want.sort, BitsSort | FlagsSort) else None


def _pair(typer: Typer, node: tree.Binary, hint: Want | None) -> tuple[Term, Term] | None:
    """Return both operands, of one sort (two ints may differ in range). The one that has a type of its own gives it."""
    if hint:
        left, right = typer.term(node.left, hint), typer.term(node.right, hint)
    elif openness(node.left) > openness(node.right):
        right = typer.term(node.right)
        left = _other(typer, node.left, f"left side of `{node.op}`", right, node.right, "right side")
    else:
        left = typer.term(node.left)
        right = _other(typer, node.right, f"right side of `{node.op}`", left, node.left, "left side")
    return None if left is None or right is None else (left, right)


def _other(
    typer: Typer, node: tree.Expr, what: str, known: Term | None, first: tree.Expr, first_what: str
) -> Term | None:
    """Return the operand or branch at `node`, of the sort of the one at `first`, which is typed already."""
    if known is None:
        return None if is_open(node) else typer.term(node)
    reasons = because(f"{first_what} has type {shown(known.sort)}", first.span)
    return typer.term(node, Want(known.sort, what, reasons, loose=True))


def _defined(typer: Typer, op: str, operand: Term, node: tree.Expr) -> bool:
    sorts = _DEFINED[op]
    if isinstance(operand.sort, sorts):
        return True
    kinds = " and ".join(_WORDS[s] for s in sorts)
    hint = "union, intersection and complement of sets are written with `those`" if op in "&|^~-" else None
    is_set = str(operand.sort).startswith("set of")
    message = f"`{op}` is defined for {kinds}, not for {operand.sort}"
    typer.problems.report("ARC033", message, node.span, help=hint if is_set else None)
    return False


def junction(typer: Typer, node: tree.Junction, want: Want | None) -> Term | None:
    """Return a conjunction or disjunction."""
    parts = [typer.term(e, Want(BOOL, f"operand of `{node.op}`")) for e in node.operands]
    known = [p for p in parts if p is not None]
    return build(Op.AND if node.op == "and" else Op.OR, *known) if len(known) == len(parts) else None


def conditional(typer: Typer, node: tree.If, want: Want | None) -> Term | None:
    """Return `if c then a else b`; what is wanted of it is wanted of both branches."""
    condition = typer.boolean(node.condition, "condition of `if`")
    if want:
        then, other = typer.term(node.then, want), typer.term(node.otherwise, want)
    elif openness(node.then) > openness(node.otherwise):
        other = typer.term(node.otherwise)
        then = _other(typer, node.then, "then branch of `if`", other, node.otherwise, "the else branch")
    else:
        then = typer.term(node.then)
        other = _other(typer, node.otherwise, "else branch of `if`", then, node.then, "the then branch")
    if condition is None or then is None or other is None:
        return None
    return ite(condition, then, other)


def let(typer: Typer, node: tree.Let, want: Want | None) -> Term | None:
    """Return `let x = e in body`, with e written out for x."""
    return typer.binding(node.name, typer.term(node.value)).term(node.body, want)
