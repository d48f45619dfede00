"""`arcproof schema`: the formats that other programs may rely on."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", type=click.Choice(["report"]))
def schema(name: str) -> None:
    """Print the JSON Schema of the JSON report."""
    from verifier.report.schema import schema_text

    click.echo(schema_text(), nl=False)
