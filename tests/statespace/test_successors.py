"""What is compiled has the transitions, the errors and the marks that the reference semantics says."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import claims, models, terms
from tests.statespace.families import devices, machine_of
from tests.statespace.partial import partial_models
from verifier.diagnostics import SpecError
from verifier.model.claims import Deterministic
from verifier.model.sorts import BOOL
from verifier.pipeline import load
from verifier.semantics.claims import cases
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.run import initial_states, successors, valuations
from verifier.statespace import machine as machines
from verifier.statespace import search as searches
from verifier.statespace.actions import why_not
from verifier.statespace.kernel import library, unpacked
from verifier.statespace.machine import Observation, machine
from verifier.statespace.search import KernelSearch, Status, Stops, TwinSearch
from verifier.statespace.twin import Twin, Wrong

CORPUS = sorted((Path(__file__).parent.parent / "corpus" / "valid").glob("*.arc"))
MOST = 300

needs_kernel = pytest.mark.skipif(library() is None, reason="there is no C compiler")


@pytest.fixture(params=[16, 4, 0], ids=["tables", "narrow tables", "no tables"])
def tables(request, monkeypatch):
    """How wide a table may be: with 0 everything is done by functions, or by bytecode."""
    monkeypatch.setattr(machines, "TABLE", request.param)
    monkeypatch.setattr(machines, "MERGED", min(10, request.param))


def outcome(compute, wrong):
    try:
        return compute()
    except wrong:
        return "wrong"


def check_transitions(model):
    """Compare the initial states and the transitions of some reachable states, for each value of the parameters."""
    for parameters in valuations(model):
        setting, made = Setting(model, parameters), machine(model, parameters)
        twin, pack = Twin(made), made.layout.pack
        queue = outcome(twin.initial, Wrong)
        expected = outcome(lambda: [pack(s) for s in initial_states(setting)], RangeError)  # noqa: B023
        assert queue == "wrong" if expected == "wrong" else sorted(queue) == sorted(expected)
        queue = [] if queue == "wrong" else queue[:MOST]
        for state in queue:
            before = made.layout.unpack(state)
            reached = outcome(lambda: [pack(s.state) for s in successors(setting, before)], RangeError)  # noqa: B023
            found = outcome(lambda: twin.successors(state), Wrong)  # noqa: B023
            if reached == "wrong":
                assert found == "wrong"
                continue
            assert found[0] == len(reached)
            assert set(found[1]) | {state} == set(reached) | {state}
            queue += [s for s in dict.fromkeys(reached) if s not in queue and len(queue) < MOST]


@pytest.mark.usefixtures("tables")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_random_machines_have_the_transitions_of_the_semantics(model):
    check_transitions(model)


@pytest.mark.usefixtures("tables")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(partial_models())
def test_a_constraint_without_a_value_is_an_error_only_where_no_other_one_is_false(model):
    check_transitions(model)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_the_corpus_has_the_transitions_of_the_semantics(path):
    try:
        model = load(path)
    except SpecError:
        pytest.skip("not a whole spec")
    if why_not(model) is not None:
        pytest.skip("its data is not finite")
    check_transitions(model)


SPECS = {
    "an int that leaves its range": "var n: int 0..3 = 0\nrule up { n' = n + 1 }\nrule down when n > 1 { n' = n - 2 }",
    "an error before a constraint that is false": "var n: int 0..2 = 0\nvar b: bool = false\n"
    "rule up { n' = n + 1  n < 2  b' = (n' == 2) }\nrule back { n' + 1 < 2  n' != 2  b' = not b }",
    "an error behind a guard": "var n: int -2..3 = 0\nvar b: bool = false\nrule up when b or n + 3 < 5 { n' = n + 1 }",
    "an error in an initial value": "param p: int 0..3\nvar n: int 0..3 = p\nrule up when n * 2 < 5 { n' = n + 1 }",
    "a choice": "enum C { A, B, D }\nvar c: C = A\nvar d: C\nrule take { c' in {A, B}  d' in C  c' != d' }",
    "a map with choices": "enum C { A, B, D }\nvar m: C -> bool = each c in C: false\n"
    "rule grow { all c in C: m[c] implies m'[c]  m' != m }",
    "many arguments": "var r: bits[9] = 0\nvar n: int 0..2 = 0\n"
    "rule write(v: bits[9]) when n < 2 and v > 500 { r' = v  n' = n + 1 }",
    "words": "var a: bits[64] = 1\nvar b: bits[3] = 7\nrule turn { a' = a << 7 | a >> 57  b' = b + 1 }\n"
    "rule wrap when a > 9223372036854775808 { a' = a * 3 + ~a }",
    "huge ints": "var a: int 0..100000000000000000000000 = 1\nrule turn when a < 1000 { a' = a * 3 }",
    "keys of other ranges": "var m: int 2..5 -> int 0..7 = each k in int 2..5: k\nvar i: int 2..5 = 2\n"
    "rule next { m' = m with [i] = m[7 - i]  i' = if i < 5 then i + 1 else 2 }",
    "sets": "enum C { A, B, D }\nvar s: set of C = {A}\nvar c: C = B\n"
    "rule add { s' = those d in C: d in s or d == c  c' in C }\n"
    "rule drop when (count d in C: d in s) > 1 and one d in C: d == c and d in s { s' = {} }",
    "many words": "index I[30]\nvar m: I -> bits[5] = each i in I: 0\nvar k: bool = false\n"
    "rule up(i: I) when m[i] < 1 and all j in I: i == j or m[j] == 0 { m' = m with [i] = m[i] + 1  k' = not k }",
}  # fmt: skip


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", SPECS)
def test_a_machine_has_the_transitions_of_the_semantics(name):
    check_transitions(machine_of(SPECS[name]))


def explored(search, initial):
    """All that a search finds out, in a comparable form."""
    search.seed(initial)
    status = Status.MORE
    while status is Status.MORE:
        status = search.advance(0.0)
    counts = search.counts()
    states = sorted(s for block in search.visited() for s in unpacked(block, search.words))
    return status, states, counts.states, counts.transitions, counts.levels, counts.dead, counts.hits, counts.met


def by_kernel(made, dense, monkeypatch):
    monkeypatch.setattr(searches, "DENSE", dense)
    search = searches.search(made, 1 << 30, 1, Stops())
    assert isinstance(search, KernelSearch)
    return explored(search, Twin(made).initial())


def agreed(made, monkeypatch):
    """What the twin finds; the kernel finds the same, with a bitmap and with a hash table."""
    expected = explored(TwinSearch(made, 1 << 30, Stops()), Twin(made).initial())
    found = [by_kernel(made, dense, monkeypatch) for dense in (1 << 21, 0)]
    if expected[0] is not Status.WRONG:  # where it stops in the middle of a level the order matters
        assert found == [expected, expected]
    assert [f[0] for f in found] == [expected[0]] * 2
    return expected


@needs_kernel
@pytest.mark.usefixtures("tables")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_kernel_twin_and_semantics_see_the_same_states_and_marks(data):
    model = data.draw(models())
    claim = data.draw(claims(model))
    bad = [c for c in cases(model, claim) or () if not c.initially]
    forks = claim.rules if isinstance(claim, Deterministic) else ()
    observed = Observation(cases=() if forks else tuple(bad), forks=forks)
    for parameters in valuations(model):
        made = machine(model, parameters, [observed])
        with pytest.MonkeyPatch.context() as monkeypatch:
            found = agreed(made, monkeypatch)
        setting = Setting(model, parameters)
        marked = [s for s in found[1] if is_marked(setting, made.layout.unpack(s), observed)]
        assert found[6][0] == len(marked)


@needs_kernel
@pytest.mark.usefixtures("tables")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(partial_models())
def test_the_kernel_meets_the_errors_that_its_twin_meets(model):
    for parameters in valuations(model):
        made = machine(model, parameters)
        if outcome(Twin(made).initial, Wrong) != "wrong":
            with pytest.MonkeyPatch.context() as monkeypatch:
                found = agreed(made, monkeypatch)
            assert found[0] in (Status.WRONG, Status.FINISHED)


def is_marked(setting, state, observed):
    steps = list(successors(setting, state))
    instances = {}
    forked = any(
        s.rule in observed.forks and instances.setdefault((s.rule, *s.arguments.values()), s.state) != s.state
        for s in steps
    )
    return forked or any(
        holds(c.condition, setting, (state,))
        if c.rule is None
        else any(s.rule == c.rule.name and holds(c.condition, setting, (state, s.state), s.arguments) for s in steps)
        for c in observed.cases
    )


@needs_kernel
@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", [n for n in SPECS if n != "huge ints"])
def test_the_kernel_agrees_on_a_machine(name, monkeypatch):
    model = machine_of(SPECS[name])
    for parameters in valuations(model):
        made = machine(model, parameters)
        if outcome(Twin(made).initial, Wrong) != "wrong":
            assert agreed(made, monkeypatch)[2] > 0


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(), terms(BOOL, (0,), (), 3))
def test_a_term_is_observed_where_it_holds(model, term):
    for parameters in valuations(model):
        made = machine(model, parameters, [Observation((term,))])
        twin = Twin(made)
        for state in initial_states(Setting(model, parameters)):
            assert twin.observe(made.layout.pack(state)) == holds(term, Setting(model, parameters), (state,))


def test_tables_are_small_and_shared():
    made = machine(devices(3), {})
    assert [g.mask.bit_count() for g in made.rules] == [10, 7] or len(made.rules) == 3
    assert made.wide_rules == ()
