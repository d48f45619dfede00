"""From a C function to what it does for each pair of states."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from verifier.diagnostics import Diagnostic, Source, Span, nearest
from verifier.files import Files
from verifier.source.arrays import CTable, read_table
from verifier.source.constants import Constants
from verifier.source.functions.choices import Choices
from verifier.source.functions.code import Constant, Load, Program, Switch, expressions, parts
from verifier.source.functions.domain import Domain, Domains
from verifier.source.functions.execute import Ending, Run, reads
from verifier.source.functions.explore import Leaf, Tree, conditions, endings, tree
from verifier.source.functions.locate import MOST_NESTED, Function, locate
from verifier.source.functions.lower import lower
from verifier.source.functions.meaning import Bit
from verifier.source.functions.memory import Memory
from verifier.source.functions.outcomes import Judge, Kind, Outcome, kept_in, kind_of
from verifier.source.functions.pair import Finder, Pair
from verifier.source.functions.values import Value, number
from verifier.source.integers import INT, UNSIGNED
from verifier.source.parsing import line_span
from verifier.source.preprocess import Text
from verifier.source.refusal import SourceError, UnreadableError
from verifier.source.unit import remembered

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)

MOST_PAIRS = 4096
"""How many pairs of states a function may have."""


@dataclass(frozen=True)
class Reading:
    """What a function does: the two states, and for each pair of their values, by their names in C, the outcomes.

    `kept` is the place in memory that holds the state, if the function assigns one; `bits` are the names of bits
    of what it reads.
    """

    function: Function
    pair: Pair
    kind: Kind
    kept: str | None
    trees: Mapping[tuple[str, str], Tree[Outcome]]
    bits: Mapping[Bit, str]

    @property
    def texts(self) -> tuple[Text, ...]:
        """The files that places are in: the function's, and those that declare the states."""
        paths = {self.pair.domain.path, self.pair.other.path, self.function.text.path}
        return tuple(t for t in self.function.unit.texts if t.path in paths)

    @property
    def place(self) -> Span:
        """The line of the function's name."""
        return line_span(self.function.text, self.function.line)


def read_function(
    files: Files,
    path: str,
    name: str,
    enums: Sequence[str] = (),
    old: str | None = None,
    new: str | None = None,
    fixed: Mapping[str, int] | None = None,
) -> Reading:
    """Return what the function `name` of the C file `path` does; for the arguments see `extract_function`.

    Raises SourceError iff there is no such function, or the states are not certain.
    """
    try:
        files = remembered(files)
        function = locate(files, path, name)
    except UnreadableError as refused:
        raise SourceError([refused.at(None)]) from refused
    try:
        with _deep_recursion():
            return _read(files, function, enums, old, new, fixed or {})
    except UnreadableError as refused:
        raise _error(function, refused.at(line_span(function.text, function.line))) from refused


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Allow recursion as deep as `locate.MOST_NESTED` needs, with some frames for each level."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 10 * MOST_NESTED))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _error(function: Function, diagnostic: Diagnostic) -> SourceError:
    return SourceError([diagnostic], [Source(function.text.path, function.text.raw.decode(errors="replace"))])


def _read(
    files: Files,
    function: Function,
    enums: Sequence[str],
    old: str | None,
    new: str | None,
    fixed: Mapping[str, int],
) -> Reading:
    constants = Constants(function.unit, function.line)
    program = lower(function, constants)
    pair = Finder(function, program, Domains(constants, _mentioned(program))).find(enums, old, new)
    if len(pair.domain.numbers) * len(pair.other.numbers) > MOST_PAIRS:
        raise UnreadableError("ARC973", f"there are more than {MOST_PAIRS} pairs of states")
    tables = {array: _table(files, function.text.path, array) for array in reads(program)}
    kept = kept_in(program, pair, function)
    known = {key: number(value) for key, value in fixed.items()}
    loads = {p.key for i in program.instructions for e in expressions(i) for p in parts(e) if isinstance(p, Load)}
    for key in (k for k in fixed if k not in loads):
        like = nearest(key, sorted(loads))
        told = f"{function.name} reads no {key}, so that it cannot be taken to be a number"
        raise UnreadableError("ARC971", told, help=f"did you mean {like}?" if like else None)
    runs = _runs(program, pair, tables, frozenset([kept] if kept else ()), known)
    kind = kind_of(function, pair, (e for found in runs.values() for e in found or ()), kept)
    judge = Judge(kind, kept, pair.domain)
    place = line_span(function.text, function.line)
    trees = {key: _too_many(place) if found is None else tree(found, judge.outcome) for key, found in runs.items()}
    return Reading(function, pair, kind, kept, trees, _bits(trees.values(), constants))


def _bits(trees: Iterable[Tree[Outcome]], constants: Constants) -> dict[Bit, str]:
    """Return the names of single bits in the masks of the conditions."""
    found: dict[Bit, str] = {}
    told = {(c.fact.word, c.fact.mask, c.names) for t in trees for c in conditions(t) if c.fact is not None}
    for word, mask, names in sorted(told):
        for name in _NAME.findall(names):
            number = _number(name, constants)
            if number > 0 and number & mask and number & (number - 1) == 0:
                found.setdefault((word, number), name)
    return found


def _number(name: str, constants: Constants) -> int:
    try:
        return constants.evaluate(name).value
    except UnreadableError:
        return 0


def _too_many(place: Span) -> Tree[Outcome]:
    return Leaf(Outcome(gap="it depends on too many other things"), place)


def _mentioned(program: Program) -> frozenset[str]:
    names = [p.name for i in program.instructions for e in expressions(i) for p in parts(e) if isinstance(p, Constant)]
    labels = [e for i in program.instructions if isinstance(i, Switch) for _, a, b, _ in i.cases for e in (a, b)]
    return frozenset((*names, *(e.name for e in labels if isinstance(e, Constant))))


def _table(files: Files, path: str, array: str) -> CTable | str:
    try:
        return read_table(files, path, array)
    except SourceError as refused:
        return refused.diagnostics[0].message


def _runs(
    program: Program,
    pair: Pair,
    tables: Mapping[str, CTable | str],
    watched: frozenset[str],
    fixed: Mapping[str, Value],
) -> dict[tuple[str, str], list[Ending] | None]:
    """Return how the function ends for each pair of states."""
    found = {}
    for old, first in pair.domain.numbers.items():
        for new, second in pair.other.numbers.items():
            subjects = {pair.old: _state(first, pair.domain), pair.new: _state(second, pair.other)}

            def run(choices: Sequence[bool], subjects: Mapping[str, Value] = subjects) -> Ending:
                memory = Memory(program.parameters, subjects, fixed, watched)
                return Run(program, memory, tables, Choices(choices)).ending()

            found[old, new] = endings(run)
    return found


def _state(value: int, domain: Domain) -> Value:
    """Return a state as a variable of the enum's type holds it: unsigned unless the enum has a negative value."""
    signed = not domain.tag or any(n < 0 for n in domain.numbers.values())
    return number(value, domain.of(value) or "", kind=INT if signed else UNSIGNED)
