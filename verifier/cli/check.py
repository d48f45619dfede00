"""`arcproof check`: verify specs."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli import completion
from verifier.cli.cache import opened
from verifier.cli.progress import progress

if TYPE_CHECKING:
    from verifier.cli.specs import Found
    from verifier.model.model import Model
    from verifier.report.result import Report, Unreadable
    from verifier.request import Request


@dataclass(frozen=True)
class Options:
    """The command line of `check`, as it was given."""

    specs: tuple[str, ...]
    property: tuple[str, ...]
    param: tuple[str, ...]
    timeout: float
    jobs: int
    engine: str | None
    source_tree: str | None
    no_source_tree: bool
    memory: int | None
    threads: int
    checkpoint: str | None
    report: tuple[str, ...]
    quiet: bool
    undecided: str
    cache_dir: str | None
    no_cache: bool


EXPLORING = ("explicit", "temporal")
"""The engines that visit states one by one."""


class Size(click.ParamType):  # type: ignore[type-arg]
    """A number of bytes: `500M`, `8G`."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        text = str(value)
        unit = {"K": 10, "M": 20, "G": 30, "T": 40}.get(text[-1:].upper())
        digits = text[:-1] if unit else text
        if not digits.isascii() or not digits.isdigit() or int(digits) == 0:
            self.fail(f"{text!r} is not a size such as 500M or 8G", param, ctx)
        return int(digits) << (unit or 0)


@click.command()
@click.argument("specs", nargs=-1, type=click.Path(), metavar="[SPEC or folder]...", shell_complete=completion.specs)
@click.option(
    "--property",
    multiple=True,
    metavar="NAME",
    help="Check only this property, and show its evidence in full.",
    shell_complete=completion.properties,
)
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Fix a parameter, in the machines that have it.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search, and again to certify, for each property.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    metavar="N",
    help="How many processes share the work.  [default: one for each processor]",
)
@click.option(
    "--engine",
    metavar="NAME",
    help="Use this engine alone; all: every one, and compare. Range checks and witnesses stay with the portfolio.",
)
@click.option(
    "--source-tree",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Compare tables that are bound to C sources with the sources in this folder.",
)
@click.option("--no-source-tree", is_flag=True, help="Leave such comparisons out: they are listed as not checked.")
@click.option(
    "--memory",
    type=Size(),
    metavar="SIZE",
    help="How much memory a search through the states may take, such as 8G.  [default: half of what there is]",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1, max=64),
    default=1,
    show_default=True,
    metavar="N",
    help="How many threads share one search through the states.",
)
@click.option(
    "--checkpoint",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep the states found in this folder; a run that was killed goes on from there.",
)
@click.option(
    "--report",
    multiple=True,
    metavar="FORMAT=PATH",
    shell_complete=completion.formats,
    help="Also write a report: text, json, markdown, itf, sarif, junit, github, gitlab. PATH is a file, `-`, or for "
    "markdown and itf a folder.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say how it ended, and below it only what is not as expected.")
@click.option(
    "--undecided",
    type=click.Choice(["fail", "warn"]),
    default="fail",
    show_default=True,
    help="Whether what stays undecided ends the run with code 3; otherwise it is only said.",
)
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Where certificates are kept for the next run, which checks them again.  "
    "[default: $ARCPROOF_CACHE_DIR, or arcproof in $XDG_CACHE_HOME or ~/.cache]",
)
@click.option("--no-cache", is_flag=True, help="Keep no certificates, and use none.")
def check(**options: object) -> int:
    """Verify every spec in the files and folders given, ./spec if none is.

    Standard output gets one document, the text report unless `--report FORMAT=-` puts another in its place.
    """
    from verifier.request import RequestError

    try:
        return _check(Options(**options))  # type: ignore[arg-type]
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error


def _check(options: Options) -> int:
    from verifier.checker.solver import shared

    shared()  # loads while the rest does
    from verifier.cli.outputs import targets, write
    from verifier.cli.specs import find_specs

    specs = find_specs(options.specs)
    outputs = targets(options.report, len(specs) == 1 and len(options.property) == 1)
    report = _report(specs, options)
    _keep_contradictions(report)
    for target in outputs:
        write(target, report, options.property)
    if not any(t.is_stdout for t in outputs):
        _show(report, options.property, options.quiet)
    sys.stdout.flush()
    _tell(report)
    return 0 if report.exit_code == 3 and options.undecided == "warn" else report.exit_code


def _keep_contradictions(report: Report) -> None:
    """Write what reproduces each contradiction to a file of its own in the working folder, and say where."""
    from verifier.report.contradiction import contradictions

    for name, text in contradictions(report):
        Path(name).write_text(text, encoding="utf-8")
        print(f"arcproof: a contradiction is kept in {name}", file=sys.stderr)


def _show(report: Report, in_full: Collection[str], quiet: bool) -> None:
    """Print the text report."""
    from verifier.cli.terminal import show
    from verifier.report.text import render_brief, render_text

    show(render_brief(report) if quiet else render_text(report, in_full))


def _report(specs: Sequence[Found], options: Options) -> Report:
    """Check every spec that can be read, and put the reports into the specs' order."""
    from verifier import pipeline
    from verifier.cli.addressing import addressed
    from verifier.report.result import MachineReport, Report, Unreadable

    request, store = _request(options), opened(options.cache_dir, options.no_cache)
    pipeline.check_engine(request)
    with progress() as watch:
        read = [_loaded(spec) for spec in specs]
        asked = addressed({i: m for i, m in enumerate(read) if not isinstance(m, Unreadable)}, request, options.param)
        found = dict(zip(asked, pipeline.check_all([*asked.values()], options.jobs, watch, store), strict=True))
    entries: list[MachineReport | Unreadable] = []
    for i, (spec, entry) in enumerate(zip(specs, read, strict=True)):
        if isinstance(entry, Unreadable):
            entries.append(entry)
        elif i in found:
            entries.append(replace(found[i], label=spec.label))
    return Report(tuple(entries))


def _tell(report: Report) -> None:
    """Print, each once, why what the cache holds was of no use, and why states were explored slowly."""
    from verifier.diagnostics.render import printable

    reasons = [p.ignored for p in report.properties if p.ignored is not None]
    if any(p.engine in EXPLORING for p in report.properties):
        reasons += _without_kernel()
    for reason in dict.fromkeys(reasons):
        click.echo(f"note: {printable(reason)}", err=True)


def _without_kernel() -> list[str]:
    from verifier.statespace.kernel import missing

    why = missing()
    return [] if why is None else [f"states were explored by generated Python, for the kernel is missing: {why}"]


def _request(options: Options) -> Request:
    from verifier.request import Request, RequestError

    if options.source_tree and options.no_source_tree:
        raise RequestError("--source-tree and --no-source-tree exclude each other")
    return Request(
        properties=options.property or None,
        timeout=options.timeout,
        engine=options.engine,
        source_tree=options.source_tree,
        sources_waived=options.no_source_tree,
        memory=options.memory,
        threads=options.threads,
        checkpoint=options.checkpoint,
    )


def _loaded(spec: Found) -> Model | Unreadable:
    from verifier import pipeline
    from verifier.diagnostics import SpecError
    from verifier.report.result import Unreadable

    try:
        return pipeline.load(spec.path)
    except SpecError as error:
        return Unreadable(spec.path, error, spec.label)
