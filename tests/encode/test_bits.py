"""Terms as circuits have the value that the reference semantics gives them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import PARAMETER, STATE, models, terms
from verifier.encode.bits import BitEncoder, Number, places
from verifier.encode.bits_circuit import Circuit
from verifier.encode.bits_solver import Sat
from verifier.model.sorts import BOOL, BitsSort, IntSort, values
from verifier.model.terms import App, Bind, Binder, Local, Op, Var
from verifier.semantics.evaluate import Setting, evaluate

DEEP = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
NUMBER = IntSort(-3, 4)
WORD = BitsSort(3)


def bits_of(encoder, sort, value):
    return [x > 0 for x in places(encoder.constant(sort, value))]


def computed(model, term, leaves):
    """The bits of a term where each leaf has a value; and the literals that they are."""
    encoder = BitEncoder(model, Circuit())
    symbolic = encoder(term)
    known = {}
    for leaf, value in leaves.items():
        if leaf in encoder.symbols:
            given = encoder.constant(leaf.sort, value)
            known[leaf] = encoder.same(encoder.symbols[leaf], given)
    solver = Sat()
    solver.add(encoder.circuit.clauses)
    assert solver.solve(list(known.values())) is True
    found = solver.solution()
    bits = [(found[abs(x) - 1] > 0) is (x > 0) for x in places(symbolic)]
    solver.add([[-x if b else x for x, b in zip(places(symbolic), bits, strict=True)]])
    assert solver.solve(list(known.values())) is False, "the inputs determine the value"
    return encoder, symbolic, bits


def agrees(model, term, leaves):
    states = tuple({x.name: v for x, v in leaves.items() if isinstance(x, Var) and x.level == i} for i in (0, 1))
    parameters = {x.name: v for x, v in leaves.items() if not isinstance(x, Var)}
    expected = evaluate(term, Setting(model, parameters), states)
    encoder, symbolic, bits = computed(model, term, leaves)
    if isinstance(symbolic, Number):
        number = sum(b << i for i, b in enumerate(bits)) - (bits[-1] << len(bits))
        assert number == expected
    else:
        assert bits == bits_of(encoder, term.sort, expected)


@DEEP
@given(data=st.data())
def test_a_term_has_the_value_that_the_semantics_gives_it(data):
    model = data.draw(models())
    sort = data.draw(st.sampled_from(list(STATE.values())))
    term = data.draw(terms(sort, (0, 1), (), 3))
    leaves = {Var(s, n, i): data.draw(st.sampled_from(list(values(s)))) for n, s in STATE.items() for i in (0, 1)}
    agrees(model, term, leaves | {PARAMETER: data.draw(st.booleans())})


@pytest.mark.parametrize("op", [Op.ADD, Op.SUB, Op.MUL, Op.LT, Op.LE, Op.EQ])
@DEEP
@given(a=st.sampled_from(list(values(NUMBER))), b=st.sampled_from(list(values(NUMBER))), model=models())
def test_int_arithmetic_is_exact(op, a, b, model):
    x, y = Var(NUMBER, "x"), Var(NUMBER, "y")
    sort = BOOL if op in (Op.LT, Op.LE, Op.EQ) else IntSort(-20, 20)
    agrees(model, App(sort, op, (x, y)), {x: a, y: b})


@pytest.mark.parametrize("op", [Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.SHR, Op.LT, Op.BITXOR])
@DEEP
@given(a=st.integers(0, 7), b=st.integers(0, 7), model=models())
def test_word_arithmetic_wraps(op, a, b, model):
    x, y = Var(WORD, "x"), Var(WORD, "y")
    agrees(model, App(BOOL if op is Op.LT else WORD, op, (x, y)), {x: a, y: b})


@DEEP
@given(a=st.sampled_from(list(values(NUMBER))), model=models())
def test_an_int_outside_the_range_of_fit_is_kept(a, model):
    x = Var(NUMBER, "x")
    term = App(IntSort(0, 1), Op.FIT, (App(IntSort(-6, 8), Op.ADD, (x, x)),))
    _, _, bits = computed(model, term, {x: a})
    assert sum(b << i for i, b in enumerate(bits)) - (bits[-1] << len(bits)) == 2 * a


@DEEP
@given(a=st.integers(0, 7), model=models())
def test_count_counts(a, model):
    x, i = Var(WORD, "x"), Local(WORD, "i")
    body = App(BOOL, Op.LT, (i, x))
    agrees(model, Bind(IntSort(0, 8), Binder.COUNT, i, body), {x: a})


def test_equal_parts_are_one_gate():
    circuit = Circuit()
    a, b, c = (circuit.input() for _ in range(3))
    assert circuit.all((a, b)) == circuit.all((b, a))
    assert circuit.differ(a, -b) == -circuit.differ(b, a)
    assert circuit.choose(-a, b, c) == circuit.choose(a, c, b)
    assert circuit.choose(a, -b, -c) == -circuit.choose(a, b, c)
    assert circuit.all((a, -a)) == circuit.any(())
