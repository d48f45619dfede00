"""Every check on every fixture: each example shows its own change, swapping mirrors it, and a version equals itself."""

from __future__ import annotations

import functools

import pytest

from verifier.change.checks import CHECKS, Example
from verifier.change.delta import Delta, delta
from verifier.change.fact import Change
from verifier.change.inclusion import Ask
from verifier.change.properties import Judgements
from verifier.checker.certified import Certified
from verifier.deciding import decide_claim
from verifier.diagnostics import Source
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.pipeline import check, model_of
from verifier.request import Request

EXAMPLES = [(code, example) for code, c in CHECKS.items() for example in c.examples]


def named(case: tuple[str, Example]) -> str:
    return f"{case[0]}-{case[1].kind}"


@functools.cache
def model(text: str) -> Model:
    return model_of(Source("spec.arc", text))


@functools.cache
def verdicts(text: str) -> dict[str, Certified]:
    return {p.name: p.certified for p in check(model(text), Request()).properties}


@functools.cache
def compared(old: str, new: str) -> Delta:
    return delta(model(old), model(new), Judgements(verdicts(old), verdicts(new)), ask())


def ask() -> Ask:
    def decide(about: Model, claim: Claim) -> Certified:
        return decide_claim(about, claim, 30.0)

    return decide


def everything(changes: tuple[Change, ...]) -> set[tuple[str, str]]:
    found = {(c.code, c.kind) for c in changes}
    return found.union(*(everything(c.consequences) for c in changes))


@pytest.mark.parametrize("case", EXAMPLES, ids=named)
def test_an_example_shows_its_change(case: tuple[str, Example]) -> None:
    code, example = case
    assert (code, example.kind) in everything(compared(example.old, example.new).changes)


@pytest.mark.parametrize("case", EXAMPLES, ids=named)
def test_swapping_old_and_new_mirrors_every_code(case: tuple[str, Example]) -> None:
    _, example = case
    forth = everything(compared(example.old, example.new).changes)
    back = everything(compared(example.new, example.old).changes)
    for here, there in ((forth, back), (back, forth)):
        for code, kind in here:
            check_ = CHECKS[code].kinds[kind]
            assert set(check_.mirrors) & there or check_.no_mirror, f"{code} {kind} has no mirror in {there}"


@pytest.mark.parametrize("text", sorted({t for _, e in EXAMPLES for t in (e.old, e.new)}))
def test_a_version_equals_itself(text: str) -> None:
    found = compared(text, text)
    assert found.relation == "EQUIVALENT"
    assert found.changes == ()


@pytest.mark.parametrize("case", EXAMPLES, ids=named)
def test_every_change_has_a_class(case: tuple[str, Example]) -> None:
    _, example = case
    for code, kind in everything(compared(example.old, example.new).changes):
        assert kind in CHECKS[code].kinds
