"""Where certificates are kept between runs: the options of every command that solves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verifier.proofs.store import Store


def opened(cache_dir: str | None, no_cache: bool) -> Store | None:
    """Return where certificates are kept; None iff nowhere. Raises click.UsageError."""
    from verifier.proofs.store import Store, default_folder

    if no_cache:
        if cache_dir is not None:
            raise click.UsageError("--cache-dir and --no-cache exclude each other")
        return None
    folder = Path(cache_dir) if cache_dir else default_folder(os.environ)
    return None if folder is None else Store(folder)
