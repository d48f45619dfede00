"""What cannot be read is never a clean document: exit code 2, and the place with a caret, in every format."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, SPEC, Tree, edited
from verifier.report.formats.names import NAMES

BROKEN = edited(("when pre_copy and fd", "when pre_copy and state"))
UNPARSED = edited(("when pre_copy and fd", "when pre_copy and"))


@pytest.mark.parametrize("text", [BROKEN, UNPARSED], ids=["ill-typed", "no syntax"])
@pytest.mark.parametrize("side", ["old", "new"])
def test_a_broken_side_is_named_with_line_and_caret(tree: Tree, text: str, side: str) -> None:
    told = tree.compared(BASE, old=text) if side == "old" else tree.compared(text)
    assert told.code == 2
    (problem,) = told.review.problems
    assert (problem.side, problem.place and problem.place.path) == (side, f"{side}.arc")
    assert f"--> {side}.arc:30:" in told.out
    assert any(set(line.strip()) == {"|", " ", "^"} for line in told.out.splitlines())
    assert told.out.startswith("COULD NOT CHECK")
    assert [m.relation.value for m in told.review.machines] == ["COULD NOT CHECK"], "the other side was not removed"


def test_errors_of_both_sides_are_told_together(tree: Tree) -> None:
    told = tree.compared(UNPARSED, old=BROKEN)
    assert told.code == 2
    assert [p.side for p in told.review.problems] == ["old", "new"]


@pytest.mark.parametrize("format", NAMES)
def test_no_format_makes_it_look_clean(tree: Tree, format: str) -> None:
    tree.write({"old.arc": BASE, "new.arc": UNPARSED})
    told = tree.run("diff", "old.arc", "new.arc", "-j", "1", "-f", format)
    assert told.code == 2
    assert told.out
    assert "PASSED" not in told.out
    assert "COULD NOT CHECK" in told.out.upper().replace("-", " ") or "could not" in told.out.lower()


def test_the_gate_does_not_pass_a_broken_head_nor_a_broken_base(migration: Tree) -> None:
    told = migration.gated(UNPARSED)
    assert (told.code, [p.side for p in told.review.problems]) == (2, ["new"])
    assert f"{SPEC}:30:" in told.out
    migration.commit({SPEC: UNPARSED})
    mended = migration.gated(BASE)
    assert (mended.code, [p.side for p in mended.review.problems]) == (2, ["old"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["diff", "spec/migraton.arc", SPEC], "ARC921", "there is no file or folder spec/migraton.arc"),
        (["diff", "HAED", SPEC], "ARC921", "no revision"),
        (["diff", "HEAD:spec/migraton.arc", SPEC], "ARC921", "did you mean HEAD:spec/migration.arc?"),
        (["diff", SPEC, SPEC, "--only-machine", "migraton"], "ARC937", "there are: migration"),
        (["gate", "--base", "nowhere"], "ARC921", "there is no revision nowhere"),
        (["gate", "--base", "HEAD", "--head", "HEAD"], "ARC938", "base and head are the same commit"),
        (["gate", "--base", "HEAD", "doc"], "ARC938", "no spec found"),
        (["patch", "none.mbx", "--tree", "."], "ARC901", "cannot read none.mbx"),
    ],
)
def test_what_does_not_exist_is_named(migration: Tree, words: list[str], code: str, told: str) -> None:
    found = migration.reviewed(*words)
    assert found.code == 2
    assert found.problems == [code]
    assert told in found.out
    assert found.out.startswith("COULD NOT CHECK")


def test_outside_a_repository_the_gate_says_so(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tree.top.parent / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(outside.parent))
    told = tree.reviewed("gate")
    assert (told.code, told.problems) == (2, ["ARC920"])


def test_a_shallow_clone_is_told_how_to_become_whole(migration: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    first = migration.id("HEAD")
    migration.commit({SPEC: edited(("when pre_copy and fd", "when pre_copy"))})
    shallow = migration.top.parent / "shallow"
    migration.git("clone", "-q", "--depth", "1", f"file://{migration.top}", str(shallow))
    monkeypatch.chdir(shallow)
    told = migration.reviewed("gate", "--base", first, "--head", "HEAD")
    assert (told.code, told.problems) == (2, ["ARC921"])
    assert "git fetch --unshallow" in told.out


def test_words_that_are_no_options_are_usage_errors(migration: Tree) -> None:
    caches = ["gate", "--cache-dir", "c", "--no-cache"]
    for words in (["diff", "-", "-"], ["gate", "--head"], ["gate", "-f", "xml"], caches):
        told = migration.run(*words)
        assert (told.code, told.out) == (2, ""), words
        assert "Usage:" in told.err or "Error:" in told.err
    wrong = migration.reviewed("gate", "--base", "HEAD", "--fail-on", "breakin")
    assert (wrong.code, wrong.problems) == (2, ["ARC943"])
    assert "did you mean `breaking`?" in wrong.out
