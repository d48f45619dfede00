"""One machine in two versions: read, checked, compared, judged."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from verifier.change.delta import Delta, delta
from verifier.change.documents import document_changes
from verifier.change.fact import Change, shown_by
from verifier.change.inclusion import Ask, Comparison
from verifier.change.level import Level
from verifier.change.names import pairs
from verifier.change.policy import Policy
from verifier.change.properties import Judgements
from verifier.change.rules import Versions
from verifier.checker.certified import Certified, Verdict
from verifier.deciding import Contradiction, decide_claim
from verifier.diagnostics import Span
from verifier.evidence.evidence import RouteTable
from verifier.model.canonical import spec_digest
from verifier.model.claims import Claim, Routes
from verifier.model.model import Model
from verifier.pipeline import check_all
from verifier.report.exhibit import size_text
from verifier.report.result import MachineReport, Outcome, PropertyReport
from verifier.report.review import MachineReview, Proof, Relation, Verdicts
from verifier.report.routes import first_difference
from verifier.request import RANGES, Request, is_range_check
from verifier.review.findings import Sources, finding, place_of
from verifier.review.options import Options


@dataclass(frozen=True)
class Sides:
    """One machine: its model in the old and in the new version, None where it does not exist there."""

    path: str
    old: Model | None
    new: Model | None

    @property
    def sources(self) -> Sources:
        """The texts of both."""
        return (self.old.source if self.old else None, self.new.source if self.new else None)

    @property
    def name(self) -> str:
        """The machine's name in the newest version that has it."""
        model = self.new or self.old
        assert model is not None
        return model.name

    @cached_property
    def is_unchanged(self) -> bool:
        """True iff both versions mean and claim the same by their canonical digests."""
        return self.old is not None and self.new is not None and spec_digest(self.old) == spec_digest(self.new)


@dataclass(frozen=True)
class Reviewed:
    """One machine compared, not yet judged: `plain` is its review without findings, `changes` are these.

    `head` is what `check` found on the new side, `delta` the whole comparison, where there was one.
    """

    sides: Sides
    plain: MachineReview
    changes: tuple[Change, ...] = ()
    head: MachineReport | None = None
    delta: Delta | None = None

    def judged(self, policy: Policy) -> MachineReview:
        """Return the review with the policy's findings, worst first; what weighs nothing is left out."""
        found = (finding(self.sides.name, c, policy, self.sides.sources) for c in self.changes)
        worst_first = sorted((f for f in found if f.level is not Level.NONE), key=lambda f: f.level.rank)
        return replace(self.plain, findings=tuple(worst_first))

    @property
    def reused(self) -> int:
        """How many properties of the new side are decided by certificates of the old one."""
        return sum(p.origin == "base" for p in self.head.properties) if self.head else 0

    @property
    def searched(self) -> int:
        """How many took a search, of this run or of an earlier one that kept what it found."""
        return len(self.head.properties) - self.reused if self.head else 0


def reviewed(machines: Sequence[Sides], options: Options, gate: bool) -> list[Reviewed]:
    """Return the review of each machine. Unchanged ones are not solved. With `gate`, what fails in the new version is
    a finding even if it failed before.

    The old versions are checked first, for their evidence is tried on the new ones before any search. Raises
    `Contradiction`.
    """
    request = Request(timeout=options.seconds, sources_waived=True, deadline=options.deadline)
    changed = [m for m in machines if not m.is_unchanged]
    olds = [m for m in changed if m.old is not None]
    before = dict(zip((id(m) for m in olds), _checked([m.old for m in olds], request, options, ()), strict=True))
    news = [m for m in changed if m.new is not None]
    known = [before.get(id(m)) for m in news]
    after = dict(zip((id(m) for m in news), _checked([m.new for m in news], request, options, known), strict=True))
    return [_reviewed(m, before.get(id(m)), after.get(id(m)), options, gate) for m in machines]


