"""The automaton of a formula accepts exactly the runs that satisfy it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.words import SETTING, A, B, Word, formulas, truth, words
from verifier.automata.automaton import Automaton, components
from verifier.automata.simplify import simplified
from verifier.automata.tableau import PLACES, TooLarge, automaton_of
from verifier.evidence.interpretation import State
from verifier.model.formulas import Formula, Now, Operator, size
from verifier.model.terms import TRUE, variables
from verifier.semantics.evaluate import holds
from verifier.semantics.positive import positive


def met(formula: Formula, states: tuple[State, ...]) -> bool:
    """A condition holds on a step, or where the run ends."""
    if isinstance(formula, Operator):
        return not met(formula.parts[0], states)
    if variables(formula.condition, 1) and len(states) == 1:
        return False
    return holds(formula.condition, SETTING, states)


def accepts(automaton: Automaton, word: Word) -> bool:
    """Whether the automaton accepts a run, by its definition."""
    states, loop = word
    count = len(states) if loop is None else len(states) - 1

    def fits(position: int, place: int) -> bool:
        return all(met(f, states[position : position + 2]) for f in automaton.places[place].label)

    queue = [(0, p) for p in automaton.initial if fits(0, p)]
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for position, place in queue:
        there = position + 1 if position + 1 < count else loop
        if there is None and automaton.places[place].final:
            return True
        nexts = automaton.places[place].after if there is not None else ()
        after[position, place] = [(there, p) for p in nexts if fits(there, p)]
        queue += [n for n in after[position, place] if n not in queue]
    names = list(after)
    numbered = {names.index(n): [names.index(m) for m in after[n]] for n in names}
    return any(
        (len(c) > 1 or c[0] in numbered[c[0]])
        and len(frozenset().union(*(automaton.places[names[n][1]].accepts for n in c))) == automaton.sets
        for c in components(numbered)
    )


@settings(max_examples=150, deadline=None)
@given(formulas(), words())
def test_automaton_accepts_a_run_iff_the_formula_holds(formula: Formula, word: Word) -> None:
    assert accepts(automaton_of(positive(formula)), word) is truth(formula, word)
    assert accepts(automaton_of(positive(formula, False)), word) is not truth(formula, word)


@settings(max_examples=100, deadline=None)
@given(formulas(4), words())
def test_simplified_formula_says_the_same(formula: Formula, word: Word) -> None:
    wanted = positive(formula)
    small = simplified(wanted)
    assert accepts(automaton_of(small), word) is truth(formula, word)
    assert size(small) <= size(wanted) + 1


P, Q = Now(A), Now(B)


def f(inner: Formula) -> Formula:
    return Operator("F", (inner,))


def g(inner: Formula) -> Formula:
    return Operator("G", (inner,))


@pytest.mark.parametrize(
    ("formula", "places", "sets"),
    [
        (Now(TRUE), 1, 0),
        (g(P), 1, 0),
        (f(P), 3, 1),
        (g(f(P)), 2, 1),
        (f(g(P)), 2, 1),
        (g(Operator("implies", (P, f(Q)))), 3, 1),
        (Operator("U", (P, Q)), 3, 1),
        (Operator("and", (g(f(P)), g(f(Q)))), 4, 2),
        (Operator("and", (P, Operator("not", (P,)))), 0, 0),
    ],
)
def test_automata_of_common_formulas_are_small(formula: Formula, places: int, sets: int) -> None:
    automaton = automaton_of(positive(formula))
    assert len(automaton.places) <= places
    assert automaton.sets <= sets


def test_a_formula_whose_automaton_explodes_is_given_up() -> None:
    many = Operator("and", tuple(f(Now(A)) if i == 0 else f(_far(i)) for i in range(14)))
    with pytest.raises(TooLarge, match=str(PLACES)):
        automaton_of(positive(many))


def _far(steps: int) -> Formula:
    return Now(A) if steps == 0 else Operator("X", (_far(steps - 1),))


def test_components_are_the_classes_of_mutual_reach() -> None:
    arcs = {0: [1], 1: [2], 2: [0, 3], 3: [4], 4: [3], 5: [5], 6: []}
    assert sorted(map(sorted, components(arcs))) == [[0, 1, 2], [3, 4], [5], [6]]
