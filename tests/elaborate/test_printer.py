"""`parse_term(show(t))` is `t`: what evidence shows can be read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import machines, walks
from tests.elaborate.corpus import VALID, load, model
from verifier.diagnostics import Source, Span, SpecError
from verifier.elaborate import parse_term
from verifier.elaborate.folding import build, fit, integer
from verifier.evidence.interpretation import State
from verifier.model.claims import Ctl, Ltl
from verifier.model.declarations import Parameter, Variable
from verifier.model.formula_text import show_formula
from verifier.model.formulas import Formula, Operator
from verifier.model.model import Model
from verifier.model.printer import show, show_value
from verifier.model.sorts import (
    BOOL,
    Atom,
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    SetSort,
    Sort,
    Value,
    values,
)
from verifier.model.terms import TRUE, App, Const, Local, Op, Param, Term, Var, children, joined, subterms
from verifier.semantics.evaluate import Setting, evaluate
from verifier.semantics.temporal import holds_on_run

HERE = Span("random.arc", 1, 1, 1, 1)
RANDOM = Model(
    "random", None, Source("random.arc", ""), {"Colour": machines.COLOUR, "Mode": machines.MODE},
    (Parameter("p", BOOL, TRUE, None, HERE),), (), tuple(Variable(n, s, None, HERE) for n, s in machines.STATE.items()),
    (), (), (), (), (), None,
)  # fmt: skip


def parts(path: Path) -> Iterator[tuple[Model, Term, tuple[Local, ...]]]:
    """Every term of a model, with the locals it may mention."""
    found = load(path)
    yield from ((found, t, ()) for t in (*found.init, *found.assumptions))
    for rule in found.rules:
        yield from ((found, t, rule.parameters) for t in (rule.guard, *rule.constraints))
    control = found.control
    ends = () if control is None else (Local(control.sort, "start"), Local(control.sort, "goal"))
    for prop in found.properties:
        fields = [getattr(prop.claim, n) for n in type(prop.claim).__dataclass_fields__]
        yield from ((found, t, ends) for t in (*fields, prop.assuming) if isinstance(t, Term))


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_every_term_of_a_model_reads_back_as_the_same_object(path: Path) -> None:
    for found, term, known in parts(path):
        assert parse_term(show(term), found, sort=term.sort, primes=True, locals=known) is term, show(term)


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state of the random machine."""
    return {n: draw(st.sampled_from(list(values(s)))) for n, s in machines.STATE.items()}


def is_told(term: Term) -> bool:
    """True iff in each comparison, something that is no constant says what type the two sides have."""
    compared = [t for t in subterms(term) if isinstance(t, App) and t.op in (Op.EQ, Op.LT, Op.LE, Op.IN)]
    return all(any(is_typed(s, a.sort) for a in t.args for s in parts_of_its_sort(a)) for t in compared)


def parts_of_its_sort(term: Term) -> Iterator[Term]:
    """The term and, under it, the parts whose type settles its own: not the condition of an `if`, say."""
    yield term
    for part in children(term):
        if part.sort == term.sort:
            yield from parts_of_its_sort(part)


def is_typed(term: Term, sort: Sort) -> bool:
    """True iff the term is of that sort, whatever stands around it."""
    is_leaf = isinstance(term, Var | Param | Local) or (isinstance(term, App) and term.op is Op.GET)
    return isinstance(sort, BoolSort | EnumSort | IntSort) or (is_leaf and term.sort == sort)


