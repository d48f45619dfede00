"""The declaration of an array in a C file: where it stands, its element type and its size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.diagnostics import Note, nearest
from verifier.source.constants import Constants
from verifier.source.expressions import tokens
from verifier.source.integers import CType, Integer, convert, integer_type
from verifier.source.parsing import code, descendants, doubt, line, line_span, parse, span
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_CELLS = 65536

_QUALIFIERS = ("storage_class_specifier", "type_qualifier", "comment")


@dataclass(frozen=True, slots=True)
class Declaration:
    """`words name[sizes] = initialiser`; a size is "" where C counts the initialisers."""

    text: Text
    name: str
    line: int
    words: str
    sizes: tuple[str, ...]
    initialiser: Node


def find(text: Text, name: str) -> Declaration:
    """Return the declaration of the array `name`. Raises UnreadableError iff there is not exactly one."""
    arrays = [n for n in descendants(parse(text)) if n.type == "init_declarator" and _shape(n)[1]]
    found = [n for n in arrays if _shape(n)[0] == name]
    if not found:
        raise _missing(text, name, sorted({_shape(n)[0] for n in arrays}))
    if len(found) > 1:
        notes = tuple(Note("here", span(text, n)) for n in found[1:])
        raise UnreadableError("ARC952", f"{text.path} has more than one array {name}", notes, span=span(text, found[0]))
    return _declaration(text, found[0])


def _missing(text: Text, name: str, arrays: list[str]) -> UnreadableError:
    like = nearest(name, arrays)
    mention = re.search(rf"\b{re.escape(name)}\s*\[", text.code)
    place = None if mention is None else line_span(text, text.code.count("\n", 0, mention.start()) + 1)
    notes = () if place is None else (Note("the name occurs here, but not in a declaration that can be read", place),)
    advice = f"did you mean {like}?" if like else None
    return UnreadableError("ARC952", f"{text.path} initialises no array {name}", notes, advice)


def _shape(node: Node) -> tuple[str, tuple[str, ...], bool]:
    """Return a declarator's name, its sizes, and whether it is an array and nothing else (no pointer, no function)."""
    sizes: list[str] = []
    plain = True
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.type != "identifier":
        if inner.type == "array_declarator":
            sizes.insert(0, code(inner.child_by_field_name("size")))
        plain = plain and inner.type in ("array_declarator", "parenthesized_declarator")
        inner = inner.child_by_field_name("declarator") or next(iter(inner.named_children), None)
    return code(inner), tuple(sizes), plain


def _declaration(text: Text, node: Node) -> Declaration:
    name, sizes, plain = _shape(node)
    whole, value = node.parent, node.child_by_field_name("value")
    if whole is None or whole.type != "declaration":
        raise UnreadableError("ARC953", f"{name} stands in code that is not plain C", span=span(text, node))
    if why := doubt(text, whole):
        raise UnreadableError("ARC953", f"{name} cannot be read: {why.message}", span=why.span)
    if value is None or value.type != "initializer_list":
        raise UnreadableError(
            "ARC953", f"{name} is not initialised by a list in braces", span=span(text, value or node)
        )
    types = [c for c in whole.children if c.end_byte <= node.start_byte and c.type not in _QUALIFIERS]
    words = " ".join(code(c) for c in types if "declarator" not in c.type and c.type != ",")
    if not plain:
        raise UnreadableError("ARC952", f"the elements of {name} are pointers, not integers", span=span(text, node))
    return Declaration(text, name, line(node), words, sizes, value)


@dataclass(frozen=True, slots=True)
class Element:
    """What the elements of an array can hold. `exact`: the type's size or sign is not certain, so a value must
    fit in what every candidate has."""

    words: str
    type: CType
    exact: bool

    def stored(self, number: Integer) -> int:
        """Return what the element holds once set to the number. Raises UnreadableError iff that is not certain."""
        if self.exact and not self.type.holds(number.value):
            raise UnreadableError("ARC956", f"{number.value} may not fit in `{self.words}`")
        return convert(number, self.type).value


def element(declaration: Declaration, constants: Constants) -> Element:
    """Return the array's element type. Raises UnreadableError iff it is no integer type that is known."""
    words = " ".join(constants.replaced(tokens(declaration.words)))
    known = integer_type(words)
    if known is not None:
        return Element(words, known, exact=False)
    if words == "char":
        return Element(words, CType(7, False), exact=True)
    if re.fullmatch(r"enum \w+", words):
        return Element(words, CType(31, False), exact=True)
    raise UnreadableError(
        "ARC952", f"the elements of {declaration.name} are `{words[:60]}`, not known to be an integer type"
    )


def extents(declaration: Declaration, constants: Constants) -> tuple[int | None, ...]:
    """Return the array's size in each index; None where C counts. Raises UnreadableError iff it is not certain."""
    sizes = tuple(constants.evaluate(size).value if size else None for size in declaration.sizes)
    known = [size for size in sizes if size is not None]
    cells = 1
    for size in known:
        cells = min(cells * max(size, 0), MOST_CELLS + 1)
    if None in sizes[1:] or cells == 0 or cells > MOST_CELLS:
        raise UnreadableError(
            "ARC956", f"{declaration.name} has a size that cannot be read, or more than {MOST_CELLS} cells"
        )
    return sizes
