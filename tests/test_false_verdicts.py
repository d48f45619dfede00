"""The ways in which other checkers came to say "verified" when it was false; each must end otherwise here."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import verifier
from verifier.checker.certified import Verdict
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Bound, Holds
from verifier.pipeline import model_of
from verifier.statespace.kernel import library
from verifier.statespace.space import explored
from verifier.syntax import parse

TESTED = {
    "a transition relation that is not total, so that paths into a dead end prove something": (
        "test_false_verdicts.py::test_a_dead_end_on_one_path_does_not_hide_a_violation_on_another",
        "test_false_verdicts.py::test_k_induction_does_not_close_on_paths_that_end_in_a_dead_end",
    ),
    "initial states or assumptions that cannot be satisfied": (
        "test_false_verdicts.py::test_where_no_run_exists_nothing_is_proved",
        "test_false_verdicts.py::test_an_empty_set_of_initial_values_makes_every_proof_vacuous",
        "test_false_verdicts.py::test_an_assumption_restricts_runs_and_does_not_hide_a_deadlock",
        "checker/test_proofs.py::test_without_an_initial_state_everything_holds_and_so_nothing_is_said",
    ),
    "a premise that never comes true": (
        "test_false_verdicts.py::test_a_premise_that_never_comes_true_is_vacuous",
        "test_pipeline.py::test_a_proof_whose_premise_is_undecided_is_unknown",
        "proofs/test_forged.py::test_a_witness_on_which_the_premise_does_not_come_true_is_refused",
    ),
    "a limit of time, memory or states taken for the end of the search": (
        "test_false_verdicts.py::test_a_search_that_ran_out_of_time_is_undecided",
        "test_false_verdicts.py::test_no_engine_proves_what_it_had_no_time_or_room_to_refute",
        "test_false_verdicts.py::test_a_bound_is_not_a_proof",
        "statespace/test_memory.py::test_a_verdict_without_enough_memory_is_unknown",
        "engines/diagrams/test_engine.py::test_a_limit_of_nodes_ends_in_unknown",
        "checker/test_solver.py::test_without_time_left_nothing_is_certified",
    ),
    "symmetry under a property, a fairness or a table that breaks it, or with wrong representatives": (
        "test_false_verdicts.py::test_a_property_of_one_individual_is_not_one_of_any",
        "statespace/test_symmetry.py::test_what_breaks_the_symmetry_is_told",
        "statespace/test_symmetry.py::test_the_orbits_are_those_of_the_semantics",
        "engines/test_explicit_symmetry.py::test_verdicts_and_lengths_are_those_of_the_semantics",
    ),
    "a state met first on a long way, and cut off there though a short way leads to it": (
        "test_false_verdicts.py::test_the_shortest_way_counts_not_the_first_one_taken",
        "engines/test_conformance.py::test_states_of_the_families_are_pinned",
        "statespace/test_space.py::test_levels_have_each_state_once_in_order_of_distance",
    ),
    "a cycle taken for a state that is known already, so that a response is missed": (
        "test_false_verdicts.py::test_a_cycle_through_an_old_state_refutes_leads_to",
        "test_false_verdicts.py::test_a_run_that_ends_before_the_response_refutes_leads_to",
        "engines/test_liveness.py::test_a_lasso_is_closed_where_the_machine_comes_back",
    ),
    "a huge domain cut down, or taken for an empty one": (
        "test_false_verdicts.py::test_a_huge_domain_is_not_taken_for_an_empty_one",
        "test_hostile.py::test_a_range_of_a_thousand_million_values_is_undecided_at_worst",
    ),
    "arithmetic that overflows": (
        "test_false_verdicts.py::test_an_int_that_leaves_its_range_is_an_error_and_no_proof",
        "test_false_verdicts.py::test_a_word_wraps",
        "test_false_verdicts.py::test_words_of_64_bits_wrap_and_compare_alike_for_every_engine",
        "semantics/test_run.py::test_where_no_constraint_is_false_an_error_is_one_in_any_order",
    ),
    "an invariant or a lemma that is none": (
        "test_false_verdicts.py::test_what_holds_under_an_assumption_is_no_lemma_without_it",
        "checker/test_proofs.py::test_an_invariant_without_one_of_its_conjuncts_is_refused",
        "checker/test_proofs.py::test_k_induction_with_a_wrong_invariant_is_refused",
        "engines/test_portfolio.py::test_what_is_proved_is_part_of_the_certificate_that_uses_it",
    ),
    "a wrong ranking, or fairness where there is none": (
        "test_false_verdicts.py::test_weak_fairness_forces_a_rule_that_stays_able_to_fire",
        "checker/test_proofs.py::test_a_forged_ranking_is_refused",
        "checker/test_proofs.py::test_a_ranking_through_a_rule_that_is_not_fair_is_refused",
        "checker/test_runs.py::test_a_lasso_whose_loop_is_unfair_is_refused",
    ),
    "a faster way of searching that says something else": (
        "engines/test_conformance.py::test_engine_agrees_with_the_semantics",
        "engines/test_conformance.py::test_every_claim_is_decided_and_every_engine_is_compared_on_all_that_it_decides",
        "engines/test_portfolio.py::test_engines_that_disagree_are_found_when_all_are_asked",
        "exchange/test_peers.py::test_random_machines_agree_in_one_program",
        "statespace/test_successors.py::test_kernel_twin_and_semantics_see_the_same_states_and_marks",
    ),
    "two states taken for one, by a hash or by packing": (
        "test_false_verdicts.py::test_no_state_of_a_long_chain_is_lost_to_a_collision",
        "statespace/test_packing.py::test_no_field_crosses_a_word_and_no_two_share_a_bit",
        "statespace/test_packing.py::test_different_values_have_different_codes",
        "statespace/test_threads.py::test_each_state_is_met_once_by_one_thread",
    ),
    "initial states that are not looked at, or looked at with the wrong monitor": (
        "test_false_verdicts.py::test_an_initial_state_is_looked_at_too",
        "test_false_verdicts.py::test_formulas_of_time_begin_in_the_initial_state",
        "test_false_verdicts.py::test_a_claim_for_all_parameters_fails_where_one_value_violates_it",
    ),
    "an old verdict for a new machine": (
        "proofs/test_reuse.py::test_what_the_change_makes_false_is_found_out",
        "proofs/test_forged.py::test_evidence_about_one_machine_gives_no_wrong_verdict_on_another",
        "proofs/test_forged.py::test_a_poisoned_store_costs_time_and_changes_nothing",
        "proofs/test_canonical.py::test_another_meaning_has_another_digest",
        "statespace/test_checkpoint.py::test_the_levels_of_another_machine_are_refused",
    ),
}
"""Each class of false verdicts, and the tests that would find it. Surviving mutants counted as strength are not among
them: no verdict here counts mutants. Nor is partial-order reduction, which no engine does."""


@pytest.mark.parametrize("what", TESTED)
def test_every_class_of_false_verdicts_has_tests(what):
    for name in TESTED[what]:
        path, _, test = name.partition("::")
        tree = ast.parse((Path(__file__).parent / path).read_text(encoding="utf-8"))
        assert test in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, name


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


DEEP = """
var n: int 0..4000 = 0
rule go when n < 4000 { n' = n + 1 }
rule hold when n == 4000 { s' = A }
property safe never n == 4000
property there reachable n == 4001 - 1
property back recoverable n == 0 from n == 4000
property answered n == 0 leads to s == B
property lasting ltl F G n < 4000
property branching ctl AF AG n < 4000
"""

DECIDES = {"witness": "there", "recover": "back", "ranking": "answered", "liveness": "lasting", "temporal": "lasting"}


@pytest.mark.parametrize("name", [n for n in ENGINES if n not in ("paths", "routes", "witness")])
@pytest.mark.parametrize("limit", [{}, {"states": 50}, {"memory": 1 << 12}], ids=["time", "states", "memory"])
def test_no_engine_proves_what_it_had_no_time_or_room_to_refute(name, limit):
    """All these are false, for a reason that takes 4,000 steps."""
    model = model_of(Source("m.arc", HEAD + DEEP))
    claim = next(p.claim for p in model.properties if p.name == DECIDES.get(name, "safe"))
    assert ENGINES[name].handles(model, claim) is None
    answer = ENGINES[name].solve(model, claim, replace(Budget.of(3 if limit else 0.2), **limit))
    assert not isinstance(answer, Holds) or isinstance(answer.evidence, Bound)


@pytest.mark.parametrize("engine", [None, "explicit", "diagrams", "ic3", "kinduction", "bmc"])
def test_a_property_of_one_individual_is_not_one_of_any(engine):
    """The special one is never started; but for that, all are alike."""
    text = "index T[3]\nparam special: T\nvar on: T -> bool = each d in T: false\n"
    text += "rule start(d: T) when d != special { on' = on with [d] = true }\nproperty p never on[special]\n"
    text += "property q always all d in T: not on[d]\nproperty r never all d in T: on[d] or d == special"
    found = verdicts(text, engine=engine)
    assert (found["q"], found["r"]) == (Verdict.REFUTED, Verdict.REFUTED)
    assert found["p"] is (Verdict.BOUNDED if engine == "bmc" else Verdict.PROVED)


def test_interchangeable_individuals_that_take_turns_still_starve():
    """Of the states up to symmetry there is one, in which every individual has the token and none has."""
    text = "index T[3]\nparam who: T\nvar has: T\nrule pass(d: T) { has' = d }\nproperty p true leads to has == who\n"
    text += "property q ltl G F has == who assuming fair pass\nproperty r recoverable has == who from true"
    assert verdicts(text) == {"p": Verdict.REFUTED, "q": Verdict.REFUTED, "r": Verdict.PROVED}


@pytest.mark.parametrize("engine", [None, "bmc", "kinduction", "ic3", "explicit", "diagrams"])
def test_the_shortest_way_counts_not_the_first_one_taken(engine):
    """The long way to C comes first in the spec, and is longer than the way to D beyond C."""
    text = "var n: int 0..5 = 0\nrule wait when s == A and n < 5 { n' = n + 1 }\nrule late when n == 5 { s' = C }\n"
    text += "rule soon when s == A { s' = C }\nrule on when s == C and n < 2 { s' = D }\nproperty p never s == D"
    source = Source("m.arc", HEAD + text)
    report = verifier.check(elaborate(parse(source), source), engine=engine)
    (certified,) = [r.certified for r in report.properties if r.certified.property.name == "p"]
    assert certified.verdict is Verdict.REFUTED
    assert len(certified.evidence.steps) == 2


@pytest.mark.parametrize("engine", [None, "kinduction", "ic3", "explicit", "diagrams"])
def test_words_of_64_bits_wrap_and_compare_alike_for_every_engine(engine):
    text = "var w: bits[64] = 0xfffffffffffffffe\nvar n: int 0..4 = 0\nrule go when n < 4 { w' = w + 1 n' = n + 1 }\n"
    text += (
        "property p never w == 1\nproperty q always w <= 2 or w >= 0xfffffffffffffffe\nproperty r always w < 2 or n < 4"
    )
    assert verdicts(text, engine=engine) | {"int_ranges": Verdict.PROVED} == {
        "int_ranges": Verdict.PROVED, "p": Verdict.REFUTED, "q": Verdict.PROVED, "r": Verdict.REFUTED,
    }  # fmt: skip


def test_what_holds_under_an_assumption_is_no_lemma_without_it():
    text = "param slow: bool\nvar n: int 0..3 = 0\nrule go when n < (if slow then 2 else 3) { n' = n + 1 }\n"
    text += "property a always n <= 2 assuming slow\nproperty b never n == 3\nproperty c always n != 3\n"
    text += "property d every step n' != 3"
    found = verdicts(text)
    assert found["a"] is Verdict.PROVED
    assert {found[n] for n in "bcd"} == {Verdict.REFUTED}


@pytest.mark.parametrize("kernel", [True, False])
def test_no_state_of_a_long_chain_is_lost_to_a_collision(kernel, monkeypatch):
    """Each state has one successor, so that a state that is taken for another one ends the chain."""
    length = 300_000 if kernel else 20_000
    if kernel and library() is None:
        pytest.skip("there is no C compiler")
    if not kernel:
        monkeypatch.setattr("verifier.statespace.search.library", lambda: None)
    text = f"var w: bits[61] = 1\nvar n: int 0..{length} = 0\n"
    text += f"rule go when n < {length} {{ w' = w * 1442695040888963405 + 1442695040888963407 n' = n + 1 }}"
    space = explored(model_of(Source("m.arc", HEAD + text)), {})
    assert (space.is_complete, space.states, space.depth) == (True, length + 1, length)


def test_formulas_of_time_begin_in_the_initial_state():
    text = "arc go: A -> B\narc again: B -> B\nproperty p ltl s == B\nproperty q ltl X s == B\nproperty r ctl s == A\n"
    text += "property t ctl EG s == A\nproperty u ltl F G s == B\nproperty v ctl AX AG s == B"
    found = verdicts(text)
    assert {n for n, v in found.items() if v is Verdict.REFUTED} == {"p", "t"}
    assert {n for n, v in found.items() if v is Verdict.PROVED} == {"q", "r", "u", "v"}
