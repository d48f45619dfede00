"""Every claim on random machines, with evidence that the checker confirms; and what the engine gives up on."""

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.diagrams.families import family, model
from tests.engines.test_conformance import verdict
from tests.machines import HERE, claims, models
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.engines.diagrams.engine import Diagrams
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Fork, Holds, Invariant, Lasso, Plan, Ranking, Trace, Trap, Unknown, Violated
from verifier.model.claims import Ctl, LeadsTo, Ltl, Property
from verifier.model.printer import show
from verifier.model.terms import TRUE
from verifier.semantics.claims import plain
from verifier.semantics.run import is_run


def certified(drawn, claim, answer):
    """What the checker says about an answer."""
    prop = Property("p", claim, "", TRUE, None, (), False, True, "error", HERE)
    return certify(drawn, prop, answer, 30)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_answers_are_right_shortest_and_certified(data):
    drawn = data.draw(models())
    claim = plain(data.draw(claims(drawn)))
    if Diagrams().handles(drawn, claim) is not None:
        return
    expected, length = verdict(drawn, claim)
    answer = Diagrams().solve(drawn, claim, Budget.of(30))
    assert isinstance(answer, Holds | Violated), answer
    assert isinstance(answer, Holds) is expected
    assert certified(drawn, claim, answer).verdict in (Verdict.PROVED, Verdict.REFUTED)
    match answer.evidence:
        case Trace() | Trap() | Fork() as shown if not expected and not isinstance(claim, LeadsTo | Ctl | Ltl):
            trace = shown if isinstance(shown, Trace) else shown.trace
            assert is_run(drawn, trace)
            assert len(trace.steps) + isinstance(shown, Fork) == length


def decided(drawn, name, **options):
    """The engine's answer on a property, and the checker's verdict on it."""
    prop = next(p for p in drawn.properties if p.name == name)
    answer = Diagrams(**options).solve(drawn, prop.claim, Budget.of(60))
    return answer, certify(drawn, prop, answer, 60)


def test_an_invariant_is_made_to_be_read():
    answer, checked = decided(family("philosophers", 5), "neighbours_exclude")
    assert sorted(show(c) for c in answer.evidence.conjuncts) == [
        "all k in int 0..4: not taken[k] implies phase[k] in {THINKING, DONE}",
        "all k in int 0..4: not taken[right(k)] implies phase[k] in {THINKING, HUNGRY}",
        "all k in int 0..4: phase[k] in {EATING, DONE} implies phase[right(k)] in {THINKING, DONE}",
    ]
    assert checked.verdict is Verdict.PROVED


def test_what_takes_many_clauses_is_the_diagram_itself():
    answer, checked = decided(family("peterson", 4), "exclusion")
    assert len(answer.evidence.conjuncts) == 1
    assert checked.verdict is Verdict.PROVED


def test_a_deadlock_is_found_at_its_shortest_distance():
    answer, checked = decided(family("philosophers", 6), "nobody_starves")
    assert len(answer.evidence.steps) == 6
    assert checked.verdict is Verdict.REFUTED


LIVE = """machine lamp
enum Light { RED, GREEN, AMBER, DARK }
param breaks: bool
var light: Light = RED
var wanted: bool = false
var level: int 0..3 = 0
rule want when not wanted { wanted' = true }
rule turn when light == RED and wanted { light' = GREEN wanted' = false }
rule slow when light == GREEN { light' = AMBER }
rule stop when light == AMBER { light' = RED }
rule blink { level' in int 0..3 }
rule fail when breaks and light == AMBER { light' = DARK }
property served wanted leads to light == GREEN or light == DARK assuming fair turn, slow, stop, blink
property served_unfair wanted leads to light == GREEN
property back recoverable light == RED from light != DARK
property back_from_dark recoverable light == RED from true
property many reachable level == 3 and light == DARK
"""


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("served", Ranking, Verdict.PROVED), ("served_unfair", Lasso, Verdict.REFUTED), ("back", Plan, Verdict.PROVED),
        ("back_from_dark", Trap, Verdict.REFUTED),
    ],
)  # fmt: skip
def test_runs_that_go_on(name, kind, expected):
    answer, checked = decided(model(LIVE), name)
    assert isinstance(answer.evidence, kind)
    assert checked.verdict is expected


def test_a_value_of_the_parameters_for_which_nothing_is_reached():
    answer, checked = decided(model(LIVE), "many")
    assert answer.evidence.parameters == {"breaks": False}
    assert checked.verdict is Verdict.REFUTED


WIDE = """machine wide
flags Mode { A, B, C, D, E, F, G }
var word: bits[16] = 1
var mode: Mode = {A}
var level: int 0..999 = 10
rule shift when word < 0x100 { word' = word << 1 }
rule back { word' = 1 }
rule move when A in mode { mode' = mode ^ {B, C} }
rule rise when level < 500 { level' = level + 7 }
property low always word <= 0x100 and level < 510
property paired never B in mode and C not in mode
"""


@pytest.mark.parametrize("name", ["low", "paired"])
def test_words_flags_and_wide_ints(name):
    answer, checked = decided(model(WIDE), name)
    assert isinstance(answer.evidence, Invariant)
    assert checked.verdict is Verdict.PROVED


def test_a_limit_of_nodes_ends_in_unknown():
    answer, checked = decided(family("philosophers", 20), "neighbours_exclude", most=3000)
    assert isinstance(answer, Unknown)
    assert "3000 nodes" in answer.reason
    assert checked.verdict is Verdict.UNKNOWN


def test_a_limit_of_memory_is_one_of_nodes():
    drawn = family("philosophers", 20)
    budget = Budget(Budget.of(60).deadline, memory=100_000)
    assert "3125 nodes" in Diagrams().solve(drawn, drawn.properties[0].claim, budget).reason


def test_a_machine_without_the_library_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "oxidd", None)
    drawn = family("counters", 2)
    assert Diagrams().handles(drawn, drawn.properties[0].claim) == "the package oxidd is not installed"


def test_opaque_data_is_refused():
    drawn = model("machine m\nopaque Image\nvar x: Image\nrule idle { x' = x }\nproperty p always x == x or true\n")
    assert "not finite" in Diagrams().handles(drawn, drawn.properties[0].claim)


def test_a_stem_may_end_before_the_loop_begins():
    text = "machine way\nvar n: int 0..2 = 0\nrule go when n < 2 { n' = n + 1 }\nrule rest when n == 2 { n' = n }\n"
    answer, checked = decided(model(f"{text}property never_back true leads to n < 0\n"), "never_back")
    assert isinstance(answer.evidence, Lasso)
    assert [s.rule for s in answer.evidence.trace.steps[answer.evidence.loop :]] == ["rest"]
    assert checked.verdict is Verdict.REFUTED
