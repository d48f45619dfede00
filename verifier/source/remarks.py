"""Rules in comments beside a table, `A -> B`, compared with its cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from verifier.source.extraction import Cell, CPlace, Gap, Remark
from verifier.source.grids import Index
from verifier.source.initialiser import Contents, Row
from verifier.source.lexing import Comment, comments, place
from verifier.source.operands import Operands
from verifier.source.sorts import EnumType
from verifier.source.tabling import SpecTable, ruling

_RULE = re.compile(r"\b[A-Za-z_]\w*(?:\s+(?:-+>|=+>)\s+[A-Za-z_]\w*)+")
_ARROW = re.compile(r"\s+(?:-+>|=+>)\s+")
_SYMBOL = re.compile(r"[a-z]?[A-Z][A-Z0-9_]+")
_CONDITION = re.compile(
    r"\b(if|when|without|unless|only|optional|additional|blocked|not|never|however|forbidden|invalid|illegal|except)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comments say: rules that contradict cells, how many agree, how many leave the cell open, and rules
    with a name that is not known."""

    contradictions: tuple[Remark, ...] = ()
    agreed: int = 0
    not_compared: int = 0
    gaps: tuple[Gap, ...] = ()

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            self.contradictions + other.contradictions,
            self.agreed + other.agreed,
            self.not_compared + other.not_compared,
            self.gaps + other.gaps,
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule in a comment. `row`: the indices that its place fixes, `loose`: what precedes it is a condition."""

    text: str
    names: tuple[str, ...]
    place: CPlace
    row: Index
    loose: bool


def compared(contents: Contents, operands: Operands, tables: Sequence[SpecTable]) -> Compared:
    """Return what the comments within the initialiser and right above the declaration say of the table that makes
    the machine.

    A comment within a row speaks of that row; one between two rows of the row above it, or below, whichever
    agrees more often in the whole table. Above the declaration, a rule after words such as "if" or "without" holds
    under a condition, and does not contradict.
    """
    spec = ruling(tables)
    if spec is None:
        return Compared()
    judge = _Judge(spec, operands)
    beside = _Beside(contents, spec)
    fixed = judge.all(beside.fixed())
    return fixed + max((judge.all(beside.between(above)) for above in (True, False)), key=lambda c: c.agreed)


class _Beside:
    """Finds the rules, and the rows that they stand beside."""

    def __init__(self, contents: Contents, spec: SpecTable) -> None:
        self.contents = contents
        self.spec = spec
        start, end = contents.variable.list[0], contents.variable.list[-1]
        self.rows = list(contents.rows.values())
        everything = comments(contents.text)
        first = contents.variable.first_line
        self.above = [c for c in everything if c.end < first and self._adjacent(c, first)]
        inside = ((start.line, start.column), (end.line, end.column))
        self.within = [c for c in everything if inside[0] < _position(c) < inside[1]]

    def _adjacent(self, comment: Comment, line: int) -> bool:
        code = self.contents.text.code.split("\n")
        return not any(code[n - 1].strip() for n in range(comment.end + 1, line))

    def fixed(self) -> Iterator[_Rule]:
        """Yield the rules above the declaration, and those in a row or on the line on which one ends."""
        for comment in self.above:
            yield from self._rules(comment, (), loose=True)
        for comment in self.within:
            row = self._own(comment)
            if row is not None:
                yield from self._rules(comment, self._index(row), loose=False)

    def between(self, above: bool) -> Iterator[_Rule]:
        """Yield the rules between rows, as speaking of the row above or below."""
        for comment in self.within:
            if self._own(comment) is None:
                row = self._neighbour(comment, above) or self._neighbour(comment, not above)
                yield from self._rules(comment, () if row is None else self._index(row), loose=False)

    def _own(self, comment: Comment) -> Row | None:
        inside = [r for r in self.rows if _start(r) < _position(comment) < _end(r)]
        inner = max(inside, key=lambda r: len(r.path), default=None)
        if inner is not None and len(self._index(inner)) >= len(self.spec.arguments) - 1:
            return inner
        ended = [r for r in self.rows if r.end.line == comment.line and _end(r) < _position(comment)]
        return max(ended, key=lambda r: (_end(r), len(r.path)), default=None) if len(comment.lines) == 1 else None

    def _neighbour(self, comment: Comment, above: bool) -> Row | None:
        inside = [r for r in self.rows if _start(r) < _position(comment) < _end(r)]
        inner = max(inside, key=lambda r: len(r.path))
        children = [r for r in self.rows if len(r.path) > len(inner.path) and r.path[: len(inner.path)] == inner.path]
        if above:
            return max((r for r in children if _end(r) < _position(comment)), key=_end, default=None)
        return min((r for r in children if _start(r) > _position(comment)), key=_start, default=None)

    def _index(self, row: Row) -> Index:
        """Return the indices that a row's place fixes."""
        level = self.contents.level(row.path)
        return tuple(i for i, step in zip(row.path, level, strict=True) if step == -1)[: len(self.spec.arguments)]

    def _rules(self, comment: Comment, row: Index, loose: bool) -> Iterator[_Rule]:
        introduction, after = "", False
        for offset, line in enumerate(comment.lines):
            found = list(_RULE.finditer(line))
            if not found and line.strip(" \t/*"):
                introduction = line if after else f"{introduction} {line}"
            after = bool(found) or (after and not line.strip(" \t/*"))
            for match in found:
                column = comment.columns[offset] + match.start()
                where = place(self.contents.text, comment.line + offset, column)
                names = tuple(_ARROW.split(match[0]))
                yield _Rule(match[0], names, where, row, loose and _CONDITION.search(introduction) is not None)


