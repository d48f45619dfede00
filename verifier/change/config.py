"""The project's configuration: where it stands, what it says, and what flags and environment say instead."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from verifier.change.checks import CHECKS, PROFILES, SIDES
from verifier.change.globs import selected
from verifier.change.level import Level
from verifier.change.policy import SETTABLE, Policy, lowers, profile_named
from verifier.change.shape import faults, schema
from verifier.change.toml import Document, Path, read_toml
from verifier.diagnostics import Diagnostic, Span, SpecError, nearest
from verifier.files import Files

NAME, PYPROJECT = "arcproof.toml", "pyproject.toml"
UNDER = ("tool", "arcproof")

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Config:
    """What a project says of its gate, its defaults filled in.

    `path` is that of the file, None where there is none. Paths and patterns are those of the tree, not relative to the
    file. Times are seconds. `origins` says for each key where its value comes from ("default", "arcproof.toml:3").
    """

    path: str | None = None
    profile: str = "uapi@1"
    policy_file: str | None = None
    specs: tuple[str, ...] = ("spec/**/*.arc",)
    fail_on: str = "breaking"
    undecided: str = "fail"
    strict: bool = False
    waivers: str = "arcproof-waivers.toml"
    max_waivers: int | None = None
    severity: Mapping[str, Mapping[str, Level]] = field(default_factory=dict)
    per_obligation: float = 60.0
    total: float = 600.0
    drift: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy that judges."""
        return Policy(self.profile, self.fail_on, self.undecided, self.strict, self.severity)

    def spec_paths(self, files: Files) -> tuple[str, ...]:
        """Return the paths of the project's specs."""
        return selected(self.specs, files.paths())


def find_config(files: Files, start: str = "", named: str | None = None) -> Config:
    """Return the configuration that counts for the folder `start` of the tree: the one in `named`, if given, otherwise
    that of the nearest folder which has one; the defaults where there is none.

    Raises SpecError with all errors of the file (ARC940 to ARC947), or if `named` does not exist (ARC901).
    """
    if named is not None:
        content = files.read(named)
        if content is None:
            raise SpecError([Diagnostic("ARC901", f"there is no configuration `{named}` in {files.label}")])
        return read_config(files, named, content)
    for folder in _upwards(start):
        if (found := _in_folder(files, folder)) is not None:
            return read_config(files, *found)
    return Config()


def read_config(files: Files, path: str, content: bytes) -> Config:
    """Return what a file says. Raises SpecError with all its errors, see `find_config`."""
    document = read_toml(path, content)
    return _Reader(files, document, UNDER if posixpath.basename(path) == PYPROJECT else ()).config()


def seconds(duration: str) -> float | None:
    """Return the seconds of a duration such as "30s" or "10m"; None iff it is none."""
    found = re.fullmatch(r"([1-9][0-9]{0,8})(ms|s|m|h)", duration)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def _upwards(start: str) -> Iterator[str]:
    folder = posixpath.normpath(start) if start not in ("", ".") else ""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _in_folder(files: Files, folder: str) -> tuple[str, bytes] | None:
    own, project = posixpath.join(folder, NAME), posixpath.join(folder, PYPROJECT)
    content, other = files.read(own), files.read(project)
    # A pyproject.toml that is not TOML is an error only where it may hold the configuration.
    has_table = other is not None and b"arcproof" in other and _table(read_toml(project, other).data) is not None
    if content is not None and has_table:
        told = f"both {own} and {project} configure arcproof"
        raise SpecError([Diagnostic("ARC945", told, help=f"move everything into {NAME}")])
    if content is not None:
        return own, content
    return (project, other) if has_table and other is not None else None


def _table(data: Mapping[str, Any]) -> Any:
    tool = data.get(UNDER[0])
    return tool.get(UNDER[1]) if isinstance(tool, dict) else None


