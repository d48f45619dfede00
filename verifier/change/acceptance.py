"""Which findings the waivers accept, and what is to be said of the waivers themselves."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from verifier.change.fact import Change
from verifier.change.level import Level, worst
from verifier.change.waivers import Waiver
from verifier.diagnostics import Span

ACCEPTED, EXPIRED, SELF_GRANTED, OUTGROWN = "accepted", "expired", "self-granted", "outgrown"

OWN_WAIVER = (Level.ERROR, Level.BREAKING, Level.UNDECIDED)
"""Consequences of these levels are accepted only by waivers of their own: who agreed to the cause knew of no others."""


@dataclass(frozen=True)
class Found:
    """A finding as far as waivers look at it. `level` is its own, its consequences apart."""

    machine: str
    code: str
    subject: str
    fingerprint: str
    level: Level
    consequences: tuple[Found, ...] = ()

    def tree(self) -> Iterator[Found]:
        """Yield the finding and all its consequences."""
        yield self
        for consequence in self.consequences:
            yield from consequence.tree()


@dataclass(frozen=True)
class Grant:
    """What a waiver does to a finding: the fields of `verifier.report.review.Waived`, which says what they mean."""

    id: str
    status: str
    reason: str
    owner: str
    link: str
    expires: str


@dataclass(frozen=True)
class Acceptance:
    """`grants` by the fingerprint of the finding, `changes` are what is found of the waivers (ARC602 to ARC606), and
    `spent` the ids of those whose change the base has already."""

    grants: Mapping[str, Grant] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    spent: tuple[str, ...] = ()


def match(
    findings: Iterable[Found],
    base: Sequence[Waiver],
    head: Sequence[Waiver],
    today: datetime.date,
    merged: Collection[str] = (),
) -> Acceptance:
    """Return what the waivers do to the root findings and their consequences.

    Only waivers of the base accept; those that only the head has are self-granted where they would accept. `merged`
    are fingerprints of changes that the base is known to have. Of a waiver that the head has no longer nothing is said:
    its removal is the remedy, and what it covered counts for itself.
    """
    return _Matching(tuple(findings), base, head, today).acceptance(frozenset(merged))


class _Matching:
    def __init__(
        self, roots: tuple[Found, ...], base: Sequence[Waiver], head: Sequence[Waiver], today: datetime.date
    ) -> None:
        known = {w.meaning for w in base}
        self.roots, self.today, self.base = roots, today, base
        self.all = tuple(_at_its_worst(tuple(f for root in roots for f in root.tree())))
        self.prints = {f.fingerprint for f in self.all}
        self.new = [w for w in head if w.meaning not in known]
        self.kept = {w.id for w in head}
        self.used: dict[str, str] = {}  # the status that a waiver of the base has given
        self.grants: dict[str, Grant] = {}
        self.changes: list[Change] = []

    def acceptance(self, merged: frozenset[str]) -> Acceptance:
        for found in self.all:
            self._grant(found)
        for root in self.roots:
            self._whole(root)
        spent = tuple(
            w.id for w in self.base if w.id not in self.used and w.kind == "change" and w.fingerprint in merged
        )
        for waiver in self.base:
            if waiver.id in self.kept:
                self.changes.extend(self._told(waiver, waiver.id in spent))
        return Acceptance(self.grants, tuple(dict.fromkeys(self.changes)), spent)

    def _grant(self, found: Found) -> None:
        """Find the waiver that says most of a finding: one that accepts it, then why another one does not."""
        fitting = [w for w in self.base if w.fits(found.code, found.machine, found.subject)]
        able = [w for w in fitting if _accepts(w, found)]
        others = [w for w in fitting if w.fingerprint not in self.prints]  # those that fit no other finding exactly
        valid = [w for w in able if not w.is_expired(self.today)]
        granted = [w for w in self.new if _accepts(w, found)]
        if valid:
            self._set(found, valid[0], ACCEPTED)
        elif able:
            self._set(found, able[0], EXPIRED)
        elif granted:
            self._set(found, granted[0], SELF_GRANTED)
            self.changes.append(_change("ARC602", "self-granted", granted[0], _SELF_GRANTED.format(found.subject)))
        elif others:
            self._outgrown(found, others[0], _OUTGROWN if others[0].fingerprint else _NO_FINGERPRINT)

    def _outgrown(self, found: Found, waiver: Waiver, note: str) -> None:
        self._set(found, waiver, OUTGROWN)
        self.changes.append(_change("ARC606", "outgrown", waiver, note))

    def _set(self, found: Found, waiver: Waiver, status: str) -> None:
        self.used[waiver.id] = ACCEPTED if self.used.get(waiver.id) == ACCEPTED else status
        expires = waiver.expires.isoformat() if waiver.expires else ""
        self.grants[found.fingerprint] = Grant(waiver.id, status, waiver.reason, waiver.owner, waiver.link, expires)

    def _whole(self, root: Found) -> None:
        """Take the acceptance of a root back where a grave consequence has no waiver."""
        grant = self.grants.get(root.fingerprint)
        if grant is None or grant.status != ACCEPTED:
            return
        open_ = [f for f in root.tree() if f is not root and f.level in OWN_WAIVER and not self._is_accepted(f)]
        if open_:
            waiver = next(w for w in self.base if w.id == grant.id)
            told = ", ".join(dict.fromkeys(f"{f.code} {f.subject}" for f in open_))
            self._outgrown(root, waiver, f"it does not cover what follows: {told}")

    def _is_accepted(self, found: Found) -> bool:
        grant = self.grants.get(found.fingerprint)
        return grant is not None and grant.status == ACCEPTED

    def _told(self, waiver: Waiver, is_spent: bool) -> Iterator[Change]:
        """Yield what is to be said of a waiver of the base by itself."""
        status = self.used.get(waiver.id)
        if waiver.is_expired(self.today):
            yield _change("ARC603", "expired", waiver, f"its last day was {waiver.expires}")
        elif status is None:
            yield _change("ARC604", "unused", waiver, _SPENT if is_spent else "it fits nothing that was found")
        elif status == ACCEPTED and waiver.is_expiring(self.today):
            yield _change("ARC605", "expiring", waiver, f"its last day is {waiver.expires}")


_SELF_GRANTED = "the head adds it, and needs it for: {}"
_OUTGROWN = "its fingerprint is that of another change of the same subject"
_NO_FINGERPRINT = "without a fingerprint a waiver accepts only what is risky or a note"
_SPENT = "its change is in the base: `arcproof waivers prune` removes it"


def _at_its_worst(findings: Sequence[Found]) -> Iterator[Found]:
    """Yield each fingerprint once. What is found twice, such as below two causes, weighs what it weighs most; what
    needs a waiver of its own weighs more than what does not."""
    levels: dict[str, list[Level]] = {}
    for found in findings:
        levels.setdefault(found.fingerprint, []).append(found.level)
    weights = {p: worst(*([level for level in ls if level in OWN_WAIVER] or ls)) for p, ls in levels.items()}
    yield from {f.fingerprint: replace(f, level=weights[f.fingerprint]) for f in findings}.values()


def _accepts(waiver: Waiver, found: Found) -> bool:
    exact = waiver.fits(found.code, found.machine, found.subject) and waiver.fingerprint in (None, found.fingerprint)
    return exact and waiver.may_accept(found.level)


def _change(code: str, kind: str, waiver: Waiver, note: str) -> Change:
    place = Span(waiver.path, waiver.line, 1, waiver.line, 1) if waiver.path else None
    return Change(code, kind, f"waiver {waiver.id}", note=note, place=place)
