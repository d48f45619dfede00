"""`arcproof lint`: what specs say in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from verifier.cli import completion
from verifier.cli.progress import progress

if TYPE_CHECKING:
    from verifier.cli.progress import Watch
    from verifier.lint import Findings


@click.command()
@click.argument("specs", nargs=-1, type=click.Path(), metavar="[SPEC or folder]...", shell_complete=completion.specs)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search, and again to certify, for each question.",
)
def lint(specs: tuple[str, ...], timeout: float) -> int:
    """Look for what every spec in the files and folders given, ./spec if none is, says in vain.

    That is: rules that never fire or lead nowhere, declarations that are not used, variables that are left free,
    rules that overlap where determinism is claimed, properties that are vacuous or follow from others.
    Exit codes: 0 nothing found, 1 findings, 2 a spec could not be checked, 3 undecided.
    """
    from verifier.cli.specs import find_specs
    from verifier.lint.text import summary
    from verifier.report.result import fold
    from verifier.request import RequestError

    try:
        paths = [found.path for found in find_specs(specs)]
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    with progress() as watch:
        results = [_linted(path, timeout, watch) for path in paths]
    known = [r for r in results if r is not None]
    click.echo(summary(known))
    return fold(2 if r is None else r.exit_code for r in results)


def _linted(path: str, timeout: float, watch: Watch) -> Findings | None:
    """Look at one spec, and print what is found; return None iff it could not be checked."""
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.lint import lint
    from verifier.lint.text import render_findings
    from verifier.syntax import read_source

    try:
        found = lint(read_source(path), timeout, watch)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return None
    if text := render_findings(found):
        click.echo(text)
    return found
