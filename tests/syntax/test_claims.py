"""Claims and the clauses around them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verifier.diagnostics import Source
from verifier.syntax import parse, tree

Shown = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("always a implies b", "Always(condition=(a implies b))"),
        ("never a", "Never(condition=a)"),
        ("every step x' >= x", "EveryStep(condition=(x' >= x))"),
        ("reachable a", "Reachable(condition=a)"),
        ("a == b reached only via r, s.fails", "OnlyVia(condition=(a == b), rules=[r, s.fails])"),
        ("every r equals a path of s", "EqualsPath(targets=[r], steps=[s])"),
        (
            (
                "every r, q where start != goal equals a path of s, t where goal == A"
                " of length 2..4 through v(x) observing x, y"
            ),
            (
                "EqualsPath(targets=[r, q], target_where=(start != goal), steps=[s, t], step_where=(goal == A),"
                " length=Length(low=2, high=4), through=v(x), observing=[x, y])"
            ),
        ),
        (
            "every r equals a path of s observing x through v of length 3 where w",
            "EqualsPath(targets=[r], steps=[s], step_where=w, length=Length(low=3, high=3), through=v, observing=[x])",
        ),
        ("basis of s", "Basis(rules=[s])"),
        (
            "basis of s, t is single(start, goal) of length 1..3 observing x",
            "Basis(rules=[s, t], chosen=single(start, goal), length=Length(low=1, high=3), observing=[x])",
        ),
        ("routes s shortest", "Routes(rules=[s])"),
        (
            "routes s, t shortest through a except b blocked c as ERROR matching f",
            "Routes(rules=[s, t], through=a, excluded=b, blocked=c, blocked_as=ERROR, matching=f)",
        ),
        ("routes s shortest blocked c", "Routes(rules=[s], blocked=c)"),
        ("deterministic", "Deterministic()"),
        ("deterministic r, s.fails", "Deterministic(rules=[r, s.fails])"),
        ("no deadlock", "NoDeadlock()"),
        ("no deadlock except a or b", "NoDeadlock(excluded=(a or b))"),
        ("recoverable a from b", "Recoverable(goal=a, origin=b)"),
        ("a leads to b", "LeadsTo(trigger=a, response=b)"),
        ("a leads to b assuming fair r, s", "LeadsTo(trigger=a, response=b, fair=[r, s])"),
        ("ltl G a implies F b", "Ltl(formula=(G(a) implies F(b)))"),
        ("ltl always a implies eventually next b", "Ltl(formula=(G(a) implies F(X(b))))"),
        ("ltl a U b U c", "Ltl(formula=U(a, U(b, c)))"),
        ("ltl a until b weak until c release d", "Ltl(formula=U(a, W(b, R(c, d))))"),
        ("ltl a and b W c or d", "Ltl(formula=((a and W(b, c)) or d))"),
        ("ltl not F x' == F", "Ltl(formula=(not F((x' == F))))"),
        ("ltl G(p) assuming fair r, U assuming strongly fair s", "Ltl(formula=G(p), fair=[r, U], strong=[s])"),
        ("ltl strongly assuming strongly fair s assuming fair r", "Ltl(formula=strongly, fair=[r], strong=[s])"),
        ("ctl AG (a implies EF b)", "Ctl(formula=AG((a implies EF(b))))"),
        ("ctl A[a U b] and E[a W AX b]", "Ctl(formula=(AU(a, b) and EW(a, AX(b))))"),
        ("ctl A == E", "Ctl(formula=(A == E))"),
        ("always G and weak and until", "Always(condition=(G and weak and until))"),
        ('f matches c "x.c" table t', "Matches(table=f, binding=Binding(file='x.c', table=t))"),
    ],
)
def test_each_claim_has_its_node(claim: Shown, text: str, expected: str) -> None:
    assert claim(text) == expected


CLAUSES = 'cite s "p" assuming a "doc" expect violated severity note vacuous ok'


@pytest.mark.parametrize(
    "text",
    [
        f"{CLAUSES} always x",
        f"always x {CLAUSES}",
        'cite s "p" assuming a always x "doc" expect violated severity note vacuous ok',
    ],
)
def test_clauses_stand_before_or_after_the_claim(declaration: Shown, text: str) -> None:
    assert declaration(f"property p {text}") == (
        "PropertyDecl(name=p, claim=Always(condition=x), doc='doc', cites=[Cite(source=s, passage='p')], assuming=a,"
        " expect_violated=True, vacuous_ok=True, severity='note')"
    )


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_a_severity_is_one_of_three(declaration: Shown, severity: str) -> None:
    assert declaration(f"property p deterministic severity {severity}") == (
        f"PropertyDecl(name=p, claim=Deterministic(), severity='{severity}')"
    )


def test_assuming_fair_belongs_to_the_claim_and_assuming_to_the_property(declaration: Shown) -> None:
    assert declaration("property p a leads to b assuming fair r assuming c") == (
        "PropertyDecl(name=p, claim=LeadsTo(trigger=a, response=b, fair=[r]), assuming=c)"
    )
    assert declaration("property p assuming c a leads to b") == (
        "PropertyDecl(name=p, claim=LeadsTo(trigger=a, response=b), assuming=c)"
    )


def test_operators_of_temporal_logic_are_names_elsewhere(declaration: Shown) -> None:
    assert declaration("property p ltl F a assuming fair F assuming G") == (
        "PropertyDecl(name=p, claim=Ltl(formula=F(a), fair=[F]), assuming=G)"
    )
    assert declaration("property p ltl F a assuming strongly") == (
        "PropertyDecl(name=p, claim=Ltl(formula=F(a)), assuming=strongly)"
    )


def test_the_place_of_a_claim_is_the_claim_alone() -> None:
    text = 'machine m property p "doc"\n  always a and\n   b\n  expect violated'
    (only,) = parse(Source("c.arc", text)).declarations
    assert isinstance(only, tree.PropertyDecl)
    span = only.claim.span
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 3, 3, 5)
