"""Series applied to a repository that keeps every byte."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.versions.scratch import Scratch, traces
from verifier.versions import Repository, SeriesError, VersionError, applied, base_of, changed, hunk_at, read_series

TEN = "".join(f"line {i}\n" for i in range(1, 11))


@pytest.fixture
def three(tmp_path: Path) -> Scratch:
    """A repository whose branch `main` is three commits ahead of the tag `start`."""
    repo = Scratch(tmp_path / "repo")
    repo.commit({"spec/a.arc": TEN, "spec/b.arc": "b\n", "README": "hello\n"}, "start")
    repo.git("tag", "start")
    repo.commit({"spec/a.arc": TEN.replace("line 5", "line five")}, "five")
    repo.commit({"spec/a.arc": TEN.replace("line 5", "line five").replace("line 7", "line seven"), "spec/c.arc": "c\n"})
    repo.commit({"spec/b.arc": None}, "drop b")
    return repo


def codes(error: pytest.ExceptionInfo[SeriesError]) -> list[str]:
    return [d.code for d in error.value.diagnostics]


def test_trees_are_those_of_the_commits(three: Scratch) -> None:
    result = applied(Repository(three.top), "start", read_series(three.mbox("start")))
    assert [x.tree for x in result] == [three.id(f"main~{n}^{{tree}}") for n in (2, 1, 0)]
    assert result[1].files.read("spec/c.arc") == b"c\n"
    assert result[0].files.read("spec/c.arc") is None
    assert result[2].files.paths() == ("README", "spec/a.arc", "spec/c.arc")


def test_no_trace_is_left(three: Scratch) -> None:
    before = traces(three.top)
    repo = Repository(three.top)
    applied(repo, "start", read_series(three.mbox("start")))
    applied(repo, "start", read_series(three.mbox("start")), three_way=True)
    repo.index().read("README")
    repo.worktree().ids  # noqa: B018
    assert traces(three.top) == before


def test_objects_that_are_packed_keep_their_times(three: Scratch) -> None:
    three.git("repack", "-adq")
    before = traces(three.top)
    applied(Repository(three.top), "start", read_series(three.mbox("start")))
    assert traces(three.top) == before


def detached(repo: Scratch) -> Path:
    repo.git("checkout", "-q", "--detach", "start")
    return repo.top


def dirty(repo: Scratch) -> Path:
    repo.write({"spec/a.arc": "something else\n", "spec/c.arc": None, "untracked": "u"})
    repo.git("add", "spec/a.arc")
    return repo.top


def in_the_middle_of_a_merge(repo: Scratch) -> Path:
    repo.git("checkout", "-q", "-b", "other", "start")
    repo.commit({"spec/a.arc": TEN.replace("line 5", "line V")})
    environment = {"PATH": os.environ["PATH"], "HOME": str(repo.top)}
    assert os.spawnvpe(os.P_WAIT, "git", ["git", "-C", str(repo.top), "merge", "-q", "main"], environment) != 0
    return repo.top


def bare(repo: Scratch) -> Path:
    repo.git("clone", "-q", "--bare", ".", "../bare.git")
    return repo.top.parent / "bare.git"


def linked(repo: Scratch) -> Path:
    repo.git("worktree", "add", "-q", "../linked", "start")
    return repo.top.parent / "linked" / "spec"


def split_index(repo: Scratch) -> Path:
    repo.git("update-index", "--split-index")
    return repo.top


def without_work_tree_files(repo: Scratch) -> Path:
    shutil.rmtree(repo.top / "spec")
    return repo.top


def read_only(repo: Scratch) -> Path:
    for folder in [repo.top / ".git", *(repo.top / ".git").rglob("*")]:
        if not folder.is_symlink():
            folder.chmod(folder.stat().st_mode & ~0o222)
    return repo.top


STATES = [detached, dirty, in_the_middle_of_a_merge, bare, linked, split_index, without_work_tree_files, read_only]


@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_any_state_of_the_repository_will_do(three: Scratch, state: Callable[[Scratch], Path]) -> None:
    series, tree = read_series(three.mbox("start")), three.id("main^{tree}")
    path = state(three)
    before = traces(three.top.parent)
    assert applied(Repository(path), "start", series)[-1].tree == tree
    assert traces(three.top.parent) == before


def test_sha256_repository(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo", "--object-format=sha256")
    repo.commit({"a.arc": TEN})
    repo.commit({"a.arc": TEN.replace("line 3", "line three")})
    (one,) = applied(Repository(repo.top), "HEAD~", read_series(repo.mbox("HEAD~")))
    assert one.tree == repo.id("HEAD^{tree}")
    assert len(one.tree) == 64


def test_modes_renames_and_files_without_line_end(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    repo.commit({"a.arc": TEN, "tool.sh": "#!/bin/sh\n", "old.arc": "old\n", "bare-end": "x"})
    (repo.top / "tool.sh").chmod(0o755)
    repo.git("mv", "a.arc", 'odd näme "q".arc')
    repo.commit({"old.arc": None, "empty.arc": "", "bare-end": "y", 'odd näme "q".arc': TEN.replace("line 2", "2")})
    series = read_series(repo.mbox("HEAD~", "-M"))
    kinds = {f.path: f.kind for f in series.patches[0].files}
    assert kinds['odd näme "q".arc'] == "renamed"
    assert kinds["empty.arc"] == "added"
    assert kinds["old.arc"] == "deleted"
    assert applied(Repository(repo.top), "HEAD~", series)[0].tree == repo.id("HEAD^{tree}")


def test_deletion_of_an_empty_file(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    repo.commit({"a.arc": "", "b.arc": "b"})
    repo.commit({"a.arc": None})
    (one,) = applied(Repository(repo.top), "HEAD~", read_series(repo.mbox("HEAD~")))
    assert one.files.paths() == ("b.arc",)


def test_base_is_what_is_asked_for_then_what_the_series_names(three: Scratch) -> None:
    repo = Repository(three.top)
    series = read_series(three.mbox("start", "--base=start"))
    assert base_of(repo, None, series) == three.id("start")
    assert base_of(repo, "main", series) == three.id("main")


def test_series_without_a_base_is_refused(three: Scratch) -> None:
    with pytest.raises(SeriesError) as error:
        applied(Repository(three.top), None, read_series(three.mbox("start")))
    assert codes(error) == ["ARC934"]
    assert "--base" in str(error.value.diagnostics[0].help)


def test_absent_base_prints_what_to_fetch(three: Scratch, tmp_path: Path) -> None:
    series = read_series(three.mbox("start", "--base=start"))
    with pytest.raises(SeriesError) as error:
        applied(Repository(Scratch(tmp_path / "other").top), None, series)
    assert codes(error) == ["ARC935"]
    assert f"fetch REMOTE {three.id('start')}" in str(error.value.diagnostics[0].help)


def test_unknown_base_revision_is_refused(three: Scratch) -> None:
    with pytest.raises(VersionError) as error:
        applied(Repository(three.top), "nowhere", read_series(three.mbox("start")))
    assert [d.code for d in error.value.diagnostics] == ["ARC921"]


def test_patch_that_does_not_apply_names_file_line_and_hunk(three: Scratch) -> None:
    series_ = read_series(three.mbox("start"))
    with pytest.raises(SeriesError) as error:
        applied(Repository(three.top), "main", series_)
    (found,) = error.value.diagnostics
    assert found.code == "ARC936"
    assert found.message.startswith("patch 1/3 (five) does not apply: patch failed: spec/a.arc:2")
    assert found.span == series_.patches[0].place
    assert found.notes[0].message == "the hunk is @@ -2,7 +2,7 @@ line 1"


def test_second_patch_without_the_first_is_refused(three: Scratch) -> None:
    """Git would merge it in with --3way, and make another file than either author meant."""
    series = read_series(three.mbox("main~2", "main~1", "-1").replace(b"[PATCH]", b"[PATCH 1/1]"))
    with pytest.raises(SeriesError) as error:
        applied(Repository(three.top), "start", series)
    assert codes(error) == ["ARC936"]
    (merged,) = applied(Repository(three.top), "start", series, three_way=True)
    assert merged.merged
    assert merged.files.read("spec/a.arc") == TEN.replace("line 7", "line seven").encode()


def test_conflict_of_a_three_way_merge_is_refused(three: Scratch) -> None:
    three.git("checkout", "-q", "-b", "other", "start")
    three.commit({"spec/a.arc": TEN.replace("line 5", "line V")})
    with pytest.raises(SeriesError) as error:
        applied(Repository(three.top), "other", read_series(three.mbox("start", "main")), three_way=True)
    assert codes(error) == ["ARC936"]


def test_context_must_match_exactly(three: Scratch) -> None:
    mbox = three.mbox("start").replace(b"\n line 4\n", b"\n line four\n", 1)
    with pytest.raises(SeriesError) as error:
        applied(Repository(three.top), "start", read_series(mbox))
    assert codes(error) == ["ARC936"]


@pytest.mark.parametrize("name", ["a.arc", "new.arc"])
def test_writing_through_a_link_is_refused(tmp_path: Path, name: str) -> None:
    repo = Scratch(tmp_path / "repo")
    repo.commit({"real/a.arc": TEN})
    repo.commit({f"real/{name}": TEN.replace("line 2", "2")})
    mbox = repo.mbox("HEAD~").replace(b"real/", b"link/")
    repo.git("reset", "-q", "--hard", "HEAD~")
    (repo.top / "link").symlink_to("real")
    repo.commit({})
    with pytest.raises(SeriesError) as error:
        applied(Repository(repo.top), "HEAD", read_series(mbox))
    message = f"patch 1/1 (change) changes link/{name}, and link is a symbolic link"
    assert [(d.code, d.message) for d in error.value.diagnostics] == [("ARC929", message)]


def test_new_target_of_a_link_is_refused_even_where_the_patch_hides_the_mode(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    (repo.top / "link.arc").symlink_to("a.arc")
    repo.commit({"a.arc": TEN})
    diff = (
        b"diff --git a/link.arc b/link.arc\n--- a/link.arc\n+++ b/link.arc\n@@ -1 +1 @@\n-a.arc\n"
        b"\\ No newline at end of file\n+/etc/passwd\n\\ No newline at end of file\n"
    )
    mail = b"From: a <a@example.com>\nSubject: [PATCH] link\n\nlink\n---\n" + diff
    with pytest.raises(SeriesError) as error:
        applied(Repository(repo.top), "HEAD", read_series(mail))
    assert codes(error) == ["ARC929"], error.value.diagnostics


def test_hunk_at_a_line(three: Scratch) -> None:
    one, two, three_ = read_series(three.mbox("start", "-U1")).patches
    hunk = hunk_at(one, "spec/a.arc", 5)
    assert hunk is not None
    assert hunk.lines == (" line 4", "-line 5", "+line five", " line 6")
    assert hunk.lines[hunk.position(5) or 0] == "+line five"
    assert hunk.lines[hunk.position(5, old=True) or 0] == "-line 5"
    assert hunk_at(one, "spec/a.arc", 9) is None
    added, removed = hunk_at(two, "spec/c.arc", 1), hunk_at(three_, "spec/b.arc", 1, old=True)
    assert added is not None
    assert added.lines == ("+c",)
    assert removed is not None
    assert removed.lines == ("-b",)


FORMATS = [
    ["--attach"],
    ["--inline"],
    ["--cover-letter", "--base=start"],
    ["--thread=deep", "--from=Somebody <else@example.com>", "--subject-prefix=RFC PATCH net-next", "-v3"],
    ["--find-copies-harder", "-B", "--full-index"],
    ["--src-prefix=i/", "--dst-prefix=w/"],
    ["--stat=40", "--patience", "-U10", "--signature=-- \nme", "--zero-commit", "--cover-letter", "--interdiff=start"],
]


@pytest.mark.parametrize("options", FORMATS, ids=lambda o: o[0])
def test_forms_of_mail_that_git_writes(three: Scratch, options: list[str]) -> None:
    series = read_series(three.mbox("start", "-n", *options))
    trees = [x.tree for x in applied(Repository(three.top), "start", series)]
    assert trees == [three.id(f"main~{n}^{{tree}}") for n in (2, 1, 0)]
    assert series.patches[0].author == "A U Thor <author@example.com>"


def test_lost_hunk_is_noticed(three: Scratch) -> None:
    """A mail that is cut off between two hunks applies as if nothing were missing."""
    three.git("checkout", "-q", "-b", "other", "start")
    three.commit({"spec/a.arc": TEN.replace("line 1\n", "1\n").replace("line 10", "10")})
    whole = three.mbox("start", "-U1")
    (one,) = applied(Repository(three.top), "start", read_series(whole))
    assert one.incomplete == ()
    cut = whole[: whole.rindex(b"@@ -")]
    (one,) = applied(Repository(three.top), "start", read_series(cut))
    assert one.incomplete == ("spec/a.arc",)


def test_tree_of_a_patch_is_a_revision_of_its_own(three: Scratch) -> None:
    repo = Repository(three.top)
    one, *_ = applied(repo, "start", read_series(three.mbox("start")))
    assert one.paths == ("spec/a.arc",)
    assert changed(repo.tree(one.tree), one.files) == ()
    assert changed(repo.tree("start"), one.files) == ("spec/a.arc",)


def test_hunk_at_a_line_of_a_renamed_file(three: Scratch) -> None:
    three.git("checkout", "-q", "-b", "other", "start")
    three.git("mv", "spec/a.arc", "spec/z.arc")
    three.commit({"spec/z.arc": TEN.replace("line 5", "line V")})
    (patch,) = read_series(three.mbox("start", "-M")).patches
    new, old = hunk_at(patch, "spec/z.arc", 5), hunk_at(patch, "spec/a.arc", 5, old=True)
    assert new is not None
    assert new == old
    assert hunk_at(patch, "spec/a.arc", 5) is None


def test_copies(tmp_path: Path) -> None:
    repo = Scratch(tmp_path / "repo")
    repo.commit({"a.arc": TEN})
    repo.commit({"b.arc": TEN.replace("line 3", "3"), "c.arc": TEN})
    series = read_series(repo.mbox("HEAD~", "-C", "--find-copies-harder"))
    assert {(f.kind, f.old_path, f.path) for f in series.patches[0].files} == {
        ("copied", "a.arc", "b.arc"),
        ("copied", "a.arc", "c.arc"),
    }
    (one,) = applied(Repository(repo.top), "HEAD~", series)
    assert one.tree == repo.id("HEAD^{tree}")
    assert one.paths == ("b.arc", "c.arc")


EDIT = st.tuples(
    st.sampled_from(["a.arc", "spec/b.arc", "spec/c.arc", "src/d.c"]),
    st.one_of(
        st.none(),
        st.lists(
            st.sampled_from(["x", "From here", ">From there", "-- ", "--- a", "+++ b", "@@ -1 +1 @@", "", "\t "]),
            max_size=6,
        ).map("\n".join),
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=st.lists(st.lists(EDIT, min_size=1, max_size=3), min_size=1, max_size=5), seed=st.integers(0, 1000))
def test_shuffled_series_gives_the_trees_of_the_commits(edits: list[list[tuple[str, str | None]]], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Scratch(Path(folder) / "repo")
        repo.commit({"a.arc": "x\n" * 30, "README": "r\n"})
        start = repo.id("HEAD")
        for edit in edits:
            there = {p: c for p, c in edit if c is not None or (repo.top / p).exists()}
            repo.write(there)
            repo.git("add", "--all")
            if repo.git("status", "--porcelain"):
                repo.commit({}, "a change\n\nFrom the start, it was so.\n>From both ends.")
        commits = repo.git("rev-list", "--reverse", f"{start}..HEAD").decode().split()
        if commits:
            mails = [repo.git("format-patch", "--stdout", "--pretty=mboxrd", "-1", c) for c in commits]
            numbered = [m.replace(b"[PATCH]", b"[PATCH %d/%d]" % (i, len(mails)), 1) for i, m in enumerate(mails, 1)]
            random.Random(seed).shuffle(numbered)
            result = applied(Repository(repo.top), start, read_series(b"".join(numbered)))
            assert [x.tree for x in result] == [repo.id(f"{c}^{{tree}}") for c in commits]
            assert result[-1].patch.message == "From the start, it was so.\n>From both ends."
