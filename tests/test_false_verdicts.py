"""The ways in which other checkers came to say "verified" when it was false; each must end otherwise here."""

import pytest

import verifier
from verifier.checker.certified import Verdict
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.syntax import parse

HEAD = """
machine m "A test."
enum S { A, B, C, D }
control s
var s: S = A
"""


def verdicts(text, head=HEAD, **options):
    """The verdict of each property of a spec."""
    source = Source("m.arc", head + text)
    report = verifier.check(elaborate(parse(source), source), **options)
    return {r.certified.property.name: r.certified.verdict for r in report.properties}


DEAD_END = """
arc go: A -> B
arc on: A -> C
arc far: C -> D
property never_d never s == D
"""


@pytest.mark.parametrize("engine", [None, "bmc", "kinduction", "ic3", "explicit"])
def test_a_dead_end_on_one_path_does_not_hide_a_violation_on_another(engine):
    assert verdicts(DEAD_END, engine=engine) == {"never_d": Verdict.REFUTED}


def test_k_induction_does_not_close_on_paths_that_end_in_a_dead_end():
    text = "arc go: A -> B\narc on: B -> C\narc far: D -> D\nproperty p never s == C\nproperty q never s == D"
    assert verdicts(text, engine="kinduction") == {"p": Verdict.REFUTED, "q": Verdict.PROVED}


@pytest.mark.parametrize("impossible", ["assume x and not x", "assume not x\nassume x"])
def test_where_no_run_exists_nothing_is_proved(impossible):
    text = f"param x: bool\n{impossible}\nrule go {{ s' = B }}\n"
    text += "property p always s == A\nproperty q never s == A\nproperty r no deadlock"
    text += "\nproperty t recoverable s == B from s == A\n"
    text += "property u s == A leads to s == D\nproperty v every go equals a path of go of length 2..2"
    assert set(verdicts(text).values()) <= {Verdict.VACUOUS, Verdict.UNKNOWN}


def test_an_empty_set_of_initial_values_makes_every_proof_vacuous():
    text = "var x: bool = true\nvar y: bool in {}\nrule go { s' = B }\nproperty p never s == B\nproperty q always x"
    assert set(verdicts(text).values()) == {Verdict.VACUOUS}


def test_a_premise_that_never_comes_true_is_vacuous():
    text = "arc go: A -> B\nproperty p always s == C implies s == D\nproperty q every step s == C implies s' == D"
    text += "\nproperty r s == C leads to s == D\nproperty t recoverable s == A from s == C"
    text += "\nproperty u s == C reached only via go"
    assert set(verdicts(text).values()) == {Verdict.VACUOUS}


def test_a_search_that_ran_out_of_time_is_undecided():
    text = "var n: int 0..1000000 = 0\nrule go when n < 1000000 { n' = n + 1 }\nproperty p never n == 1000000"
    found = verdicts(text, timeout=0.5)
    assert found["p"] in (Verdict.UNKNOWN, Verdict.REFUTED)
    assert found["int_ranges"] in (Verdict.PROVED, Verdict.UNKNOWN)


def test_a_bound_is_not_a_proof():
    text = "var n: int 0..1000 = 0\nrule go when n < 1000 { n' = n + 1 }\nproperty p never n == 1000"
    assert verdicts(text, engine="bmc")["p"] is Verdict.BOUNDED


def test_a_cycle_through_an_old_state_refutes_leads_to():
    text = "arc go: A -> B\narc back: B -> A\narc out: B -> C\nproperty p s == A leads to s == C"
    text += "\nproperty q s == A leads to s == C assuming fair out"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.REFUTED}


def test_a_run_that_ends_before_the_response_refutes_leads_to():
    assert verdicts("arc go: A -> B\nproperty p s == A leads to s == C") == {"p": Verdict.REFUTED}


def test_weak_fairness_forces_a_rule_that_stays_able_to_fire():
    text = "var n: bool = false\nrule spin when s == A { n' = not n }\narc out: A -> C\n"
    text += "property p s == A leads to s == C\nproperty q s == A leads to s == C assuming fair out"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.PROVED}


@pytest.mark.parametrize("size", [10**9, 10**18])
def test_a_huge_domain_is_not_taken_for_an_empty_one(size):
    text = f"var n: int 0..{size} = 0\nrule put(x: int 0..{size}) {{ n' = x }}\nproperty p never n == {size}"
    assert verdicts(text, timeout=5)["p"] in (Verdict.REFUTED, Verdict.UNKNOWN)


def test_an_int_that_leaves_its_range_is_an_error_and_no_proof():
    text = "var n: int 0..3 = 0\nrule go { n' = n + 1 }\nproperty p always n <= 3\nproperty q never s == B"
    found = verdicts(text)
    assert found == {"int_ranges": Verdict.REFUTED, "p": Verdict.UNKNOWN, "q": Verdict.UNKNOWN}


def test_a_word_wraps():
    text = "var w: bits[2] = 3\nrule go { w' = w + 1 }\nproperty p reachable w == 0"
    assert verdicts(text) == {"p": Verdict.PROVED}


def test_an_initial_state_is_looked_at_too():
    text = "arc go: A -> B\nproperty p never s == A\nproperty q s == A reached only via go\nproperty r reachable s == A"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.REFUTED, "r": Verdict.PROVED}


def test_an_assumption_restricts_runs_and_does_not_hide_a_deadlock():
    text = "arc go: A -> B\nproperty p no deadlock\nproperty q never s == B assuming s != B"
    text += "\nproperty r never s == A assuming s != A"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.PROVED, "r": Verdict.VACUOUS}


def test_a_claim_for_all_parameters_fails_where_one_value_violates_it():
    text = "param x: int 0..9\narc go: A -> B when x == 7\nproperty p never s == B\nproperty q reachable s == B"
    text += "\nproperty r reachable s == B assuming x == 7"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.REFUTED, "r": Verdict.PROVED}
