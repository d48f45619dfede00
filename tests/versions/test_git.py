"""Revisions, the index and the work tree of a git repository."""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from tests.versions.scratch import Scratch
from verifier.files import Folder
from verifier.versions import Repository, VersionError, changed


@pytest.fixture
def repo(tmp_path: Path) -> Scratch:
    """Two commits, the first one tagged `v1`."""
    made = Scratch(tmp_path / "repo")
    made.commit({"spec/a.arc": "a1\n", "spec/deep/b.arc": "b\n", "src/x.c": "x\n"})
    made.git("tag", "-a", "-m", "one", "v1")
    made.commit({"spec/a.arc": "a2\n", "spec/new.arc": "n\n"})
    return made


def refused(error: pytest.ExceptionInfo[VersionError]) -> tuple[str, str, str | None]:
    (found,) = error.value.diagnostics
    return found.code, found.message, found.help


def test_repository_is_found_from_any_folder_inside(repo: Scratch) -> None:
    for path in (repo.top, repo.top / "spec/deep", repo.top / "spec/a.arc", repo.top / "not/there"):
        assert Repository(path).resolve("HEAD") == repo.id("HEAD")


def test_folder_outside_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VersionError) as error:
        Repository(tmp_path)
    assert refused(error)[0] == "ARC920"


def test_missing_git_program_is_said(repo: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo.top))
    with pytest.raises(VersionError) as error:
        Repository(repo.top)
    assert refused(error)[1] == "the git program was not found"


def test_tree_of_a_tag_and_its_label(repo: Scratch) -> None:
    files = Repository(repo.top / "spec").tree("v1")
    assert files.paths() == ("spec/a.arc", "spec/deep/b.arc", "src/x.c")
    assert files.read("spec/a.arc") == b"a1\n"
    assert files.id == repo.id("v1^{commit}")
    assert files.label == f"v1 ({files.id[:12]})"
    assert Repository(repo.top).tree(files.id).label == files.id[:12]


def test_tree_without_a_commit(repo: Scratch) -> None:
    tree = repo.id("HEAD:spec")
    assert Repository(repo.top).tree(tree).paths() == ("a.arc", "deep/b.arc", "new.arc")


def test_paths_that_are_no_regular_files_of_the_tree_have_no_content(repo: Scratch) -> None:
    (repo.top / "link.arc").symlink_to("/etc/passwd")
    repo.commit({})
    files = Repository(repo.top).tree("HEAD")
    for path in ("link.arc", "spec", "../outside", "/etc/passwd", "", "spec/../spec/a.arc"):
        assert files.read(path) is None
    assert "link.arc" not in files.paths()


@pytest.mark.parametrize("rev", ["nowhere", "--all", "-n1", "", "HEAD..v1", "HEAD:spec/a.arc", "a\0b", "HEAD\nv1"])
def test_what_is_no_revision_is_refused(repo: Scratch, rev: str) -> None:
    with pytest.raises(VersionError) as error:
        Repository(repo.top).resolve(rev)
    assert refused(error)[0] == "ARC921"


def test_misspelt_revision_gets_a_hint(repo: Scratch) -> None:
    with pytest.raises(VersionError) as error:
        Repository(repo.top).tree("mian")
    assert refused(error)[2] == "did you mean main?"


def test_absent_commit_says_what_to_fetch(repo: Scratch) -> None:
    with pytest.raises(VersionError) as error:
        Repository(repo.top).resolve("1" * 40)
    assert f"git fetch REMOTE {'1' * 40}" in str(refused(error)[2])