@given(machines.terms(BOOL, (0, 1), depth=4).filter(is_told), states(), states(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_term_reads_back_with_the_same_meaning(term: Term, before: State, after: State, p: bool) -> None:
    setting = Setting(RANDOM, {"p": p})
    again = parse_term(show(term), RANDOM, sort=BOOL, primes=True)
    assert evaluate(again, setting, (before, after)) == evaluate(term, setting, (before, after))
    assert parse_term(show(again), RANDOM, sort=BOOL, primes=True) is again


INTS = tuple(Var(IntSort(low, high), f"i{low}", 0) for low, high in ((0, 3), (2, 9)))
WORDS = tuple(Var(BitsSort(4), name, level) for name in ("w", "v") for level in (0, 1))
FLAGS = FlagsSort("Bits", ("RUN", "SAVE", "LOAD"), (("STOP", 0), ("BOTH", 3)))
BITS = tuple(Var(FLAGS, name, 0) for name in ("f", "g"))
FACTS = tuple(Var(BOOL, name, 0) for name in "abc")
OPERATORS = Model(
    "operators", None, Source("operators.arc", ""), {"Bits": FLAGS}, (), (),
    tuple(Variable(v.name, v.sort, None, HERE) for v in (*INTS, *WORDS, *BITS, *FACTS) if v.level == 0),
    (), (), (), (), (), None,
)  # fmt: skip


def int_terms() -> st.SearchStrategy[Term]:
    """Ints as the elaborator builds them: exact intervals, constants folded."""
    leaves = st.sampled_from([*INTS, integer(0), integer(4), integer(-2)])

    def wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        ops = st.sampled_from([Op.ADD, Op.SUB, Op.MUL])
        checked = inner.map(lambda t: fit(IntSort(-1, 3), t))
        return st.one_of(
            st.builds(build, ops, inner, inner), checked, st.builds(build, st.just(Op.ITE), facts(), inner, inner)
        )

    return st.recursive(leaves, wider, max_leaves=5)


def word_terms(leaves: st.SearchStrategy[Term], ops: tuple[Op, ...]) -> st.SearchStrategy[Term]:
    """Words or flags values that mention a variable at every operator, which gives the constants their type."""

    def wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        return st.one_of(
            st.builds(build, st.sampled_from(ops), inner, inner), st.builds(build, st.just(Op.BITNOT), inner)
        )

    return st.recursive(leaves, wider, max_leaves=6)


def facts() -> st.SearchStrategy[Term]:
    """A boolean variable."""
    return st.sampled_from(FACTS)


def comparisons() -> st.SearchStrategy[Term]:
    """Comparisons of ints, words and flags values, and tests of bits."""
    shifts = (Op.BITAND, Op.BITOR, Op.BITXOR, Op.SHL, Op.SHR, Op.ADD, Op.SUB, Op.MUL)
    words = word_terms(st.sampled_from([*WORDS]), shifts)
    flags = word_terms(st.sampled_from([*BITS]), (Op.BITAND, Op.BITOR, Op.BITXOR))
    word_constants = st.integers(0, 15).map(lambda n: Const(BitsSort(4), n))
    flag_constants = st.integers(0, 7).map(lambda n: Const(FLAGS, n))
    order = st.sampled_from([Op.LT, Op.LE, Op.EQ])
    return st.one_of(
        st.builds(build, order, int_terms(), int_terms()),
        st.builds(build, order, words, st.one_of(words, word_constants)),
        st.builds(build, st.just(Op.EQ), flags, st.one_of(flags, flag_constants)),
        st.builds(
            lambda f, n: build(Op.EQ, build(Op.BITAND, f, Const(FLAGS, 1 << n)), Const(FLAGS, 1 << n)),
            flags,
            st.integers(0, 2),
        ),
    )


def formulas() -> st.SearchStrategy[Term]:
    """Formulas over comparisons."""

    def wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        ops = st.sampled_from([Op.AND, Op.OR, Op.IMPLIES, Op.EQ])
        choice = st.builds(build, st.just(Op.ITE), inner, inner, inner)
        return st.one_of(st.builds(build, ops, inner, inner), st.builds(build, st.just(Op.NOT), inner), choice)

    return st.recursive(st.one_of(facts(), comparisons()), wider, max_leaves=8)


@given(formulas())
@settings(max_examples=200, deadline=None)
def test_a_term_of_operators_reads_back_as_the_same_object(term: Term) -> None:
    assert parse_term(show(term), OPERATORS, sort=BOOL, primes=True) is term


def test_an_int_of_no_fixed_range_joins_to_the_hull() -> None:
    assert joined(IntSort(0, 3), IntSort(2, 9)) == IntSort(0, 9)


DEVICE = IndexSort("Device", 2)
SHOWN: tuple[tuple[Value, Sort, str], ...] = (
    (True, BOOL, "true"),
    (-3, IntSort(-5, 5), "-3"),
    (10, BitsSort(4), "0xa"),
    (3, FLAGS, "BOTH"),
    (5, FLAGS, "{RUN, LOAD}"),
    (1, DEVICE, "Device[1]"),
    (Atom("Image", 0), BOOL, "image0"),
    (frozenset({1, 0}), SetSort(DEVICE), "{Device[0], Device[1]}"),
    (frozenset(), SetSort(DEVICE), "{}"),
    ((2, 2), MapSort(DEVICE, IntSort(0, 3)), "each _ in Device: 2"),
    ((2, 1), MapSort(DEVICE, IntSort(0, 3)), "(each _ in Device: 2) with [Device[1]] = 1"),
)


@pytest.mark.parametrize(("value", "sort", "text"), SHOWN, ids=[t for _, _, t in SHOWN])
def test_value_is_shown_as_an_expression(value: Value, sort: Sort, text: str) -> None:
    sort = BOOL if isinstance(value, Atom) else sort
    assert (str(value) if isinstance(value, Atom) else show_value(value, sort)) == text


READABLE: Mapping[str, str] = {
    "a and (b or c)": "a and (b or c)",
    "(a and b) or c": "a and b or c",
    "not (f == STOP)": "f != STOP",
    "not (RUN in f)": "RUN not in f",
    "f == {} or f == {RUN, SAVE}": "f in {STOP, BOTH}",
    "not (f == {} or f == {RUN})": "f not in {STOP, {RUN}}",
    "i0 > 2": "i0 > 2",
    "2 < i0": "i0 > 2",
    "not (a iff b)": "a != b",
    "(if a then i0 else i2) + 1 < 3": "(if a then i0 else i2) + 1 < 3",
    "a implies (b implies c)": "a implies b implies c",
    "(all k in bool: k or a) and b": "(all k in bool: k or a) and b",
    "b and (all k in bool: k or a)": "b and all k in bool: k or a",
    "-(i0 + 1) < 0": "-(i0 + 1) < 0",
    "(w + v) * w == 1": "(w + v) * w == 0x1",
    "w - (v - w) == 1": "w - (v - w) == 0x1",
}


@pytest.mark.parametrize("text", READABLE)
def test_term_is_shown_with_the_fewest_parentheses(text: str) -> None:
    assert show(parse_term(text, OPERATORS)) == READABLE[text]


def test_range_check_is_shown_only_where_the_place_does_not_demand_it() -> None:
    found = model("machine m fun f(int 0..3): bool var n: int 0..3 rule r { n' = n + 1 } property p always f(n + 1)")
    assert show(found.rules[0].constraints[0]) == "n' == fit(n + 1, 0, 3)"
    assert [show(getattr(p.claim, "condition")) for p in found.properties] == ["f(n + 1)"]  # noqa: B009


def test_unknown_name_in_evidence_is_refused() -> None:
    with pytest.raises(SpecError, match="ARC021"):
        parse_term("a and nonsense", OPERATORS)


def test_term_of_another_sort_is_refused() -> None:
    with pytest.raises(SpecError, match="this expression has type int, expected bool"):
        parse_term("i0 + 1", OPERATORS, sort=BOOL)


def test_primed_variable_is_refused_unless_asked_for() -> None:
    with pytest.raises(SpecError, match="ARC027"):
        parse_term("a'", OPERATORS)
    assert parse_term("a'", OPERATORS, primes=True) is Var(BOOL, "a", 1)


def test_parameter_and_local_are_read_by_name() -> None:
    local = Local(BOOL, "here")
    found = parse_term("p and here", RANDOM, locals=(local,))
    assert found is App(BOOL, Op.AND, (Param(BOOL, "p"), local))


@settings(max_examples=200)
@given(st.one_of(walks.formulas(machines.LINEAR), walks.formulas(machines.BRANCHING)), st.data())
def test_a_formula_is_read_back_as_it_was(formula: Formula, data: st.DataObject) -> None:
    logic = "ctl" if any(len(n) == 2 and n[0] in "AE" for n in operators(formula)) else "ltl"
    head = f"machine m var at: int 0..4 rule r {{ at' in int 0..4 }} property p {logic} "
    claim = model(head + show_formula(formula)).properties[0].claim  # constants are folded
    assert isinstance(claim, Ltl | Ctl)
    again = model(head + show_formula(claim.formula)).properties[0].claim
    assert again == claim
    if logic == "ltl":
        word, setting = data.draw(ends()), Setting(model(head + "true"))
        assert holds_on_run(claim.formula, setting, *word) is holds_on_run(formula, setting, *word)


def operators(formula: Formula) -> Iterator[str]:
    """The names of the operators in a formula."""
    if isinstance(formula, Operator):
        yield formula.name
        for part in formula.parts:
            yield from operators(part)


@st.composite
def ends(draw: st.DrawFn) -> tuple[tuple[State, ...], int | None]:
    """A run, and where it goes on."""
    states = draw(st.lists(st.integers(0, walks.PLACES - 1).map(lambda n: {"at": n}), min_size=1, max_size=4))
    loop = draw(st.one_of(st.none(), st.integers(0, len(states) - 1)))
    return tuple(states if loop is None else [*states, states[loop]]), loop
