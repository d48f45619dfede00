"""C statements as a list of instructions, so that fallthrough, `goto`, `break` and loops are all plain jumps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from verifier.diagnostics import Span
from verifier.source.constants import Constants
from verifier.source.functions.calls import is_harmless
from verifier.source.functions.code import (
    Address,
    Branch,
    Call,
    Constant,
    Evaluate,
    Expression,
    Instruction,
    Jump,
    Load,
    Opaque,
    Program,
    Region,
    Return,
    Store,
    Switch,
    Unclear,
    parts,
)
from verifier.source.functions.locate import Function
from verifier.source.functions.operands import Operands
from verifier.source.functions.relevant import relevant
from verifier.source.functions.scope import Scope
from verifier.source.integers import INT, Integer
from verifier.source.parsing import code, descendants, span

if TYPE_CHECKING:
    from tree_sitter import Node

_RANGE = re.compile(r"case\b(.*?)\.\.\.(.*?):", re.S)
_SILENT = frozenset(["comment", "type_definition", "struct_specifier", "enum_specifier", "union_specifier", ";"])
_I = TypeVar("_I", bound=Instruction)


def lower(function: Function, constants: Constants) -> Program:
    """Return the function's instructions. Never raises: code that is not understood is `Unclear`."""
    return _Lowering(function, constants).whole()


