"""The models for NuSMV: their transitions are those of the semantics, and NuSMV counts the same states."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from benchmarks.peer_models import LANGUAGES, arithmetic, text
from benchmarks.peers import NUSMV, tools
from verifier.exchange import expressions as e
from verifier.exchange.expressions import Kind

State = Mapping[str, int]

FEW = {
    ("toy", 3): 3, ("devices", 2): 1008, ("philosophers", 4): 80, ("peterson", 2): 34, ("peterson", 3): 705,
    ("counters", 3): 512,
}  # fmt: skip

MANY = {
    **FEW, ("devices", 6): 3_997_696, ("devices", 8): 251_658_240, ("philosophers", 16): 3**16 - 1,
    ("peterson", 4): 14_844, ("peterson", 5): 344_805, ("counters", 16): 8**16, ("irregular", 2): 60_832,
}  # fmt: skip
"""The states of the families. Peterson 6 has 8,786,754, which takes NuSMV a minute."""


def python(smv: str) -> str:
    """Return an SMV expression in Python, from the innermost parentheses outwards."""
    groups: list[str] = []

    def kept(group: re.Match[str]) -> str:
        groups.append(flat(group[1]))
        return f"«{len(groups) - 1}»"

    while "(" in smv:
        smv = re.sub(r"\(([^()]*)\)", kept, smv)
    smv = flat(smv)
    while "«" in smv:
        smv = re.sub(r"«(\d+)»", lambda m: f"({groups[int(m[1])]})", smv)
    return smv


def flat(smv: str) -> str:
    """Return an expression without parentheses in Python."""
    if " ? " in smv:
        condition, one, other = re.split(r" [?:] ", smv)
        return f"({flat(one)}) if ({flat(condition)}) else ({flat(other)})"
    smv = re.sub(r"(?<![<>])=", "==", smv).replace("!", " not ").replace("&", "and").replace("|", "or")
    return smv.replace(" mod ", " % ").replace(" / ", " // ").replace("TRUE", "True").replace("FALSE", "False")


def read(smv: str) -> tuple[State, Callable[[State], Iterator[State]], Callable[[State], bool]]:
    """Return the initial state, the successors and the property of a module whose transitions are one relation."""
    _, head, body = re.split(r"\nVAR\n|\nINIT ", smv)
    names = re.findall(r"(\w+) : ", head)
    initial, body = body.split("\nTRANS\n")
    body, good = body.split("\nINVARSPEC ")
    actions = []
    for line in body.splitlines():
        guard, *values = re.split(r" ?&? ?next\(", line.strip().removesuffix(" |")[1:-1])
        effects = dict(v.split(") = ", 1) for v in values)
        assert list(effects) == names
        code = compile(f"[{', '.join(python(v) for v in effects.values())}]", line, "eval")
        actions.append((compile(python(guard or "TRUE"), line, "eval"), code))
    start = dict(word.split(" = ") for word in initial.split(" & "))
    assert list(start) == names

    def after(state: State) -> Iterator[State]:
        for guard, effect in actions:
            if eval(guard, {}, dict(state)):
                yield dict(zip(names, map(int, eval(effect, {}, dict(state))), strict=True))

    return {n: int(eval(python(v))) for n, v in start.items()}, after, lambda s: eval(python(good), {}, dict(s))


@pytest.mark.parametrize(("family", "size"), FEW)
def test_the_relation_reaches_the_states_of_the_family(family: str, size: int) -> None:
    initial, after, good = read(text(family, size, "smv"))
    seen, frontier = {tuple(initial.values())}, [initial]
    while frontier:
        new = [s for state in frontier for s in after(state)]
        frontier = list({tuple(s.values()): s for s in new if tuple(s.values()) not in seen}.values())
        seen |= {tuple(s.values()) for s in frontier}
    assert len(seen) == FEW[family, size]
    assert all(good(dict(zip(initial, state, strict=True))) for state in seen)


def test_a_variable_is_assigned_by_each_transition_that_changes_it() -> None:
    written = text("devices", 2, "smv-assignments")
    parts = dict(re.findall(r"next\((\w+)\) := case\n(.*?)    TRUE : \1; esac;", written, re.DOTALL))
    assert {name: part.count(";") for name, part in parts.items()} == {
        "v_state_0": 17, "v_state_1": 17, "v_errors_0": 2
    }  # fmt: skip
    assert "IVAR chosen : 0..33;" in written
    assert "    chosen = 0 & (v_state_0 = 1) : 5;" in parts["v_state_0"]


def test_items_with_the_same_key_are_neighbours() -> None:
    names = re.findall(r"^  (\w+) : ", text("philosophers", 3, "smv"), re.MULTILINE)
    assert names == ["v_phase_0", "v_taken_0", "v_phase_1", "v_taken_1", "v_phase_2", "v_taken_2"]


@pytest.mark.parametrize("kind", [Kind.BITAND, Kind.BITOR, Kind.BITXOR])
def test_operations_on_bits_are_arithmetic(kind: Kind) -> None:
    numbers = {Kind.BITAND: int.__and__, Kind.BITOR: int.__or__, Kind.BITXOR: int.__xor__}
    block = e.Block("x", 2, 0, 5, False)
    a, b = (e.item(block, e.number(i)) for i in range(2))
    node = arithmetic(e.bits(kind, a, e.bits(kind, b, e.number(3))))
    assert {part.kind for part in e.parts_of(node)}.isdisjoint(numbers)
    for x in product(range(6), repeat=2):
        assert value(node, x) == numbers[kind](x[0], numbers[kind](x[1], 3))


def value(node: e.Node, x: tuple[int, int]) -> int:
    """Return the value of an expression over two items."""
    parts = [value(a, x) for a in node.args]
    match node.kind:
        case Kind.NUMBER:
            return node.low
        case Kind.ITEM:
            return x[parts[0]]
        case Kind.IF:
            return parts[1] if parts[0] else parts[2]
        case Kind.NOT:
            return not parts[0]
        case Kind.AND | Kind.OR:
            return (all if node.kind is Kind.AND else any)(parts)
    return {Kind.ADD: int.__add__, Kind.DIV: int.__floordiv__, Kind.MOD: int.__mod__, Kind.EQ: int.__eq__}[node.kind](
        *parts
    )


def test_each_language_is_written() -> None:
    assert all(len(text("toy", 3, language)) > 100 for language in LANGUAGES)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("NuSMV"), reason="NOT INSTALLED: NuSMV: nothing is compared with it")
@pytest.mark.parametrize(("family", "size"), MANY)
def test_nusmv_counts_the_states_and_proves_the_property(family: str, size: int, tmp_path: Path) -> None:
    used = [t for t in tools((), 1.0) if t.name in NUSMV and (size < 16 or t.name == "nusmv")]
    assert used
    for tool in used:
        (tmp_path / tool.file).write_text(text(family, size, tool.language))
        (command,) = tool.commands
        printed = subprocess.run([command[0], "-r", *command[1:]], cwd=tmp_path, capture_output=True, text=True).stdout
        assert tool.read(printed) == ("holds", None, None)
        assert f"reachable states: {MANY[family, size]:.6g} (" in printed
