"""Which step takes an int out of its range, where that can be told by trying a few values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.evidence.evidence import State
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Sort, Value, cardinality
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.relation import update
from verifier.semantics.run import Arguments, arguments, fire

FEW = 10_000
"""The most combinations of arguments and free choices of one rule that are tried."""


@dataclass(frozen=True)
class Overflow:
    """A rule instance that would take an int to `value`, which is outside `limits`."""

    rule: Rule
    arguments: Arguments
    value: Value
    limits: Sort


def overflows(setting: Setting, state: State) -> Iterator[Overflow]:
    """Yield the rule instances that would take an int out of its range, of the rules with few instances."""
    for rule in (r for r in setting.model.rules if _is_small(setting.model, r)):
        for given in arguments(setting, rule):
            try:
                for _ in fire(setting, rule, given, state):
                    pass
            except RangeError as error:
                yield Overflow(rule, given, error.value, error.term.sort)


def _is_small(model: Model, rule: Rule) -> bool:
    """An opaque sort counts as small: its individuals are those of an interpretation."""
    sorts = [*(p.sort for p in rule.parameters), *(c.sort for c in update(model, rule).choices)]
    return math.prod(cardinality(s) or 1 for s in sorts) <= FEW
