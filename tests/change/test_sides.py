"""Versions whose types, variables and parameters differ: read over each other, or said to be not comparable."""

from __future__ import annotations

import pytest

from verifier.change.delta import Delta, delta
from verifier.change.fact import Change
from verifier.change.properties import Judgements
from verifier.checker.certified import Certified
from verifier.deciding import decide_claim
from verifier.diagnostics import Source
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.pipeline import check, model_of
from verifier.request import Request

LAMP = """machine lamp
enum Light { OFF, ON }
control light
var light: Light = OFF
var times: int 0..3 = 0
rule press by user when times < 3 { light' = if light == ON then OFF else ON  times' = times + 1 }
rule clear by user { times' = 0 }
property lit reachable light == ON
property bounded always times <= 3
"""


def ask(model: Model, claim: Claim) -> Certified:
    return decide_claim(model, claim, 20.0)


def verdicts(model: Model) -> dict[str, Certified]:
    return {p.name: p.certified for p in check(model, Request()).properties}


def compared(old: str, new: str) -> Delta:
    before, after = model_of(Source("old.arc", old)), model_of(Source("new.arc", new))
    return delta(before, after, Judgements(verdicts(before), verdicts(after)), ask)


def found(changes: tuple[Change, ...]) -> set[tuple[str, str, str]]:
    own = {(c.code, c.kind, c.subject) for c in changes}
    return own.union(*(found(c.consequences) for c in changes))


def edited(*edits: tuple[str, str]) -> str:
    text = LAMP
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_variable_that_nothing_reads_leaves_the_behaviours_the_same() -> None:
    new = edited(("var times", "var last: Light = OFF\nvar times"), ("times' = 0", "times' = 0  last' = light"))
    for pair in ((LAMP, new), (new, LAMP)):
        result = compared(*pair)
        assert result.relation == "EQUIVALENT"
        assert {code for code, _, _ in found(result.changes)} == {"ARC116"}


def test_a_variable_that_a_guard_reads_is_carried_along() -> None:
    new = edited(
        ("var times", "var broken: bool = false\nvar times"), ("when times < 3", "when times < 3 and not broken")
    )
    same = compared(LAMP, new)
    assert same.relation == "EQUIVALENT", "nothing ever breaks it"
    breaking = new.replace("rule clear by user {", "rule clear by user { broken' = true ")
    less = compared(LAMP, breaking)
    assert less.relation == "RESTRICTS"
    assert ("ARC302", "narrowed", "rule press") in found(less.changes)
    assert compared(breaking, LAMP).relation == "EXTENDS"


def test_a_choice_of_a_variable_that_one_side_has_alone_is_not_comparable() -> None:
    new = edited(("var times", "var broken: bool\nvar times"), ("when times < 3", "when times < 3 and not broken"))
    result = compared(LAMP, new)
    assert result.relation == "UNDECIDED"
    assert any(code == "ARC704" for code, _, _ in found(result.changes))
    assert compared(new, LAMP).relation == "UNDECIDED"


def test_a_wider_range_that_is_not_used_changes_no_behaviour() -> None:
    result = compared(LAMP, edited(("0..3", "0..7")))
    assert result.relation == "EQUIVALENT"
    assert ("ARC115", "widened", "var times") in found(result.changes)


def test_a_wider_range_that_is_used_extends_the_machine() -> None:
    result = compared(LAMP, edited(("0..3", "0..7"), ("when times < 3", "when times < 5")))
    assert result.relation == "EXTENDS"
    assert ("ARC506", "refuted", "property bounded") in found(result.changes)


@pytest.mark.parametrize("order", ["OFF, ON, DIM", "DIM, ON, OFF"])
def test_a_value_that_no_rule_gives_changes_no_behaviour(order: str) -> None:
    result = compared(LAMP, edited(("OFF, ON", order)))
    assert result.relation == "EQUIVALENT"
    assert ("ARC110", "unreachable", "value Light.DIM") in found(result.changes)


def test_a_value_that_is_reached_is_a_value_added_and_not_a_changed_rule_of_each_other_one() -> None:
    result = compared(
        LAMP, edited(("OFF, ON", "OFF, ON, DIM"), ("rule clear", "rule dim by user { light' = DIM }\nrule clear"))
    )
    assert result.relation == "EXTENDS"
    codes = found(result.changes)
    assert ("ARC110", "reachable", "value Light.DIM") in codes
    assert ("ARC201", "added", "rule dim") in codes
    assert not any(subject == "rule clear" for _, _, subject in codes)


def test_a_property_about_a_variable_that_is_gone_is_not_comparable_and_no_crash() -> None:
    old = edited(("var times", "var last: Light = OFF\nvar times"))
    old += "property seen always last == OFF\n"
    new = LAMP + "property seen always light == OFF or light == ON\n"
    result = compared(old, new)
    assert ("ARC704", "not-comparable", "property seen") in found(result.changes)


def test_an_int_that_may_leave_its_range_now_is_a_broken_property() -> None:
    result = compared(LAMP, edited(("when times < 3", "when times <= 3")))
    assert ("ARC506", "refuted", "property int_ranges") in found(result.changes)


def test_a_change_is_not_taken_back_where_the_old_rule_speaks_of_what_is_gone() -> None:
    old = edited(("var times", "param careful: bool\nvar times"), ("when times < 3", "when times < 3 and not careful"))
    new = edited(
        ("var times", "param eager: bool\nvar times"),
        ("when times < 3", "when times < 3 and eager"),
        ("times' = 0", "times' = 1"),
    )
    result = compared(old, new)
    assert result.relation == "INCOMPARABLE"
    assert ("ARC311", "changed", "rule clear") in found(result.changes)


def test_a_parameter_whose_type_gained_a_bit_is_compared_value_by_value() -> None:
    old = edited(
        ("enum Light", "flags Has { SWITCH }\nparam has: Has\nenum Light"),
        ("when times < 3", "when times < 3 and SWITCH in has"),
    )
    new = old.replace("{ SWITCH }", "{ SWITCH, DIMMER }").replace(
        "rule clear", "rule dim by user when DIMMER in has { light' = OFF }\nrule clear"
    )
    for result in (compared(old, new), compared(new, old)):
        assert {c.text for c in result.conditions} == {"has == {}", "has == {SWITCH}"}
