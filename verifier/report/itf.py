"""Every run of a report as an ITF document of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

from verifier.evidence.evidence import Trace
from verifier.evidence.itf import itf
from verifier.evidence.traces import traces
from verifier.report.result import MachineReport, PropertyReport, Report


def itf_documents(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (file name, document) for each run in the evidence, and for each witness of non-vacuity."""
    for machine in report.machines:
        for prop in machine.properties:
            yield from _documents(machine, prop)


def _documents(machine: MachineReport, report: PropertyReport) -> Iterator[tuple[str, str]]:
    certified = report.certified
    runs = list(traces(certified.evidence))
    stem = f"{machine.label.replace('/', '.')}.{report.name}"
    for number, (trace, loop) in enumerate(runs, 1):
        suffix = f".{number}" if len(runs) > 1 else ""
        yield f"{stem}{suffix}.itf.json", _document(machine, report, trace, loop)
    if certified.witness is not None:
        yield f"{stem}.witness.itf.json", _document(machine, report, certified.witness, None)


def _document(machine: MachineReport, report: PropertyReport, trace: Trace, loop: int | None) -> str:
    description = f"{machine.model.name}, property {report.name}: {report.certified.property.text}"
    return json.dumps(itf(machine.model, trace, loop, description), indent=2, ensure_ascii=False) + "\n"
