"""Formulas of temporal logic over finite data: linear time by a product with an automaton, branching time by labels.

Vardi, Wolper: An Automata-Theoretic Approach to Automatic Program Verification, LICS 1986; Clarke, Emerson,
Sistla: Automatic Verification of Finite-State Concurrent Systems Using Temporal Logic Specifications, 1986.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from verifier.automata.tableau import TooLarge, automaton_of
from verifier.engines.engine import Budget
from verifier.engines.temporal_labels import satisfying
from verifier.engines.temporal_lasso import lasso, shorter
from verifier.engines.temporal_product import OutOfTime, Product
from verifier.engines.temporal_space import Space, space_of
from verifier.evidence.evidence import Answer, Closure, Holds, Lasso, Trace, Unknown, Violated
from verifier.model.claims import Claim, Ctl, Ltl
from verifier.model.model import Model
from verifier.model.sorts import is_finite
from verifier.semantics.claims import plain
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import check_lists, valuation_list
from verifier.semantics.positive import conjoined, on_every_run, positive
from verifier.semantics.refusal import Refused


@dataclass(frozen=True)
class Temporal:
    """`ltl` and `ctl` over finite data. With `most`, it gives up after so many states of machine and formula."""

    most: int | None = None
    name: str = "temporal"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Formulas of temporal logic that no other claim says, where all data is finite."""
        if not isinstance(claim, Ltl | Ctl):
            return "not a formula of temporal logic"
        if plain(claim) is not claim:
            return "another form of claim says the same: ask an engine for that"
        sorts = [*(v.sort for v in model.variables), *(p.sort for p in model.parameters)]
        sorts += [p.sort for r in model.rules for p in r.parameters]
        finite = not model.functions and all(is_finite(s) for s in sorts)
        return None if finite else "the data is not finite (an opaque sort or an uninterpreted function)"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a Lasso or a Trace into a deadlock (for `ctl`, where one run shows it; else with a
        Closure), Holds with a Closure, or Unknown."""
        assert isinstance(claim, Ltl | Ctl)
        found: list[Lasso | Trace] = []
        spaces: list[Space] = []
        holding = True
        try:
            for parameters in valuation_list(model):
                check_lists(Setting(model, parameters))
                spaces.append(space_of(model, tuple(parameters.items())))
                run = self._violation(spaces[-1], claim, replace(budget, states=self.most))
                found += [] if run is None else [run]
                if isinstance(claim, Ctl) and run is None:
                    holding = self._is_true(spaces[-1], claim, budget) and holding
        except (OutOfTime, RangeError, TooMany, TooLarge) as error:
            if not found:
                return Unknown(f"temporal: {error}")
        if found:
            return Violated(min(found, key=_length))
        closure = Closure(tuple((s.setting.parameters, state) for s in spaces for state in s.states))
        return Holds(closure) if holding else Violated(closure)

    def _violation(self, space: Space, claim: Ltl | Ctl, budget: Budget) -> Lasso | Trace | None:
        """Return a run that violates the formula, if there is one, and if one is enough."""
        try:
            linear = claim if isinstance(claim, Ltl) else Ltl(on_every_run(claim.formula))
        except Refused:
            return None
        runs = [run for part in conjoined(linear) if (run := violation(space, part, claim, budget)) is not None]
        return min(runs, key=_length, default=None)

    def _is_true(self, space: Space, claim: Ctl, budget: Budget) -> bool:
        """Visit every state, and decide a formula of branching time."""
        _visit_all(space, replace(budget, states=self.most))
        return set(space.initial) <= satisfying(space, claim.formula)


def every_state(space: Space, budget: Budget) -> Iterator[int]:
    """Yield every reachable state, when its transitions are known. Raises OutOfTime."""
    number = 0
    while number < len(space.states) if number else space.initial:
        if budget.left == 0 or (budget.states is not None and number >= budget.states):
            raise OutOfTime(f"stopped after {number} states")
        space.steps(number)
        yield number
        number += 1


def violation(space: Space, claim: Ltl, whole: Claim, budget: Budget) -> Lasso | Trace | None:
    """Return a fair maximal run that does not satisfy the formula of a claim, which is a part of a `whole`; None iff
    there is none, and then every reachable state was visited. Raises OutOfTime, TooLarge."""
    product = Product(space, automaton_of(positive(claim.formula, False)), claim.fair, claim.strong)
    end = _first_end(product, budget)
    best: Lasso | Trace | None = None
    if fair := list(product.fair_components()):
        best = lasso(product, fair)
        if end is None:  # otherwise each lasso with fewer steps lies within what was visited
            end = _first_end(product, budget, most=4 * len(product.edges), depth=_length(best))
            best = lasso(product, list(product.fair_components()))
    if end is not None and (best is None or product.depth[end] <= _length(best)):
        best = _run_to(product, end)
    if best is None:
        _visit_all(space, budget)
        return None
    return shorter(product, whole, best)


def _run_to(product: Product, end: int) -> Trace:
    first, steps = product.stem(end)
    setting, initial = product.space.setting, product.space.states[product.pairs[first][0]]
    return Trace(setting.parameters, initial, tuple(steps), setting.interpretation)


def _first_end(product: Product, budget: Budget, most: int = 0, depth: int = 0) -> int | None:
    """Explore until a pair in which a run ends, and return it; or until there is a fair loop. With `most` and `depth`,
    which come from a loop that is known, explore up to so many pairs of less depth instead, as far as time permits.
    """
    searched = 16
    try:
        for number in product.explore(budget):
            if product.ends(number):
                return number
            if most and (number >= most or product.depth[number] >= depth):
                return None
            if not most and number == searched:
                searched *= 2
                if any(True for _ in product.fair_components()):
                    return None
    except OutOfTime:
        if not most:
            raise
    return None


def _visit_all(space: Space, budget: Budget) -> None:
    """Visit the states that no pair of the product has, too."""
    for _ in every_state(space, budget):
        pass


def _length(run: Lasso | Trace) -> int:
    return len(run.trace.steps) if isinstance(run, Lasso) else len(run.steps)
