"""Machines as tests see them: a property is checked when it is first asked for, and never twice in one process."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from verifier import pipeline
from verifier.checker.certified import Verdict
from verifier.deciding import Task, decide
from verifier.diagnostics import SpecError
from verifier.diagnostics.render import printable, render
from verifier.model.claims import Matches
from verifier.model.model import Model
from verifier.report.detail import claim_lines, evidence_lines, replay_line
from verifier.report.result import Outcome, PropertyReport
from verifier.request import Request, all_properties, is_range_check, unknown

SETTLED = frozenset([Outcome.PROVED, Outcome.EXPECTED_VIOLATION, Outcome.ACCEPTED_VACUITY])
"""The outcomes that pass."""

OPEN = frozenset([Outcome.UNDECIDED, Outcome.UNREADABLE, Outcome.CONTRADICTION])
"""The outcomes that say nothing about the machine: errors, not failures."""

_WORDS = {Outcome.UNREADABLE: "COULD NOT CHECK ", Outcome.UNCHECKED: "NOT CHECKED ", Outcome.FAILED: ""}
_TREE_HELP = "pass --arcproof-source-tree DIR, or leave it out, visibly, with --arcproof-no-source-tree"


class Machine:
    """One spec, read. Its properties are checked one by one; the range check, on which the others rest, once."""

    def __init__(self, model: Model, request: Request) -> None:
        self.model = model
        self.properties = {p.name: p for p in all_properties(model)}
        self._request = request
        self._reports: dict[str, PropertyReport] = {}

    def check(self, name: str) -> PropertyReport:
        """Return the report on a property that is as it should be; otherwise fail the test, as its item would."""
        if name not in self.properties:
            error = unknown("property", name, self.properties)
            pytest.fail(f"{self.model.source.path}: {error}; {error.help}", pytrace=False)
        report = self.report(name)
        demand(self.model, report)
        return report

    def report(self, name: str) -> PropertyReport:
        """Return the report on one of `properties`, whatever it says."""
        if name not in self._reports:
            for first in (p for p in self.properties.values() if is_range_check(p) and p.name != name):
                if self.report(first.name).certified.verdict not in (Verdict.PROVED, Verdict.VACUOUS):
                    self._reports = {p.name: p for p in pipeline.check(self.model, self._request).properties}
                    return self._reports[name]
            self._reports[name] = decide(Task(self.model, self.properties[name], self._request))
        return self._reports[name]


class Machines:
    """Reads specs, each once, with what the command line asks of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._request = request_of(config)
        self._machines: dict[Path, Machine] = {}

    def __call__(self, path: str | os.PathLike[str]) -> Machine:
        """Return the machine of the spec in `path`, relative to the root directory; fail the test if it has none."""
        place = (self._root / path).resolve()
        if place not in self._machines:
            try:
                self._machines[place] = machine(place, self._request)
            except SpecError as error:
                pytest.fail(told(error), pytrace=False)
        return self._machines[place]


def request_of(config: pytest.Config) -> Request:
    """Return what the command line asks of every property."""
    return Request(
        timeout=config.getoption("--arcproof-timeout"),
        source_tree=config.getoption("--arcproof-source-tree"),
        sources_waived=config.getoption("--arcproof-no-source-tree"),
    )


def machine(path: Path, request: Request) -> Machine:
    """Return the machine of a spec, which messages call by its path from the current folder. Raises SpecError."""
    return Machine(pipeline.load(os.path.relpath(path)), request)


def told(error: SpecError) -> str:
    """Return the diagnostics as text."""
    return render(error.diagnostics, error.sources).rstrip()


def demand(model: Model, report: PropertyReport) -> None:
    """End the running test unless the property is as it should be: it fails, or is skipped, or passes with a warning
    where the spec gives the property a lower severity than `error`."""
    if report.outcome in SETTLED:
        return
    text = shown(model, report)
    if report.outcome is Outcome.UNCHECKED:
        pytest.skip(text)
    if report.exit_code == 0:
        span = report.certified.property.span
        try:
            warnings.warn_explicit(SpecWarning(text), None, span.path, span.line)
            return
        except SpecWarning:  # the filters make errors of warnings
            pass
    pytest.fail(text, pytrace=False)


class SpecWarning(pytest.PytestWarning):
    """A property of severity `warning` or `note` is not as it should be."""


def shown(model: Model, report: PropertyReport) -> str:
    """Return the outcome, the verdict, the claim and the evidence, in the words of the command line's report."""
    prop = report.certified.property
    wanted = "REFUTED" if prop.expect_violated else "PROVED"
    word = _WORDS.get(report.outcome, f"{report.outcome.name} ")
    place = f"{prop.span.path}:{prop.span.line}"
    lines = [f"{word}{prop.name}: {report.certified.verdict.value}, expected {wanted}   {place}", *claim_lines(prop)]
    lines += (f"  {line}" for line in evidence_lines(model, report))
    if isinstance(prop.claim, Matches) and report.outcome is Outcome.UNDECIDED:
        lines.append(f"  help: {_TREE_HELP}")
    return "\n".join(map(printable, [*lines, f"  again: {replay_line(model, report)}"]))
