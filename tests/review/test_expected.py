"""A change held against what its author declares, with the proof that nothing else changes."""

from __future__ import annotations

import pytest

from tests.review.scratch import Tree, edited
from verifier.change.level import Level

RESET = ("reset by kernel when state != RESUMING", "reset by kernel")
NARROWED = ("when pre_copy and fd", "when pre_copy and last == OPENED")


def intent(expect: str, machine: str = "migration", **region: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in region.items())
    return f'[[intent]]\nmachine = "{machine}"\nexpect = "{expect}"\n{lines}'


def test_a_change_that_is_declared_has_no_further_finding(migration: Tree) -> None:
    migration.write({"expect.toml": intent("extends", transitions='["reset"]')})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert (told.code, told.roots) == (0, [("ARC301", "rule reset")])


def test_what_changes_beside_it_is_collateral_and_breaking(migration: Tree) -> None:
    migration.write({"expect.toml": intent("changes", transitions='["reset"]')})
    told = migration.gated(edited(RESET, NARROWED), "--expect", "expect.toml", "--policy", "impl")
    assert told.code == 1
    found = told.all["ARC415", "outside the intent"]
    assert (found.level, found.before) == (Level.BREAKING, "finish")
    assert found.runs[0].steps[-1].label == "finish"


def test_a_region_of_states_is_proved_to_be_the_only_one(migration: Tree) -> None:
    region = intent("extends", transitions='["reset"]', when='"state == RESUMING"')
    migration.write({"expect.toml": region})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert told.code == 0
    migration.write({"expect.toml": region.replace("RESUMING", "STOP")})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert (told.code, ("ARC415", "outside the intent") in told.roots) == (1, True)


def test_what_is_declared_and_is_not_there_is_told(migration: Tree) -> None:
    migration.write({"expect.toml": intent("restricts", transitions='["reset"]')})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert told.code == 1
    found = told.all["ARC415", "declared relation"]
    assert (found.before, found.after) == ("restricts", "EXTENDS")
    same = migration.gated(edited(), "--expect", "expect.toml")
    assert same.code == 1
    assert ("ARC415", "declared relation") in same.roots


def test_a_machine_of_which_nothing_is_declared_may_not_change(migration: Tree) -> None:
    lamp = "machine lamp\nvar on: bool = false\nrule press by user { on' = not on }\n"
    migration.commit({"spec/lamp.arc": lamp})
    migration.write({"expect.toml": intent("extends", "lamp", transitions='["press"]')})
    migration.write({"spec/lamp.arc": lamp.replace("on' = not on", "on' in {true, false}")})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert told.code == 1
    machines = {m.name: [f.code for f in m.findings] for m in told.review.machines}
    assert machines == {"lamp": ["ARC312"], "migration": ["ARC415", "ARC301"]}


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (intent("extends", transitions='["rest"]'), "ARC949", "did you mean `reset`?"),
        (intent("extends", "migrtion", transitions='["reset"]'), "ARC949", "there are: migration"),
        (intent("extends"), "ARC944", "names no region"),
        (intent("grows", transitions='["reset"]'), "ARC943", "expected"),
        (intent("extends", when='"stat == RESUMING"'), "ARC021", "did you mean state?"),
    ],
    ids=["rule", "machine", "no region", "relation", "condition"],
)
def test_a_declaration_that_cannot_be_read_ends_the_run(migration: Tree, text: str, code: str, told: str) -> None:
    migration.write({"expect.toml": text})
    found = migration.gated(edited(RESET), "--expect", "expect.toml")
    assert (found.code, found.problems) == (2, [code])
    assert told in found.out
    missing = migration.gated(edited(RESET), "--expect", "none.toml")
    assert (missing.code, missing.problems) == (2, ["ARC901"])


def test_a_declaration_is_read_even_where_the_spec_is_the_same(migration: Tree) -> None:
    migration.write({"expect.toml": intent("extends", transitions='["rest"]')})
    told = migration.gated(edited(), "--expect", "expect.toml")
    assert (told.code, told.problems) == (2, ["ARC949"])


def test_a_machine_that_comes_or_goes_is_collateral(migration: Tree) -> None:
    lamp = "machine lamp\nvar on: bool = false\nrule press by user { on' = not on }\n"
    migration.write({"spec/lamp.arc": lamp, "expect.toml": intent("extends", transitions='["reset"]')})
    told = migration.gated(edited(RESET), "--expect", "expect.toml", "--policy", "impl")
    assert told.code == 1
    assert {m.name: [f.code for f in m.findings] for m in told.review.machines}["lamp"] == ["ARC415", "ARC101"]
