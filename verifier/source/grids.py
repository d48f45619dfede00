"""The tables in a C object: one for an array of scalars, one for each field of an array of structs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod

from verifier.source.constants import Enumeration
from verifier.source.declaration import MOST_CELLS
from verifier.source.extraction import CPlace, Gap
from verifier.source.initialiser import Contents, Leaf, Path, inside
from verifier.source.lexing import Token
from verifier.source.operands import Content, Operands
from verifier.source.refusal import UnreadableError
from verifier.source.shapes import Array, Record, Scalar, Shape

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One index of a table: how many values it has, how C writes that, and the designators that name some."""

    extent: int
    size: tuple[Token, ...]
    designators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell: what it says (None: it was not understood), where, and whether an initialiser reaches it."""

    content: Content | None
    place: CPlace
    written: bool


@dataclass
class Grid:
    """A table. `member` is its way through the structs ("" iff there are none); it has an entry for each index."""

    name: str
    member: str
    scalar: Scalar
    levels: tuple[Level, ...]
    entries: Mapping[Index, Entry]
    enums: list[Enumeration | None] = field(default_factory=list)

    def written(self, level: int) -> set[int]:
        """Return the values of an index at which some entry is written."""
        return {index[level] for index, entry in self.entries.items() if entry.written}


def grids(contents: Contents, operands: Operands) -> list[Grid]:
    """Return the tables of an object. Raises UnreadableError iff there are too many cells."""
    return list(_grids(contents, operands, contents.shape, (), "", ()))


def _grids(
    contents: Contents, operands: Operands, shape: Shape | None, way: Path, field: str, levels: tuple[Level, ...]
) -> Iterator[Grid]:
    """Go through a shape. `way` is the path to it, with -1 for each index."""
    match shape:
        case Array() if not _is_string(contents, shape, way):
            extent = _counted(contents, way) if shape.extent is None else shape.extent
            level = Level(extent, shape.size, tuple(contents.designators.get(way, ())))
            yield from _grids(contents, operands, shape.element, (*way, -1), field, (*levels, level))
        case Record():
            for index, member in enumerate(shape.fields):
                if shape.union and not _mentioned(contents, (*way, index)):
                    continue
                inner = "_".join(filter(None, (field, member.name)))
                yield from _grids(contents, operands, member.shape, (*way, index), inner, levels)
        case None:
            return
        case _:
            scalar = shape if isinstance(shape, Scalar) else Scalar("char", pointer=True)
            name = "_".join(filter(None, (contents.variable.name, field)))
            yield Grid(name, field, scalar, levels, _entries(contents, operands, scalar, way, levels))


def _is_string(contents: Contents, shape: Array, way: Path) -> bool:
    """Return True iff texts initialise the array of characters as a whole."""
    if not isinstance(shape.element, Scalar) or "char" not in shape.element.words or shape.element.pointer:
        return False
    level = [leaf for path, (_, leaf) in contents.writes.items() if contents.level(path) == way]
    return any(isinstance(leaf, Leaf) and leaf.tokens[0].text.startswith('"') for leaf in level)


def _counted(contents: Contents, way: Path) -> int:
    """Return how many elements an array without a size has: C counts the initialisers."""
    inner = [p[len(way)] for p in contents.writes if len(p) > len(way) and contents.level(p)[: len(way)] == way]
    return 1 + max(inner, default=-1)


def _mentioned(contents: Contents, way: Path) -> bool:
    """Return True iff some initialiser sets a member of a union; the others have no value that C defines."""
    return any(contents.level(p)[: len(way)] == way for p in contents.writes)


def _within_union(contents: Contents, path: Path) -> bool:
    shapes = (inside(contents.shape, path[:n]) for n in range(len(path)))
    return any(isinstance(s, Record) and s.union for s in shapes)


def _entries(
    contents: Contents, operands: Operands, scalar: Scalar, way: Path, levels: tuple[Level, ...]
) -> dict[Index, Entry]:
    extents = [level.extent for level in levels]
    if prod(extents) > MOST_CELLS:
        raise UnreadableError("ARC956", f"{contents.variable.name} has more than {MOST_CELLS} cells")
    found = {}
    for index in itertools.product(*map(range, extents)):
        rest = iter(index)
        path = tuple(next(rest) if step == -1 else step for step in way)
        found[index] = _entry(contents, operands, scalar, path)
    return found


def _entry(contents: Contents, operands: Operands, scalar: Scalar, path: Path) -> Entry:
    value = contents.get(path)
    if _within_union(contents, path) and contents.shadowed(path):
        return Entry(None, _row(contents, path), written=False)
    if value is None:
        return Entry(_zero(scalar), _row(contents, path), written=False)
    if isinstance(value, Gap):
        return Entry(None, value.place, written=True)
    try:
        content = operands.read(value.tokens, _is_pointer(scalar, value, operands))
    except UnreadableError as refused:
        contents.gap(refused.message, value.tokens[0], refused.help)
        return Entry(None, contents.place(value.tokens[0]), written=True)
    return Entry(_stored(scalar, content), contents.place(value.tokens[0]), written=True)


def _zero(scalar: Scalar) -> Content:
    return Content(None, text="") if scalar.pointer else Content(0)


def _stored(scalar: Scalar, content: Content) -> Content:
    """Return the content as the element's type holds it."""
    if content.number is None or scalar.integer is None or scalar.enum is not None:
        return content
    kept = content.number & (1 << scalar.integer.bits) - 1
    if scalar.integer.signed and kept >> scalar.integer.bits - 1:
        kept -= 1 << scalar.integer.bits
    kept = int(content.number != 0) if scalar.integer.truth else kept
    return content if kept == content.number else Content(kept)


def _is_pointer(scalar: Scalar, leaf: Leaf, operands: Operands) -> bool:
    """Return True iff the cell holds the name of something: its type says so, or nothing is known of it."""
    if scalar.pointer or scalar.integer is not None or scalar.words == "char":
        return scalar.pointer
    try:
        operands.constants.evaluate(" ".join(t.text for t in leaf.tokens))
    except UnreadableError:
        return True
    return False


def _row(contents: Contents, path: Path) -> CPlace:
    """Return the place of the innermost list that leaves the cell out."""
    found = next(contents.rows[path[:n]] for n in range(len(path), -1, -1) if path[:n] in contents.rows)
    return contents.place(found.start)
