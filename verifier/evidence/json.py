"""Evidence as JSON: every term in the spec's own syntax, every value as the spec would write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from verifier.evidence.evidence import (
    ArcSet,
    BasisTable,
    Bound,
    CellDifference,
    Census,
    Closure,
    Evidence,
    Fork,
    Instance,
    Interpretation,
    Invariant,
    KInduction,
    KLive,
    Labelling,
    Labels,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    PathTable,
    Plan,
    PlanRow,
    Ranking,
    RankRow,
    Rounds,
    RouteTable,
    SourceMatch,
    State,
    Step,
    Trace,
    Trap,
    Unreachable,
    Witnesses,
)  # fmt: skip
from verifier.model.model import Model
from verifier.model.printer import control_text, show, show_value
from verifier.model.sorts import BoolSort, IntSort, Sort, Value
from verifier.model.terms import Term

Json = dict[str, Any]


def evidence_json(model: Model, evidence: Evidence) -> Json:
    """Return the evidence as JSON data, in full; `kind` says which fields follow (`report/schema/report-1.json`)."""
    return {"kind": evidence.kind, **_FORMS[type(evidence)](model, evidence)}


def value_json(value: Value, sort: Sort) -> Any:
    """Return a truth value or an int as itself, any other value as the text that the spec would use."""
    return value if isinstance(sort, BoolSort | IntSort) else show_value(value, sort)


def parameters_json(model: Model, values: Mapping[str, Value]) -> Json:
    """Return values of the machine's parameters, in the order of their declaration."""
    return {p.name: value_json(values[p.name], p.sort) for p in model.parameters if p.name in values}


def _state(model: Model, state: State) -> Json:
    return {v.name: value_json(state[v.name], v.sort) for v in model.variables if v.name in state}


def _arguments(model: Model, rule: str, arguments: Mapping[str, Value]) -> Json:
    return {p.name: value_json(arguments[p.name], p.sort) for p in model.rule[rule].parameters}


def _step(model: Model, step: Step) -> Json:
    return {
        "rule": step.rule,
        "arguments": _arguments(model, step.rule, step.arguments),
        "state": _state(model, step.state),
    }


def trace_json(model: Model, trace: Trace) -> Json:
    """Return a trace as JSON data, without its kind."""
    return {
        "parameters": parameters_json(model, trace.parameters),
        "initial": _state(model, trace.initial),
        "steps": [_step(model, s) for s in trace.steps],
        "interpretation": _interpretation(model, trace.interpretation),
    }


def _interpretation(model: Model, meaning: Interpretation) -> Json:
    return {
        "sizes": dict(meaning.sizes),
        "functions": {
            f.name: _function(model, f.name, meaning) for f in model.functions if f.name in meaning.functions
        },
    }


def _function(model: Model, name: str, meaning: Interpretation) -> Json:
    function = model.function[name]
    entries, default = meaning.functions[name]
    rows = [
        {
            "arguments": [value_json(a, s) for a, s in zip(key, function.arguments, strict=True)],
            "value": value_json(value, function.result),
        }
        for key, value in entries.items()
    ]
    return {"entries": rows, "default": value_json(default, function.result)}


def _terms(terms: Iterable[Term]) -> list[str]:
    return [show(t) for t in terms]


def _instance(model: Model, instance: Instance) -> Json:
    return {
        "rule": instance.rule,
        "arguments": _arguments(model, instance.rule, dict(instance.arguments)),
        **_ends(model, instance.start, instance.goal),
    }


def _ends(model: Model, start: Value, goal: Value) -> Json:
    return {"start": control_text(model, start), "goal": control_text(model, goal)}


def _row(model: Model, row: PathRow) -> Json:
    return {"instance": _instance(model, row.instance), "path": [_instance(model, i) for i in row.path]}


def _rows(model: Model, rows: Iterable[PathRow]) -> list[Json]:
    return [_row(model, r) for r in rows]


def _no_path(model: Model, evidence: NoPath) -> Json:
    return {
        "instance": _instance(model, evidence.instance),
        "traces": [trace_json(model, t) for t in evidence.traces],
        "nearest": [_instance(model, i) for i in evidence.nearest],
    }


def _path_gaps(model: Model, evidence: PathGaps) -> Json:
    missing = [_no_path(model, n) for n in evidence.missing]
    return {"missing": missing, "rows": _rows(model, evidence.rows), "conjuncts": _terms(evidence.conjuncts)}


def _fork(model: Model, evidence: Fork) -> Json:
    left, right = (_step(model, s) for s in (evidence.left, evidence.right))
    return {"trace": trace_json(model, evidence.trace), "left": left, "right": right}


