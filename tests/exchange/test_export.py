"""What is exported, what is left out, and what is refused, each with its reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import pipeline
from verifier.diagnostics import Source
from verifier.exchange.export import export, flatten
from verifier.exchange.refusal import Unsayable
from verifier.model.model import Model

LANGUAGES = ("promela", "murphi")

SWITCH = """
machine switch
enum Mode { OFF, ON, BROKEN }
param quick: bool
var mode: Mode = OFF
var times: int 0..3 = 0
var seen: set of Mode = {OFF}
rule press when mode != BROKEN { mode' = if mode == OFF then ON else OFF  times' = if times == 3 then 0 else times + 1 }
rule smash when quick { mode' = BROKEN seen' = those m in Mode: m in seen or m == BROKEN }
rule forget(m: Mode) when m in seen { seen' in {{}, {m}} }
property counted always times <= 3
property whole never mode == BROKEN expect violated
property alive no deadlock expect violated
property pressed mode == ON leads to mode != ON assuming fair press
property flips ltl G (mode == ON implies X (mode' != mode or times' == times)) assuming strongly fair press
property fires ctl AF mode != OFF
property maybe ctl EF EG mode == OFF
property soon mode == ON leads to mode == BROKEN expect violated
property again recoverable times == 0 from true expect violated
property back recoverable mode == OFF from mode == ON expect violated
property on reachable mode == ON
property slow always mode != BROKEN assuming not quick
property fixed deterministic press
"""


def model(text: str = SWITCH) -> Model:
    """The model of a spec."""
    return pipeline.model_of(Source("switch.arc", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_has_a_reason_in_the_text(language: str) -> None:
    exported = export(model(), language)
    assert exported.omitted
    for omitted in exported.omitted:
        assert f"{omitted.name}: {omitted.text}" in exported.text
        assert f"left out: {omitted.reason}" in exported.text


def test_each_language_leaves_out_what_it_has_no_words_for() -> None:
    omitted = {language: {o.name for o in export(model(), language).omitted} for language in LANGUAGES}
    always = {"maybe", "back", "on", "slow", "fixed"}
    assert omitted == {"promela": {*always, "again"}, "murphi": {*always, "soon", "pressed", "flips", "fires"}}


def test_a_claim_about_runs_notes_of_a_step_what_it_has_to_know() -> None:
    spec = model()
    noted = [p for p in spec.properties if p.name in ("pressed", "flips", "counted")]
    text = export(spec, "promela", noted).text
    assert "never pressed {" in text
    assert "never flips {" in text
    assert text.count("bit step_") == len({line for line in text.splitlines() if line.startswith("bit step_")}) > 1
    plain = export(spec, "promela", [p for p in noted if p.name == "counted"]).text
    assert "step_" not in plain


def test_two_claims_share_what_they_note() -> None:
    text = SWITCH + "property twice mode == ON leads to mode == OFF assuming fair press\n"
    spec = model(text)
    exported = export(spec, "promela", [p for p in spec.properties if p.name in ("pressed", "twice")]).text
    assert exported.count("bit step_") == 1


def test_a_formula_whose_automaton_is_large_is_left_out() -> None:
    machine = "machine m\n" + "".join(f"var x{i}: bool = false\nrule r{i} {{ x{i}' = not x{i} }}\n" for i in range(6))
    parts = " and ".join(f"G F x{i}" for i in range(6))
    (omitted,) = export(model(f"{machine}property p ltl not ({parts})\n"), "promela").omitted
    assert omitted.reason == "the formula's automaton has more than 500 moves"


def test_a_claim_has_no_reserved_word_for_a_name() -> None:
    text = SWITCH + "property atomic mode == ON leads to mode == OFF\nproperty run ltl F mode == ON\n"
    exported = export(model(text), "promela").text
    assert "never atomic_ {" in exported
    assert "never run_ {" in exported


def test_the_text_is_the_same_for_every_hash_seed(tmp_path: Path) -> None:
    spec = tmp_path / "switch.arc"
    spec.write_text(
        SWITCH + "property deep ltl (G F mode == ON) implies F (times == 1 U (mode == OFF and X times == 2))\n"
    )
    command = (sys.executable, "-m", "verifier", "export", str(spec), "--to", "promela")
    texts = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


def test_values_of_the_parameters_are_a_choice_that_stays() -> None:
    machine = flatten(model(), [])
    assert next(b.name for b in machine.blocks) == "p_quick"
    assert len(machine.initial) == 2
    assert all(cell.block.name != "p_quick" for a in machine.actions for cell, _ in a.effects)


def test_a_fixed_parameter_is_no_variable() -> None:
    machine = flatten(model().fixed({"quick": False}), [])
    assert [b.name for b in machine.blocks] == ["v_mode", "v_times", "v_seen"]
    assert len(machine.initial) == 1
    assert not any(a.label.startswith("smash") for a in machine.actions)


def test_choices_are_enumerated() -> None:
    labels = [a.label for a in flatten(model(), []).actions if a.label.startswith("forget")]
    assert len(labels) > 3
    assert len(set(labels)) == len(labels)


def test_one_property_with_an_assumption_is_about_the_restricted_machine() -> None:
    spec = model()
    slow = [p for p in spec.properties if p.name == "slow"]
    exported = export(spec, "promela", slow)
    assert exported.omitted == ()
    assert "assert(holds_slow)" in exported.text
    assert "smash" not in exported.text


def test_assignments_that_read_each_other_are_put_aside() -> None:
    swap = "machine swap\nvar a: int 0..2 = 0\nvar b: int 0..2 = 1\nvar c: int 0..2 = 2\n"
    swap += "rule turn { a' = b b' = c c' = a }\n"
    assert "d_step { true -> old_0 = v_b; " in export(model(swap), "promela").text
    assert "begin old_0 := v_b; " in export(model(swap), "murphi").text


REFUSED = {
    "opaque": ("machine m\nopaque T\nvar x: T\nrule r { x' in T }\n", "opaque"),
    "function": ("machine m\nfun f(bool): bool\nvar x: bool = false\nrule r { x' = f(x) }\n", "f is uninterpreted"),
    "wide": ("machine m\nvar x: bits[40] = 0\nrule r { x' = x + 1 }\n", "do not fit into 32 bits"),
    "product": ("machine m\nvar x: bits[20] = 0\nrule r { x' = x * x }\n", "do not fit into 32 bits"),
    "starts": ("machine m\nvar x: bits[16]\nrule r { x' = x }\n", "initial states"),
    "choices": ("machine m\nvar x: bits[16] = 0\nrule r { x' in bits[16] }\n", "cannot be listed"),
    "none": ("machine m\nvar x: bool in {}\nrule r { x' = x }\n", "no initial state"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_said_is_refused_with_a_reason(what: str, language: str) -> None:
    text, reason = REFUSED[what]
    with pytest.raises(Unsayable, match=reason):
        export(model(text), language)


def test_a_property_that_is_too_wide_leaves_the_machine_alone() -> None:
    text = "machine m\nvar x: bits[8] = 0\nrule r { x' = x + 1 }\ntable far: bool -> bits[32]\n"
    text += "  | false | true |\n  | 0 | 0xffffffff |\nproperty p always far(x == 0) == 0\nproperty q always x <= 255\n"
    exported = export(model(text), "murphi")
    assert [(o.name, o.reason) for o in exported.omitted] == [("p", "numbers up to 4294967295 do not fit into 32 bits")]
