"""A machine as other model checkers have it: variables that are numbers, guarded assignments at once, questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.exchange import expressions as e
from verifier.exchange.expressions import Block, Node


@dataclass(frozen=True)
class Cell:
    """An item of a block."""

    block: Block
    place: int


@dataclass(frozen=True)
class Action:
    """Where `guard` holds, all `effects` happen at once. `label` is the rule's instance in the spec's words."""

    label: str
    guard: Node
    effects: tuple[tuple[Cell, Node], ...]


@dataclass(frozen=True)
class Check:
    """`good` holds in every reachable state. `text` is the property as it stands in the spec."""

    name: str
    text: str
    good: Node


@dataclass(frozen=True)
class Response:
    """On every maximal run each state in which `trigger` holds is, or is followed by, one in which `response` does."""

    name: str
    text: str
    trigger: Node
    response: Node


@dataclass(frozen=True)
class Move:
    """To stage `there`, iff the step before has these truth values: numbers of conditions on steps."""

    noted: tuple[tuple[int, bool], ...]
    there: int


@dataclass(frozen=True)
class Stage:
    """A stage of an automaton: at which place it is, and whether it accepts a run that meets it again and again."""

    place: int
    accepts: bool
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Linear:
    """No maximal run is accepted by an automaton, which has one stage for each position of a run.

    `labels` has what holds of the state at each place, `final` whether the run may end there; only in a state where
    `stuck` holds it does. `steps` has for each condition on a step and each action of the machine, in their order,
    whether the step by this action from a state satisfies it.
    """

    name: str
    text: str
    labels: tuple[Node, ...]
    final: tuple[bool, ...]
    initial: tuple[int, ...]
    stages: tuple[Stage, ...]
    steps: tuple[tuple[Node, ...], ...]
    stuck: Node


@dataclass(frozen=True)
class Recovery:
    """From every reachable state some run reaches a state in which `goal` holds."""

    name: str
    text: str
    goal: Node


@dataclass(frozen=True)
class Reach:
    """Some reachable state satisfies `goal`."""

    name: str
    text: str
    goal: Node


@dataclass(frozen=True)
class Omitted:
    """A property that cannot be said, and why."""

    name: str
    text: str
    reason: str


Question = Check | Response | Linear | Recovery | Reach | Omitted


def nodes(question: Question) -> tuple[Node, ...]:
    """Return the expressions in a question."""
    match question:
        case Check():
            return (question.good,)
        case Response():
            return question.trigger, question.response
        case Linear():
            return (*question.labels, *(node for step in question.steps for node in step), question.stuck)
        case Recovery() | Reach():
            return (question.goal,)
        case Omitted():
            return ()


@dataclass(frozen=True)
class Flat:
    """The machine. Each initial state has a number for each item of each block, in their order."""

    name: str
    blocks: tuple[Block, ...]
    initial: tuple[tuple[int, ...], ...]
    actions: tuple[Action, ...]
    questions: tuple[Question, ...]

    @property
    def stuck(self) -> Node:
        """The condition under which no action is possible."""
        return e.not_(e.or_(*(a.guard for a in self.actions)))

    def cells(self) -> Iterator[Cell]:
        """Yield the items of all blocks."""
        return (Cell(b, i) for b in self.blocks for i in range(b.count))
