"""Errors: all of them at once, in the user's words, with the likely repair."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verifier.diagnostics import Source, SpecError
from verifier.syntax import parse_expression

Errors = Callable[[str], list[str]]


def test_each_declaration_reports_its_own_errors(errors: Errors) -> None:
    text = """machine m
var x bool
rule r when x = 3 { y' == x && z }
arc a: STOP RUNNING
property p always x < y < z
rule s { y' = }
property q never
property fine always x
"""
    assert errors(text) == [
        "ARC001 2:7 expected `:`, found `bool`",
        (
            "ARC009 3:15 `=` has no meaning here"
            " | `==` compares; `x' = e` as a constraint of its own gives x its next value"
        ),
        "ARC009 3:29 `&&` is not in the language | write `and`",
        "ARC001 4:13 expected `->`, found `RUNNING`",
        "ARC010 5:19 `<` and `<` are chained: a comparison has two sides | write `x < y and y < z`",
        "ARC001 6:15 expected an expression, found `}`",
        "ARC001 7:17 expected an expression before `property`",
    ]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("&&", "and"),
        ("||", "or"),
        ("=>", "implies"),
        ("->", "implies"),
        ("<=>", "iff"),
        ("<->", "iff"),
        ("<>", "!="),
        ("===", "=="),
    ],
)
def test_an_operator_of_another_language_is_named_in_this_one(errors: Errors, wrong: str, right: str) -> None:
    (error,) = errors(f"machine m property p always a {wrong} b")
    assert error.startswith("ARC009 1:")
    assert error.endswith(f"| write `{right}`")


def test_an_exclamation_mark_is_not_a_negation_but_may_be_unequal(errors: Errors) -> None:
    assert errors("machine m property p always !a and b != c") == [
        "ARC009 1:29 `!` is not in the language | write `not`"
    ]


def test_a_sign_without_a_counterpart_is_refused(errors: Errors) -> None:
    assert errors("machine m property p always a / b == c % d") == [
        "ARC009 1:31 `/` is not in the language | there is no division"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rul r { }", "ARC007 2:1 expected a declaration, found `rul` | did you mean `rule`?"),
        ("const n = 3", "ARC007 2:1 expected a declaration, found `const` | did you mean `def`?"),
        (
            "rule r wehn x { }",
            "ARC001 2:8 expected `(`, `by`, `cite`, `tag`, `when` or `{`, found `wehn` | did you mean `when`?",
        ),
        ("property p no deadlok", "ARC001 2:15 expected `deadlock`, found `deadlok` | did you mean `deadlock`?"),
        (
            "var x: T\npropery p always x",
            "ARC007 3:1 expected a declaration, found `propery` | did you mean `property`?",
        ),
    ],
)
def test_a_misspelt_keyword_is_recognised(errors: Errors, text: str, expected: str) -> None:
    assert errors(f"machine m\n{text}") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("property p alway x == 1", "2:12 expected a claim, found `alway` | did you mean `always`?"),
        ("property p alwys (x)", "2:12 expected a claim, found `alwys` | did you mean `always`?"),
        ("property p nevr x", "2:12 expected a claim, found `nevr` | did you mean `never`?"),
        ("property p evry step x", "2:12 expected a claim, found `evry` | did you mean `every`?"),
        ("property p every stap x", "2:18 expected `step` or a name, found `stap` | did you mean `step`?"),
        ("property p determinstic r", "2:12 expected a claim, found `determinstic` | did you mean `deterministic`?"),
        (
            "property p recoverble x from true",
            "2:12 expected a claim, found `recoverble` | did you mean `recoverable`?",
        ),
        ("property p ltll G x", "2:12 expected a claim, found `ltll` | did you mean `ltl`?"),
        ("rule r when nott x { }", "2:13 expected an expression, found `nott` | did you mean `not`?"),
        ("rule r { y' = (forall i in I: v[i]) }", "2:16 expected an expression, found `forall` | did you mean `all`?"),
        ("rule r { y' = (exists i in I: v[i]) }", "2:16 expected an expression, found `exists` | did you mean `some`?"),
    ],
)
def test_a_misspelt_keyword_that_passes_for_a_name_is_recognised(errors: Errors, text: str, expected: str) -> None:
    assert errors(f"machine m\n{text}") == [f"ARC001 {expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "property p mode ON",
            "2:17 expected `leads to`, `matches`, `reached only via` or an operator, found `ON`",
        ),
        ("rule r { x' = {red blue} }", "2:20 expected `,`, found `blue`"),
        ("rule r when ready (x) { }", "2:19 expected `{`, found `(`"),
    ],
)
def test_a_name_that_is_like_no_keyword_stays_a_name(errors: Errors, text: str, expected: str) -> None:
    assert errors(f"machine m\n{text}") == [f"ARC001 {expected}"]


def test_what_follows_a_misspelt_keyword_is_read(errors: Errors) -> None:
    assert errors("machine m\nproperty p alway x and { y\nproperty q nevr x\nvar x bool") == [
        "ARC001 2:12 expected a claim, found `alway` | did you mean `always`?",
        "ARC008 2:27 expected `}` before `property`",
        "ARC001 3:12 expected a claim, found `nevr` | did you mean `never`?",
        "ARC001 4:7 expected `:`, found `bool`",
    ]


@pytest.mark.parametrize("word", ["when", "source", "index", "from"])
def test_a_keyword_cannot_be_a_name(errors: Errors, word: str) -> None:
    assert errors(f"machine m\nvar {word}: bool\nvar x: bool\nrule r {{ x' = {word} }}") == [
        f"ARC006 2:5 `{word}` is a keyword, not a name | choose another name",
        f"ARC006 4:15 `{word}` is a keyword, not a name | choose another name",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rule r { x' = 1\nrule s { }", "ARC008 2:16 expected `}` before `rule`"),
        ("rule r { x' = f(a\n  y' = b }", "ARC001 2:18 expected `)` before `y`"),
        ("rule r { x' = f(a b) }", "ARC001 2:19 expected `,`, found `b`"),
        ("rule r { x' = if a b else c }", "ARC001 2:20 expected `then`, found `b`"),
        ("rule r { let y = 3 y == x' }", "ARC001 2:20 expected `in`, found `y`"),
        ("rule r { all d T: p(d) }", "ARC001 2:16 expected `in`, found `T`"),
        ("property p x reached via r", "ARC001 2:22 expected `only`, found `via`"),
        ("table f: T -> U\n | A \n | B |", "ARC014 3:5 expected `|` at the end of the line"),
        ("rule r when f (x) { }", "ARC001 2:15 expected `{`, found `(`"),
        ("var x: bool;", "ARC001 2:12 unexpected `;` | a declaration needs no `;` at its end"),
        (
            "rule r { x' = 1, y' = 2 }",
            "ARC009 2:16 `,` has no meaning here | constraints are separated by `;` or by nothing",
        ),
        ("arc a: A : B", "ARC009 2:10 `:` has no meaning here | an arc leads from one place to another with `->`"),
    ],
)
def test_what_is_missing_or_too_much_is_named(errors: Errors, text: str, expected: str) -> None:
    assert expected in errors(f"machine m\n{text}")


def test_an_unclosed_bracket_points_to_where_it_was_opened() -> None:
    with pytest.raises(SpecError) as caught:
        parse_expression(Source("e.arc", "f(a) + g(b"))
    (diagnostic,) = caught.value.diagnostics
    (note,) = diagnostic.notes
    assert (diagnostic.code, note.message, str(note.span)) == ("ARC008", "`(` is here", "e.arc:1:9")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('use "o.arc" as a for d in T', "ARC015 2:1 not supported yet: `use`: a machine as a part of another"),
        (
            "index T",
            "ARC015 2:1 not supported yet: `index T`: any number of individuals | give a number: `index T[3]`",
        ),
        ("join r = a.r, b.s", "ARC015 2:1 not supported yet: `join`: rules that fire together"),
        ("rule r { x' = a[d].x }", "ARC015 2:15 not supported yet: `.x`: a variable of another machine"),
        (
            'property p refines "o.arc" where x = y',
            "ARC015 2:12 not supported yet: `refines`: one machine against another",
        ),
    ],
)
def test_a_form_that_is_not_supported_yet_is_refused_by_name(errors: Errors, text: str, expected: str) -> None:
    assert errors(f"machine m\n{text}\nvar fine: bool") == [expected]


def test_clauses_stand_at_most_once(errors: Errors) -> None:
    assert errors(
        'machine m\nrule r "a" by user "b" by device { }\nproperty p always x severity note severity error'
    ) == [
        "ARC012 2:20 a doc text stands twice",
        "ARC012 2:24 `by` stands twice",
        "ARC012 3:35 `severity` stands twice",
    ]
    assert errors("machine m\nproperty p every r equals a path of s of length 1 through a through b of length 2") == [
        "ARC012 2:61 `through` stands twice",
        "ARC012 2:71 `of length` stands twice",
    ]


def test_stay_stands_only_where_an_arc_may_fail(errors: Errors) -> None:
    assert errors("machine m\narc a: A -> {B, stay}") == [
        "ARC001 2:13 `stay` stands only after `fails ->` | name the value"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["ARC013 1:1 a spec begins with `machine NAME` | put `machine NAME` on the first line"]),
        ("var x: bool\nmachine m", ["ARC013 2:9 `machine` must be the first declaration"]),
        ("machine m\nmachine n", ["ARC013 2:9 one file describes one machine | use another file"]),
        ("mchine m\nvar x: bool", ["ARC007 1:1 expected a declaration, found `mchine` | did you mean `machine`?"]),
    ],
)
def test_a_spec_begins_with_its_machine(errors: Errors, text: str, expected: list[str]) -> None:
    assert [e for e in errors(text) if "ARC007" not in expected[0] or "ARC013" not in e] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'source s = "a',
            [
                (
                    "ARC003 2:12 this string is not closed on its line"
                    ' | close it with `"`; strings that follow each other are one text'
                ),
            ],
        ),
        (
            "var x: bits[0b12]",
            ["ARC004 2:13 `0b12` is not a number | a name begins with a letter; a number is `12`, `0b1100` or `0x0c`"],
        ),
        ("var x: bits[010]", ["ARC004 2:13 `010` is not a number | write `10`; octal numbers are not in the language"]),
        ("rule r when a \u2260 b { }", ["ARC002 2:15 unexpected character `\u2260` | write `!=`"]),
        (
            "source s = \u201ca\u201d",
            ['ARC002 2:12 unexpected character `\u201c` | texts stand in straight quotes, `"`'],
        ),
        ("var \x07\x1b\u200b x: bool", ["ARC002 2:5 unexpected characters"]),
    ],
)
def test_what_is_no_word_of_the_language_is_reported(errors: Errors, text: str, expected: list[str]) -> None:
    assert errors(f"machine m\n{text}")[:1] == expected


def test_an_error_right_behind_another_is_not_reported(errors: Errors) -> None:
    assert errors("machine m\nvar x = = = = 3\nvar y: = bool") == [
        "ARC001 2:7 expected `:`, found `=`",
        "ARC001 3:8 expected a type, found `=`",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an expression before the end of the file"),
        ("a b", "expected an operator, found `b`"),
        ("a = b", "`=` has no meaning here"),
        ("machine", "`machine` is a keyword, not a name"),
    ],
)
def test_a_bare_expression_reports_its_errors(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_expression(Source("e.arc", text))
    assert [d.message for d in caught.value.diagnostics] == [message]
