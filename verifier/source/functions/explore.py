"""All runs of a function for one pair of states, as a tree of the conditions that depend on something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from verifier.diagnostics import Span
from verifier.source.functions.choices import Decision
from verifier.source.functions.execute import Ending
from verifier.source.functions.values import Value, Word, compared, number

MOST_RUNS = 256
"""How many ways through a function are followed for one pair of states."""

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Fact:
    """`word & mask == value`, of an integer in memory: its text in C, and how often it had changed on the way (`time`).

    A mask is -1 for all bits. `other`: it says that `word & mask` is another value.
    """

    word: str
    time: int
    mask: int
    value: int
    other: bool = False

    @property
    def bit(self) -> bool:
        """True iff it says that one bit is set."""
        return self.mask == self.value > 0 and self.mask & (self.mask - 1) == 0


@dataclass(frozen=True)
class Condition:
    """A condition on something else than the states: its text in C, which of those of that text it is on the way
    (from 0), and whether it is a call's result or the like, and not what memory holds. `fact` is what it says of an
    integer in memory, if it is about the bits of one; `names` are C's words for its mask."""

    text: str
    number: int
    call: bool
    place: Span = field(compare=False)
    fact: Fact | None = None
    names: str = field(default="", compare=False)


@dataclass(frozen=True)
class Leaf(Generic[T]):
    """What happens, and where that is decided."""

    outcome: T
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Fork(Generic[T]):
    """What happens where a condition is true, and where it is not."""

    condition: Condition
    yes: Tree[T]
    no: Tree[T]


Tree = Leaf[T] | Fork[T]


def endings(run: Callable[[Sequence[bool]], Ending]) -> list[Ending] | None:
    """Return how the function ends on each way through it; None iff there are too many."""
    found: list[Ending] = []
    choices: list[bool] = []
    while len(found) < MOST_RUNS:
        found.append(run(choices))
        choices = [d.truth for d in found[-1].decisions]
        while choices and not choices[-1]:
            choices.pop()
        if not choices:
            return found
        choices[-1] = False
    return None


def tree(found: Sequence[Ending], judge: Callable[[Ending], Tree[T]]) -> Tree[T]:
    """Return the endings as a tree, without the conditions that make no difference."""
    return _tree([(_conditions(e.decisions), e) for e in found], 0, judge)


def _tree(
    found: Sequence[tuple[list[tuple[Condition, bool]], Ending]], depth: int, judge: Callable[[Ending], Tree[T]]
) -> Tree[T]:
    way, ending = found[0]
    if len(way) == depth:
        return judge(ending)
    yes = _tree([f for f in found if f[0][depth][1]], depth + 1, judge)
    no = _tree([f for f in found if not f[0][depth][1]], depth + 1, judge)
    return fork(way[depth][0], yes, no)


def fork(condition: Condition, yes: Tree[T], no: Tree[T]) -> Tree[T]:
    """Return the tree that decides by a condition; either branch iff they are equal."""
    return yes if yes == no else Fork(condition, yes, no)


def _conditions(decisions: Sequence[Decision]) -> list[tuple[Condition, bool]]:
    """Return what was decided; `x != 0` is written as `x`."""
    seen: dict[str, list[str]] = {}
    times: dict[str, list[str]] = {}
    found = []
    for decision in decisions:
        atom, truth = decision.atom, decision.truth
        text = atom.text
        if atom.word is not None and isinstance(atom.right, int):
            ids = times.setdefault(atom.word.text, [])
            ids += [] if atom.word.id in ids else [atom.word.id]
            found.append(_of_word(decision, atom.word, atom.word.held(atom.right), ids.index(atom.word.id)))
            continue
        if atom.operator == "==" and atom.right == 0:
            text, truth = text.rpartition(" == ")[0], not truth
        known = seen.setdefault(text, [])
        known.append(atom.id)
        found.append((Condition(text, len(known) - 1, atom.call, decision.place), truth))
    return found


def nonzero(value: Value, ending: Ending) -> tuple[Condition, bool]:
    """Return the condition that tells whether a value at the end of a way is 0, and its truth where it is not."""
    found = compared("==", value, number(0))
    assert not isinstance(found, bool)
    return _conditions((*ending.decisions, Decision(found[0], False, ending.place)))[-1]


def _of_word(decision: Decision, word: Word, value: int, time: int) -> tuple[Condition, bool]:
    """Return what was decided of a word; that a bit is not set is written as the contrary of that it is."""
    mask, truth = word.mask, decision.truth
    single = mask > 0 and mask & (mask - 1) == 0
    fact = Fact(word.text, time, mask, mask if single else value, other=value == 0 and not single)
    truth = truth != (value == 0)
    return about(fact, decision.place, decision.atom.names), truth


def about(fact: Fact, place: Span, names: str = "") -> Condition:
    """Return the condition that a fact is true."""
    text = fact.word if fact.mask == -1 else f"{fact.word} & {fact.mask}"
    if not (fact.bit or (fact.other and fact.value == 0)):
        text = f"{text if fact.mask == -1 else f'({text})'} {'!=' if fact.other else '=='} {fact.value}"
    return Condition(text, fact.time, False, place, fact, names)


def leaves(of: Tree[T]) -> list[Leaf[T]]:
    """Return the leaves of a tree, in order."""
    return [of] if isinstance(of, Leaf) else [*leaves(of.yes), *leaves(of.no)]


def conditions(of: Tree[T]) -> list[Condition]:
    """Return the conditions of a tree, each once, in order."""
    if isinstance(of, Leaf):
        return []
    return list(dict.fromkeys([of.condition, *conditions(of.yes), *conditions(of.no)]))


def mapped(of: Tree[T], change: Callable[[T], T]) -> Tree[T]:
    """Return the tree with other outcomes."""
    if isinstance(of, Leaf):
        return replace(of, outcome=change(of.outcome))
    return fork(of.condition, mapped(of.yes, change), mapped(of.no, change))


def without_calls(of: Tree[T], better: Callable[[T, T], T]) -> Tree[T]:
    """Return the tree without the conditions that are results of calls: of two outcomes the `better` one counts."""
    if isinstance(of, Leaf):
        return of
    yes, no = without_calls(of.yes, better), without_calls(of.no, better)
    return _joined(yes, no, better) if of.condition.call else fork(of.condition, yes, no)


def _joined(one: Tree[T], two: Tree[T], better: Callable[[T, T], T]) -> Tree[T]:
    if isinstance(one, Fork):
        below = [
            _joined(branch, _under(two, one.condition, truth), better)
            for branch, truth in ((one.yes, True), (one.no, False))
        ]
        return fork(one.condition, *below)
    if isinstance(two, Fork):
        return fork(two.condition, _joined(one, two.yes, better), _joined(one, two.no, better))
    return one if better(one.outcome, two.outcome) == one.outcome else two


def _under(of: Tree[T], condition: Condition, truth: bool) -> Tree[T]:
    """Return the tree for when the condition has that truth."""
    if isinstance(of, Leaf):
        return of
    if of.condition == condition:
        return _under(of.yes if truth else of.no, condition, truth)
    return fork(of.condition, _under(of.yes, condition, truth), _under(of.no, condition, truth))
