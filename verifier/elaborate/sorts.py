"""Types to sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.diagnostics import Span
from verifier.elaborate.symbols import SortSymbol, described
from verifier.elaborate.typer import because
from verifier.model.sorts import BOOL, BitsSort, IntSort, MapSort, SetSort, Sort, cardinality
from verifier.syntax import tree

if TYPE_CHECKING:
    from verifier.elaborate.machine import Machine

MAX_WIDTH = 64
"""The widest machine word and the most bits of a flags type."""

MAX_SIZE = 4096
"""The most keys of a map, members of a set, and individuals of an index."""


def resolve(machine: Machine, node: tree.Type) -> Sort | None:
    """Return the sort that a type names; None iff it is wrong, which has been reported."""
    match node:
        case tree.BoolType():
            return BOOL
        case tree.NamedType():
            return _named(machine, node)
        case tree.IntType():
            return _int(machine, node)
        case tree.BitsType():
            return _bits(machine, node)
        case tree.MapType():
            key, value = listed(machine, node.key, "key of a map"), resolve(machine, node.value)
            return None if key is None or value is None else MapSort(key, value)
        case tree.SetType():
            element = listed(machine, node.element, "element of a set")
            return None if element is None else SetSort(element)


def _named(machine: Machine, node: tree.NamedType) -> Sort | None:
    found = machine.scope.get(node.name)
    if isinstance(found, SortSymbol):
        return found.sort
    if found is None:
        machine.scope.unknown_type(node.name, node.span)
    else:
        notes = because("declared here", found.span)
        machine.problems.report("ARC022", f"{node.name} is {described(found)}, not a type", node.span, *notes)
    return None


def _int(machine: Machine, node: tree.IntType) -> Sort | None:
    if node.low <= node.high:
        return IntSort(node.low, node.high)
    machine.problems.report("ARC032", f"int {node.low}..{node.high} has no values", node.span)
    return None


def _bits(machine: Machine, node: tree.BitsType) -> Sort | None:
    if 1 <= node.width <= MAX_WIDTH:
        return BitsSort(node.width)
    machine.problems.report("ARC032", f"a machine word has 1 to {MAX_WIDTH} bits, not {node.width}", node.span)
    return None


def listed(machine: Machine, node: tree.Type, what: str) -> Sort | None:
    """Return the sort of a type whose values can be listed, and are not too many."""
    sort = resolve(machine, node)
    return sort if sort is not None and is_listed(machine, sort, node.span, what) else None


def is_listed(machine: Machine, sort: Sort, span: Span, what: str) -> bool:
    """Return True iff the values of a sort can be listed and are at most MAX_SIZE; otherwise report it."""
    size = cardinality(sort)
    if size is not None and size <= MAX_SIZE:
        return True
    reason = "is not finite" if size is None else f"has more than {MAX_SIZE} values"
    machine.problems.report("ARC031", f"{what} has type {sort}, which {reason}", span)
    return False
