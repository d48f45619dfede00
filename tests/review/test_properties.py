"""What became of the properties of a machine: what is claimed, and what is known of it."""

from __future__ import annotations

import pytest

from tests.review.scratch import Tree, edited
from verifier.change.level import Level
from verifier.report.review import Relation

NO_WAY_BACK = "every step state == STOP_COPY implies state' != PRE_COPY"
SESSION = "always fd implies saving(state) or state == RESUMING"
BY_ARCS = "property copied_by_arcs\n  state == STOP_COPY reached only via begin_stop_copy, finish\n"
STRONGER = (NO_WAY_BACK, f"{NO_WAY_BACK} and state' != RESUMING")
WEAKER = (SESSION, f"{SESSION} or last == OPENED")


def test_each_property_has_a_finding_of_its_own(tree: Tree) -> None:
    told = tree.compared(edited(STRONGER, WEAKER, (BY_ARCS, "")))
    assert (told.code, told.machine.relation) == (1, Relation.EQUIVALENT)
    assert told.roots == [
        ("ARC504", "property fd_is_of_a_session"),
        ("ARC502", "property copied_by_arcs"),
        ("ARC503", "property no_way_back"),
    ]
    assert [f.level for f in told.machine.findings] == [Level.BREAKING, Level.BREAKING, Level.NOTE]
    assert told.machine.properties_same == (2, 4)


@pytest.mark.parametrize(
    ("edit", "code", "exit_code"),
    [(STRONGER, "ARC503", 0), (WEAKER, "ARC504", 1), ((BY_ARCS, ""), "ARC502", 1)],
    ids=["strengthened", "weakened", "deleted"],
)
def test_weakening_and_deleting_fail_and_strengthening_does_not(
    tree: Tree, edit: tuple[str, str], code: str, exit_code: int
) -> None:
    told = tree.compared(edited(edit))
    assert told.code == exit_code
    assert [c for c, _ in told.roots] == [code]


def test_a_property_strengthened_until_it_fails_is_one_finding_with_its_counterexample(tree: Tree) -> None:
    told = tree.compared(edited((NO_WAY_BACK, f"{NO_WAY_BACK} and state' != RUNNING")))
    assert (told.code, told.roots) == (1, [("ARC503", "property no_way_back")])
    broken = told.all["ARC506", "property no_way_back"]
    assert [s.label for s in broken.runs[0].steps] == ["start", "stop", "begin_stop_copy", "reset"]


def test_a_property_said_in_other_words_is_no_finding(tree: Tree) -> None:
    told = tree.compared(edited((SESSION, "never fd and not saving(state) and state != RESUMING")))
    assert (told.code, told.roots) == (0, [])


def test_a_property_added_is_a_note_and_one_that_fails_is_not(tree: Tree) -> None:
    last = "property comes_back"
    told = tree.compared(edited((last, f"property runs\n  reachable state == PRE_COPY or not pre_copy\n{last}")))
    assert (told.code, told.roots) == (0, [("ARC501", "property runs")])
    fails = tree.compared(edited((last, f"property runs\n  never state == PRE_COPY\n{last}")))
    assert (fails.code, fails.roots) == (1, [("ARC501", "property runs")])
    assert [s.label for s in fails.machine.findings[0].runs[0].steps] == ["start", "begin_pre_copy"]


def test_removing_an_arc_can_make_a_property_vacuous(tree: Tree) -> None:
    alone = edited(("reached only via begin_stop_copy, finish", "reached only via begin_stop_copy"),
                   ("STOP_COPY by user when pre_copy and fd", "STOP_COPY by user when false"))  # fmt: skip
    begin = "arc begin_stop_copy: STOP -> STOP_COPY by user { fd' = true  last' = ARC_DONE }\n"
    without = edited((begin, ""), ("reached only via begin_stop_copy", "reached only via run"), text=alone)
    told = tree.compared(without, old=alone)
    assert (told.code, told.machine.relation) == (1, Relation.RESTRICTS)
    assert ("ARC202", "rule begin_stop_copy") in told.roots
    vacuous = told.all["ARC507", "property no_way_back"]
    assert (vacuous.before, vacuous.after, vacuous.own) == ("PROVED", "VACUOUS", Level.BREAKING)
    removed = next(f for f in told.machine.findings if f.code == "ARC202")
    assert vacuous in removed.consequences


def test_expecting_less_is_a_finding(tree: Tree) -> None:
    told = tree.compared(edited((NO_WAY_BACK, f"{NO_WAY_BACK}\n  severity warning")))
    assert (told.code, told.roots) == (1, [("ARC511", "property no_way_back")])
    assert (told.machine.findings[0].before, told.machine.findings[0].after) == ("severity error", "severity warning")
