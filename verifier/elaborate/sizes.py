"""How large a term is when it is written out."""

from __future__ import annotations

from verifier.model.terms import Term, children

MAX_SIZE = 100_000
"""The most operators, names and constants of one term, shared parts counted each time they occur."""

MAX_HEIGHT = 300
"""The deepest nesting of one term."""


class Sizes:
    """Sizes and heights of terms, remembered."""

    def __init__(self) -> None:
        self._known: dict[Term, tuple[int, int]] = {}

    def of(self, term: Term) -> tuple[int, int]:
        """Return the number of nodes of the term as a tree, and its height."""
        known, stack = self._known, [term]
        while stack:
            parts = children(stack[-1])
            missing = [p for p in parts if p not in known]
            if missing:
                stack.extend(missing)
                continue
            sizes = [known[p] for p in parts]
            known[stack.pop()] = 1 + sum(s for s, _ in sizes), 1 + max((h for _, h in sizes), default=0)
        return known[term]
