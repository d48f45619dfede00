"""A run, step by step: each rule with its arguments, and only the variables that it changed."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.evidence.evidence import State, Step, Trace
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.printer import control_text
from verifier.report.meaning import used_entries
from verifier.report.values import bindings, call_text, changes, state_text, wrapped
from verifier.semantics.claims import state_terms


def trace_lines(model: Model, trace: Trace, loop: int | None = None, claim: Claim | None = None) -> list[str]:
    """Return the run as lines: the parameters, the initial state in full, the steps, and the function values used
    (in the claim's condition, too, if it is given).

    `loop`: the index of the state from which the run repeats for ever.
    """
    used = used_entries(model, trace, () if claim is None else state_terms(claim))
    parameters = bindings(model, trace.parameters)
    return [
        *wrapped(f"with {parameters}" if parameters else ""),
        *wrapped(state_text(model, trace.initial), _INDENT, f"{0:>3}  start: "),
        *(line for i, step in enumerate(trace.steps, 1) for line in _step(model, i, trace.states[i - 1], step)),
        *([] if loop is None else [f"  =  state {loop}: from here {_repeating(loop, len(trace.steps))} for ever"]),
        *wrapped(", ".join(used), _INDENT, "     where "),
    ]


_INDENT = " " * 5


def _repeating(loop: int, last: int) -> str:
    return f"step {last} repeats" if loop + 1 == last else f"steps {loop + 1} to {last} repeat"


def _step(model: Model, index: int, before: State, step: Step) -> Iterator[str]:
    yield f"{index:>3}  {labelled(model, step)}"
    yield from step_changes(model, before, step)


def step_changes(model: Model, before: State, step: Step) -> Iterator[str]:
    """Yield the lines that say what the step changes."""
    lines = list(changes(model, before, step.state))
    yield from (f"       {line}" for line in lines or ["(nothing changes)"])


def labelled(model: Model, step: Step) -> str:
    """Return the rule with its arguments and its actor."""
    actor = model.rule[step.rule].actor
    call = call_text(model, step.rule, step.arguments)
    return f"{call}   by {actor}" if actor else call


def way_text(model: Model, trace: Trace) -> str:
    """Return the control values on the way, such as `RUNNING -> STOP`; of a machine without a control variable the
    rules, "" iff none was fired."""
    if model.control is None:
        return " -> ".join(step.rule for step in trace.steps)
    return " -> ".join(control_text(model, state[model.control.name]) for state in trace.states)


def length_text(trace: Trace) -> str:
    """Return `3 steps`, `1 step` or, without a step, `initial state`."""
    return counted(len(trace.steps), "step") if trace.steps else "initial state"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return the number with the noun, in the singular iff it is one."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
