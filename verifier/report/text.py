"""The report for a terminal: one line a property, then what failed, with the run that shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

from verifier.checker.certified import Verdict
from verifier.diagnostics.render import printable, render
from verifier.report.detail import claim_lines, evidence_lines, replay_line
from verifier.report.exhibit import size_text
from verifier.report.result import MachineReport, Outcome, PropertyReport, Report, Unreadable
from verifier.report.styled import Text, lines
from verifier.report.trace import counted
from verifier.report.values import bindings

_STYLES = {
    Outcome.PROVED: "green",
    Outcome.EXPECTED_VIOLATION: "cyan",
    Outcome.ACCEPTED_VACUITY: "cyan",
    Outcome.FAILED: "bold red",
    Outcome.UNDECIDED: "bold yellow",
    Outcome.UNCHECKED: "yellow",
    Outcome.UNREADABLE: "bold yellow",
    Outcome.CONTRADICTION: "bold white on red",
}

_SIGNS = {
    Outcome.FAILED: "FAIL",
    Outcome.UNDECIDED: "?",
    Outcome.UNCHECKED: "-",
    Outcome.UNREADABLE: "?",
    Outcome.CONTRADICTION: "!!!",
}
"""Where it is not just `ok`."""

_CONCLUSIONS = {
    0: "ALL AS EXPECTED",
    1: "FAILED",
    2: "COULD NOT CHECK",
    3: "UNDECIDED",
    4: "CONTRADICTION: do not rely on any verdict of this run",
}


def render_text(report: Report, in_full: Collection[str] = ()) -> Text:
    """Return the report as styled text; `.plain` is the same without styles.

    Evidence is shown for what was refuted or is not as it should be, and for the properties named in `in_full`.
    """
    return lines([*chain.from_iterable(_entry(e, in_full) for e in report.entries), *_summary(report), Text()])


def render_brief(report: Report) -> Text:
    """Return the conclusion as the first line, and below it what is not as expected."""
    wrong = replace(report, entries=tuple(_wrong(e) for e in report.entries if e.exit_code))
    shown = chain.from_iterable(_entry(e, ()) for e in wrong.entries)
    return lines([*_summary(report), Text(), *(shown if wrong.entries else ())])


def _wrong(entry: MachineReport | Unreadable) -> MachineReport | Unreadable:
    """Return the entry without the properties that are as they should be."""
    if isinstance(entry, Unreadable):
        return entry
    return replace(entry, properties=tuple(p for p in entry.properties if p.exit_code))


def _entry(entry: MachineReport | Unreadable, in_full: Collection[str]) -> Iterator[Text]:
    if isinstance(entry, Unreadable):
        yield Text(f"{printable(entry.path)}: could not be checked", "bold yellow")
        yield from map(Text, render(entry.error.diagnostics, entry.error.sources).splitlines())
    else:
        yield _title(entry)
        yield from _table([_cells(p) for p in entry.properties], [_STYLES[p.outcome] for p in entry.properties])
        for prop in entry.properties:
            if prop.name in in_full or prop.certified.verdict is Verdict.REFUTED or prop.outcome in _SHOWN:
                yield from _details(entry, prop)
    yield Text()


_SHOWN = (Outcome.FAILED, Outcome.UNDECIDED, Outcome.UNCHECKED, Outcome.UNREADABLE, Outcome.CONTRADICTION)


def _title(machine: MachineReport) -> Text:
    fixed = bindings(machine.model, machine.fixed)
    return Text.assemble(
        (machine.model.name, "bold"), f"  {printable(machine.path)}", f"  with {fixed}" if fixed else ""
    )


def _cells(report: PropertyReport) -> tuple[str, ...]:
    """A sign, the verdict, name, engine, evidence, who certified it, time, remark."""
    certified = report.certified
    seconds = report.search_seconds + report.certify_seconds
    return (
        _SIGNS.get(report.outcome, "ok"),
        certified.verdict.value,
        report.name,
        _finder(report),
        "-" if certified.evidence is None else size_text(certified.evidence),
        certified.solver or "-",
        f"{seconds:.2f} s",
        remark(report),
    )


def _finder(report: PropertyReport) -> str:
    """Return the engine that found the evidence, and where it was taken from if it was not sought this time."""
    taken = {"search": "", "cache": " (cached)", "base": " (base)"}[report.origin]
    return f"{report.engine or '-'}{taken}"


def remark(report: PropertyReport) -> str:
    """Return what the verdict alone does not say; "" where a proof was wanted and found."""
    expected = "expected REFUTED" if report.certified.property.expect_violated else "expected PROVED"
    severity = report.certified.property.severity
    weight = "" if severity == "error" else f" ({severity} only)"
    return {
        Outcome.PROVED: "",
        Outcome.EXPECTED_VIOLATION: "as expected",
        Outcome.ACCEPTED_VACUITY: "as allowed",
        Outcome.FAILED: f"FAILED: {expected}{weight}",
        Outcome.UNDECIDED: f"undecided: {expected}{weight}",
        Outcome.UNCHECKED: "not checked",
        Outcome.UNREADABLE: "the source could not be read",
        Outcome.CONTRADICTION: "CONTRADICTION",
    }[report.outcome]


def _table(rows: list[tuple[str, ...]], styles: list[str]) -> Iterator[Text]:
    """Yield the rows with their cells in columns; the sign, the verdict and the remark carry the row's style."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, style in zip(rows, styles, strict=True):
        sign, verdict, *middle, last = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        line = Text.assemble("  ", (f"{sign}  {verdict}", style), "  ", "  ".join(middle), "  ", (last, style))
        yield line.stripped()


def _details(machine: MachineReport, report: PropertyReport) -> Iterator[Text]:
    prop = report.certified.property
    yield Text()
    place = f"   {printable(prop.span.path)}:{prop.span.line}"
    yield Text.assemble(
        "  ", (report.certified.verdict.value, _STYLES[report.outcome]), f"  {prop.name}", (place, "dim")
    )
    yield from (Text(f"  {printable(line)}") for line in claim_lines(prop))
    yield from (Text(f"    {printable(line)}") for line in evidence_lines(machine.model, report))
    yield Text.assemble("    again: ", (printable(replay_line(machine.model, report)), "dim"))


def _summary(report: Report) -> Iterator[Text]:
    counts = (f"{n} {o.value}" for o in Outcome if (n := report.counts[o]))
    total = len(report.properties)
    unreadable = [f"{counted(len(report.unreadable), 'spec')} not readable"] if report.unreadable else []
    told = ", ".join([counted(total, "property", "properties"), *counts, *unreadable])
    yield Text.assemble((_CONCLUSIONS[report.exit_code], _CONCLUSION_STYLES[report.exit_code]), f"  {told}")


_CONCLUSION_STYLES = {0: "bold green", 1: "bold red", 2: "bold yellow", 3: "bold yellow", 4: "bold white on red"}
