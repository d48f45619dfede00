"""Evidence read back from the JSON that `verifier.evidence.json` writes.

What is read need not be true, nor even a run of the model: the checker decides that. But every name in it is
one of the model, every value one of its sort in the form in which it is written, every term a term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
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
from verifier.evidence.json import value_json
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BOOL, BoolSort, IntSort, Sort, Value, contains
from verifier.model.terms import Term

Json = Mapping[str, Any]


class NotEvidence(ValueError):
    """The data is no evidence about the model. The message says what of it is not."""


@dataclass(frozen=True)
class Reader:
    """Reads evidence about a model.

    `read_term` and `read_value` read what `verifier.model.printer` shows, of the sort given; they raise ValueError,
    which says what is wrong. `watching` gives, for a part of a claim about maximal runs and a number of rounds, what
    reads terms about the watched machine; None: there is no such part.
    """

    model: Model
    read_term: Callable[[str, Sort], Term]
    read_value: Callable[[str, Sort], Value]
    watching: Callable[[int, int], Callable[[str, Sort], Term] | None] | None = None

    def evidence(self, data: Json) -> Evidence:
        """Return the evidence. `data` satisfies the schema of evidence. Raises NotEvidence."""
        return _FORMS[data["kind"]](self, data)

    def value(self, data: object, sort: Sort) -> Value:
        """Return a value of the sort. Raises NotEvidence."""
        kind = bool if isinstance(sort, BoolSort) else int if isinstance(sort, IntSort) else str
        if type(data) is not kind:
            raise NotEvidence(f"{data!r} is not a value of {sort}")
        value = data if kind is not str else self._read(self.read_value, str(data), sort)
        if not contains(sort, value):
            raise NotEvidence(f"{data!r} is not a value of {sort}")
        if value_json(value, sort) != data:
            raise NotEvidence(f"{data!r} is not the form in which {value_json(value, sort)!r} is written")
        return value

    def terms(self, texts: Iterable[str]) -> tuple[Term, ...]:
        """Return conditions on a state. Raises NotEvidence."""
        return tuple(self.condition(t) for t in texts)

    def condition(self, text: str) -> Term:
        """Return a condition on a state. Raises NotEvidence."""
        found: Term = self._read(self.read_term, text, BOOL)
        return found

    def _read(self, read: Callable[[str, Sort], Any], text: str, sort: Sort) -> Any:
        try:
            return read(text, sort)
        except (ValueError, RecursionError) as error:
            raise NotEvidence(f"{text[:200]!r} cannot be read: {error}") from error

    def _values(self, data: Json, sorts: Mapping[str, Sort]) -> dict[str, Value]:
        if unknown := data.keys() - sorts.keys():
            raise NotEvidence(f"there is no `{min(unknown)}` that could have a value here")
        return {n: self.value(data[n], s) for n, s in sorts.items() if n in data}

    def parameters(self, data: Json) -> dict[str, Value]:
        """Return values of the machine's parameters. Raises NotEvidence."""
        return self._values(data, {p.name: p.sort for p in self.model.parameters})

    def state(self, data: Json) -> State:
        """Return values of variables. Raises NotEvidence."""
        return self._values(data, {v.name: v.sort for v in self.model.variables})

    def rule(self, name: str) -> Rule:
        """Return a rule of the model. Raises NotEvidence."""
        if name not in self.model.rule:
            raise NotEvidence(f"there is no rule `{name}`")
        return self.model.rule[name]

    def arguments(self, rule: str, data: Json) -> dict[str, Value]:
        """Return values of a rule's parameters. Raises NotEvidence."""
        return self._values(data, {p.name: p.sort for p in self.rule(rule).parameters})

    def control(self, data: object) -> Value:
        """Return a value of the control variable. Raises NotEvidence."""
        if self.model.control is None:
            raise NotEvidence("the machine has no control variable")
        return self.value(data, self.model.control.sort)

    def step(self, data: Json) -> Step:
        """Return one transition. Raises NotEvidence."""
        return Step(data["rule"], self.arguments(data["rule"], data["arguments"]), self.state(data["state"]))

    def trace(self, data: Json) -> Trace:
        """Return a run. Raises NotEvidence."""
        steps = tuple(self.step(s) for s in data["steps"])
        meaning = self.interpretation(data["interpretation"])
        return Trace(self.parameters(data["parameters"]), self.state(data["initial"]), steps, meaning)

    def interpretation(self, data: Json) -> Interpretation:
        """Return a meaning for what is opaque. Raises NotEvidence."""
        if strange := data["sizes"].keys() - self.model.sorts.keys():
            raise NotEvidence(f"there is no type `{min(strange)}`")
        functions = {n: self._function(n, f) for n, f in data["functions"].items()}
        return Interpretation(dict(data["sizes"]), functions)

    def _function(self, name: str, data: Json) -> tuple[dict[tuple[Value, ...], Value], Value]:
        function = self.model.function.get(name)
        if function is None or any(len(e["arguments"]) != len(function.arguments) for e in data["entries"]):
            raise NotEvidence(f"there is no function `{name}` of these arguments")

        def key(arguments: Iterable[object]) -> tuple[Value, ...]:
            return tuple(self.value(a, s) for a, s in zip(arguments, function.arguments, strict=True))

        entries = {key(e["arguments"]): self.value(e["value"], function.result) for e in data["entries"]}
        if len(entries) != len(data["entries"]):
            raise NotEvidence(f"function `{name}` has two values for the same arguments")
        return entries, self.value(data["default"], function.result)

    def instance(self, data: Json) -> Instance:
        """Return a rule with its arguments and control values. Raises NotEvidence."""
        arguments = tuple(self.arguments(data["rule"], data["arguments"]).items())
        return Instance(data["rule"], arguments, self.control(data["start"]), self.control(data["goal"]))

    def path(self, data: Iterable[Json]) -> tuple[Instance, ...]:
        """Return instances, one after the other. Raises NotEvidence."""
        return tuple(self.instance(i) for i in data)

    def row(self, data: Json) -> PathRow:
        """Return one row of a path table. Raises NotEvidence."""
        return PathRow(self.instance(data["instance"]), self.path(data["path"]))

    def rows(self, data: Iterable[Json]) -> tuple[PathRow, ...]:
        """Return rows of a path table. Raises NotEvidence."""
        return tuple(self.row(r) for r in data)

    def no_path(self, data: Json) -> NoPath:
        """Return why an instance has no path. Raises NotEvidence."""
        traces = tuple(self.trace(t) for t in data["traces"])
        return NoPath(self.instance(data["instance"]), traces, self.path(data["nearest"]))

    def gaps(self, data: Iterable[Json]) -> tuple[NoPath, ...]:
        """Return why instances have no path. Raises NotEvidence."""
        return tuple(self.no_path(n) for n in data)


