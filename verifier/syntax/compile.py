"""Turn grammar.lark into tables.json: `python -m verifier.syntax.compile`.

Lark makes the LALR tables here, once, when the grammar changes; reading a spec needs only the tables. So a
start costs no grammar compilation, and nothing has to be written beside the installed package. The result
depends on the grammar alone, and a test keeps the two files in step.
"""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("tables.json")
STARTS = ["declaration", "expr"]

Json = dict[str, Any]


def tables(grammar: str) -> Json:
    """Return the tables of a grammar, in the form that `automaton.Automaton` reads.

    `keywords`, `operators`: the terminals that are their own text. `patterns`: regular expressions of the
    others. `ignored`: those to leave out. `rules`: for each [name, group, arity, unit, recipe], see
    `automaton.Rule`. `actions`: for each state, what each terminal leads to: a state to go to (n >= 0) or a rule
    to reduce by (-1 - n). `gotos`: for each state, the state that each finished group leads to. `starts`,
    `ends`: the first and the last state of each start.
    """
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    lark = Lark(grammar, parser="lalr", lexer="basic", start=STARTS, maybe_placeholders=True)
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    return _arrange(data["parser"], memo)


def _arrange(data: Json, memo: dict[int, Json]) -> Json:
    terminals = [memo[t["@"]] for t in data["lexer_conf"]["terminals"]]
    names = {t["name"]: _kind(t) for t in terminals}
    rules = {n: _rule(r) for n, r in memo.items() if r["__type__"] == "Rule"}
    ordered = sorted({json.dumps(r): r for r in rules.values()}.values(), key=json.dumps)
    table = data["parser"]
    reduced = {n: -1 - ordered.index(r) for n, r in rules.items()}
    states = {n: _halves(state, table["tokens"], names, reduced) for n, state in table["states"].items()}
    numbers = _numbers(states, [table["start_states"][s] for s in STARTS])
    renumbered = [[{s: numbers.get(v, v) for s, v in half.items()} for half in states[n]] for n in numbers]
    return {
        "keywords": sorted(k for k in names.values() if k[0].islower()),
        "operators": sorted(k for k in names.values() if not k[0].isalpha()),
        "patterns": {t["name"]: t["pattern"]["value"] for t in terminals if t["pattern"]["__type__"] == "PatternRE"},
        "ignored": sorted(data["lexer_conf"]["ignore"]),
        "starts": {s: numbers[table["start_states"][s]] for s in STARTS},
        "ends": {s: numbers[table["end_states"][s]] for s in STARTS},
        "rules": ordered,
        "actions": [terminals for terminals, _ in renumbered],
        "gotos": [groups for _, groups in renumbered],
    }


def _numbers(states: dict[int, list[dict[str, int]]], starts: list[int]) -> dict[int, int]:
    """Number the states in the order in which they are met from `starts`: Lark's own numbers vary between runs."""
    numbers: dict[int, int] = {}
    waiting = deque(starts)
    while waiting:
        state = waiting.popleft()
        if state not in numbers:
            numbers[state] = len(numbers)
            waiting.extend(n for half in states[state] for n in half.values() if n >= 0)
    return numbers


def _kind(terminal: Json) -> str:
    """Return what a terminal is called: its text, where it always has the same."""
    pattern = terminal["pattern"]
    return str(pattern["value"] if pattern["__type__"] == "PatternStr" else terminal["name"])


def _halves(state: Json, symbols: Json, names: dict[str, str], reduced: dict[int, int]) -> list[dict[str, int]]:
    """Return what the terminals (Lark writes them in capitals) lead to, and what the groups lead to."""
    shift = 0
    halves: list[dict[str, int]] = [{}, {}]
    for number, (action, where) in state.items():
        symbol = str(symbols[number])
        halves[not symbol.isupper()][names.get(symbol, symbol)] = where if action == shift else reduced[where["@"]]
    return [dict(sorted(half.items())) for half in halves]


def _rule(rule: Json) -> list[Any]:
    options, expansion = rule["options"], rule["expansion"]
    group = rule["origin"]["name"]
    unit = options["expand1"] and not rule["alias"]
    return [rule["alias"] or group, group, len(expansion), unit, _recipe(expansion, options)]


def _recipe(expansion: list[Json], options: Json) -> list[int | None]:
    """Return what the rule's node is made of: children by number (-1 - n: the items of n), None for an absent part.

    The arrangement is Lark's: punctuation is left out, and `[x]` gives None where there is no x.
    """
    absent = "".join(str(int(b)) for b in options["empty_indices"] or [False] * len(expansion)).split("0")
    recipe: list[int | None] = []
    for number, (symbol, nones) in enumerate(zip(expansion, absent, strict=False)):
        recipe.extend([None] * len(nones))
        if options["keep_all_tokens"] or not symbol.get("filter_out"):
            spliced = symbol["__type__"] == "NonTerminal" and symbol["name"].startswith("_")
            recipe.append(-1 - number if spliced else number)
    return recipe + [None] * len(absent[len(expansion)])


def main() -> None:
    """Write tables.json."""
    text = json.dumps(tables(GRAMMAR.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
    TABLES.write_text(text.replace("],[", "],\n[").replace("},{", "},\n{") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