class _Reader:
    """Reads one file; what it finds wrong is collected."""

    def __init__(self, files: Files, document: Document, under: Path) -> None:
        self.files, self.document, self.under = files, document, under
        self.data = _table(document.data) if under else document.data
        self.path = document.source.path
        self.sources = [document.source]
        self.errors: list[Diagnostic] = faults(document, schema("config"), under)
        if not isinstance(self.data, dict):
            raise SpecError(self.errors, self.sources)

    def config(self) -> Config:
        profile, severity = self._policy()
        own = _overrides(self.document, (*self.under, "severity"), self.data.get("severity"), profile, self.errors)
        if self.errors:
            raise SpecError(self.errors, self.sources)
        data, budget = self.data, self.data.get("budget", {})
        severity |= {code: {**severity.get(code, {}), **levels} for code, levels in own.items()}
        given: dict[str, Any] = {
            "specs": tuple(map(self._inside, data.get("specs", Config.specs))),
            "fail_on": data.get("fail-on"),
            "undecided": data.get("undecided"),
            "strict": data.get("strict"),
            "waivers": self._inside(data.get("waivers", Config.waivers)),
            "max_waivers": data.get("max-waivers"),
            "per_obligation": seconds(budget.get("per-obligation", "")),
            "total": seconds(budget.get("total", "")),
        }
        known = {k: v for k, v in given.items() if v is not None}
        drift = {self._inside(k): tuple(map(self._inside, v)) for k, v in data.get("drift", {}).items()}
        file = self._inside(data["policy"]) if data.get("policy", "").endswith(".toml") else None
        return replace(
            Config(self.path, profile, file, severity=severity, drift=drift, origins=self._origins()), **known
        )

    def _inside(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))

    def _policy(self) -> tuple[str, dict[str, dict[str, Level]]]:
        """Return the profile, and the levels of the policy file, if there is one."""
        name, place = self.data.get("policy", "uapi"), self.document.value((*self.under, "policy"))
        if not isinstance(name, str):  # which is among the errors already
            return PROFILES[0], {}
        if not name.endswith(".toml"):
            return _profile(name, "policy", self.document, (*self.under, "policy"), self.errors), {}
        path = self._inside(name)
        content = self.files.read(path)
        if content is None:
            self.errors.append(Diagnostic("ARC943", f"there is no policy file `{path}` in {self.files.label}", place))
            return PROFILES[0], {}
        profile, severity, document = read_policy(path, content)
        self.sources.append(document.source)
        return profile, severity

    def _origins(self) -> dict[str, str]:
        keys = [(k, self.document.key((*self.under, k))) for k in self.data]
        keys += [(f"budget.{k}", self.document.key((*self.under, "budget", k))) for k in self.data.get("budget", {})]
        return {key: f"{span.path}:{span.line}" for key, span in keys}


def read_policy(path: str, content: bytes) -> tuple[str, dict[str, dict[str, Level]], Document]:
    """Return the profile and the levels of a policy file. Raises SpecError with all its errors."""
    document = read_toml(path, content)
    errors = faults(document, schema("policy"))
    name = document.data.get("profile")
    profile = _profile(name, "profile", document, ("profile",), errors) if isinstance(name, str) else PROFILES[0]
    severity = _overrides(document, ("severity",), document.data.get("severity"), profile, errors)
    if errors:
        raise SpecError(errors, [document.source])
    return profile, severity, document


def _profile(name: str, key: str, document: Document, path: Path, errors: list[Diagnostic]) -> str:
    profile = profile_named(name)
    if profile is None:
        errors.append(replace(unknown_profile(f"`{key}`", name), span=document.value(path)))
    return profile or PROFILES[0]


def unknown_profile(what: str, name: str) -> Diagnostic:
    """Return what to say of a name that is no profile's."""
    names = [p.partition("@")[0] for p in PROFILES]
    guess = nearest(name, [*names, *PROFILES])
    message = f"{what} is `{name}`, which is no profile: there are {', '.join(PROFILES)}"
    return Diagnostic("ARC943", message, help=f"did you mean `{guess}`?" if guess else None)


def _overrides(
    document: Document, path: Path, data: Any, profile: str, errors: list[Diagnostic]
) -> dict[str, dict[str, Level]]:
    """Return the levels by code and side. What is not of the right shape is left out: it is among the errors."""
    found: dict[str, dict[str, Level]] = {}
    for code, value in data.items() if isinstance(data, dict) else ():
        levels = _levels(value)
        if code not in CHECKS:
            errors.append(_unknown_code(code, document.key((*path, code))))
        elif any(lowers(code, side, level, profile) for side, level in levels.items()):
            message = f"{code} ({CHECKS[code].title}) cannot be made milder than profile {profile} makes it"
            errors.append(Diagnostic("ARC947", message, document.key((*path, code))))
        found[code] = levels
    return found


def _levels(value: Any) -> dict[str, Level]:
    by_side = {f"by-{side}": value for side in SIDES} if isinstance(value, str) else value
    named = by_side.items() if isinstance(by_side, dict) else ()
    known = {level.value: level for level in SETTABLE}
    return {key[3:]: known[name] for key, name in named if key[3:] in SIDES and name in known}


def _unknown_code(code: str, place: Span) -> Diagnostic:
    guess = nearest(code, CHECKS)
    advice = f"did you mean `{guess}`?" if guess else "`arcproof rules` lists the codes"
    return Diagnostic("ARC941", f"there is no code `{code}` to set a level of", place, help=advice)
