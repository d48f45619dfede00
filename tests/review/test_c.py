"""Patches that touch only C: both sides are read from the code, and the findings stand at its lines."""

from __future__ import annotations

from tests.review import drivers
from tests.review.drivers import DRIVER, HEADER, LOOPING, PLAIN, WITH_P2P, WITH_PRE_COPY
from tests.review.scratch import Outcome, Tree
from tests.versions.scratch import traces
from verifier.change.level import Level
from verifier.report.review import Finding, MachineReview, Relation


def changed(tree: Tree, old: dict[str, str], new: dict[str, str], *words: str) -> Outcome:
    """What is said of the patch from one version of the driver to another."""
    base = tree.commit(dict(old), "the driver")
    tree.commit(dict(new), "the change")
    path = tree.top.parent / "one.mbx"
    path.write_bytes(tree.mbox(base, "--base", base))
    tree.git("reset", "-q", "--hard", base)
    before = traces(tree.top)
    told = tree.reviewed("patch", "../one.mbx", "--tree", ".", *words)
    assert traces(tree.top) == before
    return told


def machines(told: Outcome) -> dict[str, MachineReview]:
    return {m.name: m for m in told.review.machines}


def line_of(text: str, after: str, part: str) -> int:
    """The number of the first line with `part` after the one with `after`."""
    lines = text.split("\n")
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n for n, line in enumerate(lines[start:], start + 1) if part in line)


def named(machine: MachineReview, subject: str) -> Finding:
    return next(f for f in machine.findings if f.subject == subject)


def test_one_cell_is_one_finding_at_its_line(tree: Tree) -> None:
    text = PLAIN[DRIVER]
    arcs = {**drivers.ARCS, "RUNNING": "STOP:STOP RUNNING:RUNNING SAVING:SAVING"}
    new = drivers.table(drivers.STATES, arcs, "SAVING")
    told = changed(tree, PLAIN, {DRIVER: drivers.driver([new, drivers.NEXT])})
    assert told.code == 1
    table = machines(told)["next_step"]
    assert (table.relation, table.path) == (Relation.INCOMPARABLE, DRIVER)
    assert (table.findings, table.strength) == ((), "proved; told with dev_next_state")
    (of_function,) = machines(told)["dev_next_state"].findings
    assert (of_function.code, of_function.subject) == ("ARC413", "function dev_next_state")
    found = next(c for c in of_function.consequences if c.code == "ARC413")
    assert (found.subject, found.title) == ("step RUNNING -> SAVING", "SAVING, was STOP")
    assert found.note == "the cell was STOP, and is SAVING"
    assert found.place is not None
    assert (found.place.path, found.place.line) == (DRIVER, line_of(text, "[DEV_STATE_RUNNING] = {", "STATE_SAVING]"))
    assert found.place.text == "[DEV_STATE_SAVING] = DEV_STATE_SAVING,"
    assert "+\t\t[DEV_STATE_SAVING] = DEV_STATE_SAVING," in found.quoted
    assert [(r.side, r.summary) for r in of_function.runs] == [("new", "RUNNING -> SAVING"), ("old", "RUNNING -> STOP")]
    assert of_function.place == found.place


def test_adding_a_state_is_told_with_what_it_does_to_the_others(tree: Tree) -> None:
    told = changed(tree, PLAIN, WITH_P2P, "--fail-on", "risky")
    assert told.code == 1
    assert told.all["ARC110", "value DevState.P2P"].level in (Level.RISKY, Level.BREAKING)
    moved = {f.subject: f for f in told.every() if f.code == "ARC413" and " -> " in f.subject}
    assert set(moved) == {"step STOP -> RUNNING", "step RUNNING -> STOP", "step RUNNING -> SAVING"}
    assert all("P2P, was " in f.title for f in moved.values())
    assert all(f.place is not None and f.place.path == DRIVER for f in moved.values())


def test_adding_two_states_behind_the_others_leaves_the_old_arcs_alone(tree: Tree) -> None:
    told = changed(tree, WITH_P2P, WITH_PRE_COPY, "--fail-on", "risky")
    assert told.code == 1
    added = {f.subject for f in told.every() if f.code == "ARC110"}
    assert added == {"value DevState.PRE_COPY", "value DevState.PRE_COPY_P2P"}
    assert not [f for f in told.every() if f.code == "ARC413" and " -> " in f.subject], "no old pair of states differs"


