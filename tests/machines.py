"""Small random machines and claims, for comparing engines with the reference semantics."""

from __future__ import annotations

from hypothesis import strategies as st

from verifier.diagnostics import Source, Span
from verifier.model.claims import (
    Always,
    Claim,
    Ctl,
    Deterministic,
    EveryStep,
    LeadsTo,
    Ltl,
    NoDeadlock,
    OnlyVia,
    Reachable,
    Recoverable,
)
from verifier.model.declarations import Control, Parameter, Rule, Variable
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.model import Model
from verifier.model.sorts import BOOL, BitsSort, EnumSort, FlagsSort, IntSort, MapSort, SetSort, Sort, values
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
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

HERE = Span("random.arc", 1, 1, 1, 1)
COLOUR = EnumSort("Colour", ("RED", "GREEN", "BLUE"), (0, 1, 2))
MODE = FlagsSort("Mode", ("A", "B"))
SMALL = IntSort(0, 2)
WORD = BitsSort(2)
STATE: dict[str, Sort] = {
    "c": COLOUR, "b": BOOL, "n": SMALL, "f": MODE, "w": WORD, "m": MapSort(BOOL, COLOUR), "s": SetSort(COLOUR),
}  # fmt: skip
PARAMETER = Param(BOOL, "p")


def constants(sort: Sort) -> st.SearchStrategy[Term]:
    """Constants of a finite sort."""
    return st.sampled_from([Const(sort, v) for v in values(sort)])


@st.composite
def terms(
    draw: st.DrawFn, sort: Sort, levels: tuple[int, ...], locals_: tuple[Local, ...] = (), depth: int = 2
) -> Term:
    """A term of a sort over the variables of STATE at some levels, and locals."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        known: list[Term] = [Var(s, n, i) for n, s in STATE.items() if s == sort for i in levels]
        known += [x for x in (*locals_, PARAMETER) if x.sort == sort]
        return draw(st.sampled_from(known) if known and draw(st.booleans()) else constants(sort))

    def sub(s: Sort, extra: tuple[Local, ...] = ()) -> Term:
        return draw(terms(s, levels, (*locals_, *extra), depth - 1))

    def app(result: Sort, op: Op, *sorts: Sort) -> Term:
        return App(result, op, tuple(sub(s) for s in sorts))

    choices = [lambda: ite(sub(BOOL), sub(sort), sub(sort))]
    if sort == BOOL:
        choices += _formulas(draw, sub, app, depth)
    if sort in (WORD, MODE):
        ops = [Op.BITAND, Op.BITOR, Op.BITXOR] + ([Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.SHR] if sort == WORD else [])
        choices += [lambda: app(sort, draw(st.sampled_from(ops)), sort, sort), lambda: app(sort, Op.BITNOT, sort)]
    if sort == COLOUR:
        choices += [lambda: app(COLOUR, Op.GET, STATE["m"], BOOL)]
    if isinstance(sort, MapSort):
        choices += [
            lambda: app(sort, Op.PUT, sort, BOOL, COLOUR),
            lambda: Bind(sort, Binder.EACH, _bound(BOOL, depth), sub(COLOUR)),
        ]
    if isinstance(sort, SetSort):
        choices += [
            lambda: app(sort, Op.SET, COLOUR, COLOUR),
            lambda: Bind(sort, Binder.THOSE, x := _bound(COLOUR, depth), sub(BOOL, (x,))),
        ]
    return draw(st.sampled_from(choices))()


def _bound(sort: Sort, depth: int) -> Local:
    return Local(sort, f"d{depth}")


def _formulas(draw, sub, app, depth):  # type: ignore[no-untyped-def]
    def bound() -> Term:
        local = _bound(COLOUR, depth)
        return Bind(BOOL, draw(st.sampled_from([Binder.ALL, Binder.SOME, Binder.ONE])), local, sub(BOOL, (local,)))

    def equal() -> Term:
        sort = draw(st.sampled_from(list(STATE.values())))
        return eq(sub(sort), sub(sort))

    return [
        lambda: not_(sub(BOOL)),
        lambda: and_(sub(BOOL), sub(BOOL)),
        lambda: or_(sub(BOOL), sub(BOOL)),
        lambda: implies(sub(BOOL), sub(BOOL)),
        equal,
        equal,
        lambda: app(BOOL, Op.LT, SMALL, SMALL),
        lambda: app(BOOL, Op.LE, WORD, WORD),
        lambda: app(BOOL, Op.IN, COLOUR, SetSort(COLOUR)),
        bound,
    ]


def _assignments(name: str) -> st.SearchStrategy[Term]:
    sort = STATE[name]
    after = Var(sort, name, 1)
    if name == "n":
        raised = ite(
            App(BOOL, Op.LT, (Var(SMALL, "n"), Const(SMALL, 2))),
            App(IntSort(1, 3), Op.ADD, (Var(SMALL, "n"), Const(IntSort(1, 1), 1))),
            Const(SMALL, 0),
        )
        return st.one_of(
            terms(sort, (0,)).map(lambda e: eq(after, e)), st.just(eq(after, App(SMALL, Op.FIT, (raised,))))
        )
    return terms(sort, (0,)).map(lambda e: eq(after, e))


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    """A rule that changes one or two variables; sometimes it leaves a choice open."""
    parameters = (Local(COLOUR, "x"),) if draw(st.booleans()) else ()
    guard = draw(terms(BOOL, (0,), parameters))
    changed = draw(st.lists(st.sampled_from(["c", "b", "n", "f"]), min_size=1, max_size=2, unique=True))
    constraints = [draw(_assignments(n)) for n in changed]
    if draw(st.integers(0, 4)) == 0:
        constraints[-1] = draw(terms(BOOL, (0, 1), parameters, 1))
    if parameters and "c" in changed and draw(st.booleans()):
        constraints[changed.index("c")] = eq(Var(COLOUR, "c", 1), parameters[0])
    return Rule(name, parameters, guard, tuple(constraints), tuple(changed), None, (), None, (), HERE)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A machine with a parameter p and one to three rules. The variables w, m and s never change."""
    names = ["go", "turn", "halt"][: draw(st.integers(1, 3))]
    made = tuple(draw(rules(n)) for n in names)
    fixed = {"w": 1, "m": ("RED", "BLUE"), "s": frozenset({"RED"}), "f": 0}
    init = [eq(Var(STATE[n], n), Const(STATE[n], v)) for n, v in fixed.items()]
    init.append(draw(terms(BOOL, (0,), (), 1)))
    return Model(
        "random", None, Source("random.arc", ""), {"Colour": COLOUR, "Mode": MODE},
        (Parameter("p", BOOL, TRUE, None, HERE),), (), tuple(Variable(n, s, None, HERE) for n, s in STATE.items()),
        (), (), tuple(init), made, (), Control("c", COLOUR),
    )  # fmt: skip


