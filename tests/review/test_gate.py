"""The gate: which two versions it compares, whose policy counts, and what it never lets pass in silence."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, SPEC, Tree, edited
from verifier.change.level import Level
from verifier.report.review import Relation

WIDENED = edited(("reset by kernel when state != RESUMING", "reset by kernel"))
HARMLESS = edited(("when pre_copy and fd", "when pre_copy"))
CONFIG = 'config-version = 1\nspecs = ["spec/**/*.arc"]\n'


def test_the_work_tree_is_compared_with_what_is_committed(migration: Tree) -> None:
    told = migration.gated(WIDENED)
    assert (told.code, told.roots) == (1, [("ARC301", "rule reset")])
    assert told.machine.findings[0].level is Level.BREAKING
    assert told.review.base == f"HEAD ({migration.id('HEAD')[:12]})"
    assert told.review.head == "work tree"


def test_the_index_is_what_is_staged(migration: Tree) -> None:
    migration.write({SPEC: WIDENED})
    clean = migration.reviewed("gate", "--base", "HEAD", "--head", "index")
    assert (clean.code, clean.roots) == (0, [])
    migration.git("add", SPEC)
    migration.write({SPEC: BASE})
    staged = migration.reviewed("gate", "--base", "HEAD", "--head", "index")
    assert (staged.code, staged.roots) == (1, [("ARC301", "rule reset")])
    assert staged.review.head == "index"


def test_a_branch_is_compared_with_where_it_left_the_base(migration: Tree) -> None:
    """What others have merged since is no change of the branch."""
    start = migration.id("HEAD")
    migration.git("switch", "-q", "-c", "topic")
    migration.commit({SPEC: HARMLESS})
    migration.git("switch", "-q", "main")
    migration.commit({SPEC: WIDENED})
    migration.git("switch", "-q", "topic")
    for head in ("topic", "worktree", "index"):
        told = migration.reviewed("gate", "--base", "main", "--head", head)
        assert (told.code, told.roots) == (0, [("ARC304", "rule finish")]), head
        assert told.review.base == f"main (merge base {start[:12]})"
    assert migration.reviewed("gate", "--head", "topic").roots == told.roots, "the main branch is the default"
    named = migration.reviewed("gate", "--base", "main", "--head", "topic")
    assert named.review.head == f"topic ({migration.id('topic')[:12]})"


def test_a_waiver_counts_from_the_moment_it_is_on_the_base(migration: Tree) -> None:
    """The owner merges it to the base; the branch need not be made anew for that."""
    migration.git("switch", "-q", "-c", "topic")
    migration.commit({SPEC: WIDENED})
    blocked = migration.reviewed("gate", "--base", "main", "--head", "topic")
    assert blocked.code == 1
    print_ = blocked.machine.findings[0].fingerprint
    migration.git("switch", "-q", "main")
    migration.commit({"arcproof-waivers.toml": waiver(print_)})
    told = migration.reviewed("gate", "--base", "main", "--head", "topic")
    assert (told.code, told.review.accepted) == (0, 1)


def waiver(fingerprint: str) -> str:
    return f"""[[waiver]]