def test_program_of_the_tree_under_review_is_not_taken_for_git(repo: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    head = repo.id("main")
    repo.write({"git": "#!/bin/sh\nexit 1\n"})
    (repo.top / "git").chmod(0o755)
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    assert Repository(Path(".")).resolve("HEAD") == head


def test_forms_of_revisions(repo: Scratch) -> None:
    repo.git("clone", "-q", ".", "../clone")
    clone = Scratch(repo.top.parent / "clone")
    clone.commit({"more": "m\n"})
    found = Repository(clone.top)
    assert found.resolve("@{upstream}") == repo.id("HEAD")
    assert found.resolve("main@{1}") == repo.id("HEAD")
    assert found.resolve("origin/main~") == repo.id("v1^{commit}")
    clone.git("pack-refs", "--all")
    assert Repository(clone.top).resolve("origin/main") == repo.id("HEAD")
    assert Repository(clone.top).resolve("v1") == repo.id("v1^{commit}")


def test_index_differs_from_head_and_from_disk(repo: Scratch) -> None:
    repo.write({"spec/a.arc": "staged\n"})
    repo.git("add", "spec/a.arc")
    repo.write(
        {"spec/a.arc": "on disk\n", "untracked.arc": "u\n", ".gitignore": "*.log\n", "x.log": "", "src/x.c": None}
    )
    found = Repository(repo.top)
    head, index, disk = found.tree("HEAD"), found.index(), found.worktree()
    assert index.read("spec/a.arc") == b"staged\n"
    assert disk.read("spec/a.arc") == b"on disk\n"
    assert changed(head, index) == ("spec/a.arc",)
    assert changed(index, disk) == (".gitignore", "spec/a.arc", "src/x.c", "untracked.arc")
    assert disk.paths() == (".gitignore", "spec/a.arc", "spec/deep/b.arc", "spec/new.arc", "untracked.arc")
    assert disk.read("x.log") is None
    assert disk.read(".git/config") is None


def test_change_of_equal_length_in_the_same_instant_is_seen(repo: Scratch) -> None:
    """Git calls such an entry racy, and looks at the file; the copy of the index must not lose that."""
    for i in range(5):
        repo.write({"spec/a.arc": f"a{i}\n"})
        repo.git("add", "--all")
        repo.write({"spec/a.arc": f"z{i}\n"})
        found = Repository(repo.top)
        assert changed(found.index(), found.worktree()) == ("spec/a.arc",)


def test_index_that_a_hook_names_is_read(repo: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("read-tree", "--index-output=.git/next-index", "v1")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert changed(Repository(repo.top).index(), Repository(repo.top).tree("v1")) == ()
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.top.parent / "elsewhere"))
    assert changed(Repository(repo.top).index(), Repository(repo.top).tree("HEAD")) == ()


def test_open_merge_is_refused(repo: Scratch) -> None:
    blob = repo.id("HEAD:spec/a.arc")
    entries = "".join(f"100644 {blob} {stage}\tspec/a.arc\n" for stage in (1, 2, 3))
    repo.git("update-index", "--index-info", input=f"0 {'0' * 40}\tspec/a.arc\n{entries}".encode())
    with pytest.raises(VersionError) as error:
        Repository(repo.top).index()
    assert refused(error)[:2] == ("ARC925", "a merge is not finished: spec/a.arc")


def test_links_in_the_work_tree_lead_nowhere(repo: Scratch, tmp_path: Path) -> None:
    (tmp_path / "secret.arc").write_text("secret\n")
    (repo.top / "link.arc").symlink_to(tmp_path / "secret.arc")
    (repo.top / "spec/deep/b.arc").unlink()
    (repo.top / "spec/deep").rmdir()
    (repo.top / "spec/deep").symlink_to(tmp_path)
    disk = Repository(repo.top).worktree()
    assert disk.read("link.arc") is None
    assert disk.read("spec/deep/secret.arc") is None
    assert disk.paths() == ("spec/a.arc", "spec/new.arc", "src/x.c")


def test_bare_repository_has_no_work_tree(repo: Scratch) -> None:
    repo.git("clone", "-q", "--bare", ".", "../bare.git")
    bare = Repository(repo.top.parent / "bare.git")
    assert bare.tree("main").read("spec/a.arc") == b"a2\n"
    with pytest.raises(VersionError):
        bare.worktree()


def test_linked_work_tree_has_its_own_head_and_index(repo: Scratch) -> None:
    repo.git("worktree", "add", "-q", "../linked", "v1")
    linked = Repository(repo.top.parent / "linked" / "spec")
    assert linked.resolve("HEAD") == repo.id("v1^{commit}")
    assert linked.resolve("main") == repo.id("main")
    assert changed(linked.index(), linked.worktree()) == ()
    assert linked.index().read("spec/a.arc") == b"a1\n"


