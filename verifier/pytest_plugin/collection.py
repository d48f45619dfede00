"""A spec as a file of tests, a property as a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verifier.diagnostics import SpecError
from verifier.pytest_plugin.machine import OPEN, Machine, demand, machine, request_of, told


class SpecFile(pytest.File):
    """The properties of a spec, those that it implies among them, in the order of `arcproof check`; then its change."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each property, and one for the change if a base is given. A spec that cannot be read is a
        collection error."""
        try:
            found = machine(self.path, request_of(self.config))
        except SpecError as error:
            raise self.CollectError(told(error)) from error
        for name in found.properties:
            yield PropertyItem.from_parent(self, name=name, machine=found)
        if self.config.getoption("--arcproof-base"):
            from verifier.pytest_plugin.changes import NAME, ChangeItem

            yield ChangeItem.from_parent(self, name=NAME)


class PropertyItem(pytest.Item):
    """One property, with the node id `FILE.arc::NAME`. It is checked in its set-up, where what is undecided is an
    error; what it says of the machine is judged in its call, where it is a failure."""

    def __init__(self, *, machine: Machine, **given: Any) -> None:
        super().__init__(**given)
        self._machine = machine

    def setup(self) -> None:
        """Check the property."""
        report = self._machine.report(self.name)
        if report.outcome in OPEN:
            demand(self._machine.model, report)

    def runtest(self) -> None:
        """Pass, fail or be skipped by what the check said."""
        report = self._machine.report(self.name)
        if report.outcome not in OPEN:
            demand(self._machine.model, report)

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """Return the file, the line of the property, and what a report calls it."""
        span = self._machine.properties[self.name].span
        return Path(self.path), span.line - 1, f"property {self.name}"
