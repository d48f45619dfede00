"""From changes to findings: judged by a policy, and in plain words that any renderer can show."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.change.checks import CHECKS
from verifier.change.fact import Change, Shown
from verifier.change.fingerprint import fingerprint
from verifier.change.level import worst
from verifier.change.policy import Policy
from verifier.change.translation import MARK
from verifier.checker.certified import Certified
from verifier.diagnostics import Source, Span
from verifier.evidence.evidence import Fork, Lasso, Trace
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.report.exhibit import size_text
from verifier.report.review import Finding, Place, Run, RunStep
from verifier.report.trace import way_text
from verifier.report.values import bindings, call_text, changes, state_text

Sources = tuple[Source | None, Source | None]
"""The texts of the old and of the new version."""


def finding(machine: str, change: Change, policy: Policy, sources: Sources) -> Finding:
    """Return the change as a finding, with what follows from it. A change that weighs nothing is a finding, too."""
    own, why = policy.level_of(change)
    consequences = tuple(finding(machine, c, policy, sources) for c in change.consequences)
    consequences = tuple(sorted(consequences, key=lambda f: f.level.rank))
    return Finding(
        code=change.code,
        kind=change.kind,
        title=_title(change),
        subject=change.subject,
        level=worst(own, *(c.level for c in consequences)),
        own=own,
        fingerprint=fingerprint(machine, change),
        before=change.before,
        after=change.after,
        actor=change.actor,
        note=change.note,
        why=why,
        place=place_of(change.place, sources[1]),
        old_place=place_of(change.old_place, sources[0]),
        runs=tuple(_run(s, sources) for s in change.shown),
        proof=tuple(dict.fromkeys(_proof(c) for c in change.proofs)),
        consequences=consequences,
    )


def _title(change: Change) -> str:
    check = CHECKS.get(change.code)
    kind = check.kinds.get(change.kind) if check else None
    return kind.title if kind else f"{change.code} {change.kind}"


def place_of(span: Span | None, source: Source | None) -> Place | None:
    """Return a place with its source line."""
    if span is None:
        return None
    text = source.line(span.line).strip() if source is not None and source.path == span.path else ""
    return Place(span.path, span.line, span.column, text)


def _proof(certified: Certified) -> str:
    evidence = "" if certified.evidence is None else f" by {size_text(certified.evidence)}"
    return f"{certified.verdict.value.lower()}{evidence}, certified by {certified.solver or 'nobody'}"


# --- Runs


def _run(shown: Shown, sources: Sources) -> Run:
    trace = shown.run if isinstance(shown.run, Trace) else shown.run.trace
    source = sources[1 if shown.side == "new" else 0]
    steps = tuple(_steps(shown, trace, source))
    loop = shown.run.loop if isinstance(shown.run, Lasso) else None
    return Run(shown.side, shown.title, _summary(shown.model, trace), steps, loop)


def _summary(model: Model, trace: Trace) -> str:
    """Return the run on one line: with which parameters, and through which control values."""
    given = bindings(model, trace.parameters)
    return (f"with {given}: " if given else "") + (way_text(model, trace) or "an initial state")


def _steps(shown: Shown, trace: Trace, source: Source | None) -> Iterator[RunStep]:
    model, states = shown.model, trace.states
    own = [n for n in trace.initial if not n.startswith(MARK)]
    yield RunStep("start", state_text(model, trace.initial, own))
    for number, step in enumerate(trace.steps, 1):
        before, after = states[number - 1], states[number]
        yield _step(model, step.rule, call_text(model, step.rule, step.arguments), before, after, source)
    if isinstance(shown.run, Fork):
        for way, step in (("one way", shown.run.left), ("or", shown.run.right)):
            label = f"{way}: {call_text(model, step.rule, step.arguments)}"
            yield _step(model, step.rule, label, states[-1], step.state, source)


def _step(model: Model, rule: str, label: str, before: State, after: State, source: Source | None) -> RunStep:
    told = [c for c in changes(model, before, after) if not c.startswith(MARK)]
    return RunStep(label, ", ".join(told) or "nothing changes", place_of(model.rule[rule].span, source))
