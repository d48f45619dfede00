"""The Z3 encoding says the same as the reference semantics."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machines import COLOUR, PARAMETER, STATE, models, terms
from verifier.encode.query import Assignment, Query
from verifier.model.sorts import BOOL, SetSort, contains, values
from verifier.model.terms import Const, Var, eq
from verifier.semantics.evaluate import Setting, evaluate

states = st.fixed_dictionaries({n: st.sampled_from(list(itertools.islice(values(s), 64))) for n, s in STATE.items()})


@settings(max_examples=300, deadline=None)
@given(st.data(), states, st.booleans())
def test_z3_gives_a_term_the_value_that_the_semantics_gives_it(data, state, p):
    sort = data.draw(st.sampled_from([BOOL, COLOUR, SetSort(COLOUR), *STATE.values()]))
    term = data.draw(terms(sort, (0,), (), 3))
    model = data.draw(models())
    expected = evaluate(term, Setting(model, {"p": p}), (state,))
    query = Query(model)
    query.require(eq(PARAMETER, Const(BOOL, p)))
    for name, value in state.items():
        query.require(eq(Var(STATE[name], name), Const(STATE[name], value)))
    assert query.check(10) is True
    assert Assignment(query).value(term) == expected
    assert contains(sort, expected)
