"""Diffs: what is understood, and every way out of the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.versions.mails import DIFF, diff_of, mail
from verifier.versions import SeriesError, read_series
from verifier.versions.escape import outside
from verifier.versions.hunks import split_diff
from verifier.versions.refusal import DiffError


def refused(diff: str) -> tuple[str, str]:
    """The code and message with which a patch is refused."""
    with pytest.raises(SeriesError) as error:
        read_series(mail("[PATCH] x", diff))
    (found,) = error.value.diagnostics
    return found.code, found.message


def test_traditional_diff_as_quilt_writes_it() -> None:
    diff = (
        "Index: linux/a.c\n===================\n--- linux.orig/a.c\t2026-01-01 00:00:00.000000000 +0000\n"
        "+++ linux/a.c\t2026-01-02 00:00:00.000000000 +0000\n@@ -1,2 +1,2 @@ int f(void)\n-one\n+ONE\n two\n"
    )
    (file,) = split_diff(diff.encode()).files
    assert (file.path, file.kind, file.hunks[0].section) == ("a.c", "changed", " int f(void)")
    assert file.hunks[0].header == "@@ -1,2 +1,2 @@ int f(void)"


def test_what_follows_the_diff_is_not_part_of_it() -> None:
    split = split_diff(b"message\n" + DIFF.encode() + b"-- \n2.39.5\n")
    assert split.before == (b"message",)
    assert split.after == (b"-- ", b"2.39.5")
    assert split.files[0].text.decode() == DIFF


def test_context_lines_whose_space_a_mailer_has_cut() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n\n-a\n+b\n c\n"
    assert split_diff(diff.encode()).files[0].hunks[0].lines == (" ", "-a", "+b", " c")


DAMAGED = {
    "cut off": DIFF.removesuffix("+two\n"),
    "too short": DIFF.replace("+1,2", "+1,5"),
    "too long": DIFF.replace("+1,2", "+1"),
    "hunk header": DIFF.replace("@@ -0,0 +1,2 @@", "@@ broken @@"),
    "wrapped": DIFF.replace("+two", "wrapped by a mailer"),
    "no prefix": "diff --git spec/a.arc spec/a.arc\n--- spec/a.arc\n+++ spec/a.arc\n@@ -1 +1 @@\n-a\n+b\n",
    "no folder": "diff --git a.arc a.arc\n--- a.arc\n+++ a.arc\n@@ -1 +1 @@\n-a\n+b\n",
    "text between": DIFF + "and then\n" + diff_of("b.arc", ["b"]),
    "no octal digit": DIFF.replace("b/a.arc", '"b/\\9.arc"'),
    "no byte": DIFF.replace("b/a.arc", '"b/\\777.arc"'),
    "combined diff": DIFF + "diff --cc b.arc\n--- a/b.arc\n+++ b/b.arc\n@@@ -1 -1 +1 @@@\n",
    "unknown header": "diff --git a/x b/x\nrename old x\nrename new y\n",
    "no hunks": DIFF.partition("@@")[0],
    "no new content": "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..1234567\n",
    "no old content": "diff --git a/x b/x\ndeleted file mode 100644\nindex 1234567..0000000\n",
    "no change": "diff --git a/x b/x\nindex 1234567..7654321 100644\n",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_diffs(damage: str) -> None:
    assert refused(DAMAGED[damage])[0] == "ARC931"


@pytest.mark.parametrize(
    "tail",
    ["GIT binary patch\nliteral 3\nKcmZQzU|?Wi\n\n", "Binary files a/x.png and b/x.png differ\n"],
    ids=["binary", "differ"],
)
def test_binary_patches(tail: str) -> None:
    head = "diff --git a/x.png b/x.png\nindex 0123456..789abcd 100644\n"
    assert refused(head + tail) == ("ARC930", "x.png: the patch is binary")


PATHS = {
    "../x": "the path leads out of the tree",
    "spec/../../x": "the path leads out of the tree",
    "..\\x": "the path leads out of the tree",
    "/etc/passwd": "the path is absolute",
    "C:/x": "the path is absolute",
    ".git/hooks/pre-commit": "the path leads into git's own folder",
    "sub/.git/config": "the path leads into git's own folder",
    ".GiT/config": "the path leads into git's own folder",
    ".g\u200cit/config": "the path leads into git's own folder",
    "\ufeff.git/config": "the path leads into git's own folder",
    "GIT~1/config": "the path leads into git's own folder",
    ".git. /config": "the path leads into git's own folder",
    ".git::$INDEX_ALLOCATION/config": "the path leads into git's own folder",
    "x\\.git\\config": "the path leads into git's own folder",
    "./x": "the path has an empty name or a single dot in it",
    "x//y": "the path has an empty name or a single dot in it",
}


@pytest.mark.parametrize("path", PATHS)
def test_escaping_paths(path: str) -> None:
    assert refused(diff_of(path, ["x"])) == ("ARC929", f"{path}: {PATHS[path]}")


@pytest.mark.parametrize("path", ["../x", ".git/config"])
@pytest.mark.parametrize("verb", ["rename", "copy"])
def test_escaping_renames(path: str, verb: str) -> None:
    start = f"diff --git a/{path} b/a.arc\nsimilarity index 100%\n{verb} from {path}\n{verb} to a.arc\n"
    goal = f"diff --git a/a.arc b/{path}\nsimilarity index 100%\n{verb} from a.arc\n{verb} to {path}\n"
    assert refused(start)[0] == refused(goal)[0] == "ARC929"


def test_escape_in_a_quoted_path() -> None:
    assert (
        refused(diff_of("Q", ["x"]).replace("a/Q", '"a/\\056\\056/x"').replace("b/Q", '"b/\\056\\056/x"'))[0]
        == "ARC929"
    )


def test_absolute_path_without_a_prefix() -> None:
    assert refused("--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n")[0] == "ARC929"


def test_escape_by_the_prefix() -> None:
    assert refused("--- ../x\n+++ ../x\n@@ -1 +1 @@\n-a\n+b\n")[0] == "ARC929"


@pytest.mark.parametrize(
    "header",
    [
        "new file mode 120000\nindex 0000000..1234567",
        "index 7654321..1234567 120000",
        "old mode 100644\nnew mode 120000",
    ],
)
def test_symbolic_links(header: str) -> None:
    old = "/dev/null" if header.startswith("new file") else "a/x"
    diff = (
        f"diff --git a/x b/x\n{header}\n--- {old}\n+++ b/x\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n"
    )
    assert refused(diff) == ("ARC929", "x: the patch makes or changes a symbolic link")


@pytest.mark.parametrize("header", ["new file mode 160000\nindex 0000000..1234567", "index 7654321..1234567 160000"])
def test_submodules(header: str) -> None:
    diff = f"diff --git a/x b/x\n{header}\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+Subproject commit 1234567\n"
    assert refused(diff) == ("ARC929", "x: the patch changes a submodule")


def test_ordinary_paths_are_inside() -> None:
    for path in ("spec/a.arc", ".gitignore", ".github/x.yml", "git/x", "a..b", "...", "x.git/y", "digit~1"):
        assert outside(path) is None


def codes_of(data: bytes) -> set[str]:
    """The code with which a text is refused, if it is; its paths are inside the tree if it is not."""
    try:
        files = split_diff(data).files
    except DiffError as refused:
        return {refused.code}
    return {f.path for f in files if outside(f.path) is not None}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert codes_of(data) <= {"ARC929", "ARC930", "ARC931"}


@given(st.integers(0, len(DIFF)), st.text(alphabet='ab/+-@ ,1\n\\"', max_size=8), st.integers(0, 6))
def test_any_damage_is_read_or_refused(place: int, text: str, length: int) -> None:
    damaged = DIFF[:place] + text + DIFF[place + length :]
    assert codes_of(damaged.encode()) <= {"ARC929", "ARC930", "ARC931"}
