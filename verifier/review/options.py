"""What is asked of a review."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from verifier.change.policy import Policy
from verifier.proofs.store import Store


@dataclass(frozen=True)
class Options:
    """How to judge, how long to search and certify for each obligation, and in all (seconds), how many processes to
    use, and where proofs are kept. `reproduce` is the command that gives the review again."""

    policy: Policy = field(default_factory=Policy)
    seconds: float = 60.0
    jobs: int = 1
    store: Store | None = None
    reproduce: str = ""
    total: float = 600.0
    started: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """When the search has to end, on `time.monotonic()`."""
        return self.started + self.total
