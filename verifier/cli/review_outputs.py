"""Where a review goes: `-f` for standard output, `--report FORMAT=PATH` for files; checked before any work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli import completion

if TYPE_CHECKING:
    from verifier.cli.outputs import Target
    from verifier.report.review import Review

Command = Callable[..., int]

FORMATS = "text, json, markdown, sarif, junit, github, gitlab or mail"
"""The formats, in words."""


@dataclass(frozen=True)
class Outputs:
    """The format of the one document on standard output, and the files that are written beside it."""

    format: str
    files: tuple[Target, ...] = ()


def options(command: Command) -> Command:
    """Return the command with the options `-f/--format` and `--report`, which it receives as `outputs: Outputs`.

    A format that does not exist, or a path that cannot be written, ends it with a usage error before any work.
    """

    @wraps(command)
    def checked(*args: Any, format: str | None, report: tuple[str, ...], **rest: Any) -> int:
        return command(*args, outputs=outputs_of(format, report), **rest)

    also = click.option(
        "--report",
        multiple=True,
        metavar="FORMAT=PATH",
        help=f"Also write a report: {FORMATS}.",
        shell_complete=completion.formats,
    )
    first = click.option(
        "-f",
        "--format",
        metavar="FORMAT",
        help=f"What to print: {FORMATS}.  [default: text]",
        shell_complete=completion.formats,
    )
    return first(also(checked))


def outputs_of(format: str | None, reports: tuple[str, ...]) -> Outputs:
    """Return where the review goes. `FORMAT=-` says the same as `-f FORMAT`. Raises click.UsageError."""
    from verifier.cli.outputs import check_format, file_targets
    from verifier.report.formats.names import NAMES
    from verifier.request import RequestError

    try:
        if format is not None:
            check_format(format, NAMES)
        found = file_targets(reports, NAMES)
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    printed = [t.format for t in found if t.is_stdout] + ([] if format is None else [format])
    if len(printed) > 1:
        raise click.UsageError("only one report can go to standard output")
    return Outputs(printed[0] if printed else "text", tuple(t for t in found if not t.is_stdout))


def publish(review: Review, outputs: Outputs) -> int:
    """Write the files, print the one document, and return the review's exit code.

    Raises click.ClickException, which is exit code 2, for a file that cannot be written.
    """
    from verifier.report.formats import render

    for target in outputs.files:
        save(target.path, render(review, target.format))
    if outputs.format == "text" and sys.stdout.isatty():
        _show(review)
    else:
        sys.stdout.write(render(review, outputs.format))
    sys.stdout.flush()
    return review.exit_code


def save(path: str, text: str) -> None:
    """Write the text to the file. Raises click.ClickException."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise click.ClickException(f"cannot write to {path}: {reason}") from error


def _show(review: Review) -> None:
    """Print the text report."""
    from verifier.cli.terminal import show
    from verifier.report.formats.text import render_text

    show(render_text(review))
