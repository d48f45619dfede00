"""The text of a spec made of C tables, with the C line of each of its lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from verifier.source.extraction import CPlace, Gap
from verifier.source.naming import Names, snake
from verifier.source.sorts import BOOL, EnumType, SpecType
from verifier.source.tabling import SpecTable, ruling

P = TypeVar("P")


@dataclass
class Sheet(Generic[P]):
    """The lines of a spec, some of them with the place in C that they come from."""

    lines: list[str] = field(default_factory=list)
    places: dict[int, P] = field(default_factory=dict)

    def add(self, line: str = "", place: P | None = None) -> None:
        """Add a line, and where it comes from."""
        self.lines.append(line)
        if place is not None:
            self.places[len(self.lines)] = place


class Writer(Sheet[CPlace]):
    """A sheet that is written block by block."""

    def block(self, lines: Iterable[str]) -> None:
        """Add lines with an empty one before them."""
        self.add()
        for line in lines:
            self.add(line)

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines) + "\n"


def incomplete(gap: Gap) -> str:
    """Return the comment that stands for a gap."""
    return f"# INCOMPLETE: {comment(f'{gap.place.path}:{gap.place.line}: {gap.message}')}"


def comment(text: str) -> str:
    """Return a text as it can stand in a comment or a doc text: one line of printable ASCII without quotes."""
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "?" for c in text)[:400]


def head(writer: Writer, name: str, place: CPlace) -> None:
    """Write the first line."""
    writer.add(f'machine {name} "from {comment(place.path)}:{place.line}"', place)


def table(writer: Writer, spec: SpecTable, bound: str | None, gaps: Mapping[CPlace, Sequence[Gap]]) -> None:
    """Write a table; `bound` is the C file to which it is bound. Above a row stand the gaps of its cells."""
    arguments = ", ".join(a.type.name for a in spec.arguments)
    binding = f'\n  from c "{comment(bound)}" table {spec.grid.name}' if bound else ""
    doc = f' "{spec.part} of {spec.grid.name}"' if spec.part else ""
    writer.block(f"table {spec.name}: {arguments} -> {spec.result}{doc}{binding}".split("\n"))
    rows, places, missing = _rows(spec, gaps)
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for number, row in enumerate(rows):
        for gap in missing[number]:
            writer.add(f"  {incomplete(gap)}")
        cells = " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        writer.add(f"  | {cells} |", places[number])


def _rows(
    spec: SpecTable, gaps: Mapping[CPlace, Sequence[Gap]]
) -> tuple[list[list[str]], list[CPlace | None], list[list[Gap]]]:
    """Return the grid's lines, the place of each in C, and the gaps in each."""
    *before, last = spec.arguments
    rows = [["" for _ in before] + [last.type.text(n) for n in last.numbers]]
    places: list[CPlace | None] = [None]
    missing: list[list[Gap]] = [[]]
    for prefix in itertools.product(*(a.numbers for a in before)):
        indices = [(*prefix, n) for n in last.numbers]
        named = [a.type.text(n) for a, n in zip(before, prefix, strict=True)]
        rows.append([*named, *(spec.texts[i] for i in indices)])
        places.append(min((spec.place(i) for i in indices), key=lambda p: (p.line, p.column)))
        unread = dict.fromkeys(g for i in indices if i in spec.unread for g in gaps.get(spec.place(i), ()))
        missing.append(list(unread))
    return rows, places, missing


def known(writer: Writer, names: Names, spec: SpecTable) -> str | None:
    """Write the table of the cells that were understood; return its name, None iff all were."""
    if not spec.unread:
        return None
    name = names.claim(f"{spec.name}_known")
    texts = {i: BOOL.text(i not in spec.unread) for i in spec.texts}
    shadow = SpecTable(name, spec.grid, spec.arguments, "bool", BOOL, texts, {}, frozenset(), "what was understood")
    table(writer, shadow, None, {})
    return name


def machine(writer: Writer, names: Names, tables: Sequence[SpecTable], guards: Mapping[str, str | None]) -> None:
    """Write a control variable and a rule for the table of next states; else for the table of permitted moves."""
    spec = ruling(tables)
    if spec is None:
        return
    starts = [t for t in tables if not t.arguments and t.grid.member.startswith("initial") and not t.unread]
    if spec.permits:
        _permitted(writer, names, spec, guards[spec.name], starts)
    else:
        _next(writer, names, spec, guards[spec.name], starts)


