"""The name a person probably meant."""

import difflib
from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the candidate most like `name`, ignoring case; None iff none is as like it as `likeness` (0 to 1) says.

    Candidates of equal likeness are told apart by their alphabetical order, so the result is the same on each run.
    """
    by_folded = {c.lower(): c for c in sorted(candidates, reverse=True)}
    found = difflib.get_close_matches(name.lower()[:200], sorted(by_folded), n=1, cutoff=likeness)
    return by_folded[found[0]] if found else None