def _position(comment: Comment) -> tuple[int, int]:
    return comment.line, comment.columns[0]


def _start(row: Row) -> tuple[int, int]:
    return row.start.line, row.start.column


def _end(row: Row) -> tuple[int, int]:
    return row.end.line, row.end.column


class _Judge:
    """Compares rules with the cells of one table."""

    def __init__(self, spec: SpecTable, operands: Operands) -> None:
        self.spec = spec
        self.operands = operands
        self.position = 0 if spec.permits else spec.state or 0
        states = spec.arguments[self.position].type
        types = [t for t in (states, spec.type) if isinstance(t, EnumType)]
        self.numbers = {n: m.number for t in reversed(types) for m in t.members for n in (m.name, m.c_name) if n}

    def all(self, rules: Iterable[_Rule]) -> Compared:
        """Return what comes of all the rules."""
        whole = Compared()
        for rule in rules:
            whole += self._one(rule)
        return whole

    def _one(self, rule: _Rule) -> Compared:
        numbers = [self._number(n) for n in rule.names]
        known = [n for n in numbers if n is not None]
        if len(known) < len(numbers):
            unknown = next(name for name, n in zip(rule.names, numbers, strict=True) if n is None)
            if not known or not _SYMBOL.fullmatch(unknown):
                return Compared()
            gap = Gap(f"the comment's rule `{rule.text}` names {unknown}, which is no value here", rule.place)
            return Compared(not_compared=1) if rule.loose else Compared(gaps=(gap,))
        claims = list(self._claims(rule, known))
        if not claims:
            return Compared(not_compared=1)
        wrong = [r for index, value in claims if (r := self._differs(rule, index, value)) is not None]
        if wrong and rule.loose:
            return Compared(not_compared=1)
        return Compared(tuple(wrong[:1]), agreed=int(not wrong))

    def _number(self, name: str) -> int | None:
        """Return the number of a value: by its name in the spec, in C, or an abbreviation of the latter."""
        if name in self.numbers:
            return self.numbers[name]
        return self.numbers.get(self.operands.chain(name)[-1])

    def _claims(self, rule: _Rule, numbers: list[int]) -> Iterator[tuple[Index, int]]:
        """Yield the cells that a rule speaks of, and what it says of each; nothing iff they are not determined."""
        pairs = itertools.pairwise(numbers)
        if self.spec.permits:
            yield from (((a, b), 1) for a, b in pairs)
        elif len(self.spec.arguments) == 2 and len(self.spec.alike(self.spec.arguments[self.position].type)) == 2:
            yield from (((a, numbers[-1]), b) for a, b in pairs)  # on the way to the last one
        else:
            index = self._index(rule.row, numbers[0])
            if index is not None:
                yield index, numbers[-1]  # what stands between is passed on the way

    def _index(self, row: Index, state: int) -> Index | None:
        """Return the cell of a state in a row. None iff the row leaves it open, or is one of another state."""
        size = len(self.spec.arguments)
        if len(row) == size - 1 and self.position == size - 1:
            return (*row, state)
        return row if len(row) == size and row[self.position] == state else None

    def _differs(self, rule: _Rule, index: Index, value: int) -> Remark | None:
        """Return how a cell differs from what the rule says; None iff it does not, or was not understood."""
        if index not in self.spec.values or index in self.spec.unread or self.spec.values[index] == value:
            return None
        cell = Cell(self.spec.key(index), self.spec.texts[index], self.spec.place(index), self.spec.name)
        says = f"the comment says `{rule.text}`, but {self.spec.name} has {cell.value} for {', '.join(cell.key)}"
        return Remark(rule.text, rule.place, cell, says)