id = "W-1"
code = "ARC301"
machine = "migration"
subject = "rule reset"
fingerprint = "sha256:{fingerprint}"
kind = "change"
reason = "drivers survive a reset while resuming"
owner = "owner@example.com"
link = "https://example.com/1"
"""


def test_a_spec_that_is_deleted_is_a_breaking_change(migration: Tree) -> None:
    told = migration.gated(None)
    assert (told.code, told.roots, told.machine.relation) == (1, [("ARC102", "machine")], Relation.REMOVED)
    place = told.machine.findings[0].old_place
    assert (place and place.path) == SPEC


def test_a_spec_that_is_added_is_a_note_and_is_checked(migration: Tree) -> None:
    good = "machine lamp\nvar on: bool = false\nrule press by user { on' = not on }\nproperty lit reachable on\n"
    migration.write({"spec/lamp.arc": good})
    told = migration.reviewed("gate", "--base", "HEAD")
    assert (told.code, told.roots) == (0, [("ARC101", "machine")])
    migration.write({"spec/lamp.arc": f"{good}property dark never on\n"})
    fails = migration.reviewed("gate", "--base", "HEAD")
    assert fails.code == 1
    assert fails.all["ARC530", "property dark"].level is Level.BREAKING


def test_what_failed_before_and_still_fails_does_not_pass(migration: Tree) -> None:
    broken = edited(("every step state == STOP_COPY implies", "every step"))
    migration.commit({SPEC: broken})
    told = migration.gated(edited(("when pre_copy and fd", "when pre_copy"), text=broken))
    assert (told.code, told.roots) == (1, [("ARC530", "property no_way_back"), ("ARC304", "rule finish")])
    assert told.machine.findings[0].runs
    untouched = migration.gated(edited(("when pre_copy and fd", "when fd and pre_copy"), text=broken))
    assert (untouched.code, untouched.machine.strength) == (0, "unchanged, so not checked again")


def test_a_spec_that_was_moved_is_the_same_machine(migration: Tree) -> None:
    migration.write({SPEC: None, "spec/vfio/migration.arc": BASE})
    told = migration.reviewed("gate", "--base", "HEAD")
    assert (told.code, told.roots, told.machine.relation) == (0, [], Relation.EQUIVALENT)


def test_paths_limit_the_review_and_one_that_names_nothing_is_refused(migration: Tree) -> None:
    lamp = "machine lamp\nvar on: bool = false\nrule press by user { on' = not on }\n"
    migration.commit({"lamp/lamp.arc": lamp})
    migration.write({SPEC: WIDENED})
    told = migration.reviewed("gate", "--base", "HEAD", "lamp")
    assert (told.code, [m.name for m in told.review.machines]) == (0, ["lamp"])
    both = migration.reviewed("gate", "--base", "HEAD", "lamp", SPEC)
    assert (both.code, [m.name for m in both.review.machines]) == (1, ["lamp", "migration"])
    lost = migration.reviewed("gate", "--base", "HEAD", "lamp", "spec/migraton.arc")
    assert (lost.code, lost.problems) == (2, ["ARC938"])
    assert "did you mean spec/migration.arc?" in lost.out


def test_without_a_spec_it_could_not_check_unless_that_is_right(tree: Tree) -> None:
    tree.commit({"readme": "nothing here"})
    tree.write({"readme": "nothing at all"})
    assert (tree.reviewed("gate", "--base", "HEAD").code, tree.run("gate", "--base", "HEAD").out[:15]) == (
        2,
        "COULD NOT CHECK",
    )
    assert tree.reviewed("gate", "--base", "HEAD", "--allow-empty").code == 0


def test_pre_commit_names_base_and_head(migration: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    first = migration.id("HEAD")
    last = migration.commit({SPEC: WIDENED})
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", first)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", last)
    told = migration.reviewed("gate", "--from-pre-commit")
    assert (told.code, told.roots) == (1, [("ARC301", "rule reset")])
    assert (told.review.base, told.review.head) == (first[:12], last[:12])
    monkeypatch.delenv("PRE_COMMIT_FROM_REF")
    assert migration.reviewed("gate", "--from-pre-commit").code == 0, "at commit the index is compared with HEAD"


# --- Policy and configuration


def test_the_bases_policy_counts_and_the_proposed_one_is_told(migration: Tree) -> None:
    migration.commit({"arcproof.toml": CONFIG})
    migration.write({"arcproof.toml": f'{CONFIG}fail-on = "never"\n'})
    told = migration.gated(WIDENED)
    assert (told.code, told.roots) == (1, [("ARC601", "arcproof.toml"), ("ARC301", "rule reset")])
    assert told.review.policy_note == "with the proposed policy and waivers the result would be PASSED"
    assert told.review.policy_note in told.out
    trusting = migration.gated(WIDENED, "--policy-from", "head")
    assert trusting.code == 0
    assert "policy and waivers are those of the head" in trusting.out


def test_a_stricter_policy_of_the_head_is_told_as_well(migration: Tree) -> None:
    migration.commit({"arcproof.toml": CONFIG})
    migration.write({"arcproof.toml": f'{CONFIG}fail-on = "note"\n'})
    told = migration.gated(HARMLESS)
    assert told.code == 0
    assert told.review.policy_note.endswith("would be GATE FAILED")


def test_profiles_weigh_the_same_change_differently(migration: Tree) -> None:
    codes = {p: migration.gated(WIDENED, "--policy", p).code for p in ("uapi", "impl", "safety")}
    assert codes == {"uapi": 1, "impl": 0, "safety": 1}
    assert migration.gated(WIDENED, "--fail-on", "never").code == 0


def test_a_configuration_that_cannot_be_read_ends_the_run(migration: Tree) -> None:
    migration.commit({"arcproof.toml": CONFIG})
    migration.write({"arcproof.toml": f"{CONFIG}polcy = 1\n"})
    told = migration.gated(WIDENED)
    assert (told.code, told.problems) == (2, ["ARC941"])
    assert "did you mean `policy`?" in told.out


def test_a_cited_source_that_changes_without_its_spec_is_told(migration: Tree) -> None:
    drift = f'{CONFIG}[drift]\n"include/vfio.h" = ["{SPEC}"]\n'
    migration.commit({"arcproof.toml": drift, "include/vfio.h": "enum a { A };\n"})
    migration.write({"include/vfio.h": "enum a { A, B };\n"})
    told = migration.reviewed("gate", "--base", "HEAD")
    assert (told.code, told.roots) == (0, [("ARC802", "source include/vfio.h")])
    along = migration.gated(HARMLESS)
    assert along.roots == [("ARC304", "rule finish")], "the spec changes along with its source"


def test_the_command_that_gives_the_review_again_gives_it_again(migration: Tree) -> None:
    first = migration.gated(WIDENED, "--policy", "safety", "--fail-on", "risky", SPEC)
    words = first.review.reproduce.split(" ")
    assert words[:2] == ["arcproof", "gate"]
    again = migration.reviewed(*words[1:])
    assert (again.code, again.out) == (first.code, first.out)
