"""What differs between two versions, as facts that have not been judged yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from verifier.checker.certified import Certified, Verdict
from verifier.diagnostics import Span
from verifier.evidence.evidence import Fork, Lasso, Trace, Trap
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.terms import Term


@dataclass(frozen=True)
class Shown:
    """A run of one version that shows a change. `side` is "old" or "new", `title` says what the run is about."""

    side: str
    title: str
    model: Model
    run: Trace | Fork | Lasso


def shown_by(model: Model, certified: Certified | None, side: str, title: str) -> tuple[Shown, ...]:
    """Return the run that refutes a property, if there is one."""
    evidence = certified.evidence if certified is not None and certified.verdict is Verdict.REFUTED else None
    run = evidence.trace if isinstance(evidence, Trap) else evidence
    return (Shown(side, title, model, run),) if isinstance(run, (Trace, Fork, Lasso)) else ()


@dataclass(frozen=True)
class Change:
    """One difference in meaning.

    `code` is a key of `verifier.change.checks.CHECKS`, and `kind` one of its kinds (such as "added"). `subject`
    names what changed: "rule stop", "property no_way_back", "value State.PRE_COPY", "machine". `before` and `after`
    are its meaning in arc syntax, None where it does not exist; with code, kind, machine and subject they make up
    the fingerprint, so they hold no line numbers, and no prose. `actor` is that of the rule concerned, `note` one
    sentence for the reader. `place` is in the new version, `old_place` in the old one. `proofs` are the certified
    verdicts that decide it, none where it follows from the declarations alone. `undecided` says what blocked a
    decision, where none was reached. `claim` is what NEW no longer satisfies, or satisfies now, and what it assumes,
    where that is how the change was found. `consequences` would not be there without this change.
    """

    code: str
    kind: str
    subject: str
    before: str | None = None
    after: str | None = None
    actor: str | None = None
    note: str = ""
    place: Span | None = None
    old_place: Span | None = None
    shown: tuple[Shown, ...] = ()
    proofs: tuple[Certified, ...] = ()
    undecided: str | None = None
    claim: tuple[Claim, Term] | None = None
    consequences: tuple[Change, ...] = field(default=())

    def tree(self) -> Iterator[Change]:
        """Yield the change and all that follows from it."""
        yield self
        for consequence in self.consequences:
            yield from consequence.tree()
