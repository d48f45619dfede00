"""The families in the peers' languages: `python -m benchmarks.peer_models FAMILY N LANGUAGE`

LANGUAGE is promela, murphi, verilog, smv or smv-assignments.

Promela and Murphi are what `arcproof export` writes: one guarded transition for each instance of a rule, over as few
and as narrow variables as the machine has, which both peers like better than processes or rule sets with parameters.
Verilog, which yosys makes into an AIGER circuit for its ABC, is written here: in each cycle an input says which
transition is tried; nothing changes where its guard does not hold. Only checks are asserted.

SMV, for NuSMV, is written here, too, in two ways. In `smv` the transitions are one relation, a disjunction of them all,
each of which says what becomes of each variable: of the ways tried it is by far the fastest. In `smv-assignments` an
input chooses the transition, and each variable's next value is one `case` over those that change it, as in the
examples of NuSMV's manual. The items of tables stand next to those with the same key, which suits diagrams best.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import reduce

from benchmarks.families import FAMILIES, spec
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.exchange import expressions as e
from verifier.exchange.export import export, flatten
from verifier.exchange.expressions import Block, Kind, Node
from verifier.exchange.machine import Cell, Check, Flat
from verifier.exchange.printing import Notation
from verifier.model.claims import NoDeadlock
from verifier.model.model import Model

VERILOG = Notation(
    {
        Kind.AND: "&&", Kind.OR: "||", Kind.EQ: "==", Kind.LT: "<", Kind.ADD: "+", Kind.SUB: "-", Kind.MUL: "*",
        Kind.DIV: "/", Kind.MOD: "%", Kind.BITAND: "&", Kind.BITOR: "|", Kind.BITXOR: "^",
    },
    "({} ? {} : {})",
    ("1'b0", "1'b1"),
    32,
)  # fmt: skip

SMV = Notation(
    {
        Kind.AND: "&", Kind.OR: "|", Kind.EQ: "=", Kind.LT: "<", Kind.ADD: "+", Kind.SUB: "-", Kind.MUL: "*",
        Kind.DIV: "/", Kind.MOD: "mod",
    },
    "({} ? {} : {})",
    ("FALSE", "TRUE"),
    32,
)  # fmt: skip

LANGUAGES = ("promela", "murphi", "verilog", "smv", "smv-assignments")


def model(family: str, size: int) -> Model:
    """Return a machine of a family."""
    return pipeline.model_of(Source(f"{family}{size}.arc", spec(family, size)))


def text(family: str, size: int, language: str) -> str:
    """Return a machine of a family in a peer's language, with the property that holds: a deadlock would end the search
    of those that look for one."""
    machine = model(family, size)
    holding = [p for p in machine.properties if not isinstance(p.claim, NoDeadlock)]
    if language in WRITERS:
        return "\n".join(WRITERS[language](flatten(machine, holding))) + "\n"
    return export(machine, language, holding).text


def verilog(machine: Flat) -> Iterator[str]:
    """Yield the lines of a Verilog module. The machine has one initial state and no negative numbers."""
    (initial,) = machine.initial
    yield f"module top(input clk, input [{max(1, (len(machine.actions) - 1).bit_length()) - 1}:0] chosen);"
    for cell, value in zip(machine.cells(), initial, strict=True):
        yield f"  reg [{max(1, cell.block.high.bit_length()) - 1}:0] {_cell(cell)} = {value};"
    yield "  always @(posedge clk) case (chosen)"
    for number, action in enumerate(machine.actions):
        effects = " ".join(f"{_cell(c)} <= {_text(node)};" for c, node in action.effects)
        yield f"    {number}: if ({_text(action.guard)}) begin {effects} end"
    yield "  endcase"
    yield f"  always @* assert ({_text(_good(machine))});"
    yield "endmodule"


def smv(machine: Flat) -> Iterator[str]:
    """Yield the lines of an SMV module whose transitions are one relation. That nothing happens is one of them, for the
    relation must be total."""
    cells = _interleaved(machine)
    yield from _smv_state(machine, cells)
    yield "TRANS"
    for action in machine.actions:
        effects = {_cell(c): _smv_text(node) for c, node in action.effects}
        values = (f"next({_cell(c)}) = {effects.get(_cell(c), _cell(c))}" for c in cells)
        yield f"  ({' & '.join((_smv_text(action.guard), *values))}) |"
    yield f"  ({' & '.join(f'next({_cell(c)}) = {_cell(c)}' for c in cells)})"
    yield f"INVARSPEC {_smv_text(_good(machine))}"


def smv_assignments(machine: Flat) -> Iterator[str]:
    """Yield the lines of an SMV module in which an input chooses a transition. It is tried, as in `verilog`."""
    cells = _interleaved(machine)
    yield from _smv_state(machine, cells)
    yield f"IVAR chosen : 0..{max(1, len(machine.actions) - 1)};"
    yield "ASSIGN"
    for cell in cells:
        yield f"  next({_cell(cell)}) := case"
        for number, action in enumerate(machine.actions):
            values = [node for c, node in action.effects if _cell(c) == _cell(cell)]
            yield from (f"    chosen = {number} & {_smv_text(action.guard)} : {_smv_text(v)};" for v in values)
        yield f"    TRUE : {_cell(cell)}; esac;"
    yield f"INVARSPEC {_smv_text(_good(machine))}"


def _smv_state(machine: Flat, cells: list[Cell]) -> Iterator[str]:
    """Yield the declarations of the variables, in their order in the diagrams, and the initial state."""
    (initial,) = machine.initial
    values = {_cell(c): SMV.value(c, value) for c, value in zip(machine.cells(), initial, strict=True)}
    yield "MODULE main"
    yield "VAR"
    for cell in cells:
        yield f"  {_cell(cell)} : {'boolean' if cell.block.truth else f'{cell.block.low}..{cell.block.high}'};"
    yield f"INIT {' & '.join(f'{_cell(c)} = {values[_cell(c)]}' for c in cells)}"


def _interleaved(machine: Flat) -> list[Cell]:
    """Return the cells, those of the same key next to one another, single ones last."""
    return sorted(machine.cells(), key=lambda c: (c.block.count == 1, c.place))


def _good(machine: Flat) -> Node:
    return e.and_(*(q.good for q in machine.questions if isinstance(q, Check)))


def _cell(cell: Cell) -> str:
    return _name(cell.block, cell.place)


def _name(block: Block, place: int) -> str:
    return f"{block.name}_{place}"


def _text(node: Node) -> str:
    return VERILOG.text(_selected(node))


def _smv_text(node: Node) -> str:
    return SMV.text(arithmetic(_selected(node)))


def arithmetic(node: Node) -> Node:
    """Return the expression without operations on bits, which SMV has only for words: each bit is a truth value."""
    if node.kind in (Kind.BITAND, Kind.BITOR, Kind.BITXOR):
        places = range(node.high.bit_length())
        bits = (e.if_(_bit(node, i), e.number(1 << i), e.number(0)) for i in places)
        return reduce(e.add, bits, e.number(0))
    return _with(node, tuple(map(arithmetic, node.args)))


def _bit(node: Node, place: int) -> Node:
    """Return whether a bit of a number is set."""
    if node.kind in (Kind.BITAND, Kind.BITOR, Kind.BITXOR):
        a, b = (_bit(part, place) for part in node.args)
        return {Kind.BITAND: e.and_(a, b), Kind.BITOR: e.or_(a, b)}.get(node.kind, e.not_(e.eq(a, b)))
    return e.eq(e.mod(e.div(arithmetic(node), 1 << place), 2), e.number(1))


def _selected(node: Node) -> Node:
    """Return the expression over registers that have names: an item at a place that is computed is a choice."""
    if node.kind is Kind.ITEM and node.block is not None:
        block, place = node.block, node.args[0]
        if place.constant is not None:
            return e.item(Block(_name(block, place.constant), 1, block.low, block.high, block.truth), place)
        items = [_selected(e.item(block, e.number(i))) for i in range(block.count)]
        result, at = items[-1], _selected(place)
        for i in range(block.count - 2, -1, -1):
            result = e.if_(e.eq(at, e.number(i)), items[i], result)
        return result
    return _with(node, tuple(_selected(a) for a in node.args))


def _with(node: Node, parts: tuple[Node, ...]) -> Node:
    return Node(node.kind, parts, node.low, node.high, node.truth, node.block, 1 + sum(p.size for p in parts))


WRITERS: Mapping[str, Callable[[Flat], Iterator[str]]] = {
    "verilog": verilog, "smv": smv, "smv-assignments": smv_assignments,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write the model asked for."""
    if len(arguments) != 3 or arguments[0] not in FAMILIES or arguments[2] not in LANGUAGES:
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.write(text(arguments[0], int(arguments[1]), arguments[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
