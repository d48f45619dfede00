"""A series of patches applied to a commit, without touching the repository it is applied to."""

from __future__ import annotations

import os
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from verifier.diagnostics import Diagnostic, Note
from verifier.versions.git import Repository
from verifier.versions.private import words_of_git
from verifier.versions.refusal import SeriesError, VersionError
from verifier.versions.series import Patch, Series
from verifier.versions.tree import LINK, SUBMODULE, Entry, GitFiles


@dataclass(frozen=True)
class Applied:
    """One patch, and the files that it and the patches before it make of the base; `tree` is their tree's id.

    `paths` are those of the files that this patch makes, changes or removes, sorted. `merged` is true iff it was
    applied by a three-way merge, since its lines did not fit where it says. `incomplete` are the files that were the
    same before the patch as they were for its author, and are not the same afterwards: hunks have been lost on the
    way, or the patch was edited by hand.
    """

    patch: Patch
    files: GitFiles
    tree: str
    paths: tuple[str, ...]
    merged: bool
    incomplete: tuple[str, ...]


def base_of(repo: Repository, base: str | None, series: Series) -> str:
    """Return the id of the commit that a series is applied to: `base` if given, else what the series itself names.

    Raises SeriesError with ARC934 iff neither is there, ARC935 iff the repository lacks the commit that the series
    names, VersionError with ARC921 iff there is no revision `base`.
    """
    if base is not None:
        return repo.resolve(base)
    named = series.base_commit
    if named is None:
        hint = "name the commit: --base REV; `git format-patch --base=auto` writes it into the series"
        raise SeriesError([Diagnostic("ARC934", "the series does not say which commit it is made for", help=hint)])
    try:
        return repo.resolve(named)
    except VersionError as absent:
        folder = repo.top or repo.place.own
        hint = (
            f"run `git -C {folder} fetch REMOTE {named}`, REMOTE being the author's tree; or name another: --base REV"
        )
        message = f"base commit {named[:12]} is not in {folder}"
        raise SeriesError([Diagnostic("ARC935", message, help=hint)]) from absent


def applied(repo: Repository, base: str | None, series: Series, three_way: bool = False) -> tuple[Applied, ...]:
    """Return what each patch makes of the commit `base`, or of the one that the series names, in order.

    The lines of a patch must be where it says or be moved as a whole; their surroundings must be the same. With
    `three_way` git may merge what does not fit so; the result says where it did.

    Objects, index and configuration are in a folder of our own: the repository keeps every byte and every time, and
    may be read-only, bare, or in the middle of anything.

    Raises SeriesError with ARC936 iff a patch does not apply, with file and line and git's own words, ARC929 iff it
    would write through a symbolic link; and what `base_of` raises.
    """
    commit = base_of(repo, base, series)
    return tuple(_each(repo, repo.tree(commit), series, three_way))


def _each(repo: Repository, files: GitFiles, series: Series, three_way: bool) -> Iterator[Applied]:
    index = repo.git.directory / f"index-{files.id}"
    repo.git.run("read-tree", files.id, index=index)
    _lend(repo, files, series.patches, three_way)
    # Each version is the base and what differs from it: a copy of all entries for each patch would take much memory.
    base, since_base = dict(files.entries), dict[str, Entry]()
    tree = files.id
    for patch in series.patches:
        _check_links(patch, files)
        merged = _apply(repo, patch, index, three_way)
        before, tree = tree, repo.git.run("write-tree", "--missing-ok", index=index, borrow=False).decode().strip()
        delta = dict(_delta(repo, before, tree))
        _check_delta(patch, delta)
        since_base = since_base | {path: new for path, (_, new) in delta.items()}
        label = f"patch {patch.number}/{patch.total} ({tree[:12]})"
        files = GitFiles(label, tree, repo.objects, partial(ChainMap, since_base, base))
        yield Applied(patch, files, tree, tuple(sorted(delta)), merged, tuple(_incomplete(patch, delta)))


def _lend(repo: Repository, base: GitFiles, patches: Sequence[Patch], three_way: bool) -> None:
    """Copy the objects that git needs to apply the patches: the files that they touch, and the trees.

    Git does not see the repository's own objects while it writes: it renews the time of an object that is there
    already, and so would leave a trace in the repository.
    """
    touched = {path for patch in patches for file in patch.files for path in (file.path, file.old_path)}
    there = (base.entries[path] for path in touched if path in base.entries)
    wanted = {blob for mode, blob in there if mode != SUBMODULE}
    folders = repo.git.run("ls-tree", "-r", "-t", "-d", "-z", "--full-tree", base.id)
    wanted |= {line.partition(b"\t")[0].split()[2].decode() for line in folders.split(b"\0") if b" tree " in line}
    if three_way:
        wanted |= set(_known(repo, patches))
    pack = str(repo.git.directory / "objects/pack/lent")
    repo.git.run("pack-objects", "-q", "--window=0", pack, input="".join(f"{w}\n" for w in sorted(wanted)).encode())


