"""What path tables, bases and gaps must satisfy. Part of the trusted base."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from verifier.evidence.evidence import BasisTable, Instance, NoBasis, NoPath, PathGaps, PathRow, PathTable
from verifier.model.claims import Basis, EqualsPath
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term, and_, not_
from verifier.semantics.conditions import Obligation, formula, inductive
from verifier.semantics.instances import execute, instances, interior, same_end, selected
from verifier.semantics.outcomes import Composition, indistinct_path
from verifier.semantics.refusal import require
from verifier.semantics.relation import exists

Visit = Callable[[], object]
"""Is called again and again, and may raise to give up."""


def paths(model: Model, claim: EqualsPath, evidence: PathTable | PathGaps, visit: Visit) -> Iterator[Obligation]:
    """Each target instance has a row, or is among the gaps. Raises Refused where that is wrong by the book."""
    gaps: tuple[NoPath, ...] = evidence.missing if isinstance(evidence, PathGaps) else ()
    require(bool(gaps) is isinstance(evidence, PathGaps), "no instance is without a path")
    listed = [*(r.instance for r in evidence.rows), *(g.instance for g in gaps)]
    _require_each(listed, instances(model, claim.targets, claim.target_where))
    steps = frozenset(instances(model, claim.steps, claim.step_where))
    composition = Composition(model, steps, claim.low, claim.high, claim.through, claim.observing)
    yield from _rows(composition, evidence.rows, evidence.conjuncts)
    for gap in gaps:
        _require_gap(composition, gap, visit)


def basis(model: Model, claim: Basis, evidence: BasisTable, visit: Visit) -> Iterator[Obligation]:
    """The generators compose every other instance, and no generator is composed by the others.

    Instances that never fire need no generator and are none: they have a row without a path.
    """
    generators = frozenset(evidence.generators)
    _require_each([*evidence.generators, *(r.instance for r in evidence.rows)], instances(model, claim.rules, TRUE))
    _require_each([gap.instance for gap in evidence.needed], generators)
    if claim.chosen is not None:
        dead = {r.instance for r in evidence.rows if not r.path}
        require(generators <= _chosen(model, claim) <= generators | dead, "the generators are not the chosen instances")
    yield from _rows(_of(model, claim, generators), evidence.rows, evidence.conjuncts)
    every = frozenset(instances(model, claim.rules, TRUE))
    for gap in evidence.needed:
        wider = _of(model, claim, every - {gap.instance})
        _require_gap(_of(model, claim, generators - {gap.instance}), gap, visit, wider)


def is_smallest(model: Model, claim: Basis, evidence: BasisTable, visit: Visit) -> bool:
    """Return True iff each generator is needed even beside all other instances: then every basis contains it."""
    every = frozenset(instances(model, claim.rules, TRUE))
    others = ((gap, _of(model, claim, every - {gap.instance})) for gap in evidence.needed)
    return all(indistinct_path(gap, composition, visit) is None for gap, composition in others)


def no_basis(model: Model, claim: Basis, evidence: NoBasis, visit: Visit) -> Iterator[Obligation]:
    """The chosen instances do not compose another one, or they compose one of themselves by the others."""
    require(claim.chosen is not None, "every set of rules has a basis: all their instances")
    chosen = _chosen(model, claim)
    if (gap := evidence.missing) is not None:
        others = frozenset(instances(model, claim.rules, TRUE)) - chosen
        require(gap.instance in others, f"{gap.instance} is no instance beside the chosen ones")
        _require_gap(_of(model, claim, chosen), gap, visit)
    elif (entry := evidence.redundant) is not None:
        require(entry.instance in chosen and bool(entry.path), "the redundant instance is not a chosen one")
        yield from _rows(_of(model, claim, chosen - {entry.instance}), [entry], evidence.conjuncts)
    else:
        require(False, "neither a missing nor a redundant instance is given")


def _of(model: Model, claim: Basis, steps: frozenset[Instance]) -> Composition:
    return Composition(model, steps, claim.low, claim.high, TRUE, claim.observing)


def _chosen(model: Model, claim: Basis) -> frozenset[Instance]:
    every = instances(model, claim.rules, TRUE)
    return frozenset(i for i in every if claim.chosen is not None and selected(model, i, claim.chosen))


def _require_each(found: Collection[Instance], wanted: Iterable[Instance]) -> None:
    once = len(set(found)) == len(found) and set(found) == set(wanted)
    require(once, "there is not one row for each instance")


def _require_gap(composition: Composition, gap: NoPath, visit: Visit, shown: Composition | None = None) -> None:
    """No path equals the instance; the nearest one, which is but shown, is a path (of `shown`, where that is wider)."""
    nearest = not gap.nearest or (shown or composition).allows(gap.instance, gap.nearest)
    require(nearest, f"what is called nearest to {gap.instance} is not a path")
    length = indistinct_path(gap, composition, visit)
    require(length is None, f"a path of {length} steps is not told apart from {gap.instance}")


def _rows(composition: Composition, rows: Iterable[PathRow], conjuncts: Iterable[Term]) -> Iterator[Obligation]:
    invariant = formula(composition.model, conjuncts)
    yield from inductive(composition.model, invariant)
    for row in rows:
        yield from _row(composition, invariant, row)


def _row(composition: Composition, invariant: Term, row: PathRow) -> Iterator[Obligation]:
    """The instance does what its path does, in each state of the invariant in which it fires."""
    model, name = composition.model, f"the row of {row.instance}"
    direct = execute(model, (row.instance,), "direct ")
    known = (*model.assumptions, invariant)
    if not row.path:
        yield Obligation(f"{name}: it never fires", (*known, direct.condition))
        return
    require(composition.allows(row.instance, row.path), f"the path of {row.instance} is not allowed")
    taken = execute(model, row.path, "path ")
    inside = interior(model, taken, composition.through, row.instance)
    alike = same_end(direct, taken, composition.observing)
    matched = exists(taken.choices, and_(taken.condition, inside, alike))
    yield Obligation(f"{name}: its path does the same", (*known, direct.condition, not_(matched)))
    if direct.choices or taken.choices:
        fires, meant = exists(direct.choices, direct.condition), exists(direct.choices, and_(direct.condition, alike))
        terms = (*known, taken.condition, fires, not_(and_(inside, meant)))
        yield Obligation(f"{name}: its path does nothing else", terms)
