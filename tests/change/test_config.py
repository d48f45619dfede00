"""The configuration: where it is looked for, what it may say, and what counts more."""

from __future__ import annotations

import pytest

from tests.change.tree import Tree, refused, shown
from verifier.change.config import Config, find_config, seconds
from verifier.change.globs import selected
from verifier.change.level import Level
from verifier.change.settings import SETTABLE_KEYS, overridden, settings

V1 = "config-version = 1\n"
FULL = """config-version = 1
policy    = "impl"
specs     = ["spec/**/*.arc"]
fail-on   = "risky"
undecided = "warn"
strict    = true
waivers   = "accepted.toml"
max-waivers = 10
[severity]
ARC201 = { by-user = "risky" }
ARC302 = "note"
[budget]
per-obligation = "500ms"
total = "2h"
[drift]
"include/uapi/linux/vfio.h" = ["spec/vfio_v2.arc"]
"""


def test_every_key_is_read_and_its_paths_are_relative_to_the_file() -> None:
    found = find_config(Tree(a__arcproof_toml=FULL), "a/b/c")
    assert found == Config(
        path="a/arcproof.toml",
        profile="impl@1",
        specs=("a/spec/**/*.arc",),
        fail_on="risky",
        undecided="warn",
        strict=True,
        waivers="a/accepted.toml",
        max_waivers=10,
        severity={"ARC201": {"user": Level.RISKY}, "ARC302": {"user": Level.NOTE, "device": Level.NOTE}},
        per_obligation=0.5,
        total=7200.0,
        drift={"a/include/uapi/linux/vfio.h": ("a/spec/vfio_v2.arc",)},
        origins=found.origins,
    )
    assert found.origins["fail-on"] == "a/arcproof.toml:4"
    assert found.origins["budget.total"] == "a/arcproof.toml:14"
    assert (found.policy.profile, found.policy.fail_on, found.policy.strict) == ("impl@1", "risky", True)


def test_without_a_file_the_defaults_count() -> None:
    found = find_config(Tree(), "a/b")
    assert found == Config()
    assert (found.profile, found.fail_on, found.undecided, found.waivers) == (
        "uapi@1",
        "breaking",
        "fail",
        "arcproof-waivers.toml",
    )
    assert {s.origin for s in settings(found)} == {"default"}


def test_the_nearest_folder_counts_and_pyproject_holds_a_table() -> None:
    tree = Tree(
        arcproof_toml=V1 + 'policy = "safety"\n',
        a__pyproject_toml=f'[project]\nname = "x"\n[tool.arcproof]\n{V1}policy = "impl"\n',
        a__b__pyproject_toml='[tool.ruff]\nselect = ["arcproof"]\n',
    )
    assert [find_config(tree, s).profile for s in ("", "x", "a", "a/b/c")] == [
        "safety@1",
        "safety@1",
        "impl@1",
        "impl@1",
    ]
    assert find_config(tree, "a", "arcproof.toml").profile == "safety@1"


def test_all_errors_of_a_file_are_told_at_once_each_with_its_place() -> None:
    text = """config-version = 2
policy    = "uapy"
specs     = ["spec/**/*.arc", "../x", "/abs", 3]
fail-onn  = "breaking"
undecided = "fial"
strict    = "yes"
max-waivers = -1
severity.ARC201 = { by-user = "risky", by-me = "note" }
severity.ARC999 = "risky"
severity.ARC202 = "rsky"
severity.ARC601 = "note"
severity.ARC701 = "none"
[budget]
total = "10"
"""
    found = refused(lambda: find_config(Tree(arcproof_toml=text)))
    assert shown(found) == [
        "1:18 ARC943",
        "2:13 ARC943",
        "3:31 ARC943",
        "3:39 ARC943",
        "3:47 ARC942",
        "4:1 ARC941",
        "5:13 ARC943",
        "6:13 ARC942",
        "7:15 ARC943",
        "8:40 ARC941",
        "9:10 ARC941",
        "10:19 ARC943",
        "11:10 ARC947",
        "12:10 ARC947",
        "14:9 ARC943",
    ]
    helps = {d.span.line: d.help for d in found if d.span and d.help}
    assert helps[2] == "did you mean `uapi`?"
    assert helps[4] == "did you mean `fail-on`?"
    assert helps[5] == 'did you mean "fail"?'
    assert helps[8] == "did you mean `by-user`?"


def test_the_version_of_the_configuration_must_be_said() -> None:
    assert shown(refused(lambda: find_config(Tree(arcproof_toml="# nothing\n")))) == ["1:1 ARC944"]
    assert shown(refused(lambda: find_config(Tree(pyproject_toml="\n[tool.arcproof]\n")))) == ["2:1 ARC944"]


def test_what_cannot_be_waived_can_be_made_stricter() -> None:
    text = V1 + '[severity]\nARC601 = "breaking"\nARC604 = "breaking"\n'
    assert find_config(Tree(arcproof_toml=text)).severity["ARC604"]["user"] is Level.BREAKING


