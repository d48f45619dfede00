"""The kernel's twin in Python: every program as a generated function, every group as a table that is filled on demand.

What is generated are expressions over integers, made from nodes; no text of a spec gets into them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from verifier.statespace.actions import Action, Choose, Test
from verifier.statespace.machine import WRONG, Group, Machine, Role, written
from verifier.statespace.packing import TooLarge
from verifier.statespace.scalars import Kind, Scalars

Function = Callable[[int], list[int]]
"""From a packed state to what the action writes, once for each way in which it passes."""

Entry = tuple[int, tuple[int, ...], tuple[tuple[int, int], ...], tuple[Function, ...]]
"""How many transitions; the bits that they change (never 0); the same with the bits kept before, where bits are written
that are not read; and what else is to be tried."""

Marks = tuple[int, tuple[int, ...]]
"""The marks, and which programs are to be tried for more."""


class Wrong(ArithmeticError):
    """An int left its range."""


class Twin:
    """A machine as Python functions over packed states."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._functions: dict[int, Function] = {}
        self._rules: list[tuple[Group, dict[int, Entry]]] = [(g, {}) for g in machine.rules]
        self._observers: list[tuple[Group, dict[int, Marks]]] = [(g, {}) for g in machine.observers]

    def initial(self) -> list[int]:
        """Return the initial states, each once. Raises Wrong."""
        found = (s for a in self.machine.initial for s in compiled(self.machine.nodes, a)(0))
        return list(dict.fromkeys(found))

    def successors(self, state: int) -> tuple[int, list[int]]:
        """Return the number of transitions from a state, and the other states that they lead to. Raises Wrong."""
        count, found = 0, []
        for group, table in self._rules:
            key = state & group.mask
            entry = table.get(key)
            if entry is None:
                entry = table[key] = self._steps(group, key)
            count += entry[0]
            found += [state ^ change for change in entry[1]]
            found += [s for keep, change in entry[2] if (s := state & keep ^ change) != state]
            for function in entry[3]:
                reached = function(state)
                count += len(reached)
                found += [s for s in reached if s != state]
        for number in self.machine.wide_rules:
            reached = self.function(number)(state)
            count += len(reached)
            found += [s for s in reached if s != state]
        return count, found

    def _steps(self, group: Group, key: int) -> Entry:
        count, changes = 0, list[tuple[int, int]]()
        behind: list[Function] = []
        for number in group.programs:
            program = self.machine.programs[number]
            reached = self.function(number)(key)
            if program.role is Role.STEP:
                count += len(reached)
                unread = written(self.machine.nodes, program.action) & ~group.mask
                changes += [(unread, s ^ key) for s in reached if unread or s != key]
            elif reached:
                behind.append(self.function(program.mark))
        changes = list(dict.fromkeys(changes))
        plain = tuple(change for unread, change in changes if not unread)
        return count, plain, tuple((~unread, change) for unread, change in changes if unread), tuple(behind)

    def observe(self, state: int) -> int:
        """Return the marks of a state as a set of bits; bit WRONG where an int leaves its range."""
        marks = 0
        for group, table in self._observers:
            key = state & group.mask
            entry = table.get(key)
            if entry is None:
                entry = table[key] = self._marks(group, key)
            marks |= entry[0]
            for number in entry[1]:
                marks |= self._mark(number, state)
        for number in self.machine.wide_observers:
            marks |= self._mark(number, state)
        return marks

    def _marks(self, group: Group, key: int) -> tuple[int, tuple[int, ...]]:
        marks, behind = 0, []
        for number in group.programs:
            program = self.machine.programs[number]
            if program.role is not Role.GATE:
                marks |= self._mark(number, key)
            elif self.function(number)(key):
                behind.append(program.mark)
        return marks, tuple(behind)

    def _mark(self, number: int, state: int) -> int:
        program = self.machine.programs[number]
        try:
            passes = len(set(self.function(number)(state)))
        except Wrong:
            return 1 << WRONG
        return (passes >= (2 if program.role is Role.FORK else 1)) << program.mark

    def function(self, number: int) -> Function:
        """Return program `number` as a function."""
        if number not in self._functions:
            self._functions[number] = compiled(self.machine.nodes, self.machine.programs[number].action)
        return self._functions[number]


def fingerprint(machine: Machine) -> str:
    """Return a digest of what a machine does: of its layout, its initial states and its transitions."""
    digest = hashlib.sha256(repr(machine.layout.fields).encode())
    steps = (p.action for p in machine.programs if p.role is Role.STEP)
    for action in (*machine.initial, *steps):
        writer = _Writer(machine.nodes, action)
        digest.update("\n".join((*writer.lines, repr(writer.tables))).encode())
    return digest.hexdigest()


