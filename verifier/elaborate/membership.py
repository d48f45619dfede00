"""`in`: bits of flags values, members of sets, values of types."""

from __future__ import annotations

from verifier.elaborate.folding import build, equal, has_bit, integer, member
from verifier.elaborate.literals import bit_of, is_open
from verifier.elaborate.sorts import resolve
from verifier.elaborate.symbols import SortSymbol
from verifier.elaborate.typer import Typer, Want, because, shown
from verifier.model.sorts import FlagsSort, IntSort, SetSort
from verifier.model.terms import TRUE, Op, Term, and_, or_
from verifier.syntax import tree


def membership(typer: Typer, node: tree.Binary) -> Term | None:
    """Return `left in right`: `BIT in s` of a flags value s, otherwise see `member_of`."""
    bit = bit_of(typer, node.left)
    if bit:
        reasons = because(f"{bit.name} is a bit of {bit.sort}", bit.span)
        flags = typer.term(node.right, Want(bit.sort, "right side of `in`", reasons))
        return None if flags is None else has_bit(flags, bit.mask)
    if is_open(node.left) and not isinstance(node.right, tree.Braces) and domain_type(typer, node.right) is None:
        return _open_in_set(typer, node)
    left = typer.term(node.left)
    if left is None:
        return None
    reasons = because(f"left side has type {shown(left.sort)}", node.left.span)
    return member_of(typer, left, node.left, node.right, Want(left.sort, "element of the set", reasons, loose=True))


def _open_in_set(typer: Typer, node: tree.Binary) -> Term | None:
    """A number in a set takes its type from the set."""
    right = _set(typer, node.right)
    if right is None:
        return None
    assert isinstance(right.sort, SetSort)
    reasons = because(f"right side has type {right.sort}", node.right.span)
    left = typer.term(node.left, Want(right.sort.element, "left side of `in`", reasons))
    return None if left is None else member(left, right)


def member_of(typer: Typer, left: Term, node: tree.Node, domain: tree.Expr, want: Want) -> Term | None:
    """Return `left in domain`; `node` is where `left` stands. In braces each element, of which `want` is demanded, is
    compared with `left`: a disjunction of equalities. A type holds each of its values: of `int LO..HI`, a range
    test. Otherwise `domain` is a set."""
    kind = domain_type(typer, domain)
    if kind is not None:
        return _of_type(typer, left, node, kind)
    if isinstance(domain, tree.Braces):
        elements = [typer.term(i, want) for i in domain.items]
        known = [e for e in elements if e is not None]
        return or_(*(equal(left, e) for e in known)) if len(known) == len(elements) else None
    return _in_set(typer, left, node, domain)


def _in_set(typer: Typer, left: Term, node: tree.Node, domain: tree.Expr) -> Term | None:
    right = _set(typer, domain)
    if right is None:
        return None
    assert isinstance(right.sort, SetSort)
    reasons = because(f"right side has type {right.sort}", domain.span)
    element = typer.accept(left, Want(right.sort.element, "left side of `in`", reasons), node.span)
    return None if element is None else member(element, right)


def _set(typer: Typer, node: tree.Expr) -> Term | None:
    """Return the term of a set expression."""
    found = typer.term(node)
    if found is None or isinstance(found.sort, SetSort):
        return found
    bits = isinstance(found.sort, FlagsSort)
    hint = "only a bit can be `in` a flags value; compare flags values with `==`" if bits else None
    message = f"right side of `in` has type {shown(found.sort)}, expected a set"
    typer.problems.report("ARC023", message, node.span, help=hint)
    return None


def domain_type(typer: Typer, node: tree.Expr) -> tree.Type | None:
    """Return the type that an expression after `in` names; None iff it is an expression."""
    if isinstance(node, tree.TypeSet):
        return node.type
    found = typer.find(node.name) if isinstance(node, tree.Name) else None
    return tree.NamedType(node.span, found.name) if isinstance(found, SortSymbol) else None


def _of_type(typer: Typer, left: Term, node: tree.Node, domain: tree.Type) -> Term | None:
    sort = resolve(typer.machine, domain)
    if sort is None:
        return None
    if isinstance(sort, IntSort) and isinstance(left.sort, IntSort):
        return in_range(left, sort)
    reasons = because(f"right side is {sort}", domain.span)
    return None if typer.accept(left, Want(sort, "left side of `in`", reasons), node.span) is None else TRUE


def in_range(term: Term, sort: IntSort) -> Term:
    """Return whether an int is in the range of `sort`; true iff its own interval says so."""
    assert isinstance(term.sort, IntSort)
    low = TRUE if sort.low <= term.sort.low else build(Op.LE, integer(sort.low), term)
    high = TRUE if term.sort.high <= sort.high else build(Op.LE, term, integer(sort.high))
    return and_(low, high)
