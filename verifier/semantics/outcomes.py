"""What paths of instances do from the last state of a run, by enumeration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from verifier.evidence.evidence import Instance, NoPath, Trace
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import TRUE, Term
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.refusal import Refused
from verifier.semantics.run import fire, is_run


def outcomes(
    model: Model, trace: Trace, path: tuple[Instance, ...], through: Term, target: Instance
) -> list[State] | None:
    """Return the states to which `path` can lead from the last state of `trace`; None iff some way along the whole
    of it has an interior state outside `through` (in which `start` and `goal` are those of `target`)."""
    view = View(model, trace, target, through)
    way = view.start
    for instance in path:
        way = view.after(way, instance)
    fits = all(inside for _, inside in way)
    return [dict(zip(view.names, key, strict=True)) for key in dict.fromkeys(k for k, _ in way)] if fits else None


Key = tuple[Value, ...]
Way = tuple[tuple[Key, bool], ...]
"""The states to which a path leads, each with whether the interior states on the way there satisfied `through`."""


class View:
    """The last state of one trace, and what paths do from there."""

    def __init__(self, model: Model, trace: Trace, target: Instance, through: Term) -> None:
        self.setting = Setting(model, trace.parameters, trace.interpretation)
        self.ends = {"start": target.start, "goal": target.goal}
        self.through = through
        self.names = tuple(model.variable)
        self.start: Way = ((tuple(trace.states[-1][n] for n in self.names), True),)

    def after(self, way: Way, instance: Instance) -> Way:
        """Return where one more instance leads; the states of any `way` but `start` are then interior ones."""
        control = self.setting.model.control
        assert control is not None
        found: dict[tuple[Key, bool], None] = {}
        for key, fits in way:
            state = dict(zip(self.names, key, strict=True))
            inside = fits and (way is self.start or holds(self.through, self.setting, (state,), self.ends))
            for after in _fired(self.setting, instance, state, control.name):
                found[tuple(after[n] for n in self.names), inside] = None
        return tuple(found)

    def seen(self, way: Way, observing: Iterable[str]) -> set[Key]:
        """Return the outcomes of a way, as far as they are observed."""
        places = [self.names.index(n) for n in observing]
        return {tuple(key[p] for p in places) for key, _ in way}


def indistinct_path(gap: NoPath, composition: Composition, visit: Callable[[], object]) -> int | None:
    """Return the length of an allowed path that no trace tells apart from the instance; None iff there is none.

    All paths are followed at once, step by step; `visit` is called for each step, and may raise to give up.
    Raises Refused unless there are traces, all are runs, and the instance fires in the last state of each.
    """
    if not all(is_run(composition.model, t) for t in gap.traces):
        raise Refused("a trace is not a run")
    c = composition
    views = [View(c.model, t, gap.instance, c.through) for t in gap.traces]
    direct = [v.after(v.start, gap.instance) for v in views]
    if not direct or not all(direct):
        raise Refused(f"no trace, or one at the end of which {gap.instance} does not fire")
    layer: set[Front] = {(gap.instance.start, tuple(v.start for v in views))}
    for length in range(1, c.high + 1):
        layer = set(_next_layer(layer, views, c.steps, visit))
        for value, ways in layer if length >= c.low else ():
            same = all(_is_alike(v, w, d, c.observing) for v, w, d in zip(views, ways, direct, strict=True))
            if same and value == gap.instance.goal:
                return length
    return None


Front = tuple[Value, tuple[Way, ...]]
"""Where paths of one length are: the control value, and for each trace the states to which they lead."""


def _next_layer(
    layer: Iterable[Front], views: list[View], steps: Iterable[Instance], visit: Callable[[], object]
) -> Iterator[Front]:
    for value, ways in layer:
        for instance in steps:
            if instance.start == value:
                visit()
                after = tuple(v.after(w, instance) for v, w in zip(views, ways, strict=True))
                # Where no way is left on which all interior states fit, every longer path is told apart.
                if all(any(fits for _, fits in w) for w in after):
                    yield instance.goal, after


def _is_alike(view: View, way: Way, direct: Way, observing: tuple[str, ...]) -> bool:
    return all(fits for _, fits in way) and view.seen(way, observing) == view.seen(direct, observing)


@dataclass(frozen=True)
class Composition:
    """What the paths of a claim may be made of, and what of them is compared."""

    model: Model
    steps: Collection[Instance]
    low: int
    high: int
    through: Term
    observing: tuple[str, ...]

    def allows(self, instance: Instance, path: tuple[Instance, ...]) -> bool:
        """Return True iff the path is made of these steps, of a length allowed, and leads from start to goal."""
        joints = ((instance.start, *(i.goal for i in path)), (*(i.start for i in path), instance.goal))
        return self.low <= len(path) <= self.high and joints[0] == joints[1] and all(i in self.steps for i in path)


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
