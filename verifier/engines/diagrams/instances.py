"""The instances of a rule: as many as are worth a relation each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.engines.diagrams.compile import listed
from verifier.model.declarations import Rule
from verifier.model.sorts import Value, cardinality
from verifier.model.terms import Local

INSTANCES = 256
"""The most instances of a rule that get a relation each; the other arguments are bits, and are quantified away."""


@dataclass(frozen=True)
class Instance:
    """A rule with some of its arguments: `values` are written out, `open` are bits, each with the root it shares."""

    rule: Rule
    values: Mapping[Local, Value]
    open: Mapping[Local, Local]


def instances_of(rule: Rule) -> Iterator[Instance]:
    """Yield the instances of a rule; the parameters with the fewest values are written out."""
    written: list[Local] = []
    count = 1
    for parameter in sorted(rule.parameters, key=lambda p: cardinality(p.sort) or 0):
        count *= cardinality(parameter.sort) or 1
        if count <= INSTANCES:
            written.append(parameter)
    left = [p for p in rule.parameters if p not in written]
    roots = {p: Local(p.sort, f"argument {i}") for i, p in enumerate(left)}
    for values in itertools.product(*(listed(p.sort) for p in written)):
        yield Instance(rule, dict(zip(written, values, strict=True)), roots)
