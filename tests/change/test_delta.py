"""The relation of two versions, and what is found of each rule, against the reference semantics on random machines."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machines import models, rules
from verifier.change.delta import Delta, delta
from verifier.change.fact import Change
from verifier.change.properties import Judgements
from verifier.checker.certified import Certified
from verifier.deciding import decide_claim
from verifier.evidence.evidence import Trace
from verifier.model.claims import Claim, InRange
from verifier.model.model import Model
from verifier.model.sorts import values
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.run import initial_states, is_run, successors

Step = tuple[object, ...]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Model, Model]:
    """A machine, and the same with some rules replaced, removed or added, or with another initial condition."""
    old = draw(models())
    kept = [r if draw(st.integers(0, 2)) else draw(rules(r.name)) for r in old.rules]
    if len(kept) > 1 and draw(st.booleans()):
        kept.pop(draw(st.integers(0, len(kept) - 1)))
    if draw(st.booleans()):
        kept.append(draw(rules("extra")))
    other = draw(models())
    return old, replace(old, rules=tuple(kept), init=other.init if draw(st.integers(0, 3)) == 0 else old.init)


def steps(setting: Setting, state: dict[str, object]) -> dict[Step, dict[str, object]]:
    return {
        (s.rule, *sorted(s.arguments.items()), *sorted(s.state.items(), key=str)): dict(s.state)
        for s in successors(setting, state)
    }


def is_included(inner: Model, outer: Model) -> bool:
    """Whether every run of `inner` is one of `outer`, by walking along all the runs that they have in common."""
    for value in values(inner.parameters[0].sort) if inner.parameters else [None]:
        given_ = {inner.parameters[0].name: value} if inner.parameters else {}
        mine, theirs = Setting(inner, given_), Setting(outer, given_)
        starts = [dict(s) for s in initial_states(mine)]
        others = [dict(s) for s in initial_states(theirs)]
        if any(s not in others for s in starts):
            return False
        seen, queue = [], list(starts)
        while queue:
            state = queue.pop()
            if state in seen:
                continue
            seen.append(state)
            ours, known = steps(mine, state), steps(theirs, state)
            if ours.keys() - known.keys():
                return False
            queue += ours.values()
    return True


def ask(model: Model, claim: Claim) -> Certified:
    return decide_claim(model, claim, 20.0)


def compared(old: Model, new: Model) -> Delta:
    return delta(old, new, Judgements({}, {}), ask)


def is_well_defined(model: Model) -> bool:
    return ask(model, InRange()).verdict.value == "PROVED"


@settings(max_examples=30, deadline=None)
@given(versions())
def test_the_relation_is_that_of_the_reference_semantics(pair: tuple[Model, Model]) -> None:
    old, new = pair
    if not (is_well_defined(old) and is_well_defined(new)):
        return
    try:
        forth, back = is_included(new, old), is_included(old, new)
    except RangeError:
        return
    found = compared(old, new)
    names = {(True, True): "EQUIVALENT", (False, True): "EXTENDS", (True, False): "RESTRICTS"}
    assert found.relation == names.get((forth, back), "INCOMPARABLE")


@settings(max_examples=15, deadline=None)
@given(versions())
def test_what_is_shown_is_real_and_equivalent_versions_have_no_gating_change(pair: tuple[Model, Model]) -> None:
    old, new = pair
    if not (is_well_defined(old) and is_well_defined(new)):
        return
    found = compared(old, new)
    for change in everything(found.changes):
        for shown in change.shown:
            if isinstance(shown.run, Trace):
                assert is_run(shown.model, shown.run)
                own = new if shown.side == "new" else old
                assert [r.name for r in shown.model.rules] == [r.name for r in own.rules]
    if found.relation == "EQUIVALENT":
        assert {c.code for c in everything(found.changes)} <= {"ARC304", "ARC112h", "ARC205"}


def everything(changes: tuple[Change, ...]) -> list[Change]:
    return [*changes, *(c for change in changes for c in everything(change.consequences))]
