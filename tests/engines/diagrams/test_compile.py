"""What a term means as a diagram is what it means by the book."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.diagrams.families import model
from tests.machines import STATE, models, terms
from verifier.elaborate import parse_term
from verifier.engines.diagrams.compile import TooLarge
from verifier.engines.diagrams.layout import leaves
from verifier.engines.diagrams.machine import Machine
from verifier.model.sorts import BOOL, BitsSort, IntSort, MapSort, values
from verifier.model.terms import App, Const, Op, Var, eq
from verifier.semantics.evaluate import Setting, evaluate


def holds_in(machine, term, state, parameters):
    """Whether the diagram of a boolean term is true in a state."""
    return (machine.formula(term) & machine.point(parameters, state)).satisfiable()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_term_has_the_value_of_the_semantics(data):
    drawn = data.draw(models())
    machine = Machine(drawn, 1 << 16)
    state = {n: data.draw(st.sampled_from(list(values(s)))) for n, s in STATE.items()}
    parameters = {"p": data.draw(st.booleans())}
    for sort in (BOOL, *STATE.values()):
        term = data.draw(terms(sort, (0,), (), 3))
        value = evaluate(term, Setting(drawn, parameters), (state,))
        assert holds_in(machine, eq(term, Const(sort, value)), state, parameters)
        others = [v for v in values(sort) if v != value][:3]
        assert not any(holds_in(machine, eq(term, Const(sort, o)), state, parameters) for o in others)


NUMBERS = """machine numbers
enum Light { RED, GREEN, AMBER }
index Car[3]
var a: int -3..4 = 0
var b: int 2..7 = 2
var w: bits[5] = 0
var v: bits[5] = 0
var light: Light = RED
var at: Car -> Light = each c in Car: RED
var seen: set of int -1..1 = {}
table grade: Light, int 0..1 -> int -2..9
  |       | 0 | 1  |
  | RED   | 4 | -2 |
  | GREEN | 9 | 0  |
  | AMBER | 1 | 7  |
rule idle { w' = w }
property nothing always true
"""


@pytest.mark.parametrize(
    "text",
    [
        "a + b == 4", "a - b == -5", "b - a - a == 3", "a * b == -6", "a * a * a == -27", "-a < b - 3", "a <= b - 4",
        "a in int -1..2", "fit(a + 1, -3, 5) == 3", "w + v == 3", "w - v == 30", "w * v == 21", "w << v == 8",
        "w >> v == 1", "w < v", "w <= v", "~w == v", "w & v == 4", "w | v == 7", "w ^ v == 1",
        "(count c in Car: at[c] == RED) + a == 2", "one c in Car: at[c] == light",
        "grade(light, if a < 0 then 0 else 1) == b - 2", "grade(light, 1) < a",
        "(if a < b then a else b) == 2", "(if a in int -1..1 then a else 0) in seen", "{a - a, 1} == seen",
        "(those x in int -1..1: x < a) == seen", "(at with [Car[1]] = light) == at",
        "(each c in Car: if c == Car[0] then light else at[c]) == at",
        "all c in Car: at[c] == light implies some d in Car: at[d] != light",
    ],
)  # fmt: skip
def test_every_operator_on_all_values(text):
    """The diagram counts exactly the states in which the term holds by the book."""
    drawn = model(NUMBERS)
    machine = Machine(drawn, 1 << 18)
    term = parse_term(text, drawn)
    used = [v for v in machine.variables if v in set(_subterms(term))]
    every = [dict(zip((v.name for v in used), c, strict=True))
             for c in itertools.product(*(tuple(values(v.sort)) for v in used))]  # fmt: skip
    setting = Setting(drawn)
    expected = sum(evaluate(term, setting, (state,)) is True for state in every)
    total = machine.count(machine.states)
    assert machine.count(machine.formula(term) & machine.states) * len(every) == expected * total
    assert 0 < expected < len(every)


def _subterms(term):
    from verifier.model.terms import subterms

    return subterms(term)


def test_a_shift_by_more_than_the_width_is_zero():
    word, sort = Var(BitsSort(5), "w"), BitsSort(5)
    machine = Machine(model(NUMBERS), 1 << 18)
    for op in (Op.SHL, Op.SHR):
        shifted = App(sort, op, (word, Const(sort, 6)))
        assert machine.formula(eq(shifted, Const(sort, 0))).valid()


def test_what_has_too_many_values_is_refused():
    with pytest.raises(TooLarge, match="too many"):
        list(leaves(Var(MapSort(BitsSort(20), BOOL), "m")))
    with pytest.raises(TooLarge, match="parts"):
        list(leaves(Var(MapSort(IntSort(0, 99), MapSort(IntSort(0, 99), BOOL)), "m")))
