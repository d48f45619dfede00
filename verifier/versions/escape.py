"""Paths that lead out of a tree, or into git's own folder, in any of the spellings that a file system may accept."""

from __future__ import annotations

import re

# Characters that HFS+ leaves out of names when it compares them.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def outside(path: str) -> str | None:
    """Return why a path of a patch is not one of an ordinary file inside the tree; None iff it is.

    `.git` counts in any case, with characters that HFS+ ignores, and in the spellings of NTFS: `git~1`, with dots or
    spaces at its end, with the name of a stream after a colon, and with `\\` between the names.
    """
    if path.startswith(("/", "\\")) or re.match("[A-Za-z]:", path):
        return "the path is absolute"
    for name in re.split(r"[/\\]", path):
        if name == "..":
            return "the path leads out of the tree"
        if name in ("", "."):
            return "the path has an empty name or a single dot in it"
        if _is_git(name):
            return "the path leads into git's own folder"
    if any(ord(c) < 32 or ord(c) == 127 for c in path):
        return "the path has control characters"
    return None


def _is_git(name: str) -> bool:
    plain = _IGNORED.sub("", name).lower().split(":")[0].rstrip(" .")
    return plain == ".git" or re.fullmatch(r"git~\d+", plain) is not None
