"""What all nodes have."""

from __future__ import annotations

from dataclasses import field

from verifier.diagnostics import Span
from verifier.records import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place."""

    span: Span = field(compare=False, repr=False)
