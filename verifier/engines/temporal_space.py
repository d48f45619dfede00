"""The states of a machine, numbered as they are met, each visited when it is asked for."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from verifier.evidence.evidence import Step
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import Term
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.run import initial_states, successors

Key = tuple[Value, ...]


@dataclass
class Space:
    """The states met so far for one value of the parameters, and the transitions of those that were visited."""

    setting: Setting
    states: list[State] = field(default_factory=list)
    _numbers: dict[Key, int] = field(default_factory=dict)
    _steps: dict[int, tuple[tuple[Step, int], ...]] = field(default_factory=dict)
    _truth: dict[Term, dict[int, bool]] = field(default_factory=dict)

    @functools.cached_property
    def initial(self) -> tuple[int, ...]:
        """The initial states."""
        return tuple(dict.fromkeys(self._number(s) for s in initial_states(self.setting)))

    def steps(self, place: int) -> tuple[tuple[Step, int], ...]:
        """Return the transitions from a state, each with the state that it leads to."""
        found = self._steps.get(place)
        if found is None:
            taken = successors(self.setting, self.states[place])
            found = self._steps[place] = tuple((s, self._number(s.state)) for s in taken)
        return found

    def holds(self, condition: Term, place: int) -> bool:
        """Return True iff a condition on a state holds there."""
        known = self._truth.setdefault(condition, {})
        if place not in known:
            known[place] = holds(condition, self.setting, (self.states[place],))
        return known[place]

    def holds_on(self, condition: Term, place: int, step: Step) -> bool:
        """Return True iff a condition on a step holds of one."""
        return holds(condition, self.setting, (self.states[place], step.state))

    def able(self, place: int) -> frozenset[str]:
        """Return the rules that can fire in a state."""
        return frozenset(s.rule for s, _ in self.steps(place))

    def _number(self, state: State) -> int:
        key = tuple(state[v.name] for v in self.setting.model.variables)
        number = self._numbers.setdefault(key, len(self.states))
        if number == len(self.states):
            self.states.append(state)
        return number


@functools.lru_cache(maxsize=32)
def space_of(model: Model, parameters: tuple[tuple[str, Value], ...]) -> Space:
    """Return the states of a model for one value of its parameters, as far as they are known, for every claim."""
    return Space(Setting(model, dict(parameters)))
