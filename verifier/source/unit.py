"""A C file of a source tree with the headers it includes, as far as the tree has them. Nothing outside is read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from verifier.files import Files
from verifier.source.preprocess import Include, Text, preprocess
from verifier.source.refusal import UnreadableError

# Where a kernel build looks for headers, in its order; headers of one architecture are left out.
HEADER_FOLDERS = ("include", "include/uapi")


class Remembered:
    """Read access to a tree that does not change meanwhile: each file is read once, and each unit put together once."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.units: dict[str, Unit] = {}
        self._contents: dict[str, bytes | None] = {}

    @property
    def label(self) -> str:
        """What the tree is called."""
        return self.files.label

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None iff the tree has none."""
        if path not in self._contents:
            self._contents[path] = self.files.read(path)
        return self._contents[path]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files."""
        return self.files.paths()


def remembered(files: Files) -> Remembered:
    """Return the files as `Remembered`, those that are as they are."""
    return files if isinstance(files, Remembered) else Remembered(files)


@dataclass(frozen=True, slots=True)
class Unit:
    """`main` and every header it may include. `certain`: those that are included under every configuration."""

    main: Text
    texts: tuple[Text, ...]
    certain: frozenset[str]
    _mentions: dict[str, list[Text]] = field(default_factory=dict, compare=False)

    def mentioning(self, name: str) -> Sequence[Text]:
        """Return the texts in whose code the name occurs. An index of all names is made when it is first needed."""
        if not self._mentions:
            for text in self.texts:
                for word in text.words:
                    self._mentions.setdefault(word, []).append(text)
        return self._mentions.get(name, ())

    def visible(self, text: Text, line: int, seen_from: int) -> bool:
        """Return True iff line `line` of `text` is compiled whenever line `seen_from` of the main file is."""
        if text is self.main:
            return set(text.branches[line]) <= set(text.branches[seen_from])
        return text.path in self.certain and not text.branches[line]


def read_unit(files: Files, file: str) -> Unit:
    """Return the unit of `file`, a path in the tree. Raises UnreadableError iff there is no such file inside."""
    known = files.units if isinstance(files, Remembered) else {}
    if file not in known:
        known[file] = _put_together(files, file)
    return known[file]


def _put_together(files: Files, file: str) -> Unit:
    main = _main(files, file)
    texts, certain, waiting = {main.path: main}, {main.path}, [main]
    while waiting:
        text = waiting.pop()
        for include in text.includes:
            header = _header(files, texts, text, include)
            sure = not text.branches[include.line] and text.path in certain
            if header is not None and (header.path not in texts or (sure and header.path not in certain)):
                texts[header.path] = header
                certain |= {header.path} if sure else set()
                waiting.append(header)
    return Unit(main, tuple(texts[p] for p in sorted(texts)), frozenset(certain))


def _main(files: Files, file: str) -> Text:
    pure = PurePosixPath(file)
    if pure.is_absolute() or ".." in pure.parts:
        advice = "write the path of a file inside it, without `..`"
        raise UnreadableError("ARC951", f'"{file}" leads out of the source tree', help=advice)
    content = None if "\0" in file else files.read(pure.as_posix())
    if content is None:
        advice = "--source-tree names the top of the tree; links that lead out of it are not followed"
        raise UnreadableError("ARC950", f'the source tree {files.label} has no file "{file}"', help=advice)
    return preprocess(pure.as_posix(), content)


def _header(files: Files, known: dict[str, Text], text: Text, include: Include) -> Text | None:
    """Return the first header of that name on the search path; None iff the tree has none."""
    for path in _candidates(text, include):
        if path in known:
            return known[path]
        content = files.read(path)
        if content is not None:
            return preprocess(path, content)
    return None


def _candidates(text: Text, include: Include) -> Iterator[str]:
    """Yield the paths, inside the tree, at which the header may be."""
    own = [posixpath.dirname(text.path)] if include.form == '"' else []
    for folder in (*own, *HEADER_FOLDERS):
        path = posixpath.normpath(posixpath.join(folder, include.name))
        if not path.startswith(("../", "/")) and path != "..":
            yield path
