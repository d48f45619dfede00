"""Formulas of temporal logic on random machines, by their definition, with evidence that the checker confirms."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.families import devices
from tests.engines.diagrams.families import family, model
from tests.engines.diagrams.test_engine import certified
from tests.engines.test_conformance import verdict
from tests.machines import BRANCHING, LINEAR, formulas, models, terms
from verifier.checker.certified import Verdict
from verifier.engines.diagrams import temporal
from verifier.engines.diagrams.engine import Diagrams
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Search
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Closure, Holds, KLive, Labelling, Lasso, Trace, Violated
from verifier.model.claims import Ctl, Ltl
from verifier.model.sorts import BOOL

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def agrees(drawn, claim):
    """The engine says what the definition says, and the checker confirms it."""
    answer = Diagrams().solve(drawn, claim, Budget.of(60))
    assert isinstance(answer, Holds | Violated), answer
    assert isinstance(answer, Holds) is verdict(drawn, claim)[0]
    wanted = Verdict.PROVED if isinstance(answer, Holds) else Verdict.REFUTED
    assert certified(drawn, claim, answer).verdict is wanted


@SLOW
@given(data=st.data())
def test_formulas_of_linear_time_are_decided(data):
    drawn = data.draw(models())
    some = st.lists(st.sampled_from([r.name for r in drawn.rules]), max_size=2, unique=True).map(tuple)
    formula = data.draw(formulas(terms(BOOL, (0, 1), (), 1), LINEAR))
    agrees(drawn, Ltl(formula, data.draw(some), data.draw(some)))


@SLOW
@given(data=st.data())
def test_formulas_of_branching_time_are_decided(data):
    agrees(data.draw(models()), Ctl(data.draw(formulas(terms(BOOL, (0,), (), 1), BRANCHING))))


LINES = """property failed_before ltl (all d in Device: state[d] != ERROR) W errors == 1
property stays ltl G (errors == 15 implies G errors == 15)
property comes_back ltl G F (some d in Device: state[d] == ERROR) implies G F (some d in Device: state[d] == RUNNING)
  assuming fair reset
