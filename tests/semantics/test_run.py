"""A rule fires where none of its constraints is false; that some constraint has no value matters only there."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest

import verifier
from tests.exchange.machines import drawn
from tests.machines import SMALL
from verifier import pipeline
from verifier.checker.certified import Verdict
from verifier.diagnostics import Source
from verifier.evidence.evidence import Step
from verifier.evidence.interpretation import State
from verifier.model.claims import InRange
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import IntSort, Value
from verifier.model.terms import App, Const, Op, Var, eq
from verifier.semantics.claims import cases
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.run import arguments, fire, initial_states, is_step, valuations

HEAD = "machine m\nvar n: int 0..3 = 3\nvar k: int 0..3 = 0\nvar b: bool = false\n"

ABSENT = {
    "a false constraint after the error": "n' = n + 1 b' = b b' != b",
    "a false constraint before the error": "b' = b b' != b n' = n + 1",
    "a false constraint about an open variable": "n' = n + 1 k' in {}",
    "a false one for each open value": "k' in int 0..3 n' = n + k' k' == 0 n' != n",
}

UNDEFINED = {
    "nothing but the error": "n' = n + 1",
    "a true constraint": "n' = n + 1 b' = b",
    "for one of the open values": "k' in int 0..3 n' = n + k'",
    "a constraint about what has no value": "n' = n + 1 b' = (n' == 0)",
    "an error that follows from an error": "n' = n + 1 k' = n' + 1",
}


def machine(effects: str) -> Model:
    """The machine with one rule."""
    return pipeline.model_of(Source("m.arc", HEAD + f"rule go {{ {effects} }}\n"))


def orders(rule: Rule) -> list[Rule]:
    """The rule with its constraints, and the variables that it changes, in any order."""
    few = itertools.islice(itertools.permutations(rule.constraints), 6)
    return [replace(rule, constraints=c, changes=ch) for c in few for ch in (rule.changes, rule.changes[::-1])]


def outcome(setting: Setting, rule: Rule, args: Mapping[str, Value], state: State) -> object:
    """The states after, in some order; or that there is none that has a meaning."""
    try:
        return sorted(map(repr, fire(setting, rule, args, state)))
    except RangeError:
        return "undefined"


@pytest.mark.parametrize("what", ABSENT)
def test_where_a_constraint_is_false_there_is_no_transition_and_no_error(what: str) -> None:
    model = machine(ABSENT[what])
    setting = Setting(model)
    (state,) = initial_states(setting)
    assert {str(outcome(setting, r, {}, state)) for r in orders(model.rules[0])} == {"[]"}
    assert {r.certified.property.name: r.certified.verdict for r in verifier.check(model).properties} == {
        "int_ranges": Verdict.PROVED
    }


@pytest.mark.parametrize("what", UNDEFINED)
def test_where_no_constraint_is_false_an_error_is_one_in_any_order(what: str) -> None:
    model = machine(UNDEFINED[what])
    setting = Setting(model)
    (state,) = initial_states(setting)
    assert {str(outcome(setting, r, {}, state)) for r in orders(model.rules[0])} == {"undefined"}
    assert {r.certified.verdict for r in verifier.check(model).properties} == {Verdict.REFUTED}


def test_a_step_that_breaks_a_constraint_is_none_whatever_another_constraint_is() -> None:
    model = machine("n' = n + 1 b' = not b")
    (state,) = initial_states(Setting(model))
    assert not is_step(Setting(model), state, Step("go", {}, {**state, "n": 0}))
    assert not is_step(Setting(model), state, Step("go", {}, {**state, "b": True, "k": 1}))
    with pytest.raises(RangeError):
        is_step(Setting(model), state, Step("go", {}, {**state, "b": True}))


def counting(rule: Rule) -> Rule:
    """The rule that counts as well, perhaps too far."""
    raised = App(IntSort(1, 3), Op.ADD, (Var(SMALL, "n"), Const(IntSort(1, 1), 1)))
    counted = eq(Var(SMALL, "n", 1), App(SMALL, Op.FIT, (raised,)))
    return replace(rule, constraints=(*rule.constraints, counted), changes=tuple(dict.fromkeys((*rule.changes, "n"))))


def test_random_rules_fire_alike_in_any_order_and_fail_only_where_the_claim_is_violated() -> None:
    met = {"undefined": 0, "other": 0}
    for drawn_model in drawn(30, 12):
        model = replace(drawn_model, rules=tuple(map(counting, drawn_model.rules)))
        bad = [c.condition for c in cases(model, InRange()) or ()]
        for setting in (Setting(model, p) for p in valuations(model)):
            for state in itertools.islice(initial_states(setting), 10):
                ill = any(holds(c, setting, (state,)) for c in bad)
                for rule in model.rules:
                    for args in itertools.islice(arguments(setting, rule), 3):
                        (found,) = {str(outcome(setting, r, args, state)) for r in orders(rule)}
                        met["undefined" if found == "undefined" else "other"] += 1
                        assert found != "undefined" or ill
    assert min(met.values()) > 20
