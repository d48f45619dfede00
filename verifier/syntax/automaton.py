"""The LALR automaton over tables.json (made by compile.py): one token at a time, on stacks that are never changed.

As a stack is immutable, a token that turns out to be wrong has cost nothing: its predecessor can go on with
another token. Error recovery (parse.py) rests on that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from verifier.syntax.compile import TABLES
from verifier.syntax.limits import MAX_DEPTH

END = "$END"


class Rule(NamedTuple):
    """A rule of the grammar: what it builds, and from which of its children.

    `recipe`: n is child n, -1 - n the items of child n, None an absent optional part. `unit`: with one child,
    the result is that child. `group` is the nonterminal that it is a rule of.
    """

    name: str
    group: str
    arity: int
    unit: bool
    recipe: tuple[int | None, ...]


class Stack(NamedTuple):
    """The top of a stack: `value` was made of tokens `first` to `last` (last < first iff of none).

    `height` is that of the value as a tree, groups in parentheses counted; `depth` that of the stack.
    """

    state: int
    value: object
    first: int
    last: int
    height: int
    depth: int
    below: Stack | None


class Builder(Protocol):
    """Makes the values. Values whose class is in `nesting` add to the height."""

    nesting: frozenset[type]

    def build(self, rule: str, first: int, last: int, children: Sequence[object]) -> object:
        """Return the value of a rule, made of tokens `first` to `last`."""


# No construct takes more places than this on the stack, `base with [key] = value` being the longest: what is
# deeper is nested too deeply, however it ends.
_PLACES = 8


class TooDeepError(Exception):
    """Raised when a value is, or is bound to be, higher than MAX_DEPTH. `last` is the number of its last token."""

    def __init__(self, last: int) -> None:
        super().__init__(f"deeper than {MAX_DEPTH}")
        self.last = last


class Automaton:
    """The tables, and the moves on them."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._actions: list[dict[str, int]] = tables["actions"]
        self._gotos: list[dict[str, int]] = tables["gotos"]
        self._rules = [Rule(n, g, a, u, tuple(r)) for n, g, a, u, r in tables["rules"]]
        self._starts: dict[str, int] = tables["starts"]
        self._renamed = [r.group if r.unit and r.recipe == (0,) else "" for r in self._rules]
        self._ends = frozenset(tables["ends"].values())

    def start(self, group: str) -> Stack:
        """Return the empty stack from which a `group` (`declaration`, `expr`) is read."""
        return Stack(self._starts[group], None, 0, -1, 0, 0, None)

    def feed(self, stack: Stack, kind: str, value: object, number: int, builder: Builder) -> Stack | None:
        """Return the stack after token `number`, of a kind and with a value; None iff the kind is wrong here."""
        while True:
            stack = self._rename(stack, kind)
            action = self._actions[stack.state].get(kind)
            if action is None:
                return None
            if action >= 0:
                if stack.depth > MAX_DEPTH * _PLACES:
                    raise TooDeepError(number)
                return Stack(action, value, number, number, 0, stack.depth + 1, stack)
            stack = self._reduce(stack, self._rules[-1 - action], number, builder)

    def finish(self, stack: Stack, number: int, builder: Builder) -> object:
        """Return the value of a stack that `accepts` the end, which stands at token `number`."""
        while (stack := self._rename(stack, END)).state not in self._ends:
            stack = self._reduce(stack, self._rules[-1 - self._actions[stack.state][END]], number, builder)
        return stack.value

    def accepts(self, stack: Stack, kind: str) -> bool:
        """Return True iff `kind`, a terminal's or END, may come next."""
        base: Stack | None = stack
        over: list[int] = []  # the states above `base`
        while True:
            assert base is not None
            state = over[-1] if over else base.state
            if kind == END and state in self._ends:
                return True
            action = self._actions[state].get(kind)
            if action is None or action >= 0:
                return action is not None
            rule = self._rules[-1 - action]
            for _ in range(rule.arity):
                assert base is not None
                base = base if over else base.below
                del over[-1:]
            assert base is not None
            over.append(self._gotos[over[-1] if over else base.state][rule.group])

    def expected(self, stack: Stack) -> frozenset[str]:
        """Return every kind of terminal that may come next, END among them."""
        return frozenset(k for k in self._actions[stack.state] if self.accepts(stack, k))

    def _rename(self, stack: Stack, kind: str) -> Stack:
        """Return the stack after all reductions, before `kind`, that only give its top the name of another group.

        There are a dozen for each operand, one for each level of precedence: the reader's inner loop.
        """
        state, below = stack.state, stack.below
        if below is None:
            return stack
        while (action := self._actions[state].get(kind, 0)) < 0 and (group := self._renamed[-1 - action]):
            state = self._gotos[below.state][group]
        return stack if state == stack.state else Stack(state, *stack[1:])

    def _reduce(self, stack: Stack, rule: Rule, number: int, builder: Builder) -> Stack:
        parts: list[Stack] = []
        below = stack
        for _ in range(rule.arity):
            parts.append(below)
            assert below.below is not None
            below = below.below
        parts.reverse()
        first, last = (parts[0].first, parts[-1].last) if parts else (number, number - 1)
        value = _made(rule, [p.value for p in parts], first, last, builder)
        height = max((p.height for p in parts), default=0) + (value.__class__ in builder.nesting)
        if height > MAX_DEPTH:
            raise TooDeepError(last)
        return Stack(self._gotos[below.state][rule.group], value, first, last, height, below.depth + 1, below)


class Items(NamedTuple):
    """The value of a repetition: what stood before, and the items that came last. Shares, as stacks do."""

    before: Items | None
    last: list[object]


def _items(value: object) -> list[object]:
    """Return all items of a repetition, in order."""
    parts = []
    while isinstance(value, Items):
        parts.append(value.last)
        value = value.before
    return [item for part in reversed(parts) for item in part]


def _made(rule: Rule, values: list[object], first: int, last: int, builder: Builder) -> object:
    """Return what a rule makes of its children's values; a rule whose name begins with `_` is a repetition."""
    recipe, before = rule.recipe, None
    repetition = rule.name.startswith("_")
    if repetition and recipe and recipe[0] is not None and recipe[0] < 0:
        before, recipe = values[-1 - recipe[0]], recipe[1:]
    children: list[object] = []
    for item in recipe:
        if item is not None and item < 0:
            children.extend(_items(values[-1 - item]))
        else:
            children.append(None if item is None else values[item])
    if repetition:
        return Items(before if isinstance(before, Items) else None, children)
    return children[0] if rule.unit and len(children) == 1 else builder.build(rule.name, first, last, children)


@cache
def tables() -> dict[str, Any]:
    """Return what tables.json says, as `compile.tables` describes it."""
    found: dict[str, Any] = json.loads(TABLES.read_text(encoding="utf-8"))
    return found


@cache
def automaton() -> Automaton:
    """Return the automaton of the language."""
    return Automaton(tables())
