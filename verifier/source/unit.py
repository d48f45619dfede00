"""A C file of a source tree with the headers it includes, as far as the tree has them. Nothing outside is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from verifier.source.preprocess import Include, Text, preprocess
from verifier.source.refusal import UnreadableError

# Where a kernel build looks for headers, in its order; headers of one architecture are left out.
HEADER_FOLDERS = ("include", "include/uapi")


@dataclass(frozen=True, slots=True)
class Unit:
    """`main` and every header it may include. `certain`: those that are included under every configuration."""

    main: Text
    texts: tuple[Text, ...]
    certain: frozenset[str]

    def visible(self, text: Text, line: int, seen_from: int) -> bool:
        """Return True iff line `line` of `text` is compiled whenever line `seen_from` of the main file is."""
        if text is self.main:
            return set(text.branches[line]) <= set(text.branches[seen_from])
        return text.path in self.certain and not text.branches[line]


def read_unit(tree: Path, file: str) -> Unit:
    """Return the unit of `file`, a path in `tree`. Raises UnreadableError iff there is no such file inside."""
    root = _root(tree)
    main = _read(root, _inside(root, file))
    texts, certain, waiting = {main.path: main}, {main.path}, [main]
    while waiting:
        text = waiting.pop()
        for path, sure in _included(root, text):
            sure = sure and text.path in certain
            if path not in texts or (sure and path not in certain):
                texts[path] = texts.get(path) or _read(root, root / path)
                certain |= {path} if sure else set()
                waiting.append(texts[path])
    return Unit(main, tuple(texts[p] for p in sorted(texts)), frozenset(certain))


def _root(tree: Path) -> Path:
    try:
        root = tree.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise UnreadableError("ARC950", f"the source tree {tree} cannot be read: {error}") from error
    if not root.is_dir():
        raise UnreadableError("ARC950", f"the source tree {tree} is not a folder")
    return root


def _inside(root: Path, file: str) -> Path:
    """Return the file's real path. Raises UnreadableError iff it leads out of the tree, or there is no such file."""
    pure = PurePosixPath(file)
    real = _real(root / pure)
    if pure.is_absolute() or ".." in pure.parts or (real is not None and not real.is_relative_to(root)):
        advice = "write the path of a file inside it, without `..` and without links that lead out"
        raise UnreadableError("ARC951", f'"{file}" leads out of the source tree', help=advice)
    if real is None:
        raise UnreadableError(
            "ARC950", f'the source tree has no file "{file}"', help="--source-tree names the top of the tree"
        )
    return real


def _real(path: Path) -> Path | None:
    """Return the file's path without symbolic links; None iff there is no such file."""
    try:
        real = path.resolve(strict=True)
        return real if real.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _read(root: Path, path: Path) -> Text:
    try:
        return preprocess(path.relative_to(root).as_posix(), path.read_bytes())
    except OSError as error:
        raise UnreadableError("ARC950", f"{path.relative_to(root)} cannot be read: {error.strerror}") from error


def _included(root: Path, text: Text) -> Iterator[tuple[str, bool]]:
    """Yield the headers of the tree that `text` includes, each with whether it does so unconditionally."""
    for include in text.includes:
        found = _header(root, text, include)
        if found is not None:
            yield found.relative_to(root).as_posix(), not text.branches[include.line]


def _header(root: Path, text: Text, include: Include) -> Path | None:
    """Return the first header of that name on the search path; None iff there is none, or it is outside the tree."""
    folders = [root / folder for folder in HEADER_FOLDERS]
    if include.form == '"':
        folders.insert(0, (root / text.path).parent)
    found = (_real(folder / include.name) for folder in folders)
    path = next((path for path in found if path is not None), None)
    return path if path is not None and path.is_relative_to(root) else None
