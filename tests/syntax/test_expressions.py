"""Expressions: every form, and what binds tighter than what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verifier.diagnostics import Source
from verifier.syntax import parse_expression, tree

Shown = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a iff b implies c", "(a iff (b implies c))"),
        ("a iff b iff c", "((a iff b) iff c)"),
        ("a implies b implies c", "(a implies (b implies c))"),
        ("a implies b or c", "(a implies (b or c))"),
        ("a or b and c", "(a or (b and c))"),
        ("a and b and c", "(a and b and c)"),
        ("a and (b and c)", "(a and (b and c))"),
        ("not a and b", "((not a) and b)"),
        ("not a == b", "(not (a == b))"),
        ("not not a", "(not (not a))"),
        ("a == b | c", "(a == (b | c))"),
        ("a | b ^ c & d", "(a | (b ^ (c & d)))"),
        ("a & b << 1", "(a & (b << 1))"),
        ("a << b + 1", "(a << (b + 1))"),
        ("a - b - c", "((a - b) - c)"),
        ("a + b * c", "(a + (b * c))"),
        ("a * -b", "(a * (- b))"),
        ("~a & b", "((~ a) & b)"),
        ("-x'", "(- x')"),
        ("x' == x + 1", "(x' == (x + 1))"),
        ("a in s and b not in s", "((a in s) and (b not in s))"),
        ("a in b | c", "(a in (b | c))"),
        ("a not\n in b", "(a not in b)"),
    ],
)
def test_tighter_operators_bind_first(expression: Shown, text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "|", "^", "&", "<<", ">>", "*"])
def test_each_operator_makes_a_binary_node(expression: Shown, operator: str) -> None:
    assert expression(f"a {operator} b") == f"(a {operator} b)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if c then a else b + 1", "If(condition=c, then=a, otherwise=(b + 1))"),
        ("1 + if c then a else b + 1", "(1 + If(condition=c, then=a, otherwise=(b + 1)))"),
        ("(if c then a else b) + 1", "(If(condition=c, then=a, otherwise=b) + 1)"),
        ("let x = a == b in x or y", "Let(name=x, value=(a == b), body=(x or y))"),
        ("let x = (a in s) in x", "Let(name=x, value=(a in s), body=x)"),
        ("let x = a and not b implies c iff d in x", "Let(name=x, value=(((a and (not b)) implies c) iff d), body=x)"),
        ("let x = a in x in s", "Let(name=x, value=a, body=(x in s))"),
        ("all d in T: p(d) and q", "Quantified(kind='all', name=d, domain=T, body=(p(d) and q))"),
        ("a and some d in {A, B}: d == x", "(a and Quantified(kind='some', name=d, domain={A, B}, body=(d == x)))"),
        ("count d in T: b[d]", "Quantified(kind='count', name=d, domain=T, body=Index(base=b, key=d))"),
        (
            "one i in int 0..3: i == x",
            "Quantified(kind='one', name=i, domain=TypeSet(type=IntType(low=0, high=3)), body=(i == x))",
        ),
        ("each d in T: 0", "Quantified(kind='each', name=d, domain=T, body=0)"),
        ("those d in T: m[d]", "Quantified(kind='those', name=d, domain=T, body=Index(base=m, key=d))"),
    ],
)
def test_if_let_and_quantifiers_extend_as_far_right_as_they_can(expression: Shown, text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m[k]", "Index(base=m, key=k)"),
        ("m'[k][j]", "Index(base=Index(base=m', key=k), key=j)"),
        ("m with [k] = v + 1", "With(base=m, key=k, value=(v + 1))"),
        ("m with [a] = 1 with [b] = 2", "With(base=With(base=m, key=a, value=1), key=b, value=2)"),
        ("m with [k] = v == w", "(With(base=m, key=k, value=v) == w)"),
        ("f(a, b + 1)", "f(a, (b + 1))"),
        ("f(a)[k]", "Index(base=f(a), key=k)"),
        ("{}", "{}"),
        ("{a, b,}", "{a, b}"),
        ("x in bool", "(x in TypeSet(type=BoolType()))"),
        ("x in bits[3]", "(x in TypeSet(type=BitsType(width=3)))"),
        ("x in set of T", "(x in TypeSet(type=SetType(element=T)))"),
        ("true implies false", "(true implies false)"),
        ("((a))", "a"),
    ],
)
def test_each_form_has_its_node(expression: Shown, text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "is_word"), [("0", 0, False), ("12", 12, False), ("0b101", 5, True), ("0x1F", 31, True)]
)
def test_a_number_keeps_how_it_was_written(text: str, value: int, is_word: bool) -> None:
    number = parse_expression(Source("n.arc", text))
    assert isinstance(number, tree.Number)
    assert (number.value, number.text, number.is_word) == (value, text, is_word)


def test_a_bracket_after_a_space_does_not_make_a_call(errors: Callable[[str], list[str]], declaration: Shown) -> None:
    assert declaration("rule r { x' = a (b or c) }") == (
        "RuleDecl(name=r, constraints=[Assign(target=x, value=a), (b or c)])"
    )
    assert (
        declaration("rule r { x' = a(b or c) }")
        == "RuleDecl(name=r, constraints=[Assign(target=x, value=a((b or c)))])"
    )


@pytest.mark.parametrize(
    "word",
    [
        "a",
        "c",
        "path",
        "step",
        "only",
        "via",
        "to",
        "is",
        "ok",
        "note",
        "error",
        "warning",
        "length",
        "violated",
        "deadlock",
        "leads",
        "reached",
        "shortest",
    ],
)
def test_words_of_the_claims_are_names_elsewhere(expression: Shown, word: str) -> None:
    assert expression(f"{word}({word}' + {word})") == f"{word}(({word}' + {word}))"


def test_comments_and_white_space_say_nothing(expression: Shown) -> None:
    assert expression("a # or b\r\n\t and c # d") == "(a and c)"
