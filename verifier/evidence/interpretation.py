"""States, and meanings for what a spec leaves opaque."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.sorts import Value

State = Mapping[str, Value]


@dataclass(frozen=True)
class Interpretation:
    """A meaning for the opaque sorts and functions: sort sizes (atoms 0..size-1), and tables with a default."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, tuple[Mapping[tuple[Value, ...], Value], Value]] = field(default_factory=dict)


STANDARD = Interpretation()
"""The meaning where nothing is opaque."""
