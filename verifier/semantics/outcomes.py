"""What a path of instances does from the last state of a run, by enumeration."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.evidence.evidence import Instance, Trace
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import TRUE, Term
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.run import fire


def outcomes(model: Model, trace: Trace, path: tuple[Instance, ...], through: Term, target: Instance) -> list[State] | None:
    """Return the states to which `path` can lead from the last state of `trace`; None iff some way along it has
    an interior state outside `through` (in which `start` and `goal` are those of `target`)."""
    assert model.control is not None
    setting = Setting(model, trace.parameters, trace.interpretation)
    ends = {"start": target.start, "goal": target.goal}
    here: list[State] = [trace.states[-1]]
    for place, instance in enumerate(path):
        if place and not all(holds(through, setting, (s,), ends) for s in here):
            return None
        here = [after for before in here for after in _fired(setting, instance, before, model.control.name)]
    return here


def _fired(setting: Setting, instance: Instance, state: State, control: str) -> Iterable[State]:
    if state[control] == instance.start:
        for after in fire(setting, setting.model.rule[instance.rule], dict(instance.arguments), state):
            if after[control] == instance.goal:
                yield after


def told_apart(
    model: Model, trace: Trace, instance: Instance, path: tuple[Instance, ...], through: Term, observing: Iterable[str]
) -> bool:
    """Return True iff the instance fires in the last state of the trace and the path does something else there:
    other observed outcomes, or an interior state outside `through`."""
    names = tuple(observing)
    direct = outcomes(model, trace, (instance,), TRUE, instance)
    taken = outcomes(model, trace, path, through, instance)
    return bool(direct) and (taken is None or _seen(direct or [], names) != _seen(taken, names))


def _seen(states: list[State], names: tuple[str, ...]) -> set[tuple[Value, ...]]:
    return {tuple(s[n] for n in names) for s in states}
