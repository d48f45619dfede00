"""`arcproof explain`: one property in words."""

from __future__ import annotations

import shutil
import sys

import click

NARROW, WIDE = 40, 100
"""The text is laid out for the terminal's width, within these limits."""


@click.command()
@click.argument("spec", type=click.Path())
@click.argument("property")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Fix a parameter.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search, and again to certify.",
)
@click.option(
    "--source-tree",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Where the C sources are, for a property about them.",
)
def explain(spec: str, property: str, param: tuple[str, ...], timeout: float, source_tree: str | None) -> int:
    """Check PROPERTY of SPEC, and say in words what it claims, what is known of it, and why.

    The exit code does not depend on the verdict: `check` is for that.
    """
    from verifier import pipeline
    from verifier.cli.addressing import addressed
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.report.explain import explain as explained
    from verifier.request import Request, RequestError

    request = Request((property,), timeout=timeout, source_tree=source_tree)
    try:
        ((model, asked),) = addressed({0: pipeline.load(spec)}, request, param).values()
        report = pipeline.check(model, asked)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    found = next(p for p in report.properties if p.name == property)
    width = max(NARROW, min(WIDE, shutil.get_terminal_size().columns))
    sys.stdout.write(explained(report, found, width))
    return 0
