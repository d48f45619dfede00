"""Promela, the language of SPIN (G. J. Holzmann, The SPIN Model Checker, 2003).

One process with one place to be at: a loop over all actions, each of them a `d_step`, which is one transition. So SPIN
stores the machine's states and no others, but for one before the choice of the initial state, where there are several;
it must be started with `-o1 -o2`, for otherwise it drops variables that nothing reads. A check is an option of the
loop that asserts what is false where it does not hold. A response is a never claim; then the checks are left out, and
a run that has ended stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifier.exchange import expressions as e
from verifier.exchange.expressions import Block, Kind, Node
from verifier.exchange.machine import Action, Cell, Check, Flat, Omitted, Question, Reach, Recovery, Response
from verifier.exchange.printing import Notation
from verifier.exchange.refusal import Unsayable
from verifier.exchange.sequence import in_sequence

NOTATION = Notation(
    {
        Kind.AND: "&&", Kind.OR: "||", Kind.EQ: "==", Kind.LT: "<", Kind.ADD: "+", Kind.SUB: "-", Kind.MUL: "*",
        Kind.DIV: "/", Kind.MOD: "%", Kind.BITAND: "&", Kind.BITOR: "|", Kind.BITXOR: "^",
    },
    "({} -> {} : {})",
    ("false", "true"),
    32,
)  # fmt: skip

CC = "cc -O2 -DNOREDUCE"

LACKS: Mapping[type[Question], str] = {
    Recovery: "SPIN says of all runs what they do, not of a state that some run does something",
    Reach: "SPIN looks for a violation only: claim `never`, and take the error for the witness",
}
"""The questions that SPIN has no words for."""


def promela(machine: Flat) -> str:
    """Return the machine as a Promela program. Raises Unsayable."""
    return "\n".join((*_heading(machine), "", *declarations(machine), "", *_process(machine), *claims(machine))) + "\n"


def _heading(machine: Flat) -> Iterator[str]:
    yield f"/* Machine {machine.name}, exported by arcproof."
    yield ""
    yield f"   Safety:    spin -a -o1 -o2 FILE && {CC} -DSAFETY -o pan pan.c && ./pan -m1000000"
    if any(isinstance(q, Response) for q in machine.questions):
        yield f"   Responses: spin -a -o1 -o2 -DRESPONSES FILE && {CC} -o pan pan.c && ./pan -a -m1000000 -N NAME"
    if len(machine.initial) > 1:
        yield "   States:    SPIN stores one more than the machine has, the one before its initial state is chosen."
    for question in machine.questions:
        note = f"\n     left out: {_comment(question.reason)}" if isinstance(question, Omitted) else ""
        yield f"   {question.name}: {_comment(question.text)}{note}"
    yield "*/"


def _comment(text: str) -> str:
    return text.replace("*/", "* /").replace("/*", "/ *")


def declarations(machine: Flat) -> Iterator[str]:
    """Yield the variables, with their values in the first initial state, and what is no part of a state."""
    values = iter(machine.initial[0])
    for block in machine.blocks:
        own = [next(values) for _ in range(block.count)]
        yield f"{_type(block)} {block.name}{_initial(block, own)};  /* {_comment(block.meaning)} */"
    yield from (f"hidden byte holds_{q.name};  /* is never set */" for q in machine.questions if isinstance(q, Check))
    most = max((len(in_sequence(a.effects).late) for a in machine.actions), default=0)
    yield from (f"hidden int old_{i};" for i in range(most))


def _type(block: Block) -> str:
    if block.truth:
        return "bit"
    if block.low >= 0 and block.high <= 255:
        return "byte"
    if block.low >= -(1 << 15) and block.high < 1 << 15:
        return "short"
    if block.low >= -(1 << 31) and block.high < 1 << 31:
        return "int"
    raise Unsayable(f"{block.name}: numbers up to {block.high} do not fit into 32 bits")


def _initial(block: Block, values: Sequence[int]) -> str:
    if block.count == 1:
        return f" = {values[0]}"
    if len(set(values)) == 1:
        return f"[{block.count}] = {values[0]}"
    return f"[{block.count}] = {{{', '.join(map(str, values))}}}"


def _process(machine: Flat) -> Iterator[str]:
    yield "active proctype Machine() {"
    yield from body(machine)
    yield "}"


def body(machine: Flat, label: str = "end_machine") -> Iterator[str]:
    """Yield the statements that choose an initial state and then run for ever. In state `label` it may end."""
    if len(machine.initial) > 1:
        yield "  if"
        yield from (f"  :: d_step {{ {_chosen(machine, state)} }}" for state in machine.initial)
        yield "  fi;"
    yield f"{label}:"
    yield "  do"
    yield from (_option(a) for a in machine.actions)
    yield "#ifdef RESPONSES"
    yield f"  :: d_step {{ {NOTATION.text(machine.stuck)} -> skip }}  /* the run has ended */"
    yield "#else"
    yield from (_assertion(q) for q in machine.questions if isinstance(q, Check))
    yield "#endif"
    yield "  od"


def _chosen(machine: Flat, state: Sequence[int]) -> str:
    pairs = zip(machine.cells(), machine.initial[0], state, strict=True)
    changed = [f"{NOTATION.cell(c)} = {new}" for c, old, new in pairs if old != new]
    return "; ".join(changed) or "skip"


def _option(action: Action) -> str:
    steps = in_sequence(action.effects)
    late = [cell for cell, _ in steps.late]
    parts = [f"old_{i} = {NOTATION.text(node)}" for i, (_, node) in enumerate(steps.late)]
    parts += (_assignment(cell, node) for cell, node in steps.assignments)
    parts += (f"{NOTATION.cell(cell)} = old_{i}" for i, cell in enumerate(late))
    effect = "; ".join(parts) or "skip"
    return f"  :: d_step {{ {NOTATION.text(action.guard)} -> {effect} }}  /* {_comment(action.label)} */"


def _assignment(cell: Cell, node: Node) -> str:
    return f"{NOTATION.cell(cell)} = {NOTATION.text(node)}"


def _assertion(check: Check) -> str:
    return f"  :: d_step {{ {NOTATION.text(e.not_(check.good))} -> assert(holds_{check.name}) }}"


def claims(machine: Flat, place: str = "Machine@end_machine") -> Iterator[str]:
    """Yield the never claims: what a run does, once it is at its place in the loop, that violates a response."""
    at = f"{place} && " if len(machine.initial) > 1 else ""
    responses = [q for q in machine.questions if isinstance(q, Response)]
    if responses:
        yield "#ifdef RESPONSES"
        for response in responses:
            yield from _never(response, at)
        yield "#endif"


def _never(response: Response, at: str) -> Iterator[str]:
    pending = NOTATION.text(e.not_(response.response))
    yield f"never {response.name} {{"
    yield "before:"
    triggered = NOTATION.text(e.and_(response.trigger, e.not_(response.response)))
    yield "  if"
    yield "  :: true -> goto before"
    yield f"  :: {at}{triggered} -> goto accept_pending"
    yield "  fi;"
    yield "accept_pending:"
    yield "  if"
    yield f"  :: {pending} -> goto accept_pending"
    yield "  fi"
    yield "}"
