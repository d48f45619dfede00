"""What it takes to look into a contradiction: the spec, the property, and what each engine answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from verifier.evidence.evidence import Answer, Holds, Unknown
from verifier.evidence.json import evidence_json
from verifier.model.model import Model
from verifier.report.result import PropertyReport, Report
from verifier.version import __version__


def contradictions(report: Report) -> Iterator[tuple[str, str]]:
    """Yield for each contradiction the name of a file and its text: JSON with the spec's text, the property's name, and
    the answers of the engines with their evidence."""
    for machine in report.machines:
        for prop in machine.properties:
            if prop.contradiction is not None:
                name = re.sub(r"[^\w.-]", "_", f"arcproof-contradiction-{machine.model.name}-{prop.name}.json")
                yield name, json.dumps(_document(machine.model, prop), indent=2) + "\n"


def _document(model: Model, report: PropertyReport) -> Any:
    return {
        "arcproof": __version__,
        "machine": model.name,
        "property": report.name,
        "contradiction": report.contradiction,
        "answers": [{"engine": engine, **_answer(model, answer)} for engine, answer in report.answers],
        "spec": {"path": model.source.path, "text": model.source.text},
    }


def _answer(model: Model, answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Unknown):
        return {"answer": "unknown", "reason": answer.reason}
    said = "holds" if isinstance(answer, Holds) else "violated"
    return {"answer": said, "evidence": evidence_json(model, answer.evidence)}
