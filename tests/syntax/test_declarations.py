"""Declarations: every form, with and without its optional parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verifier.diagnostics import Source
from verifier.syntax import parse

Shown = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('source s = "where"', "SourceDecl(name=s, where='where')"),
        ("enum T { A }", "EnumDecl(name=T, values=[EnumValue(name=A)])"),
        (
            'enum T { A, B = 4, C = -1 "doc", } "all"',
            (
                "EnumDecl(name=T, values=[EnumValue(name=A), EnumValue(name=B, number=4),"
                " EnumValue(name=C, number=-1, doc='doc')], doc='all')"
            ),
        ),
        ('flags T { A, B "b" } "t"', "FlagsDecl(name=T, bits=[FlagBit(name=A), FlagBit(name=B, doc='b')], doc='t')"),
        (
            'flags T { A } named N = {} M = {A} "m" K = 0b1',
            (
                "FlagsDecl(name=T, bits=[FlagBit(name=A)], named=[NamedValue(name=N, value={}),"
                " NamedValue(name=M, value={A}, doc='m'), NamedValue(name=K, value=0b1)])"
            ),
        ),
        ("index T[3]", "IndexDecl(name=T, size=3)"),
        ('index T[3] "three"', "IndexDecl(name=T, size=3, doc='three')"),
        ("opaque T", "OpaqueDecl(name=T)"),
        ("fun f(T, bool): V", "FunDecl(name=f, arguments=[T, BoolType()], result=V)"),
        ("param x: bool", "ParamDecl(name=x, type=BoolType())"),
        (
            'param x: int 0..9 where x > 2 "doc"',
            "ParamDecl(name=x, type=IntType(low=0, high=9), where=(x > 2), doc='doc')",
        ),
        ("var x: T", "VarDecl(name=x, type=T)"),
        (
            'var x: int -3..3 = 0 "doc"',
            "VarDecl(name=x, type=IntType(low=-3, high=3), initial=Initial(value=0), doc='doc')",
        ),
        ("var x: T in {A, B}", "VarDecl(name=x, type=T, initial=Initial(value={A, B}, choice=True))"),
        ("var x: bits[8] = 0x0f", "VarDecl(name=x, type=BitsType(width=8), initial=Initial(value=0x0f))"),
        ("var m: T -> U -> bool", "VarDecl(name=m, type=MapType(key=T, value=MapType(key=U, value=BoolType())))"),
        ("var m: set of T -> U", "VarDecl(name=m, type=MapType(key=SetType(element=T), value=U))"),
        (
            "var m: (T -> U) -> set of (A -> B)",
            (
                "VarDecl(name=m, type=MapType(key=MapType(key=T, value=U),"
                " value=SetType(element=MapType(key=A, value=B))))"
            ),
        ),
        ("control x", "ControlDecl(variable=x)"),
        ("def n = 3", "DefDecl(name=n, body=3)"),
        (
            'def f(a: T, b: bool) = b "doc"',
            (
                "DefDecl(name=f, parameters=[Parameter(name=a, type=T), Parameter(name=b, type=BoolType())],"
                " body=b, doc='doc')"
            ),
        ),
        ('assume a or b "doc"', "AssumeDecl(condition=(a or b), doc='doc')"),
        (
            'enum T was S { A was B = 1 "doc", C }',
            "EnumDecl(name=T, was=[S], values=[EnumValue(name=A, was=[B], number=1, doc='doc'), EnumValue(name=C)])",
        ),
        ("flags T was S { A was B }", "FlagsDecl(name=T, was=[S], bits=[FlagBit(name=A, was=[B])])"),
        ("index T was S[3]", "IndexDecl(name=T, was=[S], size=3)"),
        ("opaque T was S", "OpaqueDecl(name=T, was=[S])"),
        ("fun f was g(T): V", "FunDecl(name=f, was=[g], arguments=[T], result=V)"),
        ("param x was y: bool", "ParamDecl(name=x, was=[y], type=BoolType())"),
        ("var x was y: T", "VarDecl(name=x, was=[y], type=T)"),
        ("var was was is: T", "VarDecl(name=was, was=[is], type=T)"),
        ("rule r was s, t(p: T) { }", "RuleDecl(name=r, was=[s, t], parameters=[Parameter(name=p, type=T)])"),
        (
            "arc r was s: A -> B",
            "ArcDecl(name=r, was=[s], origin=Endpoint(place=A), target=Endpoint(place=B))",
        ),
        ("property p was q always was", "PropertyDecl(name=p, was=[q], claim=Always(condition=was))"),
    ],
)
def test_each_declaration_has_its_node(declaration: Shown, text: str, expected: str) -> None:
    assert declaration(text) == expected


@pytest.mark.parametrize("claim", ["was == A leads to x", "was leads to x", "was reached only via r"])
def test_a_variable_called_was_may_begin_a_claim(declaration: Shown, claim: str) -> None:
    assert declaration(f"property p {claim}") == declaration(f'property p "" {claim}').replace(", doc=''", "")


def test_a_table_says_its_former_name_before_its_type(declaration: Shown) -> None:
    assert declaration("table f was g: A -> B\n| A1 |\n| B1 |").startswith("TableDecl(name=f, was=[g], arguments=[A]")


def test_a_table_keeps_its_grid_line_by_line(declaration: Shown) -> None:
    text = """table f: A, B -> C "doc" from c "drivers/x.c" table x_table
      |    | B1 | B2 |    # the header
      | A1 | 0 | -1 |
      | A2 | {X, Y} | true |
    """
    assert declaration(text) == (
        "TableDecl(name=f, arguments=[A, B], result=C, binding=Binding(file='drivers/x.c', table=x_table),"
        " rows=[Row(cells=[None, B1, B2]), Row(cells=[A1, 0, (- 1)]), Row(cells=[A2, {X, Y}, true])], doc='doc')"
    )


def test_two_bars_side_by_side_hold_an_empty_cell(declaration: Shown) -> None:
    text = "table f: A, A, B -> C\n||| B1 |\n|A1|A2| 0 |"
    assert declaration(text) == (
        "TableDecl(name=f, arguments=[A, A, B], result=C, rows=[Row(cells=[None, None, B1]), Row(cells=[A1, A2, 0])])"
    )


def test_a_grid_ends_where_the_next_declaration_begins() -> None:
    spec = parse(Source("t.arc", "machine m\ntable f: A -> B\n| A1 |\n| B1 |\nvar x: bits[2] = a\n  | b\n"))
    assert [type(d).__name__ for d in spec.declarations] == ["TableDecl", "VarDecl"]


def test_a_spec_has_a_name_a_doc_and_its_declarations_in_order() -> None:
    spec = parse(Source("s.arc", 'machine m "one"\n  "two"\nvar x: bool control x\nvar y: bool'))
    assert (spec.name.name, spec.doc) == ("m", "one two")
    assert [type(d).__name__ for d in spec.declarations] == ["VarDecl", "ControlDecl", "VarDecl"]


def test_strings_that_follow_each_other_are_one_text(declaration: Shown) -> None:
    assert declaration('source s = "a" "b "\n "c"') == "SourceDecl(name=s, where='a b c')"


def test_a_backslash_protects_only_quotes_and_itself(declaration: Shown) -> None:
    assert declaration(r'source s = "a \"b\" \\ \n #"') == r"""SourceDecl(name=s, where='a "b" \\ \\n #')"""


def test_equal_trees_are_equal_wherever_they_stand() -> None:
    one = parse(Source("a.arc", "machine m var x: int 0..3 = 1"))
    two = parse(Source("b.arc", "\n\nmachine m\n  var x:\n  int 0 .. 3 = 1"))
    assert one == two
    assert hash(one) == hash(two)
    assert one != parse(Source("a.arc", "machine m var x: int 0..3 = 2"))
