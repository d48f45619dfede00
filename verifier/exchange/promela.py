"""Promela, the language of SPIN (G. J. Holzmann, The SPIN Model Checker, 2003).

One process with one place to be at: a loop over all actions, each of them a `d_step`, which is one transition. So SPIN
stores the machine's states and no others, but for one before the choice of the initial state, where there are several;
it must be started with `-o1 -o2`, for otherwise it drops variables that nothing reads. A check is an option of the
loop that asserts what is false where it does not hold. A response or a formula is a never claim, which looks at each
state of the machine once; then the checks are left out, a run that has ended stays where it is, and what a claim has
to know of the last step is part of the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from verifier.exchange import expressions as e
from verifier.exchange.expressions import Block, Kind, Node
from verifier.exchange.machine import (
    Action,
    Cell,
    Check,
    Flat,
    Linear,
    Move,
    Omitted,
    Question,
    Reach,
    Recovery,
    Response,
)  # fmt: skip
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


RESERVED = {
    "active", "assert", "atomic", "bit", "bool", "break", "byte", "chan", "do", "else", "empty", "enabled", "eval",
    "false", "fi", "for", "full", "get_priority", "goto", "hidden", "if", "in", "init", "inline", "int", "len",
    "local", "ltl", "mtype", "nempty", "never", "nfull", "notrace", "od", "of", "pid", "print", "printf", "priority",
    "proctype", "provided", "return", "run", "select", "set_priority", "short", "show", "skip", "timeout", "trace",
    "true", "typedef", "unless", "unsigned", "xr", "xs", "c_code", "c_decl", "c_expr", "c_state", "c_track", "d_step",
    "np_", "pc_value", "D_proctype",
}  # fmt: skip
"""Words that name no claim; a line is put behind them."""


def claim_name(name: str) -> str:
    """Return what the never claim of a property is called."""
    return f"{name}_" if name in RESERVED else name


def promela(machine: Flat) -> str:
    """Return the machine as a Promela program. Raises Unsayable."""
    return "\n".join((*_heading(machine), "", *declarations(machine), "", *_process(machine), *claims(machine))) + "\n"


def _heading(machine: Flat) -> Iterator[str]:
    yield f"/* Machine {machine.name}, exported by arcproof."
    yield ""
    yield f"   Safety:    spin -a -o1 -o2 FILE && {CC} -DSAFETY -o pan pan.c && ./pan -m1000000"
    if any(isinstance(q, Response | Linear) for q in machine.questions):
        yield f"   Runs:      spin -a -o1 -o2 -DRUNS FILE && {CC} -o pan pan.c && ./pan -a -m1000000 -N NAME"
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
    if notes := dict.fromkeys(_notes(machine).values()):
        yield from ("#ifdef RUNS", *(f"bit {name};" for name in notes), "#endif")
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
    yield from _options(machine)
    yield "#ifdef RUNS"
    yield f"  :: d_step {{ {NOTATION.text(machine.stuck)} -> skip }}  /* the run has ended */"
    yield "#else"
    yield from (_assertion(q) for q in machine.questions if isinstance(q, Check))
    yield "#endif"
    yield "  od"


def _chosen(machine: Flat, state: Sequence[int]) -> str:
    pairs = zip(machine.cells(), machine.initial[0], state, strict=True)
    changed = [f"{NOTATION.cell(c)} = {new}" for c, old, new in pairs if old != new]
    return "; ".join(changed) or "skip"


def _notes(machine: Flat) -> Mapping[tuple[Node, ...], str]:
    """Return the conditions on steps that claims ask for, each with the variable that says whether the last step
    satisfied it."""
    steps = [step for q in machine.questions if isinstance(q, Linear) for step in q.steps]
    texts = {step: tuple(NOTATION.text(node) for node in step) for step in steps}
    number = {text: i for i, text in enumerate(dict.fromkeys(texts.values()))}
    return {step: f"step_{number[text]}" for step, text in texts.items()}


def _options(machine: Flat) -> Iterator[str]:
    """Yield the actions; where claims ask for conditions on steps, also a version that notes them."""
    plain = [_option(a, ()) for a in machine.actions]
    notes = {name: step for step, name in _notes(machine).items()}
    if not notes:
        yield from plain
        return
    yield "#ifdef RUNS"
    for place, action in enumerate(machine.actions):
        yield _option(action, [f"{name} = {NOTATION.text(step[place])}" for name, step in notes.items()])
    yield "#else"
    yield from plain
    yield "#endif"


def _option(action: Action, notes: Iterable[str]) -> str:
    steps = in_sequence(action.effects)
    late = [cell for cell, _ in steps.late]
    parts = [*notes, *(f"old_{i} = {NOTATION.text(node)}" for i, (_, node) in enumerate(steps.late))]
    parts += (_assignment(cell, node) for cell, node in steps.assignments)
    parts += (f"{NOTATION.cell(cell)} = old_{i}" for i, cell in enumerate(late))
    effect = "; ".join(parts) or "skip"
    return f"  :: d_step {{ {NOTATION.text(action.guard)} -> {effect} }}  /* {_comment(action.label)} */"


def _assignment(cell: Cell, node: Node) -> str:
    return f"{NOTATION.cell(cell)} = {NOTATION.text(node)}"


def _assertion(check: Check) -> str:
    return f"  :: d_step {{ {NOTATION.text(e.not_(check.good))} -> assert(holds_{check.name}) }}"


def claims(machine: Flat, place: str = "Machine@end_machine") -> Iterator[str]:
    """Yield the never claims: what a run does, once it is at its place in the loop, that violates a property."""
    at = f"{place} && " if len(machine.initial) > 1 else ""
    about_runs = [q for q in machine.questions if isinstance(q, Response | Linear)]
    notes = _notes(machine)
    if about_runs:
        yield "#ifdef RUNS"
        for question in about_runs:
            if isinstance(question, Response):
                yield from _never(question, at)
            else:
                yield from _automaton(question, [notes[step] for step in question.steps], place)
        yield "#endif"


def _automaton(question: Linear, notes: Sequence[str], place: str) -> Iterator[str]:
    """Yield the claim that an automaton is, `notes` being its conditions on steps. It enters a stage at the state that
    the stage's label speaks of, when what the stage before said of the step from there is known."""
    yield f"#define stuck_{question.name} {NOTATION.text(question.stuck)}"
    for number, label in enumerate(question.labels):
        yield f"#define at_{question.name}_{number} {NOTATION.text(label)}"
    yield f"never {claim_name(question.name)} {{"
    yield "before:"
    start = (o for i in question.initial for o in _entries(question, [place], Move((), i)))
    yield from _alternatives((f"  :: !{place} -> goto before", *start))
    for number, stage in enumerate(question.stages):
        yield f"{_label(question, number)}:"
        moves = ((m, [f"{'' if wanted else '!'}{notes[i]}" for i, wanted in m.noted]) for m in stage.moves)
        yield from _alternatives([o for m, noted in moves for o in _entries(question, noted, m)] or ["  :: false"])
    yield "accept_ended:"
    yield from _alternatives(["  :: true -> goto accept_ended"])
    yield "}"


def _alternatives(options: Iterable[str]) -> Iterator[str]:
    yield "  if"
    yield from options
    yield "  fi;"


def _label(question: Linear, number: int) -> str:
    return f"{'accept' if question.stages[number].accepts else 'stage'}_{number}"


def _entries(question: Linear, conditions: Sequence[str], move: Move) -> Iterator[str]:
    """Yield how a stage is entered under these conditions: where the run goes on from there, and where it ends."""
    stage = question.stages[move.there]
    condition = " && ".join((*conditions, f"at_{question.name}_{stage.place}"))
    if stage.moves:
        yield f"  :: {condition} && !stuck_{question.name} -> goto {_label(question, move.there)}"
    if question.final[stage.place] and question.stuck.constant != 0:
        yield f"  :: {condition} && stuck_{question.name} -> goto accept_ended"


def _never(response: Response, at: str) -> Iterator[str]:
    pending = NOTATION.text(e.not_(response.response))
    yield f"never {claim_name(response.name)} {{"
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
