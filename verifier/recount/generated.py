"""Programs as generated Python, for where the evaluator in C cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verifier.recount.code import Check, Do, Each, Emit, Hit, Line, Test, When
from verifier.recount.programs import Programs
from verifier.semantics.instances import TooMany

LOOPS = 18
"""The most loops in each other that Python compiles."""

_FORMS = {"move": "r{a}", "select": "r{b} if r{a} else r{c}", "look": "data[{a} + r{b}]"}


class Failed(Exception):
    """An int left its range, which is surely an error of the machine."""


class Generated:
    """The programs as functions. A state is an integer.

    `initial()` and `look(state)` give the states that are found, and how often what is looked for occurred; they raise
    Failed. Where an int leaves its range and that may be no error, the step is left out, and `unsure` has an element.
    """

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.unsure: list[bool] = []
        self.low = [low for low, _ in programs.fields]
        self.width = [(high - low).bit_length() for low, high in programs.fields]
        self.shift = [sum(self.width[:i]) for i in range(len(self.width))]
        self.initial: Callable[[], tuple[list[int], int]] = self._function("initial", self._initial())
        self.look: Callable[[int], tuple[list[int], int]] = self._function("look", self._look())

    def _function(self, name: str, lines: Iterator[str]) -> Callable[..., tuple[list[int], int]]:
        code = self.programs.code
        names = {f"r{register}": number for register, number in code.value.items()}
        scope: dict[str, object] = {**names, "data": tuple(code.data), "Failed": Failed, "unsure": self.unsure}
        exec("\n".join(lines), scope)
        found = scope[name]
        assert callable(found)
        return found

    def _initial(self) -> Iterator[str]:
        yield from ("def initial():", " state, found, hits = 0, [], 0", " for _ in (0,):")
        yield from self._block(self.programs.initial, 2, 0)
        yield " return found, hits"

    def _look(self) -> Iterator[str]:
        yield from ("def look(state):", " found, hits = [], 0")
        for i, (low, width, shift) in enumerate(zip(self.low, self.width, self.shift, strict=True)):
            yield f" r{i} = (state >> {shift} & {(1 << width) - 1}) + {low}"
        for action in self.programs.actions:
            yield from (" before = len(found)", " for _ in (0,):")
            yield from self._block(action.block, 2, 0)
            if action.forks:
                yield " hits += len(set(found[before:])) > 1"
        if self.programs.dead is not None:
            yield from (" for _ in (0,):", "  if found: continue")
            yield from self._block(self.programs.dead, 2, 0)
        yield " return found, hits"

    def _block(self, block: Sequence[Line], depth: int, loops: int) -> Iterator[str]:
        if loops > LOOPS:
            raise TooMany("more is left open than can be tried")
        indent = " " * depth
        yield indent + "pass"
        for line in block:
            match line:
                case Do(operator="load"):
                    every = ", ".join(f"r{line.a + i}" for i in range(line.c))
                    yield f"{indent}r{line.to} = ({every},)[r{line.b}]"
                case Do():
                    yield f"{indent}r{line.to} = {self._value(line)}"
                case Test():
                    yield f"{indent}if not r{line.a} {line.operator} r{line.b}: continue"
                case Check():
                    yield f"{indent}if not r{line.b} <= r{line.a} <= r{line.c}:"
                    yield indent + (" raise Failed" if line.sure else " unsure.append(True); continue")
                case When():
                    yield f"{indent}if {'not ' if line.negated else ''}r{line.a}:"
                    yield from self._block(line.block, depth + 1, loops)
                case Each():
                    yield f"{indent}for r{line.to} in range({line.low}, {line.high + 1}):"
                    yield from self._block(line.block, depth + 1, loops + 1)
                case Emit():
                    yield f"{indent}found.append({self._state(line)})"
                case Hit():
                    yield f"{indent}hits += r{line.a} != 0"

    def _value(self, line: Do) -> str:
        if line.operator in ("<<", ">>"):
            return f"r{line.a} {line.operator} r{line.b} if r{line.b} < 64 else 0"
        form = _FORMS.get(line.operator, "r{a} " + line.operator + " r{b}")
        value = form.format(a=line.a, b=line.b, c=line.c)
        return f"int({value})" if line.operator in ("==", "!=", "<", "<=") else value

    def _state(self, line: Emit) -> str:
        mask = sum((1 << self.width[f]) - 1 << self.shift[f] for f, _ in line.writes)
        written = (f"(r{r} - {self.low[f]} << {self.shift[f]})" for f, r in line.writes)
        return " | ".join([f"(state & ~{mask})", *written])
