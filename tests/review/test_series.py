"""A series from a mailing list: what it changes, as a whole and patch by patch; the tree it is for stays as it is."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, SPEC, Outcome, Tree, edited
from tests.versions.mails import box, diff_of, mail
from tests.versions.scratch import traces
from verifier.change.level import Level
from verifier.report.review import Relation

WIDENED = edited(("reset by kernel when state != RESUMING", "reset by kernel"))
HARMLESS = edited(("when pre_copy and fd", "when pre_copy"))
BOTH = edited(("when pre_copy and fd", "when pre_copy"), text=WIDENED)


def sent(tree: Tree, *texts: str | dict[str, str | None], options: tuple[str, ...] = ()) -> list[bytes]:
    """The mails of a series that makes the spec these texts one after the other; the tree is then as before."""
    base = tree.id("HEAD")
    for number, text in enumerate(texts, 1):
        tree.commit({SPEC: text} if isinstance(text, str) else dict(text), f"migration: step {number}")
    mails = tree.mbox(base, "--base", base, *options).split(b"\nFrom ")
    tree.git("reset", "-q", "--hard", base)
    return [mails[0] + b"\n", *(b"From " + m + b"\n" for m in mails[1:])]


def applied(tree: Tree, mails: list[bytes], *words: str) -> Outcome:
    """What is said of the mails in this order."""
    path = tree.top.parent / "series.mbx"
    path.write_bytes(b"".join(mails))
    return tree.reviewed("patch", str(path), "--tree", str(tree.top), *words)


def test_a_series_is_reviewed_as_a_whole_and_patch_by_patch(migration: Tree) -> None:
    told = applied(migration, sent(migration, HARMLESS, BOTH))
    assert (told.code, told.machine.relation) == (1, Relation.EXTENDS)
    assert told.roots == [("ARC301", "rule reset"), ("ARC304", "rule finish")]
    rows = [(r.number, r.subject, r.cells, [f.code for f in r.findings]) for r in told.review.patches]
    assert rows == [
        (1, "migration: step 1", ("EQUIVALENT, 1 note",), ["ARC304"]),
        (2, "migration: step 2", ("EXTENDS, 1 breaking",), ["ARC301"]),
    ]
    quoted = told.machine.findings[0].quoted
    assert quoted[0].startswith("@@ ")
    assert any(line.startswith("+rule reset by kernel {") for line in quoted)


def test_the_tree_under_review_stays_byte_identical(migration: Tree) -> None:
    mails = sent(migration, WIDENED, HARMLESS)
    hook = migration.top / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {migration.top}/hook-ran\n")
    hook.chmod(0o755)
    migration.write({SPEC: "not what is committed", "untracked": "x"})
    before = traces(migration.top)
    told = applied(migration, mails)
    assert told.code == 0
    assert traces(migration.top) == before


def test_mails_in_another_order_are_put_in_order(migration: Tree) -> None:
    mails = sent(migration, HARMLESS, BOTH, BASE, options=("--cover-letter",))
    told = applied(migration, [mails[2], mails[0], mails[3], mails[1]])
    straight = applied(migration, mails)
    assert told.code == straight.code == 0
    assert [p.subject for p in told.review.patches] == [f"migration: step {n}" for n in (1, 2, 3)]
    assert told.review.machines == straight.review.machines
    assert told.machine.strength.startswith("unchanged"), "the last patch undoes the others"


def test_an_incomplete_series_is_refused(migration: Tree) -> None:
    mails = sent(migration, HARMLESS, BOTH, BASE)
    told = applied(migration, [mails[0], mails[2]])
    assert (told.code, told.problems) == (2, ["ARC927"])
    assert "2/3" in told.out
    assert told.out.startswith("COULD NOT CHECK")


def test_a_patch_that_is_there_twice_is_refused_unless_it_is_the_same_mail(migration: Tree) -> None:
    mails = sent(migration, HARMLESS, BOTH)
    assert applied(migration, [*mails, mails[1]]).code in (1, 2)
    other = mails[1].replace(b"+rule reset by kernel {", b"+rule reset by device {").replace(b"Message-", b"X-")
    told = applied(migration, [*mails, other])
    assert told.code == 2
    assert told.problems


@pytest.mark.parametrize("path", ["../outside.arc", "/etc/outside.arc", ".git/hooks/pre-commit", "a/../../outside.arc"])
def test_a_path_out_of_the_tree_is_refused(migration: Tree, path: str) -> None:
    before = traces(migration.top.parent / "tree")
    told = applied(migration, [box(mail("[PATCH] out", diff_of(path, ["x"])))], "--base", "HEAD")
    assert told.code == 2
    assert len(told.problems) == 1
    assert traces(migration.top.parent / "tree") == before
    assert not (migration.top.parent / "outside.arc").exists()


def test_a_patch_that_does_not_apply_is_refused(migration: Tree) -> None:
    mails = sent(migration, HARMLESS)
    migration.commit({SPEC: edited(("STOP_COPY by user when pre_copy and fd", "STOP_COPY when pre_copy and fd"))})
    told = applied(migration, mails, "--base", "HEAD")
    assert told.code == 2
    assert SPEC in told.out


def test_without_a_base_there_is_no_guess(migration: Tree) -> None:
    mails = sent(migration, HARMLESS)
    mails = [b"\n".join(line for line in m.split(b"\n") if not line.startswith(b"base-commit")) for m in mails]
    told = applied(migration, mails)
    assert told.code == 2
    assert "--base" in told.out
    named = applied(migration, mails, "--base", "main")
    assert named.code == 0
    assert named.review.base == f"main ({migration.id('main')[:12]})"


def test_a_break_that_a_later_patch_repairs_is_transient(migration: Tree) -> None:
    mails = sent(migration, WIDENED, HARMLESS)
    told = applied(migration, mails)
    assert (told.code, told.machine.relation) == (0, Relation.EQUIVALENT)
    transient = told.all["ARC414", "migration: rule reset"]
    assert transient.level is Level.RISKY
    assert transient.note == "patch 1 breaks it, a later one repairs it"
    assert applied(migration, mails, "--fail-on", "risky").code == 1
    every = applied(migration, mails, "--every-patch")
    assert every.code == 1
    assert every.all["ARC301", "rule reset"].level is Level.BREAKING
    assert "in patch 1 alone" in every.out


def test_a_spec_that_cannot_be_read_in_the_middle_is_transient_and_fails_where_each_must_pass(migration: Tree) -> None:
    mails = sent(migration, BASE.replace("when pre_copy and fd", "when pre_copy and"), HARMLESS)
    told = applied(migration, mails)
    assert (told.code, [c for c, _ in told.roots]) == (0, ["ARC414", "ARC304"])
    assert told.review.patches[0].cells == ("COULD NOT CHECK",)
    assert applied(migration, mails, "--every-patch").code == 2


def test_two_revisions_of_a_series_are_compared_by_meaning(migration: Tree) -> None:
    first = migration.top.parent / "v1.mbx"
    first.write_bytes(b"".join(sent(migration, WIDENED, BOTH)))
    told = applied(migration, sent(migration, HARMLESS, options=("-v2",)), "--compare", str(first))
    assert told.code == 0
    notes = [n for n in told.review.notes if n.startswith("revisions: ")]
    assert any("drops ARC301 guard widened (rule reset)" in n for n in notes)
    assert any("at the end: RESTRICTS" in n for n in notes)
    same = applied(migration, sent(migration, WIDENED, BOTH), "--compare", str(first))
    assert "revisions: both end with the same specs and tables" in same.review.notes


def test_what_touches_no_spec_was_not_checked_unless_that_is_allowed(migration: Tree) -> None:
    mails = sent(migration, {"README": "a device"})
    told = applied(migration, mails)
    assert (told.code, told.problems) == (2, ["ARC938"])
    assert "README" in told.out
    allowed = applied(migration, mails, "--allow-empty")
    assert allowed.code == 0
    assert allowed.out.startswith("PASSED")


def test_a_source_that_a_spec_cites_drifts(migration: Tree) -> None:
    config = f'config-version = 1\nspecs = ["spec/**/*.arc"]\n[drift]\n"include/vfio.h" = ["{SPEC}"]\n'
    migration.commit({"arcproof.toml": config, "include/vfio.h": "/* one */\n"})
    told = applied(migration, sent(migration, {"include/vfio.h": "/* two */\n"}))
    assert (told.code, told.roots) == (0, [("ARC802", "source include/vfio.h")])


def test_what_the_authors_declare_is_held_against_what_is_found(migration: Tree) -> None:
    (letter,) = sent(migration, BOTH)
    below = b"\n---\nArc-Intent: widen guard reset\nArc-Intent: add arc x\n"
    told = applied(migration, [letter.replace(b"\n---\n", below, 1)])
    assert told.code == 1, "declaring changes no exit code"
    assert "declared: widen guard reset: ARC301 rule reset" in told.review.notes
    assert "declared, but absent: add arc x" in told.review.notes
    assert "undeclared: ARC304 guard differs only where no run comes: rule finish" in told.review.notes


def test_a_series_is_read_from_standard_input(migration: Tree) -> None:
    mails = sent(migration, WIDENED)
    told = migration.reviewed("patch", "-", "--tree", ".", stdin=b"".join(mails))
    assert (told.code, told.roots) == (1, [("ARC301", "rule reset")])


def test_a_reply_quotes_the_hunk_and_is_narrow(migration: Tree) -> None:
    (migration.top / "../s.mbx").write_bytes(b"".join(sent(migration, HARMLESS, BOTH)))
    told = migration.run("patch", "../s.mbx", "--tree", ".", "-j", "1", "-f", "mail")
    assert told.code == 1
    assert told.out.startswith("GATE FAILED")
    own = [line for line in told.out.splitlines() if not line.startswith("> ")]
    assert max(map(len, own)) <= 72
    assert "> +rule reset by kernel {" in told.out
    assert "ARC301: rule reset: guard widened" in told.out
    assert "arcproof patch ../s.mbx --tree ." in told.out


def test_a_mail_that_lost_a_hunk_is_not_reviewed_unless_it_was_edited_on_purpose(migration: Tree) -> None:
    both = edited(("A device that can be migrated.", "A device."), text=WIDENED)
    (whole,) = sent(migration, both, options=("-U1",))
    cut = [whole[: whole.rindex(b"\n@@ -") + 1]]
    told = applied(migration, cut, "--base", "HEAD")
    assert (told.code, told.problems) == (2, ["ARC939"])
    assert "--edited" in told.out
    as_it_stands = applied(migration, cut, "--base", "HEAD", "--edited")
    assert as_it_stands.code == 0, "what widened the rule is what got lost"
    assert any("edited by hand" in n for n in as_it_stands.review.notes)


def test_mails_that_are_no_patches_are_counted(migration: Tree) -> None:
    (one,) = sent(migration, WIDENED)
    told = applied(migration, [one, box(mail("Re: [PATCH] migration: step 1", diff=""))])
    assert told.code == 1
    assert "mails of the mailbox that are no patches, left out: 1" in told.review.notes
