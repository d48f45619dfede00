"""What all nodes have."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place."""

    span: Span = field(compare=False, repr=False)
