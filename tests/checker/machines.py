"""Small machines, each made for one kind of evidence, and tools to look into them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.evidence.evidence import Answer, Step, Trace
from verifier.model.claims import Claim, Property
from verifier.model.model import Model, restricted
from verifier.model.sorts import Sort, values
from verifier.model.terms import TRUE, Term
from verifier.syntax import parse


@functools.cache
def machine(text: str) -> Model:
    """Return the model of a spec."""
    source = Source("test.arc", text)
    return elaborate(parse(source), source)


def prop(model: Model, name: str) -> Property:
    """Return a property by name."""
    return next(p for p in model.properties if p.name == name)


def term(model: Model, name: str) -> Term:
    """Return the condition that property `name` is about."""
    condition = prop(model, name).claim.condition  # type: ignore[union-attr]
    assert isinstance(condition, Term)
    return condition


def judge(model: Model, asked: str | Claim, answer: Answer, seconds: float = 20) -> Certified:
    """Certify an answer about a property, by name, or about any claim."""
    if not isinstance(asked, str):
        found = replace(model.properties[0], claim=asked, assuming=TRUE)
    else:
        found = prop(model, asked)
    return certify(restricted(model, found.assuming), found, answer, seconds)


def verdict(model: Model, asked: str | Claim, answer: Answer) -> Verdict:
    """Return the verdict on an answer."""
    return judge(model, asked, answer).verdict


def refused(model: Model, asked: str | Claim, answer: Answer) -> str:
    """Return the message with which the evidence of an answer is refused; fail unless it is."""
    found = replace(model.properties[0], claim=_claim(model, asked), assuming=TRUE)
    with pytest.raises(EvidenceRefused, match=r"^evidence refused: ") as caught:
        certify(model, found, answer, 20)
    return str(caught.value)


def _claim(model: Model, asked: str | Claim) -> Claim:
    return prop(model, asked).claim if isinstance(asked, str) else asked


def run(model: Model, *steps: Step, initial: dict[str, object], **parameters: object) -> Trace:
    """Return a trace; a step's state gives only what differs from the state before."""
    state = initial
    full = []
    for step in steps:
        state = {**state, **step.state}
        full.append(Step(step.rule, step.arguments, state))
    return Trace(parameters, initial, tuple(full))


def step(rule: str, arguments: dict[str, object] | None = None, **changes: object) -> Step:
    """Return a step that changes some variables."""
    return Step(rule, arguments or {}, changes)


def other_values(sort: Sort, value: object) -> Iterator[object]:
    """Yield the other values of a sort, and one that is none."""
    yield from (v for v in values(sort) if v != value)
    yield "no such value"


def forged_traces(model: Model, trace: Trace) -> Iterator[Trace]:
    """Yield the trace with every single position changed: each value of each state, each argument, each rule, each
    parameter, and each step left out."""
    for name, value in trace.parameters.items():
        sort = next(p.sort for p in model.parameters if p.name == name)
        for other in other_values(sort, value):
            yield replace(trace, parameters={**trace.parameters, name: other})
    for forged in _forged_states(model, trace.initial):
        yield replace(trace, initial=forged)
    for place, taken in enumerate(trace.steps):
        for forged in _forged_steps(model, taken):
            yield replace(trace, steps=(*trace.steps[:place], *forged, *trace.steps[place + 1 :]))


def _forged_states(model: Model, state: object) -> Iterator[dict[str, object]]:
    assert isinstance(state, dict)
    for name, value in state.items():
        for other in other_values(model.variable[name].sort, value):
            yield {**state, name: other}
        yield {n: v for n, v in state.items() if n != name}
    yield {**state, "no_such_variable": 0}


def _forged_steps(model: Model, taken: Step) -> Iterator[tuple[Step, ...]]:
    yield ()
    yield (replace(taken, rule="no_such_rule"),)
    yield (replace(taken, arguments={**taken.arguments, "no_such_parameter": 0}),)
    for forged in _forged_states(model, taken.state):
        yield (replace(taken, state=forged),)
    for name, value in taken.arguments.items():
        sort = next(p.sort for p in model.rule[taken.rule].parameters if p.name == name)
        for other in other_values(sort, value):
            yield (replace(taken, arguments={**taken.arguments, name: other}),)
