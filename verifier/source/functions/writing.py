"""A spec made of what a C function was found to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.source.extraction import Cell, CPlace
from verifier.source.functions.domain import Domain
from verifier.source.functions.explore import Condition, Fork, Leaf, Tree, conditions, leaves, mapped
from verifier.source.functions.given import Given, plain, quoted, wish
from verifier.source.functions.meaning import Bit
from verifier.source.functions.outcomes import Outcome
from verifier.source.naming import Names, camel, prefix, shortened
from verifier.source.writing import Sheet

Key = tuple[str, str]
"""An old and a new state, by their names in C."""


@dataclass(frozen=True)
class Found:
    """What a function was found to do: a tree of outcomes for each pair of states.

    `permits`: it says whether a step is allowed; `moves`: the state that follows is not always the one asked for.
    `meaning` says what "allowed" stands for. `place` is the function's; `bits` are names for bits of what it reads in
    memory.
    """

    function: str
    path: str
    place: Span
    old: Domain
    new: Domain
    trees: Mapping[Key, Tree[Outcome]]
    permits: bool
    moves: bool
    meaning: str
    bits: Mapping[Bit, str]

    @property
    def hangs(self) -> bool:
        """True iff for some pair of states the function never returns."""
        return any(leaf.outcome.hangs for t in self.trees.values() for leaf in leaves(t))


class Writer:
    """Writes one spec. `place` turns a span into a place with its source line."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.names = Names()
        self.sheet = Sheet[Span]()
        self.cells: list[tuple[Key, str, Span, str]] = []
        self.machine = self.names.claim(found.function)
        self.type = self._type(found.old, "State")
        self.values = self._values(found.old)
        self.event = self.type if found.new is found.old else self._type(found.new, "Event")
        self.events = self.values if found.new is found.old else self._values(found.new)
        self.state = self.names.claim("state")
        self.wanted = self.names.claim("new")
        self.asked: dict[Condition, str] = {}

    def _type(self, domain: Domain, otherwise: str) -> str:
        common = prefix(domain.numbers)
        return self.names.claim(camel(domain.tag) or camel(common) or otherwise)

    def _values(self, domain: Domain) -> dict[str, str]:
        listed = list(domain.numbers)
        given = self.names.claim_all(shortened(listed), listed)
        return dict(zip(listed, given, strict=True))

    def write(self) -> Sheet[Span]:
        """Write the whole spec."""
        self._head()
        self._enum(self.found.old, self.type, self.values)
        if self.event is not self.type:
            self._enum(self.found.new, self.event, self.events)
        self._conditions()
        first = len(self.sheet.lines)
        self.sheet.add()
        self.hung = self.names.claim("hung") if self.found.hangs else ""
        if self.hung:
            self.sheet.add(f'var {self.hung}: bool = false "the function was called, and never returns"')
        self.sheet.add()
        self._gaps()
        allowed = self._permission() if self.found.permits else ""
        next_ = self._movement() if self.found.moves else ""
        self.sheet.lines[first] = self._begins(allowed)
        self._rules(allowed, next_)
        return self.sheet

    def _begins(self, allowed: str) -> str:
        """Declare the state. Where the function says which steps are allowed it begins where there is one."""
        if not allowed or self.asked:
            return f'var {self.state}: {self.type} "any of them: the function does not say where it begins"'
        name, s, n = allowed.partition("(")[0], self.names.claim("s", "before"), self.names.claim("n", "after")
        some = f"those {s} in {self.type}: some {n} in {self.event}: {name}({s}, {n})"
        return f'var {self.state}: {self.type} in {some} "any from which a step is allowed"'

    def _head(self) -> None:
        f = self.found
        self.sheet.add(f"machine {self.machine}", f.place)
        self.sheet.add(f'  "The steps between states as {f.function}() has them."')
        self.sheet.add()
        self.sheet.add(f'source c = "{quoted(f.path)}, line {f.place.line}"')
        self.sheet.add()

    def _enum(self, domain: Domain, name: str, values: Mapping[str, str]) -> None:
        self.sheet.add(f"enum {name} {{", _at(domain, domain.line))
        listed = list(domain.numbers.items())
        for at, (c_name, number) in enumerate(listed):
            also = [a for a, b in domain.aliases.items() if b == c_name]
            doc = f"{c_name}, also {', '.join(also)}" if also else c_name
            end = "," if at + 1 < len(listed) else ""
            self.sheet.add(f'  {values[c_name]} = {number} "{doc}"{end}', _at(domain, domain.lines[c_name]))
        bounds = f"  # {', '.join(domain.sentinels)} only bounds the others" if domain.sentinels else ""
        self.sheet.add("}" + bounds)
        self.sheet.add()

    def _conditions(self) -> None:
        """Declare what else the function depends on: what memory holds as parameters, what is found out by calls as
        arguments of the rules."""
        everything = dict.fromkeys(c for t in self.found.trees.values() for c in conditions(t))
        self.given = Given((c for c in everything if not c.call), self.found.bits, self.names)
        self.asked = {c: self.names.claim(wish(c)) for c in everything if c.call}
        for declared in self.given.declared:
            self.sheet.add(declared.text, declared.place)
        for condition, name in self.asked.items():
            self.sheet.add(f"# {name}: in C, line {condition.place.line}: {plain(condition.text)}", condition.place)
        if everything:
            self.sheet.add()

    def _gaps(self) -> None:
        gaps: dict[tuple[str, Span], list[str]] = {}
        for (old, new), tree in self.found.trees.items():
            for leaf in leaves(tree) if any(found.outcome.gap for found in leaves(tree)) else ():
                if leaf.outcome.gap:
                    pair = f"{self.values[old]} -> {self.events[new]}"
                    gaps.setdefault((leaf.outcome.gap, leaf.place), []).append(pair)
        for (message, place), pairs in gaps.items():
            shown = list(dict.fromkeys(pairs))
            which = "every pair" if len(shown) == len(self.found.trees) else ", ".join(shown[:20])
            more = f" and {len(shown) - 20} more" if len(shown) > 20 and which != "every pair" else ""
            self.sheet.add(f"# NOT UNDERSTOOD, line {place.line}: {plain(message)}: {which}{more}", place)
        if gaps:
            self.sheet.add()

    def _permission(self) -> str:
        trees = {
            k: mapped(t, lambda o: Outcome(allowed=bool(o.allowed), gap=o.gap)) for k, t in self.found.trees.items()
        }
        name = self.names.claim("allowed", f"{self.machine}_allowed")
        doc = f'"{self.found.meaning}"'
        shown = {k: self._truth(t) for k, t in trees.items()}
        open_ = {k: v for k, v in shown.items() if v not in ("true", "false")}
        if not open_:
            self._table(name, "bool", shown, trees)
            return f"{name}({self.state}, {self.wanted})"
        always = self.names.claim("always_allowed", f"{self.machine}_always_allowed")
        self._table(always, "bool", {k: "false" if k in open_ else v for k, v in shown.items()}, trees, open_)
        return self._definition(name, doc, f"{always}(a, b)", open_, trees, "or")

    def _movement(self) -> str:
        trees = {k: mapped(t, lambda o, k=k: Outcome(next=o.next or k[0])) for k, t in self.found.trees.items()}  # type: ignore[misc]
        name = self.names.claim("next", "next_state")
        shown = {k: self._choice(t) for k, t in trees.items()}
        open_ = {k: v for k, v in shown.items() if isinstance(trees[k], Fork)}
        if not open_:
            self._table(name, self.type, shown, trees)
            return f"{name}({self.state}, {self.wanted})"
        settled = self.names.claim("settled_next")
        base = {k: self.values[k[0]] if k in open_ else v for k, v in shown.items()}
        self._table(settled, self.type, base, trees, open_)
        return self._definition(name, '"The state that follows."', f"{settled}(a, b)", open_, trees, "if")

    def _definition(
        self, name: str, doc: str, base: str, open_: Mapping[Key, str], trees: Mapping[Key, Tree[Outcome]], form: str
    ) -> str:
        """Define a table's function where its value depends on more than the states."""
        more = "".join(f", {n}: bool" for n in self.asked.values())
        head = f"def {name}(a: {self.type}, b: {self.event}{more}) ="
        self.sheet.add(head if form == "if" else f"{head} {base}")
        for (old, new), value in open_.items():
            here = f"a == {self.values[old]} and b == {self.events[new]}"
            place = weighty(trees[old, new]).place
            more = "" if value == "true" else f" and {_inner(value)}"
            line = f"  or {here}{more}" if form == "or" else f"  if {here} then {value} else"
            self.sheet.add(line, place)
        if form == "if":
            self.sheet.add(f"  {base}")
        self.sheet.add(f"  {doc}")
        self.sheet.add()
        return f"{name}({self.state}, {self.wanted}{''.join(f', {n}' for n in self.asked.values())})"

    def _table(
        self,
        name: str,
        result: str,
        shown: Mapping[Key, str],
        trees: Mapping[Key, Tree[Outcome]],
        open_: Mapping[Key, str] | None = None,
    ) -> None:
        columns = list(self.found.new.numbers)
        rows = [["", *(self.events[c] for c in columns)]]
        rows += [[self.values[r], *(shown[r, c] for c in columns)] for r in self.found.old.numbers]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        self.sheet.add(f"table {name}: {self.type}, {self.event} -> {result}")
        for old, row in zip([None, *self.found.old.numbers], rows, strict=True):
            text = " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True))
            self.sheet.add(f"  | {text} |", None if old is None else self._row_place(old, trees))
        self.sheet.add()
        for (old, new), tree in trees.items():
            leaf = weighty(tree)
            if not any(found.outcome.gap for found in leaves(self.found.trees[old, new])):
                value = (open_ or {}).get((old, new), shown[old, new])
                self.cells.append(((self.values[old], self.events[new]), value, leaf.place, name))

    def _row_place(self, old: str, trees: Mapping[Key, Tree[Outcome]]) -> Span:
        row = [weighty(t) for (o, _), t in trees.items() if o == old]
        return next((leaf.place for leaf in row if leaf.outcome.allowed), row[0].place)

    def _name_of(self, condition: Condition) -> str:
        return self.asked[condition] if condition.call else self.given.text(condition)

    def _truth(self, tree: Tree[Outcome]) -> str:
        """Return a tree of permissions as a condition."""
        if isinstance(tree, Leaf):
            return "true" if tree.outcome.allowed else "false"
        name, yes, no = self._name_of(tree.condition), self._truth(tree.yes), self._truth(tree.no)
        match yes, no:
            case "true", "false":
                return name
            case "false", "true":
                return f"not {name}"
            case "true", _:
                return f"{name} or {_inner(no)}"
            case _, "false":
                return f"{name} and {_inner(yes)}"
            case "false", _:
                return f"not {name} and {_inner(no)}"
            case _, "true":
                return f"not {name} or {_inner(yes)}"
            case _ if yes == no:
                return yes
            case _:
                return f"(if {name} then {yes} else {no})"

    def _choice(self, tree: Tree[Outcome]) -> str:
        """Return a tree of states as an expression."""
        if isinstance(tree, Leaf):
            return self.values[tree.outcome.next or ""]
        return f"(if {self._name_of(tree.condition)} then {self._choice(tree.yes)} else {self._choice(tree.no)})"

    def _rules(self, allowed: str, next_: str) -> None:
        f = self.found
        effect = f"{{ {self.state}' = {next_ or self.wanted} }}"
        endless = self._endless()
        alive = [f"not {self.hung}", *([f"not {endless}"] if not allowed else [])] if endless else []
        self._rule("move", [*alive, *([allowed] if allowed else [])], effect)
        if allowed and next_ and any(_strays(t) for t in f.trees.values()):
            never = [f"not {endless}"] if endless else []
            self._rule("refuse", [*alive, *never, f"not {allowed}", f"{next_} != {self.state}"], effect)
        if endless:
            self._rule("hang", [f"not {self.hung}", endless], f"{{ {self.hung}' = true }}")

    def _rule(self, name: str, guards: Sequence[str], effect: str) -> None:
        given = "".join(f", {n}: bool" for n in self.asked.values())
        if self.sheet.lines[-1]:
            self.sheet.add()
        self.sheet.add(f"rule {name}({self.wanted}: {self.event}{given})", self.found.place)
        self.sheet.add(f'  cite c "{self.found.function}()"')
        self.sheet.add(f"  when {' and '.join(guards)} {effect}" if guards else f"  {effect}")

    def _endless(self) -> str:
        """Define for which pairs the function never returns; return how that is called, "" iff there are none."""
        if not self.hung:
            return ""
        trees = {k: mapped(t, lambda o: Outcome(allowed=o.hangs)) for k, t in self.found.trees.items()}
        open_ = {k: shown for k, t in trees.items() if (shown := self._truth(t)) != "false"}
        name = self.names.claim("never_returns", f"{self.machine}_never_returns")
        return self._definition(name, '"It turns in a loop for ever."', "false", open_, trees, "or")


