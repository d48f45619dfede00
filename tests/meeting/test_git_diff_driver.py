"""`git diff` of specs, by git itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.meeting.conftest import BROKEN, GOOD, Run

Commit = Callable[..., str]

WIDER = GOOD.replace("when light == AMBER\n", "when light in {AMBER, GREEN}\n")
DEAD = GOOD.replace("when light == AMBER\n", "when light == AMBER and n > 3\n")


@pytest.fixture
def git(run: Run, repository: Path) -> Callable[..., str]:
    """git in a repository in which arcproof is the driver of specs."""
    (repository / ".gitattributes").write_text("*.arc diff=arcproof\n")
    assert run("git", "config", "diff.arcproof.command", "arcproof git-diff-driver").returncode == 0

    def called(*words: str) -> str:
        result = run("git", "--no-pager", *words)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        return result.stdout

    return called


def test_a_changed_guard_is_told_with_its_code(git: Callable[..., str], commit: Commit, repository: Path) -> None:
    commit(good=GOOD)
    (repository / "spec" / "good.arc").write_text(WIDER)
    shown = git("diff")
    assert shown.startswith("diff --arcproof a/spec/good.arc b/spec/good.arc\n")
    assert "ARC301" in shown
    assert "rule stop" in shown
    assert "@@" not in shown


def test_a_change_of_layout_is_no_change(git: Callable[..., str], commit: Commit, repository: Path) -> None:
    commit(good=GOOD)
    (repository / "spec" / "good.arc").write_text(GOOD.replace("\n  when", " when") + "# a remark\n")
    shown = git("diff")
    assert "EQUIVALENT" in shown
    assert "ARC" not in shown


def test_files_that_come_and_go(git: Callable[..., str], commit: Commit) -> None:
    commit(good=GOOD)
    commit(good=None, fresh=DEAD)
    shown = git("diff", "--no-renames", "HEAD~", "HEAD")
    assert "ARC102" in shown
    assert "ARC101" in shown


def test_a_file_that_was_moved(git: Callable[..., str], commit: Commit) -> None:
    commit(good=GOOD)
    commit(good=None, fresh=DEAD)
    shown = git("diff", "-M", "HEAD~", "HEAD")
    assert "diff --arcproof a/spec/good.arc b/spec/fresh.arc" in shown
    assert "ARC302" in shown


def test_a_side_that_cannot_be_read_gives_the_reason_and_the_lines(
    git: Callable[..., str], commit: Commit, repository: Path
) -> None:
    commit(good=GOOD, other=GOOD.replace("machine good", "machine other"))
    (repository / "spec" / "good.arc").write_text(BROKEN)
    (repository / "spec" / "other.arc").write_bytes(b"machine other\n\xff\x1b[31m\n")
    shown = git("diff")
    assert "error[ARC001]: expected an expression, found `}`" in shown
    assert " --> spec/good.arc:3:15" in shown
    assert "-machine good" in shown
    assert "+machine broken" in shown
    assert "error[ARC903]: byte 0xff is not UTF-8" in shown
    assert "\x1b" not in shown


def test_a_log_with_patches(git: Callable[..., str], commit: Commit) -> None:
    commit(good=GOOD)
    commit(good=WIDER)
    assert "ARC301" in git("log", "-1", "-p", "--ext-diff")


def test_a_path_with_a_dash_and_a_path_that_is_not_merged(run: Run) -> None:
    result = run("arcproof", "git-diff-driver", "--", "--x.arc")
    assert (result.returncode, result.stdout) == (0, "--x.arc: not merged\n")


def test_another_number_of_arguments_is_a_mistake(run: Run) -> None:
    result = run("arcproof", "git-diff-driver", "a", "b")
    assert result.returncode == 2
    assert "git calls this with 1, 7 or 9 arguments, not with 2" in result.stderr
