"""How much a change weighs."""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """How much a finding weighs; worst first."""

    ERROR = "error"  # could not be checked: exit 2
    BREAKING = "breaking"
    RISKY = "risky"
    UNDECIDED = "undecided"  # exit 3
    NOTE = "note"
    NONE = "none"

    @property
    def rank(self) -> int:
        """The level's place among all, the worst first: what to sort by."""
        return list(Level).index(self)


def worst(*levels: Level) -> Level:
    """Return the worst of the levels; NONE of none."""
    return min(levels, key=lambda level: level.rank, default=Level.NONE)
