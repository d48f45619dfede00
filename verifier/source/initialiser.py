"""What each part of a C object holds after its initialiser, as C's rules for the current object have it (C17 6.7.9)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.diagnostics import Diagnostic
from verifier.source.constants import Constants
from verifier.source.declaration import MOST_CELLS
from verifier.source.expansion import Expansion
from verifier.source.expressions import DEEPEST
from verifier.source.extraction import CPlace, Gap, Overwritten
from verifier.source.lexing import Token, closing, condition, place, split, words
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError
from verifier.source.shapes import Array, Field, Record, Scalar, Shape
from verifier.source.variable import Variable, token_span

Path = tuple[int, ...]
"""Where a part stands in an object: indices of arrays, and of the fields of a struct."""

MOST_WRITES = 4 * MOST_CELLS


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value as it is written."""

    tokens: tuple[Token, ...]
    range: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A list in braces, and the part of the object that it initialises: for comments that stand beside it."""

    path: Path
    start: Token
    end: Token


class Contents:
    """Reads an initialiser. `problems` are errors of the C code; `gaps` is what was not understood."""

    def __init__(self, text: Text, variable: Variable, shape: Shape, constants: Constants) -> None:
        self.text = text
        self.variable = variable
        self.shape = shape
        self.constants = constants
        self.base = text.branches[variable.line]
        self.writes: dict[Path, tuple[int, Leaf | Gap | None]] = {}
        self.problems: dict[Diagnostic, None] = {}
        self.gaps: dict[Gap, None] = {}
        self.overwritten: dict[Overwritten, None] = {}
        self.rows: dict[Path, Row] = {}
        self.designators: dict[Path, dict[str, None]] = {}
        self._lost_from: dict[Path, int] = {}
        self._count = 0

    def read(self) -> Contents:
        """Go through the list."""
        listed = self.variable.list
        outer = Expansion(self.constants.define, every=False).replaced(listed[1:-1])
        self._braces(self.shape, (), [listed[0], *outer, listed[-1]], 0)
        return self

    def get(self, path: Path) -> Leaf | Gap | None:
        """Return what a scalar part holds: a value, a gap, or None for C's zero."""
        writes = [self.writes[path[:n]] for n in range(len(path) + 1) if path[:n] in self.writes]
        return max(writes, key=lambda w: w[0])[1] if writes else None

    def shadowed(self, path: Path) -> bool:
        """Return True iff a part lies in a union, another member of which was set last."""
        for n, index in enumerate(path):
            shape = inside(self.shape, path[:n])
            if isinstance(shape, Record) and shape.union:
                below = [(w[0], p[n]) for p, w in self.writes.items() if len(p) > n and p[:n] == path[:n]]
                if below and max(below)[1] != index:
                    return True
        return False

    def gap(self, message: str, token: Token, help: str | None = None) -> Gap:
        """Record a gap."""
        found = Gap(message, self.place(token), help)
        self.gaps[found] = None
        return found

    def place(self, token: Token) -> CPlace:
        """Return the place of a token, with its line."""
        return place(self.text, token.line, token.column)

    def _braces(self, shape: Shape, path: Path, listed: Sequence[Token], depth: int) -> None:
        """Initialise the part at `path` by a list, whose tokens begin and end with its braces."""
        self.rows[path] = Row(path, listed[0], listed[-1])
        if depth > DEEPEST:
            raise UnreadableError("ARC953", f"lists are nested more than {DEEPEST} deep")
        cursor: Path | None = (0,)
        for element in split(listed[1:-1], ","):
            if not element:
                continue
            cursor = self._element(shape, path, cursor, element, depth)

    def _element(self, shape: Shape, path: Path, cursor: Path | None, element: list[Token], depth: int) -> Path | None:
        """Read one element, and return where the next one belongs; None iff that is not known."""
        try:
            targets, value, ranged = self._targets(shape, path, cursor, element)
        except _NotUnderstood as why:
            self._lost(shape, path, cursor, self.gap(str(why), why.token))
            return None
        except UnreadableError as refused:
            self.problems[refused.at(token_span(self.text, element[0]))] = None
            return None
        doubt = condition(self.text, element[: len(element) - len(value) + 1], self.base)
        if doubt is not None:
            return self._conditional(shape, path, cursor, element, targets)
        if not targets:  # without designators, at a place that is not known
            self._lost(shape, path, None, self.gap("it is not certain which entry this is", element[0]))
            return None
        try:
            for target in targets:
                cursor = self._initialise(shape, path, target, value, ranged, depth)
        except UnreadableError as refused:
            self.problems[refused.at(token_span(self.text, element[0]))] = None
        return cursor

    def _conditional(
        self, shape: Shape, path: Path, cursor: Path | None, element: list[Token], targets: list[Path]
    ) -> Path | None:
        """Record an element that only some configurations have."""
        found = self.gap("this depends on the configuration", element[0], "extract from a source without the condition")
        if element[0].text in ("[", ".") and targets:
            for target in targets:
                self._write((*path, *target), found)
        else:
            self._lost(shape, path, cursor, found)
        return None

    def _lost(self, shape: Shape, path: Path, cursor: Path | None, gap: Gap) -> None:
        """Nothing is known of the part at the cursor and of all that come after it; without one, of any since the
        last that was certain."""
        size = len(shape.fields) if isinstance(shape, Record) else shape.extent if isinstance(shape, Array) else None
        first = self._lost_from.setdefault(path, 0 if cursor is None else cursor[0])
        if size is None:
            self._write(path, gap)
        for index in range(first, size or 0):
            self._write((*path, index), gap)

    def _targets(
        self, shape: Shape, path: Path, cursor: Path | None, element: list[Token]
    ) -> tuple[list[Path], list[Token], bool]:
        """Return the parts, relative to `path`, that an element sets, its value, and whether by a range."""
        ranges: list[range] = []
        inner, at = shape, 0
        while at < len(element) and element[at].text in ("[", "."):
            if element[at].text == "[":
                close = closing(element, at)
                reached = (*path, *(r[0] for r in ranges))
                ranges.append(self._range(inner, reached, element[at + 1 : close], element[at]))
                inner, at = inner.element if isinstance(inner, Array) else inner, close + 1
            else:
                steps, inner = self._field(inner, element[at + 1])
                ranges += [range(s, s + 1) for s in steps]
                at += 2
        old = len(element) > 1 and element[1].text == ":" and isinstance(shape, Record)
        if old:
            steps, inner = self._field(inner, element[0])
            ranges, at = [range(s, s + 1) for s in steps], 2
        elif at and at < len(element) and element[at].text == "=":
            at += 1
        if at >= len(element):
            raise _NotUnderstood("there is no value here", element[0])
        if not ranges:
            self._refuse_unplaced(shape, cursor, element)
            return ([] if cursor is None else [cursor]), element, False
        targets = list(itertools.islice(itertools.product(*ranges), MOST_CELLS + 1))
        return targets, element[at:], any(len(r) > 1 for r in ranges)

    def _refuse_unplaced(self, shape: Shape, cursor: Path | None, element: list[Token]) -> None:
        """Refuse an element whose kind or place is not known, though it has no designators."""
        inner = None if cursor is None else inside(shape, cursor)
        calls = len(element) > 1 and element[0].text.isidentifier() and element[1].text == "("
        literal = element[0].text == "(" and any(t.text == "{" for t in element) and _literal(element) is element
        if isinstance(inner, Array | Record) and (calls or literal):
            raise _NotUnderstood(f"`{words(element)[:60]}` may stand for more than one value", element[0])
        if isinstance(shape, Record) and cursor is not None:
            unsure = next((f for f in shape.fields[: cursor[0] + 1] if f.shape is None), None)
            if unsure is not None:
                raise _NotUnderstood(f"the field {unsure.name} was not understood: {unsure.why}", element[0])

    def _range(self, shape: Shape, path: Path, inside: list[Token], start: Token) -> range:
        if not isinstance(shape, Array):
            raise UnreadableError("ARC956", "this is no array", span=token_span(self.text, start))
        level = self.level(path)
        bounds = split([t if t.text != "..." else t.saying("\0") for t in inside], "\0")
        values = []
        for bound in bounds:
            try:
                values.append(self.constants.evaluate(words(bound)).value)
            except UnreadableError as refused:
                raise _NotUnderstood(refused.message, bound[0]) from refused
            self.designators.setdefault(level, {})[words(bound)] = None
        if not values or not 0 <= values[0] <= values[-1] < (shape.extent or MOST_CELLS):
            extent = "" if shape.extent is None else f", and there are {shape.extent} entries"
            raise UnreadableError("ARC956", f"[{words(inside)}] is outside the array{extent}",
                                  span=token_span(self.text, start))  # fmt: skip
        return range(values[0], values[-1] + 1)

    def level(self, path: Path) -> Path:
        """Return the path with -1 for each index of an array: the same for all parts of one kind."""
        return tuple(-1 if isinstance(inside(self.shape, path[:n]), Array) else i for n, i in enumerate(path))

    def _field(self, shape: Shape, name: Token) -> tuple[Path, Shape]:
        """Return the way to a field, through structs without a name, and its shape."""
        if not isinstance(shape, Record):
            raise UnreadableError("ARC956", "this is no struct", span=token_span(self.text, name))
        for index, field in enumerate(shape.fields):
            if field.name == name.text:
                if field.shape is None:
                    raise _NotUnderstood(f"the field {field.name} was not understood: {field.why}", name)
                return (index,), field.shape
            if field.name == "" and isinstance(field.shape, Record) and _has(field.shape, name.text):
                path, inner = self._field(field.shape, name)
                return (index, *path), inner
        raise UnreadableError("ARC956", f"the struct has no field {name.text}", span=token_span(self.text, name))

    def _initialise(
        self, shape: Shape, path: Path, target: Path, value: list[Token], ranged: bool, depth: int
    ) -> Path | None:
        """Initialise one part, and return what C initialises after it, relative to `path`."""
        self._refuse_outside(shape, target, value[0])
        inner = inside(shape, target)
        if not isinstance(inner, Scalar):
            value = _literal(value)
        if value[0].text == "{" and closing(value, 0) == len(value) - 1:
            self._list(inner, (*path, *target), value, depth)
            return self._after(shape, target)
        while not isinstance(inner, Scalar) and inner is not None and not _is_text(inner, value):
            first = _first(inner)
            target, inner = (*target, 0), first
        self._set((*path, *target), Leaf(tuple(value), ranged), inner)
        return self._after(shape, target)

    def _list(self, inner: Shape | None, whole: Path, value: list[Token], depth: int) -> None:
        """Initialise a part by a list of its own: what it held before is gone."""
        if inner is None:
            self._write(whole, self.gap("the type of this field was not understood", value[0]))
        elif isinstance(inner, Scalar):
            content = value[1:-1]
            if not content or content[0].text in ("{", ".", "[") or len(split(content, ",")) > 1:
                self._write(whole, self.gap(f"`{inner.words}` is not known to be initialised by a list", value[0]))
            else:
                self._set(whole, Leaf(tuple(split(content, ",")[0])), inner)
        else:
            self._write(whole, None, value[0])
            self._braces(inner, whole, value, depth + 1)

    def _set(self, whole: Path, leaf: Leaf, inner: Shape | None) -> None:
        doubt = condition(self.text, leaf.tokens, self.base)
        if inner is None:
            self._write(whole, self.gap("the type of this field was not understood", leaf.tokens[0]))
        elif doubt is not None:
            self._write(whole, self.gap("this value depends on the configuration", leaf.tokens[0]))
        else:
            self._write(whole, leaf, leaf.tokens[0])

    def _write(self, whole: Path, value: Leaf | Gap | None, token: Token | None = None) -> None:
        self._count += 1
        if self._count > MOST_WRITES:
            raise UnreadableError("ARC956", f"there are more than {MOST_WRITES} initialisers")
        before = self.writes.get(whole, (0, None))[1]
        if isinstance(before, Leaf) and not before.range and token is not None:
            self.overwritten[Overwritten(self.place(before.tokens[0]), self.place(token))] = None
        self.writes[whole] = (self._count, value)

    def _refuse_outside(self, shape: Shape, target: Path, token: Token) -> None:
        inner: Shape | None = shape
        for index in target:
            size = _size(inner)
            if size is not None and index >= size:
                message = f"there are {size} entries here, and none of index {index}"
                raise UnreadableError("ARC956", message, span=token_span(self.text, token))
            inner = inside(inner, (index,))

    def _after(self, shape: Shape, done: Path) -> Path:
        following = (*done[:-1], done[-1] + 1)
        while len(following) > 1 and _complete(inside(shape, following[:-1]), following[-1]):
            following = (*following[:-2], following[-2] + 1)
        return following


