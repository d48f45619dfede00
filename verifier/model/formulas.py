"""Formulas of temporal logic. What they mean stands in `verifier.semantics.temporal`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.model.terms import Term


@dataclass(frozen=True, slots=True)
class Now:
    """A condition on a position of a run. Over level 0: on the state there. Over levels 0 and 1 too (only in linear
    time): there is a step from there, and it satisfies the condition."""

    condition: Term


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator and its operands.

    `not`, `and`, `or`, `implies`, `iff` in both logics; `X`, `F`, `G`, `U`, `R`, `W` (next, eventually, always,
    until, release, weak until) in linear time; the same with `A` or `E` (on every, on some maximal run) before
    them, as in `AG` and `EU`, in branching time.
    """

    name: str
    parts: tuple[Formula, ...]


Formula = Now | Operator


def conditions(formula: Formula) -> Iterator[Term]:
    """Yield the conditions in a formula, from left to right."""
    if isinstance(formula, Now):
        yield formula.condition
    else:
        for part in formula.parts:
            yield from conditions(part)


def size(formula: Formula) -> int:
    """Return how many parts the formula has when every `iff` is written as a choice of two conjunctions."""
    if isinstance(formula, Now):
        return 1
    inner = sum(size(p) for p in formula.parts)
    return 2 * inner + 3 if formula.name == "iff" else inner + 1
