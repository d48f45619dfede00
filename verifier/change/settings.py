"""Where a setting comes from: a flag counts more than the environment, that more than the file, that more than the
default."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from verifier.change.config import Config, read_policy, seconds, unknown_profile
from verifier.change.policy import FAIL_ON, UNDECIDED, profile_named
from verifier.diagnostics import Diagnostic, SpecError, nearest
from verifier.files import Files

PREFIX = "ARCPROOF_"


@dataclass(frozen=True)
class Setting:
    """One setting as `arcproof config show` lists it: its key in the file, its value there, and where it comes from."""

    key: str
    value: str
    origin: str


def overridden(config: Config, flags: Mapping[str, str | None], environment: Mapping[str, str], files: Files) -> Config:
    """Return the configuration with what flags and environment say instead.

    `flags` are values by key ("fail-on", "budget.total"), None where the flag is not given; the environment has the
    same keys as `ARCPROOF_FAIL_ON`, `ARCPROOF_BUDGET_TOTAL`. A policy file is read from `files`.
    Raises SpecError (ARC943) with all values that are not allowed.
    """
    errors: list[Diagnostic] = []
    for key in SETTABLE_KEYS:
        name, value = f"--{FLAGS.get(key, key)}", flags.get(key)
        if value is None:
            name = PREFIX + key.upper().replace("-", "_").replace(".", "_")
            value = environment.get(name)
        if value is not None:
            changes = _policy(name, value, files, errors) if key == "policy" else _read(key, name, value, errors)
            origins = {**config.origins, key: f"flag {name}" if name.startswith("-") else f"environment {name}"}
            config = replace(config, **changes, origins=origins)
    if errors:
        raise SpecError(errors)
    return config


def _policy(name: str, value: str, files: Files, errors: list[Diagnostic]) -> dict[str, Any]:
    if not value.endswith(".toml"):
        profile = profile_named(value)
        if profile is None:
            errors.append(unknown_profile(name, value))
        return {"profile": profile, "policy_file": None}
    content = files.read(value)
    if content is None:
        errors.append(Diagnostic("ARC943", f"{name}: there is no policy file `{value}` in {files.label}"))
        return {}
    profile, severity, _ = read_policy(value, content)
    return {"profile": profile, "severity": severity, "policy_file": value}


def _read(key: str, name: str, value: str, errors: list[Diagnostic]) -> dict[str, Any]:
    field, read, expected = _READERS[key]
    found = read(value)
    if found is None:
        guess = nearest(value, expected) if isinstance(expected, tuple) else None
        wanted = " or ".join(expected) if isinstance(expected, tuple) else expected
        advice = f"did you mean `{guess}`?" if guess else None
        errors.append(Diagnostic("ARC943", f"{name} is `{value}`, expected {wanted}", help=advice))
        return {}
    return {field: found}


def _one_of(words: Iterable[str]) -> Callable[[str], str | None]:
    return lambda value: value if value in words else None


_TRUTHS = {"1": True, "true": True, "0": False, "false": False}
_DURATION = "a duration such as 30s or 10m"
_READERS: Mapping[str, tuple[str, Callable[[str], Any], str | tuple[str, ...]]] = {
    "fail-on": ("fail_on", _one_of(FAIL_ON), FAIL_ON),
    "undecided": ("undecided", _one_of(UNDECIDED), UNDECIDED),
    "strict": ("strict", _TRUTHS.get, tuple(_TRUTHS)),
    "waivers": ("waivers", lambda value: value or None, "a path"),
    "max-waivers": (
        "max_waivers",
        lambda value: int(value) if re.fullmatch("[0-9]{1,9}", value) else None,
        "a whole number",
    ),
    "budget.per-obligation": ("per_obligation", seconds, _DURATION),
    "budget.total": ("total", seconds, _DURATION),
}
SETTABLE_KEYS = ("policy", *_READERS)
"""The keys that flags and environment can set."""

FLAGS = {"budget.per-obligation": "timeout", "budget.total": "budget"}
"""The flags that are not called like their keys."""


def settings(config: Config) -> tuple[Setting, ...]:
    """Return every setting with its value and origin, in the order of the design's example."""
    return tuple(Setting(key, value, config.origins.get(key, "default")) for key, value in _shown(config))


def _shown(config: Config) -> Iterator[tuple[str, str]]:
    yield "policy", f"{config.profile} ({config.policy_file})" if config.policy_file else config.profile
    yield "specs", ", ".join(config.specs)
    yield "fail-on", config.fail_on
    yield "undecided", config.undecided
    yield "strict", str(config.strict).lower()
    yield "waivers", config.waivers
    yield "max-waivers", "no limit" if config.max_waivers is None else str(config.max_waivers)
    yield "severity", _levels(config)
    yield "budget.per-obligation", f"{config.per_obligation:g}s"
    yield "budget.total", f"{config.total:g}s"
    yield "drift", ", ".join(f"{source}: {' '.join(specs)}" for source, specs in config.drift.items()) or "none"


def _levels(config: Config) -> str:
    shown = (f"{code} by {side} = {lvl.value}" for code, by in config.severity.items() for side, lvl in by.items())
    return ", ".join(shown) or "those of the profile"
