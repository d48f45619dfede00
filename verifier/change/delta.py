"""The delta of two versions of a machine: how their behaviours relate, and what changed, each change with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.change.causes import arranged
from verifier.change.consequences import Condition, machine_changes, same_while, table_changes
from verifier.change.data import data_changes
from verifier.change.documents import document_changes
from verifier.change.fact import Change
from verifier.change.inclusion import Ask, Comparison, Inclusion, choices, included
from verifier.change.names import Pairs, pairs
from verifier.change.properties import Judgements, property_changes, verdict_changes
from verifier.change.rules import Versions, rule_changes, same_rules
from verifier.model.model import Model


@dataclass(frozen=True)
class Delta:
    """What differs between two versions.

    `forth`: is every run of NEW one of OLD; `back`: the other way round. `conditions` are those under which both
    are the same. `changes` are the root changes, with what follows from each. `rules_same` and `properties_same`
    count what is unchanged, of how many in NEW. `versions` are both directions, for further questions.
    """

    forth: Inclusion
    back: Inclusion
    conditions: tuple[Condition, ...]
    changes: tuple[Change, ...]
    rules_same: tuple[int, int]
    properties_same: tuple[int, int]
    versions: Versions

    @property
    def relation(self) -> str:
        """EQUIVALENT, EXTENDS, RESTRICTS, INCOMPARABLE, or UNDECIDED."""
        if self.forth.holds is None or self.back.holds is None:
            return "UNDECIDED"
        names = {(True, True): "EQUIVALENT", (False, True): "EXTENDS", (True, False): "RESTRICTS"}
        return names.get((self.forth.holds, self.back.holds), "INCOMPARABLE")


def delta(old: Model, new: Model, judged: Judgements, ask: Ask) -> Delta:
    """Return what differs; `judged` are the verdicts of both versions' properties, `ask` decides further claims.

    The order of the changes is that of the kinds, and within a kind that of the spec; it is the same in every run.
    """
    shared = pairs(old, new)
    plain = Versions(_seen(old, new, shared), _seen(new, old, shared.flipped), ask)
    same = same_rules(plain)
    flipped = frozenset((n, o) for o, n in same)
    forth = included(old, new, shared, same, ask)
    back = included(new, old, shared.flipped, flipped, ask)
    versions = Versions(
        _seen(old, new, shared, forth.choice, same), _seen(new, old, shared.flipped, back.choice, flipped), ask,
        _not(forth.holds), _not(back.holds),
    )  # fmt: skip
    roots = [*data_changes(versions), *rule_changes(versions, same), *property_changes(versions, judged)]
    roots += document_changes(versions)
    found = [*table_changes(versions), *machine_changes(versions, roots), *verdict_changes(versions, judged)]
    conditions = tuple(same_while(versions, (forth, back)))
    roots = [_with_proofs(c, (forth, back)) for c in roots]
    changes = arranged(versions, [*roots, *_unlocated(forth, back)], found)
    return Delta(
        forth, back, conditions, (*changes, *map(_conservative, conditions)), _rules_same(new, same, changes),
        _properties_same(new, changes), versions,
    )  # fmt: skip


def _with_proofs(change: Change, inclusions: tuple[Inclusion, Inclusion]) -> Change:
    """A difference that no run shows rests on the proofs that the versions have the same runs, if on nothing else."""
    if change.code != "ARC304" or change.proofs:
        return change
    return replace(change, proofs=tuple(i.certified for i in inclusions if i.certified is not None))


def _seen(
    outer: Model, inner: Model, shared: Pairs, choice: Mapping[str, object] | None = None,
    same: frozenset[tuple[str, str]] = frozenset(),
) -> Comparison:  # fmt: skip
    """One direction. A parameter that the outer version has alone, and that no value serves, gets its first one."""
    first = (choices(outer, shared) or [{}])[0]
    return Comparison(outer, inner, shared, {**first, **(choice or {})}, same)


def _not(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def _unlocated(forth: Inclusion, back: Inclusion) -> list[Change]:
    """A relation that could not be decided is a finding of its own."""
    reasons = dict.fromkeys(i.reason or "not decided" for i in (forth, back) if i.holds is None)
    return [Change("ARC704", "not-comparable", "machine", undecided="; ".join(reasons))] if reasons else []


def _conservative(condition: Condition) -> Change:
    note = f"both versions have the same behaviours while {condition.text}"
    return Change("ARC405", "conservative", "machine", after=condition.text, note=note, proofs=condition.proofs)


def _rules_same(new: Model, same: frozenset[tuple[str, str]], changes: list[Change]) -> tuple[int, int]:
    touched = {c.subject for root in changes for c in root.tree() if c.code.startswith("ARC2")}
    kept = sum(1 for r in new.rules if r.name in {n for _, n in same} and f"rule {r.name}" not in touched)
    return kept, len(new.rules)


def _properties_same(new: Model, changes: list[Change]) -> tuple[int, int]:
    touched = {c.subject for root in changes for c in root.tree() if not c.code.startswith("ARC8")}
    return sum(f"property {p.name}" not in touched for p in new.properties), len(new.properties)
