"""Which version of which specs a word on the command line means."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from verifier.diagnostics import nearest
from verifier.files import Files, Folder
from verifier.versions.git import Repository
from verifier.versions.place import find_place
from verifier.versions.refusal import VersionError
from verifier.versions.tree import GitFiles

STDIN = "<stdin>"
"""The path of the spec that is read from the standard input."""


@dataclass(frozen=True)
class Version:
    """One side of a comparison: what messages call it, its files, and the paths of the specs that are meant.

    There may be none. A spec that is a link out of the tree has a path and no content: that is for the reader to say.
    """

    label: str
    files: Files
    specs: tuple[str, ...]


class OneFile:
    """A single file that lies nowhere, such as what is read from the standard input."""

    def __init__(self, path: str, data: bytes) -> None:
        self.label = path
        self._content: Mapping[str, bytes] = {path: data}

    def read(self, path: str) -> bytes | None:
        """Return the content of the file, see `Files.read`."""
        return self._content.get(path)

    def paths(self) -> tuple[str, ...]:
        """Return its path."""
        return tuple(self._content)


def version_of(text: str, cwd: Path, stdin: BinaryIO | None = None) -> Version:
    """Return the version that `text` means: PATH, REV, REV:PATH, or `-` for one spec on `stdin`.

    Of a folder all `.arc` files below it are meant, of a revision all that it holds, of a single file that file. In
    REV:PATH the path counts from the top of the repository, or with `./` or `../` from `cwd`; `REV:` is the whole
    revision. A path in a work tree is shown from its top, so that it compares with a revision.

    Raises VersionError with ARC921 iff there is nothing of this name, ARC922 iff it is the name of a file or folder
    and of a revision.
    """
    if text == "-":
        return Version(STDIN, OneFile(STDIN, (stdin or sys.stdin.buffer).read()), (STDIN,))
    path = cwd / text
    repository = _repository(cwd)
    exists = bool(text) and "\0" not in text and path.exists()
    if exists and (_is_path(text) or repository is None or not _is_revision(text, repository)):
        return _on_disk(text, path)
    if exists:
        raise VersionError.because(
            "ARC922",
            f"{text} is the name of a {'folder' if path.is_dir() else 'file'}, and of a revision",
            f"write ./{text} for the {'folder' if path.is_dir() else 'file'}, {text}: for the revision",
        )
    if repository is None:
        raise _nothing(text, cwd, None)
    return _revision(text, cwd, repository)


def _is_path(text: str) -> bool:
    """True iff the text cannot be meant as a revision."""
    return text.startswith(("./", "../", "/")) or text in (".", "..") or text.endswith(".arc")


def _is_revision(text: str, repository: Repository) -> bool:
    rev, colon, path = text.partition(":")
    return repository.exists(rev) and (not colon or bool(_below(repository.tree(rev), path)))


def _repository(cwd: Path) -> Repository | None:
    try:
        return Repository(cwd)
    except VersionError:
        return None


def _on_disk(text: str, path: Path) -> Version:
    """Return the version that a file or folder is, counted from the top of its work tree if it has one."""
    whole = path.resolve()
    try:
        top = find_place(whole).top
    except VersionError:
        top = None
    root = top or (whole if whole.is_dir() else whole.parent)
    found = _specs_below(whole) if whole.is_dir() else [whole]
    return Version(text, Folder(root), tuple(p.relative_to(root).as_posix() for p in found))


def _specs_below(folder: Path) -> list[Path]:
    """Return the specs below a folder, sorted; a branch whose name ends in `.arc` is a file in `.git`, and no spec."""
    found = (p for p in folder.rglob("*.arc") if p.is_file())
    return sorted(p for p in found if ".git" not in p.relative_to(folder).parts)


def _revision(text: str, cwd: Path, repository: Repository) -> Version:
    rev, _, inside = text.partition(":")
    if not repository.exists(rev):
        raise _nothing(text, cwd, repository)
    files = repository.tree(rev)
    path = _from_top(inside, cwd, repository)
    specs = _below(files, path)
    if not specs and path:
        like = nearest(path, files.paths())
        raise VersionError.because("ARC921", f"{files.label} has no {path}", like and f"did you mean {rev}:{like}?")
    return Version(f"{files.label}:{path}" if path else files.label, files, specs)


def _below(files: GitFiles, path: str) -> tuple[str, ...]:
    """Return the file of this path, or the specs in the folder of this path, "" being the top."""
    if path in files.ids:
        return (path,)
    folder = f"{path}/" if path else ""
    return tuple(p for p in files.paths() if p.startswith(folder) and p.endswith(".arc"))


def _from_top(inside: str, cwd: Path, repository: Repository) -> str:
    """Return the path after the colon, counted from the top of the tree, without `/` at its end."""
    if inside.startswith(("./", "../")) and repository.top is not None:
        inside = Path(os.path.relpath(os.path.normpath(cwd.resolve() / inside), repository.top)).as_posix()
    path = PurePosixPath(inside).as_posix()
    return "" if path == "." else path


def _nothing(text: str, cwd: Path, repository: Repository | None) -> VersionError:
    where = "and no git repository is here" if repository is None else "and no revision of this name"
    here = sorted(p.name for p in cwd.iterdir()) if cwd.is_dir() else []
    like = nearest(text, here)
    forms = "a version is a path, a revision, REVISION:PATH, or - for the standard input"
    hint = f"did you mean {like}?" if like else forms
    return VersionError.because("ARC921", f"there is no file or folder {text}, {where}", hint)
