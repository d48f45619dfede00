"""Small random machines and properties, as far as SPIN or Rumur has words for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import COLOUR, HERE, SMALL, STATE, formulas, models, terms
from tests.machines import LINEAR as OPERATORS
from verifier.model.claims import (
    Always,
    Claim,
    EveryStep,
    LeadsTo,
    Ltl,
    Never,
    NoDeadlock,
    Property,
    Reachable,
    Recoverable,
)  # fmt: skip
from verifier.model.declarations import Rule
from verifier.model.formulas import Operator
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort, MapSort
from verifier.model.terms import FALSE, TRUE, App, Const, Local, Op, Term, Var, eq, not_, or_

KINDS = ("always", "never", "step", "deadlock", "leads", "recover", "reach", "linear", "fair", "strong")
LINEAR = ("linear", "fair", "strong")
"""The kinds of formulas of linear time."""


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    """A rule that changes one to three variables of any sort, sometimes leaves a choice, sometimes counts too far."""
    parameters = draw(st.sampled_from([(), (Local(COLOUR, "x"),), (Local(COLOUR, "x"), Local(BOOL, "y"))]))
    changed = draw(st.lists(st.sampled_from(list(STATE)), min_size=1, max_size=3, unique=True))
    guard = draw(terms(BOOL, (0,), parameters))
    constraints = [draw(_assignment(n, parameters)) for n in changed]
    if draw(st.integers(0, 4)) == 0:
        constraints[-1] = draw(terms(BOOL, (0, 1), parameters, 1))
    return Rule(name, parameters, guard, tuple(constraints), tuple(changed), None, (), None, (), HERE)


@st.composite
def _assignment(draw: st.DrawFn, name: str, parameters: tuple[Local, ...]) -> Term:
    sort = STATE[name]
    after = Var(sort, name, 1)
    if name == "n" and draw(st.integers(0, 3)) == 0:
        raised = App(IntSort(1, 3), Op.ADD, (Var(SMALL, "n"), Const(IntSort(1, 1), 1)))
        return eq(after, App(SMALL, Op.FIT, (raised,)))
    if isinstance(sort, MapSort) and draw(st.booleans()):
        key, value = draw(terms(BOOL, (0,), parameters, 1)), draw(terms(COLOUR, (0,), parameters, 1))
        return eq(after, App(sort, Op.PUT, (Var(sort, name), key, value)))
    return eq(after, draw(terms(sort, (0,), parameters)))


@st.composite
def machines(draw: st.DrawFn) -> Model:
    """A machine with a property of each of KINDS."""
    model = draw(models())
    own = tuple(draw(rules(f"own{i}")) for i in range(draw(st.integers(0, 3))))
    some_start = or_(model.init[-1], eq(Var(COLOUR, "c"), Const(COLOUR, "RED")))
    init = (*model.init[:-1], some_start)
    rules_ = (*model.rules, *own)
    claims = {kind: draw(_linear(kind, rules_) if kind in LINEAR else _claim(kind)) for kind in KINDS}
    properties = tuple(_property(kind, claim) for kind, claim in claims.items())
    return replace(model, init=init, rules=rules_, properties=properties)


@st.composite
def _linear(draw: st.DrawFn, kind: str, rules: Sequence[Rule]) -> Claim:
    """A formula of linear time, about fair runs perhaps; the conditions are on steps, too."""
    some = draw(st.lists(st.sampled_from([r.name for r in rules]), min_size=1, max_size=2, unique=True))
    conditions = st.one_of(terms(BOOL, (0,), (), 1), terms(BOOL, (0,), (), 1), terms(BOOL, (0, 1), (), 1))
    if kind == "linear":
        return Ltl(draw(formulas(conditions, OPERATORS, 2)))
    name = draw(st.sampled_from("FG"))
    inner = Operator("F" if name == "G" else "G", (draw(formulas(conditions, OPERATORS, 1)),))
    formula = draw(st.sampled_from([Operator(name, (inner,)), inner]))
    return Ltl(formula, tuple(some)) if kind == "fair" else Ltl(formula, tuple(some[1:]), tuple(some[:1]))


def _property(name: str, claim: Claim) -> Property:
    return Property(name, claim, name, TRUE, None, (), False, False, "error", HERE)


@st.composite
def _claim(draw: st.DrawFn, kind: str) -> Claim:
    """A claim of a kind; of two terms drawn the one that is less likely to be decided by the initial state."""
    state = draw(terms(BOOL, (0,), (), 2))
    match kind:
        case "always":
            return Always(draw(terms(BOOL, (0,), (), 3)))
        case "never":
            return Never(state)
        case "step":
            return EveryStep(draw(terms(BOOL, (0, 1))))
        case "deadlock":
            return NoDeadlock(draw(st.sampled_from([FALSE, state])))
        case "leads":
            return LeadsTo(state, draw(terms(BOOL, (0,))), ())
        case "recover":
            return Recoverable(not_(state), TRUE)
        case _:
            return Reachable(state)


def drawn(number: int, start: int) -> list[Model]:
    """Return so many machines, the same for the same `start`: drawn from random bytes, since what else Hypothesis draws
    depends on the modules that happen to be loaded."""
    found: list[Model] = []

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(machines())
    def keep(machine: Model) -> None:
        found.append(machine)

    chance = random.Random(start)
    while len(found) < number:
        keep.hypothesis.fuzz_one_input(chance.randbytes(1 << 14))  # type: ignore[attr-defined]
    return found
