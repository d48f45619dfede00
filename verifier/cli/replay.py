"""`arcproof replay`: re-check the evidence of a report."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verifier.diagnostics import Source
    from verifier.replay import MachineReplayed, Replayed


@click.command()
@click.argument("report", type=click.Path(), metavar="REPORT.json")
@click.option("--property", multiple=True, metavar="NAME", help="Re-check only this property.")
@click.option(
    "--spec",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="A spec that is not any more where it was when it was checked.",
)
@click.option(
    "--source-tree",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Compare tables that are bound to C sources again with the sources in this folder.",
)
@click.option("--no-source-tree", is_flag=True, help="Leave such comparisons out: they are listed as not re-checked.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to certify, for each property.",
)
def replay(
    report: str,
    property: tuple[str, ...],
    spec: tuple[str, ...],
    source_tree: str | None,
    no_source_tree: bool,
    timeout: float,
) -> int:
    """Re-check all evidence in a JSON report, without any search.

    Exit codes: 0 all is confirmed, 1 the report says something that its evidence does not show, or was changed,
    2 it could not be checked (it is no report, or a spec is missing or has changed), 3 undecided, 4 internal error.
    """
    from verifier.replay import Replay, code_of
    from verifier.replay import replay as replayed
    from verifier.report.stored import NotAReport, read_report
    from verifier.request import RequestError

    if source_tree and no_source_tree:
        raise click.UsageError("--source-tree and --no-source-tree exclude each other")
    how = Replay(property or None, tuple(map(_source, spec)), source_tree, no_source_tree, timeout)
    try:
        found = replayed(read_report(report), how)
    except NotAReport as error:
        raise click.ClickException(f"cannot replay {report}: {error}") from error
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    sys.stdout.write("\n".join(_lines(found, code_of(found))) + "\n")
    return code_of(found)


def _source(path: str) -> Source:
    from verifier.diagnostics import SpecError
    from verifier.syntax import read_source

    try:
        return read_source(path)
    except SpecError as error:
        raise click.ClickException(f"--spec {path}: {error.diagnostics[0].message}") from error


_CONCLUSIONS = {
    0: "ALL CONFIRMED",
    1: "REFUSED: do not rely on this report",
    2: "COULD NOT CHECK",
    3: "UNDECIDED",
}


def _lines(found: Sequence[MachineReplayed], code: int) -> Iterator[str]:
    """Yield a line for each property, below the name of its machine, and a summary."""
    entries = [e for machine in found for e in machine.entries if e.name]
    width = max((len(e.name) for e in entries), default=0)
    for machine in found:
        if machine.spec:
            yield f"{machine.name}  {machine.spec}".strip()
        yield from (_line(e, width) for e in machine.entries if e.name or e.reason)
    counts = Counter(e.finding.value for e in entries)
    properties = f"{len(entries)} {'property' if len(entries) == 1 else 'properties'}"
    yield ""
    conclusion = _CONCLUSIONS[1 if any(e.code == 1 for m in found for e in m.entries) else code]
    yield f"{conclusion}  {', '.join([properties, *(f'{n} {what}' for what, n in counts.items())])}"


def _line(entry: Replayed, width: int) -> str:
    parts = (f"  {entry.finding.value:<17}", f"{entry.verdict:<8}", f"{entry.name:<{width}}") if entry.name else ()
    text = (
        "  ".join((*parts, entry.reason.replace("\n", "; "))) if parts else f"  {entry.finding.value}: {entry.reason}"
    )
    return text.rstrip()