class _Lowering:
    def __init__(self, function: Function, constants: Constants) -> None:
        self.function = function
        self.text = function.text
        self.constants = constants
        self.scope = Scope()
        self.operands = Operands(function.text, constants, self.scope)
        self.done: list[Instruction] = []
        self.regions: list[Region] = []
        self.breaks: list[tuple[list[Jump], int]] = []  # open `break`s, and how many regions surround their target
        self.continues: list[tuple[list[Jump], int]] = []
        self.labels: dict[str, int] = {}
        self.switch: list[Switch] = []
        self.branches = function.text.branches[function.line]

    def whole(self) -> Program:
        """Lower the body."""
        given = [self.scope.declare(p.name, self.plain(p.words), not p.pointer) for p in self.function.parameters]
        place = span(self.text, self.function.body)
        parameters = tuple(Load(g.key, True, frozenset((g.key,)), place, g.type) for g in given)
        self.block(self.function.body)
        self.add(Return(None, place))
        for at, jump in enumerate(self.done):
            if isinstance(jump, Jump) and jump.label:
                if jump.label in self.labels:
                    jump.target = self.labels[jump.label]
                else:
                    self.done[at] = Unclear(f"there is no label {jump.label}", jump.place)
        return Program(tuple(self.done), parameters, relevant(self.done))

    def plain(self, words: str) -> str:
        """Return the integer type that stands for an enum: unsigned unless it has a negative value."""
        enum = self.constants.enum_of_tag(words.removeprefix("enum ")) if words.startswith("enum ") else None
        if enum is None:
            return words
        return "int" if any(number < 0 for _, number in enum.members) else "unsigned int"

    def add(self, instruction: _I) -> _I:
        """Append an instruction, and note in the open regions what it may do."""
        self.done.append(instruction)
        leaves = isinstance(instruction, Return | Unclear) or (isinstance(instruction, Jump) and instruction.label)
        for region in self.regions if leaves else ():
            region.escapes = True
        return instruction

    def expression(self, node: Node | None) -> Expression:
        """Read an expression, and note in the open regions what it may assign and call."""
        return self.noted(self.operands.read(node))

    def noted(self, read: Expression) -> Expression:
        """Return the expression, see `expression`."""
        stored = {p.target for p in parts(read) if isinstance(p, Store | Address)}
        calls = [p for p in parts(read) if isinstance(p, Call)]
        waits = any(isinstance(p, Opaque) or (isinstance(p, Load) and p.shared) for p in parts(read))
        for region in self.regions:
            region.stored |= stored
            region.calls |= any(not is_harmless(c.function) for c in calls)
            region.waits |= waits or bool(calls)
        doubtful = next((p for p in parts(read) if isinstance(p, Opaque) and p.doubt and _commands(p)), None)
        if doubtful is not None:
            self.add(Unclear(doubtful.doubt, doubtful.place))
        return read

    @contextmanager
    def region(self) -> Iterator[Region]:
        """Open a region for as long as the context lasts."""
        region = Region()
        self.regions.append(region)
        try:
            yield region
        finally:
            self.regions.pop()
            region.end = len(self.done)

    def block(self, node: Node) -> None:
        """Lower the statements of a block."""
        with self.scope.block():
            self.statements(node.named_children)

    def statements(self, nodes: Sequence[Node]) -> None:
        """Lower statements that follow each other. A macro that begins a loop is one with what follows it."""
        at = 0
        while at < len(nodes):
            node = nodes[at]
            if _is_head(node) and at + 1 < len(nodes):
                self.foreign_loop(node, nodes[at + 1])
                at += 1
            else:
                self.statement(node)
            at += 1

    def statement(self, node: Node | None) -> None:
        """Lower one statement."""
        if node is None or node.type in _SILENT:
            return
        if (why := self.doubt(node)) is not None:
            self.add(Unclear(why[0], why[1]))
            return
        lowering = _STATEMENTS.get(node.type)
        if lowering is not None:
            lowering(self, node)
        else:
            self.add(Unclear(f"`{code(node)[:60]}` is not understood", span(self.text, node)))

    def doubt(self, node: Node) -> tuple[str, Span] | None:
        """Say why the statement itself, without those inside it, may not be what is compiled; None iff it is."""
        if node.is_error or node.is_missing:
            return f"this is not plain C: `{code(node)[:60]}`", span(self.text, node)
        for leaf in _own(node):
            row = leaf.start_point.row + 1
            if self.text.branches[row] != self.branches:
                return "this code depends on a condition of the preprocessor", span(self.text, leaf)
            if (leaf.is_error or leaf.is_missing) and not (node.type == "case_statement" and _range(node)):
                return f"this is not plain C: `{code(leaf if leaf.is_error else node)[:60]}`", span(self.text, leaf)
        return None

    def evaluated(self, node: Node) -> None:
        """Lower an expression statement."""
        inner = node.named_children
        if inner and code(inner[0]) not in ("fallthrough", "__fallthrough"):
            self.add(Evaluate(self.expression(inner[0]), span(self.text, node)))

    def declared(self, node: Node) -> None:
        """Lower a declaration of local variables."""
        words = " ".join(code(c) for c in node.children_by_field_name("type"))
        static = any(code(c) == "static" for c in node.children)
        for child in node.children_by_field_name("declarator"):
            declarator, value = child, None
            if child.type == "init_declarator":
                declarator, value = child.child_by_field_name("declarator") or child, child.child_by_field_name("value")
            name = next((code(n) for n in descendants(declarator) if n.type == "identifier"), "")
            plain = declarator.type == "identifier"
            list_ = value is not None and value.type == "initializer_list"
            read = self.expression(value) if value is not None and not static and not list_ else None
            for effect in self.operands.effects(value) if value is not None and list_ and not static else ():
                self.add(Evaluate(self.noted(effect), span(self.text, value or child)))
            if static and not plain:
                continue
            local = self.scope.declare(name, self.plain(words), plain)
            target = Load(local.key, True, frozenset((local.key,)), span(self.text, child), local.type)
            if read is None:  # without a value, or with one that the calls before may have changed
                read = Opaque(local.key, (), span(self.text, child))
            self.add(Evaluate(Store(target, read, span(self.text, child)), span(self.text, child)))
            for region in self.regions:
                region.stored.add(target)

    def branch(self, node: Node) -> None:
        """Lower an `if`."""
        with self.region() as region:
            condition = node.child_by_field_name("condition")
            test = Branch(self.expression(condition), span(self.text, condition or node), region=region)
            self.add(test)
            with self.scope.block():
                self.statement(node.child_by_field_name("consequence"))
            alternative = node.child_by_field_name("alternative")
            if alternative is None:
                test.target = len(self.done)
            else:
                over = self.add(Jump(span(self.text, node)))
                test.target = len(self.done)
                with self.scope.block():
                    self.alternative(alternative)
                over.target = len(self.done)

    def alternative(self, node: Node) -> None:
        """Lower an `else`."""
        if (why := self.doubt(node)) is not None:
            self.add(Unclear(*why))
        elif node.named_children:
            self.statement(node.named_children[-1])

    def switched(self, node: Node) -> None:
        """Lower a `switch`."""
        subject = node.child_by_field_name("condition")
        switch = self.add(Switch(self.expression(subject), span(self.text, subject or node)))
        self.switch.append(switch)
        switch.default = -1
        with self.breakable() as jumps:
            body = node.child_by_field_name("body")
            if body is not None and body.type == "compound_statement":
                self.block(body)
            else:
                self.add(Unclear("a switch without a block is not read", span(self.text, node)))
        self.switch.pop()
        self.close(jumps)
        switch.default = len(self.done) if switch.default < 0 else switch.default

    def case(self, node: Node) -> None:
        """Lower a case of the innermost `switch`, with the statements up to the next one."""
        inner = [c for c in node.named_children if not c.is_error]
        value = node.child_by_field_name("value")
        label = _label_place(self.text.path, node)
        if not self.switch:
            self.add(Unclear("a case without a switch", label))
        elif value is None:
            self.switch[-1].default, self.switch[-1].otherwise = len(self.done), label
        else:
            low = self.operands.read(value)
            high = self.upper(node, low)
            self.switch[-1].cases.append((label, low, high, len(self.done)))
            inner = inner[1:]
        self.statements(inner)

    def upper(self, node: Node, low: Expression) -> Expression:
        """Return the end of the range `case A ... B:`; `low` iff the case is a single value."""
        last = _range(node)
        if last is None:
            return low
        wanted = next(
            (n for n in descendants(node) if code(n) == last and n.type in ("identifier", "number_literal")), None
        )
        return self.operands.read(wanted)

    @contextmanager
    def breakable(self) -> Iterator[list[Jump]]:
        """Collect the `break`s of a loop or a switch."""
        jumps: list[Jump] = []
        self.breaks.append((jumps, len(self.regions)))
        try:
            yield jumps
        finally:
            self.breaks.pop()

    def close(self, jumps: Sequence[Jump]) -> None:
        """Let jumps lead here."""
        for jump in jumps:
            jump.target = len(self.done)

    def leave(self, stack: list[tuple[list[Jump], int]], node: Node) -> None:
        """Lower a `break` or a `continue`."""
        place = span(self.text, node)
        if not stack:
            self.add(Unclear(f"`{code(node)}` stands outside of what it leaves", place))
            return
        jumps, depth = stack[-1]
        jumps.append(self.add(Jump(place)))
        for region in self.regions[depth:]:
            region.escapes = True

    def looped(self, node: Node) -> None:
        """Lower a `while` or a `for`."""
        with self.scope.block():
            first = node.child_by_field_name("initializer")
            if first is not None and first.type == "declaration":
                self.statement(first)
            elif first is not None:
                self.add(Evaluate(self.expression(first), span(self.text, first)))
            with self.region() as region:
                self.body(node, region)

    def body(self, node: Node, region: Region) -> None:
        """Lower a loop from its test on."""
        start, condition = len(self.done), node.child_by_field_name("condition")
        place = span(self.text, condition or node)
        one = Constant(Integer(1, INT), "", place)
        test = Branch(self.expression(condition) if condition else one, place, region=region, loop=True)
        self.add(test)
        with self.breakable() as out:
            again: list[Jump] = []
            self.continues.append((again, len(self.regions)))
            self.statement(node.child_by_field_name("body"))
            self.continues.pop()
            self.close(again)
            if (update := node.child_by_field_name("update")) is not None:
                self.add(Evaluate(self.expression(update), span(self.text, update)))
            self.add(Jump(place, start))
        test.target = len(self.done)
        self.close(out)

    def repeated(self, node: Node) -> None:
        """Lower a `do ... while`."""
        with self.region() as region, self.breakable() as out:
            start, again = len(self.done), list[Jump]()
            self.continues.append((again, len(self.regions)))
            self.statement(node.child_by_field_name("body"))
            self.continues.pop()
            self.close(again)
            condition = node.child_by_field_name("condition")
            test = self.add(Branch(self.expression(condition), span(self.text, condition or node), region=None))
            self.add(Jump(span(self.text, node), start))
            test.target = len(self.done)
            region.end = len(self.done)
        self.close(out)

    def foreign_loop(self, head: Node, body: Node) -> None:
        """Lower a loop that a macro begins, such as list_for_each_entry(): how often it turns is not known."""
        place = span(self.text, head)
        arguments = [self.operands.read(n) for n in _arguments(head)]
        with self.region() as region, self.breakable() as out:
            region.stored |= {a for a in arguments if isinstance(a, Load)}
            start = len(self.done)
            test = self.add(Branch(Opaque(code(head).rstrip(";"), (), place), place, region=region, loop=True))
            self.continues.append(([], len(self.regions)))
            self.statement(body)
            again, _ = self.continues.pop()
            self.close(again)
            self.add(Jump(place, start))
            test.target = len(self.done)
        self.close(out)

    def labelled(self, node: Node) -> None:
        """Lower a statement with a label."""
        label, *rest = node.named_children
        self.labels[code(label)] = len(self.done)
        self.statements(rest)

    def jump(self, node: Node) -> None:
        """Lower a `goto`."""
        self.add(Jump(span(self.text, node), label=code(node.child_by_field_name("label"))))

    def returned(self, node: Node) -> None:
        """Lower a `return`."""
        value = [c for c in node.named_children if c.type != "comment"]
        read = self.expression(value[0]) if value else None
        self.add(Return(read, span(self.text, node)))