class _NotUnderstood(Exception):
    """Why an element has no certain place."""

    def __init__(self, message: str, token: Token) -> None:
        super().__init__(message)
        self.token = token


def _has(record: Record, name: str) -> bool:
    inner = (f.shape for f in record.fields if f.name == "" and isinstance(f.shape, Record))
    return any(f.name == name for f in record.fields) or any(_has(r, name) for r in inner)


def _size(shape: Shape | None) -> int | None:
    """Return how many parts a shape has; None where C counts, or nothing is known."""
    match shape:
        case Array():
            return shape.extent
        case Record():
            return len(shape.fields)
        case _:
            return None


def _complete(shape: Shape | None, following: int) -> bool:
    """Return True iff a part has nothing to initialise at that index; a union has nothing after any member."""
    size = _size(shape)
    return (isinstance(shape, Record) and shape.union) or following >= (MOST_CELLS if size is None else size)


def inside(shape: Shape | None, path: Path) -> Shape | None:
    """Return the shape of a part; None iff it was not understood."""
    for index in path:
        match shape:
            case Array():
                shape = shape.element
            case Record() if index < len(shape.fields):
                shape = shape.fields[index].shape
            case _:
                return None
    return shape


def _first(shape: Array | Record) -> Shape | None:
    field: Field | None = shape.fields[0] if isinstance(shape, Record) and shape.fields else None
    return shape.element if isinstance(shape, Array) else None if field is None else field.shape


def _literal(value: list[Token]) -> list[Token]:
    """Return the list in braces of a compound literal, `(struct x) { ... }`; any other value as it is."""
    end = closing(value, 0) + 1 if value[0].text == "(" else 0
    whole = 0 < end < len(value) and value[end].text == "{" and closing(value, end) == len(value) - 1
    return value[end:] if whole else value


def _is_text(shape: Shape | None, value: Sequence[Token]) -> bool:
    """Return True iff a text initialises an array of characters as a whole."""
    return (
        isinstance(shape, Array)
        and isinstance(shape.element, Scalar)
        and "char" in shape.element.words
        and value[0].text.startswith('"')
    )
