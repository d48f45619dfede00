"""ARC067: a machine without an initial state."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.checker.certified import Verdict
from verifier.diagnostics import Diagnostic
from verifier.lint.subject import Finding, Open, Subject, Undecided
from verifier.model.claims import Never
from verifier.model.terms import TRUE


def no_run(subject: Subject) -> Iterator[Finding | Open]:
    """Yield a finding iff the assumptions and the initial values contradict each other."""
    span = subject.spec.name.span
    try:
        if subject.certified(Never(TRUE)).verdict is not Verdict.REFUTED:
            message = (
                f"machine {subject.model.name} has no initial state: its assumptions and initial values exclude all"
            )
            yield Finding(Diagnostic("ARC067", message, span, help="every claim about runs is vacuous"))
    except Undecided as undecided:
        yield Open("whether there is an initial state", span, str(undecided))
