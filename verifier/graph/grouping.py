"""Which arcs share a line of the picture.

Rules between the same two states share an edge, and so do the two directions of a rule that leads both ways. A
rule that leads to one state from nearly all others gets a single arrow "from any state". Rules that keep the
state are listed, unless they are steps of the run that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

FEWEST = 4
"""The fewest sources that are drawn as one arrow."""

MOST_BUT = 2
"""The most states that the words "any state but" leave out."""

MOST_GOALS = 2
"""A rule that leads to more goals, or to others from few states, is drawn as what it is, line by line .."""

MOST_LINES = 40
""".. unless that takes more lines than this."""


@dataclass(frozen=True)
class Style:
    """What tells one line from another. `taken`: some run takes it; None: not decided. `marked`: it is a step of
    what is shown."""

    failure: bool
    taken: bool | None
    marked: bool


@dataclass(frozen=True)
class Line:
    """One arc, its ends by name, with the marks of the steps that take it."""

    rule: str
    condition: str
    start: str
    goal: str
    style: Style
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A rule on an edge, followed by a question mark where it is not decided whether a run takes it; its condition on
    the parameters (or none), and the marks of the steps that take it."""

    rule: str
    condition: str
    marks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The rule and its condition."""
        return f"{self.rule} [{self.condition}]" if self.condition else self.rule

    def __str__(self) -> str:
        return " ".join((*(f"({m})" for m in self.marks), self.text))


@dataclass(frozen=True)
class Edge:
    """One line of the picture, from `start` to `goal`, and back too where `both`. Without a start it comes from
    where `origin` says."""

    start: str | None
    goal: str
    labels: tuple[Label, ...]
    style: Style
    both: bool = False
    origin: str = ""


def edges(lines: Sequence[Line]) -> tuple[Edge, ...]:
    """Return the edges of all lines but those that keep the state and are not marked."""
    drawn = [x for x in lines if x.start != x.goal or x.marks]
    twoway = [x for x in drawn if _reversed(x) in drawn]
    there = [x for i, x in enumerate(twoway) if _reversed(x) not in twoway[:i]]
    return tuple(_joined([*(_edge(x, True) for x in there), *(_edge(x, False) for x in drawn if x not in twoway)]))


def _reversed(line: Line) -> Line | None:
    """Return the line that leads back by the same rule in the same way; None where the line has marks."""
    return None if line.marks or line.start == line.goal else replace(line, start=line.goal, goal=line.start)


def _edge(line: Line, both: bool) -> Edge:
    return Edge(line.start, line.goal, (_label(line),), line.style, both)


def _label(line: Line) -> Label:
    return Label(line.rule if line.style.taken is not None else f"{line.rule} ?", line.condition, line.marks)


def _joined(parts: Iterable[Edge]) -> Iterator[Edge]:
    """Put the labels of edges that are otherwise the same on one edge."""
    groups: dict[Edge, list[Label]] = {}
    for part in parts:
        groups.setdefault(replace(part, labels=()), []).extend(part.labels)
    return (replace(edge, labels=tuple(labels)) for edge, labels in groups.items())


def stubs(
    lines: Sequence[Line], reached: Sequence[str], unreached: Sequence[str]
) -> tuple[tuple[Edge, ...], tuple[Line, ...]]:
    """Return the arrows that stand for many sources each, and the lines that are left, marked ones among them."""
    found: dict[str, list[tuple[Edge, list[Line]]]] = {}
    for like, group in _by_goal(lines):
        sources = [x.start for x in group]
        lost = all(n in unreached for n in sources)
        origin = _any_of(unreached if lost else reached, sources, like.goal, "unreached state" if lost else "state")
        if origin is not None and sum(n != like.goal for n in sources) >= FEWEST:
            edge = replace(_edge(like, False), start=None, origin=origin)
            found.setdefault(like.rule, []).append((edge, group))
    chosen = [x for rule, xs in found.items() if _is_hub(lines, rule, xs) for x in xs]
    gone = {x for _, group in chosen for x in group if not x.marks}
    return tuple(_joined(edge for edge, _ in chosen)), tuple(x for x in lines if x not in gone)


def _is_hub(lines: Iterable[Line], rule: str, collapsed: Sequence[tuple[Edge, Sequence[Line]]]) -> bool:
    """Return True iff the rule is better drawn as arrows for many sources each."""
    size = sum(len(group) for _, group in collapsed)
    kinds = {edge.style.taken for edge, _ in collapsed}
    others = [x for x in lines if x.rule == rule and x.start != x.goal and x.style.taken in kinds]
    everything = all(any(x in group for _, group in collapsed) for x in others)
    return size > MOST_LINES or (len(collapsed) <= MOST_GOALS and everything)


def _by_goal(lines: Iterable[Line]) -> Iterable[tuple[Line, list[Line]]]:
    """Put lines together that differ in where they start, and in whether they are marked."""
    groups: dict[Line, list[Line]] = {}
    for line in lines:
        like = replace(line, start="", style=replace(line.style, marked=False), marks=())
        groups.setdefault(like, []).append(line)
    return groups.items()


def _any_of(base: Sequence[str], sources: Sequence[str], goal: str | None, noun: str) -> str | None:
    """Return `any state`, `any other state`, or either with `but` and at most MOST_BUT names; None iff the sources
    are not so many of `base`."""
    missing = [n for n in base if n not in sources]
    but = [n for n in missing if n != goal]
    if len(but) > MOST_BUT or not set(sources) <= set(base):
        return None
    other = "other " if goal in missing else ""
    return f"any {other}{noun}" + (f" but {', '.join(but)}" if but else "")


def keeping(lines: Iterable[Line], reached: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (rules, states) for the rules that some run fires without a change of the state, those of the same
    states together."""
    states: dict[str, list[str]] = {}
    for line in lines:
        if line.start == line.goal and not line.marks and line.style.taken is not False:
            states.setdefault(_label(line).text, []).append(line.start)
    rules: dict[str, list[str]] = {}
    for rule, names in states.items():
        many = _any_of(reached, names, None, "state") if len(names) >= FEWEST else None
        rules.setdefault(many or ", ".join(names), []).append(rule)
    return ((", ".join(r), s) for s, r in rules.items())
