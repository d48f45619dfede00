"""The data of the checks: every file is whole, and says what the others expect of it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from verifier.change import checks
from verifier.change.checks import CHECKS, PROFILES, SIDES, Check, Example, Kind, sides
from verifier.change.level import Level
from verifier.change.policy import profile_named
from verifier.diagnostics import CODES, Source
from verifier.pipeline import model_of
from verifier.version import __version__


class TextFile(SingleFileSnapshotExtension):
    """One golden a file, as text."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


KINDS = [(c, k) for c in CHECKS.values() for k in c.kinds.values()]
EXAMPLES = [(c, e) for c in CHECKS.values() for e in c.examples]


def named(value: object) -> str | None:
    return value.code if isinstance(value, Check) else getattr(value, "name", None) or getattr(value, "kind", None)


def test_every_file_is_a_check() -> None:
    found = {f.name.removesuffix(".toml") for f in files(checks).iterdir() if f.name.endswith(".toml")}
    assert set(CHECKS) == found
    assert all(re.fullmatch(r"ARC[1-8]\d\d[a-z]?", code) and check.code == code for code, check in CHECKS.items())
    assert not set(CHECKS) & set(CODES)


@pytest.mark.parametrize("check", CHECKS.values(), ids=named)
def test_a_check_says_what_it_means_what_it_weighs_and_what_to_do(check: Check) -> None:
    paragraphs = check.text.split("\n\n")
    assert len(paragraphs) == 3
    assert all(p[0].isupper() and p.endswith(".") and "  " not in p for p in paragraphs)
    assert re.fullmatch(r"[^.\n]{5,60}", check.title)
    assert check.since <= __version__


@pytest.mark.parametrize(("check", "kind"), KINDS, ids=named)
def test_a_kind_has_a_level_for_every_profile_and_side(check: Check, kind: Kind) -> None:
    assert tuple(kind.severities) == PROFILES
    assert all(set(levels) == set(SIDES) for levels in (*kind.severities.values(), *kind.strict.values()))
    assert set(kind.strict) <= set(PROFILES)
    assert Level.ERROR not in {level for levels in kind.severities.values() for level in levels.values()}
    assert all(re.fullmatch(r"[a-z][^.]{5,80}", clause) for clause in kind.says.values())


@pytest.mark.parametrize(("check", "kind"), KINDS, ids=named)
def test_a_kind_is_mirrored_by_its_mirrors_or_says_why_it_has_none(check: Check, kind: Kind) -> None:
    assert bool(kind.mirrors) != bool(kind.no_mirror)
    for code, name in kind.mirrors:
        assert (check.code, kind.name) in CHECKS[code].kinds[name].mirrors


@pytest.mark.parametrize(("check", "kind"), KINDS, ids=named)
def test_a_kind_has_an_example_or_says_why_it_has_none(check: Check, kind: Kind) -> None:
    assert any(e.kind == kind.name for e in check.examples) != bool(kind.no_example)


@pytest.mark.parametrize(("check", "example"), EXAMPLES, ids=named)
def test_an_example_is_two_different_specs_of_one_machine(check: Check, example: Example) -> None:
    old, new = model_of(Source("old.arc", example.old)), model_of(Source("new.arc", example.new))
    assert old.name == new.name
    assert example.old != example.new
    assert example.kind in check.kinds


def test_who_is_on_no_known_side_counts_for_both() -> None:
    assert sides("user") == ("user",)
    assert sides("device") == sides("driver") == sides("kernel") == ("device",)
    assert sides(None) == sides("keeper") == SIDES


@pytest.mark.parametrize(
    ("code", "kind", "actor", "levels"),
    [
        ("ARC102", "removed", None, "BBB"),
        ("ARC110", "reachable", None, "RBB"),
        ("ARC110o", "opt-in", None, "NNR"),
        ("ARC113", "renumbered", None, "BBN"),
        ("ARC117", "shrank", None, "NBN"),
        ("ARC201", "added", "user", "NBB"),
        ("ARC201", "added", "kernel", "BNB"),
        ("ARC201", "added", None, "BBB"),
        ("ARC202", "removed", "user", "BNR"),
        ("ARC202", "removed", "device", "NBR"),
        ("ARC301", "widened", "user", "NBB"),
        ("ARC301", "widened", "device", "BNB"),
        ("ARC302", "narrowed", "user", "BNR"),
        ("ARC302", "narrowed", "device", "NBR"),
        ("ARC304", "unreachable", "user", "NNN"),
        ("ARC312", "more", "user", "BNB"),
        ("ARC407", "shrank", None, "RRN"),
        ("ARC413", "changed", None, "RBR"),
        ("ARC506", "refuted", None, "BBB"),
        ("ARC508", "unknown", None, "UUU"),
        ("ARC601", "changed", None, "RRB"),
        ("ARC803", "doc", None, "---"),
    ],
)
def test_levels_are_those_of_the_taxonomy(code: str, kind: str, actor: str | None, levels: str) -> None:
    letters = {"B": Level.BREAKING, "R": Level.RISKY, "N": Level.NOTE, "U": Level.UNDECIDED, "-": Level.NONE}
    found = [CHECKS[code].kinds[kind].level(profile, actor) for profile in PROFILES]
    assert found == [letters[letter] for letter in levels]


def test_version_1_of_a_profile_never_changes(snapshot: SnapshotAssertion) -> None:
    lines = [
        f"{check.code} {kind.name}: {profile} {kind.level(profile, 'user').value} {kind.level(profile, 'device').value}"
        for check, kind in KINDS
        for profile in ("uapi@1", "impl@1", "safety@1")
    ]
    assert "\n".join(lines) + "\n" == snapshot.use_extension(TextFile)


def test_a_plain_profile_name_is_the_newest_version() -> None:
    assert [profile_named(n) for n in ("uapi", "impl@1", "safety")] == ["uapi@1", "impl@1", "safety@1"]
    assert [profile_named(n) for n in ("uapi@2", "api", "", "@1")] == [None] * 4
