"""What can change between two versions, how much each change weighs, and what reverses it: one file a code.

A file `ARCnnn.toml` has `title`, `since`, `text` (what the change means, why it weighs what it does, how to accept or
mend it; a paragraph each), `waivable = false` where no waiver counts, `standing = true` where it is about one version,
a table `[kinds.KIND]` for each kind of the change, and an `[[example]]` of each: two specs, the old and the new one,
that differ by it.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from verifier.change.level import Level, worst

PROFILES = ("uapi@1", "impl@1", "safety@1")
"""Whom a policy protects: the caller, the implementer, or a closed world. A version never changes what it says."""

SIDES = ("user", "device")
"""Who acts: `by user` are a machine's inputs, `by device`, `by driver` and `by kernel` its outputs."""

_SIDE_OF = {"user": "user", "device": "device", "driver": "device", "kernel": "device"}


def sides(actor: str | None) -> tuple[str, ...]:
    """Return the sides for which a rule of this actor counts: both, where nobody knows on which side it is."""
    return (_SIDE_OF[actor],) if actor in _SIDE_OF else SIDES


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of a change: its levels by profile and side, and what it is with OLD and NEW swapped.

    `says` is for each side what the change means to people, in a clause without a capital ("takes a request away").
    `strict` are the levels that take the place of `severities` in a strict policy. `mirrors` are the codes and kinds
    that swapping can give, one of them each time; where it is empty, `no_mirror` is the reason. `no_example` is the
    reason where two specs cannot show the change.
    """

    name: str
    title: str
    says: Mapping[str, str]
    severities: Mapping[str, Mapping[str, Level]]
    strict: Mapping[str, Mapping[str, Level]]
    mirrors: tuple[tuple[str, str], ...]
    no_mirror: str
    no_example: str

    def level(self, profile: str, actor: str | None, strict: bool = False) -> Level:
        """Return what the change weighs by itself; of several sides the worse counts. Raises KeyError for a profile
        that does not exist."""
        levels = {**self.severities[profile], **(self.strict.get(profile, {}) if strict else {})}
        return worst(*(levels[side] for side in sides(actor)))


@dataclass(frozen=True, slots=True)
class Example:
    """Two specs, the old and the new one, that differ by exactly this kind of change."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Check:
    """One code: what it says, its kinds by name, and an example of each that two specs can show.

    `waivable`: a waiver may accept it. `standing`: it says something of one version, so a waiver of it has to expire.
    """

    code: str
    title: str
    text: str
    since: str
    waivable: bool
    standing: bool
    kinds: Mapping[str, Kind]
    examples: tuple[Example, ...]


class _Checks(Mapping[str, Check]):
    """The checks by code; the files are read when the first one is asked for."""

    def __getitem__(self, code: str) -> Check:
        return _all()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(_all())

    def __len__(self) -> int:
        return len(_all())


CHECKS: Mapping[str, Check] = _Checks()
"""Every check, by code, in the order of the codes."""


@functools.cache
def _all() -> Mapping[str, Check]:
    names = sorted(f.name for f in files(__name__).iterdir() if f.name.endswith(".toml"))
    return MappingProxyType({n.removesuffix(".toml"): _check(n) for n in names})


def _check(name: str) -> Check:
    data = tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
    kinds = {k: _kind(k, v, data["title"]) for k, v in data["kinds"].items()}
    examples = tuple(Example(e["kind"], e["old"], e["new"]) for e in data.get("example", ()))
    code = name.removesuffix(".toml")
    return Check(
        code,
        data["title"],
        data["text"].strip(),
        data["since"],
        data.get("waivable", True),
        data.get("standing", False),
        MappingProxyType(kinds),
        examples,
    )


def _kind(name: str, data: Mapping[str, Any], title: str) -> Kind:
    mirrors = tuple((code, kind) for code, kind in data.get("mirrors", ()))
    return Kind(
        name,
        data.get("title", title),
        MappingProxyType(_by_side(data["says"])),
        _by_profile(data["severity"]),
        _by_profile(data.get("strict", {})),
        mirrors,
        data.get("no-mirror", ""),
        data.get("no-example", ""),
    )


def _by_profile(data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Level]]:
    named = {profile: _by_side(value) for profile, value in data.items()}
    return MappingProxyType({p: MappingProxyType({s: Level(v) for s, v in by.items()}) for p, by in named.items()})


def _by_side(value: str | Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(SIDES, value) if isinstance(value, str) else {side: value[side] for side in SIDES}
