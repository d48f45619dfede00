"""What each kind of evidence looks like to a person: a size in a few words, and the whole of it in lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from verifier.evidence.evidence import (
    BasisTable,
    Bound,
    CellDifference,
    Census,
    Closure,
    Evidence,
    Fork,
    Invariant,
    KInduction,
    KLive,
    Labelling,
    Lasso,
    NoBasis,
    PathGaps,
    PathTable,
    Plan,
    Ranking,
    RouteTable,
    SourceMatch,
    Trace,
    Trap,
    Unreachable,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Matches, Property
from verifier.model.model import Model
from verifier.model.printer import show, show_value
from verifier.model.sorts import Sort
from verifier.model.terms import Term
from verifier.report.labels import labelling_lines
from verifier.report.paths import gap_lines, no_path_lines, path_table_lines
from verifier.report.rounds import watched_lines
from verifier.report.routes import route_lines
from verifier.report.trace import counted, labelled, length_text, step_changes, trace_lines
from verifier.report.values import bindings, call_text, instance_text, state_text, wrapped

LISTED = 12
"""The most reachable states that are listed."""

LONGEST = 400
"""The most characters of a condition that are shown: what an engine says of a set of states can take thousands."""


def size_text(evidence: Evidence) -> str:
    """Return the kind of the evidence and its size, such as `invariant, 3 conjuncts`."""
    return f"{evidence.kind}, {_SIZES[type(evidence)](evidence)}"


def exhibit(model: Model, prop: Property, evidence: Evidence) -> list[str]:
    """Return the evidence, as lines of text. Where a condition is too long to be read it says where all of it is."""
    return _LINES[type(evidence)](model, prop, evidence)


def _cut(condition: str) -> str:
    more = len(condition) - LONGEST
    return f"{condition[:LONGEST]} ... ({more:,} more characters; the JSON report has all)" if more > 0 else condition


def _conjuncts(evidence: Any) -> str:
    return counted(len(evidence.conjuncts), "conjunct") if evidence.conjuncts else "true"


def _no_basis_size(evidence: NoBasis) -> str:
    return "an instance is not composed" if evidence.missing else "a generator is redundant"


def _route_size(evidence: RouteTable) -> str:
    valuations = counted(len(evidence.graphs), "graph")
    return f"{valuations}, {counted(sum(len(g.arcs) for g in evidence.graphs), 'arc')}"


def _klive_size(evidence: KLive) -> str:
    rounds = counted(max((p.k for p in evidence.parts), default=0), "round")
    states = sum(p.census.states for p in evidence.parts if p.census is not None)
    by = counted(sum(len(p.conjuncts) for p in evidence.parts), "conjunct") if not states else f"{states:,} states"
    return f"at most {rounds}, {by}"


def _labelling_size(evidence: Labelling) -> str:
    labels = sum(len(part[0].holding) for part in evidence.parts if part)
    return f"{evidence.states:,} state{'s' * (evidence.states != 1)}, {counted(labels, 'label')}"


def _source_size(evidence: SourceMatch) -> str:
    return f"{counted(evidence.cells, 'cell')}, {counted(len(evidence.differences), 'difference')}"


_SIZES: Mapping[type, Callable[[Any], str]] = {
    Trace: length_text,
    Fork: lambda e: f"after {length_text(e.trace)}",
    Lasso: lambda e: f"{length_text(e.trace)}, loop of {len(e.trace.steps) - e.loop}",
    Witnesses: lambda e: counted(len(e.traces), "trace"),
    Unreachable: _conjuncts,
    Invariant: _conjuncts,
    KInduction: lambda e: f"k = {e.k}, {_conjuncts(e)}",
    Closure: lambda e: counted(len(e.members), "state"),
    Census: lambda e: f"{e.states:,} state{'s' * (e.states != 1)}",
    Labelling: _labelling_size,
    Bound: lambda e: counted(e.depth, "step"),
    PathTable: lambda e: counted(len(e.rows), "row"),
    PathGaps: lambda e: f"{len(e.missing)} of {counted(len(e.missing) + len(e.rows), 'instance')}",
    BasisTable: lambda e: f"{counted(len(e.generators), 'generator')}, {counted(len(e.rows), 'row')}",
    NoBasis: _no_basis_size,
    RouteTable: _route_size,
    Plan: lambda e: counted(len(e.rows), "row"),
    Trap: lambda e: f"after {length_text(e.trace)}",
    Ranking: lambda e: counted(len(e.rows), "region"),
    KLive: _klive_size,
    SourceMatch: _source_size,
}


def _invariant_lines(conjuncts: Iterable[Term]) -> list[str]:
    texts = [_cut(show(c)) for c in conjuncts] or ["true"]
    marks = ["      ", *["  and "] * (len(texts) - 1)]
    lines = (line for t, mark in zip(texts, marks, strict=True) for line in wrapped(t, "      ", mark))
    return ["inductive invariant:", *lines]


def _over(conjuncts: tuple[Term, ...]) -> list[str]:
    """The invariant under which a table was checked; nothing where it is `true`."""
    return _invariant_lines(conjuncts) if conjuncts else []


def _witness_lines(model: Model, prop: Property, evidence: Witnesses) -> list[str]:
    return [line for trace, loop in evidence.runs for line in trace_lines(model, trace, loop)]


def _fork_lines(model: Model, prop: Property, evidence: Fork) -> list[str]:
    last = evidence.trace.states[-1]
    lines = trace_lines(model, evidence.trace)
    for word, step in (("either", evidence.left), ("or", evidence.right)):
        lines += [f"{word:>6}  {labelled(model, step)}", *step_changes(model, last, step)]
    return lines


def _unreachable_lines(model: Model, prop: Property, evidence: Unreachable) -> list[str]:
    parameters = bindings(model, evidence.parameters)
    return [*([f"with {parameters}"] if parameters else []), *_invariant_lines(evidence.conjuncts)]


def _kinduction_lines(model: Model, prop: Property, evidence: KInduction) -> list[str]:
    return [
        f"no violation within {counted(evidence.k, 'step')}, and none after as many good ones"
        + (" through different states" if evidence.simple else ""),
        *_over(evidence.conjuncts),
    ]


def _closure_lines(model: Model, prop: Property, evidence: Closure) -> list[str]:
    shown = evidence.members[:LISTED]
    members = (", ".join(filter(None, (bindings(model, p), state_text(model, s)))) for p, s in shown)
    left_out = len(evidence.members) - len(shown)
    return [
        f"all {counted(len(evidence.members), 'reachable state')}:",
        *(line for m in members for line in wrapped(m, "    ", "  ")),
        *([f"  and {left_out} more, which the JSON report has"] if left_out else []),
    ]


def _census_lines(model: Model, prop: Property, evidence: Census) -> list[str]:
    shown = evidence.counts[:LISTED]
    left_out = len(evidence.counts) - len(shown)
    given = ((bindings(model, parameters), states) for parameters, states in shown)
    return [
        f"all reachable states, {evidence.states:,} of them",
        *(f"  with {parameters}: {states:,}" for parameters, states in given if parameters),
        *([f"  and {left_out} more values of the parameters, which the JSON report has"] if left_out else []),
    ]


def _path_table_lines(model: Model, prop: Property, evidence: PathTable) -> list[str]:
    return [*path_table_lines(model, evidence.rows), *_over(evidence.conjuncts)]


def _path_gap_lines(model: Model, prop: Property, evidence: PathGaps) -> list[str]:
    lines = gap_lines(model, prop.claim, evidence.missing)
    if evidence.rows:
        lines += ["every other instance has a path:", *path_table_lines(model, evidence.rows)]
    return [*lines, *_over(evidence.conjuncts)]


def _basis_lines(model: Model, prop: Property, evidence: BasisTable) -> list[str]:
    generators = (f"  {instance_text(model, g)}" for g in evidence.generators)
    return [
        "generators:", *generators,
        "what they compose:", *path_table_lines(model, evidence.rows), *_over(evidence.conjuncts),
    ]  # fmt: skip


def _no_basis_lines(model: Model, prop: Property, evidence: NoBasis) -> list[str]:
    if evidence.missing:
        return no_path_lines(model, prop.claim, evidence.missing)
    assert evidence.redundant is not None
    redundant = path_table_lines(model, [evidence.redundant])
    return ["this generator is composed of the others:", *redundant, *_over(evidence.conjuncts)]


def _plan_lines(model: Model, prop: Property, evidence: Plan) -> list[str]:
    rows = (f"  where {_cut(show(r.condition))}: {call_text(model, r.rule, dict(r.arguments))}" for r in evidence.rows)
    return ["towards the goal, each row leading there or to an earlier one:", *rows, *_over(evidence.conjuncts)]


def _trap_lines(model: Model, prop: Property, evidence: Trap) -> list[str]:
    closed = _invariant_lines(evidence.conjuncts)
    return [*trace_lines(model, evidence.trace), "and these states are never left:", *closed[1:]]


def _ranking_lines(model: Model, prop: Property, evidence: Ranking) -> list[str]:
    helps = (f"until {r.helpful} fires" if r.helpful else "each step" for r in evidence.rows)
    rows = (f"  where {_cut(show(r.region))}: {how}" for r, how in zip(evidence.rows, helps, strict=True))
    return ["towards the response, each region leading there or to an earlier one:", *rows, *_over(evidence.conjuncts)]


def _klive_lines(model: Model, prop: Property, evidence: KLive) -> list[str]:
    found: list[str] = []
    for number, part in enumerate(evidence.parts):
        bound = f"no run in violation has more than {counted(part.k, 'round')}"
        if part.census is None:
            lines = _invariant_lines(part.conjuncts)
            found += [f"{bound}, by this {lines[0]}", *lines[1:]]
        else:
            found += [f"{bound}, in any of the watched machine's {part.census.states:,} states"]
        found += [f"  {line}" for line in watched_lines(model, prop.claim, number, part.k)]
    return found


def _source_lines(model: Model, prop: Property, evidence: SourceMatch) -> list[str]:
    assert isinstance(prop.claim, Matches)
    sorts = model.table[prop.claim.table].arguments
    header = f"{evidence.file}, SHA-256 {evidence.sha256}: {counted(evidence.cells, 'cell')}"
    return [header, *(_difference_line(d, sorts) for d in evidence.differences)]


def _difference_line(difference: CellDifference, sorts: tuple[Sort, ...]) -> str:
    cell = ", ".join(show_value(a, s) for a, s in zip(difference.arguments, sorts, strict=True))
    return f"  [{cell}]: {difference.spec} in the spec, {difference.c} in the source ({difference.place})"


_LINES: Mapping[type, Callable[[Model, Property, Any], list[str]]] = {
    Trace: lambda m, p, e: trace_lines(m, e, claim=p.claim),
    Fork: _fork_lines,
    Lasso: lambda m, p, e: trace_lines(m, e.trace, e.loop),
    Witnesses: _witness_lines,
    Unreachable: _unreachable_lines,
    Invariant: lambda m, p, e: _invariant_lines(e.conjuncts),
    KInduction: _kinduction_lines,
    Closure: _closure_lines,
    Census: _census_lines,
    Labelling: labelling_lines,
    Bound: lambda m, p, e: [f"no counterexample within {counted(e.depth, 'step')}; longer runs were not excluded"],
    PathTable: _path_table_lines,
    PathGaps: _path_gap_lines,
    BasisTable: _basis_lines,
    NoBasis: _no_basis_lines,
    RouteTable: lambda m, p, e: [*route_lines(m, p.claim, e), *_over(e.conjuncts)],
    Plan: _plan_lines,
    Trap: _trap_lines,
    Ranking: _ranking_lines,
    KLive: _klive_lines,
    SourceMatch: _source_lines,
}
