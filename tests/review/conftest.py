"""Repositories in which the command runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.review.scratch import BASE, SPEC, Tree


@pytest.fixture
def tree(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A repository without a commit; the working directory is its top, and no setting of the user's counts."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [n for n in os.environ if n.startswith(("ARCPROOF_", "PRE_COMMIT_", "GIT_DIR", "GIT_INDEX"))]:
        monkeypatch.delenv(name)
    scratch = Tree(tmp_path / "tree", capsys, monkeypatch)
    monkeypatch.chdir(scratch.top)
    return scratch


@pytest.fixture
def migration(tree: Tree) -> Tree:
    """The repository with the machine committed."""
    tree.commit({SPEC: BASE})
    return tree
