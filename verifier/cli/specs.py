"""Which files are meant by the paths on the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.request import RequestError

DEFAULT = "spec"
"""The folder that is checked where no path is given."""


@dataclass(frozen=True)
class Found:
    """A spec: its path as it is opened and shown, and a label that no other spec of the run has."""

    path: str
    label: str


def find_specs(arguments: Sequence[str]) -> list[Found]:
    """Return the specs that the arguments name, each file once: of a folder all `.arc` files below it, in the order
    of their paths. A path that does not exist counts as a file, so that opening it says so.

    Raises RequestError iff a folder holds no spec.
    """
    named = [found for argument in arguments or [DEFAULT] for found in _specs_of(argument, bool(arguments))]
    once = {os.path.realpath(f.path): f for f in reversed(named)}
    return list(_labelled(f for f in named if once[os.path.realpath(f.path)] is f))


def _specs_of(argument: str, given: bool) -> list[Found]:
    if not os.path.isdir(argument):
        if not given:
            raise RequestError(f"no spec found: there is no folder {argument}", "name a spec or a folder")
        return [Found(argument, Path(argument).stem)]
    paths = sorted(p.relative_to(argument) for p in Path(argument).rglob("*.arc") if p.is_file())
    if not paths:
        raise RequestError(f"no spec found in {argument}", "a spec is a file whose name ends in .arc")
    return [Found(os.path.join(argument, p), p.with_suffix("").as_posix()) for p in paths]


def _labelled(specs: Iterable[Found]) -> Iterator[Found]:
    """Keep labels apart that come from different folders by the rest of their path."""
    specs = list(specs)
    labels = [f.label for f in specs]
    for spec in specs:
        whole = Path(spec.path).with_suffix("").as_posix().lstrip("./")
        yield spec if labels.count(spec.label) == 1 else Found(spec.path, whole)
