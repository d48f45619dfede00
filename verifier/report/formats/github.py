"""The review as annotations of a GitHub job: workflow commands, for the ten worst entries.

Ten is what GitHub shows of a step. The document begins with the verdict, as a line of the log that is no command.
Source: GitHub's "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.change.level import Level
from verifier.report.formats import phrases
from verifier.report.formats.entries import Entry, entries
from verifier.report.review import Review

MOST = 10
"""How many annotations are written."""


def render_github(review: Review) -> str:
    """Return the verdict and at most ten annotations, and where there are more, how many and with which codes.

    `##[` is the beginning of an older kind of command, so it is taken apart wherever it stands.
    """
    return "".join(f"{line}\n" for line in _lines(review)).replace("##[", "## [")


def _lines(review: Review) -> Iterator[str]:
    found = entries(review)
    told = f"{review.command} {phrases.sides(review)}"
    yield f"{review.conclusion}  {phrases.tally(review)}  ({phrases.one_line(told)})"
    yield from (_annotation(entry, review) for entry in found[:MOST])
    if rest := found[MOST:]:
        codes = ", ".join(sorted({phrases.one_line(c) for entry in rest for c in _codes(entry)}))
        yield f"{len(rest)} more in the summary: {codes}"


def _codes(entry: Entry) -> Iterator[str]:
    yield from [entry.code] if entry.finding is None else (f.code for f in entry.finding.tree())


def _annotation(entry: Entry, review: Review) -> str:
    properties = {
        "file": phrases.relative(entry.place.path),
        "line": str(entry.place.line),
        "col": str(entry.place.column),
        "title": phrases.one_line(entry.code),
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_command(entry, review)} {told}::{_data(chr(10).join((entry.heading, *entry.details)))}"


def _command(entry: Entry, review: Review) -> str:
    if entry.accepted:
        return "notice"
    undecided = "error" if review.undecided == "fail" else "warning"
    return {
        Level.ERROR: "error",
        Level.BREAKING: "error",
        Level.RISKY: "error" if review.fail_on in ("risky", "note") else "warning",
        Level.UNDECIDED: undecided,
        Level.NOTE: "error" if review.fail_on == "note" else "notice",
        Level.NONE: "notice",
    }[entry.level]


def _data(text: str) -> str:
    """Return the text as a command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return the text as the value of a command's property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