def _next(writer: Writer, names: Names, spec: SpecTable, guard: str | None, starts: Sequence[SpecTable]) -> None:
    position = spec.state
    assert position is not None
    assert isinstance(spec.type, EnumType)
    sort = spec.arguments[position].type
    state = _variable(writer, names, sort, starts)
    parameters = []
    for k, argument in enumerate(spec.arguments):
        wish = "asked" if argument.type is sort else snake(argument.type.name)
        plain = wish if wish.isidentifier() else f"index{k + 1}"
        parameters.append(state if k == position else names.claim(plain, f"{plain}_index"))
    listed = ", ".join(f"{p}: {a.type.name}" for p, a in zip(parameters, spec.arguments, strict=True) if p != state)
    call = f"{spec.name}({', '.join(parameters)})"
    conditions = [f"{guard}({', '.join(parameters)})"] if guard else []
    value = call
    if spec.type.states:
        value, moves = _moves(writer, names, spec.type, sort.name, call)
        conditions.append(moves)
    rule = names.claim("step", f"{spec.name}_step")
    writer.block([f"rule {rule}{f'({listed})' if listed else ''}", *_when(conditions), f"  {{ {state}' = {value} }}"])


def _moves(writer: Writer, names: Names, entry: EnumType, type: str, call: str) -> tuple[str, str]:
    """Write which entries are states, and which; return the state of an entry, and the condition that it is one."""
    moves, target, e = names.claim("moves"), names.claim("target"), names.claim("e", "entry")
    first = next(iter(entry.states.values())).name
    others = [m.name for m in entry.members if m.number not in entry.states]
    writer.block(
        [f'def {moves}({e}: {entry.name}) = {e} not in {{{", ".join(others)}}} "The other entries are no states."']
    )
    pairs = [(m.name, entry.states[m.number].name if m.number in entry.states else first) for m in entry.members]
    widths = [max(len(a), len(b)) for a, b in pairs]
    writer.block([f'table {target}: {entry.name} -> {type} "Means nothing where {moves} is false."'])
    for column in (0, 1):
        writer.add("  | " + " | ".join(p[column].ljust(w) for p, w in zip(pairs, widths, strict=True)) + " |")
    return f"{target}({call})", f"{moves}({call})"


def _permitted(writer: Writer, names: Names, spec: SpecTable, guard: str | None, starts: Sequence[SpecTable]) -> None:
    sort = spec.arguments[0].type
    state = _variable(writer, names, sort, starts)
    new = names.claim("new", "new_state")
    conditions = [f"{t}({state}, {new})" for t in (guard, spec.name) if t]
    rule = names.claim("move", f"{spec.name}_move")
    writer.block([f"rule {rule}({new}: {sort.name})", *_when(conditions), f"  {{ {state}' = {new} }}"])


def _variable(writer: Writer, names: Names, sort: SpecType, starts: Sequence[SpecTable]) -> str:
    state = names.claim("state", "current")
    initial = next((t.name for t in starts if t.type is sort), None)
    if initial is not None:
        writer.block([f"var {state}: {sort.name} = {initial}"])
    else:
        writer.block(["# The table does not say where the machine begins.", f"var {state}: {sort.name}"])
    return state


def _when(conditions: Sequence[str]) -> Iterator[str]:
    if conditions:
        yield "  when " + " and ".join(conditions)


def types(writer: Writer, declared: Iterable[SpecType]) -> None:
    """Write the declarations of the types."""
    for one in declared:
        writer.block(one.declaration())


def constant(writer: Writer, spec: SpecTable) -> None:
    """Write a value that depends on nothing as a definition; one that was not understood is only a comment."""
    [text] = spec.texts.values()
    writer.add()
    if spec.unread:
        writer.add(f"# INCOMPLETE: {spec.place(()).path}:{spec.place(()).line}: {spec.name} is not known")
    else:
        writer.add(f"def {spec.name} = {text}", spec.place(()))
