"""The checker's SMT-LIB text means what `semantics.evaluate` says, as cvc5 reads it."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.checker.machines import machine
from verifier.checker.smtlib import Inexpressible, script
from verifier.checker.solver import shared
from verifier.diagnostics import Span
from verifier.evidence.interpretation import Interpretation
from verifier.model.declarations import Function, Parameter, Table, Variable
from verifier.model.model import Model
from verifier.model.sorts import (
    BOOL,
    Atom,
    BitsSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    values,
)  # fmt: skip
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Call,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    and_,
    eq,
    implies,
    ite,
    not_,
    or_,
)  # fmt: skip
from verifier.semantics.evaluate import Setting, evaluate

HERE = Span("test.arc", 1, 1, 1, 1)
COLOUR = EnumSort("Colour", ("RED", "GREEN", "BLUE"), (0, 1, 2))
SINGLE = EnumSort("Single", ("ONLY",), (7,))
MODE = FlagsSort("Mode", ("A", "B", "C"))
WORD = BitsSort(3)
SMALL = IntSort(-2, 1)
UNIT = IndexSort("Unit", 3)
SCALARS: list[Sort] = [BOOL, COLOUR, SINGLE, MODE, WORD, SMALL, UNIT]
NESTED = MapSort(BOOL, SetSort(BOOL))
MAPS: list[Sort] = [MapSort(COLOUR, SMALL), MapSort(SMALL, BOOL), MapSort(UNIT, COLOUR), NESTED]
SORTS = [*SCALARS, *MAPS, SetSort(UNIT), SetSort(COLOUR)]
FUNCTIONS = (Function("shade", (COLOUR, BOOL), SMALL, HERE), Function("plan", (BOOL,), MapSort(BOOL, COLOUR), HERE))


def _table(name: str, arguments: tuple[Sort, ...], result: Sort) -> Table:
    keys = list(itertools.product(*(tuple(values(s)) for s in arguments)))
    entries = tuple(zip(keys, itertools.cycle(values(result)), strict=False))
    return Table(name, arguments, result, entries, (HERE,) * len(keys), None, HERE)


TABLES = (_table("next", (COLOUR, BOOL), COLOUR), _table("sum", (SMALL, SMALL), WORD), _table("pick", (UNIT,), NESTED))
BASE = machine("machine terms\nenum Colour { RED }\nvar c: Colour\nproperty red reachable c == RED\n")
VARIABLES = tuple(Variable(f"x{i}", s, None, HERE) for i, s in enumerate(SORTS))
MODEL = replace(BASE, functions=FUNCTIONS, tables=TABLES, variables=VARIABLES)


@st.composite
def terms(draw: st.DrawFn, sort: Sort, locals_: tuple[Local, ...] = (), depth: int = 3) -> Term:
    """A term of a sort over the variables of MODEL at levels 0 and 1, a parameter of each scalar sort, and locals."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        leaves: list[Term] = [x for x in locals_ if x.sort == sort]
        leaves += [Var(v.sort, v.name, i) for v in MODEL.variables if v.sort == sort for i in (0, 1)]
        leaves += [Const(sort, v) for v in itertools.islice(values(sort), 3)]
        return draw(st.sampled_from(leaves if sort not in SCALARS else [*leaves, Param(sort, f"p {sort}")]))

    def sub(s: Sort, *extra: Local) -> Term:
        return draw(terms(s, (*locals_, *extra), depth - 1))

    def bind(result: Sort, binder: Binder, over: Sort, inner: Sort) -> Term:
        # Few names, so that bindings hide one another; each of one sort, as in a spec.
        local = Local(over, f"{draw(st.sampled_from(['d', 'e']))} {over}")
        return Bind(result, binder, local, sub(inner, local))

    def any_of(sorts: list[Sort]) -> Sort:
        return draw(st.sampled_from(sorts))

    return draw(st.sampled_from(list(_makers(sort, sub, bind, any_of))))()


def _makers(sort, sub, bind, any_of):
    def app(op, *sorts, result=sort):
        return lambda: App(result, op, tuple(sub(s) for s in sorts))

    yield app(Op.ITE, BOOL, sort, sort)
    if sort in SCALARS:
        key = any_of([s for s in SORTS if isinstance(s, MapSort) and s.value == sort] or [MapSort(BOOL, sort)])
        yield app(Op.GET, key, key.key)
    for called in (c for c in (*FUNCTIONS, *TABLES) if c.result == sort):
        yield lambda called=called: Call(sort, called.name, tuple(sub(a) for a in called.arguments))
    match sort:
        case _ if sort == BOOL:
            yield from _formulas(app, bind, any_of)
        case BitsSort():
            yield from (app(o, sort, sort) for o in (Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.SHR, Op.BITXOR))
            yield app(Op.BITNOT, sort)
        case FlagsSort():
            yield from (app(o, sort, sort) for o in (Op.BITAND, Op.BITOR, Op.BITXOR))
            yield app(Op.BITNOT, sort)
        case MapSort():
            yield app(Op.PUT, sort, sort.key, sort.value)
            yield lambda: bind(sort, Binder.EACH, sort.key, sort.value)
        case SetSort():
            yield app(Op.SET, sort.element, sort.element)
            yield app(Op.SET)
            yield lambda: bind(sort, Binder.THOSE, sort.element, BOOL)