def _checked(
    models: Sequence[Model | None], request: Request, options: Options, known: Sequence[MachineReport | None]
) -> list[MachineReport]:
    asked = [(m, request) for m in models if m is not None]
    reports = check_all(asked, options.jobs, store=options.store, known=known) if asked else []
    told = [f"{r.model.name}.{p.name}: {p.contradiction}" for r in reports for p in r.properties if p.contradiction]
    if told:
        raise Contradiction("; ".join(told))
    return reports


def _reviewed(
    sides: Sides, before: MachineReport | None, after: MachineReport | None, options: Options, gate: bool
) -> Reviewed:
    if sides.is_unchanged:
        return _unchanged(sides, options)
    if sides.old is None or sides.new is None:
        return _one_sided(sides, before, after, gate)
    found = delta(sides.old, sides.new, Judgements(_certified(before), _certified(after)), asker(options))
    doubt = _ill_defined(before, "OLD") or _ill_defined(after, "NEW")
    plain = MachineReview(
        name=sides.name,
        path=sides.path,
        relation=Relation.UNDECIDED if doubt else Relation(found.relation),
        strength=doubt or _strength(sides.new, found),
        same_while=tuple(c.text for c in found.conditions),
        proofs=tuple(_proofs(found)),
        properties=tuple(_verdicts(sides, before, after)),
        rules_same=found.rules_same,
        properties_same=found.properties_same,
    )
    told = (*found.changes, *(_failing(after, found.changes) if gate and after else ()))
    changes = (*_renamed(sides), *(_explained(c, sides.new) for c in told))
    return Reviewed(sides, plain, changes, after, found)


def _ill_defined(report: MachineReport | None, side: str) -> str:
    """Return why a version has no meaning that could be compared; "" iff it has one."""
    checks = [p.certified.verdict for p in report.properties if is_range_check(p.certified.property)] if report else []
    sound = all(v in (Verdict.PROVED, Verdict.VACUOUS) for v in checks)
    return "" if sound else f"an int of {side} may leave its range, see {RANGES}"


def _explained(change: Change, new: Model) -> Change:
    """Say of a refutation that is no run, but a pair of control values without the claimed route, which pair it is."""
    consequences = tuple(_explained(c, new) for c in change.consequences)
    last = change.proofs[-1] if change.proofs else None
    claim, evidence = (last.property.claim, last.evidence) if last is not None else (None, None)
    is_new = last is not None and last.verdict is Verdict.REFUTED and f"property {last.property.name}" == change.subject
    if is_new and not change.note and isinstance(claim, Routes) and isinstance(evidence, RouteTable):
        return replace(change, note=first_difference(new, claim, evidence), consequences=consequences)
    return replace(change, consequences=consequences)


def asker(options: Options) -> Ask:
    """Return the function that decides claims as the options say."""

    def ask(model: Model, claim: Claim) -> Certified:
        left = options.deadline - time.monotonic()
        return decide_claim(model, claim, max(0.01, min(options.seconds, left)), options.store)

    return ask


def _certified(report: MachineReport | None) -> dict[str, Certified]:
    """Return what is known of each property whose C source need not have been compared."""
    return {p.name: p.certified for p in report.properties if not p.waived} if report else {}


# --- The machine's headline


def _strength(model: Model, found: Delta) -> str:
    if found.relation == "UNDECIDED":
        return "; ".join(dict.fromkeys(i.reason or "not decided" for i in (found.forth, found.back) if not i.holds))
    return "proved, all parameter values" if model.parameters else "proved"


def _proofs(found: Delta) -> Iterator[Proof]:
    for inclusion, inner, outer in ((found.forth, "NEW", "OLD"), (found.back, "OLD", "NEW")):
        certified = inclusion.certified
        evidence = "" if certified is None or certified.evidence is None else size_text(certified.evidence)
        verdict = "UNKNOWN" if certified is None else certified.verdict.value
        yield Proof(
            f"every run of {inner} is a run of {outer}",
            verdict,
            evidence,
            (certified.solver if certified else None) or "",
        )


