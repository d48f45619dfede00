"""Murphi, as Rumur reads it (M. Fernandez, https://github.com/Smattr/rumur).

Each action is a rule, each initial state a start state, each check an invariant, so the states are the machine's.
What Rumur calls a liveness property holds iff from every reachable state some run reaches a state that satisfies it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifier.exchange.expressions import Block, Kind
from verifier.exchange.machine import Action, Check, Flat, Linear, Omitted, Question, Reach, Recovery, Response
from verifier.exchange.printing import Notation
from verifier.exchange.sequence import in_sequence

NOTATION = Notation(
    {
        Kind.AND: "&", Kind.OR: "|", Kind.EQ: "=", Kind.LT: "<", Kind.ADD: "+", Kind.SUB: "-", Kind.MUL: "*",
        Kind.DIV: "/", Kind.MOD: "%", Kind.BITAND: "&", Kind.BITOR: "|", Kind.BITXOR: "^",
    },
    "({} ? {} : {})",
    ("false", "true"),
    32,
)  # fmt: skip

COMMAND = "rumur --deadlock-detection off --value-type int32_t -o m.c FILE && cc -O3 -mcx16 -o m m.c -lpthread && ./m"

LACKS: Mapping[type[Question], str] = {
    Response: "Murphi has no property of runs",
    Linear: "Murphi has no property of runs",
}
"""The questions that Rumur has no words for."""

_PROPERTIES: Mapping[type[Question], str] = {Check: "invariant", Recovery: "liveness", Reach: "cover"}


def murphi(machine: Flat) -> str:
    """Return the machine as a Murphi model. Raises Unsayable."""
    parts = (*_heading(machine), "", *declarations(machine), *start_states(machine), *rules(machine))
    return "\n".join((*parts, *properties(machine))) + "\n"


def _heading(machine: Flat) -> Iterator[str]:
    yield f"-- Machine {machine.name}, exported by arcproof."
    yield f"-- {COMMAND}"
    for question in machine.questions:
        yield f"-- {question.name}: {question.text}"
        if isinstance(question, Omitted):
            yield f"--   left out: {question.reason}"


def declarations(machine: Flat) -> Iterator[str]:
    """Yield the variables."""
    yield "var"
    for block in machine.blocks:
        items = f"array [0..{block.count - 1}] of " if block.count > 1 else ""
        yield f"  {block.name}: {items}{_range(block)};  -- {block.meaning}"


def _range(block: Block) -> str:
    return "boolean" if block.truth else f"{block.low}..{block.high}"


def start_states(machine: Flat) -> Iterator[str]:
    """Yield the initial states."""
    for number, state in enumerate(machine.initial):
        yield f'startstate "{number}" begin {_assigned(machine, state)} end;'


def _assigned(machine: Flat, state: Sequence[int]) -> str:
    pairs = zip(machine.cells(), state, strict=True)
    return " ".join(f"{NOTATION.cell(c)} := {NOTATION.value(c, n)};" for c, n in pairs)


def rules(machine: Flat, also: str = "") -> Iterator[str]:
    """Yield the actions; `also` goes before each guard."""
    yield from (_rule(a, also) for a in machine.actions)


def _rule(action: Action, also: str) -> str:
    steps = in_sequence(action.effects)
    kept = "".join(f"old_{i}: {_range(cell.block)}; " for i, (cell, _) in enumerate(steps.late))
    parts = [f"old_{i} := {NOTATION.text(node)};" for i, (_, node) in enumerate(steps.late)]
    parts += (f"{NOTATION.cell(cell)} := {NOTATION.text(node)};" for cell, node in steps.assignments)
    parts += (f"{NOTATION.cell(cell)} := old_{i};" for i, (cell, _) in enumerate(steps.late))
    declared = f"var {kept}" if kept else ""
    return f'rule "{action.label}" {also}{NOTATION.text(action.guard)} ==> {declared}begin {" ".join(parts)} end;'


def properties(machine: Flat) -> Iterator[str]:
    """Yield the questions."""
    for question in machine.questions:
        word = _PROPERTIES.get(type(question))
        if word is not None:
            node = question.good if isinstance(question, Check) else question.goal  # type: ignore[union-attr]
            yield f'{word} "{question.name}" {NOTATION.text(node)};'
