"""The report as Markdown: one document for each machine, and an index over them.

There are no times and no absolute paths in it, so it can be kept under version control and compared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from verifier.diagnostics.render import printable, render
from verifier.report.detail import cite_text, evidence_lines, replay_line
from verifier.report.exhibit import size_text
from verifier.report.result import MachineReport, Outcome, PropertyReport, Report, Unreadable
from verifier.report.text import remark
from verifier.report.values import bindings

INDEX = "README.md"


def render_markdown(report: Report) -> str:
    """Return the whole report as one document."""
    return "\n".join(document(e) for e in report.entries)


def markdown_documents(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (file name, document) for each spec, and last the index."""
    for entry in report.entries:
        yield f"{entry.label}.md", document(entry)
    yield INDEX, _index(report)


def document(entry: MachineReport | Unreadable) -> str:
    """Return one spec's document."""
    return "\n".join(_unreadable(entry) if isinstance(entry, Unreadable) else _machine(entry)) + "\n"


def _index(report: Report) -> str:
    rows = (f"| [{e.label}]({e.label}.md) | {_tally(e)} |" for e in report.entries)
    head = [
        "# Reports",
        "",
        "What is claimed of each spec, and what is known of it.",
        "",
        "| spec | properties |",
        "| --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _tally(entry: MachineReport | Unreadable) -> str:
    if isinstance(entry, Unreadable):
        return "could not be checked"
    counts = Report((entry,)).counts
    return ", ".join(f"{counts[o]} {o.value}" for o in Outcome if counts[o])


def _unreadable(entry: Unreadable) -> Iterator[str]:
    yield from (f"# {entry.label}", "", f"`{shown_path(entry.path)}` could not be checked.", "")
    yield from _block(render(entry.error.diagnostics, entry.error.sources).splitlines())


def _machine(machine: MachineReport) -> Iterator[str]:
    model = machine.model
    yield from (f"# {model.name}", "")
    if model.doc:
        yield from (_inline(model.doc), "")
    fixed = bindings(model, machine.fixed)
    yield from (
        f"Spec: `{shown_path(machine.path)}`{f', with {fixed}' if fixed else ''}. Properties: {_tally(machine)}.",
        "",
    )
    yield from ("| verdict | property | evidence | found by | certified by |", "| --- | --- | --- | --- | --- |")
    yield from (_row(p) for p in machine.properties)
    for prop in machine.properties:
        yield from _property(machine, prop)


def _row(report: PropertyReport) -> str:
    certified = report.certified
    verdict = ", ".join(filter(None, (f"**{certified.verdict.value}**", remark(report))))
    evidence = "-" if certified.evidence is None else size_text(certified.evidence)
    link = f"[{report.name}](#{report.name.lower()})"
    return f"| {verdict} | {link} | {evidence} | {report.engine or '-'} | {certified.solver or '-'} |"


def _property(machine: MachineReport, report: PropertyReport) -> Iterator[str]:
    prop = report.certified.property
    yield from ("", f"## {prop.name}", "")
    if prop.doc:
        yield from (f"> {_inline(prop.doc)}", "")
    yield from _block([prop.text], "arc")
    if prop.cites:
        yield from ("", *(f"- {_inline(cite_text(c))}" for c in prop.cites))
    told = ", ".join(filter(None, (f"**{report.certified.verdict.value}**", remark(report))))
    yield from ("", f"{told} (line {prop.span.line} of the spec).", "")
    yield from _block(evidence_lines(machine.model, report))
    yield from ("", f"Again: `{_relative(machine, replay_line(machine.model, report))}`")


def _block(lines: Iterable[str], language: str = "text") -> Iterator[str]:
    lines = [printable(line) for line in lines]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    if lines:
        yield from (f"{fence}{language}", *lines, fence)


def _inline(text: str) -> str:
    """Return prose for one line of Markdown; what could be read as markup is escaped."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|" else c for c in printable(" ".join(text.split())))


def _relative(machine: MachineReport, command: str) -> str:
    return command.replace(machine.path, shown_path(machine.path))


def shown_path(path: str) -> str:
    """Return the path relative to the working directory, or of a file outside it the name alone."""
    relative = os.path.relpath(path)
    return os.path.basename(path) if relative.startswith(os.pardir) else relative.replace(os.sep, "/")
