"""Expressions as text: what is the same in languages that look like C or Pascal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.exchange.expressions import Kind, Node
from verifier.exchange.machine import Cell
from verifier.exchange.refusal import Unsayable


@dataclass(frozen=True)
class Notation:
    """How a language writes expressions: its operators, its choice (with places for three parts), its truth values,
    and the widest numbers that it computes with."""

    operators: Mapping[Kind, str]
    choice: str
    truths: tuple[str, str]
    bits: int

    def text(self, node: Node) -> str:
        """Return an expression, in parentheses unless it is one word. Raises Unsayable where numbers are too wide."""
        if max(-node.low - 1, node.high) >= 1 << (self.bits - 1):
            raise Unsayable(f"numbers up to {max(-node.low, node.high)} do not fit into {self.bits} bits")
        parts = [self.text(a) for a in node.args]
        match node.kind:
            case Kind.NUMBER if node.truth:
                return self.truths[node.low]
            case Kind.NUMBER:
                return str(node.low) if node.low >= 0 else f"({node.low})"
            case Kind.ITEM:
                assert node.block is not None
                return node.block.name if node.block.count == 1 else f"{node.block.name}[{parts[0]}]"
            case Kind.NOT:
                return f"(!{parts[0]})"
            case Kind.IF:
                return self.choice.format(*parts)
        return f"({f' {self.operators[node.kind]} '.join(parts)})"

    def cell(self, cell: Cell) -> str:
        """Return the name of an item."""
        return cell.block.name if cell.block.count == 1 else f"{cell.block.name}[{cell.place}]"

    def value(self, cell: Cell, number: int) -> str:
        """Return a number as a value of an item."""
        return self.truths[number] if cell.block.truth else str(number)
