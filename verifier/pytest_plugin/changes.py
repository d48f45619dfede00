"""What a spec's change since a revision means, as one more test of its file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.change.config import find_config
from verifier.diagnostics import SpecError
from verifier.pytest_plugin.machine import told
from verifier.report.formats import render
from verifier.report.review import Review
from verifier.review.diff import review_sources
from verifier.review.options import Options
from verifier.syntax import read_source, source_of
from verifier.versions import Repository

NAME = "since-base"
"""The item's name, which no property can have."""


class ChangeItem(pytest.Item):
    """The change of one spec, judged by the policy of the base: breaking changes fail, undecided ones are errors."""

    def setup(self) -> None:
        """Compare the spec with what it was; a comparison that found nothing out is an error."""
        base, timeout = self.config.getoption("--arcproof-base"), self.config.getoption("--arcproof-timeout")
        try:
            self._review = _since(base, self.path, timeout)
        except SpecError as error:
            pytest.fail(f"COULD NOT CHECK what changed since {base}\n{told(error)}", pytrace=False)
        if self._review.exit_code not in (0, 1):
            pytest.fail(render(self._review, "text"), pytrace=False)

    def runtest(self) -> None:
        """Pass or fail by the policy."""
        if self._review.exit_code:
            pytest.fail(render(self._review, "text"), pytrace=False)

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """Return the file, its first line, and what a report calls the item."""
        return self.path, 0, f"change since {self.config.getoption('--arcproof-base')}"


def _since(base: str, path: Path, seconds: float) -> Review:
    """Return the review of the spec in `path` against the revision `base`. Raises SpecError."""
    repository = Repository(path.parent)
    tree = repository.tree(base)
    assert repository.top is not None  # a bare repository has no files to be collected
    inside = path.resolve().relative_to(repository.top.resolve()).as_posix()
    before = tree.read(inside)
    policy = find_config(tree, os.path.dirname(inside)).policy
    new = source_of(inside, read_source(str(path)).text.encode())
    return review_sources(None if before is None else source_of(inside, before), new, Options(policy, seconds))
