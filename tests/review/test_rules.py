"""What a change of a rule is called, how it shows, and the exit code: one test a change."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, Outcome, Tree, edited
from verifier.change.level import Level
from verifier.report.review import Finding, Relation, Run

FINISH = "arc finish: PRE_COPY -> STOP_COPY by user when pre_copy and fd { last' = ARC_DONE }\n"
END_RESUMING = "arc end_resuming: RESUMING -> STOP by user { fd' = false  last' = ARC_DONE }\n"
RESET = "rule reset by kernel"
SAVING = "def saving(s: State) = s in {STOP_COPY, PRE_COPY}\n"


def moved(text: str, part: str, before: str) -> str:
    """The text with one part moved before another."""
    return edited((part, ""), (before, part + before), text=text)


SAME = {
    "another layout": edited(("{ fd' = true  last' = ARC_DONE }", "{\n    fd' = true\n    last' = ARC_DONE\n  }")),
    "declarations in another order": moved(moved(BASE, FINISH, "arc stop:"), SAVING, "enum State"),
    "properties in another order": moved(
        BASE, "property resuming_is_reached\n  reachable state == RESUMING\n", "property no_way_back"
    ),
    "comments": edited((FINISH, f"# The device stops, saving goes on.\n{FINISH}")),
    "documentation": edited(("the user holds a descriptor", "the descriptor that the user holds")),
    "bound variable": edited((SAVING, "def saving(which: State) = which in {STOP_COPY, PRE_COPY}\n")),
    "De Morgan": edited(("when pre_copy and fd", "when not (not pre_copy or not fd)")),
    "conjuncts in another order": edited(("when pre_copy and fd", "when fd and pre_copy")),
    "assignments in another order": edited(("{ fd' = true  last' = ARC_DONE }", "{ last' = ARC_DONE  fd' = true }")),
    "definition inlined": edited(
        (SAVING, ""), ("implies saving(state) or", "implies state in {STOP_COPY, PRE_COPY} or")
    ),
    "condition in cases": edited(("when state != RESUMING", "when (if state == RESUMING then false else true)")),
    "set written out": edited(("s in {STOP_COPY, PRE_COPY}", "s == PRE_COPY or s == STOP_COPY")),
    "assumption of an arc repeated": edited(("when pre_copy and fd", "when state == PRE_COPY and pre_copy and fd")),
}


@pytest.mark.parametrize("new", SAME.values(), ids=SAME)
def test_what_means_the_same_is_no_finding(tree: Tree, new: str) -> None:
    assert new != BASE
    told = tree.compared(new)
    assert (told.code, told.roots, told.machine.relation) == (0, [], Relation.EQUIVALENT)
    rules, properties = BASE.count("\narc ") + 1, BASE.count("\nproperty ")
    assert (told.machine.rules_same, told.machine.properties_same) == ((rules, rules), (properties, properties))
    assert told.out.startswith("PASSED")


def only(told: Outcome) -> Finding:
    """The one root finding."""
    (found,) = told.machine.findings
    return found


def way(run: Run) -> str:
    """The control values on the way."""
    return run.summary.rpartition(": ")[2]


def test_unblocking_a_way_back_is_one_finding_under_which_the_broken_property_hangs(tree: Tree) -> None:
    back = "arc go_back: STOP_COPY -> PRE_COPY by user when pre_copy { last' = ARC_DONE }\n"
    told = tree.compared(edited((RESET, back + RESET)))
    assert (told.code, told.machine.relation) == (1, Relation.EXTENDS)
    assert told.roots == [("ARC201", "rule go_back"), ("ARC405", "machine")]
    assert told.machine.same_while == ("not pre_copy",)
    added = told.machine.findings[0]
    assert (added.own, added.level, added.actor) == (Level.NOTE, Level.BREAKING, "user")
    assert [(c.code, c.subject) for c in added.consequences] == [("ARC506", "property no_way_back")]
    (run,) = added.consequences[0].runs
    assert way(run) == "RUNNING -> STOP -> STOP_COPY -> PRE_COPY"
    assert [s.label for s in run.steps] == ["start", "stop", "begin_stop_copy", "go_back"]
    assert told.out.startswith("GATE FAILED")


def test_resuming_made_a_trap_loses_progress(tree: Tree) -> None:
    told = tree.compared(edited((END_RESUMING, "")))
    assert (told.code, told.machine.relation) == (1, Relation.RESTRICTS)
    assert told.roots == [("ARC202", "rule end_resuming")], "one cause, one finding"
    codes = {c.code for c in only(told).consequences}
    assert codes >= {"ARC408", "ARC410", "ARC506"}
    lost = told.all["ARC410", "a way back from RESUMING"]
    assert [way(r) for r in lost.runs] == ["RUNNING -> STOP -> RESUMING"]
    broken = told.all["ARC506", "property comes_back"]
    assert (broken.before, broken.after) == ("PROVED", "REFUTED")


def test_a_guard_widened_where_no_run_comes_is_a_note(tree: Tree) -> None:
    told = tree.compared(edited(("when pre_copy and fd", "when pre_copy")))
    assert (told.code, told.machine.relation) == (0, Relation.EQUIVALENT)
    assert told.roots == [("ARC304", "rule finish")]
    assert (only(told).level, only(told).runs) == (Level.NOTE, ())
    assert any("certified by" in line for line in only(told).proof)
    closed = ("--policy", "safety", "--strict", "--fail-on", "risky")
    assert tree.compared(edited(("when pre_copy and fd", "when pre_copy")), *closed).code == 1


@pytest.mark.parametrize(
    ("guard", "code", "relation", "sides", "levels"),
    [
        ("", "ARC301", Relation.EXTENDS, ["new"], [0, 1]),
        ("when state == RUNNING", "ARC302", Relation.RESTRICTS, ["old"], [1, 0]),
        ("when state != RUNNING", "ARC303", Relation.INCOMPARABLE, ["new", "old"], [1, 1]),
    ],
    ids=["widened", "narrowed", "moved"],
)
def test_a_guard_that_differs_is_shown_by_a_run_each_way_and_weighs_by_its_actor(
    tree: Tree, guard: str, code: str, relation: Relation, sides: list[str], levels: list[int]
) -> None:
    by_user = edited(("by kernel", "by user"))
    of_user = tree.compared(edited(("when state != RESUMING", guard), text=by_user), old=by_user)
    told = tree.compared(edited(("when state != RESUMING", guard)))
    assert [of_user.code, told.code] == levels
    assert told.machine.relation is relation
    assert told.roots[0] == (code, "rule reset")
    assert [r.side for r in told.machine.findings[0].runs] == sides
    assert all(r.steps[-1].label == "reset" for r in told.machine.findings[0].runs)


@pytest.mark.parametrize(
    ("effect", "code", "relation"),
    [
        ("fd' = not fd", "ARC311", Relation.INCOMPARABLE),
        ("fd' in {true, false}", "ARC312", Relation.EXTENDS),
    ],
)
def test_an_effect_that_differs_has_its_kind(tree: Tree, effect: str, code: str, relation: Relation) -> None:
    new = edited(("{ state' = RUNNING  fd' = false", f"{{ state' = RUNNING  {effect}"))
    told = tree.compared(new)
    assert (told.code, told.machine.relation) == (1, relation)
    assert told.roots[0] == (code, "rule reset")
    mirrored = tree.compared(BASE, old=new)
    assert mirrored.roots[0] == ({"ARC312": "ARC313"}.get(code, code), "rule reset")
    assert mirrored.machine.relation is {Relation.EXTENDS: Relation.RESTRICTS}.get(relation, relation)


def test_who_acts_and_what_is_written_are_findings_of_their_own(tree: Tree) -> None:
    told = tree.compared(edited(("by kernel", "by device")))
    assert (told.code, told.roots) == (1, [("ARC204", "rule reset")])
    assert (only(told).before, only(told).after) == ("by kernel", "by device")
    stop = "arc stop: RUNNING -> STOP by user {"
    kept = tree.compared(edited((stop, f"{stop} fd' in {{true, false}}")))
    assert (kept.code, kept.roots[0]) == (1, ("ARC314", "rule stop"))


def test_a_next_hop_entry_that_points_backwards_is_a_livelock(tree: Tree) -> None:
    """Every cell is a legal arc, and no cell misses: only following the table shows it."""
    row = "  | PRE_COPY  | RUNNING | RUNNING | STOP_COPY | PRE_COPY | RUNNING  |"
    ahead = edited(("| RUNNING   | STOP    | RUNNING | STOP      |", "| RUNNING   | STOP    | RUNNING | PRE_COPY  |"))
    told = tree.compared(edited((row, row.replace("STOP_COPY", "RUNNING  ")), text=ahead), old=ahead)
    assert (told.code, told.machine.relation) == (1, Relation.EQUIVALENT)
    (found,) = told.machine.findings
    assert (found.code, found.subject) == ("ARC413", "table next_state[PRE_COPY, STOP_COPY]")
    assert (found.before, found.after) == ("STOP_COPY", "RUNNING")
    (lost,) = found.consequences
    assert (lost.code, lost.kind, lost.subject) == ("ARC410", "lost", "table next_state arrives")
    assert lost.after == "PRE_COPY -> RUNNING -> PRE_COPY on the way to STOP_COPY"


def test_a_rule_renamed_is_a_note_and_one_renamed_in_silence_is_not(tree: Tree) -> None:
    told = tree.compared(edited((RESET, "rule vfio_reset was reset by kernel")))
    assert (told.code, told.roots, told.machine.relation) == (0, [("ARC112", "rule vfio_reset")], Relation.EQUIVALENT)
    assert (only(told).before, only(told).after) == ("reset", "vfio_reset")
    silent = tree.compared(edited((RESET, "rule vfio_reset by kernel")))
    assert (silent.code, silent.roots[0]) == (1, ("ARC112h", "rule vfio_reset"))
    assert "write `vfio_reset was reset`" in silent.out


def test_an_extension_behind_a_parameter_is_conservative(tree: Tree) -> None:
    new = edited(
        ("param pre_copy", "param p2p: bool\nparam pre_copy"),
        (RESET, "arc skip: STOP -> PRE_COPY by user when p2p and pre_copy { fd' = true  last' = ARC_DONE }\n" + RESET),
    )
    told = tree.compared(new)
    assert told.machine.relation is Relation.EXTENDS
    assert "not p2p" in told.machine.same_while
    assert {f.after for f in told.machine.findings if f.code == "ARC405"} == {"not p2p", "not pre_copy"}
    assert told.all["ARC405", "machine"].level is Level.NOTE
    assert (told.code, told.all["ARC201", "rule skip"].level) == (0, Level.NOTE)


def test_a_state_that_needs_a_new_parameter_is_opt_in(tree: Tree) -> None:
    enum = "enum State { STOP, RUNNING, STOP_COPY, PRE_COPY, RESUMING"
    new = edited(
        (BASE[BASE.index("table next_state") : BASE.index("def saving")], ""),
        ("param pre_copy", "param p2p: bool\nparam pre_copy"),
        (enum, f"{enum}, RUNNING_P2P"),
        (RESET, "arc quiesce: RUNNING -> RUNNING_P2P by user when p2p { last' = ARC_DONE }\n"
                "arc unquiesce: RUNNING_P2P -> RUNNING by user when p2p { last' = ARC_DONE }\n" + RESET),
    )  # fmt: skip
    old = edited((BASE[BASE.index("table next_state") : BASE.index("def saving")], ""))
    told = tree.compared(new, old=old)
    assert (told.code, told.machine.relation) == (0, Relation.EXTENDS)
    assert told.all["ARC110o", "value State.RUNNING_P2P"].level is Level.NOTE
    assert told.machine.same_while == ("not p2p",)


def test_a_version_equals_itself(tree: Tree) -> None:
    told = tree.compared(BASE)
    assert (told.code, told.roots, told.machine.skipped) == (0, [], True)
    same = tree.reviewed("diff", "old.arc", "old.arc")
    assert (same.code, same.roots, same.machine.relation) == (0, [], Relation.EQUIVALENT)
