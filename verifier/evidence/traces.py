"""The runs that stand inside evidence."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.evidence.evidence import (
    BasisTable,
    Evidence,
    Fork,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    Trace,
    Trap,
    Witnesses,
)  # fmt: skip


def traces(evidence: Evidence | None) -> Iterator[tuple[Trace, int | None]]:
    """Yield each run of the evidence, and where it is endless the index of the state from which it repeats."""
    match evidence:
        case Trace():
            yield evidence, None
        case Lasso():
            yield evidence.trace, evidence.loop
        case Fork() | Trap():
            yield evidence.trace, None
        case Witnesses():
            yield from evidence.runs
        case NoBasis(missing=NoPath() as missing):
            yield from ((t, None) for t in missing.traces)
        case PathGaps(missing=gaps) | BasisTable(needed=gaps):
            yield from ((t, None) for gap in gaps for t in gap.traces)
