"""How much a change weighs for whom: a profile's levels, and what the project sets differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.change.checks import CHECKS, PROFILES, Kind, sides
from verifier.change.level import Level, worst

if TYPE_CHECKING:
    from verifier.change.fact import Change

FAIL_ON = ("breaking", "risky", "note", "never")
UNDECIDED = ("fail", "warn")
SETTABLE = (Level.BREAKING, Level.RISKY, Level.NOTE, Level.NONE)
"""The levels that a project may give to a code."""

_PROTECTS = {
    "uapi": "protects callers",
    "impl": "protects implementers",
    "safety": "takes the world as closed",
}


def profile_named(name: str) -> str | None:
    """Return the profile of this name; without a version (`uapi`) the newest. None iff there is none."""
    versions = [p for p in PROFILES if name in (p, p.partition("@")[0])]
    return max(versions, key=lambda p: int(p.partition("@")[2]), default=None)


@dataclass(frozen=True)
class Policy:
    """Which profile judges, from which level on the gate fails ("breaking", "risky", "note", "never"), whether it
    fails on what is undecided ("fail", "warn"), and the levels that the project sets by code and side."""

    profile: str = "uapi@1"
    fail_on: str = "breaking"
    undecided: str = "fail"
    strict: bool = False
    overrides: Mapping[str, Mapping[str, Level]] = field(default_factory=dict)

    def level_of(self, change: Change) -> tuple[Level, str]:
        """Return what the change weighs by itself, its consequences apart, and why in one sentence.

        A code or kind that no check knows is breaking: what nobody classified nobody has found harmless.
        """
        kind = CHECKS[change.code].kinds.get(change.kind) if change.code in CHECKS else None
        if kind is None:
            return Level.BREAKING, "the change belongs to no known class, and what nobody classified counts as breaking"
        if change.undecided is not None:
            return Level.UNDECIDED, f"it is not decided: {change.undecided}"
        levels = {side: self._level(change.code, kind, side) for side in sides(change.actor)}
        level = worst(*levels.values())
        side = next(s for s, found in levels.items() if found is level)
        return level, self._why(change, kind, level, side, doubt=len(set(levels.values())) > 1)

    def _level(self, code: str, kind: Kind, side: str) -> Level:
        own = kind.level(self.profile, side, self.strict)
        level = self.overrides.get(code, {}).get(side, own)
        return level if _may_be_milder(code, own) else worst(level, own)

    def _why(self, change: Change, kind: Kind, level: Level, side: str, doubt: bool) -> str:
        told = f"{kind.says[side]}: {self._reason(change.code, kind, level, side)}"
        return f"{told} (it is not known who acts, so the worse of both sides counts)" if doubt else told

    def _reason(self, code: str, kind: Kind, level: Level, side: str) -> str:
        if level is not kind.level(self.profile, side, self.strict):
            return f"the project's configuration calls it {_called(level)}"
        if level is not kind.level(self.profile, side):
            return f"a strict policy calls it {_called(level)}"
        if all(found is level for profile in PROFILES for found in kind.severities[profile].values()):
            return f"every profile calls it {_called(level)}"
        return f"profile {self.profile} {_PROTECTS[self.profile.partition('@')[0]]}, and calls it {_called(level)}"


def _called(level: Level) -> str:
    return {Level.NOTE: "a note", Level.NONE: "nothing to report"}.get(level, level.value)


def _may_be_milder(code: str, own: Level) -> bool:
    """Return True iff a project may give the code a milder level than its own: where no waiver counts it may not, and
    whether what is undecided fails is for `undecided` to say."""
    return CHECKS[code].waivable and own is not Level.UNDECIDED


def lowers(code: str, side: str, level: Level, profile: str) -> bool:
    """Return True iff the level would be milder than the profile's for some kind of the code, and must not be."""
    own = [kind.level(profile, side) for kind in CHECKS[code].kinds.values()]
    return any(worst(level, o) is not level and not _may_be_milder(code, o) for o in own)