def _closure(model: Model, evidence: Closure) -> Json:
    members = ({"parameters": parameters_json(model, p), "state": _state(model, s)} for p, s in evidence.members)
    return {"members": list(members)}


def _census(model: Model, evidence: Census) -> Json:
    counts = ({"parameters": parameters_json(model, p), "states": states} for p, states in evidence.counts)
    return {"counts": list(counts)}


def _labelling(model: Model, evidence: Labelling) -> Json:
    def counts(part: Iterable[Labels]) -> list[Json]:
        return [
            {"parameters": parameters_json(model, x.parameters), "states": x.states, "holding": list(x.holding)}
            for x in part
        ]

    return {"parts": [counts(part) for part in evidence.parts]}


def _witnesses(model: Model, evidence: Witnesses) -> Json:
    loops = {"loops": list(evidence.loops)} if evidence.loops else {}
    return {"traces": [trace_json(model, t) for t in evidence.traces], **loops}


def _unreachable(model: Model, evidence: Unreachable) -> Json:
    return {"parameters": parameters_json(model, evidence.parameters), "conjuncts": _terms(evidence.conjuncts)}


def _basis(model: Model, evidence: BasisTable) -> Json:
    return {
        "generators": [_instance(model, i) for i in evidence.generators],
        "rows": _rows(model, evidence.rows),
        "needed": [_no_path(model, n) for n in evidence.needed],
        "conjuncts": _terms(evidence.conjuncts),
    }


def _no_basis(model: Model, evidence: NoBasis) -> Json:
    return {
        "missing": None if evidence.missing is None else _no_path(model, evidence.missing),
        "redundant": None if evidence.redundant is None else _row(model, evidence.redundant),
        "conjuncts": _terms(evidence.conjuncts),
    }


def _graph(model: Model, graph: ArcSet) -> Json:
    arcs = [_ends(model, start, goal) for start, goal in graph.arcs]
    return {"parameters": parameters_json(model, dict(graph.parameters)), "arcs": arcs}


def _plan_row(model: Model, row: PlanRow) -> Json:
    arguments = _arguments(model, row.rule, dict(row.arguments))
    return {"condition": show(row.condition), "rule": row.rule, "arguments": arguments}


def _rank_row(row: RankRow) -> Json:
    return {"region": show(row.region), "helpful": row.helpful}


def _difference(model: Model, difference: CellDifference) -> Json:
    arguments = [a if isinstance(a, bool | int | str) else str(a) for a in difference.arguments]
    return {"arguments": arguments, "spec": difference.spec, "c": difference.c, "place": difference.place}


def _rounds(model: Model, rounds: Rounds) -> Json:
    census = {} if rounds.census is None else _census(model, rounds.census)
    return {"k": rounds.k, "conjuncts": _terms(rounds.conjuncts), **census}


def _source(model: Model, evidence: SourceMatch) -> Json:
    differences = [_difference(model, d) for d in evidence.differences]
    return {"file": evidence.file, "sha256": evidence.sha256, "cells": evidence.cells, "differences": differences}


_FORMS: Mapping[type, Callable[[Model, Any], Json]] = {
    Trace: trace_json,
    Fork: _fork,
    Lasso: lambda m, e: {"trace": trace_json(m, e.trace), "loop": e.loop},
    Invariant: lambda m, e: {"conjuncts": _terms(e.conjuncts)},
    Witnesses: _witnesses,
    Unreachable: _unreachable,
    KInduction: lambda m, e: {"k": e.k, "conjuncts": _terms(e.conjuncts), "simple": e.simple},
    Closure: _closure,
    Census: _census,
    Labelling: _labelling,
    Bound: lambda m, e: {"depth": e.depth},
    PathTable: lambda m, e: {"rows": _rows(m, e.rows), "conjuncts": _terms(e.conjuncts)},
    PathGaps: _path_gaps,
    BasisTable: _basis,
    NoBasis: _no_basis,
    RouteTable: lambda m, e: {"graphs": [_graph(m, g) for g in e.graphs], "conjuncts": _terms(e.conjuncts)},
    Plan: lambda m, e: {"rows": [_plan_row(m, r) for r in e.rows], "conjuncts": _terms(e.conjuncts)},
    Trap: lambda m, e: {"trace": trace_json(m, e.trace), "conjuncts": _terms(e.conjuncts)},
    Ranking: lambda m, e: {"rows": [_rank_row(r) for r in e.rows], "conjuncts": _terms(e.conjuncts)},
    KLive: lambda m, e: {"parts": [_rounds(m, p) for p in e.parts]},
    SourceMatch: _source,
}
