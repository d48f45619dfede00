"""The one door to OxiDD: whether it is there, and a manager of a given size."""

from __future__ import annotations

import mmap
from importlib.util import find_spec
from typing import TYPE_CHECKING

from verifier.engines.diagrams.compile import TooLarge

if TYPE_CHECKING:
    from oxidd.bdd import BDDManager

SIZES = (1 << 20, 1 << 22, 1 << 25)
"""The nodes for which memory is set aside: little at first, more where that was not enough."""

BYTES = 32
"""The memory that a node takes, with its share of the tables and of the cache of results."""


STACKS = 9 << 28
"""The addresses that a manager's two threads reserve, and some more; hardly any of it becomes memory."""


def why_not() -> str | None:
    """Return None iff OxiDD is installed; otherwise what is missing."""
    return None if find_spec("oxidd") else "the package oxidd is not installed"


def manager(nodes: int) -> BDDManager:
    """Return a manager that holds at most so many nodes. An operation that needs more raises MemoryError. Raises
    TooLarge where the system has no room for it, for OxiDD would end the process.

    One thread: what fits into how many nodes must not depend on chance. As many results are remembered as there are
    nodes: with a quarter of that Peterson's lock takes three times as long.
    """
    from oxidd.bdd import BDDManager

    try:
        mmap.mmap(-1, STACKS + nodes * BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0).close()  # addresses only
    except OSError:
        raise TooLarge(f"the system has no memory for diagrams of {nodes} nodes") from None
    return BDDManager(nodes, max(1 << 12, min(nodes, 1 << 23)), 1)
