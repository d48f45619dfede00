"""Patterns of paths: `*` and `?` stay within a name, `**` stands for any number of folders."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable


def selected(patterns: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that one of the patterns fits, in their order."""
    compiled = [_compiled(p) for p in patterns]
    return tuple(path for path in paths if any(c.fullmatch(path) for c in compiled))


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meanings = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(p) or re.escape(p) for p in parts))
