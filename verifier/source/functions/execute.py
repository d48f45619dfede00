"""One run of a function for one pair of states, along one way through what does not depend on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from verifier.diagnostics import Span
from verifier.source.arrays import CTable
from verifier.source.functions import values
from verifier.source.functions.calls import FATAL, is_lock, is_primitive, is_quiet
from verifier.source.functions.choices import Choices, Decision
from verifier.source.functions.code import (
    Address,
    Branch,
    Call,
    Constant,
    Element,
    Evaluate,
    Expression,
    Jump,
    Load,
    Opaque,
    Operation,
    Program,
    Region,
    Return,
    Store,
    Switch,
    Unclear,
    expressions,
    parts,
)
from verifier.source.functions.memory import Memory, Stuck, member
from verifier.source.functions.values import COMPARISONS, Value
from verifier.source.integers import INT, CType, integer_type
from verifier.source.refusal import UnreadableError

MOST_TURNS = 64
"""How often a run may come back to one instruction."""

_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Ending:
    """How a run ends: what it returns (None: nothing), what memory then holds as far as the run has assigned it, and
    the statement that decided this. `gap` says what was not understood; `ends` is False iff the kernel stops.
    `hangs`: it never ends, and `place` is the loop that turns for ever. `truths` are those of
    all atoms that came up, by their ids.
    """

    returned: Value | None
    memory: Mapping[str, Value]
    place: Span
    decisions: tuple[Decision, ...]
    gap: str = ""
    ends: bool = True
    hangs: bool = False
    truths: Mapping[str, bool] = field(default_factory=dict)


class _Stop(Exception):
    """Raised where the kernel stops."""


class _Endless(Exception):
    """Raised in a loop that is never left, at `place`."""

    def __init__(self, place: Span) -> None:
        super().__init__()
        self.place = place


class Run:
    """Runs the program over a memory, by choices. `tables` are the constant arrays of the file, or why they are not
    read."""

    def __init__(self, program: Program, memory: Memory, tables: Mapping[str, CTable | str], choices: Choices) -> None:
        self.program = program
        self.memory = memory
        self.tables = tables
        self.choices = choices
        self.decided: Span | None = None
        self.jumped: Span | None = None
        self.because: Span | None = None
        self.turns: dict[int, int] = {}
        self.met: dict[tuple[int, int, object], int] = {}

    def ending(self) -> Ending:
        """Run to the end."""
        made = self.choices.made
        try:
            returned, place = self._run()
        except Stuck as stuck:
            return Ending(None, {}, stuck.place, tuple(made), stuck.message)
        except _Stop:
            place = self.decided or self.program.instructions[0].place
            return Ending(None, {}, place, tuple(made), ends=False)
        except _Endless as endless:
            return Ending(None, {}, endless.place, tuple(made), hangs=True, truths=dict(self.choices.truths))
        return Ending(returned, dict(self.memory.places), place, tuple(made), truths=dict(self.choices.truths))

    def _run(self) -> tuple[Value | None, Span]:
        at = steps = 0
        while True:
            instruction = self.program.instructions[at]
            steps += 1
            self.turns[at] = self.turns.get(at, 0) + 1
            if self.turns[at] > MOST_TURNS or steps > _MOST_STEPS:
                raise Stuck(f"this loop turns more than {MOST_TURNS} times", instruction.place)
            match instruction:
                case Return(expression, place):
                    return self._returned(expression, place)
                case Unclear(message, place):
                    raise Stuck(message, place)
                case Evaluate(expression, _):
                    self.value(expression)
                    at += 1
                case Jump(place, target, label):
                    self.jumped = place if label else self.jumped
                    if target <= at:
                        self._again(target, place)
                    at = target
                case Branch():
                    at = self._branch(instruction, at)
                case Switch():
                    at = self._switch(instruction)

    def _again(self, target: int, place: Span) -> None:
        """Note a turn of a loop. Raises _Endless iff two turns, one after the other, changed nothing and asked nothing:
        then nothing in them depends on what the first has assigned, and all others are like them."""
        here = (target, len(self.choices.made), self.memory.configuration())
        self.met[here] = self.met.get(here, 0) + 1
        if self.met[here] > 2:
            head = self.program.instructions[target]
            raise _Endless(head.place if isinstance(head, Branch) and head.loop else place)

    def _returned(self, expression: Expression | None, place: Span) -> tuple[Value | None, Span]:
        """Return the result, and the statement that decided it: the assignment of a variable, if that came after a
        decision, the decision itself, if the variable has its first value; else how control came here."""
        if expression is None:
            return None, self.decided or place
        returned = self.value(expression)
        if isinstance(expression, Load) and expression.local and returned.known:
            return returned, returned.origin or self.decided or place
        return returned, self.because or self.jumped or place

    def _branch(self, branch: Branch, at: int) -> int:
        region = branch.region
        if region is not None and self._idle(branch, region):
            self._blur(region, branch.place)
            return region.end
        if branch.loop and region is not None:
            return self._turn(branch, region, at)
        truth = self.truth(branch.condition, branch.place)
        return at + 1 if truth else branch.target

    def _turn(self, branch: Branch, region: Region, at: int) -> int:
        """Take a turn of a loop, or leave it; a loop of which that is not known is passed over where it can be."""
        before = len(self.choices.made)
        truth = self.truth(branch.condition, branch.place) if not isinstance(branch.condition, Opaque) else None
        if truth is not None and not any(d.atom.call for d in self.choices.made[before:]):
            return at + 1 if truth else branch.target
        if region.escapes:
            raise Stuck("how often this loop turns is not known, and control may leave it midway", branch.place)
        self._blur(region, branch.place)
        return branch.target

    def _idle(self, branch: Branch, region: Region) -> bool:
        """Return True iff nothing in the region can matter: it is passed over. A loop is then taken to end, unless
        nothing at all happens in it, or its condition is always true."""
        if region.escapes or any(self._matters(load) for load in region.stored):
            return False
        if branch.loop and (isinstance(branch.condition, Constant) or not (region.waits or region.stored)):
            return False
        return not any(isinstance(p, Load) and self.memory.is_pair(p) for p in parts(branch.condition))

    def _matters(self, load: Load) -> bool:
        if load.local:
            return load.key in self.program.relevant or load.key in self.memory.subjects
        return load.key in self.memory.watched or any(
            member(load.key) == member(key) != "" for key in self.memory.watched
        )

    def _blur(self, region: Region, place: Span) -> None:
        """Forget what the region may have assigned."""
        for load in sorted(region.stored, key=lambda load: load.key):
            if not load.local and load.key in self.memory.subjects:
                raise Stuck(f"this loop may assign {load.key}", place)
            self.memory.assign(load, self.memory.fresh(load.key))
        if region.calls:
            self.memory.disturb("what is called here", place)

    def _switch(self, switch: Switch) -> int:
        subject = self.value(switch.subject)
        for place, low, high, target in switch.cases:
            if low is high:
                truth = self.choices.decide("==", subject, self.value(low), place)
            else:
                truth = self.choices.decide(">=", subject, self.value(low), place)
                truth = truth and self.choices.decide("<=", subject, self.value(high), place)
            if truth:
                self._note(subject, place)
                return target
        self._note(subject, switch.otherwise or switch.place)
        return switch.default

    def _note(self, subject: Value, place: Span) -> None:
        """Note what control depends on: the states themselves, or a variable that was set because of them."""
        if subject.pair:
            self.decided, self.jumped, self.because = place, None, None
        elif subject.known:
            self.because = subject.origin or self.because

    def truth(self, expression: Expression, place: Span) -> bool:
        """Return whether the expression is true, on this run."""
        value = self.value(expression)
        result = self.choices.decide("!=", value, values.number(0), place)
        self._note(value, place)
        return result

    def value(self, expression: Expression) -> Value:
        """Return the value of an expression, after its effects."""
        match expression:
            case Constant(number, name, _):
                return Value(number, name or str(number.value), names=name)
            case Load():
                return self.memory.load(expression)
            case Store(target, source, place):
                value = self.value(source)
                origin = place if value.pair else self.decided and place
                self.memory.assign(target, replace(values.stored(value, target.type), origin=origin))
                return value
            case Operation():
                return self._operation(expression)
            case Element():
                return self._element(expression)
            case Call():
                return self._call(expression)
            case Address(target, text, place):
                self.memory.keep_address(target, place)
                return self.memory.fresh(text)
            case Opaque(text, operands, _, doubt):
                for operand in operands:
                    self.value(operand)
                return replace(self.memory.fresh(text), doubt=doubt)

    def _operation(self, operation: Operation) -> Value:
        operator, operands, place = operation.operator, operation.operands, operation.place
        if operator in ("&&", "||"):
            first = self._boolean(operands[0], place)
            if (_is_true(first)) != (operator == "&&"):
                return first
            second = self._boolean(operands[1], place)
            return replace(second, pair=first.pair or second.pair)
        if operator in ("!", "!!"):
            inner = self._boolean(operands[0], place)
            return replace(
                values.number(int(_is_true(inner) != (operator == "!")), pair=inner.pair), origin=inner.origin
            )
        if operator == "?:":
            value = self.value(operands[0])
            truth = self.choices.decide("!=", value, values.number(0), place)
            self._note(value, place)
            return values.stored(self.value(operands[1] if truth else operands[2]), self._common(operands[1:]))
        if operator == ",":
            self.value(operands[0])
            return self.value(operands[1])
        if operator in ("cmpxchg", "xchg"):
            return self._exchanged(operator, operands, place)
        return self._computed(operator, [self.value(o) for o in operands], place)

    def _common(self, operands: Sequence[Expression]) -> CType | None:
        """Return the type in which numbers of these expressions meet; None iff it is not known."""
        kinds = [self._kind(o) for o in operands]
        known = [k if k.bits >= INT.bits else INT for k in kinds if k is not None]
        return max(known, key=lambda t: (t.bits, not t.signed)) if len(known) == len(kinds) else None

    def _kind(self, expression: Expression) -> CType | None:
        """Return the type of an expression that is not evaluated; None iff it is not known."""
        match expression:
            case Constant(number, _, _):
                return number.type
            case Load(_, _, _, _, kind):
                return kind or self.memory.kind(expression)
            case Store(target, _, _):
                return target.type
            case Operation("?:" | ",", operands, _):
                return self._common(operands[1:])
            case Operation(operator, operands, _):
                if operator in COMPARISONS or operator in ("&&", "||", "!", "!!"):
                    return INT
                if operator.startswith("cast "):
                    return integer_type(operator[5:])
                return self._common(operands[:1] if operator in ("<<", ">>") else operands)
            case _:
                return None

    def _boolean(self, expression: Expression, place: Span) -> Value:
        value = self.value(expression)
        truth = self.choices.decide("!=", value, values.number(0), expression.place)
        return replace(values.number(int(truth), pair=value.pair), origin=value.origin if value.known else None)

    def _computed(self, operator: str, operands: Sequence[Value], place: Span) -> Value:
        if operator in COMPARISONS:
            pair = any(o.pair for o in operands)
            return values.number(int(self.choices.decide(operator, operands[0], operands[1], place)), pair=pair)
        try:
            if operator.startswith("cast"):
                return values.stored(operands[0], integer_type(operator[5:]))
            if len(operands) == 1:
                return values.negative(operator, operands[0])
            return values.arithmetic(operator, *operands)
        except UnreadableError as refused:
            raise Stuck(refused.message, place) from refused

    def _exchanged(self, operator: str, operands: Sequence[Expression], place: Span) -> Value:
        target = operands[0]
        assert isinstance(target, Load)
        before, *others = [self.value(o) for o in operands]
        if operator == "xchg" or self.choices.decide("==", before, others[0], place):
            self.memory.assign(target, replace(others[-1], origin=place))
        return before

    def _element(self, element: Element) -> Value:
        table = self.tables.get(element.array)
        indices = [self.value(i) for i in element.indices]
        at = tuple(i.number.value for i in indices if i.number is not None)
        pair = any(i.pair for i in indices)
        if isinstance(table, CTable) and len(at) == len(indices) == len(table.extents):
            if at not in table.cells:
                raise Stuck(f"{element.array} has no element {', '.join(map(str, at))}", element.place)
            cell = table.cells[at]
            return replace(values.number(cell.value, pair=pair), names=cell.text)
        if pair:
            why = table if isinstance(table, str) else "an index depends on more than the states"
            return replace(self.memory.fresh(element.text), doubt=f"{element.array} is not read here: {why}")
        return replace(self.memory.fresh(element.text), call=False)

    def _call(self, call: Call) -> Value:
        if call.function in _POINTERS:
            return self._pointer(call)
        if call.function == "ARRAY_SIZE":
            return self._size(call)
        if call.function in FATAL:
            if not call.arguments or call.function == "panic" or self.truth(call.arguments[0], call.place):
                raise _Stop
            return values.number(0)
        if call.text in self.memory.subjects:
            self.memory.refuse_stale(call.text)
            self.memory.seen.add(call.text)
            return self.memory.subjects[call.text]
        for argument in call.arguments:
            self._passed(call, argument)
        return self._after_call(call)

    def _passed(self, call: Call, argument: Expression) -> None:
        """Evaluate an argument of a call; what a pointer leads to may be changed."""
        while isinstance(argument, Operation) and argument.operator.startswith("cast"):
            argument = argument.operands[0]
        if not isinstance(argument, Address):
            if any(isinstance(p, Store | Call | Address) for p in parts(argument)):
                self.value(argument)
            return
        if not is_quiet(call.function) and not is_lock(call.function):
            self.memory.pass_pointer(argument.target, call.function, call.place)

    def _after_call(self, call: Call) -> Value:
        if is_lock(call.function) or is_primitive(call.function):
            self.memory.touch()
        elif not is_quiet(call.function):
            self.memory.disturb(f"{call.function}()", call.place)
        return self.memory.fresh(call.text)

    def _size(self, call: Call) -> Value:
        table = self.tables.get(call.arguments[0].key if isinstance(call.arguments[0], Load) else "")
        if isinstance(table, CTable):
            return values.number(table.extents[0])
        return replace(self.memory.fresh(call.text), call=False)

    def _pointer(self, call: Call) -> Value:
        """Evaluate one of the macros for pointers that may hold an error."""
        argument = self.value(call.arguments[0]) if call.arguments else values.number(0)
        if call.function in ("ERR_PTR", "ERR_CAST"):
            return replace(argument, error=True)
        if call.function in ("IS_ERR", "IS_ERR_OR_NULL"):
            if argument.error or argument.known:
                null = call.function == "IS_ERR_OR_NULL" and not _is_true(argument)
                return values.number(int(argument.error or null))
            return values.unknown(f"{call.function}({argument.text})", f"{call.function}({argument.id})", argument.call)
        return replace(self.memory.fresh(call.text), call=True)


_POINTERS = frozenset(["ERR_PTR", "ERR_CAST", "IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR", "PTR_ERR_OR_ZERO"])


def _is_true(value: Value) -> bool:
    return value.number is not None and value.number.value != 0


def reads(program: Program) -> set[str]:
    """Return the names of the constant arrays that a program reads."""
    found = set()
    for instruction in program.instructions:
        for expression in expressions(instruction):
            for part in parts(expression):
                if isinstance(part, Element):
                    found.add(part.array)
    return found
