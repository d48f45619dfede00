"""`arcproof diff`: what changes in meaning between two versions."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli import completion
from verifier.cli.review_options import Flags, review_options
from verifier.cli.review_outputs import Outputs, options, publish

if TYPE_CHECKING:
    from verifier.review.diff import Side


@click.command()
@click.argument("old", shell_complete=completion.specs)
@click.argument("new", shell_complete=completion.specs)
@click.option("--only-machine", multiple=True, metavar="NAME", help="Compare only this machine.")
@click.option("--config", metavar="FILE", help="Read the configuration from this file.")
@review_options
@options
def diff(old: str, new: str, only_machine: tuple[str, ...], config: str | None, flags: Flags, outputs: Outputs) -> int:
    """Compare two versions by what they mean.

    OLD and NEW are each a spec or a folder, a git revision, REV:PATH, or `-` for a spec on standard input.
    """
    from verifier.change.config import Config
    from verifier.cli.config import project_config
    from verifier.cli.failures import said
    from verifier.files import Folder
    from verifier.review.diff import review_sides

    words = ["arcproof", "diff", old, new, *(w for name in only_machine for w in ("--only-machine", name))]
    words += [*(["--config", config] if config else []), *flags.words]
    with said("diff", old, new, outputs, shlex.join(words)) as failure:
        root, found = project_config(config)
        settled: Config = flags.configured(found, Folder(root))
        sides = _sides(old, new)
        review = review_sides(*sides, flags.options(settled, shlex.join(words)), only=only_machine)
        return publish(review, outputs)
    return failure.code


def _sides(old: str, new: str) -> tuple[Side, Side]:
    """Return both sides; the errors of both are told together."""
    from verifier.diagnostics import Diagnostic, SpecError
    from verifier.review.diff import Side
    from verifier.versions import VersionError, version_of

    if old == new == "-":
        raise click.UsageError("only one side can be read from standard input")
    found: list[Side] = []
    errors: list[Diagnostic] = []
    for word in (old, new):
        try:
            version = version_of(word, Path.cwd(), sys.stdin.buffer)
            found.append(Side(version.label, version.files, version.specs))
        except VersionError as error:
            errors += error.diagnostics
    if errors:
        raise SpecError(errors)
    return found[0], found[1]
