"""Fixtures that several folders of tests share."""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import verifier
from tests import kernel

# The same examples in every run: a failure is one that the change under test has made. Hypothesis draws constants of
# the modules that are loaded, so all of them are, whichever tests a worker runs; `make test` fixes the order of sets.
# `pytest --hypothesis-profile fresh` draws others.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("fresh", derandomize=False, database=None)
settings.load_profile("fixed")
for module in pkgutil.walk_packages(verifier.__path__, "verifier."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


@pytest.fixture(scope="session")
def kernel_tree() -> Callable[[str], Path]:
    """The function that returns a folder with the files of a kernel, by its version ("6.12")."""
    return kernel.kernel_tree


@functools.cache
def graphviz_missing() -> str | None:
    """Why Graphviz cannot be loaded; None iff it can. Its wheel relies on a few libraries of the system."""
    try:
        import pygraphviz  # noqa: F401
    except ImportError as error:
        return f"Graphviz cannot be loaded: {error}; Debian has what it needs in libglib2.0-0, libx11-6, libxrender1"
    return None


@pytest.fixture(autouse=True)
def _graphviz(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("graphviz") and (reason := graphviz_missing()) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test finds what another, or the user, has kept. The folder is made when something is kept in it."""
    monkeypatch.delenv("ARCPROOF_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches" / uuid.uuid4().hex))
