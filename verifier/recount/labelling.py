"""A labelling made again: where the parts of a claim about whole runs hold, as sets of states that are found anew.

Clarke, Emerson, Sistla: Automatic Verification of Finite-State Concurrent Systems Using Temporal Logic Specifications,
TOPLAS 1986. Fair runs after Emerson and Lei: Modalities for Model Checking, 1987, with strong fairness after Kesten,
Pnueli, Raviv: Algorithmic Verification of Linear Temporal Logic Specifications, ICALP 1998.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.evidence.evidence import Labelling, Labels
from verifier.model.claims import Claim, Ctl, LeadsTo, Ltl, Never, Recoverable
from verifier.model.declarations import Rule
from verifier.model.formulas import Formula, Now
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Value
from verifier.model.terms import FALSE, Term
from verifier.recount.limits import Limits
from verifier.recount.programs import Programs, programs
from verifier.recount.states import States, found_again
from verifier.semantics.claims import plain
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.semantics.monitor import owing
from verifier.semantics.positive import conjoined, subformulas
from verifier.semantics.refusal import Refused, require
from verifier.semantics.relation import can_fire

AT_WORK = 10
"""How many sets are at work at a time, beside those of the parts of a formula."""


@dataclass(frozen=True)
class Labelled:
    """The labels, whether the claim holds, and how often an action was tried."""

    labels: Labels
    holds: bool
    work: int


def holds_by_labelling(model: Model, claim: Claim, labelling: Labelling, limits: Limits, kernel: bool = True) -> bool:
    """Return True iff the claim, one about whole runs, holds for every value of the parameters. That it does not may be
    seen for some of these values, and in some parts of the claim, only.

    Raises Refused unless every number is as the labelling says; TooMany where a limit is met.
    """
    opaque = model.functions or any(isinstance(s, OpaqueSort) for s in model.sorts.values())
    require(not opaque, "a number of states says nothing where sorts or functions are opaque")
    claims = parts(claim)
    require(len(claims) == len(labelling.parts), "it has not as many parts as the claim")
    allowed, holding, complete = valuation_list(model), True, True
    for part, counts in zip(claims, labelling.parts, strict=True):
        met = [c.parameters for c in counts]
        require(all(p in allowed and met.count(p) == 1 for p in met), "parameters are not allowed, or there twice")
        for given in counts:
            found = labelled(model, given.parameters, part, given.states, limits, kernel)
            require(found.labels == given, "the states in which something holds are not as many as the evidence says")
            limits = replace(limits, work=limits.work - found.work)
            holding = holding and found.holds
        complete = complete and len(met) == len(allowed)
    require(complete or not holding, "there is no number for some value of the parameters")
    return holding


def parts(claim: Claim) -> tuple[Claim, ...]:
    """Return the claims that are labelled by themselves, and together say the same as one about whole runs. Raises
    Refused where it is no such claim."""
    claim = plain(claim)
    require(isinstance(claim, Ctl | Ltl | LeadsTo | Recoverable), "it is not a claim about whole runs")
    return conjoined(claim) if isinstance(claim, Ltl) else (claim,)


def labelled(
    model: Model, parameters: Mapping[str, Value], claim: Claim, states: int, limits: Limits, kernel: bool = True
) -> Labelled:
    """Label the states for one value of the parameters. Counted is, in this order:

    - of a formula of branching time: where each part of it holds, in the order of `subformulas`, so the whole first;
    - of `recoverable q from p`: where p holds, where q does, and from where q can be reached;
    - of `p leads to q`: where p holds, where q does, and where p holds and some fair run never comes to q;
    - of a formula of linear time, in the machine of `semantics.monitor.owing`: where a run ends in violation, and
      from where one goes on in violation for ever.

    `kernel`: in C, if that can be had. Raises Refused unless there are as many states as `states`, TooMany.
    """

    def space(model: Model, sets: int) -> _Space:
        return _Space(model, parameters, states, limits, sets + AT_WORK, kernel)

    match claim:
        case Ctl():
            formulas = list(subformulas(claim.formula))
            here = space(model, len(formulas))
            sets = [here.of(f) for f in formulas]
            wrong = here.states.initial & ~sets[0]
        case Recoverable():
            here = space(model, 3)
            sets = [here.satisfying(claim.origin), here.satisfying(claim.goal)]
            sets.append(here.some_until(here.everything, sets[1]))
            wrong = sets[0] & ~sets[2]
        case LeadsTo():
            here = space(model, 3 + len(claim.fair))
            sets = [here.satisfying(claim.trigger), here.satisfying(claim.response)]
            wrong = sets[0] & here.fair_always(here.everything & ~sets[1], claim.fair)
            sets.append(wrong)
        case _:
            assert isinstance(claim, Ltl)
            both = owing(model, claim)
            here = space(both.model, 3 + len(both.settled) + len({*claim.fair, *claim.strong}))
            sets = [here.satisfying(both.ended, sure=False), here.fair_for_ever(model, claim, both.settled)]
            wrong = sets[0] | sets[1]
    return Labelled(Labels(parameters, states, tuple(s.bit_count() for s in sets)), not wrong, here.states.work)


class _Space:
    """The states of a machine, and where formulas hold in it. A run that ends counts as a run."""

    def __init__(
        self, model: Model, parameters: Mapping[str, Value], states: int, limits: Limits, sets: int, kernel: bool
    ) -> None:
        self.model, self.parameters = model, parameters
        self.steps = self._programs(model.rules)
        self.states: States = found_again(self.steps, states, limits, sets + AT_WORK, kernel)
        self.everything = self.states.everything
        self.known: dict[Formula, int] = {}

    def _programs(self, rules: Sequence[Rule], condition: Term = FALSE) -> Programs:
        return programs(replace(self.model, rules=tuple(rules)), self.parameters, Never(condition))

    @functools.cached_property
    def live(self) -> int:
        """The states from which some step leads."""
        return self.states.before(self.steps, self.everything)

    @functools.cached_property
    def dead(self) -> int:
        """The states in which a run ends."""
        return self.everything & ~self.live

    def satisfying(self, condition: Term, sure: bool = True) -> int:
        """Return the states with a condition; not `sure`: that an int leaves its range may be no fault of the spec."""
        try:
            return self.states.hit(self._programs((), condition))
        except Refused as error:
            raise error if sure else TooMany(str(error)) from error

    # Branching time

    def of(self, formula: Formula) -> int:
        """Return the states in which a formula holds."""
        if formula not in self.known:
            self.known[formula] = self._of(formula)
        return self.known[formula]

    def _of(self, formula: Formula) -> int:
        if isinstance(formula, Now):
            return self.satisfying(formula.condition)
        of = [self.of(p) for p in formula.parts]
        p, q, every = of[0], of[-1], self.everything
        some, each = self.some_until, self.every_until
        not_p, not_q = every & ~p, every & ~q
        table: dict[str, Callable[[], int]] = {
            "not": lambda: not_p,
            "and": lambda: functools.reduce(int.__and__, of),
            "or": lambda: functools.reduce(int.__or__, of),
            "implies": lambda: not_p | q,
            "iff": lambda: every & ~(p ^ q),
            "EX": lambda: self.states.before(self.steps, p),
            "AX": lambda: self.live & ~self.states.before(self.steps, not_p),
            "EF": lambda: some(every, p),
            "AF": lambda: each(every, p),
            "EG": lambda: every & ~each(every, not_p),
            "AG": lambda: every & ~some(every, not_p),
            "EU": lambda: some(p, q),
            "AU": lambda: each(p, q),
            "ER": lambda: every & ~each(not_p, not_q),
            "AR": lambda: every & ~some(not_p, not_q),
            "EW": lambda: every & ~each(not_q, not_p & not_q),
            "AW": lambda: every & ~some(not_q, not_p & not_q),
        }
        return table[formula.name]()

    def some_until(self, within: int, goal: int) -> int:
        """Return where some run goes through `within` until it is in the goal."""
        return self.states.until(self.steps, within, goal)

    def every_until(self, within: int, goal: int) -> int:
        """Return where every run goes through `within` until it is in the goal."""
        return self.states.until(self.steps, within, goal, every=True)

    # Fair runs

    def fair_always(self, inside: int, fair: Sequence[str]) -> int:
        """Return where some run that is weakly fair to the rules stays inside, for ever or to its end."""
        taken = {r: self._programs([self.model.rule[r]]) for r in fair}
        able = {r: self.states.before(steps, self.everything) for r, steps in taken.items()}
        loops = self._loops(inside, (), [(able[r], taken[r]) for r in fair], ())
        return self.some_until(inside, loops | (inside & self.dead))

    def fair_for_ever(self, machine: Model, claim: Ltl, goals: Sequence[Term]) -> int:
        """Return from where some run goes on for ever, fair as the claim says, on which each goal holds again and
        again. A rule can fire where it can in the machine without anything beside it."""
        rules = {
            r: (self.satisfying(can_fire(machine, machine.rule[r]), sure=False), self._programs([self.model.rule[r]]))
            for r in (*claim.fair, *claim.strong)
        }
        met = [self.satisfying(t) for t in goals]
        weak, strong = ([rules[r] for r in names] for names in (claim.fair, claim.strong))
        return self.some_until(self.everything, self._loops(self.everything, met, weak, strong))

    def _loops(
        self, inside: int, goals: Sequence[int], fair: Sequence[tuple[int, Programs]],
        strong: Sequence[tuple[int, Programs]],
    ) -> int:  # fmt: skip
        """Return the largest set inside from each of whose states a step leads into it, and a way through it to each
        goal; to each rule with weak fairness, where it fires within the set or cannot fire; and, if a rule with strong
        fairness can fire in the state, to where that fires within the set.

        So in the set's components that no step leaves for another one of the set, there are fair runs, and a fair run
        is in the set when it stays inside. (A rule: where it can fire, and its steps.)
        """
        found = inside
        while True:
            start = found
            found &= ~self.every_until(found, self.everything & ~found | self.dead)
            for goal in goals:
                found &= self.some_until(found, found & goal)
            for able, steps in fair:
                found &= self.some_until(found, found & (~able | self.states.before(steps, found)))
            for able, steps in strong:
                found &= ~able | self.some_until(found, found & self.states.before(steps, found))
            if found == start:
                return found
