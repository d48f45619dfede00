"""How expressions are laid out: where one does not fit its line, it is broken before its loosest operators.

The lines of an operand are indented by two columns more than the operator, so that a tighter operator stands
further to the right than a looser one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.syntax.format_document import Doc, Group, Line, Nest
from verifier.syntax.format_layout import SPACE, Item, Layout, filled, hung
from verifier.syntax.format_words import Part

_LEVELS = {"|": 0, "^": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5}


def _filled_chain(layout: Layout, part: Part) -> Doc:
    """As many operands on a line as it holds."""
    first, *rest = layout.items(part)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return (hung(layout, first), *(Group((Line(), _operand(layout, o, e))) for o, e in pairs))


def _binary(layout: Layout, part: Part) -> Doc:
    """Operators of one level from the left, as many on a line as it holds."""
    left, operator, right = layout.items(part)
    level = _LEVELS[layout.kind(operator)]
    grouped = isinstance(left, Part) and left.rule == "binary" and _LEVELS[layout.kind(left.parts[1])] == level
    before = layout.doc(left) if grouped else hung(layout, left)
    return (before, Group((Line(), _operand(layout, operator, right))))


def _stacked_chain(layout: Layout, part: Part) -> Doc:
    """Each operand on a line of its own, unless one line holds all of them."""
    docs: list[Doc] = []
    last: Item = part
    while isinstance(last, Part) and last.rule == part.rule and len(items := layout.items(last)) == 3:
        first, operator, last = items
        docs += [hung(layout, first), Line(), layout.doc(operator), SPACE]
    return Group((*docs, hung(layout, last)))


def _operand(layout: Layout, operator: Item, operand: Item) -> Doc:
    return (layout.doc(operator), SPACE, hung(layout, operand))


def _if(layout: Layout, part: Part) -> Doc:
    """`if c then a`, and below it each `else`."""
    docs: list[Doc] = []
    rest: Item = part
    while isinstance(rest, Part) and rest.rule == "if_":
        word, condition, then, chosen, otherwise, rest = layout.items(rest)
        test = (layout.doc(word), SPACE, hung(layout, condition))
        docs += [test, Nest(Group((Line(), _operand(layout, then, chosen)))), Line(), layout.doc(otherwise), SPACE]
    return Group((*docs, hung(layout, rest)))


def _let(layout: Layout, part: Part) -> Doc:
    *head, body = layout.items(part)
    return Group((layout.row(head), Line(), layout.doc(body)))


def _quantified(layout: Layout, part: Part) -> Doc:
    """The quantifiers that follow each other on one line, then the body."""
    heads: list[Doc] = []
    body: Item = part
    while isinstance(body, Part) and body.rule == "quantified":
        *head, body = layout.items(body)
        heads += [SPACE, layout.row(head)]
    return (*heads[1:], Group(Nest((Line(), layout.doc(body)))))


def _enclosed(layout: Layout, part: Part) -> Doc:
    """`(e)`, `f(a, b)`, `{a, b}`: what is inside is indented where it takes more than one line."""
    items = layout.items(part)
    opened = next(n for n, item in enumerate(items) if layout.kind(item) in ("(", "_CALL", "{"))
    before, close = items[: opened + 1], items[-1]
    inside = Nest((filled(layout, items[opened + 1 : -1]), layout.above(_number(close))))
    return (*(layout.doc(item) for item in before), inside, layout.bare(_number(close)))


def _number(item: Item) -> int:
    return item if isinstance(item, int) else item.first


EXPRESSIONS: Mapping[str, Callable[[Layout, Part], Doc]] = {
    "and_": _filled_chain,
    "or_": _filled_chain,
    "binary": _binary,
    "implies": _stacked_chain,
    "iff": _stacked_chain,
    "compare": _stacked_chain,
    "link": _stacked_chain,
    "if_": _if,
    "let": _let,
    "quantified": _quantified,
    "group": _enclosed,
    "call": _enclosed,
    "braces": _enclosed,
    "braces_endpoint": _enclosed,
}
"""The layouts of the grammar's rules for expressions."""