def test_a_loop_that_loses_its_test_for_the_error_state_may_never_end(tree: Tree) -> None:
    text = LOOPING[DRIVER]
    new = text.replace("*next != DEV_STATE_ERROR && (state_flags", "(state_flags")
    assert new != text
    told = changed(tree, LOOPING, {DRIVER: new})
    assert told.code == 1
    (lost,) = (f for f in told.machine.findings if f.level is Level.BREAKING)
    assert (lost.code, lost.kind, lost.subject) == ("ARC410", "lost", "function dev_next_state")
    assert lost.place is not None
    assert (lost.place.path, lost.place.line) == (DRIVER, line_of(new, "dev_next_state(", "while ("))
    assert "never returns" in told.out
    back = changed(tree, {DRIVER: new}, {DRIVER: text})
    assert back.all["ARC410", "function dev_next_state"].kind == "gained"


def test_rewriting_a_function_without_changing_it_is_no_finding(tree: Tree) -> None:
    new = PLAIN[DRIVER].replace(
        "\treturn (*next != DEV_STATE_ERROR) ? 0 : -EINVAL;\n",
        "\tif (*next == DEV_STATE_ERROR)\n\t\treturn -EINVAL;\n\treturn 0;\n",
    )
    told = changed(tree, PLAIN, {DRIVER: new})
    assert (told.code, told.roots, told.machine.relation) == (0, [], Relation.EQUIVALENT)


def test_a_table_written_in_another_order_is_no_finding(tree: Tree) -> None:
    rows = drivers.table(tuple(reversed(drivers.STATES)), drivers.ARCS, "SAVING")
    told = changed(tree, PLAIN, {DRIVER: drivers.driver([rows, drivers.NEXT])})
    assert (told.code, told.roots) == (0, [])


def test_what_only_one_side_can_be_read_of_was_not_checked(tree: Tree) -> None:
    new = PLAIN[DRIVER].replace("= DEV_STATE_SAVING,\n", "= MYSTERY(SAVING),\n", 1)
    told = changed(tree, PLAIN, {DRIVER: new})
    assert told.code == 3, "no difference is made up of what is not understood"
    for machine in told.review.machines:
        assert machine.relation is Relation.UNDECIDED
        (found,) = machine.findings
        assert (found.code, found.level) == ("ARC701", Level.UNDECIDED)
        assert "MYSTERY" in found.note
    back = changed(tree, {DRIVER: new}, PLAIN)
    assert back.code == 3
    assert "in the old version: " in back.out


def test_what_is_named_must_be_there_and_be_read(tree: Tree) -> None:
    told = changed(tree, PLAIN, WITH_P2P, "--table", "next_step")
    assert (told.code, [m.name for m in told.review.machines]) == (1, ["next_step"])
    lost = tree.reviewed("patch", "../one.mbx", "--tree", ".", "--table", "next_stp")
    assert lost.code == 2
    assert "no table next_stp in the files that the series changes" in lost.out
    assert "did you mean next_step?" in lost.out
    both = tree.reviewed("patch", "../one.mbx", "--tree", ".", "--table", "next_step", "--function", "dev_nxt")
    assert both.code == 2, "one that is there does not make up for one that is not"


def test_code_about_no_states_is_named_and_was_not_checked(tree: Tree) -> None:
    old = {DRIVER: "int dev_open(struct dev *dev)\n{\n\treturn dev->ready ? 0 : -ENODEV;\n}\n"}
    told = changed(tree, old, {DRIVER: old[DRIVER].replace("-ENODEV", "-EBUSY")})
    assert (told.code, told.problems) == (2, ["ARC938"])
    assert DRIVER in told.out
    allowed = tree.reviewed("patch", "../one.mbx", "--tree", ".", "--allow-empty")
    assert allowed.code == 0
    assert any("dev_open" in n for n in allowed.review.notes)


def test_a_header_alone_can_change_what_a_table_means(tree: Tree) -> None:
    """The numbers of two states are exchanged; the table is positional, and nobody has touched it."""
    cells = "DEV_STATE_ERROR, DEV_STATE_RUNNING, DEV_STATE_STOP, DEV_STATE_STOP"
    table = f"static const u8 next_step[4] = {{\n\t{cells},\n}};\n"
    old = {HEADER: drivers.header(drivers.STATES), DRIVER: drivers.driver([table])}
    new = {HEADER: drivers.header(("ERROR", "RUNNING", "STOP", "SAVING"))}
    told = changed(tree, old, new)
    assert (told.code, told.problems) == (2, ["ARC938"])


def test_a_header_that_changes_along_is_named_for_what_was_not_read(tree: Tree) -> None:
    told = changed(tree, PLAIN, WITH_P2P)
    assert f"files that include {HEADER}, and that the series does not change, were not read" in told.review.notes
