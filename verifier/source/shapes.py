"""The shapes of C objects: scalars, arrays, structs and unions, read from declarations and typedefs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.source.constants import Constants
from verifier.source.declaration import MOST_CELLS
from verifier.source.integers import CType, integer_type
from verifier.source.lexing import OPENING, Token, closing, lex, split, words
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError
from verifier.source.unit import Unit

_QUALIFIERS = frozenset(
    ["static", "const", "extern", "volatile", "register", "inline", "restrict", "auto", "__extension__"]
)
_INTEGER_WORDS = frozenset(["int", "char", "short", "long", "signed", "unsigned", "bool", "_Bool"])
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `integer`: its integer type, if it is known to be one. `enum`: the tag of its enum.
    `pointer`: it is a pointer, to data or to a function."""

    words: str
    integer: CType | None = None
    enum: str | None = None
    pointer: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """`extent` elements; None where the initialisers are counted. `size` is how C writes the extent."""

    element: Shape
    extent: int | None
    size: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a struct. `name` is "" iff it has none, and `shape` None iff it was not understood."""

    name: str
    shape: Shape | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A struct, or a `union`, of which a list in braces sets only the first member."""

    tag: str
    fields: tuple[Field, ...]
    union: bool


Shape = Scalar | Array | Record


class Shapes:
    """Reads shapes as one line of the unit's main file sees them."""

    def __init__(self, unit: Unit, constants: Constants) -> None:
        self.unit = unit
        self.constants = constants
        self._tokens: dict[str, list[Token]] = {}
        self._records: dict[tuple[str, str], Record] = {}
        self._depth = 0

    def of(self, specifiers: Sequence[Token], text: Text) -> Shape:
        """Return the shape that declaration specifiers name. Raises UnreadableError iff they are not understood."""
        plain = [t for t in _without_attributes(specifiers) if t.text not in _QUALIFIERS]
        kind = next((i for i, t in enumerate(plain) if t.text in ("struct", "union", "enum")), None)
        if kind is not None:
            return self._tagged(plain[kind:], text)
        named = words(plain)
        integer = integer_type(named)
        if integer is not None or named == "char" or set(named.split()) <= _INTEGER_WORDS:
            return Scalar(named, integer)
        return self._typedef(named)

    def array(self, shape: Shape, sizes: Sequence[Sequence[Token]]) -> Shape:
        """Return an array of the shape with these sizes, the outermost first."""
        for size in reversed(sizes):
            shape = Array(shape, self._extent(size) if size else None, tuple(size))
        return shape

    def _extent(self, size: Sequence[Token]) -> int | None:
        try:
            extent = self.constants.evaluate(words(size)).value
        except UnreadableError as refused:
            return _characters(size, refused)
        if not 0 < extent <= MOST_CELLS:
            raise UnreadableError("ARC956", f"the size {extent} is none that can be read")
        return extent

    def _tagged(self, plain: Sequence[Token], text: Text) -> Shape:
        """Read `struct TAG`, `struct TAG { ... }`, and the same with `union` and `enum`."""
        tag = plain[1].text if len(plain) > 1 and plain[1].text != "{" else ""
        opening = next((i for i, t in enumerate(plain) if t.text == "{"), None)
        if plain[0].text == "enum":
            return Scalar(f"enum {tag}".strip(), CType(32, True), enum=tag)
        if opening is not None:
            body = plain[opening + 1 : closing(plain, opening)]
            return Record(tag, self._fields(body, text), plain[0].text == "union")
        return self._defined(plain[0].text, tag)

    def _defined(self, kind: str, tag: str) -> Record:
        """Find the struct's definition in the unit."""
        if (kind, tag) not in self._records:
            self._records[kind, tag] = self._found(kind, tag)
        return self._records[kind, tag]

    def _found(self, kind: str, tag: str) -> Record:
        for text in self._main_first(tag):
            if re.search(rf"\b{kind}\s+{re.escape(tag)}\s*\{{", text.code):
                tokens = self._lexed(text)
                for i in range(len(tokens) - 2):
                    if tokens[i + 1].text == tag and tokens[i].text == kind and tokens[i + 2].text == "{":
                        fields = self._fields(tokens[i + 3 : closing(tokens, i + 2)], text)
                        return Record(tag, fields, kind == "union")
        raise UnreadableError("ARC954", f"{kind} {tag} is defined in no file of the tree that is included")

    def _typedef(self, name: str) -> Shape:
        """Follow a typedef. A name that no typedef explains is a scalar of which nothing is known."""
        if not re.fullmatch(r"\w+", name):
            return Scalar(name)
        for text in self._main_first(name):
            if "typedef" in text.code:
                found = self._typedef_in(self._lexed(text), name, text)
                if found is not None:
                    return found
        return Scalar(name)

    def _typedef_in(self, tokens: list[Token], name: str, text: Text) -> Shape | None:
        for start in (i for i, t in enumerate(tokens) if t.text == "typedef"):
            end = next((k for k, t in _outside(tokens, start) if t.text == ";"), None)
            body = tokens[start + 1 : end]
            at = next((k for k in range(len(body) - 1, -1, -1) if body[k].text == name), None)
            if end is None or at is None or body[at - 1].text in ("struct", "union", "enum"):
                continue
            if any(t.text == "(" for t in body[at:]) or body[at - 1].text in ("*", "("):
                return Scalar(name, pointer=True)
            if at == len(body) - 1:
                return self._deeper(body[:at], text)
        return None

    def _deeper(self, specifiers: Sequence[Token], text: Text) -> Shape:
        if self._depth > _DEEPEST:
            raise UnreadableError("ARC953", "the types are nested too deep")
        self._depth += 1
        try:
            return self.of(specifiers, text)
        finally:
            self._depth -= 1

    def _main_first(self, name: str) -> list[Text]:
        return sorted(self.unit.mentioning(name), key=lambda t: t is not self.unit.main)

    def _lexed(self, text: Text) -> list[Token]:
        if text.path not in self._tokens:
            self._tokens[text.path] = lex(text)
        return self._tokens[text.path]

    def _fields(self, body: Sequence[Token], text: Text) -> tuple[Field, ...]:
        base = () if not body else text.branches[body[0].line]
        found: list[Field] = []
        for part in split(body, ";"):
            if not part:
                continue
            if any(text.branches[t.line] != base for t in part):
                found.append(Field(_last_name(part), None, "it depends on a condition of the preprocessor"))
                continue
            try:
                found += self._declared(part, text)
            except UnreadableError as refused:
                found.append(Field(_last_name(part), None, refused.message))
        return tuple(found)

    def _declared(self, part: Sequence[Token], text: Text) -> list[Field]:
        """Read one declaration of members."""
        specifiers, declarators = specified(part)
        if not declarators:
            shape = self._deeper(specifiers, text)
            return [Field("", shape)] if isinstance(shape, Record) else []
        found = []
        for declarator in split(declarators, ","):
            name, sizes, pointer = declared(declarator)
            element = Scalar(words(specifiers), pointer=True) if pointer else self._deeper(specifiers, text)
            found.append(Field(name, self.array(element, sizes)))
        return found


