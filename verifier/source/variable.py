"""A variable of a C file that a list in braces initialises: where it stands and what its declaration says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.diagnostics import Note, Span, nearest
from verifier.source.constants import Constants
from verifier.source.lexing import Token, closing
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError
from verifier.source.shapes import Array, Scalar, Shape, Shapes, specified
from verifier.source.unit import Unit


@dataclass(frozen=True, slots=True)
class Variable:
    """A declaration's parts as tokens. `first` and `last`: the tokens' indices in the file, `list` from its `{`."""

    name: str
    specifiers: tuple[Token, ...]
    pointer: bool
    sizes: tuple[tuple[Token, ...], ...]
    list: tuple[Token, ...]
    line: int
    first_line: int


def token_span(text: Text, token: Token) -> Span:
    """Return the place of a token."""
    return Span(text.path, token.line, token.column, token.line, token.column + len(token.text))


def find_variable(text: Text, tokens: Sequence[Token], name: str) -> Variable:
    """Return the variable. Raises UnreadableError iff not exactly one of that name is initialised by a list."""
    found = [v for v in (_variable(tokens, i) for i, t in enumerate(tokens) if t.text == name) if v is not None]
    if not found:
        raise _missing(text, tokens, name)
    if len(found) > 1:
        notes = tuple(Note("here", _line(text, v)) for v in found[1:])
        message = f"{text.path} initialises more than one {name}"
        raise UnreadableError("ARC952", message, notes, "only one of them is compiled, or each in its own function",
                              _line(text, found[0]))  # fmt: skip
    return found[0]


def variables(tokens: Sequence[Token]) -> list[str]:
    """Return the names of all variables that are initialised by a list, in order."""
    starts = [i for i, t in enumerate(tokens[:-1]) if t.text.isidentifier() and tokens[i + 1].text in ("[", "=", ")")]
    return [v.name for v in (_variable(tokens, i) for i in starts) if v is not None]


def shape_of(variable: Variable, unit: Unit, constants: Constants) -> Shape:
    """Return the variable's shape. Raises UnreadableError iff it is not understood."""
    shapes = Shapes(unit, constants)
    if variable.pointer:
        element: Shape = Scalar(" ".join(t.text for t in variable.specifiers), pointer=True)
    else:
        element = shapes.of(variable.specifiers, unit.main)
    shape = shapes.array(element, variable.sizes)
    if isinstance(shape, Scalar):
        raise UnreadableError("ARC952", f"{variable.name} is neither an array nor a struct")
    if isinstance(shape, Array) and isinstance(shape.element, Array) and shape.element.extent is None:
        raise UnreadableError("ARC956", f"{variable.name} has a size that is not written down")
    return shape


def _line(text: Text, variable: Variable) -> Span:
    return Span(text.path, variable.line, 1, variable.line, 1 + len(text.code.split("\n")[variable.line - 1]))


def _missing(text: Text, tokens: Sequence[Token], name: str) -> UnreadableError:
    like = nearest(name, sorted(set(variables(tokens))))
    mention = next((t for t in tokens if t.text == name), None)
    notes = () if mention is None else (Note("the name occurs here", token_span(text, mention)),)
    advice = f"did you mean {like}?" if like else None
    return UnreadableError("ARC952", f"{text.path} initialises no table {name}", notes, advice)


def _variable(tokens: Sequence[Token], at: int) -> Variable | None:
    """Return the variable whose name is the token at that index, if it is one."""
    before = tokens[at - 1].text if at else ";"
    if not (before.isidentifier() or before in ("*", "}", ",", "(")) or before in ("return", "else", "goto", "case"):
        return None
    try:
        sizes, opening = _sizes(tokens, at + 1)
        if opening is None:
            return None
        start = _start(tokens, at)
        specifiers, declarators = specified(tokens[start : at + 1])
        end = closing(tokens, opening)
    except UnreadableError:
        return None
    if not specifiers or start == at:
        return None
    own = tokens[_after_comma(tokens, start + len(specifiers), at) : at]
    pointer = bool(declarators) and any(t.text in ("*", "(") for t in own)
    return Variable(tokens[at].text, tuple(specifiers), pointer, tuple(map(tuple, sizes)),
                    tuple(tokens[opening : end + 1]), tokens[at].line, tokens[start].line)  # fmt: skip


def _sizes(tokens: Sequence[Token], at: int) -> tuple[list[list[Token]], int | None]:
    """Return the sizes that follow a name, and where the list in braces begins; None iff no such list comes."""
    sizes = []
    while at < len(tokens) and tokens[at].text == "[":
        close = closing(tokens, at)
        sizes.append(list(tokens[at + 1 : close]))
        at = close + 1
    if at + 1 < len(tokens) and tokens[at].text == ")" and tokens[at + 1].text == "(":
        at = closing(tokens, at + 1) + 1
    while at < len(tokens) and tokens[at].text.startswith("__"):
        at += 1
        at = closing(tokens, at) + 1 if at < len(tokens) and tokens[at].text == "(" else at
    listed = at + 1 < len(tokens) and tokens[at].text == "=" and tokens[at + 1].text == "{"
    return sizes, at + 1 if listed else None


def _start(tokens: Sequence[Token], at: int) -> int:
    """Return where the declaration of the name at that index begins."""
    while at > 0:
        before = tokens[at - 1].text
        if before == "}":
            opening = _opening(tokens, at - 1)
            if opening is None or not _is_type(tokens, opening):
                listed = opening is not None and opening > 0 and tokens[opening - 1].text == "="
                if not listed:
                    return at
                at = opening or 0
                continue
            at = opening
        elif before in (";", "{", ":") or (before == ")" and tokens[at].text not in ("=",)):
            opening = _opening(tokens, at - 1) if before == ")" else None
            if opening is None or not tokens[opening - 1].text.startswith("__"):
                return at
            at = opening
        else:
            at -= 1
    return at


def _opening(tokens: Sequence[Token], close: int) -> int | None:
    depth = 0
    for at in range(close, -1, -1):
        depth += (tokens[at].text in ")]}") - (tokens[at].text in "([{")
        if depth == 0:
            return at
    return None


def _is_type(tokens: Sequence[Token], opening: int) -> bool:
    """Return True iff the brace opens the body of a struct, union or enum."""
    kinds = ("struct", "union", "enum")
    return any(tokens[opening - k].text in kinds for k in (1, 2) if opening >= k)


def _after_comma(tokens: Sequence[Token], start: int, at: int) -> int:
    """Return where the declarator of the name at that index begins: after the last comma before it, if there is one."""
    return next((k + 1 for k in range(at - 1, start - 1, -1) if tokens[k].text == ","), start)
