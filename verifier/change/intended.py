"""The proof that a patch changes what its author declares, and nothing else.

As in Batfish's differential analysis (Fogel et al.: A General Approach to Network Configuration Analysis, NSDI 2015;
its `differentialReachability`): the change is not there yet, it is there in the new version, and outside the
declared region both versions are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.change.delta import Delta
from verifier.change.dependence import NotComparableError
from verifier.change.fact import Change, Shown
from verifier.change.inclusion import Comparison
from verifier.change.intent import Expected, Intent
from verifier.change.rules import Versions
from verifier.checker.certified import Certified, Verdict
from verifier.diagnostics import Diagnostic, SpecError, nearest
from verifier.elaborate import parse_term
from verifier.evidence.evidence import Trace
from verifier.model.claims import Within
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import TRUE, Term, or_

RELATIONS = {Expected.EXTENDS: ("EXTENDS",), Expected.RESTRICTS: ("RESTRICTS",)}
"""What the machine's relation must be; with `changes` it may be any but EQUIVALENT."""


def undeclared(found: Delta, intents: Sequence[Intent]) -> Iterator[Change]:
    """Yield what the patch changes beside what is declared for the machine, and what is declared and is not there.

    Raises SpecError for a rule or property that neither version has, or a condition that cannot be read.
    """
    _check_names(found.versions, intents)
    yield from _absent(found, intents)
    yield from _outside(found.versions, intents)
    yield from _properties(found, intents)


def _check_names(versions: Versions, intents: Sequence[Intent]) -> None:
    errors = []
    for intent in intents:
        rules = {*versions.old.rule, *versions.new.rule}
        properties = {p.name for m in (versions.old, versions.new) for p in m.properties}
        for kind, names, known in (("rule", intent.transitions, rules), ("property", intent.properties, properties)):
            for name in (n for n in names if n not in known):
                guess = nearest(name, sorted(known))
                told = f"no {kind} `{name}` in machine {intent.machine}"
                errors.append(
                    Diagnostic("ARC949", told, intent.place, help=f"did you mean `{guess}`?" if guess else None)
                )
    if errors:
        raise SpecError(errors)


def _absent(found: Delta, intents: Sequence[Intent]) -> Iterator[Change]:
    """The declared relation of the machine: not already so, and so in the new version."""
    for intent in (i for i in intents if i.transitions or i.when):
        wanted = RELATIONS.get(intent.expect, ("EXTENDS", "RESTRICTS", "INCOMPARABLE"))
        if found.relation == "UNDECIDED":
            yield _collateral(
                "declared relation", intent.expect.value, undecided="how the versions relate is not decided"
            )
        elif found.relation not in wanted:
            note = f"declared is that the new version {intent.expect.value}"
            yield _collateral("declared relation", intent.expect.value, found.relation, note=note)


def _collateral(
    subject: str, before: str | None, after: str | None = None, note: str = "", shown: tuple[Shown, ...] = (),
    proofs: tuple[Certified, ...] = (), undecided: str | None = None,
) -> Change:  # fmt: skip
    return Change(
        "ARC415", "collateral", subject, before, after, note=note, shown=shown, proofs=proofs, undecided=undecided
    )


def _outside(versions: Versions, intents: Sequence[Intent]) -> Iterator[Change]:
    """Every step outside the declared regions is a step of the other version too."""
    for side, comparison, verb in (("new", versions.gain, "does"), ("old", versions.loss, "did")):
        try:
            certified = versions.ask(comparison.model, _same_outside(comparison, intents))
        except NotComparableError as error:
            yield _collateral("outside the intent", None, undecided=str(error))
            continue
        if certified.verdict is Verdict.REFUTED and isinstance(certified.evidence, Trace):
            run = certified.evidence
            rule = run.steps[-1].rule if run.steps else "initial states"
            title = f"what the {side} version {verb} outside the declared region"
            before, after = (None, rule) if side == "new" else (rule, None)
            shown = (Shown(side, title, comparison.model, run),)
            yield _collateral("outside the intent", before, after, title, shown, (certified,))
        elif certified.verdict is not Verdict.PROVED:
            yield _collateral("outside the intent", None, undecided=certified.reason or "not decided")


def _same_outside(comparison: Comparison, intents: Sequence[Intent]) -> Within:
    inner = comparison.inner
    steps = ((r.name, or_(_region(inner, intents, r.name), comparison.step(r))) for r in inner.rules)
    return Within(comparison.initially(), tuple((n, t) for n, t in steps if t is not TRUE))


def _region(model: Model, intents: Sequence[Intent], rule: str) -> Term:
    """Return the states from which the rule's steps may differ."""
    able = (i for i in intents if rule in i.transitions or rule.removesuffix(".fails") in i.transitions)
    anywhere = (i for i in intents if i.when and not i.transitions)
    return or_(*(_condition(model, i) for i in (*able, *anywhere)))


def _condition(model: Model, intent: Intent) -> Term:
    return TRUE if intent.when is None else parse_term(intent.when, model, sort=BOOL)


def _properties(found: Delta, intents: Sequence[Intent]) -> Iterator[Change]:
    """Properties that are claimed or decided otherwise, and that nobody declared."""
    declared = {f"property {n}" for i in intents for n in i.properties}
    for change in (c for root in found.changes for c in root.tree()):
        if change.code.startswith("ARC5") and change.subject not in declared:
            note = f"{change.code} {change.kind} is not declared"
            yield _collateral(change.subject, change.before, change.after, note=note, shown=change.shown)
