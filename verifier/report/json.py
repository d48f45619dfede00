"""The report as JSON, `arcproof.report/1`; the schema is `schema/report-1.json`.

There are no times in it, so the same specs give the same bytes, whatever the number of processes. Each property's
entry and the whole carry a digest (`digest.py`): what is changed later is seen to be, unless somebody means to deceive.
"""

from __future__ import annotations

import json
from typing import Any

from verifier.diagnostics import Diagnostic, Span
from verifier.evidence.json import evidence_json, parameters_json, trace_json
from verifier.evidence.traces import traces
from verifier.model.declarations import Cite
from verifier.model.model import Model
from verifier.report.digest import sealed, text_digest
from verifier.report.result import MachineReport, PropertyReport, Report, Unreadable
from verifier.report.values import replay_command
from verifier.report.words import sentence
from verifier.version import __version__

Json = dict[str, Any]

SCHEMA = "arcproof.report/1"


def render_json(report: Report) -> str:
    """Return the report as a JSON document."""
    return json.dumps(report_json(report), indent=2, ensure_ascii=False) + "\n"


def report_json(report: Report) -> Json:
    """Return the report as JSON data."""
    data = {
        "schema": SCHEMA,
        "arcproof": __version__,
        "exit_code": report.exit_code,
        "summary": {o.value: n for o, n in sorted(report.counts.items(), key=lambda c: c[0].value)},
        "machines": [_machine(m) for m in report.machines],
        "errors": [_unreadable(e) for e in report.unreadable],
    }
    return sealed(data)


def _machine(machine: MachineReport) -> Json:
    return {
        "name": machine.model.name,
        "doc": machine.model.doc,
        "spec": machine.path,
        "sha256": text_digest(machine.model.source.text),
        "parameters": parameters_json(machine.model, machine.fixed),
        "properties": [sealed(property_json(machine.model, p)) for p in machine.properties],
    }


def property_json(model: Model, report: PropertyReport) -> Json:
    """Return the entry of one property, without its digest."""
    certified, prop = report.certified, report.certified.property
    return {
        "name": prop.name,
        "claim": prop.text,
        "doc": prop.doc,
        "cites": [_cite(c) for c in prop.cites],
        "place": _place(prop.span),
        "severity": prop.severity,
        "expect": "violated" if prop.expect_violated else "holds",
        "verdict": certified.verdict.value,
        "expected": certified.expected,
        "outcome": report.outcome.value,
        "reason": report.contradiction or certified.reason,
        "engine": report.engine,
        "certified_by": certifiers(certified.solver),
        "evidence": None if certified.evidence is None else evidence_json(model, certified.evidence),
        "witness": None if certified.witness is None else trace_json(model, certified.witness),
        **_story(model, report),
    }


def _story(model: Model, report: PropertyReport) -> Json:
    """The run in words, and the command that shows it again."""
    evidence, prop = report.certified.evidence, report.certified.property
    run = next(traces(evidence), None)
    return {
        "words": sentence(model, prop, evidence) if evidence is not None else None,
        "replay": replay_command(model, prop, run[0].parameters if run else {}),
    }


def certifiers(solver: str | None) -> list[Json]:
    """Return who confirmed the evidence, with versions: `cvc5 1.4.2, replay` has two."""
    parts = [] if solver is None else [p.strip().partition(" ") for p in solver.split(",")]
    return [{"name": name, "version": version or None} for name, _, version in parts]


def _cite(cite: Cite) -> Json:
    return {"source": cite.source, "document": cite.document, "passage": cite.passage}


def _place(span: Span) -> Json:
    return {"path": span.path, "line": span.line, "column": span.column}


def _unreadable(entry: Unreadable) -> Json:
    return {"spec": entry.path, "diagnostics": [_diagnostic(d) for d in entry.error.diagnostics]}


def _diagnostic(diagnostic: Diagnostic) -> Json:
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "place": None if diagnostic.span is None else _place(diagnostic.span),
        "notes": [{"message": n.message, "place": n.span and _place(n.span)} for n in diagnostic.notes],
        "help": diagnostic.help,
    }
