"""The orders in which the leaves of a machine may lie in the diagrams: what stands together in the rules lies close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from verifier.engines.diagrams.blocks import blocks, related, wide
from verifier.engines.diagrams.instances import Instance
from verifier.engines.diagrams.layout import Leaf, leaves
from verifier.engines.diagrams.order import arranged
from verifier.engines.diagrams.support import Support, side_by_side
from verifier.model.model import Model
from verifier.model.terms import Term, Var, conjuncts
from verifier.semantics.claims import state_terms
from verifier.semantics.relation import update

Order = Literal["rules", "parts", "declared"]
"""By what an instance of a rule reads and writes; by that, and by what each conjunct of its guard and each of its
updates does; or as declared, maps from one sort key by key."""

ORDERS: tuple[Order, ...] = get_args(Order)
"""The first is taken unless it proves costly."""


@dataclass
class _Found:
    """Leaves that belong near each other: for each instance; for each part of one; those whose bits are interleaved."""

    instances: list[frozenset[Leaf]] = field(default_factory=list)
    parts: list[frozenset[Leaf]] = field(default_factory=list)
    interleaved: list[frozenset[Leaf]] = field(default_factory=list)


def arrangement(
    model: Model, roots: Sequence[Term], instances: Sequence[Instance], order: Order
) -> list[tuple[Leaf, ...]]:
    """Return all leaves in the order, in blocks of those whose bits lie between each other."""
    parts = {root: tuple(leaves(root)) for root in roots}
    given = list(side_by_side(roots, parts))
    support, found = Support(model, parts), _Found()
    for instance in instances:
        _add(found, support, instance)
    if wide(given):
        claimed = (t for p in model.properties for t in state_terms(p.claim))
        found.interleaved += related(claimed, lambda args: support.of(args, {}))
    if order == "declared":
        return blocks(given, found.interleaved)
    places = {leaf: i for i, leaf in enumerate(given)}
    groups = found.instances + (found.parts if order == "parts" else [])
    numbers = arranged(len(given), (frozenset(places[leaf] for leaf in group) for group in groups))
    return blocks([given[i] for i in numbers], found.interleaved)


def _add(found: _Found, support: Support, instance: Instance) -> None:
    """Add what an instance of a rule reads and writes."""
    model, solved = support.setting.model, update(support.setting.model, instance.rule)
    parts = [support.of([c], instance.values) for c in conjuncts(solved.condition)]
    for name in instance.rule.changes:
        root = Var(model.variable[name].sort, name)
        parts.append(support.changed(root, solved.after[name], instance.values))
        found.interleaved += [wide(parts[-1])] if len(support.parts[root]) == 1 else []
    arguments = (leaf for root in instance.open.values() for leaf in support.parts[root])
    whole = frozenset(arguments).union(*parts)
    found.parts += parts
    found.instances.append(whole)
    if wide(whole):
        terms = (solved.condition, *(solved.after[n] for n in instance.rule.changes))
        found.interleaved += _related(support, terms, instance)


def _related(support: Support, terms: Sequence[Term], instance: Instance) -> Iterator[frozenset[Leaf]]:
    return related(terms, lambda args: support.of(args, instance.values))
