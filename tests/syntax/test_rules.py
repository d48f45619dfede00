"""Rules and arcs: clauses in any order, constraints, failures."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

Shown = Callable[[str], str]


def test_a_rule_without_clauses_is_only_its_constraints(declaration: Shown) -> None:
    assert declaration("rule r { }") == "RuleDecl(name=r)"


def test_constraints_need_no_separator_and_may_have_one(declaration: Shown) -> None:
    expected = (
        "RuleDecl(name=r, constraints=[Assign(target=x, value=(a and b)), Choose(target=y, domain={A, B}),"
        " Choose(target=z, domain=T), (x' == y'), (not c)])"
    )
    assert declaration("rule r { x' = a and b  y' in {A, B}  z' in T  x' == y'  not c }") == expected
    assert declaration("rule r { x' = a and b; y' in {A, B}; z' in T; x' == y'; not c; }") == expected


def test_a_minus_after_a_constraint_goes_on_with_it_unless_a_semicolon_stands_between(declaration: Shown) -> None:
    assert (
        declaration("rule r { x' = a\n -b == c }")
        == "RuleDecl(name=r, constraints=[Assign(target=x, value=((a - b) == c))])"
    )
    assert (
        declaration("rule r { x' = a;\n -b == c }")
        == "RuleDecl(name=r, constraints=[Assign(target=x, value=a), ((- b) == c)])"
    )


def test_a_membership_inside_a_larger_condition_is_no_choice(declaration: Shown) -> None:
    assert declaration("rule r { x' in A or b }") == "RuleDecl(name=r, constraints=[((x' in A) or b)])"


@pytest.mark.parametrize("order", [o for o in itertools.permutations(range(5)) if o.index(0) < o.index(2)][::7])
def test_clauses_of_a_rule_come_in_any_order(declaration: Shown, order: tuple[int, ...]) -> None:
    clauses = ['"doc"', "by user", 'cite t, s "p"', "tag a, b", "when g"]
    text = " ".join(clauses[i] for i in order)
    assert declaration(f"rule r(p: T) {text} {{ }}") == (
        "RuleDecl(name=r, parameters=[Parameter(name=p, type=T)], doc='doc', actor=user,"
        " cites=[Cite(source=t), Cite(source=s, passage='p')], tags=[a, b], guard=g)"
    )


def test_a_text_behind_a_passage_belongs_to_the_passage(declaration: Shown) -> None:
    assert declaration('rule r cite s "p" "q" { }') == "RuleDecl(name=r, cites=[Cite(source=s, passage='p q')])"


def test_cite_may_stand_more_than_once(declaration: Shown) -> None:
    assert declaration('rule r cite s "p" cite t { }') == (
        "RuleDecl(name=r, cites=[Cite(source=s, passage='p'), Cite(source=t)])"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A -> B", "origin=Endpoint(place=A), target=Endpoint(place=B)"),
        ("any -> {A, B}", "origin=Endpoint(any=True), target=Endpoint(place={A, B})"),
        ("{} -> 0b101", "origin=Endpoint(place={}), target=Endpoint(place=0b101)"),
        ("{{A}, B} -> {}", "origin=Endpoint(place={{A}, B}), target=Endpoint(place={})"),
        ("A -> any", "origin=Endpoint(place=A), target=Endpoint(any=True)"),
        (
            "A -> B when g { x' = 1 }",
            "origin=Endpoint(place=A), target=Endpoint(place=B), guard=g, constraints=[Assign(target=x, value=1)]",
        ),
        (
            "A -> B fails -> C",
            "origin=Endpoint(place=A), target=Endpoint(place=B), fails=Fails(target=Endpoint(place=C))",
        ),
        (
            "A -> B fails -> stay",
            "origin=Endpoint(place=A), target=Endpoint(place=B), fails=Fails(target=Endpoint(stay=True))",
        ),
        (
            "A -> B fails -> {stay}",
            "origin=Endpoint(place=A), target=Endpoint(place=B), fails=Fails(target=Endpoint(stay=True))",
        ),
        (
            'A -> B "doc" { } fails -> {C, stay} "f" { x\' = 2 }',
            (
                "origin=Endpoint(place=A), target=Endpoint(place=B), doc='doc', fails=Fails("
                "target=Endpoint(place={C}, stay=True), doc='f', constraints=[Assign(target=x, value=2)])"
            ),
        ),
    ],
)
def test_an_arc_leads_from_one_place_to_another(declaration: Shown, text: str, expected: str) -> None:
    assert declaration(f"arc r: {text}") == f"ArcDecl(name=r, {expected})"


def test_an_arc_may_have_parameters(declaration: Shown) -> None:
    assert declaration("arc r(p: T): A -> B") == (
        "ArcDecl(name=r, parameters=[Parameter(name=p, type=T)], origin=Endpoint(place=A), target=Endpoint(place=B))"
    )
