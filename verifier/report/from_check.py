"""What `arcproof check` found, as a review, so that it can be shown in the formats that reviews have."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from verifier.change.fact import Change
from verifier.change.fingerprint import fingerprint
from verifier.change.level import Level
from verifier.diagnostics import SpecError
from verifier.diagnostics.render import render
from verifier.evidence.evidence import Trace
from verifier.evidence.traces import traces
from verifier.model.model import Model
from verifier.report.detail import reason_lines, replay_line
from verifier.report.exhibit import size_text
from verifier.report.result import MachineReport, Outcome, PropertyReport, Report
from verifier.report.review import (
    Finding,
    MachineReview,
    Place,
    Problem,
    Relation,
    Review,
    Run,
    RunStep,
    Verdicts,
    Waived,
)  # fmt: skip
from verifier.report.text import remark
from verifier.report.trace import length_text, way_text
from verifier.report.values import bindings, call_text, changes, state_text
from verifier.report.words import sentence


def review_from_report(report: Report) -> Review:
    """Return the report as a review of one version, with the same exit code unless the report is empty.

    What is not as expected is a finding of the level of the property's severity: error BREAKING, warning RISKY, note
    NOTE; what stays undecided is UNDECIDED if it is an error, and otherwise has that level, too. A source that cannot
    be read is a problem; one that the user does not want compared is a waived finding.
    """
    paths = [e.path for e in report.entries]
    contradictions = [
        f"{m.model.name}.{p.name}: {p.contradiction}" for m in report.machines for p in m.properties if p.contradiction
    ]
    return Review(
        command="check",
        base="",
        head=paths[0] if len(paths) == 1 else f"{len(paths)} specs",
        profile="",
        fail_on="breaking",
        undecided="fail",
        machines=tuple(map(_machine, report.machines)),
        problems=tuple(_problems(report)),
        reproduce=shlex.join(["arcproof", "check", *paths]),
        contradiction="\n".join(contradictions) or None,
    )


def _problems(report: Report) -> Iterator[Problem]:
    for entry in report.unreadable:
        yield from _problems_of(entry.error)
    for machine in report.machines:
        for prop in machine.properties:
            if prop.obstacle is not None and prop.outcome is Outcome.UNREADABLE:
                yield from _problems_of(prop.obstacle)


def _problems_of(error: SpecError) -> Iterator[Problem]:
    """Yield a problem for each diagnostic."""
    for diagnostic in error.diagnostics:
        span = diagnostic.span
        place = None if span is None else Place(span.path, max(span.line, 1), max(span.column, 1))
        text = render((diagnostic,), error.sources).splitlines()
        yield Problem(diagnostic.code, "", diagnostic.message, tuple(text), place)


def _machine(machine: MachineReport) -> MachineReview:
    fixed = bindings(machine.model, machine.fixed)
    return MachineReview(
        name=machine.model.name,
        path=machine.path,
        relation=Relation.CHECKED,
        strength=f"with {fixed}" if fixed else "",
        findings=tuple(f for p in machine.properties if (f := _finding(machine.model, p)) is not None),
        properties=tuple(_verdicts(machine.model, p) for p in machine.properties),
    )


def _verdicts(model: Model, report: PropertyReport) -> Verdicts:
    evidence, by = report.certified.evidence, report.certified.solver
    rests = "" if evidence is None else size_text(evidence) + (f", certified by {by}" if by else "")
    return Verdicts(
        report.name, None, report.certified.verdict.value, report.outcome.value, rests, _place(model, report)
    )


def _place(model: Model, report: PropertyReport) -> Place:
    span = report.certified.property.span
    text = model.source.line(span.line) if span.path == model.source.path else ""
    return Place(span.path, max(span.line, 1), max(span.column, 1), text)


_LEVELS = {"error": Level.BREAKING, "warning": Level.RISKY, "note": Level.NOTE}

_KINDS = {
    Outcome.FAILED: ("ARC530", "failed"),
    Outcome.UNDECIDED: ("ARC701", "unknown"),
    Outcome.UNCHECKED: ("ARC704", "not-comparable"),
}


def _finding(model: Model, report: PropertyReport) -> Finding | None:
    """Return what is to be said of a property; None iff it is as expected, or a problem, or a contradiction."""
    if report.outcome not in _KINDS:
        return None
    prop = report.certified.property
    code, kind = _KINDS[report.outcome]
    level = _LEVELS[prop.severity] if report.outcome is Outcome.FAILED or prop.severity != "error" else Level.UNDECIDED
    change = Change(code, kind, f"property {prop.name}", after=prop.text)
    return Finding(
        code=code,
        kind=kind,
        title=f"{report.certified.verdict.value}, {remark(report).removeprefix('FAILED: ')}",
        subject=change.subject,
        level=level,
        own=level,
        fingerprint=fingerprint(model.name, change),
        after=prop.text,
        note=_note(model, report),
        place=_place(model, report),
        runs=tuple(_runs(model, report)),
        proof=(f"again: {replay_line(model, report)}",),
        waived=_SPARED if report.outcome is Outcome.UNCHECKED else None,
    )


_SPARED = Waived("--no-source-tree", "accepted", "the source is not to be compared in this run")


def _note(model: Model, report: PropertyReport) -> str:
    evidence = report.certified.evidence
    told = None if evidence is None else sentence(model, report.certified.property, evidence)
    return " ".join(filter(None, (told, *reason_lines(report))))


def _runs(model: Model, report: PropertyReport) -> Iterator[Run]:
    title = f"{report.certified.verdict.value} {report.name}"
    for trace, loop in traces(report.certified.evidence):
        yield run_of(model, trace, title, "new", loop)


def run_of(model: Model, trace: Trace, title: str, side: str, loop: int | None = None) -> Run:
    """Return the trace as a run: its steps with their changes, and the parameters and control values in a line."""
    steps = [RunStep("start", state_text(model, trace.initial))]
    for before, step in zip(trace.states, trace.steps, strict=False):
        span = model.rule[step.rule].span
        place = Place(span.path, max(span.line, 1), max(span.column, 1))
        changed = "\n".join(changes(model, before, step.state))
        steps.append(RunStep(call_text(model, step.rule, step.arguments), changed or "(nothing changes)", place))
    return Run(side, title, _summary(model, trace), tuple(steps), loop)


def _summary(model: Model, trace: Trace) -> str:
    """Return such as `1 step with p2p = false: RUNNING -> STOP`; of a machine without a control variable its rules."""
    parameters = bindings(model, trace.parameters)
    return f"{length_text(trace)}{f' with {parameters}' if parameters else ''}: {way_text(model, trace)}"
