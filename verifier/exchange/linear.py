"""Formulas of linear time as questions: the automaton of the runs that violate one, over expressions.

The automaton is `automata`'s for the negation, with its acceptance sets counted off one after the other (as in
Gastin, Oddoux: Fast LTL to Büchi Automata Translation, CAV 2001). Weak fairness is counted along with them: a rule's
turn passes when it fires, or cannot. Strong fairness is a part of the formula.
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.automata.automaton import Automaton, Label
from verifier.automata.tableau import TooLarge, automaton_of
from verifier.exchange import expressions as e
from verifier.exchange.expressions import Node
from verifier.exchange.flat import Flattening
from verifier.exchange.machine import Flat, Linear, Move, Stage
from verifier.exchange.refusal import Unsayable
from verifier.exchange.writing_out import Writing
from verifier.model.claims import Ltl
from verifier.model.formula_text import show_formula
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.sorts import BOOL
from verifier.model.terms import FALSE, TRUE, Term, Var, and_, not_, or_
from verifier.semantics.positive import is_step, positive
from verifier.semantics.relation import in_terms_of

MOVES = 500
"""The most moves of an automaton that is written out: a verifier with more takes minutes to compile."""


def linear(flattening: Flattening, machine: Flat, name: str, text: str, claim: Ltl) -> Linear:
    """Return the question whether every fair maximal run satisfies the formula. Raises Unsayable."""
    strong = (positive(_strongly_fair(rule)) for rule in claim.strong)
    try:
        automaton = automaton_of(Operator("and", (positive(claim.formula, False), *strong)))
    except TooLarge as error:
        raise Unsayable(str(error)) from None
    counting = _Counting(automaton, claim.fair)
    writing = _with_rules(flattening)
    labels = [_state(p.label) for p in automaton.places]
    steps = tuple(_on_actions(flattening, writing, step) for step in counting.numbers)
    return Linear(
        name, text, tuple(writing.truth(t, {}) for t in labels), tuple(p.final for p in automaton.places),
        tuple(range(len(automaton.initial))), tuple(counting.stages), steps, machine.stuck,
    )  # fmt: skip


def _able(rule: str) -> Var:
    """The truth value that the rule can fire, as a variable; no name of a spec has a space."""
    return Var(BOOL, f"{rule} can fire")


def _fires(rule: str) -> Var:
    """The truth value that a step is by the rule, as the state after it has it."""
    return Var(BOOL, f"{rule} has fired", 1)


def _strongly_fair(rule: str) -> Formula:
    """Where it can fire again and again it does."""
    fires, unable = Now(_fires(rule)), Now(not_(_able(rule)))
    again = Operator("G", (Operator("F", (fires,)),))
    return Operator("or", (again, Operator("F", (Operator("G", (unable,)),))))


def _state(label: Label) -> Term:
    """Return what a label says of the state alone."""
    return and_(*(f.condition for f in _sorted(label) if isinstance(f, Now) and not is_step(f)))


def _sorted(label: Label) -> list[Formula]:
    return sorted(label, key=show_formula)


def _with_rules(flattening: Flattening) -> Writing:
    """Return what writes out terms that mention which rules can fire, too."""
    rules = flattening.model.rules
    able: Mapping[str, Node] = {
        _able(r.name).name: e.or_(*(guard for _, _, guard in flattening.instances(r))) for r in rules
    }
    writing = flattening.writing
    return Writing(flattening.model, {**writing.variables, **able}, writing.parameters)


def _on_actions(flattening: Flattening, writing: Writing, step: Term) -> tuple[Node, ...]:
    """Return a condition on steps as one on the state before, for each action in turn."""
    found: list[Node] = []
    for rule in flattening.model.rules:
        fired = {_fires(r.name).name: TRUE if r is rule else FALSE for r in flattening.model.rules}
        for locals_, solved, _ in flattening.instances(rule):
            found.append(writing.truth(in_terms_of({**solved.after, **fired}, step), locals_))
    return tuple(found)


class _Counting:
    """The stages of an automaton: a place, and which acceptance set or rule has its turn. After the last one's a stage
    accepts, and the first one's comes again. `numbers` has the conditions on steps."""

    def __init__(self, automaton: Automaton, fair: tuple[str, ...]) -> None:
        self.automaton, self.fair = automaton, fair
        self.last = automaton.sets + len(fair)
        self.numbers: dict[Term, int] = {}
        self.stages: list[Stage] = []
        self._known: dict[tuple[int, int], int] = {}
        self._queue: list[tuple[int, int]] = []
        for place in automaton.initial:
            self._stage(place, 0)
        count = 0
        for place, turn in self._queue:  # it grows meanwhile
            moves = tuple(self._moves(place, turn))
            count += len(moves)
            if count > MOVES:
                raise Unsayable(f"the formula's automaton has more than {MOVES} moves")
            self.stages.append(Stage(place, turn == self.last, moves))

    def _stage(self, place: int, turn: int) -> int:
        if (place, turn) not in self._known:
            self._known[place, turn] = len(self._queue)
            self._queue.append((place, turn))
        return self._known[place, turn]

    def _number(self, step: Term) -> int:
        return self.numbers.setdefault(step, len(self.numbers))

    def _moves(self, place: int, turn: int) -> list[Move]:
        here = self.automaton.places[place]
        on = self._of_label(here.label)
        now = turn % self.last if self.last else 0
        if now < self.automaton.sets:
            following = [(on, now + 1 if now in here.accepts else now)]
        elif self.last:
            rule = self.fair[now - self.automaton.sets]
            number = self._number(or_(not_(_able(rule)), _fires(rule)))
            following = [((*on, (number, True)), now + 1), ((*on, (number, False)), now)]
        else:
            following = [(on, 0)]
        return [Move(noted, self._stage(there, then)) for noted, then in following for there in here.after]

    def _of_label(self, label: Label) -> tuple[tuple[int, bool], ...]:
        """Return which conditions on steps a label demands, and which it excludes."""
        steps = [f for f in _sorted(label) if isinstance(f, Operator) or is_step(f)]
        return tuple(
            (self._number(f.condition), True) if isinstance(f, Now) else (self._number(_denied(f)), False)
            for f in steps
        )


def _denied(formula: Operator) -> Term:
    (inner,) = formula.parts
    assert isinstance(inner, Now)
    return inner.condition
