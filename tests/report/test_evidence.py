"""Every kind of evidence, as text and as JSON."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import fields, replace

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from verifier.evidence.evidence import Evidence, Lasso
from verifier.evidence.itf import itf
from verifier.evidence.json import evidence_json
from verifier.evidence.traces import traces
from verifier.model.model import Model
from verifier.report.exhibit import exhibit, size_text
from verifier.report.explain_evidence import shown
from verifier.report.schema import schema_text
from verifier.report.words import first_clause, sentence

KINDS = sorted(c.kind for c in typing.get_args(Evidence))

Evidences = Mapping[str, tuple[str, Evidence]]


@pytest.mark.parametrize("kind", KINDS)
def test_text_of(kind: str, sample: Model, evidence_of: Evidences, property_of, golden: SnapshotAssertion) -> None:
    name, evidence = evidence_of[kind]
    prop = property_of(name)
    told = sentence(sample, prop, evidence) or "(no sentence)"
    assert "\n".join([size_text(evidence), "", *exhibit(sample, prop, evidence), "", told, ""]) == golden


@pytest.mark.parametrize("kind", KINDS)
def test_json_satisfies_the_schema_and_is_complete(kind: str, sample: Model, evidence_of: Evidences) -> None:
    evidence = evidence_of[kind][1]
    data = json.loads(json.dumps(evidence_json(sample, evidence)))
    schema = json.loads(schema_text())
    jsonschema.validate(data, {**schema["$defs"]["evidence"], "$defs": schema["$defs"]})
    assert data["kind"] == kind
    assert data.keys() - {"kind"} == {f.name for f in fields(evidence)}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_explained_what_is_shown(kind: str, sample: Model, evidence_of: Evidences, property_of) -> None:
    name, evidence = evidence_of[kind]
    assert shown(sample, property_of("stops" if kind in ("plan", "ranking") else name), evidence)


def test_trace_as_itf(sample: Model, evidence_of: Evidences, golden: SnapshotAssertion) -> None:
    ((trace, loop),) = traces(evidence_of["lasso"][1])
    assert json.dumps(itf(sample, trace, loop, "a lasso"), indent=2) + "\n" == golden


def test_a_step_is_told_by_the_first_clause_of_its_doc() -> None:
    assert first_clause("The user writes x; y follows. More.") == "The user writes x"
    assert first_clause("VFIO_DEVICE_RESET, e.g. by the user.") == "VFIO_DEVICE_RESET, e.g. by the user"


def test_every_kind_of_evidence_has_a_sample(evidence_of: Evidences) -> None:
    assert sorted(evidence_of) == KINDS


def test_what_happens_several_times_in_a_row_is_told_once(sample: Model, evidence_of: Evidences, property_of) -> None:
    lasso = evidence_of["lasso"][1]
    assert isinstance(lasso, Lasso)
    idle = lasso.trace.steps[-1]
    run = replace(lasso.trace, steps=(*lasso.trace.steps, idle, idle))
    told = sentence(sample, property_of("always_running"), run)
    assert told is not None
    assert told.count("nothing happens") == 1
    assert "nothing happens (3 times)" in told