def _formulas(app, bind, any_of):
    yield from (app(o, BOOL, BOOL) for o in (Op.AND, Op.OR, Op.IMPLIES))
    yield app(Op.NOT, BOOL)
    for binder in (Binder.ALL, Binder.SOME, Binder.ONE):
        yield lambda binder=binder: bind(BOOL, binder, any_of([BOOL, COLOUR, SMALL, UNIT]), BOOL)
    same = any_of(SORTS)
    yield app(Op.EQ, same, same)
    yield from (app(o, s, s) for o in (Op.LT, Op.LE) for s in (SMALL, WORD))
    yield app(Op.IN, UNIT, SetSort(UNIT))
    mapped = app(Op.GET, MapSort(COLOUR, SMALL), COLOUR, result=SMALL)
    yield lambda: App(BOOL, Op.LE, (bind(IntSort(0, 3), Binder.COUNT, COLOUR, BOOL), mapped()))
    total, product, difference = (app(o, SMALL, SMALL, result=IntSort(-4, 4)) for o in (Op.ADD, Op.MUL, Op.SUB))
    yield lambda: App(BOOL, Op.LT, (total(), product()))
    yield lambda: App(BOOL, Op.EQ, (difference(), App(SMALL, Op.FIT, (mapped(),))))


def _value(sort: Sort) -> st.SearchStrategy[object]:
    return st.sampled_from(list(itertools.islice(values(sort), 200)))


STATES = st.fixed_dictionaries({v.name: _value(v.sort) for v in MODEL.variables})
PARAMETERS = st.fixed_dictionaries({f"p {s}": _value(s) for s in SCALARS})
MEANINGS = st.fixed_dictionaries({
    f.name: st.fixed_dictionaries({k: _value(f.result) for k in itertools.product(*(values(a) for a in f.arguments))})
    for f in FUNCTIONS
})  # fmt: skip


def _equal(left: Term, value: object) -> Term:
    return App(BOOL, Op.EQ, (left, Const(left.sort, value)))


def _ground(states, parameters, meaning) -> list[Term]:
    facts = [_equal(Var(v.sort, v.name, i), s[v.name]) for v in MODEL.variables for i, s in enumerate(states)]
    facts += [_equal(Param(s, f"p {s}"), parameters[f"p {s}"]) for s in SCALARS]
    for f in FUNCTIONS:
        for key, value in meaning[f.name].items():
            arguments = tuple(Const(s, v) for s, v in zip(f.arguments, key, strict=True))
            facts.append(_equal(Call(f.result, f.name, arguments), value))
    return facts


def ask(model: Model, *assertions: Term) -> str:
    reply = shared().check(script(model, assertions), 30)
    assert reply.answer != "unknown", reply.reason
    return reply.answer


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(SORTS), STATES, STATES, PARAMETERS, MEANINGS)
def test_cvc5_gives_a_ground_term_the_value_that_evaluate_gives(data, sort, before, after, parameters, meaning):
    term = data.draw(terms(sort))
    tables = {n: (entries, next(iter(entries.values()))) for n, entries in meaning.items()}
    value = evaluate(term, Setting(MODEL, parameters, Interpretation({}, tables)), (before, after))
    facts = _ground((before, after), parameters, meaning)
    assert ask(MODEL, *facts, _equal(term, value)) == "sat"
    assert ask(MODEL, *facts, App(BOOL, Op.NOT, (_equal(term, value),))) == "unsat"


X, Y = (Var(BitsSort(40), n) for n in "xy")


def test_a_binder_over_more_values_than_are_written_out_is_a_quantifier():
    local = Local(X.sort, "w")
    for binder, expected in ((Binder.ALL, "unsat"), (Binder.SOME, "sat"), (Binder.ONE, "sat")):
        assert ask(BASE, Bind(BOOL, binder, local, eq(local, X))) == expected
    number = Local(IntSort(0, 10**6), "n")
    beyond = App(BOOL, Op.LT, (Const(number.sort, 10**6), number))
    assert ask(BASE, Bind(BOOL, Binder.SOME, number, beyond)) == "unsat"
    assert ask(BASE, Bind(BOOL, Binder.ALL, number, not_(beyond))) == "sat"


def test_opaque_sorts_are_not_empty_and_have_as_many_elements_as_it_takes():
    item = OpaqueSort("Item")
    a, b, c = (Var(item, n) for n in "abc")
    local = Local(item, "i")
    assert ask(BASE, not_(eq(a, b)), not_(eq(b, c)), not_(eq(a, c))) == "sat"
    assert ask(BASE, Bind(BOOL, Binder.ALL, local, FALSE)) == "unsat"
    assert ask(BASE, Bind(BOOL, Binder.ONE, local, TRUE), not_(eq(a, b))) == "unsat"
    assert ask(BASE, not_(Bind(BOOL, Binder.ONE, local, eq(local, a)))) == "unsat"
    third = Bind(BOOL, Binder.SOME, local, and_(not_(eq(local, a)), not_(eq(local, b))))
    assert ask(BASE, not_(third), not_(eq(a, b)), not_(eq(b, c)), not_(eq(a, c))) == "unsat"
    assert ask(BASE, not_(Bind(BOOL, Binder.SOME, local, eq(local, a)))) == "unsat"