def test_two_configurations_in_one_folder_are_refused() -> None:
    found = refused(lambda: find_config(Tree(arcproof_toml=V1, pyproject_toml=f"[tool.arcproof]\n{V1}")))
    assert shown(found) == ["ARC945"]


def test_a_file_that_is_named_must_exist() -> None:
    assert shown(refused(lambda: find_config(Tree(), "", "x.toml"))) == ["ARC901"]


def test_a_policy_file_has_a_profile_and_levels_and_the_configuration_adds_to_them() -> None:
    tree = Tree(
        a__arcproof_toml=V1 + 'policy = "gate.toml"\nseverity.ARC201.by-device = "note"\n',
        a__gate_toml='profile = "impl"\n[severity]\nARC201 = "risky"\nARC302 = "risky"\n',
    )
    found = find_config(tree, "a")
    assert (found.profile, found.policy_file) == ("impl@1", "a/gate.toml")
    assert found.severity["ARC201"] == {"user": Level.RISKY, "device": Level.NOTE}
    assert found.severity["ARC302"]["user"] is Level.RISKY


def test_errors_of_a_policy_file_stand_in_that_file() -> None:
    tree = Tree(arcproof_toml=V1 + 'policy = "gate.toml"\n', gate_toml='profile = "x"\n[severity]\nARC601 = "none"\n')
    found = refused(lambda: find_config(tree))
    assert [str(d.span) for d in found] == ["gate.toml:1:11", "gate.toml:3:1"]
    missing = refused(lambda: find_config(Tree(arcproof_toml=V1 + 'policy = "gate.toml"\n')))
    assert shown(missing) == ["2:10 ARC943"]


def test_a_flag_counts_more_than_the_environment_that_more_than_the_file() -> None:
    tree = Tree(arcproof_toml=FULL)
    environment = {"ARCPROOF_FAIL_ON": "note", "ARCPROOF_BUDGET_TOTAL": "1m", "ARCPROOF_POLICY": "safety"}
    found = overridden(find_config(tree), {"fail-on": "never", "budget.total": None}, environment, tree)
    assert (found.fail_on, found.total, found.profile, found.undecided) == ("never", 60.0, "safety@1", "warn")
    origins = {s.key: s.origin for s in settings(found)}
    assert origins["fail-on"] == "flag --fail-on"
    assert origins["budget.total"] == "environment ARCPROOF_BUDGET_TOTAL"
    assert origins["policy"] == "environment ARCPROOF_POLICY"
    assert origins["undecided"] == "arcproof.toml:5"
    assert origins["budget.per-obligation"] == "arcproof.toml:13"


def test_every_setting_that_can_be_set_is_checked() -> None:
    wrong = dict.fromkeys(SETTABLE_KEYS, "?!")
    del wrong["waivers"]  # any text is a path
    found = refused(lambda: overridden(Config(), wrong, {}, Tree()))
    assert {d.code for d in found} == {"ARC943"}
    assert len(found) == len(wrong)
    (typo,) = refused(lambda: overridden(Config(), {}, {"ARCPROOF_UNDECIDED": "wran"}, Tree()))
    assert typo.message == "ARCPROOF_UNDECIDED is `wran`, expected fail or warn"
    assert typo.help == "did you mean `warn`?"


def test_a_policy_file_can_be_named_by_a_flag() -> None:
    tree = Tree(x_toml='profile = "impl"\nseverity.ARC201 = "note"\n')
    found = overridden(Config(), {"policy": "x.toml"}, {}, tree)
    assert (found.profile, found.severity["ARC201"]["user"]) == ("impl@1", Level.NOTE)
    assert shown(refused(lambda: overridden(Config(), {"policy": "y.toml"}, {}, tree))) == ["ARC943"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500ms", 0.5),
        ("30s", 30.0),
        ("10m", 600.0),
        ("2h", 7200.0),
        ("0s", None),
        ("1", None),
        ("1d", None),
    ],
)
def test_durations(text: str, value: float | None) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("spec/**/*.arc", ["spec/a.arc", "spec/x/y/a.arc"]),
        ("spec/*.arc", ["spec/a.arc"]),
        ("**/*.arc", ["a.arc", "spec/a.arc", "spec/x/y/a.arc"]),
        ("spec/**", ["spec/a.arc", "spec/a.txt", "spec/x/y/a.arc"]),
        ("?.arc", ["a.arc"]),
        ("spec/a+arc", []),
    ],
)
def test_patterns_of_paths(pattern: str, fits: list[str]) -> None:
    assert list(selected([pattern], ["a.arc", "spec/a.arc", "spec/a.txt", "spec/x/y/a.arc"])) == fits


def test_a_project_names_its_specs_by_patterns() -> None:
    config = find_config(Tree(a__arcproof_toml=V1), "a")
    assert config.spec_paths(Tree(**{"a/spec/x.arc": "", "spec/y.arc": "", "a/z.arc": ""})) == ("a/spec/x.arc",)
