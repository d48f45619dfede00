"""Expressions over the cells of a state: numbers and truth values, as every model checker has them.

The constructors simplify where an argument is constant, and know between which bounds the result lies. `and`, `or`
and `if` look at a part only if the parts before it have not decided, in each language that they are written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from verifier.exchange.refusal import Unsayable

LARGEST = 200_000
"""The most parts of an expression, written out."""


class Kind(Enum):
    """What a node is. The comment gives its arguments."""

    NUMBER = "number"  # -: it is `low`
    ITEM = "item"  # place: that item of `block`
    NOT = "not"  # truth
    AND = "and"  # truth, truth, ...
    OR = "or"
    EQ = "=="  # a, b (numbers, or truths) -> truth
    LT = "<"  # a, b -> truth
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"  # of numbers that are not negative
    MOD = "%"
    BITAND = "&"
    BITOR = "|"
    BITXOR = "^"
    IF = "if"  # truth, a, b


@dataclass(frozen=True, eq=False)
class Block:
    """One variable of the exported machine: `count` items from `low` to `high`; truth values iff `truth`.

    `meaning` says in the spec's words what the numbers stand for."""

    name: str
    count: int
    low: int
    high: int
    truth: bool
    meaning: str = ""


@dataclass(frozen=True, eq=False)
class Node:
    """An expression; its number lies in `low..high`, `size` counts its parts as often as they are written."""

    kind: Kind
    args: tuple[Node, ...]
    low: int
    high: int
    truth: bool = False
    block: Block | None = None
    size: int = 1

    @property
    def constant(self) -> int | None:
        """The number, iff only one is possible and no look at the state is needed to tell it."""
        return self.low if self.kind is Kind.NUMBER else None


def number(value: int) -> Node:
    """Return the expression of a number."""
    return Node(Kind.NUMBER, (), value, value)


TRUE = Node(Kind.NUMBER, (), 1, 1, True)
FALSE = Node(Kind.NUMBER, (), 0, 0, True)


def truth(value: bool) -> Node:
    """Return the expression of a truth value."""
    return TRUE if value else FALSE


def item(block: Block, place: Node) -> Node:
    """Return an item of a block."""
    return _made(Kind.ITEM, (place,), block.low, block.high, block.truth, block)


def _made(
    kind: Kind, args: tuple[Node, ...], low: int = 0, high: int = 1, is_truth: bool = True, block: Block | None = None
) -> Node:
    size = 1 + sum(a.size for a in args)
    if size > LARGEST:
        raise Unsayable(f"an expression has more than {LARGEST} parts when it is written out")
    return Node(kind, args, low, high, is_truth, block, size)


def not_(a: Node) -> Node:
    """Return the negation of a truth value."""
    if a.constant is not None:
        return truth(not a.constant)
    return a.args[0] if a.kind is Kind.NOT else _made(Kind.NOT, (a,))


def and_(*parts: Node) -> Node:
    """Return the conjunction of truth values, looked at from left to right."""
    return _in_turn(Kind.AND, TRUE, parts)


def or_(*parts: Node) -> Node:
    """Return the disjunction of truth values, looked at from left to right."""
    return _in_turn(Kind.OR, FALSE, parts)


def _in_turn(kind: Kind, unit: Node, parts: Iterable[Node]) -> Node:
    kept: list[Node] = []
    for part in parts:
        if part.constant is None:
            kept += part.args if part.kind is kind else (part,)
        elif part.constant != unit.low:
            kept.append(part)
            break
    if kept and kept[-1].constant is not None and all(_is_total(p) for p in kept):
        return kept[-1]
    return _made(kind, tuple(kept)) if len(kept) > 1 else kept[0] if kept else unit


def _is_total(node: Node) -> bool:
    """Return True iff the expression has a value in every state: the place of each item in it is constant."""
    return all(
        (n.kind is not Kind.ITEM or n.args[0].constant is not None) and n.kind not in (Kind.DIV, Kind.MOD)
        for n in parts_of(node)
    )


def parts_of(node: Node) -> Iterable[Node]:
    """Yield each part of an expression once."""
    seen, stack = set[int](), [node]
    while stack:
        part = stack.pop()
        if id(part) not in seen:
            seen.add(id(part))
            yield part
            stack += part.args