def test_symbols_stay_in_their_range():
    for sort in (SMALL, COLOUR, UNIT, SINGLE):
        x = Var(sort, "x")
        assert ask(BASE, *(not_(eq(x, Const(sort, v))) for v in values(sort))) == "unsat"
    model = replace(BASE, functions=(Function("f", (COLOUR,), SMALL, HERE),))
    call = Call(SMALL, "f", (Var(COLOUR, "c"),))
    assert ask(model, App(BOOL, Op.LT, (Const(SMALL, 1), call))) == "unsat"
    assert ask(model, eq(call, Const(SMALL, 1))) == "sat"


def test_levels_parameters_and_locals_of_one_name_are_different_symbols():
    symbols = [Var(BOOL, "x"), Var(BOOL, "x", 1), Var(BOOL, "x", 2), Param(BOOL, "x"), Local(BOOL, "x")]
    for left, right in itertools.combinations(symbols, 2):
        assert ask(BASE, left, not_(right)) == "sat"


NAMES = [
    "a|b",
    "a\\b",
    "|",
    ") (assert false) (",
    "x\n(assert false)",
    '"',
    "1 2",
    "",
    ";",
    "é" * 400,
    "true",
    "RED 1|",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_can_clash_or_inject(name):
    x, other = Var(BOOL, name), Var(BOOL, name.replace("|", "_").replace("\\", "_") + " ")
    assert ask(BASE, x, not_(other)) == "sat"
    sort = OpaqueSort(name)
    enum = EnumSort(name, (name, "B"), (0, 1))
    model = replace(BASE, functions=(Function(name, (sort,), enum, HERE),))
    call = Call(enum, name, (Var(sort, name),))
    assert ask(model, eq(call, Const(enum, name)), not_(eq(call, Const(enum, "B")))) == "sat"
    local = Local(sort, name)
    assert ask(model, not_(Bind(BOOL, Binder.SOME, local, eq(local, Var(sort, name))))) == "unsat"


def test_shared_parts_are_written_once():
    term: Term = Var(BOOL, "x")
    for i in range(60):
        term = App(BOOL, Op.EQ, (or_(term, Var(BOOL, f"y{i}")), and_(term, Var(BOOL, f"z{i}"))))
    assert len(script(BASE, [term])) < 30_000


def test_a_query_that_would_be_too_long_is_inexpressible():
    locals_ = [Local(IntSort(0, 99), f"n{i}") for i in range(5)]
    total: Term = eq(locals_[0], Var(IntSort(0, 99), "x"))
    for local in locals_[1:]:
        total = or_(total, eq(local, Var(IntSort(0, 99), "x")))
    for local in locals_:
        total = Bind(BOOL, Binder.SOME, local, total)
    with pytest.raises(Inexpressible, match="longer"):
        script(BASE, [total])


@pytest.mark.parametrize(
    "term",
    [
        eq(Var(OpaqueSort("Item"), "a"), Const(OpaqueSort("Item"), Atom("Item", 0))),
        eq(Var(MapSort(BitsSort(13), BOOL), "m"), Var(MapSort(BitsSort(13), BOOL), "n")),
        App(BOOL, Op.LT, (Bind(IntSort(0, 9), Binder.COUNT, Local(OpaqueSort("Item"), "i"), TRUE), Const(SMALL, 1))),
    ],
)
def test_what_has_no_finite_text_is_inexpressible(term):
    with pytest.raises(Inexpressible):
        script(BASE, [term])


@pytest.mark.parametrize(
    "term",
    [
        eq(Var(COLOUR, "c"), Const(COLOUR, "PINK")),
        eq(Var(SMALL, "n"), Const(SMALL, 5)),
        App(BOOL, Op.IN, (Var(SMALL, "n"), Var(SMALL, "n"))),
        App(BOOL, Op.EQ, (Var(SetSort(BOOL), "s"), Var(BOOL, "b"))),
        App(BOOL, Op.EQ, (Var(SetSort(BOOL), "s"), Var(MapSort(COLOUR, BOOL), "m"))),
        Var(SetSort(BOOL), "s"),
        implies(Var(SetSort(BOOL), "s"), Var(BOOL, "b")),
        ite(Var(NESTED, "m"), TRUE, Var(BOOL, "b")),
    ],
)
def test_what_is_no_term_of_the_language_is_an_error(term):
    with pytest.raises(ValueError, match=r"."):
        script(BASE, [term])


def test_parameters_of_a_model_are_declared_like_any_symbol():
    model = replace(BASE, parameters=(Parameter("p", BOOL, TRUE, None, HERE),))
    assert ask(model, Param(BOOL, "p")) == "sat"
