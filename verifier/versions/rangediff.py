"""Which patch of one revision of a series became which patch of the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.versions.hunks import lines_of
from verifier.versions.series import Patch, Series


@dataclass(frozen=True)
class Pair:
    """A patch of the old revision and what became of it in the new one.

    `kind` is same (the same changes to the same files), changed, dropped (`new` is None) or added (`old` is None).
    """

    old: Patch | None
    new: Patch | None
    kind: str


def pair(old: Series, new: Series) -> tuple[Pair, ...]:
    """Return the patches of both revisions, each once: in the new order, a dropped one before what followed it.

    Patches with the same changes belong together, then those with the same subject, then those whose changes are
    alike: the assignment that leaves the fewest changed lines unexplained, where a patch is rather given up than
    matched with one that shares less than about half of its lines (the cost matrix of `git range-diff`).
    """
    of_new = _matched(old.patches, new.patches)
    of_old = {j: i for i, j in of_new.items()}
    result: list[Pair] = []
    shown = 0
    for i, patch in enumerate(new.patches):
        if (j := of_new.get(i)) is None:
            result.append(Pair(None, patch, "added"))
            continue
        while shown <= j:
            if shown not in of_old:
                result.append(Pair(old.patches[shown], None, "dropped"))
            shown += 1
        kind = "same" if _changes(old.patches[j]) == _changes(patch) else "changed"
        result.append(Pair(old.patches[j], patch, kind))
    dropped = (p for j, p in enumerate(old.patches) if j >= shown and j not in of_old)
    return (*result, *(Pair(p, None, "dropped") for p in dropped))


def _changes(patch: Patch) -> tuple[str, ...]:
    return tuple(lines_of(patch.files))


def _matched(old: Sequence[Patch], new: Sequence[Patch]) -> dict[int, int]:
    """Return the index of the old patch for each new one that has an ancestor."""
    found: dict[int, int] = {}
    for key in (_changes, lambda p: p.subject.lower()):
        free = {key(p): j for j, p in reversed(list(enumerate(old))) if j not in found.values()}
        for i, patch in enumerate(new):
            if i not in found and (j := free.pop(key(patch), None)) is not None:
                found[i] = j
    rows = [i for i in range(len(new)) if i not in found]
    columns = [j for j in range(len(old)) if j not in found.values()]
    costs = _costs([Counter(_changes(new[i])) for i in rows], [Counter(_changes(old[j])) for j in columns])
    for row, column in enumerate(assignment(costs)[: len(rows)] if costs else []):
        if column < len(columns):
            found[rows[row]] = columns[column]
    return found


def _costs(new: Sequence[Counter[str]], old: Sequence[Counter[str]]) -> list[list[float]]:
    """Return the cost of each match, in lines that it leaves unexplained; the rows and columns beyond the patches
    stand for none, that is for adding or dropping one."""
    size = len(new) + len(old)
    costs = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(size):
            if i < len(new) and j < len(old):
                costs[i][j] = ((new[i] - old[j]) + (old[j] - new[i])).total()
            elif i < len(new) or j < len(old):
                costs[i][j] = _CREATION * (new[i] if i < len(new) else old[j]).total()
    return costs


_CREATION = 0.6
"""What adding or dropping a patch costs, per changed line (`--creation-factor=60`)."""


def assignment(costs: Sequence[Sequence[float]]) -> list[int]:
    """Return for each row of a square matrix its column, each column once, so that the sum of costs is least.

    The method of Kuhn and Munkres by shortest augmenting paths (Jonker and Volgenant 1987), in cubic time.
    """
    size = len(costs)
    row_of = [-1] * (size + 1)  # the last column is where each search begins
    over_rows, over_columns = [0.0] * size, [0.0] * (size + 1)
    for start in range(size):
        row_of[size] = start
        column, via = size, [size] * size
        slack, done = [float("inf")] * size, [False] * (size + 1)
        while row_of[column] != -1:
            done[column], row = True, row_of[column]
            for j in range(size):
                reduced = costs[row][j] - over_rows[row] - over_columns[j]
                if not done[j] and reduced < slack[j]:
                    slack[j], via[j] = reduced, column
            nearest = min((j for j in range(size) if not done[j]), key=slack.__getitem__)
            step = slack[nearest]
            for j in range(size + 1):
                if done[j]:
                    over_rows[row_of[j]] += step
                    over_columns[j] -= step
                elif j < size:
                    slack[j] -= step
            column = nearest
        while column != size:
            row_of[column], column = row_of[via[column]], via[column]
    columns = [0] * size
    for j in range(size):
        columns[row_of[j]] = j
    return columns
