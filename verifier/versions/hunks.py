"""Unified diffs, read strictly: what is not understood is refused, for git might understand it otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.versions.escape import outside
from verifier.versions.header import Header
from verifier.versions.names import stripped, two_names
from verifier.versions.refusal import DiffError
from verifier.versions.tree import LINK, SUBMODULE

_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)")


@dataclass(frozen=True)
class Hunk:
    """One hunk of a file's diff. `path` is the file's new path, or its old one where it is deleted.

    The lines begin with ` `, `-`, `+`, or with `\\` where the line before has no line end. `old_start` and
    `new_start` count from 1; they are 0 where that side has no lines at all.
    """

    path: str
    old_start: int
    new_start: int
    lines: tuple[str, ...]
    section: str = ""

    @property
    def header(self) -> str:
        """The line that announces the hunk, such as `@@ -3,4 +3,5 @@ rule stop`."""
        counts = [sum(line[0] in signs for line in self.lines) for signs in (" -", " +")]
        return f"@@ -{self.old_start},{counts[0]} +{self.new_start},{counts[1]} @@{self.section}"

    def position(self, line: int, old: bool = False) -> int | None:
        """Return the index in `lines` of a line of the new file, or of the old one; None iff it is not in here."""
        number = self.old_start if old else self.new_start
        for i, text in enumerate(self.lines):
            if text[0] in (" -" if old else " +"):
                if number == line:
                    return i
                number += 1
        return None


@dataclass(frozen=True)
class FileDiff:
    """What a patch does to one file. `kind` is changed, added, deleted, renamed or copied.

    `path` is where the file is afterwards, or was before it was deleted; `old_path` where it was before. `text` is
    this part of the patch as it was sent. `blobs` are the ids, perhaps shortened, that the file's content had before
    and afterwards where the patch was made; "" where the patch does not say.
    """

    path: str
    old_path: str
    kind: str
    hunks: tuple[Hunk, ...]
    text: bytes
    blobs: tuple[str, str]


@dataclass(frozen=True)
class Split:
    """A text with a diff in it: the lines before the diff, the files' diffs, and the lines after it."""

    before: tuple[bytes, ...]
    files: tuple[FileDiff, ...]
    after: tuple[bytes, ...]


def split_diff(text: bytes) -> Split:
    """Return the diff in a text, and what stands around it; no files iff there is no diff.

    Raises DiffError with ARC931 iff a diff is malformed or cut off, ARC930 iff it is binary, ARC929 iff it changes
    what is no ordinary file inside the tree.
    """
    lines = text.removesuffix(b"\n").split(b"\n")
    files: list[FileDiff] = []
    around: list[list[bytes]] = [[], []]
    i = 0
    while i < len(lines):
        if _starts(lines, i):
            if any(line.strip() and not _is_separator(line) for line in around[1]):
                raise DiffError("ARC931", f"there is text between the diffs of {files[-1].path} and of the next file")
            around[1] = []
            file, i = _file(lines, i)
            files.append(file)
        else:
            around[bool(files)].append(lines[i])
            i += 1
    if any(line.startswith(_LEFT_OVER) for line in around[1]):
        raise DiffError(
            "ARC931", f"after the diff of {files[-1].path} there are parts of a diff that are not understood"
        )
    return Split(tuple(around[0]), tuple(files), tuple(around[1]))


_LEFT_OVER = (b"diff -", b"@@ ", b"@@@", b"+++ ", b"GIT binary patch", b"Binary files ")


def _is_separator(line: bytes) -> bool:
    """True iff the line only announces a file, in the manner of other tools than git."""
    return line.startswith((b"Index: ", b"diff -", b"=====", b"Only in "))


def _starts(lines: Sequence[bytes], i: int) -> bool:
    if lines[i].startswith(b"diff --git "):
        return True
    following = lines[i + 1 : i + 3]
    return (
        lines[i].startswith(b"--- ")
        and len(following) == 2
        and following[0].startswith(b"+++ ")
        and following[1].startswith(b"@@ -")
    )


