"""States, arguments and their changes, in the words of the spec."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from verifier.evidence.evidence import Instance, State
from verifier.model.claims import Matches, Property
from verifier.model.model import Model
from verifier.model.printer import control_text, show_value
from verifier.model.sorts import Atom, MapSort, Sort, Value, values

WIDTH = 100

FEW_KEYS = 8
"""The most keys for which a map is written key by key."""


def bindings(model: Model, parameters: Mapping[str, Value]) -> str:
    """Return values of the machine's parameters, such as `p2p = true, pre_copy = false`."""
    shown = (f"{p.name} = {show_value(parameters[p.name], p.sort)}" for p in model.parameters if p.name in parameters)
    return ", ".join(shown)


def state_text(model: Model, state: State, only: Iterable[str] | None = None) -> str:
    """Return the values of the variables (of those in `only`, if given)."""
    names = {v.name for v in model.variables} if only is None else set(only)
    shown = (_bound(v.name, v.sort, state[v.name]) for v in model.variables if v.name in names)
    return ", ".join(binding for bound in shown for binding in bound)


def _bound(name: str, sort: Sort, value: Any) -> Iterator[str]:
    """Yield `name = value`; of a map with few keys, one binding for each key."""
    if isinstance(sort, MapSort) and len(value) <= FEW_KEYS:
        for key, result in zip(values(sort.key), value, strict=True):
            yield from _bound(f"{name}[{show_value(key, sort.key)}]", sort.value, result)
    else:
        yield f"{name} = {show_value(value, sort)}"


def call_text(model: Model, rule: str, arguments: Mapping[str, Value]) -> str:
    """Return a rule with its arguments, such as `set_state(new = STOP)`."""
    shown = arguments_text(model, rule, arguments)
    return f"{rule}({shown})" if shown else rule


def arguments_text(model: Model, rule: str, arguments: Mapping[str, Value]) -> str:
    """Return the arguments of a rule, such as `new = STOP`; "" iff it has none."""
    parameters = model.rule[rule].parameters
    return ", ".join(f"{p.name} = {show_value(arguments[p.name], p.sort)}" for p in parameters)


def changes(model: Model, before: State, after: State) -> Iterator[str]:
    """Yield one line for each variable that changed (of a map: for each key), such as `dma: true -> false`."""
    for variable in model.variables:
        old, new = before[variable.name], after[variable.name]
        if old != new:
            yield from _change(variable.name, variable.sort, old, new)


def _change(name: str, sort: Sort, old: Any, new: Any) -> Iterator[str]:
    if isinstance(sort, MapSort):
        for key, left, right in zip(values(sort.key), old, new, strict=True):
            if left != right:
                yield from _change(f"{name}[{show_value(key, sort.key)}]", sort.value, left, right)
    else:
        yield f"{name}: {show_value(old, sort)} -> {show_value(new, sort)}"


def arc_text(model: Model, start: Value, goal: Value) -> str:
    """Return an arc of the control graph, such as `RUNNING -> STOP`."""
    return f"{control_text(model, start)} -> {control_text(model, goal)}"


def instance_text(model: Model, instance: Instance) -> str:
    """Return a rule instance with its control values, such as `set_state(new = STOP): RUNNING -> STOP`."""
    call = call_text(model, instance.rule, dict(instance.arguments))
    return f"{call}: {arc_text(model, instance.start, instance.goal)}"


def replay_command(model: Model, prop: Property, parameters: Mapping[str, Value]) -> str:
    """Return the command that checks the property again, for these values of the parameters where they have a text."""
    words = ["arcproof", "check", model.source.path, "--property", prop.name]
    if isinstance(prop.claim, Matches):
        words += ["--source-tree", "DIR"]
    for parameter in model.parameters:
        value = parameters.get(parameter.name)
        if value is not None and not isinstance(value, Atom):
            words += ["--param", f"{parameter.name}={show_value(value, parameter.sort)}"]
    return shlex.join(words)


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Return the text in lines of at most 100 characters; words are never broken."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
