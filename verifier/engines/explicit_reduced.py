"""Violations among more states than can be visited: by a short search that leaves out interleavings."""

from __future__ import annotations

import functools

from verifier.evidence.evidence import Trace
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.semantics.evaluate import RangeError
from verifier.statespace.space import Limits, Watch
from verifier.statespace.stubborn import searched

STATES = 3000
"""The most states that are looked at."""


@functools.lru_cache(maxsize=16)
def by_fewer(
    model: Model, parameters: tuple[tuple[str, Value], ...], watch: Watch, deadline: float
) -> tuple[Trace | None, str]:
    """Return a run to what is watched for, perhaps not a shortest one, if the search finds one; and, to be added to the
    reason where it does not, what it came to."""
    try:
        found, run = searched(model, dict(parameters), watch, Limits(deadline, states=STATES))
    except (ValueError, RangeError) as error:
        return None, f"; no interleaving is left out: {error}"
    if found.is_complete:
        return run, f"; none of the {found.states:,} states without needless interleavings is one, which proves nothing"
    return run, ""
