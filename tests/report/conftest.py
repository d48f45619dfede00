"""Evidence of every kind, over one sample machine. It need not be true: a report shows what the checker accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from verifier.diagnostics import Source
from verifier.elaborate import elaborate, parse_term
from verifier.evidence.evidence import (
    ArcSet,
    Atom,
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
    Step,
    Trace,
    Trap,
    Unreachable,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Property
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import Var, and_, not_
from verifier.syntax import parse

PARAMETERS = {"fast": True, "width": 2}
START = {
    "state": "RUN", "set_bits": 0, "image": Atom("Image", 0), "owner": (False, True), "seen": frozenset(),
}  # fmt: skip
LOADED = {**START, "state": "LOAD", "image": Atom("Image", 1), "seen": frozenset({"STOP", "RUN"})}
STOPPED = {**LOADED, "state": "STOP", "set_bits": 3}
MEANING = Interpretation(
    {"Image": 2}, {"load": ({(Atom("Image", 0), "RUN"): Atom("Image", 1)}, Atom("Image", 0))}
)  # fmt: skip
TRACE = Trace(PARAMETERS, START, (Step("go", {"new": "LOAD"}, LOADED), Step("fault", {}, STOPPED)), MEANING)
SHORT = Trace(PARAMETERS, START, (), MEANING)


def go(start: str, goal: str) -> Instance:
    """An instance of rule go."""
    return Instance("go", (("new", goal),), start, goal)


DIRECT = PathRow(go("RUN", "STOP"), (go("RUN", "LOAD"), go("LOAD", "STOP")))
NEVER = PathRow(go("STOP", "LOAD"), ())
GAP = NoPath(go("RUN", "LOAD"), (SHORT, TRACE), (go("RUN", "STOP"), go("STOP", "LOAD")))
LOST = NoPath(go("STOP", "RUN"), (SHORT,), ())
ARCS = (("STOP", "RUN"), ("RUN", "LOAD"), ("LOAD", "RUN"), ("RUN", "STOP"), ("LOAD", "STOP"))


class GoldenFile(SingleFileSnapshotExtension):
    """One text file for each golden."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The golden text of a test."""
    return snapshot.use_extension(GoldenFile)


@pytest.fixture(scope="session")
def sample() -> Model:
    """The sample machine. Its path is relative, so that no golden depends on where the project lies."""
    source = Source("sample.arc", (Path(__file__).parent / "machine.arc").read_text(encoding="utf-8"))
    return elaborate(parse(source), source)


@pytest.fixture(scope="session")
def property_of(sample: Model) -> Callable[[str], Property]:
    """A property of the sample machine by name."""
    return {p.name: p for p in sample.properties}.__getitem__


@pytest.fixture(scope="session")
def evidence_of(sample: Model) -> Mapping[str, tuple[str, Evidence]]:
    """For each kind of evidence: the property that it is shown for, and the evidence."""
    invariant = tuple(parse_term(t, sample) for t in ("state != LOAD or fast", "set_bits in {NONE, {X, Y}}"))
    watcher = not_(and_(Var(BOOL, "owed_1"), Var(BOOL, "seen_1")))
    region = parse_term("state == STOP", sample)
    graphs = tuple(ArcSet((("fast", f), ("width", 2)), ARCS[: 5 if f else 4]) for f in (True, False))
    difference = CellDifference(("STOP", "RUN"), "RUN (1)", "STOP (0)", "next.c:7")
    run, every, basis = "always_running", "every_go", "go_basis"
    cases: list[tuple[str, Evidence]] = [
        (run, TRACE),
        (run, Fork(SHORT, *(Step("go", {"new": "LOAD"}, s) for s in (LOADED, {**LOADED, "seen": frozenset()})))),
        (run, Lasso(Trace(PARAMETERS, START, (*TRACE.steps, Step("idle", {}, STOPPED)), MEANING), 2)),
        (run, Witnesses((SHORT, TRACE), (None, None))),
        (run, Unreachable(PARAMETERS, invariant)),
        (run, Invariant(invariant)),
        (run, KInduction(3, invariant[:1])),
        (run, Closure(((PARAMETERS, START), (PARAMETERS, LOADED)))),
        (run, Census(((PARAMETERS, 1_234_567), ({"fast": False, "width": 2}, 89)))),
        (
            "stops",
            Labelling(
                (
                    (
                        Labels(PARAMETERS, 1_234_567, (900, 1_000_000, 0)),
                        Labels({"fast": False, "width": 2}, 89, (1, 80, 0)),
                    ),
                )
            ),
        ),
        (run, Bound(7)),
        (every, PathTable((DIRECT, NEVER), invariant[:1])),
        (every, PathGaps((GAP, LOST), (DIRECT,), ())),
        (basis, BasisTable((go("STOP", "RUN"),), (DIRECT,), (LOST,), ())),
        (basis, NoBasis(None, DIRECT, ())),
        ("go_routes", RouteTable(graphs, ())),
        (run, Plan((PlanRow(region, "go", (("new", "RUN"),)),), ())),
        (run, Trap(TRACE, (region,))),
        (run, Ranking((RankRow(region, "go"), RankRow(invariant[0], None)), ())),
        ("stops", KLive((Rounds(2, (region, watcher)),))),
        ("table_is_c", SourceMatch("next.c", "ab" * 32, 9, (difference,))),
    ]
    return {evidence.kind: (name, evidence) for name, evidence in cases}
