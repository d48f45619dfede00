"""Findings as text."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.diagnostics.render import render
from verifier.lint.subject import Finding, Findings, Open
from verifier.report.trace import counted


def render_findings(found: Findings) -> str:
    """Return all findings with their places, reasons and runs, then what stays open; "" iff there is nothing."""
    parts = [*(_finding(f, found) for f in found.findings), *(_open(o) for o in found.open)]
    return "\n".join(parts)


def _finding(finding: Finding, found: Findings) -> str:
    text = render([finding.diagnostic], [found.source]).removeprefix("error")
    return f"finding{text}" + "".join(f"    {line}".rstrip() + "\n" for line in finding.shown)


def _open(question: Open) -> str:
    return f"undecided: {question.question}\n --> {question.span}\n    {question.reason}\n"


def summary(results: Sequence[Findings]) -> str:
    """Return one line on all specs together."""
    findings, still_open = sum(len(r.findings) for r in results), sum(len(r.open) for r in results)
    undecided = f", {counted(still_open, 'question')} undecided" if still_open else ""
    return f"{counted(findings, 'finding')} in {counted(len(results), 'spec')}{undecided}"
