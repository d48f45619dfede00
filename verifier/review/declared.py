"""What the authors of a series declare with `Arc-Intent:` lines, held against what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.report.review import Finding, Review

VERBS = {
    "add": ("ARC101", "ARC110", "ARC110o", "ARC116", "ARC119", "ARC201", "ARC207", "ARC501"),
    "remove": ("ARC102", "ARC111", "ARC116", "ARC119", "ARC202", "ARC207", "ARC502"),
    "rename": ("ARC112", "ARC112h"),
    "widen": ("ARC115", "ARC301", "ARC312"),
    "narrow": ("ARC115", "ARC302", "ARC313"),
    "strengthen": ("ARC503", "ARC118"),
    "weaken": ("ARC504", "ARC118"),
    "change": (),
}
"""The verb with which a declaration begins, and the codes that it covers; `change` covers every code."""


def declarations(intents: Sequence[str], review: Review) -> Iterator[str]:
    """Yield a line for each declaration, and one for each finding that none covers, if there is any declaration.

    A declaration is a verb of `VERBS` and words that name the subject: `widen guard stop` covers a widened guard of
    rule stop. It never changes the exit code.
    """
    findings = [f for _, f in review.findings()]
    for intent in intents:
        covered = [f for f in findings if _covers(intent, f)]
        told = ", ".join(f"{f.code} {f.subject}" for f in covered)
        yield f"declared: {intent}: {told}" if covered else f"declared, but absent: {intent}"
    if intents:
        for found in findings:
            if not any(_covers(i, found) for i in intents):
                yield f"undeclared: {found.code} {found.title}: {found.subject}"


def _covers(intent: str, found: Finding) -> bool:
    first, _, rest = intent.strip().partition(" ")
    words = rest.replace(",", " ").split()
    codes = VERBS.get(first.lower()) if words else None
    if codes is None or (codes and found.code not in codes):
        return False
    return found.subject.split(" ")[-1] in words or any(found.subject.endswith(w) for w in words)
