"""Numbers, truth values, and what stands in braces."""

from __future__ import annotations

from functools import reduce

from verifier.elaborate.folding import collection, integer
from verifier.elaborate.symbols import BitSymbol, described
from verifier.elaborate.typer import Typer, Want, because
from verifier.model.sorts import BitsSort, FlagsSort, SetSort, Sort
from verifier.model.terms import FALSE, TRUE, Const, Term, joined
from verifier.syntax import tree


def number(typer: Typer, node: tree.Number, want: Want | None) -> Term | None:
    """Return a number: a machine word or (written with 0b or 0x) a flags value where one is wanted, else an int."""
    sort = want.sort if want else None
    if want and (isinstance(sort, BitsSort) or (isinstance(sort, FlagsSort) and node.is_word)):
        size = sort.width if isinstance(sort, BitsSort) else len(sort.bits)
        if node.value >> size == 0:
            return Const(sort, node.value)
        plural = "s" if size != 1 else ""
        message = f"{want.subject} is {node.text}, which has more than the {size} bit{plural} of {sort}"
        typer.problems.report("ARC026", message, node.span, *want.reasons)
        return None
    return integer(node.value)


def truth(typer: Typer, node: tree.BoolLit, want: Want | None) -> Term | None:
    """Return `true` or `false`."""
    return TRUE if node.value else FALSE


def braces(typer: Typer, node: tree.Braces, want: Want | None) -> Term | None:
    """Return a flags value where one is wanted or where bits stand in the braces; otherwise a set."""
    if want and isinstance(want.sort, FlagsSort):
        return _flags(typer, node, want.sort)
    if want and isinstance(want.sort, SetSort):
        return _set(typer, node.items, want.sort.element)
    if not node.items:
        typer.problems.report("ARC034", "nothing says of which type {} is", node.span)
        return None
    bit = next((b for b in (bit_of(typer, i) for i in node.items) if b), None)
    return _flags(typer, node, bit.sort) if bit else _set_of_any(typer, node)


def bit_of(typer: Typer, node: tree.Expr) -> BitSymbol | None:
    """Return the bit that an expression names; None iff it is anything else."""
    found = typer.find(node.name) if isinstance(node, tree.Name) else None
    return found if isinstance(found, BitSymbol) else None


def _flags(typer: Typer, node: tree.Braces, sort: FlagsSort) -> Term | None:
    masks = [_mask(typer, item, sort) for item in node.items]
    known = [m for m in masks if m is not None]
    return Const(sort, reduce(int.__or__, known, 0)) if len(known) == len(masks) else None


def _mask(typer: Typer, item: tree.Expr, sort: FlagsSort) -> int | None:
    bit = bit_of(typer, item)
    if bit and bit.sort == sort:
        return bit.mask
    if isinstance(item, tree.Name) and typer.find(item.name) is None:
        typer.unknown(item)
        return None
    found = typer.find(item.name) if isinstance(item, tree.Name) else None
    subject = f"{found.name} is {described(found)}, " if found else "this is "
    what = f"{subject}not a bit of {sort}"
    notes = because("declared here", found.span) if found else ()
    typer.problems.report("ARC024", what, item.span, *notes)
    return None


def _set(typer: Typer, items: tuple[tree.Expr, ...], element: Sort) -> Term | None:
    elements = [typer.term(i, Want(element, "element of the set")) for i in items]
    known = [e for e in elements if e is not None]
    return collection(element, tuple(known)) if len(known) == len(elements) else None


def _set_of_any(typer: Typer, node: tree.Braces) -> Term | None:
    """The first element that has a type of its own gives the type; ints of any range join."""
    lead = min(node.items, key=openness)
    first = typer.term(lead)
    if first is None:
        return None
    want = Want(first.sort, "element of the set", because(f"this element has type {first.sort}", lead.span), loose=True)
    terms = [first if item is lead else typer.term(item, want) for item in node.items]
    known = [t for t in terms if t is not None]
    element = reduce(joined, (t.sort for t in known), first.sort)
    return collection(element, tuple(known)) if len(known) == len(terms) else None


def type_set(typer: Typer, node: tree.TypeSet, want: Want | None) -> Term | None:
    """Report a type where a value is expected (`in` and binders see to types themselves)."""
    typer.problems.report("ARC024", "a type stands where a value is expected", node.span)
    return None


def is_open(node: tree.Expr) -> bool:
    """Return True iff the expression takes its type from its surroundings, so that they should be typed first."""
    return openness(node) > 0


def openness(node: tree.Expr) -> int:
    """Return how much an expression takes its type from its surroundings: 0 not at all; 1 it has a type of its own
    where nothing is wanted of it (a number is an int); 2 it has none (`{}`)."""
    match node:
        case tree.Number():
            return 1
        case tree.Braces():
            return 1 if node.items else 2
        case tree.Unary():
            return openness(node.operand) if node.op != "not" else 0
        case tree.Binary() if node.op in ("|", "^", "&", "<<", ">>", "+", "-", "*"):
            return min(openness(node.left), openness(node.right))
        case tree.If():
            return min(openness(node.then), openness(node.otherwise))
        case tree.Let():
            return openness(node.body)
        case tree.With():
            return openness(node.base)
        case tree.Quantified():
            return openness(node.body) if node.kind == "each" else 0
        case _:
            return 0
