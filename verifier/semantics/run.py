"""Initial states, successors, runs: by enumeration, over finite data or in a finite interpretation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from verifier.evidence.evidence import Step, Trace
from verifier.evidence.interpretation import State
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Atom, Sort, Value, contains
from verifier.model.terms import Term, shift, variables
from verifier.semantics.evaluate import RangeError, Setting, evaluate, holds
from verifier.semantics.relation import definition

Arguments = Mapping[str, Value]


def valuations(model: Model) -> Iterator[Mapping[str, Value]]:
    """Yield every assignment of the parameters that the assumptions allow. All their sorts must be finite."""
    setting = Setting(model)
    names = [p.name for p in model.parameters]
    for combination in itertools.product(*(tuple(setting.values(p.sort)) for p in model.parameters)):
        parameters = dict(zip(names, combination, strict=True))
        if all(holds(a, Setting(model, parameters)) for a in model.assumptions):
            yield parameters


def initial_states(setting: Setting) -> Iterator[State]:
    """Yield every initial state."""
    model = setting.model
    constraints = tuple(shift(c, 0, 1) for c in model.init)
    for state in _solutions(setting, {}, {}, constraints, [v.name for v in model.variables]):
        yield {v.name: state[v.name] for v in model.variables}


def arguments(setting: Setting, rule: Rule) -> Iterator[Arguments]:
    """Yield every combination of arguments of the rule."""
    domains = (tuple(setting.values(p.sort)) for p in rule.parameters)
    for combination in itertools.product(*domains):
        yield {p.name: v for p, v in zip(rule.parameters, combination, strict=True)}


def fire(setting: Setting, rule: Rule, args: Arguments, state: State) -> Iterator[State]:
    """Yield every state to which the rule instance leads from `state`: none iff it cannot fire there.

    Raises RangeError where the guard has no value, for an int leaves its range; or where the guard holds, and for
    some state after it no constraint is false but one has no value. So the order of the constraints does not matter,
    and where the claim InRange holds (`claims.cases`) nothing is raised.
    """
    if holds(rule.guard, setting, (state,), args):
        kept = {v.name: state[v.name] for v in setting.model.variables if v.name not in rule.changes}
        for after in _solutions(setting, state, kept, rule.constraints, list(rule.changes), args):
            yield {v.name: after[v.name] for v in setting.model.variables}


def successors(setting: Setting, state: State) -> Iterator[Step]:
    """Yield every transition from `state`."""
    for rule in setting.model.rules:
        for args in arguments(setting, rule):
            for after in fire(setting, rule, args, state):
                yield Step(rule.name, args, after)


def _solutions(
    setting: Setting,
    before: State,
    after: dict[str, Value],
    constraints: tuple[Term, ...],
    open_: list[str],
    args: Arguments | None = None,
    undefined: RangeError | None = None,
) -> Iterator[State]:
    """Yield each completion of `after` by values for the variables `open_` that satisfies the constraints.

    A constraint `x' == e` gives x its value as soon as e has one; otherwise the first open variable is tried
    with every value of its sort. Each constraint is evaluated when all it mentions has a value. `undefined`: one of
    those evaluated before has none; it is raised as soon as no other constraint can be false any more.
    """
    progress = True
    while progress and constraints:
        waiting: list[Term] = []
        for constraint in constraints:
            if not _is_ready(constraint, after):
                waiting.append(constraint)
                continue
            try:
                found = _extended(setting, before, after, constraint, args)
            except RangeError as error:
                undefined = undefined or error
                continue
            if found is None:
                return
            after = found
        progress = len(waiting) < len(constraints)
        constraints = tuple(waiting)
    if undefined is not None and not constraints:
        raise undefined
    missing_names = [n for n in open_ if n not in after]
    if not missing_names:
        yield after
        return
    name = missing_names[0]
    for value in setting.values(setting.model.variable[name].sort):
        tried = {**after, name: value}
        yield from _solutions(setting, before, tried, constraints, missing_names[1:], args, undefined)


def _is_ready(constraint: Term, after: Mapping[str, Value]) -> bool:
    """Return True iff all that the constraint mentions has a value, but for a variable that it defines."""
    missing = variables(constraint, 1) - after.keys()
    return not missing or ((sides := definition(constraint)) is not None and missing == {sides[0]})


def _extended(
    setting: Setting, before: State, after: dict[str, Value], constraint: Term, args: Arguments | None
) -> dict[str, Value] | None:
    """Return `after` with the variable that the constraint, which is ready, defines; None iff it is false.
    Raises RangeError."""
    sides = definition(constraint)
    if sides is None or sides[0] in after:
        return after if holds(constraint, setting, (before, after), args) else None
    value = evaluate(sides[1], setting, (before, after), args)
    return {**after, sides[0]: value} if contains(setting.model.variable[sides[0]].sort, value) else None


def is_state(setting: Setting, state: State) -> bool:
    """Return True iff `state` gives every variable, and nothing else, a value of its sort."""
    model = setting.model
    return state.keys() == model.variable.keys() and all(
        _is_value(setting, v.sort, state[v.name]) for v in model.variables
    )


def _in_interpretation(setting: Setting, value: Value) -> bool:
    if isinstance(value, Atom):
        return value.number < setting.interpretation.sizes.get(value.sort, 1)
    return all(_in_interpretation(setting, v) for v in value) if isinstance(value, (tuple, frozenset)) else True


def is_initial(setting: Setting, state: State) -> bool:
    """Return True iff the parameters satisfy the assumptions and `state` is an initial state."""
    return is_state(setting, state) and all(
        holds(c, setting, (state,)) for c in (*setting.model.assumptions, *setting.model.init)
    )


def is_step(setting: Setting, state: State, step: Step) -> bool:
    """Return True iff `step` is a transition from `state`: the guard, every constraint and the frame condition hold.

    Raises RangeError where the guard has no value, or where nothing is false but a constraint has no value.
    """
    rule = setting.model.rule.get(step.rule)
    if rule is None or not is_state(setting, step.state) or not _are_arguments(setting, rule, step.arguments):
        return False
    kept = all(step.state[v.name] == state[v.name] for v in setting.model.variables if v.name not in rule.changes)
    try:
        fires = holds(rule.guard, setting, (state,), step.arguments) and any(
            True for _ in _solutions(setting, state, dict(step.state), rule.constraints, [], step.arguments)
        )
    except RangeError:
        if kept:
            raise
        return False
    return fires and kept


def _are_arguments(setting: Setting, rule: Rule, args: Arguments) -> bool:
    names = {p.name for p in rule.parameters}
    return args.keys() == names and all(_is_value(setting, p.sort, args[p.name]) for p in rule.parameters)


def _is_value(setting: Setting, sort: Sort, value: Value) -> bool:
    return contains(sort, value) and _in_interpretation(setting, value)


def is_interpretation(setting: Setting) -> bool:
    """Return True iff every opaque sort has an element, and every function's values are of its result's sort."""
    given = setting.interpretation
    tables = ((f, given.functions[f.name]) for f in setting.model.functions if f.name in given.functions)
    results = ((f.result, v) for f, (entries, default) in tables for v in (*entries.values(), default))
    return all(n >= 1 for n in given.sizes.values()) and all(_is_value(setting, s, v) for s, v in results)


def is_run(model: Model, trace: Trace) -> bool:
    """Return True iff the trace is a run of the model, by the book: parameters, meanings, initial state, every step."""
    setting = Setting(model, trace.parameters, trace.interpretation)
    if trace.parameters.keys() != {p.name for p in model.parameters}:
        return False
    if not all(_is_value(setting, p.sort, trace.parameters[p.name]) for p in model.parameters):
        return False
    if not is_interpretation(setting):
        return False
    states = trace.states
    return is_initial(setting, trace.initial) and all(
        is_step(setting, before, step) for before, step in zip(states, trace.steps, strict=False)
    )