def _strays(tree: Tree[Outcome]) -> bool:
    """Return True iff a step that is not allowed changes the state."""
    return any(not leaf.outcome.allowed and leaf.outcome.next is not None for leaf in leaves(tree))


def _at(domain: Domain, line: int) -> Span:
    return Span(domain.path, line, 1, line, 2)


def weighty(tree: Tree[Outcome]) -> Leaf[Outcome]:
    """Return the leaf that says most: one that allows the step, if there is one."""
    found = leaves(tree)
    return next((leaf for leaf in found if leaf.outcome.allowed), found[0])


def _inner(text: str) -> str:
    whole = re.fullmatch(r"\([^()]*\)", text) is not None
    return text if text.isidentifier() or whole else f"({text})"


def to_place(span: Span, lines: Mapping[str, Sequence[str]]) -> CPlace:
    """Return a span as a place with its source line."""
    known = lines.get(span.path, ())
    text = known[span.line - 1].rstrip("\r") if span.line <= len(known) else ""
    return CPlace(span.path, span.line, span.column, text)


def c_cells(cells: Iterable[tuple[Key, str, Span, str]], lines: Mapping[str, Sequence[str]]) -> tuple[Cell, ...]:
    """Return the cells with their places."""
    return tuple(Cell(key, value, to_place(place, lines), table) for key, value, place, table in cells)
