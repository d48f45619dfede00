"""Reports of small specs that together have every kind of evidence."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier import pipeline
from verifier.checker.certify import certify
from verifier.checker.solver import Reply, Solver
from verifier.elaborate import elaborate
from verifier.engines.engine import Budget
from verifier.engines.kinduction import Induction
from verifier.evidence.evidence import Answer, Bound, Census, Holds, Labelling, Labels, Violated
from verifier.model.model import Model
from verifier.report.digest import sealed
from verifier.report.json import report_json
from verifier.report.result import MachineReport, PropertyReport, Report
from verifier.request import Request
from verifier.syntax import parse, read_source

SPECS = Path(__file__).parent / "specs"

CASES: tuple[tuple[str, str, str | None], ...] = (
    ("light", "lit", None),
    ("light", "steady", None),
    ("light", "goes_out", None),
    ("light", "can_be_lit", None),
    ("light", "out_again", None),
    ("light", "used_when_dim", None),
    ("light", "used_when_dim", "explicit"),
    ("light", "lit", "bmc"),
    ("light", "out_again", "census"),
    ("light", "back", None),
    ("light", "back", "labelling"),
    ("light", "forth", None),
    ("light", "begins", "ranking"),
    ("light", "begins", "liveness"),
    ("light", "never_both", None),
    ("light", "never_dark", None),
    ("image", "constant", None),
    ("image", "turns_are_counted", None),
    ("chain", "never_forbidden", "kinduction"),
    ("floors", "leap_is_two_steps", None),
    ("floors", "ups_are_steps", None),
    ("floors", "steps_are_a_basis", None),
    ("floors", "leap_is_needed", None),
    ("floors", "leap_is_too_many", None),
    ("floors", "round", None),
    ("floors", "direct", None),
    ("rows", "same", None),
    ("rows", "other", None),
)
"""A spec, one of its properties, and the engine that looks for the evidence (None: any)."""

Json = dict[str, Any]


class Remembering(Solver):
    """The second solver, which is asked each question once: most forgeries leave most obligations as they were."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Reply] = {}

    def check(self, script: str, seconds: float) -> Reply:
        """Return the answer to an SMT-LIB script."""
        if script not in self.known:
            self.known[script] = super().check(script, seconds)
        return self.known[script]


@functools.cache
def model(spec: str) -> Model:
    """Return the model of one of the specs."""
    source = read_source(str(SPECS / f"{spec}.arc"))
    return elaborate(parse(source), source)


@functools.cache
def machine(spec: str, name: str, engine: str | None) -> MachineReport:
    """Return what is found for one property. Of bmc it is that fewer steps are not enough to violate it, and of
    kinduction what it finds when it may learn no invariant; a census or a labelling stands where the states would."""
    prop = next(p for p in model(spec).properties if p.name == name)
    made: dict[str | None, Callable[[], Answer]] = {
        "bmc": lambda: Holds(Bound(1)),
        "census": lambda: Violated(Census((({"fast": False}, 3),))),
        "labelling": lambda: Violated(Labelling(((Labels({"fast": False}, 3, (1, 1, 1)),),))),
        "kinduction": lambda: Induction(16, learning=0).solve(model(spec), prop.claim, Budget.of(20)),
    }
    if engine is not None and engine in made:
        by = "explicit" if engine in ("census", "labelling") else engine
        found = PropertyReport(certify(model(spec), prop, made[engine](), 20), by)
        return MachineReport(model(spec), (found,))
    return pipeline.check(model(spec), Request((name,), engine=engine, source_tree=SPECS))


def report(spec: str, name: str, engine: str | None = None) -> Json:
    """Return the JSON report on one property."""
    return as_read(report_json(Report((machine(spec, name, engine),))))


def whole() -> Json:
    """Return the JSON report on all of them."""
    return as_read(report_json(Report(tuple(machine(*case) for case in CASES))))


def as_read(data: Json) -> Json:
    """Return JSON data as it is after it was written and read: with lists, no tuples."""
    result: Json = json.loads(json.dumps(data))
    return result


def resealed(data: Json) -> Json:
    """Return a report with all its digests computed anew."""
    machines = [{**m, "properties": [sealed(p) for p in m["properties"]]} for m in data["machines"]]
    return sealed({**data, "machines": machines})
