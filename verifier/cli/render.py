"""`arcproof render`: show a stored review in another format."""

from __future__ import annotations

import click

from verifier.cli import completion
from verifier.cli.review_outputs import FORMATS


@click.command()
@click.argument("report", type=click.Path(), metavar="REPORT.json")
@click.option(
    "-f",
    "--format",
    metavar="FORMAT",
    help=f"What to write: {FORMATS}.  [default: text]",
    shell_complete=completion.formats,
)
@click.option("-o", "--output", type=click.Path(), metavar="FILE", help="Where to.  [default: standard output]")
def render(report: str, format: str | None, output: str | None) -> int:
    """Show a review that was written as JSON (arcproof.review/1) in another format, without checking anything again.

    The document is the same, byte for byte, as that of the run itself, and so is the exit code.
    """
    from verifier.cli.review_outputs import outputs_of, publish, save
    from verifier.report import formats
    from verifier.report.formats.json import review_of
    from verifier.report.stored import NotAReport, read_content

    outputs = outputs_of(format, ())
    try:
        review = review_of(read_content(report))
    except NotAReport as error:
        raise click.ClickException(f"cannot render {report}: {error}") from error
    if output is None:
        return publish(review, outputs)
    save(output, formats.render(review, outputs.format))
    return review.exit_code