def _fork(reader: Reader, data: Json) -> Fork:
    return Fork(reader.trace(data["trace"]), reader.step(data["left"]), reader.step(data["right"]))


def _closure(reader: Reader, data: Json) -> Closure:
    return Closure(tuple((reader.parameters(m["parameters"]), reader.state(m["state"])) for m in data["members"]))


def _census(reader: Reader, data: Json) -> Census:
    return Census(tuple((reader.parameters(c["parameters"]), c["states"]) for c in data["counts"]))


def _labelling(reader: Reader, data: Json) -> Labelling:
    def counts(part: Iterable[Json]) -> tuple[Labels, ...]:
        return tuple(Labels(reader.parameters(x["parameters"]), x["states"], tuple(x["holding"])) for x in part)

    return Labelling(tuple(map(counts, data["parts"])))


def _unreachable(reader: Reader, data: Json) -> Unreachable:
    return Unreachable(reader.parameters(data["parameters"]), reader.terms(data["conjuncts"]))


def _path_gaps(reader: Reader, data: Json) -> PathGaps:
    return PathGaps(reader.gaps(data["missing"]), reader.rows(data["rows"]), reader.terms(data["conjuncts"]))


def _basis(reader: Reader, data: Json) -> BasisTable:
    generators, rows = reader.path(data["generators"]), reader.rows(data["rows"])
    return BasisTable(generators, rows, reader.gaps(data["needed"]), reader.terms(data["conjuncts"]))