def _known(repo: Repository, patches: Sequence[Patch]) -> Iterator[str]:
    """Yield the ids of the blobs that the patches were made from, as far as the repository has them."""
    named = {m[1] for patch in patches for m in re.finditer(rb"(?m)^index ([0-9a-f]{4,64})\.\.", patch.diff)}
    found = repo.git.run("cat-file", "--batch-check", input=b"".join(name + b"\n" for name in sorted(named)))
    for line in found.decode().splitlines():
        if " blob " in line:
            yield line.split()[0]


def _check_links(patch: Patch, files: GitFiles) -> None:
    """Refuse a patch with a path that leads through a symbolic link of the tree."""
    for path in sorted({path for file in patch.files for path in (file.path, file.old_path)}):
        for folder in PurePosixPath(path).parents:
            if files.entries.get(folder.as_posix(), ("", ""))[0] == LINK:
                message = f"{_called(patch)} changes {path}, and {folder} is a symbolic link"
                raise SeriesError([Diagnostic("ARC929", message, patch.place)])


def _apply(repo: Repository, patch: Patch, index: Path, three_way: bool) -> bool:
    """Apply a patch to the index. Return whether it had to be merged. Raises SeriesError iff it does not apply."""
    words = ["apply", "--cached", "--whitespace=nowarn", "-p1"]
    ended = repo.git.attempt(*words, "-", input=patch.diff, index=index, borrow=False)
    if ended.returncode == 0:
        return False
    if not three_way or repo.git.attempt(*words, "--3way", "-", input=patch.diff, index=index, borrow=False).returncode:
        raise SeriesError([_rejected(patch, ended.stderr)])
    return True


def _rejected(patch: Patch, stderr: bytes) -> Diagnostic:
    """Return what is said of a patch that does not apply: where, and why in git's own words."""
    words = words_of_git(stderr)
    notes = []
    if (place := re.search(r"patch failed: (.+?):(\d+)", words)) is not None:
        hunks = (h for f in patch.files if f.old_path == place[1] for h in f.hunks if h.old_start == int(place[2]))
        notes = [Note(f"the hunk is {hunk.header.strip()}") for hunk in hunks]
    message = f"{_called(patch)} does not apply: {words}"
    return Diagnostic("ARC936", message, patch.place, tuple(notes), "name the commit that it is made for: --base REV")


def _called(patch: Patch) -> str:
    return f"patch {patch.number}/{patch.total} ({patch.subject[:72]})"


def _delta(repo: Repository, before: str, after: str) -> Iterator[tuple[str, tuple[Entry, Entry]]]:
    """Yield each path that differs between two trees, with its entries in both; the mode of none is 000000."""
    words = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-textconv", before, after]
    facts = repo.git.run(*words).split(b"\0")
    for fact, path in zip(facts[::2], facts[1::2], strict=False):
        old_mode, new_mode, old, new, _ = fact.decode().lstrip(":").split()
        yield os.fsdecode(path), ((old_mode, old), (new_mode, new))


def _incomplete(patch: Patch, delta: Mapping[str, tuple[Entry, Entry]]) -> Iterator[str]:
    """Yield the paths of files that the patch makes of the same content another content than for its author."""
    for file in patch.files:
        before, after = file.blobs
        if before and file.path in delta and file.old_path == file.path:
            (_, old), (_, new) = delta[file.path]
            if old.startswith(before) and not new.startswith(after):
                yield file.path


def _check_delta(patch: Patch, delta: Mapping[str, tuple[Entry, Entry]]) -> None:
    """Refuse what the patch did to anything but an ordinary file that it names: git is believed, not our reading."""
    named = {path for file in patch.files for path in (file.path, file.old_path)}
    for path, ((old, _), (new, _)) in delta.items():
        if path not in named:
            reason = "which it does not name"
        elif new == LINK or SUBMODULE in (old, new):
            reason = "which is no ordinary file"
        else:
            continue
        raise SeriesError([Diagnostic("ARC929", f"{_called(patch)} changes {path}, {reason}", patch.place)])
