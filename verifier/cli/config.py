"""`arcproof config`: what the project's configuration says here, and where each value comes from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from verifier.change.config import Config

Command = TypeVar("Command", bound=Callable[..., object])


def config_option(command: Command) -> Command:
    """Add the option `--config`."""
    return click.option(
        "--config", "named", type=click.Path(), metavar="FILE", help="The configuration to use.  [env: ARCPROOF_CONFIG]"
    )(command)


def project_config(named: str | None = None) -> tuple[Path, Config]:
    """Return the folder that the configuration's paths begin in, and the configuration that counts here: `named`, or
    what ARCPROOF_CONFIG names, or that of the nearest folder up to the root of the git work tree.

    The environment's settings are in it. Raises SpecError with all errors.
    """
    from verifier.change.config import find_config
    from verifier.change.settings import overridden
    from verifier.files import Folder

    named = named or os.environ.get("ARCPROOF_CONFIG")
    here = Path.cwd()
    if named is not None:
        root, start, name = Path(named).parent, "", Path(named).name
        config = find_config(Folder(root), start, name)
    else:
        root = _top(here)
        config = find_config(Folder(root), here.relative_to(root).as_posix())
    return root, overridden(config, {}, os.environ, Folder(root))


def _top(here: Path) -> Path:
    """Return the root of the git work tree around a folder; the folder itself where there is none."""
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


@click.group()
def config() -> None:
    """The project's configuration: `arcproof.toml`, or [tool.arcproof] in `pyproject.toml`."""


@config.command()
@config_option
@click.option("--origin", is_flag=True, help="Say of each value where it comes from.")
def show(named: str | None, origin: bool) -> int:
    """Show every setting that counts here: environment before file before default.

    The gate itself reads the file from the base revision, not from the work tree.
    """
    from verifier.change.settings import settings
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import printable, render

    try:
        _, found = project_config(named)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    shown = settings(found)
    keys, values = max(len(s.key) for s in shown), max(len(s.value) for s in shown)
    for setting in shown:
        line = f"{setting.key:<{keys}}  {setting.value:<{values if origin else 0}}"
        click.echo(printable(f"{line}  {setting.origin}" if origin else line.rstrip()))
    return 0
