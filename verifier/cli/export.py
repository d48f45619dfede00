"""`arcproof export`: a machine in the language of another model checker."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verifier.exchange.export import Export


@click.command()
@click.argument("spec", type=click.Path())
@click.option(
    "--to", "language", required=True, type=click.Choice(("promela", "murphi")), help="For SPIN, or for Rumur."
)
@click.option("--property", multiple=True, metavar="NAME", help="Export only this property.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Fix a parameter.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Where to write, if not to standard output.",
)
def export(spec: str, language: str, property: tuple[str, ...], param: tuple[str, ...], output: str | None) -> int:
    """Write SPEC in the language of another model checker, with the same states and the same verdicts.

    What the language has no words for is left out, and named on standard error. Where the machine itself cannot be
    said, or a property that is asked for with --property, nothing is written and the exit code is 2.
    """
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.request import RequestError

    try:
        exported = _exported(spec, language, property, param)
        _write(exported.text, output)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    for omitted in exported.omitted:
        click.echo(f"arcproof: left out: property {omitted.name}: {omitted.reason}", err=True)
    return 0


def _exported(spec: str, language: str, names: tuple[str, ...], params: tuple[str, ...]) -> Export:
    """Return the export. Raises SpecError, and RequestError where what is asked for cannot be said."""
    from verifier import pipeline
    from verifier.cli.addressing import addressed
    from verifier.exchange.export import export
    from verifier.exchange.refusal import Unsayable
    from verifier.request import Request, RequestError

    ((model, request),) = addressed({0: pipeline.load(spec)}, Request(names or None), params).values()
    fixed = model.fixed(request.parameters)
    try:
        exported = export(fixed, language, [p for p in model.properties if p.name in names] if names else None)
    except Unsayable as error:
        raise RequestError(f"{spec} cannot be said in {language}: {error}") from error
    for omitted in exported.omitted:
        if omitted.name in names:
            raise RequestError(f"property {omitted.name} cannot be said in {language}: {omitted.reason}")
    return exported


def _write(text: str, output: str | None) -> None:
    from verifier.request import RequestError

    if output is None:
        sys.stdout.write(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise RequestError(f"cannot write to {output}: {error.strerror}") from error
