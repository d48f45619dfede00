"""What stands before the hunks of one file's diff."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.versions.names import name_after_sign, unquoted

_MODE = re.compile(r"\d{6}")
_BLOBS = re.compile(r"([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})")
_EMPTY = ("e69de29", "473a0f4")
"""How the ids of an empty blob begin, in SHA-1 and in SHA-256."""


@dataclass
class Header:
    """What the lines before the first hunk say: the two names on the line `diff --git`, the paths before and
    afterwards, what is done to the file, the modes and ids that are named. `does_something` is true iff they say more
    than that the content changes, `named` iff the lines `---` and `+++` are there.
    """

    git: tuple[bytes, bytes] | None = None
    old: str | None = None
    new: str | None = None
    kind: str = "changed"
    modes: list[str] = field(default_factory=list)
    blobs: tuple[str, str] = ("", "")
    does_something: bool = False
    named: bool = False

    def extended_by(self, line: bytes) -> bool:
        """Take a line in. True iff it belongs to the header."""
        read = next((read for prefix, read in _EXTENDED.items() if line.startswith(prefix)), None)
        if read is not None:
            read(self, line)
        return read is not None

    def name(self, old: bytes, new: bytes) -> None:
        """Take in the lines `---` and `+++`."""
        by_git = self.git is not None
        self.old, self.new = name_after_sign(old[4:], by_git), name_after_sign(new[4:], by_git)
        self.named = True

    @property
    def needs_no_hunks(self) -> bool:
        """True iff the header says all that is done: no content changes, but that of an empty file."""
        contents = {blob for blob in self.blobs if blob.strip("0")}
        return self.does_something and not self.named and all(blob.startswith(_EMPTY) for blob in contents)


def _read_mode(header: Header, line: bytes) -> None:
    header.modes += _MODE.findall(line.decode(errors="replace").rpartition("mode ")[2])
    header.does_something = True


def _read_kind(header: Header, line: bytes) -> None:
    header.kind = "added" if line.startswith(b"new") else "deleted"
    _read_mode(header, line)


def _read_old(header: Header, line: bytes) -> None:
    header.kind = "renamed" if line.startswith(b"rename") else "copied"
    header.old = unquoted(line.partition(b" from ")[2])
    header.does_something = True


def _read_new(header: Header, line: bytes) -> None:
    header.new = unquoted(line.partition(b" to ")[2])


def _read_index(header: Header, line: bytes) -> None:
    for word in line.decode(errors="replace").split()[1:]:
        if (found := _BLOBS.fullmatch(word)) is not None:
            header.blobs = found[1], found[2]
        elif _MODE.fullmatch(word):
            header.modes.append(word)


def _skip(header: Header, line: bytes) -> None:
    """How alike the two files are is of no interest."""


_EXTENDED: dict[bytes, Callable[[Header, bytes], None]] = {
    b"old mode ": _read_mode,
    b"new mode ": _read_mode,
    b"new file mode ": _read_kind,
    b"deleted file mode ": _read_kind,
    b"rename from ": _read_old,
    b"rename to ": _read_new,
    b"copy from ": _read_old,
    b"copy to ": _read_new,
    b"similarity index ": _skip,
    b"dissimilarity index ": _skip,
    b"index ": _read_index,
}
