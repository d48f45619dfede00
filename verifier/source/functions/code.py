"""A C function as a list of instructions over simple expressions: what is run for each pair of states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from verifier.diagnostics import Span
from verifier.source.integers import CType, Integer


@dataclass(frozen=True, slots=True)
class Constant:
    """A number. `name` is the enumerator or macro that stands there, "" for a literal or a computed value."""

    value: Integer
    name: str
    place: Span


@dataclass(frozen=True, slots=True)
class Load:
    """What a variable or a place in memory holds. `key` is the C text, with `x@2` for the second local `x`.

    `local`: it is a local variable or a parameter; `names` are the locals that its text mentions. `type` is that of
    a local, None where it is not known to be an integer. `shared`: it is read as something that others may change
    meanwhile (READ_ONCE).
    """

    key: str
    local: bool
    names: frozenset[str]
    place: Span
    type: CType | None = None
    shared: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a constant array of the same file."""

    array: str
    indices: tuple[Expression, ...]
    text: str
    place: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator of C with its operands: arithmetic, comparison, `&&`, `||`, `!`, `?:` or `,`."""

    operator: str
    operands: tuple[Expression, ...]
    place: Span


@dataclass(frozen=True, slots=True)
class Store:
    """An assignment; its value is what is assigned."""

    target: Load
    value: Expression
    place: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function or of a macro with arguments."""

    function: str
    arguments: tuple[Expression, ...]
    text: str
    place: Span


@dataclass(frozen=True, slots=True)
class Address:
    """`&target`."""

    target: Load
    text: str
    place: Span


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression whose value is not known. `doubt` says why nothing may depend on it, if nothing may."""

    text: str
    operands: tuple[Expression, ...]
    place: Span
    doubt: str = ""


Expression = Constant | Load | Element | Operation | Store | Call | Address | Opaque


@dataclass(slots=True)
class Region:
    """A part of the code with one way in: what it may assign, and whether it can be left but at its end.

    `end` is the instruction after it. `calls`: it calls functions that may do something; `waits`: it calls any
    function, or reads what others may change.
    """

    stored: set[Load] = field(default_factory=set)
    escapes: bool = False
    calls: bool = False
    waits: bool = False
    end: int = 0


@dataclass(slots=True)
class Evaluate:
    """Evaluate an expression for its effect."""

    expression: Expression
    place: Span


@dataclass(slots=True)
class Branch:
    """Go to `target` iff the condition is false. `region` is what it decides about: of an `if` both branches, of a
    loop (`loop`) the body."""

    condition: Expression
    place: Span
    target: int = 0
    region: Region | None = None
    loop: bool = False


@dataclass(slots=True)
class Jump:
    """Go to `target`. `label`: a `goto` does so."""

    place: Span
    target: int = 0
    label: str = ""


@dataclass(slots=True)
class Switch:
    """Go to the first case that has the subject's value, else to `default`. A case is its label's place, the lowest
    and the highest of its values, and where it begins."""

    subject: Expression
    place: Span
    cases: list[tuple[Span, Expression, Expression, int]] = field(default_factory=list)
    default: int = 0
    otherwise: Span | None = None


@dataclass(slots=True)
class Return:
    """End the function."""

    value: Expression | None
    place: Span


@dataclass(slots=True)
class Unclear:
    """Code that was not understood: a run that comes here has no known outcome."""

    message: str
    place: Span


Instruction = Evaluate | Branch | Jump | Switch | Return | Unclear


@dataclass(frozen=True)
class Program:
    """A function's instructions. `relevant` are the locals on which control flow or the result may depend."""

    instructions: tuple[Instruction, ...]
    parameters: tuple[Load, ...]
    relevant: frozenset[str] = frozenset()


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it."""
    yield expression
    for child in _children(expression):
        yield from parts(child)


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Operation(_, operands, _) | Opaque(_, operands, _, _):
            return operands
        case Call(_, arguments, _, _):
            return arguments
        case Element(_, indices, _, _):
            return indices
        case Store(target, value, _):
            return (target, value)
        case Address(target, _, _):
            return (target,)
        case _:
            return ()


def expressions(instruction: Instruction) -> tuple[Expression, ...]:
    """Return the expressions of an instruction, without those of case labels."""
    match instruction:
        case Evaluate(expression, _):
            return (expression,)
        case Branch(condition, _, _, _, _):
            return (condition,)
        case Switch(subject, _, _, _, _):
            return (subject,)
        case Return(value, _):
            return () if value is None else (value,)
        case _:
            return ()
