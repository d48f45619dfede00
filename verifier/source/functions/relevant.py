"""Which locals matter for where a function goes and what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.source.functions.code import (
    Branch,
    Expression,
    Instruction,
    Load,
    Return,
    Store,
    Switch,
    expressions,
    parts,
)


def relevant(instructions: Sequence[Instruction]) -> frozenset[str]:
    """Return the locals whose values may decide a branch or the result, directly or by way of others.

    What is assigned to memory counts as a result, since a state is kept there.
    """
    found = set(_locals(e for i in instructions if isinstance(i, Branch | Switch | Return) for e in expressions(i)))
    stores = [p for i in instructions for e in expressions(i) for p in parts(e) if isinstance(p, Store)]
    found |= set(_locals(s.value for s in stores if not s.target.local))
    while True:
        more = set(_locals(s.value for s in stores if s.target.key in found)) - found
        if not more:
            return frozenset(found)
        found |= more


def _locals(roots: Iterable[Expression]) -> Iterable[str]:
    for root in roots:
        for part in parts(root):
            if isinstance(part, Load):
                yield from part.names
