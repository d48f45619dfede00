"""`arcproof graph`: a picture of a machine's control graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli import completion

if TYPE_CHECKING:
    from verifier.graph.chart import Chart
    from verifier.graph.exhibit import Exhibit
    from verifier.report.result import MachineReport


_ENDINGS = "Where to write. The ending says what: svg, png, dot (Graphviz), mmd (Mermaid) or graphml."


@click.command()
@click.argument("spec", type=click.Path(), shell_complete=completion.specs)
@click.option(
    "--property",
    metavar="NAME",
    help="Emphasise the steps of this property's counterexample, or witness.",
    shell_complete=completion.properties,
)
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, writable=True), metavar="FILE", help=_ENDINGS
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search, and again to certify, for each question.",
)
def graph(spec: str, property: str | None, output: str, timeout: float) -> int:
    """Draw the states of SPEC, and the rules that lead from one to another.

    Arcs that no run takes are dashed, failures are dotted. Of all formats graphml alone has every arc by itself.
    """
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.request import RequestError

    try:
        for remark in _draw(spec, property, Path(output), timeout):
            click.echo(f"arcproof: {remark}", err=True)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    return 0


def _draw(spec: str, name: str | None, output: Path, timeout: float) -> Iterator[str]:
    """Write the picture, and yield what there is to remark. Raises SpecError or RequestError, before it is written."""
    from verifier import pipeline
    from verifier.graph.arcs import GraphError, arcs, initial_values
    from verifier.graph.chart import Known, chart
    from verifier.graph.layout import DrawingError
    from verifier.request import RANGES, Request, RequestError
    from verifier.taken import known

    write = _writer(output)
    model = pipeline.load(spec)
    try:
        found = arcs(model)
        report = pipeline.check(model, Request(properties=(name,) if name else (), timeout=timeout))
        if _is_well_defined(report):
            runs = known(model, found, timeout)
        else:
            runs = Known(initial_values(model), dict.fromkeys(found))
            yield f"which arcs runs take is not known: see property {RANGES}"
        captions, shown = _told(report, name)
        if name and shown is None:
            yield f"there is no run to show for {name}: it is {captions[0].partition(': ')[2]}"
        content = write(chart(model, runs, captions, shown))
    except (GraphError, DrawingError) as error:
        raise RequestError(f"cannot draw {spec}: {error}") from error
    try:
        output.write_bytes(content)
    except OSError as error:
        raise RequestError(f"cannot write to {output}: {error.strerror}") from error


def _writer(output: Path) -> Callable[[Chart], bytes]:
    """Return what makes the file's content. Raises RequestError for an unknown ending, or where there is no folder."""
    from verifier.graph.formats import FORMATS
    from verifier.request import RequestError

    if output.suffix[1:] not in FORMATS:
        raise RequestError(f"no picture format `{output.suffix}`", f"FILE ends in one of: {', '.join(FORMATS)}")
    if not output.parent.is_dir():
        raise RequestError(f"cannot write to {output}: no such folder")
    return FORMATS[output.suffix[1:]]


def _is_well_defined(report: MachineReport) -> bool:
    """Return True iff no int can leave its range, so that the machine's runs mean something."""
    from verifier.checker.certified import Verdict
    from verifier.request import is_range_check

    checks = (p.certified for p in report.properties if is_range_check(p.certified.property))
    return all(c.verdict in (Verdict.PROVED, Verdict.VACUOUS) for c in checks)


def _told(report: MachineReport, name: str | None) -> tuple[list[str], Exhibit | None]:
    """Return the lines below the title, and what is emphasised."""
    from verifier.graph.exhibit import exhibit
    from verifier.model.printer import show
    from verifier.model.terms import TRUE
    from verifier.taken import consistent

    if name is None:
        return [report.model.doc or ""], None
    certified = consistent(next(p for p in report.properties if p.name == name))
    prop = certified.property
    assumed = f"assuming {show(prop.assuming)}" if prop.assuming is not TRUE else ""
    shown = exhibit(report.model, prop.claim, certified.evidence)
    return [f"{name}: {certified.verdict.value}", prop.doc or "", prop.text, assumed], shown
