"""What OLD and NEW of `diff` may be, and how they are called."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, SPEC, Outcome, Tree, edited
from verifier.report.review import Relation

HARMLESS = edited(("when pre_copy and fd", "when pre_copy"))
WIDENED = edited(("reset by kernel when state != RESUMING", "reset by kernel"))
LAMP = "machine lamp\nvar on: bool = false\nrule press by user { on' = not on }\n"


@pytest.fixture
def history(migration: Tree) -> Tree:
    """Two commits, and a third state in the work tree; the spec lies beside another one."""
    migration.commit({SPEC: HARMLESS, "spec/lamp.arc": LAMP})
    migration.write({SPEC: WIDENED})
    return migration


def sides(told: Outcome) -> tuple[str, str]:
    return told.review.base, told.review.head


def test_two_revisions(history: Tree) -> None:
    told = history.reviewed("diff", "HEAD~1", "HEAD")
    assert told.code == 0
    machines = {m.name: (m.relation, [f.code for f in m.findings]) for m in told.review.machines}
    assert machines == {"lamp": (Relation.ADDED, ["ARC101"]), "migration": (Relation.EQUIVALENT, ["ARC304"])}
    ids = history.id("HEAD~1")[:12], history.id("HEAD")[:12]
    assert sides(told) == (f"HEAD~1 ({ids[0]})", f"HEAD ({ids[1]})")
    assert f"HEAD~1 ({ids[0]})..HEAD ({ids[1]})" in told.out


def test_a_file_of_a_revision_and_one_on_disk(history: Tree) -> None:
    told = history.reviewed("diff", f"HEAD:{SPEC}", SPEC)
    assert (told.code, told.machine.relation) == (1, Relation.EXTENDS)
    assert told.roots[0] == ("ARC301", "rule reset")
    assert sides(told) == (f"HEAD ({history.id('HEAD')[:12]}):{SPEC}", SPEC)


def test_standard_input_is_a_side(history: Tree) -> None:
    told = history.reviewed("diff", SPEC, "-", stdin=BASE.encode())
    assert (told.code, told.machine.relation) == (0, Relation.RESTRICTS)
    assert told.roots == [("ARC302", "rule reset")]
    assert sides(told) == (SPEC, "<stdin>")
    broken = history.reviewed("diff", "-", SPEC, stdin=b"machine")
    assert broken.code == 2
    assert "<stdin>:1:" in broken.out


def test_two_folders(history: Tree) -> None:
    history.write({"a/one.arc": BASE, "b/one.arc": WIDENED, "b/lamp.arc": LAMP})
    told = history.reviewed("diff", "a", "b")
    assert told.code == 1
    found = {m.name: [f.code for f in m.findings] for m in told.review.machines}
    assert found == {"lamp": ["ARC101"], "migration": ["ARC301"]}
    told = history.reviewed("diff", "b", "a")
    assert told.code == 1, "a machine is gone"
    assert ("ARC102", "machine") in told.roots


def test_two_files_are_compared_whatever_their_names(history: Tree) -> None:
    history.write({"a/old_name.arc": BASE, "b/new_name.arc": edited(("machine migration", "machine vfio"))})
    told = history.reviewed("diff", "a/old_name.arc", "b/new_name.arc")
    assert (told.code, told.machine.relation) == (0, Relation.EQUIVALENT)
    (found,) = told.machine.findings
    assert (found.code, found.subject, found.before, found.after) == ("ARC112", "machine", "migration", "vfio")


def test_one_machine_alone(history: Tree) -> None:
    told = history.reviewed("diff", "HEAD", ".", "--only-machine", "lamp")
    assert (told.code, [m.name for m in told.review.machines]) == (0, ["lamp"])
    both = history.reviewed("diff", "HEAD", ".", "--only-machine", "lamp", "--only-machine", "migration")
    assert (both.code, len(both.review.machines)) == (1, 2)


def test_nothing_on_either_side_was_not_checked(history: Tree) -> None:
    history.write({"a/readme": "x", "b/readme": "y"})
    told = history.reviewed("diff", "a", "b")
    assert told.code == 2
    assert told.out.startswith("COULD NOT CHECK")
