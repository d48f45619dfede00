"""Names declared: types with their values, and what has a type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.diagnostics import Note, nearest
from verifier.elaborate.machine import Machine
from verifier.elaborate.problems import meant
from verifier.elaborate.sorts import MAX_SIZE, MAX_WIDTH, resolve
from verifier.elaborate.symbols import (
    BitSymbol,
    DefinitionSymbol,
    FunctionSymbol,
    ParameterSymbol,
    SortSymbol,
    TableSymbol,
    ValueSymbol,
    VariableSymbol,
)
from verifier.model.sorts import EnumSort, FlagsSort, IndexSort, OpaqueSort, Sort
from verifier.model.terms import Const
from verifier.syntax import tree


def declare(machine: Machine, spec: tree.Spec) -> None:
    """Declare every global name of the spec: the types first, since the others have types."""
    for declaration in spec.declarations:
        _declare_type(machine, declaration)
    for declaration in spec.declarations:
        _declare_typed(machine, declaration)


def _declare_type(machine: Machine, node: tree.Declaration) -> None:
    match node:
        case tree.EnumDecl():
            _declare_enum(machine, node)
        case tree.FlagsDecl():
            _declare_flags(machine, node)
        case tree.IndexDecl():
            machine.scope.declare(SortSymbol(node.name.name, node.name.span, _index(machine, node)))
        case tree.OpaqueDecl():
            machine.scope.declare(SortSymbol(node.name.name, node.name.span, OpaqueSort(node.name.name)))
        case _:
            pass


def _declare_enum(machine: Machine, node: tree.EnumDecl) -> None:
    """Values without a number get the previous number + 1, from 0."""
    values: dict[str, tuple[int, tree.EnumValue]] = {}
    number = 0
    for value in node.values:
        number = number if value.number is None else value.number
        values.setdefault(value.name.name, (number, value))
        number += 1
    numbers = tuple(n for n, _ in values.values())
    sort = EnumSort(node.name.name, tuple(values), numbers, tuple(v.doc for _, v in values.values()))
    machine.scope.declare(SortSymbol(node.name.name, node.name.span, sort))
    for value in node.values:
        machine.scope.declare(ValueSymbol(value.name.name, value.name.span, Const(sort, value.name.name)))
    _check_numbers(machine, sort, list(values.values()))


def _check_numbers(machine: Machine, sort: EnumSort, values: list[tuple[int, tree.EnumValue]]) -> None:
    first: dict[int, tree.EnumValue] = {}
    for number, value in values:
        if number in first:
            note = Note(f"{first[number].name.name} has it too", first[number].span)
            machine.problems.report("ARC032", f"number {number} occurs twice in {sort}", value.span, note)
        first.setdefault(number, value)


def _declare_flags(machine: Machine, node: tree.FlagsDecl) -> None:
    """Bit i, in the order of declaration, has weight 2 to the i."""
    bits = tuple(dict.fromkeys(b.name.name for b in node.bits))
    if len(bits) > MAX_WIDTH:
        machine.problems.report("ARC032", f"flags {node.name.name} has more than {MAX_WIDTH} bits", node.name.span)
    named = {n.name.name: mask for n in node.named if (mask := _named(machine, n, node.name.name, bits)) is not None}
    sort = FlagsSort(node.name.name, bits, tuple(named.items()))
    machine.scope.declare(SortSymbol(node.name.name, node.name.span, sort))
    for bit in node.bits:
        mask = 1 << bits.index(bit.name.name)
        machine.scope.declare(BitSymbol(bit.name.name, bit.name.span, sort, mask))
    for value in node.named:
        machine.scope.declare(ValueSymbol(value.name.name, value.name.span, Const(sort, named.get(value.name.name, 0))))


def _named(machine: Machine, node: tree.NamedValue, sort: str, bits: Sequence[str]) -> int | None:
    if isinstance(node.value, tree.Number):
        if node.value.value >> len(bits) == 0:
            return node.value.value
        message = f"{node.name.name} is {node.value.text}, which has more than the {len(bits)} bits of {sort}"
        machine.problems.report("ARC026", message, node.value.span)
        return None
    assert isinstance(node.value, tree.Braces)
    masks = [_named_bit(machine, item, sort, bits) for item in node.value.items]
    return None if None in masks else sum({m for m in masks if m is not None})


def _named_bit(machine: Machine, item: tree.Expr, sort: str, bits: Sequence[str]) -> int | None:
    if isinstance(item, tree.Name) and item.name in bits:
        return 1 << bits.index(item.name)
    what = item.name if isinstance(item, tree.Name) else "this"
    hint = meant(nearest(item.name, bits)) if isinstance(item, tree.Name) else None
    machine.problems.report("ARC024", f"{what} is not a bit of {sort}", item.span, help=hint)
    return None


def _index(machine: Machine, node: tree.IndexDecl) -> IndexSort | None:
    if node.size is not None and 1 <= node.size <= MAX_SIZE:
        return IndexSort(node.name.name, node.size)
    message = f"index {node.name.name} has 1 to {MAX_SIZE} individuals, not {node.size}"
    machine.problems.report("ARC032", message, node.name.span)
    return None


def _declare_typed(machine: Machine, node: tree.Declaration) -> None:
    match node:
        case tree.ParamDecl():
            machine.scope.declare(ParameterSymbol(node.name.name, node.name.span, resolve(machine, node.type)))
        case tree.VarDecl():
            machine.scope.declare(VariableSymbol(node.name.name, node.name.span, resolve(machine, node.type)))
        case tree.FunDecl():
            result = resolve(machine, node.result)
            machine.scope.declare(FunctionSymbol(node.name.name, node.name.span, _all(machine, node), result))
        case tree.TableDecl():
            result = resolve(machine, node.result)
            machine.scope.declare(TableSymbol(node.name.name, node.name.span, _all(machine, node), result, {}))
        case tree.DefDecl():
            machine.scope.declare(DefinitionSymbol(node.name.name, node.name.span, node))
        case _:
            pass


def _all(machine: Machine, node: tree.FunDecl | tree.TableDecl) -> tuple[Sort | None, ...]:
    return tuple(resolve(machine, t) for t in node.arguments)


def named_sorts(machine: Machine) -> Mapping[str, Sort]:
    """Return the named sorts, in the order of declaration."""
    symbols = [machine.scope.get(n) for n in machine.scope]
    return {s.name: s.sort for s in symbols if isinstance(s, SortSymbol) and s.sort is not None}