def _commands(opaque: Opaque) -> bool:
    """Return True iff the doubt is about what the expression does, not only about its value."""
    return any(word in opaque.doubt for word in ("control flow", "statements", "assignment", "plain C", "not certain"))


def _own(node: Node) -> Iterator[Node]:
    """Yield the leaves of a statement that belong to none of the statements inside it."""
    for child in node.children:
        if child.type in _STATEMENTS or child.type == "else_clause":
            continue
        if child.child_count == 0 or child.is_error:
            yield child
        else:
            yield from _own(child)


def _is_head(node: Node) -> bool:
    """Return True iff the node is a call without a semicolon: a macro that heads the statement after it."""
    missing = node.type == "expression_statement" and any(c.is_missing and c.type == ";" for c in node.children)
    return missing and bool(node.named_children) and node.named_children[0].type == "call_expression"


def _arguments(head: Node) -> Sequence[Node]:
    given = head.named_children[0].child_by_field_name("arguments")
    return given.named_children if given else []


def _range(node: Node) -> str | None:
    """Return the end of the range in the label of a case; None iff it is none."""
    found = _RANGE.match(code(node))
    return None if found is None or ":" in found[1] else found[2].strip()


def _label_place(path: str, node: Node) -> Span:
    start = node.start_point
    return Span(path, start.row + 1, start.column + 1, start.row + 1, start.column + 5)


_STATEMENTS: dict[str, Callable[[_Lowering, Node], None]] = {
    "compound_statement": _Lowering.block,
    "expression_statement": _Lowering.evaluated,
    "declaration": _Lowering.declared,
    "if_statement": _Lowering.branch,
    "switch_statement": _Lowering.switched,
    "case_statement": _Lowering.case,
    "while_statement": _Lowering.looped,
    "for_statement": _Lowering.looped,
    "do_statement": _Lowering.repeated,
    "labeled_statement": _Lowering.labelled,
    "goto_statement": _Lowering.jump,
    "return_statement": _Lowering.returned,
    "break_statement": lambda lowering, node: lowering.leave(lowering.breaks, node),
    "continue_statement": lambda lowering, node: lowering.leave(lowering.continues, node),
}