def _verdicts(sides: Sides, before: MachineReport | None, after: MachineReport | None) -> Iterator[Verdicts]:
    """The properties of the new version in its order, then those that only the old one has."""
    olds = {p.name: p for p in before.properties} if before else {}
    named = pairs(sides.new, sides.old).properties if sides.new and sides.old else {}
    for report in after.properties if after else ():
        old = olds.pop(named.get(report.name, report.name), None)
        evidence = "" if report.certified.evidence is None else size_text(report.certified.evidence)
        place = place_of(report.certified.property.span, sides.sources[1])
        told = None if old is None else _told(old)
        yield Verdicts(report.name, told, _told(report), report.outcome.value, evidence, place)
    for name, old in olds.items():
        yield Verdicts(name, _told(old), None, None)


def _told(report: PropertyReport) -> str:
    return "NOT CHECKED" if report.waived else report.certified.verdict.value


# --- What fails in the new version, whatever was before


def _failing(after: MachineReport, changes: Sequence[Change]) -> Iterator[Change]:
    """Properties of the new version that are not as expected, and of which no change tells yet."""
    told = {s.subject for c in changes for s in c.tree() if s.code in ("ARC501", "ARC506", "ARC507", "ARC508")}
    for report in after.properties:
        prop = report.certified.property
        if f"property {prop.name}" not in told and prop.severity == "error":
            yield from _unexpected(after.model, report)


def _unexpected(model: Model, report: PropertyReport) -> Iterator[Change]:
    prop, certified = report.certified.property, report.certified
    subject, verdict = f"property {prop.name}", certified.verdict.value
    if report.outcome is Outcome.FAILED:
        expected = "REFUTED" if prop.expect_violated else "PROVED"
        shown = shown_by(model, certified, "new", "the counterexample")
        yield Change(
            "ARC530", "failed", subject, expected, verdict, place=prop.span, shown=shown, proofs=(certified,),
            note=certified.reason or "",
        )  # fmt: skip
    elif report.outcome is Outcome.UNDECIDED:
        yield Change("ARC701", "unknown", subject, None, verdict, place=prop.span, undecided=certified.reason or "?")


# --- Machines that did not change, or that one version has alone


def _unchanged(sides: Sides, options: Options) -> Reviewed:
    """Nothing is solved; only what stands around the rules may differ."""
    assert sides.old is not None
    assert sides.new is not None
    shared = pairs(sides.old, sides.new)
    old, new = Comparison(sides.old, sides.new, shared, {}), Comparison(sides.new, sides.old, shared.flipped, {})
    changes = tuple(document_changes(Versions(old, new, asker(options), False, False)))
    rules, properties = len(sides.new.rules), len(sides.new.properties)
    plain = MachineReview(
        sides.name, sides.path, Relation.EQUIVALENT, "unchanged, so not checked again", rules_same=(rules, rules),
        properties_same=(properties, properties), skipped=True,
    )  # fmt: skip
    return Reviewed(sides, plain, (*_renamed(sides), *changes))


def _renamed(sides: Sides) -> Iterator[Change]:
    """The machine's own name means nothing to its runs; waivers and other people know it by that name."""
    if sides.old is not None and sides.new is not None and sides.old.name != sides.new.name:
        places = [Span(m.source.path, 1, 1, 1, 1) for m in (sides.new, sides.old)]
        names = sides.old.name, sides.new.name
        yield Change("ARC112", "renamed", "machine", *names, place=places[0], old_place=places[1])


def _one_sided(sides: Sides, before: MachineReport | None, after: MachineReport | None, gate: bool) -> Reviewed:
    is_new = sides.old is None
    start = Span(sides.path, 1, 1, 1, 1)
    whole = Change("ARC101", "added", "machine", after=sides.name, place=start)
    if not is_new:
        whole = Change("ARC102", "removed", "machine", before=sides.name, old_place=start)
    changes = (whole, *(_failing(after, []) if gate and after is not None else ()))
    relation = Relation.ADDED if is_new else Relation.REMOVED
    plain = MachineReview(sides.name, sides.path, relation, properties=tuple(_verdicts(sides, before, after)))
    return Reviewed(sides, plain, changes, after)