def _no_basis(reader: Reader, data: Json) -> NoBasis:
    missing, redundant = data["missing"], data["redundant"]
    return NoBasis(
        missing and reader.no_path(missing), redundant and reader.row(redundant), reader.terms(data["conjuncts"])
    )


def _route_table(reader: Reader, data: Json) -> RouteTable:
    graphs = tuple(_graph(reader, g) for g in data["graphs"])
    return RouteTable(graphs, reader.terms(data["conjuncts"]))


def _graph(reader: Reader, data: Json) -> ArcSet:
    arcs = tuple((reader.control(a["start"]), reader.control(a["goal"])) for a in data["arcs"])
    return ArcSet(tuple(reader.parameters(data["parameters"]).items()), arcs)


def _plan(reader: Reader, data: Json) -> Plan:
    return Plan(tuple(_plan_row(reader, r) for r in data["rows"]), reader.terms(data["conjuncts"]))


def _plan_row(reader: Reader, data: Json) -> PlanRow:
    arguments = tuple(reader.arguments(data["rule"], data["arguments"]).items())
    return PlanRow(reader.condition(data["condition"]), data["rule"], arguments)


def _ranking(reader: Reader, data: Json) -> Ranking:
    rows = tuple(RankRow(reader.condition(r["region"]), r["helpful"]) for r in data["rows"])
    return Ranking(rows, reader.terms(data["conjuncts"]))


def _klive(reader: Reader, data: Json) -> KLive:
    return KLive(tuple(_rounds(reader, number, part) for number, part in enumerate(data["parts"])))


def _rounds(reader: Reader, number: int, data: Json) -> Rounds:
    read = None if reader.watching is None else reader.watching(number, data["k"])
    if read is None:
        raise NotEvidence("the claim has no part of that number, or is none about maximal runs")
    census = _census(reader, data) if "counts" in data else None
    return Rounds(data["k"], replace(reader, read_term=read).terms(data["conjuncts"]), census)


def _source(reader: Reader, data: Json) -> SourceMatch:
    found = tuple(CellDifference(tuple(d["arguments"]), d["spec"], d["c"], d["place"]) for d in data["differences"])
    return SourceMatch(data["file"], data["sha256"], data["cells"], found)


_FORMS: Mapping[str, Callable[[Reader, Json], Evidence]] = {
    Trace.kind: Reader.trace,
    Fork.kind: _fork,
    Lasso.kind: lambda r, d: Lasso(r.trace(d["trace"]), d["loop"]),
    Invariant.kind: lambda r, d: Invariant(r.terms(d["conjuncts"])),
    Witnesses.kind: lambda r, d: Witnesses(tuple(r.trace(t) for t in d["traces"]), tuple(d.get("loops", ()))),
    Unreachable.kind: _unreachable,
    KInduction.kind: lambda r, d: KInduction(d["k"], r.terms(d["conjuncts"]), d.get("simple", False)),
    Closure.kind: _closure,
    Census.kind: _census,
    Labelling.kind: _labelling,
    Bound.kind: lambda r, d: Bound(d["depth"]),
    PathTable.kind: lambda r, d: PathTable(r.rows(d["rows"]), r.terms(d["conjuncts"])),
    PathGaps.kind: _path_gaps,
    BasisTable.kind: _basis,
    NoBasis.kind: _no_basis,
    RouteTable.kind: _route_table,
    Plan.kind: _plan,
    Trap.kind: lambda r, d: Trap(r.trace(d["trace"]), r.terms(d["conjuncts"])),
    Ranking.kind: _ranking,
    KLive.kind: _klive,
    SourceMatch.kind: _source,
}
