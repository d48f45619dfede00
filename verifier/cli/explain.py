"""`arcproof explain`: one property, one code, or one finding in words."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from verifier.cli import completion

if TYPE_CHECKING:
    from verifier.report.review import Finding, Review

NARROW, WIDE = 40, 100
"""The text is laid out for the terminal's width, within these limits."""


@click.command()
@click.argument("subject", metavar="SPEC|CODE|FINGERPRINT", shell_complete=completion.codes_or_specs)
@click.argument("property", required=False, shell_complete=completion.properties)
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
@click.option("--from", "review", type=click.Path(), metavar="REVIEW.json", help="The review that has the finding.")
def explain(
    subject: str,
    property: str | None,
    param: tuple[str, ...],
    timeout: float,
    source_tree: str | None,
    review: str | None,
) -> int:
    """Say in words what a property claims, what a code means, or why a finding weighs what it does.

    `explain SPEC PROPERTY` checks PROPERTY of SPEC, and says what is known of it, and why. The exit code does not
    depend on the verdict: `check` is for that. `explain CODE` says what a code of a change or an error means, what
    it weighs in which profile, and how to accept it. `explain FINGERPRINT --from REVIEW.json` says the same of one
    finding of a stored review.
    """
    if review is not None:
        return _explain_finding(subject, review)
    if property is None:
        return _explain_code(subject)
    return _explain_property(subject, property, param, timeout, source_tree)


def _width() -> int:
    return max(NARROW, min(WIDE, shutil.get_terminal_size().columns))


def _explain_code(code: str) -> int:
    from verifier.report.catalogue import code_text, known, nearest_code

    if not known(code):
        if code.endswith(".arc") or os.path.exists(code):
            raise click.UsageError(f"Missing argument 'PROPERTY': which property of {code}?")
        guess = nearest_code(code)
        advice = f"did you mean `{guess}`?" if guess else "`arcproof rules` lists the codes"
        raise click.UsageError(f"`{code}` is neither a code nor a spec\nhelp: {advice}")
    click.echo(code_text(code, _width()), nl=False)
    return 0


def _explain_finding(prefix: str, path: str) -> int:
    from verifier.diagnostics.render import printable
    from verifier.report.catalogue import code_text

    machine, finding = chosen_finding(stored_review(path), prefix)
    about = f"{finding.subject} of {machine}" if machine else finding.subject
    lines = [finding.fingerprint, f"{finding.code} {about}: {finding.title}, {finding.level.value}"]
    lines += [f"{side} {text}" for side, text in (("before:", finding.before), ("after: ", finding.after)) if text]
    lines.append(f"why:    {finding.why}")
    click.echo("\n".join(map(printable, lines)) + "\n\n" + code_text(finding.code, _width()), nl=False)
    return 0


def stored_review(path: str) -> Review:
    """Return a review that was written as JSON. Raises click.ClickException iff the file is none."""
    from verifier.diagnostics.render import printable
    from verifier.report.formats.json import review_of
    from verifier.report.stored import NotAReport, read_content

    try:
        return review_of(read_content(path))
    except NotAReport as error:
        raise click.ClickException(printable(f"cannot read the review {path}: {error}")) from error


def chosen_finding(review: Review, prefix: str) -> tuple[str, Finding]:
    """Return the finding whose fingerprint begins so, with its machine. Raises click.UsageError unless it is one."""
    from verifier.diagnostics.render import printable

    digits = prefix.removeprefix("sha256:").lower()
    every = {f.fingerprint: (m, f) for m, root in review.findings() for f in root.tree()}
    found = [known for fingerprint, known in every.items() if digits and fingerprint.startswith(digits)]
    if len(found) != 1:
        told = "the fingerprints that begin so are" if found else "the fingerprints are"
        listed = [printable(f"{f.fingerprint[:12]}  {f.code} {f.subject}") for _, f in found or every.values()]
        wrong = printable(f"{len(found)} findings have a fingerprint that begins with `{prefix}`")
        raise click.UsageError("\n".join([wrong, f"help: {told}:", *listed]) if listed else f"{wrong}: there are none")
    return found[0]


def _explain_property(spec: str, property: str, param: tuple[str, ...], timeout: float, source_tree: str | None) -> int:
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
    sys.stdout.write(explained(report, found, _width()))
    return 0
