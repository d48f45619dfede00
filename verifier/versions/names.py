"""The names of files as diffs write them: with a prefix, quoted where need be."""

from __future__ import annotations

import re

from verifier.versions.refusal import DiffError

_LONGEST = 9_000
"""The most bytes of a line with file names: no path is as long, and longer ones take long to take apart."""


def two_names(text: bytes) -> tuple[bytes, bytes]:
    """Return the two names of a `diff --git` line; they are the same but for their prefixes, or quoted.

    Raises DiffError with ARC931 iff they are longer than any path.
    """
    if len(text) > _LONGEST:
        raise DiffError("ARC931", f"a diff names a file with more than {_LONGEST:,} bytes")
    if text.startswith(b'"') or text.endswith(b'"'):
        names = re.findall(rb'"(?:[^"\\]|\\.)*"|[^" ][^"]*(?= ")|(?<=" )[^" ].*', text)
        if len(names) == 2:
            return names[0], names[1]
    middle = len(text) // 2
    if text[middle : middle + 1] == b" ":
        return text[:middle], text[middle + 1 :]
    return text, text


def name_after_sign(text: bytes, by_git: bool) -> str | None:
    """Return the path after `---` or `+++`, None for `/dev/null`. A time after a tab is left out."""
    name = text if text.startswith(b'"') else text.split(b"\t")[0].rstrip(b"\r")
    return None if name.strip() == b"/dev/null" else stripped(name, by_git)


def stripped(name: bytes, by_git: bool) -> str:
    """Return a path without the prefix that a diff puts before it: one letter if git wrote it, else any folder.

    Raises DiffError with ARC929 iff the path is absolute, ARC931 iff it has no such prefix.
    """
    whole = unquoted(name)
    prefix, slash, path = whole.partition("/")
    if not prefix and slash:
        raise DiffError("ARC929", f"{whole}: the path is absolute")
    if prefix == "..":
        raise DiffError("ARC929", f"{whole}: the path leads out of the tree")
    if not slash or (by_git and len(prefix) > 1):
        raise DiffError("ARC931", f"{whole}: there is no prefix such as a/ or b/, as after `git diff --no-prefix`")
    return path


_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(.))")
_CHARACTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def unquoted(name: bytes) -> str:
    """Return a name that may be quoted as C quotes a string.

    Raises DiffError with ARC931 iff it is quoted wrongly.
    """
    name = name.rstrip(b"\r")
    if name.startswith(b'"'):
        name = _ESCAPED.sub(_character, name[1:].rpartition(b'"')[0])
    return name.decode("utf-8", "surrogateescape")


def _character(escape: re.Match[bytes]) -> bytes:
    code = int(escape[1], 8) if escape[1] else _CHARACTERS.get(escape[2])
    if code is None or code > 255:
        raise DiffError("ARC931", f"{escape[0].decode(errors='replace')} has no meaning in a quoted file name")
    return bytes([code])
