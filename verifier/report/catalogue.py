"""The rules of the gate as text and as JSON: every code with its levels, and one code in full."""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Iterator, Mapping

from verifier.change.checks import CHECKS, PROFILES, SIDES, Check, Example, Kind
from verifier.change.level import Level
from verifier.diagnostics import CODES, CodeInfo, nearest
from verifier.version import __version__

SCHEMA = "arcproof.rules/1"

_INDENT = "  "


def known(code: str) -> bool:
    """Return True iff it is the code of a change or of an error."""
    return code in CHECKS or code in CODES


def nearest_code(text: str) -> str | None:
    """Return the code that was probably meant; None iff none is like it."""
    return nearest(text, [*CHECKS, *CODES])


def rules_text() -> str:
    """Return a table of every kind of change with its levels by profile, then the codes of errors."""
    rows = [["code", "kind", *PROFILES, "what changed"]]
    rows += [[c.code, k.name, *_levels(k), k.title] for c in CHECKS.values() for k in c.kinds.values()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row[:-1], widths, strict=True)) + "  " + row[-1] for row in rows
    ]
    errors = [f"{code:<7}  {info.title}" for code, info in CODES.items()]
    return "\n".join([_LEGEND, "", *lines, "", "Errors: what could not be read or checked", "", *errors]) + "\n"


_LEGEND = "A/B: A for what the user does, B for what device or kernel do; the worse where it is somebody else."


def _levels(kind: Kind) -> list[str]:
    return [_pair(kind.severities[profile]) for profile in PROFILES]


def _pair(levels: Mapping[str, Level]) -> str:
    return "/".join(dict.fromkeys(levels[side].value for side in SIDES))


def rules_json() -> str:
    """Return every code as JSON (`arcproof.rules/1`), sorted, in ASCII."""
    data = {
        "schema": SCHEMA,
        "arcproof": __version__,
        "profiles": list(PROFILES),
        "changes": [_check_json(c) for c in CHECKS.values()],
        "errors": [{"code": c, "title": i.title, "explanation": i.explanation} for c, i in CODES.items()],
    }
    return json.dumps(data, indent=2) + "\n"


def _check_json(check: Check) -> dict[str, object]:
    return {
        "code": check.code,
        "title": check.title,
        "since": check.since,
        "text": check.text,
        "waivable": check.waivable,
        "standing": check.standing,
        "kinds": [_kind_json(k) for k in check.kinds.values()],
        "examples": [{"kind": e.kind, "old": e.old, "new": e.new} for e in check.examples],
    }


def _kind_json(kind: Kind) -> dict[str, object]:
    return {
        "name": kind.name,
        "title": kind.title,
        "severities": _by_profile(kind.severities),
        "strict": _by_profile(kind.strict),
        "mirrors": [list(mirror) for mirror in kind.mirrors],
        "no_mirror": kind.no_mirror or None,
    }


def _by_profile(levels: Mapping[str, Mapping[str, Level]]) -> dict[str, dict[str, str]]:
    return {profile: {s: level.value for s, level in by.items()} for profile, by in levels.items()}


def code_text(code: str, width: int) -> str:
    """Return what is to be known of a code, in lines of at most `width` columns where words allow it.

    Raises KeyError iff there is no such code.
    """
    lines = _check(CHECKS[code], width) if code in CHECKS else _error(code, CODES[code], width)
    return "\n".join(lines) + "\n"


def _error(code: str, info: CodeInfo, width: int) -> Iterator[str]:
    yield f"{code}  {info.title}"
    yield ""
    yield from _wrapped(info.explanation, width)
    yield ""
    kind = "It is a finding of `arcproof lint`: exit code 1." if code.startswith("ARC06") else _COULD_NOT
    yield from _wrapped(kind, width)


_COULD_NOT = "It is an error: what it is about could not be checked, so the exit code is 2. Errors cannot be waived."


def _check(check: Check, width: int) -> Iterator[str]:
    yield f"{check.code}  {check.title}"
    for paragraph in check.text.split("\n\n"):
        yield ""
        yield from _wrapped(paragraph, width)
    for kind in check.kinds.values():
        yield ""
        yield from _kind(check, kind, width)
    for example in _shown(check):
        yield ""
        yield from _example(example)
    yield ""
    yield from _wrapped(_acceptance(check), width)


def _kind(check: Check, kind: Kind, width: int) -> Iterator[str]:
    yield from _wrapped(f"{check.code} {kind.name}: {kind.title}", width)
    for clause in dict.fromkeys(kind.says.values()):
        yield from _wrapped(f"{clause[:1].upper()}{clause[1:]}.", width, _INDENT)
    for profile in PROFILES:
        strict = kind.strict.get(profile)
        told = _sides(kind.severities[profile]) + (f"; strict: {_sides(strict)}" if strict else "")
        yield f"{_INDENT}{profile + ':':<10}{told}"
    mirrored = " or ".join(f"{code} {name}" for code, name in kind.mirrors)
    swapped = f"With OLD and NEW swapped: {mirrored}." if mirrored else f"No mirror: {_uncapitalized(kind.no_mirror)}"
    yield from _wrapped(swapped, width, _INDENT)


def _sides(levels: Mapping[str, Level]) -> str:
    if len(set(levels.values())) == 1:
        return next(iter(levels.values())).value
    told = ", ".join(f"{level.value} by {side}" for side, level in levels.items())
    return f"{told}; the worse where it is not known who acts"


def _shown(check: Check) -> list[Example]:
    """Return one example of each kind."""
    return list({e.kind: e for e in reversed(check.examples)}.values())[::-1]


def _example(example: Example) -> Iterator[str]:
    """Yield both specs, the lines that only one of them has marked as in a diff."""
    yield f"Example ({example.kind}):"
    old, new = example.old.rstrip("\n").split("\n"), example.new.rstrip("\n").split("\n")
    for _, i, k, j, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[i:k] == new[j:m]:
            yield from (f"{_INDENT}  {line}" for line in old[i:k])
        else:
            yield from (f"{_INDENT}- {line}" for line in old[i:k])
            yield from (f"{_INDENT}+ {line}" for line in new[j:m])


def _acceptance(check: Check) -> str:
    if not check.waivable:
        return "No waiver accepts it."
    kind = 'a standing waiver (kind = "standing"), which must expire' if check.standing else "a waiver"
    draft = "`arcproof waivers draft FINGERPRINT --from REVIEW.json` writes it."
    return f"To accept it, have an owner merge {kind} into the base: {draft} {_setting(check)}"


def _setting(check: Check) -> str:
    if any(k.level(p, None) is Level.UNDECIDED for k in check.kinds.values() for p in PROFILES):
        return 'Whether what is undecided fails is for `undecided` in arcproof.toml to say ("fail" or "warn").'
    return f"To weigh it otherwise in this project, set {check.code} under [severity] in arcproof.toml."


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
