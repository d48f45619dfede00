"""`arcproof schema`: the formats that other programs may rely on."""

from __future__ import annotations

import click

REPORTS = ("report", "review", "stats")
FILES = ("config", "intent", "policy", "waivers")


@click.command()
@click.argument("name", type=click.Choice([*REPORTS, *FILES]))
def schema(name: str) -> None:
    """Print a JSON Schema.

    \b
    report   the JSON report of `arcproof check`
    review   the JSON report of the commands that compare versions
    stats    what `arcproof stats` prints as JSON
    config   arcproof.toml            policy   a policy file
    waivers  arcproof-waivers.toml    intent   the file of --expect
    """
    from verifier.change import shape
    from verifier.report import schema as reports

    click.echo((reports if name in REPORTS else shape).schema_text(name), nl=False)
