"""A tree of files that stands in a dictionary, and the errors that reading one gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verifier.diagnostics import Diagnostic, SpecError


class Tree:
    """Files by path."""

    label = "the base"

    def __init__(self, **files: str) -> None:
        self.files = {name.replace("__", "/").replace("_toml", ".toml"): text.encode() for name, text in files.items()}

    def read(self, path: str) -> bytes | None:
        """Return a file's content."""
        return self.files.get(path)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files."""
        return tuple(sorted(self.files))


def refused(read: Callable[[], object]) -> list[Diagnostic]:
    """Return the errors with which reading ends, sorted by place."""
    with pytest.raises(SpecError) as error:
        read()
    return sorted(error.value.diagnostics, key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))


def shown(found: list[Diagnostic]) -> list[str]:
    """Return `LINE:COLUMN CODE` of each error."""
    return [f"{d.span.line}:{d.span.column} {d.code}" if d.span else d.code for d in found]
