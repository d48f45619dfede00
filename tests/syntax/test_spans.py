"""Every node knows where it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from verifier.diagnostics import Source
from verifier.syntax import parse, parse_expression, tree

SPEC = """machine m "doc"
var x: int 0..9 = 1
arc go: A -> {B, C} by user
  when x + 1 > 2
  { x' = 3
    y' in T }
  fails -> stay
property p
  m[k] reached only
    via go.fails
"""


def nodes(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, tree.Node):
        yield value
        for field in dataclasses.fields(value):
            yield from nodes(getattr(value, field.name))


def written(node: tree.Node, text: str) -> str:
    """What stands in the text at a node's place."""
    lines = text.split("\n")[node.span.line - 1 : node.span.end_line]
    lines[-1] = lines[-1][: node.span.end_column - 1]
    lines[0] = lines[0][node.span.column - 1 :]
    return "\n".join(lines)


def places(kind: type[tree.Node]) -> list[str]:
    return [written(n, SPEC) for n in nodes(parse(Source("s.arc", SPEC))) if type(n) is kind]


def test_a_declaration_spans_from_its_keyword_to_its_last_word() -> None:
    assert places(tree.Spec) == [SPEC.rstrip()]
    assert places(tree.VarDecl) == ["var x: int 0..9 = 1"]
    assert places(tree.ArcDecl) == [SPEC[SPEC.index("arc") : SPEC.index("\nproperty")]]


def test_parts_of_a_declaration_span_their_own_text() -> None:
    assert places(tree.IntType) == ["int 0..9"]
    assert places(tree.Initial) == ["= 1"]
    assert places(tree.Endpoint) == ["A", "{B, C}", "stay"]
    assert places(tree.Assign) == ["x' = 3"]
    assert places(tree.Choose) == ["y' in T"]
    assert places(tree.Fails) == ["fails -> stay"]
    assert places(tree.OnlyVia) == ["m[k] reached only\n    via go.fails"]


def test_expressions_and_names_span_their_own_text() -> None:
    assert places(tree.Binary) == ["x + 1 > 2", "x + 1"]
    assert places(tree.Index) == ["m[k]"]
    names = [n for n in nodes(parse(Source("s.arc", SPEC))) if isinstance(n, tree.Name)]
    assert all(written(n, SPEC) == n.name for n in names)
    assert [n.name for n in names] == [
        "m",
        "x",
        "go",
        "A",
        "B",
        "C",
        "user",
        "x",
        "x",
        "y",
        "T",
        "p",
        "m",
        "k",
        "go.fails",
    ]


def test_a_path_and_a_line_and_columns_from_1() -> None:
    (variable,) = parse(Source("dir/s.arc", "machine m\n\n  var x: bool\r\n")).declarations
    span = variable.span
    assert (str(span), span.end_line, span.end_column) == ("dir/s.arc:3:3", 3, 14)


def test_a_column_counts_characters_not_bytes() -> None:
    (variable,) = parse(Source("s.arc", 'machine m "\u00e9\u754c\U0001f600" var x: bool')).declarations
    assert variable.span.column == 17


def test_brackets_do_not_belong_to_the_expression_in_them() -> None:
    text = "(a + b) * c"
    product = parse_expression(Source("e.arc", text))
    assert isinstance(product, tree.Binary)
    assert (written(product, text), written(product.left, text)) == (text, "a + b")
