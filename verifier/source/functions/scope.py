"""Which variable a name means: inner blocks may declare it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from verifier.source.integers import CType, integer_type


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable or a parameter. `key` is its name, with `@2` for the second of that name; `type` is known for
    plain integers only."""

    key: str
    type: CType | None


class Scope:
    """The locals that are visible at one point of a function."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, Local]] = [{}]
        self._count: dict[str, int] = {}

    def declare(self, name: str, words: str, plain: bool) -> Local:
        """Enter a variable into the innermost block. `plain`: it is neither a pointer nor an array."""
        self._count[name] = self._count.get(name, 0) + 1
        key = name if self._count[name] == 1 else f"{name}@{self._count[name]}"
        local = Local(key, integer_type(words) if plain else None)
        self._blocks[-1][name] = local
        return local

    def find(self, name: str) -> Local | None:
        """Return the variable that the name means here; None iff it is no local one."""
        return next((block[name] for block in reversed(self._blocks) if name in block), None)

    @contextmanager
    def block(self) -> Iterator[None]:
        """Open a block for as long as the context lasts."""
        self._blocks.append({})
        try:
            yield
        finally:
            self._blocks.pop()
