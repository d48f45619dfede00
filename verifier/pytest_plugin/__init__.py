"""The pytest plugin: specs are collected like test files, and each property is a test.

`.arc` files are collected with `--arcproof`, and below the paths of the ini setting `arcproof_paths` without it.
A property that is as it should be passes; one that is not, or holds vacuously, fails; one that stays undecided is an
error, since nothing was found out. The fixture `arc_machine` checks properties from inside a test function.

Every pytest run of the environment imports this module, so it imports nothing until a spec is met.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from verifier.pytest_plugin.collection import SpecFile
    from verifier.pytest_plugin.machine import Machines

__all__ = ["arc_machine", "pytest_addoption", "pytest_collect_file", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options `--arcproof...` and the setting `arcproof_paths`."""
    group = parser.getgroup("arcproof", "specs of state machines")
    group.addoption("--arcproof", action="store_true", help="collect .arc files: each property is a test")
    group.addoption("--arcproof-source-tree", metavar="DIR", help="compare tables bound to C sources with those in DIR")
    group.addoption(
        "--arcproof-no-source-tree", action="store_true", help="skip such comparisons, instead of ending in an error"
    )
    group.addoption(
        "--arcproof-timeout",
        metavar="SECONDS",
        type=_seconds,
        default=60.0,
        help="how long to search, and again to certify, for each property (default: 60)",
    )
    group.addoption(
        "--arcproof-base", metavar="REV", help="also test what each spec's change since this git revision means"
    )
    parser.addini("arcproof_paths", "files and folders whose specs are collected without --arcproof", "paths", [])


def _seconds(text: str) -> float:
    """Return a positive number of seconds. Raises ValueError for anything else, which argparse reports."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that exclude each other, and a source tree that does not exist."""
    tree = config.getoption("--arcproof-source-tree")
    if tree is not None and config.getoption("--arcproof-no-source-tree"):
        raise pytest.UsageError("--arcproof-source-tree and --arcproof-no-source-tree exclude each other")
    if tree is not None and not Path(tree).is_dir():
        raise pytest.UsageError(f"--arcproof-source-tree: there is no folder {tree}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecFile | None:
    """Return the collector of a spec's properties; None iff the file is no spec, or was not asked for."""
    if file_path.suffix != ".arc" or not _is_wanted(file_path, parent.config):
        return None
    from verifier.pytest_plugin.collection import SpecFile

    return SpecFile.from_parent(parent, path=file_path)


def _is_wanted(path: Path, config: pytest.Config) -> bool:
    return bool(config.getoption("--arcproof")) or any(
        path.is_relative_to(wanted) for wanted in config.getini("arcproof_paths")
    )


@pytest.fixture(scope="session")
def arc_machine(pytestconfig: pytest.Config) -> Machines:
    """The function that reads a spec, its path relative to pytest's root directory: `arc_machine("spec/x.arc")`.

    `arc_machine(...).check("prop")` fails the test unless the property is as the spec expects it. Every spec is read,
    and every property checked, once a process.
    """
    from verifier.pytest_plugin.machine import Machines

    return Machines(pytestconfig)
