"""Traces in the Informal Trace Format of Apalache's ADR-015, which other tools show and replay.

Enum values, opaque individuals and the bits of a flags value are strings (`1_OF_Image`, as Apalache writes
the members of an uninterpreted type); a flags value is the set of its bits; numbers are bigints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.evidence.evidence import State, Trace
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import (
    Atom,
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    values,
)  # fmt: skip

FORMAT = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def itf(model: Model, trace: Trace, loop: int | None = None, description: str = "") -> dict[str, Any]:
    """Return the trace as ITF data. Parameters are `params` and keep their value in each state; each state's
    `#meta` names the rule that led to it, with its arguments; `loop` is the state from which the run repeats."""
    parameters = {
        p.name: _value(trace.parameters[p.name], p.sort) for p in model.parameters if p.name in trace.parameters
    }
    labels: list[dict[str, Any]] = [{"index": 0}]
    labels += [{"index": i, **_label(model, s.rule, s.arguments)} for i, s in enumerate(trace.steps, 1)]
    source = {"source": model.source.path, "description": description}
    result: dict[str, Any] = {
        "#meta": {"format": "ITF", "format-description": FORMAT, **source},
        "params": list(parameters),
        "vars": [v.name for v in model.variables],
        "states": [
            {"#meta": m, **parameters, **_state(model, s)} for m, s in zip(labels, trace.states, strict=True)
        ],
    }  # fmt: skip
    return result if loop is None else {**result, "loop": loop}


def _label(model: Model, rule: str, arguments: Mapping[str, Value]) -> dict[str, Any]:
    shown = {p.name: show_value(arguments[p.name], p.sort) for p in model.rule[rule].parameters}
    return {"rule": rule, "arguments": shown}


def _state(model: Model, state: State) -> dict[str, Any]:
    return {v.name: _value(state[v.name], v.sort) for v in model.variables}


def _value(value: Any, sort: Sort) -> Any:
    """Return the value in ITF's expression form."""
    match sort:
        case BoolSort():
            return bool(value)
        case EnumSort():
            return str(value)
        case OpaqueSort(name):
            assert isinstance(value, Atom)
            return f"{value.number}_OF_{name}"
        case FlagsSort(bits=bits):
            return {"#set": [b for i, b in enumerate(bits) if value >> i & 1]}
        case MapSort(key, result):
            pairs = zip(values(key), value, strict=True)
            return {"#map": [[_value(k, key), _value(v, result)] for k, v in pairs]}
        case SetSort(element):
            return {"#set": [_value(v, element) for v in values(element) if v in value]}
        case IntSort() | BitsSort() | IndexSort():
            return {"#bigint": str(value)}
