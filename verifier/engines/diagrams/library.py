"""The one door to OxiDD: whether it is there, and a manager of a given size."""

from __future__ import annotations

import mmap
import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING

from verifier.engines.diagrams.compile import TooLarge

if TYPE_CHECKING:
    from oxidd.bdd import BDDManager
    from oxidd.util import BooleanOperator

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
    try:
        mmap.mmap(-1, STACKS + nodes * BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0).close()  # addresses only
    except OSError:
        raise TooLarge(f"the system has no memory for diagrams of {nodes} nodes") from None
    made: BDDManager = _extension().BDDManager(nodes, max(1 << 12, min(nodes, 1 << 23)), 1)
    return made


def conjunction() -> BooleanOperator:
    """Return the operator "and", for what is quantified while it is made."""
    operator: BooleanOperator = _extension().BooleanOperator.AND
    return operator


@cache
def _extension() -> ModuleType:
    """Return the module in which all of OxiDD is.

    The rest of the package asks for its own version, types and metadata first, which takes many times longer than to
    load this. Under its full name, so that it is the same for whoever imports the package as a whole.
    """
    name = "oxidd._oxidd"
    if name not in sys.modules:
        folders = getattr(find_spec("oxidd"), "submodule_search_locations", None)
        found = PathFinder.find_spec(name, folders)
        if found is None or found.loader is None:
            raise ImportError(f"{name} is missing", name=name)
        module = sys.modules[name] = module_from_spec(found)
        found.loader.exec_module(module)
    return sys.modules[name]
