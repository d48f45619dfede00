"""A git repository, read only: its revisions, its index and its work tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from verifier.diagnostics import nearest
from verifier.versions.objects import Objects, blob_id
from verifier.versions.place import find_place
from verifier.versions.private import PrivateGit, words_of_git
from verifier.versions.refusal import VersionError
from verifier.versions.tree import REGULAR, Entry, GitFiles, OnDisk, WorkTree


class Repository:
    """The git repository that `path`, a file or folder, lies in.

    Nothing in it is written, not even the times of its files; none of its hooks is run, and none of its settings
    obeyed. Nothing is fetched. Raises VersionError with ARC920 iff there is no repository, or no git program.
    """

    def __init__(self, path: Path) -> None:
        self.place = find_place(path)
        self.git = PrivateGit(self.place)
        self.objects = Objects(self.git)
        self._entries = lru_cache(maxsize=16)(self._entries_of)

    @property
    def top(self) -> Path | None:
        """The folder of the work tree; None iff the repository is bare."""
        return self.place.top

    def resolve(self, rev: str) -> str:
        """Return the full id of the commit that a revision stands for.

        Raises VersionError with ARC921 iff it stands for none.
        """
        return self._verified(rev, "commit")

    def tree(self, rev: str) -> GitFiles:
        """Return the files of a revision, which is a commit, a tag or a tree. The label shows it with its id.

        Raises VersionError with ARC921 iff there is no such revision.
        """
        found = self._verified(rev, "commit", "tree")
        label = found[:12] if found.startswith(rev) else f"{rev} ({found[:12]})"
        return GitFiles(label, found, self.objects, lambda: self._entries(found))

    def index(self) -> GitFiles:
        """Return the files as they are staged, at this moment.

        Where a hook set `GIT_INDEX_FILE`, as in `git commit --all`, that index is meant. A file that is only announced
        (`git add --intent-to-add`) is not staged. Raises VersionError with
        ARC925 iff a merge is not finished.
        """
        index = self.git.copied_index()
        entries = dict(_staged(self.git.run("ls-files", "--stage", "-z", index=index)))
        entries = _without(entries, self._announced(entries, index))
        return GitFiles("index", "", self.objects, lambda: entries)

    def worktree(self) -> WorkTree:
        """Return the files on disk, tracked ones and those that are neither tracked nor ignored.

        Ignored is what `.gitignore` files and `info/exclude` say. Raises VersionError with ARC920 iff the
        repository is bare.
        """
        if self.top is None:
            raise VersionError.because("ARC920", f"{self.place.own} is a bare repository: it has no work tree")
        return WorkTree(self.top, self.git.digits, self.objects, self._on_disk)

    def merge_base(self, a: str, b: str) -> str:
        """Return the id of the best common ancestor of two revisions.

        Raises VersionError with ARC921 iff one of them does not exist, or they have no ancestor in common.
        """
        found = self.git.attempt("merge-base", self.resolve(a), self.resolve(b))
        if found.returncode != 0:
            shallow = "the clone is shallow: run `git fetch --unshallow`" if self.is_shallow else None
            raise VersionError.because("ARC921", f"{a} and {b} have no commit in common", shallow)
        return found.stdout.decode().split()[0]

    @property
    def is_shallow(self) -> bool:
        """True iff the clone holds only the latest part of its history."""
        return (self.place.common / "shallow").is_file()

    def exists(self, rev: str) -> bool:
        """True iff the revision stands for a commit or a tree."""
        return self._id(rev, "commit", "tree") is not None

    def _verified(self, rev: str, *kinds: str) -> str:
        found = self._id(rev, *kinds)
        if found is None:
            raise VersionError.because(
                "ARC921", f"there is no revision {rev} in {self.place.top or self.place.own}", self._hint(rev)
            )
        return found

    def _id(self, rev: str, *kinds: str) -> str | None:
        """Return the id of the first kind of object that the revision stands for."""
        # A word that begins with `-` would be an option, and is the name of nothing.
        if not rev or rev.startswith("-") or "\0" in rev or "\n" in rev:
            return None
        named = self._parsed(rev)
        return next((found for kind in kinds if named and (found := self._parsed(f"{named}^{{{kind}}}"))), None)

    def _parsed(self, rev: str) -> str | None:
        found = self.git.attempt("rev-parse", "--quiet", "--verify", rev)
        return found.stdout.decode().strip() if found.returncode == 0 else None

    def _hint(self, rev: str) -> str | None:
        listed = self.git.attempt("for-each-ref", "--format=%(refname:short)").stdout.decode(errors="replace")
        if (like := nearest(rev, listed.splitlines())) is not None:
            return f"did you mean {like}?"
        if self.is_shallow:
            return "the clone is shallow: run `git fetch --unshallow`"
        is_id = re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", rev) is not None
        return f"run `git fetch REMOTE {rev}`, REMOTE being a repository that has the commit" if is_id else None

    def _entries_of(self, id: str) -> Mapping[str, Entry]:
        listed = self.git.attempt("ls-tree", "-r", "-z", "--full-tree", id)
        if listed.returncode != 0:
            raise VersionError.because("ARC923", f"tree {id[:12]} is not whole: {words_of_git(listed.stderr)}")
        return dict(_listed(listed.stdout))

    def _announced(self, entries: Mapping[str, Entry], index: Path) -> Set[str]:
        """Return the paths of which the index says that they will be added: they have an empty blob, and no more."""
        if self.top is None or all(blob != blob_id(b"", self.git.digits) for _, blob in entries.values()):
            return set()
        words = ["diff-files", "--name-only", "--diff-filter=A", "-z", "--no-ext-diff"]
        return {os.fsdecode(path) for path in self.git.run(*words, index=index, top=self.top).split(b"\0")}

    def _on_disk(self) -> OnDisk:
        index = self.git.copied_index()
        words = ["ls-files", "--cached", "--others", "--exclude-per-directory=.gitignore", "-z"]
        if (exclude := self.place.common / "info/exclude").is_file():
            words.append(f"--exclude-from={exclude}")
        paths = frozenset(os.fsdecode(p) for p in self.git.run(*words, index=index, top=self.top).split(b"\0") if p)
        tagged = self.git.run("ls-files", "--stage", "-t", "-z", index=index).split(b"\0")
        known = _blobs(line[2:] for line in tagged)
        left_out = _blobs(line[2:] for line in tagged if line.startswith(b"S "))
        touched = self.git.run("diff-files", "--name-only", "-z", "--no-ext-diff", index=index, top=self.top)
        for path in touched.split(b"\0"):
            known.pop(os.fsdecode(path), None)
        on_disk = {path for path in left_out if os.path.lexists(os.path.join(str(self.top), path))}
        return OnDisk(paths, _without(known, on_disk), _without(left_out, on_disk))


_T = TypeVar("_T")


def _without(entries: Mapping[str, _T], paths: Set[str]) -> dict[str, _T]:
    return {path: entry for path, entry in entries.items() if path not in paths}


def _blobs(lines: Iterable[bytes]) -> dict[str, str]:
    """Return the id of each regular file that `ls-files --stage` lists in these lines."""
    entries = _listed(b"\0".join(lines), staged=True)
    return {path: blob for path, (mode, blob) in entries if mode in REGULAR}


def _listed(listing: bytes, staged: bool = False) -> Iterator[tuple[str, Entry]]:
    """Yield what `ls-tree` or `ls-files --stage` prints: MODE TYPE ID, or MODE ID STAGE, then the path."""
    for line in listing.split(b"\0"):
        facts, tab, path = line.partition(b"\t")
        if tab:
            mode, second, third = facts.decode().split()
            yield os.fsdecode(path), (mode, second if staged else third)


def _staged(listing: bytes) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of an index in which no merge is open."""
    conflicts = {
        line.partition(b"\t")[2] for line in listing.split(b"\0") if line.partition(b"\t")[0][-2:] not in (b" 0", b"")
    }
    if conflicts:
        names = ", ".join(os.fsdecode(p) for p in sorted(conflicts)[:5])
        raise VersionError.because(
            "ARC925", f"a merge is not finished: {names}", "resolve it, then `git add` the files"
        )
    yield from _listed(listing, staged=True)