def _file(lines: Sequence[bytes], start: int) -> tuple[FileDiff, int]:
    """Return the diff of one file, and the index of the line after it."""
    header = Header()
    i = start
    if lines[i].startswith(b"diff --git "):
        header.git = two_names(lines[i].removeprefix(b"diff --git "))
        i += 1
        while i < len(lines) and header.extended_by(lines[i]):
            i += 1
    if i + 1 < len(lines) and lines[i].startswith(b"--- ") and lines[i + 1].startswith(b"+++ "):
        header.name(lines[i], lines[i + 1])
        i += 2
    file = _named(header)
    hunks: list[Hunk] = []
    while i < len(lines) and lines[i].startswith(b"@@ "):
        hunk, i = _hunk(lines, i, file.path)
        hunks.append(hunk)
    _check(header, file, lines[i] if i < len(lines) else b"")
    if not hunks and not header.needs_no_hunks:
        raise DiffError("ARC931", f"{file.path}: the diff has no hunks, where it needs some")
    return replace(file, hunks=tuple(hunks), text=b"\n".join(lines[start:i]) + b"\n"), i


def _check(header: Header, file: FileDiff, following: bytes) -> None:
    """Refuse what a reviewer cannot read, and what is no ordinary file of the tree."""
    if following.startswith((b"GIT binary patch", b"Binary files ", b"Files ")):
        raise DiffError("ARC930", f"{file.path}: the patch is binary")
    if following.startswith((b"@@", b"+", b"\\")) or (
        following.startswith(b"-") and following.strip() not in (b"--", b"---")
    ):
        raise DiffError("ARC931", f"{file.path}: more lines follow than the last hunk announces")
    for path in (file.old_path, file.path):
        if (reason := outside(path)) is not None:
            raise DiffError("ARC929", f"{path}: {reason}")
    if SUBMODULE in header.modes:
        raise DiffError("ARC929", f"{file.path}: the patch changes a submodule")
    if LINK in header.modes and file.kind != "deleted":
        raise DiffError("ARC929", f"{file.path}: the patch makes or changes a symbolic link")


def _named(header: Header) -> FileDiff:
    """Return the file that the header is about, its hunks and its text still missing."""
    old, new = header.old, header.new
    if old is None and new is None and header.git is not None:
        old, new = (stripped(n, by_git=True) for n in header.git)
    path, old_path = new or old, old or new
    if path is None or old_path is None:
        raise DiffError("ARC931", "a diff names no file")
    kind = header.kind
    if kind == "changed" and (header.old is None) != (header.new is None):
        kind = "added" if header.old is None else "deleted"
    return FileDiff(path, old_path, kind, (), b"", header.blobs)


def _hunk(lines: Sequence[bytes], start: int, path: str) -> tuple[Hunk, int]:
    """Return a hunk, and the index of the line after it: it ends where both its counts are used up."""
    found = _HUNK.fullmatch(lines[start].rstrip(b"\r"))
    if found is None:
        raise DiffError("ARC931", f"{path}: malformed hunk header {_shown(lines[start])}")
    old_start, old, new_start, new = (int(found[n]) if found[n] is not None else 1 for n in range(1, 5))
    i = start + 1
    body: list[str] = []
    while (old > 0 or new > 0) or (i < len(lines) and lines[i].startswith(b"\\")):
        if i >= len(lines) or (sign := lines[i][:1] or b" ") not in (b" ", b"-", b"+", b"\\"):
            raise DiffError("ARC931", f"{path}: the hunk {_shown(lines[start])} is cut off or damaged")
        old -= sign in b" -"
        new -= sign in b" +"
        if old < 0 or new < 0:
            raise DiffError("ARC931", f"{path}: the hunk {_shown(lines[start])} has other lines than it announces")
        body.append(_decoded(lines[i]) or " ")
        i += 1
    return Hunk(path, old_start, new_start, tuple(body), _decoded(found[5])), i


def _shown(line: bytes) -> str:
    return _decoded(line)[:60]


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def lines_of(files: Sequence[FileDiff]) -> Iterator[str]:
    """Yield the changed lines of a patch, each after the path of its file, without numbers or context."""
    for file in files:
        yield f"{file.kind} {file.old_path} {file.path}"
        yield from (line for hunk in file.hunks for line in hunk.lines if line[0] in "+-")
