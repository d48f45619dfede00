"""IC3 over terms: finds an inductive invariant clause by clause, without unrolling, for data of any kind.

Bradley: SAT-Based Model Checking without Unrolling, VMCAI 2011; Een, Mishchenko, Brayton: Efficient
Implementation of Property Directed Reachability, FMCAD 2011. Cubes are conjunctions of literals over the
spec's own variables (`state != STOP`, `count <= 3`; for opaque data, the equalities that occur in the spec),
so the invariant found is a term of the spec. Where opaque data matters this is an abstraction (as in Cimatti
et al.: IC3 Modulo Theories via Implicit Predicate Abstraction, TACAS 2014); a counterexample that only the
abstraction has gives Unknown.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import argument, at_step, fired, transition
from verifier.engines.bmc import shortest
from verifier.engines.engine import Budget
from verifier.engines.literals import Literals
from verifier.evidence.evidence import Answer, Fork, Holds, Invariant, Trace, Unknown, Violated
from verifier.model.claims import Claim
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import is_finite
from verifier.model.terms import Const, Term, Var, and_, at_level, not_, or_, substitute, transform
from verifier.semantics.claims import Case
from verifier.semantics.fold import fold
from verifier.semantics.relation import Update, update

Cube = tuple[Term, ...]


def search(model: Model, claim: Claim, bad: tuple[Case, ...], budget: Budget, most: int | None = None) -> Answer:
    """Decide whether a run ends in one of the cases, with at most `most` questions to Z3."""
    try:
        result = Frames(model, bad, budget, most).run()
    except OutOfTime as error:
        return Unknown(f"ic3: {error}")
    if isinstance(result, Invariant):
        return Holds(result)
    found = shortest(model, claim, bad, result, budget)
    if isinstance(found, (Trace, Fork)):
        return Violated(found)
    return (
        found
        if isinstance(found, Unknown)
        else Unknown("ic3: needs facts about opaque data that the spec does not state")
    )


class OutOfTime(Exception):
    """The budget is used up, or Z3 could not say."""


class Frames:
    """The frames F_0 (the initial states), F_1, ...: F_i holds in every state reached in at most i steps.

    `clauses[i]` are the clauses (as cubes to be excluded) that belong to F_1 .. F_i, but to no later frame.
    """

    def __init__(self, model: Model, bad: tuple[Case, ...], budget: Budget, most: int | None = None) -> None:
        self.model, self.bad, self.budget = model, bad, budget
        self.questions = 0
        self.most = most
        self.literals = Literals(model, bad)
        self.updates = {r.name: update(model, r) for r in model.rules}
        self.clauses: list[list[Cube]] = [[], []]
        self.order = itertools.count()
        self.initial = self._query(initial=True)
        self.states = self._query()
        self.steps = self._query()
        self.steps.require(transition(model, 0))
        self.from_initial = self._query(initial=True)
        self.from_initial.require(transition(model, 0))

    def _query(self, initial: bool = False) -> Query:
        query = Query(self.model)
        for condition in self.model.init if initial else ():
            query.require(condition)
        return query

    def run(self) -> Invariant | int:
        """Return an invariant, or the length of a run (perhaps only an abstract one) that ends badly."""
        if self._sat(self.initial, [or_(*(c.condition for c in self.bad if c.rule is None))]):
            return 0
        if self._sat(self.from_initial, [self._bad_step()]):
            return 1
        while True:
            depth = len(self.clauses) - 1
            while (cube := self._bad_state(depth)) is not None:
                if (length := self._block(cube, depth)) is not None:
                    return length + 1
            self.clauses.append([])
            if (level := self._propagate()) is not None:
                return Invariant(self._minimal(level))

    def _sat(self, query: Query, assumptions: Iterable[Term]) -> bool:
        self.questions += 1
        if self.most is not None and self.questions > self.most:
            raise OutOfTime(f"stopped at depth {len(self.clauses) - 1} after {self.most} questions")
        result = query.check(self.budget.left, *assumptions)
        if result is None or self.budget.left == 0:
            raise OutOfTime(f"stopped at depth {len(self.clauses) - 1} ({query.reason or 'time is up'})")
        return result

    def _frame(self, level: int) -> list[Term]:
        return [_clause(c) for clauses in self.clauses[level:] for c in clauses]

    def _bad_step(self) -> Term:
        steps = (and_(fired(c.rule, 0), at_step(c.rule, c.condition, 0)) for c in self.bad if c.rule is not None)
        return or_(*steps)

    def _bad_state(self, level: int) -> Cube | None:
        """Return a cube of states of F_level that are bad, or from which a bad step leads; None if there are none."""
        frame = self._frame(level)
        condition = or_(*(c.condition for c in self.bad if c.rule is None and not c.initially))
        if self._sat(self.states, [*frame, condition]):
            return self._generalised(self.states, condition)
        if self._sat(self.steps, [*frame, self._bad_step()]):
            return self._from_bad_step()
        return None

    def _from_bad_step(self) -> Cube:
        assignment = Assignment(self.steps)
        full = self.literals.cube(assignment)
        for case in self.bad:
            rule = case.rule
            if rule and assignment.value(fired(rule, 0)) and assignment.value(at_step(rule, case.condition, 0)):
                return self._lifted(full, self._cause(assignment, rule, case.condition))
        raise AssertionError("some case holds in a solution of all of them")

    def _generalised(self, query: Query, condition: Term) -> Cube:
        """Return the part of the last solution's cube that suffices for `condition` (over level 0)."""
        return self._lifted(self.literals.cube(Assignment(query)), condition)

    def _lifted(self, full: Cube, cause: Term) -> Cube:
        """Return a subset of the literals that implies `cause`; all of them where that is not implied."""
        if self._sat(self.states, [*full, not_(cause)]):
            return full
        core = self.states.core()
        return tuple(x for x in full if x in core)

    def _cause(self, assignment: Assignment, rule: Rule, target: Term) -> Term:
        """Return the condition on level 0 under which the rule, with the assignment's arguments and choices,
        leads to a state in which `target` (levels 0 and 1) holds."""
        solved: Update = self.updates[rule.name]
        after = transform(target, lambda t: solved.after[t.name] if isinstance(t, Var) and t.level == 1 else None)
        known: dict[Term, Term] = {}
        for p in rule.parameters:
            if is_finite(p.sort):
                known[p] = Const(p.sort, assignment.value(argument(rule, p, 0)))
        for choice in solved.choices:
            name = next(n for n, t in solved.after.items() if t is choice)
            if is_finite(choice.sort):
                known[choice] = Const(choice.sort, assignment.value(Var(choice.sort, name, 1)))
        return fold(substitute(and_(solved.condition, after), known), self.model)

    def _block(self, cube: Cube, level: int) -> int | None:
        """Exclude `cube` from F_level; return the length of a run to it if there is one (in the abstraction)."""
        queue: list[tuple[int, int, int, Cube]] = [(level, 0, next(self.order), cube)]
        while queue:
            i, distance, _, c = heapq.heappop(queue)
            if self._meets_initial(c):
                return distance
            if i == 0:
                raise AssertionError("an obligation in the initial frame is an initial state")
            predecessor = self._predecessor(c, i)
            if predecessor is None:
                self._learn(c, i, level, queue, distance)
            else:
                heapq.heappush(queue, (i - 1, distance + 1, next(self.order), predecessor))
                heapq.heappush(queue, (i, distance, next(self.order), c))
        return None

    def _learn(self, cube: Cube, i: int, level: int, queue: list[tuple[int, int, int, Cube]], distance: int) -> None:
        clause = self._shrunk(cube, i)
        while i < level and self._is_inductive(clause, i + 1):
            i += 1
        self.clauses[i].append(clause)
        if i < level:
            heapq.heappush(queue, (i + 1, distance, next(self.order), cube))

    def _meets_initial(self, cube: Cube) -> bool:
        return self._sat(self.initial, cube)

    def _is_inductive(self, cube: Cube, i: int) -> bool:
        """Return True iff no step leads from F_{i-1} without the cube into the cube."""
        primed = [at_level(x, 1) for x in cube]
        if i == 1:
            return not self._sat(self.from_initial, primed)
        return not self._sat(self.steps, [*self._frame(i - 1), _clause(cube), *primed])

    def _predecessor(self, cube: Cube, i: int) -> Cube | None:
        if self._is_inductive(cube, i):
            return None
        assignment = Assignment(self.from_initial if i == 1 else self.steps)
        rule = next(r for r in self.model.rules if assignment.value(fired(r, 0)))
        target = and_(*(at_level(x, 1) for x in cube))
        return self._lifted(self.literals.cube(assignment), self._cause(assignment, rule, target))

    def _shrunk(self, cube: Cube, i: int) -> Cube:
        """Return a small part of `cube` that is still unreachable in i steps and holds no initial state."""
        query = self.from_initial if i == 1 else self.steps
        core = query.core()
        kept = tuple(x for x in cube if at_level(x, 1) in core)
        best = kept if kept and not self._meets_initial(kept) else cube
        for literal in best:
            smaller = tuple(x for x in best if x is not literal)
            if smaller and literal in best and not self._meets_initial(smaller) and self._is_inductive(smaller, i):
                best = smaller
        return best

    def _propagate(self) -> int | None:
        """Move clauses up where they hold one step later; return a level whose frame is inductive, if there is one."""
        for level in range(1, len(self.clauses) - 1):
            for clause in list(self.clauses[level]):
                if self._is_inductive(clause, level + 1):
                    self.clauses[level].remove(clause)
                    self.clauses[level + 1].append(clause)
            if not self.clauses[level]:
                return level
        return None

    def _minimal(self, level: int) -> tuple[Term, ...]:
        """Return the frame's clauses as terms, without those that the others make superfluous."""
        kept = list(dict.fromkeys(c for clauses in self.clauses[level + 1 :] for c in clauses))
        for clause in list(kept):
            fewer = [c for c in kept if c is not clause]
            if self._suffices(fewer):
                kept = fewer
        return tuple(self.literals.readable(c) for c in kept)

    def _suffices(self, clauses: list[Cube]) -> bool:
        frame = [_clause(c) for c in clauses]
        condition = or_(*(c.condition for c in self.bad if c.rule is None and not c.initially))
        if self._sat(self.states, [*frame, condition]) or self._sat(self.steps, [*frame, self._bad_step()]):
            return False
        return not any(self._sat(self.steps, [*frame, *(at_level(x, 1) for x in c)]) for c in clauses)


def _clause(cube: Cube) -> Term:
    return not_(and_(*cube))
