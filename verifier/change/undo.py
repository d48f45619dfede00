"""NEW with one change taken back: what holds again then was broken by that change."""

from __future__ import annotations

from dataclasses import replace

from verifier.change.fact import Change
from verifier.change.rules import Versions
from verifier.checker.certified import Certified, Verdict
from verifier.model.claims import Claim
from verifier.model.declarations import Rule
from verifier.model.model import Model, restricted
from verifier.model.sorts import Sort
from verifier.model.terms import Term


def undone(versions: Versions, change: Change) -> Model | None:
    """Return NEW without a change of a rule, a table or the initial states; None where that cannot be said.

    It can where both versions have the same types, variables, parameters, functions and signatures of tables, so that
    OLD's terms are terms of NEW.
    """
    old, new, pairs = versions.old, versions.new, versions.gain.pairs
    if dict(old.sorts) != dict(new.sorts) or _data(old) != _data(new):
        return None
    kind, _, name = change.subject.partition(" ")
    if kind == "rule":
        olds = [o for o, n in pairs.rules if n == name] or ([name] if name in old.rule else [])
        return replace(new, rules=_rules(new, name, [old.rule[o] for o in olds]))
    if kind == "table":
        table = old.table.get(name.split("[")[0])
        tables = tuple(table if table is not None and t.name == table.name else t for t in new.tables)
        return replace(new, tables=tables)
    return replace(new, init=old.init) if change.code == "ARC117" else None


def _data(model: Model) -> set[tuple[str, tuple[Sort, ...]]]:
    """Return everything that a term can mention, with its sorts."""
    functions = {(f.name, (*f.arguments, f.result)) for f in model.functions}
    tables = {(t.name, (*t.arguments, t.result)) for t in model.tables}
    variables, parameters = (
        {(v.name, (v.sort,)) for v in model.variables},
        {(p.name, (p.sort,)) for p in model.parameters},
    )
    return functions | tables | variables | parameters


def _rules(new: Model, name: str, olds: list[Rule]) -> tuple[Rule, ...]:
    """Return NEW's rules with the old ones in the place of the one of this name, which keeps it."""
    instead = [replace(r, name=name) for r in olds[:1]]
    if name not in new.rule:
        return (*new.rules, *instead)
    return tuple(r for rule in new.rules for r in (instead if rule.name == name else [rule]))


def is_cause(versions: Versions, change: Change, consequence: Change) -> bool:
    """Return True iff the claim behind the consequence has OLD's verdict again when the change is taken back."""
    if consequence.claim is None or len(consequence.proofs) != 2:
        return False
    model = undone(versions, change)
    if model is None:
        return False
    claim, assuming = consequence.claim
    return _verdict(versions, model, claim, assuming) is _kind(consequence.proofs[0])


def _verdict(versions: Versions, model: Model, claim: Claim, assuming: Term) -> Verdict | None:
    try:
        return _kind(versions.ask(restricted(model, assuming), claim))
    except (KeyError, ValueError, TypeError):  # the old rule speaks of something that NEW does not have
        return None


def _kind(certified: Certified) -> Verdict:
    return Verdict.PROVED if certified.verdict is Verdict.VACUOUS else certified.verdict
