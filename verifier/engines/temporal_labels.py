"""Formulas of branching time by labels: backwards from the states where a part holds, each transition seen once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.engines.temporal_space import Space
from verifier.model.formulas import Formula, Now


def satisfying(space: Space, formula: Formula) -> set[int]:
    """Return the states in which a formula holds. All states must have been visited."""
    return _Labels(space).of(formula)


class _Labels:
    """The transitions, backwards; and how many lead on from each state. A run that ends counts as a run."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.everything = set(range(len(space.states)))
        self.after = [tuple(dict.fromkeys(m for _, m in space.steps(n))) for n in range(len(space.states))]
        self.before: list[list[int]] = [[] for _ in self.after]
        for here, there in ((n, m) for n, after in enumerate(self.after) for m in after):
            self.before[there].append(here)
        self.known: dict[Formula, set[int]] = {}

    def of(self, formula: Formula) -> set[int]:
        if formula not in self.known:
            self.known[formula] = self._of(formula)
        return self.known[formula]

    def _of(self, formula: Formula) -> set[int]:
        if isinstance(formula, Now):
            return {n for n in self.everything if self.space.holds(formula.condition, n)}
        parts = [self.of(p) for p in formula.parts]
        p, q, none = parts[0], parts[-1], set[int]()
        everything, negated = self.everything, self.everything.__sub__
        table: dict[str, Callable[[], set[int]]] = {
            "not": lambda: negated(p),
            "and": lambda: set.intersection(*parts),
            "or": lambda: set.union(*parts),
            "implies": lambda: negated(p) | q,
            "iff": lambda: negated(p ^ q),
            "EX": lambda: {n for n in everything if any(m in p for m in self.after[n])},
            "AX": lambda: {n for n in everything if self.after[n] and all(m in p for m in self.after[n])},
            "EF": lambda: self.some_until(everything, p),
            "AF": lambda: negated(self.some_always(negated(p), none)),
            "EG": lambda: self.some_always(p, none),
            "AG": lambda: negated(self.some_until(everything, negated(p))),
            "EU": lambda: self.some_until(p, q),
            "AU": lambda: negated(self.some_always(negated(q), negated(p | q))),
            "ER": lambda: self.some_always(q, p & q),
            "AR": lambda: negated(self.some_until(negated(p), negated(q))),
            "EW": lambda: self.some_always(p, q),
            "AW": lambda: negated(self.some_until(negated(q), negated(p | q))),
        }
        return table[formula.name]()

    def some_until(self, inside: set[int], goal: set[int]) -> set[int]:
        """Return where some run is inside until it reaches the goal."""
        return self._grown(goal, lambda n: n in inside)

    def some_always(self, inside: set[int], goal: set[int]) -> set[int]:
        """Return where some run is inside for ever, or to its end, or until it reaches the goal."""
        left = [sum(m in inside or m in goal for m in after) for after in self.after]
        lost = [n for n in inside - goal if self.after[n] and left[n] == 0]
        gone = set(lost)
        for here in lost:
            for n in self.before[here]:
                left[n] -= 1
                if left[n] == 0 and n in inside and n not in goal and n not in gone:
                    gone.add(n)
                    lost.append(n)
        return (inside | goal) - gone

    def _grown(self, start: Iterable[int], allowed: Callable[[int], bool]) -> set[int]:
        found = set(start)
        queue = list(found)
        for here in queue:
            for n in self.before[here]:
                if n not in found and allowed(n):
                    found.add(n)
                    queue.append(n)
        return found
