"""`arcproof explain`: each claim and each kind of evidence in words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.evidence.evidence import Unknown
from verifier.report.explain_checks import _WORDS

SPECS = Path(__file__).parent.parent / "replay" / "specs"
Explain = Callable[..., str]


@pytest.fixture
def explain(arcproof, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Explain:
    """The text that explains a property, white space folded; it fits the terminal."""
    shutil.copytree(SPECS, folder, dirs_exist_ok=True)

    def explained(spec: str, name: str, *options: str, width: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        result = arcproof("explain", f"{spec}.arc", name, *options)
        assert (result.code, result.err) == (0, "")
        assert all(len(line) <= width or " " not in line.strip() for line in result.out.splitlines())
        return " ".join(result.out.split())

    return explained


def test_a_counterexample_is_told_step_by_step(explain: Explain) -> None:
    text = explain("light", "lit")
    assert "That means: no run, whatever happens in it, comes to a state in which `light == ON` is true." in text
    assert "It is claimed for every value of the parameter `fast`. The spec expects that this is not so." in text
    assert "REFUTED. It is not so, as is shown below. That is what the spec expects." in text
    assert (
        "0. At the start: light = OFF, used = false. 1. press: Somebody presses the switch. light: OFF -> DIM" in text
    )
    assert (
        "In words: Starting from light = OFF, somebody presses the switch (2 times); now `light == ON` is true." in text
    )
    assert "No solver was needed for it." in text
    assert text.endswith("arcproof check light.arc --property lit --param fast=false")


def test_an_invariant_is_told_conjunct_by_conjunct_and_obligation_by_obligation(explain: Explain) -> None:
    text = explain("light", "used_when_dim")
    assert "1. `light != OFF implies used` How that was checked: 5 statements" in text
    assert "1. Every initial state satisfies these conditions." in text
    assert "each rule leads only to states that satisfy them: press, flicker, rest." in text
    assert "It can: this run comes to `light == DIM`. With fast = false:" in text
    assert re.search(r"that cvc5 [\d.]+ answered them rightly", text)


@pytest.mark.parametrize(
    ("spec", "name", "told"),
    [
        ("light", "steady", "one and the same thing has two outcomes"),
        ("light", "steady", "the same arguments lead to one state only"),
        ("light", "goes_out", "the last 2 steps can be repeated for ever"),
        ("light", "can_be_lit", "It is shown by 2 runs, one for each value of the parameters"),
        ("light", "out_again", "With fast = false it is impossible."),
        ("light", "back", "From there no rule leads out of the states with all of these properties"),
        ("light", "back", "How the rest was checked: 4 statements"),
        ("light", "forth", "`press` can fire, and can lead to `light == ON`"),
        ("light", "begins", "Only runs count that are fair to the rule `press`"),
        ("light", "begins", "As long as `light == DIM` is due, the run is in one of these lines"),
        ("light", "never_both", "It takes `light == ON and light == DIM` for the claim to say anything"),
        ("light", "never_dark", "The spec writes it as: never light == OFF and light == DIM"),
        ("light", "never_dark", "Only runs count all of whose states satisfy `fast`."),
        ("image", "int_ranges", "no number leaves its range"),
        ("image", "constant", "the functions that the spec leaves open are such that load(image0) = image1"),
        ("image", "constant", "It also rests on the property int_ranges"),
        ("floors", "leap_is_two_steps", "`leap: LOW -> HIGH` does what `first: LOW -> MID`, then"),
        ("floors", "ups_are_steps", "There it differs: noise: true directly, false by the path"),
        ("floors", "steps_are_a_basis", "These steps are the basis: 1. `first: LOW -> MID`. 2. `second: MID -> HIGH`."),
        ("floors", "leap_is_needed", "No path does what `second: MID -> HIGH` does."),
        ("floors", "leap_is_too_many", "One of the steps is not needed, for the others compose it"),
        ("floors", "direct", "open = true: HIGH -> MID: no route"),
        ("floors", "round", "by exactly one shortest route"),
        ("hollow", "anything", "VACUOUS. It is so, but for an empty reason"),
    ],
)  # fmt: skip
def test_each_kind_is_put_into_words(explain: Explain, spec: str, name: str, told: str) -> None:
    assert told in explain(spec, name)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_text_fits_the_terminal(explain: Explain, width: int) -> None:
    assert explain("light", "back", width=width) == explain("light", "back", width=72)


def test_a_parameter_can_be_fixed(explain: Explain) -> None:
    text = explain("light", "out_again", "--param", "fast=true")
    assert "light.arc:21, with fast = true." in text
    assert "Here the parameter `fast` was fixed: see above." in text
    assert "PROVED." in text
    assert "The spec expects the contrary: one of the two is wrong." in text


def test_a_table_is_compared_with_its_source(explain: Explain) -> None:
    assert "[RUN]: STOP (0) in the spec, RUN (1) in the source (next.c:3)" in explain(
        "rows", "other", "--source-tree", "."
    )
    text = explain("rows", "other")
    assert "UNKNOWN. It is not known whether it is so. not checked: it takes the C sources" in text
    assert "Why" not in text.split()


def test_what_is_not_decided_is_said(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier.engines.engine import Attempt

    monkeypatch.setattr("verifier.deciding.attempts", lambda *a, **k: iter([Attempt("none", Unknown("no idea"), 0.0)]))
    assert "UNKNOWN. It is not known whether it is so. no idea" in explain("light", "lit")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["light.arc", "lot"], "did you mean `lit`?"),
        (["light.arc", "lit", "--param", "fats=true"], "did you mean `fast`?"),
        (["missing.arc", "lit"], "cannot read missing.arc"),
        (["light.arc"], "Missing argument 'PROPERTY'"),
    ],
)
def test_what_cannot_be_explained_is_2(arcproof, folder: Path, arguments: list[str], hint: str) -> None:
    shutil.copy(SPECS / "light.arc", folder)
    result = arcproof("explain", *arguments)
    assert (result.code, result.out) == (2, "")
    assert hint in result.err


def test_no_obligation_is_without_words(explain: Explain) -> None:
    """Each form of obligation that stands in the semantics is one that can be put into words."""
    source = "".join(p.read_text() for p in (Path(__file__).parents[2] / "verifier" / "semantics").glob("con*.py"))
    source += (Path(__file__).parents[2] / "verifier" / "semantics" / "compositions.py").read_text()
    names = re.findall(r'Obligation\(\s*f?"((?:[^"\\]|\\.)*)"', source)
    assert len(names) > 15
    for name in names:
        example = re.sub(r"\{_of\(case\)\}", " (rule go)", name)
        example = re.sub(r"\{name\}", "the row of go", example)
        example = re.sub(r"\{[^{}]*\}", "1", example)
        assert any(re.fullmatch(pattern, example) for pattern, _ in _WORDS), example
