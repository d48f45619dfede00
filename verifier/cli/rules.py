"""`arcproof rules`: every code."""

from __future__ import annotations

import click


@click.command()
@click.option("-f", "--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules(format: str) -> None:
    """List every code: the changes with their levels by profile, and the errors.

    `arcproof explain CODE` says more of one.
    """
    from verifier.report.catalogue import rules_json, rules_text

    click.echo(rules_json() if format == "json" else rules_text(), nl=False)
