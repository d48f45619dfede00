"""Trees as short text, so that a test can say which tree it expects on one line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from verifier.diagnostics import Source, SpecError
from verifier.syntax import parse, parse_expression, tree


def shown(node: object) -> str:
    """Return a tree as text: every operation in brackets, other nodes as Class(fields that are there)."""
    match node:
        case tree.Name():
            return node.name
        case tree.Primed():
            return f"{node.name}'"
        case tree.Number():
            return node.text
        case tree.BoolLit():
            return str(node.value).lower()
        case tree.Braces():
            return "{" + ", ".join(map(shown, node.items)) + "}"
        case tree.Unary():
            return f"({node.op} {shown(node.operand)})"
        case tree.Binary():
            return f"({shown(node.left)} {node.op} {shown(node.right)})"
        case tree.Junction():
            return "(" + f" {node.op} ".join(map(shown, node.operands)) + ")"
        case tree.NamedType():
            return node.name
        case tree.Temporal():
            return f"{node.operator}({', '.join(map(shown, node.operands))})"
        case tree.Call():
            return f"{node.function.name}({', '.join(map(shown, node.arguments))})"
        case tree.Node():
            fields = [(f.name, getattr(node, f.name)) for f in dataclasses.fields(node) if f.name != "span"]
            parts = [
                f"{name}={shown(value)}"
                for name, value in fields
                if value is not None and value is not False and value != ()
            ]
            return f"{type(node).__name__}({', '.join(parts)})"
        case tuple():
            return "[" + ", ".join(map(shown, node)) + "]"
        case _:
            return repr(node)


@pytest.fixture
def expression() -> Callable[[str], str]:
    return lambda text: shown(parse_expression(Source("e.arc", text)))


@pytest.fixture
def declaration() -> Callable[[str], str]:
    def of(text: str) -> str:
        (only,) = parse(Source("d.arc", "machine m\n" + text)).declarations
        return shown(only)

    return of


@pytest.fixture
def claim() -> Callable[[str], str]:
    def of(text: str) -> str:
        (only,) = parse(Source("c.arc", "machine m property p " + text)).declarations
        assert isinstance(only, tree.PropertyDecl)
        return shown(only.claim)

    return of


@pytest.fixture
def errors() -> Callable[[str], list[str]]:
    """What is wrong with a text: for each diagnostic `CODE line:column message [| help]`."""

    def of(text: str) -> list[str]:
        with pytest.raises(SpecError) as caught:
            parse(Source("x.arc", text))
        found = caught.value.diagnostics
        places = [f"{d.span.line}:{d.span.column}" if d.span else "-" for d in found]
        return [
            f"{d.code} {p} {d.message}" + (f" | {d.help}" if d.help else "") for d, p in zip(found, places, strict=True)
        ]

    return of
