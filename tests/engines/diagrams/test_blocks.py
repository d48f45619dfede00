"""Words whose bits lie between each other: how many nodes that saves, and that nothing else is different."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.diagrams.families import family, model
from tests.engines.diagrams.test_temporal import agrees
from tests.machines import HERE, claims, models, terms
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.engines.diagrams import arrangement
from verifier.engines.diagrams.engine import Diagrams
from verifier.engines.diagrams.formulas import Reader
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Search
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Census
from verifier.model.claims import Property
from verifier.model.sorts import BOOL
from verifier.model.terms import TRUE
from verifier.semantics.claims import plain

WORDS = """machine words
var sent: bits[12] = 0
var done: bits[12] = 0
var pending: bits[12] = 0
rule send when pending < 1000 { sent' = sent + 1 pending' = pending + 1 }
rule serve when pending != 0 { done' = done + 1 pending' = pending - 1 }
property conserved always sent == done + pending
property bounded always sent - done <= 1000
"""


def test_three_words_that_add_up_are_one_block():
    machine = Machine(model(WORDS), 1 << 18)
    layout = machine.space.layout
    assert [sorted(layout.before[leaf])[:2] for leaf in layout.order] == [[0, 6], [2, 8], [4, 10]]
    reached = Search(machine, Budget.of(60)).closure(machine.init)
    assert machine.count(reached) == 4096 * 1001
    assert reached.node_count() < 300


@pytest.mark.parametrize("name", ["conserved", "bounded"])
def test_sums_are_proved(name):
    drawn = model(WORDS)
    prop = next(p for p in drawn.properties if p.name == name)
    answer = Diagrams().solve(drawn, prop.claim, Budget.of(60))
    assert certify(drawn, prop, answer, 60).verdict is Verdict.PROVED


@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_answers_do_not_depend_on_the_order(data):
    drawn = data.draw(models())
    claim = plain(data.draw(claims(drawn)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "blocks", lambda order, together: [tuple(order)])
        if Diagrams().handles(drawn, claim) is None:
            agrees(drawn, claim)


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_diagrams_are_read_and_listed_in_any_order(data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "blocks", lambda order, together: [tuple(order)])
        machine = Machine(data.draw(models()), 1 << 18)
    states = machine.formula(data.draw(terms(BOOL, (0,), (), 3))) & machine.init
    assert machine.formula(Reader(machine).term(states)) & machine.states == states
    listed = list(machine.listed(states))
    assert len(listed) == machine.count(states)
    assert machine.words.any(machine.point(p, s) for p, s in listed) == states


def test_where_no_invariant_is_short_the_states_are_counted():
    drawn = family("peterson", 5)
    answer = Diagrams().solve(drawn, drawn.properties[0].claim, Budget.of(60))
    assert isinstance(answer.evidence, Census)
    assert answer.evidence.states == 344_805
    prop = Property("p", drawn.properties[0].claim, "", TRUE, None, (), False, True, "error", HERE)
    assert certify(drawn, prop, answer, 60).verdict is Verdict.PROVED