def specified(part: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Return a declaration's specifiers and its declarators: these begin at `*` or `(`, or with the last name."""
    plain = _without_attributes(part)
    at = 0
    while at < len(plain):
        token = plain[at]
        following = plain[at + 1].text if at + 1 < len(plain) else ";"
        if token.text == "{":
            at = closing(plain, at) + 1
            continue
        if token.text in ("*", "(") or (token.text.isidentifier() and following in ("[", ",", ":", ";", "=", ")")):
            break
        at += 1
    if at == len(plain) - 1 and at > 0 and plain[at - 1].text in ("struct", "union", "enum"):
        return plain, []
    return plain[:at], plain[at:]


def declared(declarator: Sequence[Token]) -> tuple[str, list[list[Token]], bool]:
    """Return a declarator's name, its sizes, and whether its elements are pointers."""
    at = next((i for i, t in enumerate(declarator) if t.text.isidentifier() and t.text not in _QUALIFIERS), None)
    if at is None:
        raise UnreadableError("ARC953", f"`{words(declarator)[:60]}` is no declarator that can be read")
    sizes = []
    end = at + 1
    while end < len(declarator) and declarator[end].text == "[":
        close = closing(declarator, end)
        sizes.append(list(declarator[end + 1 : close]))
        end = close + 1
    pointer = any(t.text in ("*", "(") for t in declarator[:at])
    return declarator[at].text, sizes, pointer


def _characters(size: Sequence[Token], refused: UnreadableError) -> int | None:
    """Return the length of a text of which the size is taken: `sizeof "NAME"`."""
    literal = [t.text for t in size if t.text not in ("sizeof", "(", ")")]
    if len(literal) == 1 and literal[0].startswith('"'):
        return len(literal[0]) - 1
    raise refused


def _last_name(part: Sequence[Token]) -> str:
    return next((t.text for t in reversed(part) if t.text.isidentifier()), "")


def _outside(tokens: Sequence[Token], start: int) -> list[tuple[int, Token]]:
    """Return the tokens from `start` up to and with the first `;` outside brackets."""
    found = []
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        depth += (token.text in OPENING) - (token.text in OPENING.values())
        if depth <= 0:
            found.append((at, token))
            if token.text == ";":
                break
    return found


_ATTRIBUTE = re.compile(r"__(?!u\d|s\d|le\d|be\d|int)\w+|____\w+")


def _without_attributes(tokens: Sequence[Token]) -> list[Token]:
    """Leave out the words that begin with `__` but are no types, with what stands in brackets behind them."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if _ATTRIBUTE.fullmatch(token.text) and token.text != "__extension__":
            if at + 1 < len(tokens) and tokens[at + 1].text == "(":
                at = closing(tokens, at + 1)
        else:
            kept.append(token)
        at += 1
    return kept