LINEAR = ("X", "F", "G", "U", "R", "W")
BRANCHING = tuple(a + b for a in "AE" for b in LINEAR)
CONNECTIVES = ("not", "and", "or", "implies", "iff")


def formulas(
    conditions: st.SearchStrategy[Term], operators: tuple[str, ...], depth: int = 3
) -> st.SearchStrategy[Formula]:
    """A formula of temporal logic with these operators."""
    leaf = conditions.map(Now)
    if depth == 0:
        return leaf
    inner = formulas(conditions, operators, depth - 1)

    def applied(name: str) -> st.SearchStrategy[Formula]:
        count = 1 if name == "not" or (name not in CONNECTIVES and name[-1] in "XFG") else 2
        return st.tuples(*[inner] * count).map(lambda parts: Operator(name, parts))

    return st.one_of(leaf, st.sampled_from((*CONNECTIVES, *operators, *operators)).flatmap(applied))


def claims(model: Model) -> st.SearchStrategy[Claim]:
    """A claim about states or runs of the model."""
    names = tuple(r.name for r in model.rules)
    state = terms(BOOL, (0,))
    fair = st.sampled_from([(), names[:1], names])
    return st.one_of(
        state.map(Always),
        state.map(Reachable),
        terms(BOOL, (0, 1)).map(EveryStep),
        st.builds(OnlyVia, state, st.sampled_from([names[:1], names])),
        st.just(Deterministic(names)),
        st.sampled_from([FALSE, eq(Var(COLOUR, "c"), Const(COLOUR, "RED"))]).map(NoDeadlock),
        st.builds(Recoverable, state, state),
        st.builds(LeadsTo, state, state, st.sampled_from([(), names[:1], names])),
        st.builds(Ltl, formulas(terms(BOOL, (0, 1), (), 1), LINEAR), fair, fair),
        st.builds(Ctl, formulas(terms(BOOL, (0,), (), 1), BRANCHING)),
    )
