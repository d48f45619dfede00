"""The four families in the peers' languages: `python -m benchmarks.peer_models devices 5 promela|murphi|verilog`

Promela and Murphi are what `arcproof export` writes: one guarded transition for each instance of a rule, over as few
and as narrow variables as the machine has, which both peers like better than processes or rule sets with parameters.
Verilog, which yosys makes into an AIGER circuit for its ABC, is written here: in each cycle an input says which
transition is tried; nothing changes where its guard does not hold. Only checks are asserted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.families import FAMILIES, spec
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.exchange import expressions as e
from verifier.exchange.export import export, flatten
from verifier.exchange.expressions import Block, Kind, Node
from verifier.exchange.machine import Check, Flat
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


def model(family: str, size: int) -> Model:
    """Return a machine of a family."""
    return pipeline.model_of(Source(f"{family}{size}.arc", spec(family, size)))


def text(family: str, size: int, language: str) -> str:
    """Return a machine of a family in a peer's language, with the property that holds: a deadlock would end the search
    of those that look for one."""
    machine = model(family, size)
    holding = [p for p in machine.properties if not isinstance(p.claim, NoDeadlock)]
    if language == "verilog":
        return "\n".join(verilog(flatten(machine, holding))) + "\n"
    return export(machine, language, holding).text


def verilog(machine: Flat) -> Iterator[str]:
    """Yield the lines of a Verilog module. The machine has one initial state and no negative numbers."""
    (initial,) = machine.initial
    yield f"module top(input clk, input [{max(1, (len(machine.actions) - 1).bit_length()) - 1}:0] chosen);"
    for cell, value in zip(machine.cells(), initial, strict=True):
        yield f"  reg [{max(1, cell.block.high.bit_length()) - 1}:0] {_name(cell.block, cell.place)} = {value};"
    yield "  always @(posedge clk) case (chosen)"
    for number, action in enumerate(machine.actions):
        effects = " ".join(f"{_name(c.block, c.place)} <= {_text(node)};" for c, node in action.effects)
        yield f"    {number}: if ({_text(action.guard)}) begin {effects} end"
    yield "  endcase"
    yield f"  always @* assert ({_text(e.and_(*(q.good for q in machine.questions if isinstance(q, Check))))});"
    yield "endmodule"


def _name(block: Block, place: int) -> str:
    return f"{block.name}_{place}"


def _text(node: Node) -> str:
    return VERILOG.text(_selected(node))


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
    parts = tuple(_selected(a) for a in node.args)
    return Node(node.kind, parts, node.low, node.high, node.truth, node.block, 1 + sum(p.size for p in parts))


def main(arguments: list[str]) -> int:
    """Write the model asked for."""
    if len(arguments) != 3 or arguments[0] not in FAMILIES or arguments[2] not in ("promela", "murphi", "verilog"):
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.write(text(arguments[0], int(arguments[1]), arguments[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
