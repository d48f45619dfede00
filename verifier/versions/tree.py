"""The files of one version that git keeps: a tree, the index, or the work tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from verifier.files import Files
from verifier.versions.objects import Objects, blob_id

REGULAR = frozenset({"100644", "100755", "100664"})
"""The modes that git gives to regular files; the last one only in old trees."""

LINK, SUBMODULE = "120000", "160000"
"""The modes of symbolic links, and of commits of other repositories."""

Entry = tuple[str, str]
"""What git lists of a path: its mode and its object's id."""


class GitFiles:
    """The files of a tree or of the index, see `verifier.files.Files`; `id` is the commit's or the tree's, and ""
    for the index. `entries` lists them when they are first asked for."""

    def __init__(self, label: str, id: str, objects: Objects, entries: Callable[[], Mapping[str, Entry]]) -> None:
        self.label = label
        self.id = id
        self._objects = objects
        self._list = entries

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every path, of links and submodules too, with its mode and its object's id; mode 000000 marks one that is
        not there."""
        return self._list()

    @property
    def ids(self) -> Mapping[str, str]:
        """The id of each regular file's blob."""
        return {path: blob for path, (mode, blob) in self.entries.items() if mode in REGULAR}

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, see `Files.read`. Raises VersionError iff its object is missing."""
        mode, blob = self.entries.get(path, ("", ""))
        return self._objects.blob(blob) if mode in REGULAR else None

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all regular files, see `Files.paths`."""
        return tuple(sorted(self.ids))


@dataclass(frozen=True)
class OnDisk:
    """What git says of a work tree: the paths of files that may be there, the ids of those that have not been touched
    since git last looked, and the blobs of those that a sparse checkout leaves out."""

    paths: frozenset[str]
    known: Mapping[str, str]
    left_out: Mapping[str, str]


class WorkTree:
    """The files on disk that git tracks, or would track: untracked ones count unless they are ignored.

    A file that a sparse checkout leaves out counts as it is in the index.
    """

    label = "work tree"
    id = ""

    def __init__(self, top: Path, digits: int, objects: Objects, listed: Callable[[], OnDisk]) -> None:
        self._top = top
        self._digits = digits
        self._objects = objects
        self._list = listed

    @cached_property
    def _listed(self) -> OnDisk:
        return self._list()

    @cached_property
    def _files(self) -> Mapping[str, str | None]:
        """The id of each file's content, as far as it is known."""
        listed, is_folder = self._listed, cache(self._is_folder)
        there = {p for p in listed.paths if self._is(p, stat.S_ISREG) and is_folder(os.path.dirname(p))}
        return {p: listed.known.get(p) for p in sorted(there | listed.left_out.keys())}

    def _is_folder(self, path: str) -> bool:
        """True iff the path is that of a folder inside, no part of it being a link."""
        return not path or (self._is(path, stat.S_ISDIR) and self._is_folder(os.path.dirname(path)))

    def _is(self, path: str, kind: Callable[[int], bool]) -> bool:
        try:
            return kind(os.lstat(os.path.join(self._top, path)).st_mode)
        except OSError:
            return False

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The id of each file's content as a blob."""
        return {p: known or blob_id(self.read(p) or b"", self._digits) for p, known in self._files.items()}

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, see `Files.read`."""
        if path in self._listed.left_out:
            return self._objects.blob(self._listed.left_out[path])
        try:
            return (self._top / path).read_bytes() if path in self._files else None
        except OSError:
            return None

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, see `Files.paths`."""
        return tuple(self._files)


def changed(old: Files, new: Files) -> tuple[str, ...]:
    """Return the paths of the regular files that only one of the versions has, or whose contents differ, sorted."""
    if isinstance(old, GitFiles | WorkTree) and isinstance(new, GitFiles | WorkTree):
        return tuple(sorted({path for path, _ in old.ids.items() ^ new.ids.items()}))
    return tuple(p for p in sorted({*old.paths(), *new.paths()}) if old.read(p) != new.read(p))
