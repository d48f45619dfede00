"""A verdict that has been checked. Only `verifier.checker.certify` builds one."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from enum import Enum

from verifier.evidence.evidence import Evidence, Trace
from verifier.model.claims import Property


class EvidenceRefused(Exception):
    """The evidence is wrong: it does not show what the engine claims. The message says which part of it."""


class Verdict(Enum):
    """What is known of a property."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    BOUNDED = "BOUNDED"
    VACUOUS = "VACUOUS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Certified:
    """A property's verdict with the evidence that the checker accepted.

    `evidence` is None iff the verdict is UNKNOWN; `reason` then says what blocked it and what to try, and is
    otherwise a remark or None. `solver` names who confirmed it ("cvc5 1.4.2", "replay", "cvc5 1.4.2, replay",
    "source"). `witness` is a run on which the property's premise comes true (None: the claim has no premise,
    the verdict is not PROVED, or the premise is never true and the property says `vacuous ok`).
    """

    property: Property
    verdict: Verdict
    evidence: Evidence | None
    solver: str | None
    reason: str | None = None
    witness: Trace | None = None

    @builtins.property
    def expected(self) -> bool:
        """True iff this is what the spec says should be the case: refuted where it says `expect violated`,
        otherwise proved, or vacuous where it says `vacuous ok`."""
        if self.property.expect_violated:
            return self.verdict is Verdict.REFUTED
        return self.verdict is Verdict.PROVED or (self.verdict is Verdict.VACUOUS and self.property.vacuous_ok)