def test_merge_base(repo: Scratch) -> None:
    repo.git("checkout", "-q", "-b", "topic", "v1")
    repo.commit({"t": "t\n"})
    assert Repository(repo.top).merge_base("main", "topic") == repo.id("v1^{commit}")


def test_histories_without_a_common_commit_are_refused(repo: Scratch) -> None:
    repo.git("checkout", "-q", "--orphan", "alone")
    repo.commit({"t": "t\n"})
    with pytest.raises(VersionError) as error:
        Repository(repo.top).merge_base("main", "alone")
    assert refused(error)[:2] == ("ARC921", "main and alone have no commit in common")


def test_shallow_clone_says_how_to_get_the_rest(repo: Scratch) -> None:
    repo.git("clone", "-q", "--depth=1", f"file://{repo.top}", "../shallow")
    shallow = Repository(repo.top.parent / "shallow")
    assert shallow.tree("HEAD").read("spec/a.arc") == b"a2\n"
    with pytest.raises(VersionError) as error:
        shallow.resolve("HEAD~")
    assert "--unshallow" in str(refused(error)[2])


def test_folder_and_revision_compare_by_content(repo: Scratch) -> None:
    assert changed(Folder(repo.top / "spec"), Repository(repo.top).tree("HEAD:spec")) == ()
    assert changed(Folder(repo.top / "spec"), Repository(repo.top).tree("v1:spec")) == ("a.arc", "new.arc")


def test_file_names_that_are_not_utf8(repo: Scratch) -> None:
    repo.write({"caf\udce9.arc": "x\n"})
    repo.commit({})
    assert Repository(repo.top).tree("HEAD").read("caf\udce9.arc") == b"x\n"


def test_sparse_checkout_counts_what_it_leaves_out(repo: Scratch) -> None:
    repo.git("sparse-checkout", "set", "src")
    assert not (repo.top / "spec").exists()
    found = Repository(repo.top)
    assert changed(found.index(), found.worktree()) == ()
    assert found.worktree().read("spec/a.arc") == b"a2\n"


def test_odd_folder_names(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / 'a:b "c" \\d\ne')
    repo.commit({"x.arc": "x\n"})
    assert Repository(repo.top).tree("HEAD").read("x.arc") == b"x\n"


def test_nothing_is_left_in_the_temporary_folder(
    repo: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    found = Repository(repo.top)
    assert found.tree("HEAD").read("src/x.c") == b"x\n"
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    del found
    gc.collect()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_reading_goes_on_in_a_forked_child(repo: Scratch) -> None:
    files = Repository(repo.top).tree("HEAD")
    assert files.read("spec/a.arc") == b"a2\n"

    def read() -> None:
        os._exit(0 if files.read("src/x.c") == b"x\n" else 1)

    children = [multiprocessing.get_context("fork").Process(target=read) for _ in range(3)]
    for child in children:
        child.start()
    assert files.read("spec/new.arc") == b"n\n"
    for child in children:
        child.join(30)
        assert child.exitcode == 0
    assert files.read("spec/deep/b.arc") == b"b\n"


def test_file_that_is_only_announced_is_not_staged(repo: Scratch) -> None:
    repo.write({"announced.arc": "a\n", "empty.arc": ""})
    repo.git("add", "-N", "announced.arc")
    repo.git("add", "empty.arc")
    found = Repository(repo.top)
    assert changed(found.tree("HEAD"), found.index()) == ("empty.arc",)
    assert "announced.arc" in found.worktree().paths()


def test_what_git_cannot_do_is_said_in_its_own_words(repo: Scratch) -> None:
    (repo.top / ".git/index").write_bytes(b"no index at all, but long enough to be one")
    with pytest.raises(VersionError) as error:
        Repository(repo.top).index()
    code, message, _ = refused(error)
    assert code == "ARC924"
    assert message.startswith("git ls-files failed: bad signature")
