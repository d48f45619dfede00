"""Fixtures that several folders of tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import kernel


@pytest.fixture(scope="session")
def kernel_tree() -> Callable[[str], Path]:
    """The function that returns a folder with the files of a kernel, by its version ("6.12")."""
    return kernel.kernel_tree