def eq(a: Node, b: Node) -> Node:
    """Return whether two numbers, or two truth values, are the same."""
    if a.high < b.low or b.high < a.low:
        return FALSE
    if a.constant is not None and b.constant is not None:
        return TRUE
    if a.truth and b.constant is not None:
        return a if b.constant else not_(a)
    if b.truth and a.constant is not None:
        return b if a.constant else not_(b)
    return _made(Kind.EQ, (a, b))


def lt(a: Node, b: Node) -> Node:
    """Return whether a < b."""
    if a.high < b.low:
        return TRUE
    return FALSE if a.low >= b.high else _made(Kind.LT, (a, b))


def le(a: Node, b: Node) -> Node:
    """Return whether a <= b."""
    return not_(lt(b, a))


def add(a: Node, b: Node) -> Node:
    """Return a + b."""
    return _number(Kind.ADD, a, b, a.low + b.low, a.high + b.high)


def sub(a: Node, b: Node) -> Node:
    """Return a - b."""
    return _number(Kind.SUB, a, b, a.low - b.high, a.high - b.low)


def mul(a: Node, b: Node) -> Node:
    """Return a * b."""
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _number(Kind.MUL, a, b, min(corners), max(corners))


def div(a: Node, by: int) -> Node:
    """Return a / by, rounded down, of an a that is not negative."""
    return _number(Kind.DIV, a, number(by), a.low // by, a.high // by)


def mod(a: Node, by: int) -> Node:
    """Return a modulo `by`, of an a that is not negative."""
    return a if a.low >= 0 and a.high < by else _number(Kind.MOD, a, number(by), 0, by - 1)


def bits(kind: Kind, a: Node, b: Node) -> Node:
    """Return a & b, a | b or a ^ b, of numbers that are not negative."""
    top = (1 << max(a.high, b.high).bit_length()) - 1
    return _number(kind, a, b, 0, min(a.high, b.high) if kind is Kind.BITAND else top)


_COMPUTED: Mapping[Kind, Callable[[int, int], int]] = {
    Kind.ADD: lambda a, b: a + b,
    Kind.SUB: lambda a, b: a - b,
    Kind.MUL: lambda a, b: a * b,
    Kind.DIV: lambda a, b: a // b,
    Kind.MOD: lambda a, b: a % b,
    Kind.BITAND: lambda a, b: a & b,
    Kind.BITOR: lambda a, b: a | b,
    Kind.BITXOR: lambda a, b: a ^ b,
}


def _number(kind: Kind, a: Node, b: Node, low: int, high: int) -> Node:
    if a.constant is not None and b.constant is not None:
        return number(_COMPUTED[kind](a.constant, b.constant))
    if b.constant == 0 and kind in (Kind.ADD, Kind.SUB, Kind.BITOR, Kind.BITXOR):
        return a
    if a.constant == 0 and kind in (Kind.ADD, Kind.BITOR, Kind.BITXOR):
        return b
    return _made(kind, (a, b), low, high, False)


def if_(condition: Node, a: Node, b: Node) -> Node:
    """Return a where the condition holds, else b."""
    if condition.constant is not None:
        return a if condition.constant else b
    if a is b or (a.constant is not None and a.constant == b.constant):
        return a
    if a.truth and a.constant is not None and b.constant is not None:
        return condition if a.constant else not_(condition)
    return _made(Kind.IF, (condition, a, b), min(a.low, b.low), max(a.high, b.high), a.truth)


def lookup(place: Node, entries: Sequence[Node]) -> Node:
    """Return entry number `place` of constants: a chain of choices, the most frequent entry last."""
    if place.constant is not None:
        return entries[place.constant] if 0 <= place.constant < len(entries) else entries[0]
    reached = {i: e for i, e in enumerate(entries) if place.low <= i <= place.high}
    of_value: dict[int, list[int]] = {}
    for i, entry in reached.items():
        of_value.setdefault(entry.low, []).append(i)
    rarest = sorted(of_value, key=lambda v: len(of_value[v]))
    result = next(e for e in reached.values() if e.low == rarest[-1])
    for value in reversed(rarest[:-1]):
        here = or_(*(eq(place, number(i)) for i in of_value[value]))
        result = if_(here, next(e for e in reached.values() if e.low == value), result)
    return result