property runs_again ltl G F (some d in Device: state[d] == RUNNING)
property breaks ctl AF (some d in Device: state[d] == ERROR)
property steps ctl AG ((some d in Device: state[d] == ERROR) implies EX (some d in Device: state[d] == RUNNING))
"""


def decided(drawn, name):
    """The engine's answer on a property, and the checker's verdict on it."""
    claim = next(p.claim for p in drawn.properties if p.name == name)
    answer = Diagrams().solve(drawn, claim, Budget.of(60))
    return answer, certified(drawn, claim, answer)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("failed_before", KLive, Verdict.PROVED), ("stays", KLive, Verdict.PROVED),
        ("comes_back", KLive, Verdict.PROVED), ("runs_again", Lasso, Verdict.REFUTED),
        ("breaks", Lasso, Verdict.REFUTED),
    ],
)  # fmt: skip
def test_many_states_are_no_obstacle(name, kind, expected):
    """63,488 states, beside an automaton."""
    answer, checked = decided(model("\n".join(devices(4)) + "\n" + LINES), name)
    assert isinstance(answer.evidence, kind)
    assert checked.verdict is expected


def test_what_no_run_and_no_bound_shows_is_labelled(monkeypatch):
    drawn = model("\n".join(devices(4)) + "\n" + LINES)
    answer, checked = decided(drawn, "steps")
    assert isinstance(answer.evidence, Labelling)
    assert (checked.verdict, answer.evidence.states) == (Verdict.PROVED, 63_488)
    monkeypatch.setattr(temporal, "BOUNDS", ())
    answer, checked = decided(drawn, "comes_back")
    assert isinstance(answer.evidence, Labelling)
    assert checked.verdict is Verdict.PROVED


FORK = """machine fork
enum Place { START, LEFT, RIGHT, STUCK }
var place: Place = START
rule left when place == START { place' = LEFT }
rule right when place == START { place' = RIGHT }
rule fall when place == RIGHT { place' = STUCK }
rule leave when place == LEFT { place' = START }
property some_way ctl E[place == START W place == STUCK]
property no_way ctl EG place == START
property leaves ltl F place == STUCK
property leaves_fairly ltl F place == STUCK assuming fair right
property leaves_strongly ltl F place == STUCK assuming strongly fair right
property ends ltl F G place == STUCK assuming strongly fair right
property goes_on ltl G X true assuming strongly fair right
"""


@pytest.mark.parametrize(
    ("name", "kind", "steps"),
    [
        ("some_way", Closure, 4), ("no_way", Closure, 4), ("leaves", Lasso, 2), ("leaves_fairly", Lasso, 2),
        ("leaves_strongly", KLive, 1), ("ends", KLive, 1), ("goes_on", Trace, 2),
    ],
)  # fmt: skip
def test_runs_that_choose(name, kind, steps):
    answer, checked = decided(model(FORK), name)
    assert isinstance(answer.evidence, kind)
    match answer.evidence:
        case Closure(members=found) | Trace(steps=found) | Lasso(trace=Trace(steps=found)) | KLive(parts=found):
            assert len(found) == steps
    assert checked.verdict in (Verdict.PROVED, Verdict.REFUTED)


STRONG = """property counted ltl (G F some d in Device: state[d] == RESUMING) implies F errors == 15
  assuming strongly fair fail
property counted_weakly ltl (G F some d in Device: state[d] == RESUMING) implies F errors == 15 assuming fair fail
property late ltl not (G F (all d in Device: state[d] == STOP) and G F (all d in Device: state[d] == PRE_COPY) and
  G F (some d in Device: state[d] == RESUMING)) assuming fair reset assuming strongly fair fail
"""


@pytest.mark.parametrize(
    ("name", "kind", "expected", "loop"),
    [("counted", KLive, Verdict.PROVED, None), ("counted_weakly", Lasso, Verdict.REFUTED, 0),
     ("late", Lasso, Verdict.REFUTED, 73)],
)  # fmt: skip
def test_strong_fairness_is_a_matter_of_the_rules(name, kind, expected, loop):
    """The last loop is only fair once the errors are as many as can be: its stem is a shortest one to there."""
    answer, checked = decided(model("\n".join(devices(2)) + "\n" + STRONG), name)
    assert isinstance(answer.evidence, kind)
    assert getattr(answer.evidence, "loop", None) == loop
    assert checked.verdict is expected
    if name == "late":
        assert len(answer.evidence.trace.steps) <= 92  # the shortest lasso of all has 87


def test_what_recurs_takes_no_places():
    """Eight of them would have 256 places; a run that ends satisfies each at its end."""
    names = ("STOP", "ERROR", "RESUMING", "PRE_COPY", "RUNNING", "STOP_COPY", "PRE_COPY_P2P", "RUNNING_P2P")
    recurs = " and ".join(f"(G F some d in Device: state[d] == {name})" for name in names)
    drawn = model("\n".join(devices(2)) + f"\nproperty misses ltl not ({recurs})\n")
    answer, checked = decided(drawn, "misses")
    assert isinstance(answer.evidence, Lasso)
    assert checked.verdict is Verdict.REFUTED
    ends = "property never_stuck ltl not (G F place == STUCK and G F place != LEFT)\n"
    answer, checked = decided(model(FORK + ends), "never_stuck")
    assert isinstance(answer.evidence, Trace)
    assert checked.verdict is Verdict.REFUTED


def test_the_states_listed_are_those_that_are_counted():
    drawn = family("philosophers", 5)
    machine = Machine(drawn, 1 << 18)
    reached = Search(machine, Budget.of(60)).closure(machine.init)
    listed = [tuple(state.items()) for _, state in machine.listed(reached)]
    assert len(set(listed)) == len(listed) == machine.count(reached) == 242
