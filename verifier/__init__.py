"""arcproof: a formal verifier for state-machine rules.

The Python interface is what the command itself uses: `load` reads a spec, `check` verifies it. The modules
that do the work are imported when they are first needed, so that importing the package costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING

from verifier.version import __version__

if TYPE_CHECKING:
    from verifier.model.model import Model
    from verifier.report.result import MachineReport

__all__ = ["__version__", "check", "load"]


def load(path: str | PathLike[str]) -> Model:
    """Return the model of the spec in the file `path`.

    Raises SpecError (`verifier.diagnostics`) with every diagnostic of the phase that failed: the file cannot be
    read, it is not a spec, or a name or a sort in it is wrong.
    """
    from verifier import pipeline

    return pipeline.load(path)


def check(
    model: Model,
    *,
    properties: Iterable[str] | None = None,
    parameters: Mapping[str, object] | None = None,
    timeout: float = 60.0,
    engine: str | None = None,
    source_tree: str | PathLike[str] | None = None,
) -> MachineReport:
    """Return the report on the model's properties, on those named in `properties` if given, in the spec's order.

    The check that every int stays in its range, where the machine needs one, always comes first. `parameters`
    fixes parameters of the machine to values of their sorts (`verifier.model.sorts` says what a value is).
    `timeout` is in seconds, for the search and again for the checker, for each property. `engine` names the one
    engine to use; None leaves the choice to the portfolio. `source_tree` is the folder in which tables bound to C
    files are looked up; without it their verdict is UNKNOWN.

    Raises RequestError (`verifier.request`) iff a property, a parameter or the engine does not exist, or a
    value does not belong to its parameter.
    """
    from verifier import pipeline
    from verifier.request import Request

    request = Request(
        properties=None if properties is None else tuple(properties),
        parameters=dict(parameters or {}),
        timeout=timeout,
        engine=engine,
        source_tree=source_tree,
    )
    return pipeline.check(model, request)