def compiled(nodes: Scalars, action: Action) -> Function:
    """Return an action as a function. Raises TooLarge."""
    writer = _Writer(nodes, action)
    names: dict[str, object] = {"Wrong": Wrong, "tables": writer.tables}
    try:
        exec(compile("\n".join(writer.lines), "<action>", "exec"), names)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise TooLarge(f"rule {action.rule} is too large: {error}") from None
    return names["action"]  # type: ignore[return-value]


_TEXT = {
    Kind.AND: " and ", Kind.OR: " or ", Kind.EQ: " == ", Kind.LT: " < ", Kind.ADD: " + ", Kind.SUB: " - ",
    Kind.MUL: " * ", Kind.BITAND: " & ", Kind.BITOR: " | ", Kind.BITXOR: " ^ ", Kind.SHR: " >> ",
}  # fmt: skip

_LONG = 120


class _Writer:
    """Writes the text of an action: `lines`, and the tables that they look numbers up in."""

    def __init__(self, nodes: Scalars, action: Action) -> None:
        self.nodes = nodes
        self.tables: list[tuple[int, ...]] = []
        self.lines = ["def action(s):", " out = []"]
        self.uses = _uses(nodes, action)
        self.texts: dict[int, str] = {}
        self.margin = " "
        for step in action.steps:
            self._step(step)
        self.line(f"out.append({self._written(action)})")
        self.lines.append(" return out")

    def line(self, text: str) -> None:
        self.lines.append(self.margin + text)

    def _step(self, step: Test | Choose) -> None:
        if isinstance(step, Choose):
            self.line(f"for c{step.index} in range({step.low}, {step.high + 1}):")
            self.margin += " "
            return
        if step.wrong != self.nodes.zero:
            self.line(f"if {self.text(step.wrong)}: raise Wrong")
        if step.holds != self.nodes.one:
            self.line(f"if not {self.text(step.holds)}: {'return out' if self.margin == ' ' else 'continue'}")

    def _written(self, action: Action) -> str:
        fields = self.nodes.fields
        clear = sum(fields[i].mask for i, _ in action.writes)
        parts = [f"s & ~{clear}" if clear else "s"]
        parts += [f"{self.text(n)} - {fields[i].low} << {fields[i].position}" for i, n in action.writes]
        return " | ".join(f"({p})" for p in parts)

    def text(self, node: int) -> str:
        """Return the text of a node; what is used again, or is long, gets a name first."""
        if node not in self.texts:
            text = self._fresh(node)
            if self.nodes.nodes(node) and (self.uses[node] > 1 or len(text) > _LONG):
                self.line(f"n{node} = {text}")
                text = f"n{node}"
            self.texts[node] = text
        return self.texts[node]

    def _fresh(self, node: int) -> str:
        n = self.nodes
        kind, args = n.key[node]
        match kind:
            case Kind.CONST:
                return f"({args[0]})"
            case Kind.CHOICE:
                return f"c{args[0]}"
            case Kind.FIELD:
                field = n.fields[n.key[node][1][0]]  # type: ignore[call-overload]
                text = f"(s >> {field.position} & {(1 << field.width) - 1})"
                return f"({text} + {field.low})" if field.low else text
        texts = [self.text(a) for a in n.nodes(node)]
        return self._applied(node, kind, texts)

    def _applied(self, node: int, kind: Kind, texts: list[str]) -> str:
        args = self.nodes.key[node][1]
        match kind:
            case Kind.NOT:
                return f"(not {texts[0]})"
            case Kind.ITE:
                return f"({texts[1]} if {texts[0]} else {texts[2]})"
            case Kind.SHL:
                mask = args[2]
                return f"({texts[0]} << {texts[1]} & {mask} if {texts[1]} < {mask.bit_length()} else 0)"  # type: ignore[attr-defined]
            case Kind.LOOKUP:
                self.tables.append(args[1])  # type: ignore[arg-type]
                index, size = texts[0], len(args[1])  # type: ignore[arg-type]
                return f"(tables[{len(self.tables) - 1}][{index}] if 0 <= {index} < {size} else 0)"
        return f"({_TEXT[kind].join(texts)})"


def _uses(nodes: Scalars, action: Action) -> dict[int, int]:
    """Return how often each node of an action is an argument (a node whose text is repeated counts twice)."""
    uses: dict[int, int] = {}
    stack = list(roots(action))
    while stack:
        node = stack.pop()
        uses[node] = uses.get(node, 0) + 1
        if uses[node] == 1:
            stack += nodes.nodes(node)
            twice = nodes.key[node][0] in (Kind.SHL, Kind.LOOKUP)
            stack += nodes.nodes(node) if twice else ()
    return uses


def roots(action: Action) -> Iterator[int]:
    """Yield the nodes that an action mentions itself."""
    for step in action.steps:
        if isinstance(step, Test):
            yield from (step.wrong, step.holds)
    yield from (n for _, n in action.writes)
