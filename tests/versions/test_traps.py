"""A repository whose owner would like to run programs on the reviewer's machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.versions.scratch import Scratch
from verifier.versions import Repository, VersionError, applied, changed, read_series, version_of


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    """The file that every trap writes when it is run."""
    return tmp_path / "sprung"


@pytest.fixture
def trapped(tmp_path: Path, sprung: Path) -> Scratch:
    """A repository that runs something from every place where git would."""
    repo = Scratch(tmp_path / "repo")
    repo.commit({"a.arc": "one\n", "b.arc": "b\n"})
    repo.commit({"a.arc": "two\n"}, "two")
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {sprung}\ncat\n')
    trap.chmod(0o755)
    for hook in (
        "pre-commit",
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "applypatch-msg",
        "pre-applypatch",
    ):
        (repo.top / ".git/hooks").mkdir(exist_ok=True)
        (repo.top / ".git/hooks" / hook).symlink_to(trap)
    included = tmp_path / "included"
    included.write_text(f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n")
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.alternateRefsCommand",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "diff.trap.textconv",
        "diff.trap.command",
        "diff.external",
        "merge.trap.driver",
        "credential.helper",
        "gpg.program",
        "pager.log",
        "pager.diff",
        "uploadpack.packObjectsHook",
        "remote.origin.uploadpack",
        "interactive.diffFilter",
        "sequence.editor",
    ):
        repo.git("config", key, str(trap))
    for alias in ("apply", "cat-file", "ls-tree", "ls-files", "rev-parse", "log"):
        repo.git("config", f"alias.{alias}", f"!{trap}")
    repo.git("config", "remote.origin.url", f"ext::{trap} %S")
    repo.git("config", "remote.origin.promisor", "true")
    repo.git("config", "protocol.ext.allow", "always")
    repo.git("config", "core.hooksPath", str(repo.top / ".git/hooks"))
    repo.git("config", "include.path", str(included))
    (repo.top / ".git/info/attributes").write_text("* filter=trap diff=trap merge=trap\n")
    repo.write({".gitattributes": "* filter=trap diff=trap merge=trap text\n", "new.arc": "new\n", "a.arc": "three\n"})
    config = repo.top / ".git/config"
    config.write_text(config.read_text() + "[extensions]\n\tpartialClone = origin\n")
    sprung.unlink(missing_ok=True)
    return repo


def test_nothing_is_run(trapped: Scratch, sprung: Path) -> None:
    repo = Repository(trapped.top)
    series = trapped.top.parent / "series.mbx"
    head, index, disk = repo.tree("HEAD"), repo.index(), repo.worktree()
    assert changed(head, index) == ()
    assert changed(index, disk) == (".gitattributes", "a.arc", "new.arc")
    assert disk.read("a.arc") == b"three\n"
    assert repo.merge_base("HEAD", "HEAD~") == repo.resolve("HEAD~")
    assert version_of("HEAD:a.arc", trapped.top).files.read("a.arc") == b"two\n"
    series.write_bytes(MBOX)
    for three_way in (False, True):
        (one,) = applied(repo, "HEAD~", read_series(series.read_bytes()), three_way)
        assert one.files.read("a.arc") == b"TWO\n"
    assert not sprung.exists(), sprung.read_text()


MBOX = b"""From: A U Thor <author@example.com>
Subject: [PATCH] two

---
diff --git a/a.arc b/a.arc
index 5626abf..f719efd 100644
--- a/a.arc
+++ b/a.arc
@@ -1 +1 @@
-one
+TWO
"""


def test_the_traps_work(trapped: Scratch, sprung: Path) -> None:
    """Plain git falls into them: without this the test above would say nothing."""
    trapped.git("diff", "--ext-diff")
    assert sprung.exists()


def test_missing_objects_are_not_fetched(trapped: Scratch, sprung: Path) -> None:
    blob = trapped.top / ".git/objects" / "56" / "26abf0f72e58d7a153368ba57db4c673c0e171"
    blob.unlink()
    with pytest.raises(VersionError) as error:
        Repository(trapped.top).tree("HEAD~").read("a.arc")
    assert error.value.diagnostics[0].code == "ARC923"
    assert not sprung.exists(), sprung.read_text()


def test_work_tree_that_the_configuration_points_elsewhere_is_not_believed(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    repo.commit({"a.arc": "a\n"})
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("secret\n")
    repo.git("config", "core.worktree", str(tmp_path / "secrets"))
    assert Repository(repo.top).worktree().paths() == ("a.arc",)


def test_replaced_objects_are_not_believed(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    first = repo.commit({"a.arc": "honest\n"})
    second = repo.commit({"a.arc": "forged\n"})
    repo.git("replace", first, second)
    assert Repository(repo.top).tree(first).read("a.arc") == b"honest\n"


def test_variables_of_the_caller_do_not_reach_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, other = Scratch(tmp_path / "repo"), Scratch(tmp_path / "other")
    repo.commit({"a.arc": "a\n"})
    other.commit({"b.arc": "b\n"})
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.top))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert Repository(repo.top).tree("HEAD").paths() == ("a.arc",)
    assert Repository(repo.top).worktree().paths() == ("a.arc",)
