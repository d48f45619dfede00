"""The review as SARIF 2.1.0, for code scanning and editors.

A finding is a result, its runs are code flows, and what follows from it stands among its related locations; a problem
is a notification of an invocation that was not successful. Source: OASIS, "Static Analysis Results Interchange Format
(SARIF) Version 2.1.0", and what GitHub's documentation says of the parts that it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from verifier.change.checks import CHECKS
from verifier.change.level import Level
from verifier.diagnostics import CODES
from verifier.report.formats import phrases
from verifier.report.formats.entries import Entry, entries
from verifier.report.formats.phrases import one_line
from verifier.report.review import Finding, Place, Review, Run, RunStep

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {
    Level.ERROR: "error",
    Level.BREAKING: "error",
    Level.RISKY: "warning",
    Level.UNDECIDED: "none",
    Level.NOTE: "note",
    Level.NONE: "none",
}
_KINDS = {Level.UNDECIDED: "open", Level.NONE: "informational"}


def render_sarif(review: Review) -> str:
    """Return the SARIF log, of one run."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(review)]}, indent=2) + "\n"


def _run(review: Review) -> Json:
    found = entries(review)
    codes = sorted({code for entry in found for code in _codes(entry)})
    results = [e for e in found if e.finding is not None or e.level is Level.UNDECIDED]
    return {
        "tool": {"driver": {"name": "arcproof", "version": review.version, "rules": [_rule(c) for c in codes]}},
        "automationDetails": {"id": f"arcproof/{one_line(review.command)}/{one_line(review.profile)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(review, [e for e in found if e not in results])],
        "results": [_result(entry, codes, review) for entry in results],
        "properties": {
            "conclusion": review.conclusion,
            "summary": phrases.tally(review),
            "sides": phrases.sides(review),
            "relations": {one_line(m.name): phrases.headline(m) for m in review.machines},
        },
    }


def _codes(entry: Entry) -> Iterator[str]:
    yield from [one_line(entry.code)] if entry.finding is None else (one_line(f.code) for f in entry.finding.tree())


def _rule(code: str) -> Json:
    """Return the rule of a code, with what its check, or the list of diagnostics, says of it."""
    check, info = CHECKS.get(code), CODES.get(code)
    title = check.title if check else info.title if info else "verdict of arcproof"
    text = check.text if check else info.explanation if info else title
    return {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": f"{text}\n\narcproof explain {code}", "markdown": f"{text}\n\n`arcproof explain {code}`"},
        "properties": {"precision": "very-high", "tags": ["state-machine"]},
    }


def _invocation(review: Review, problems: Sequence[Entry]) -> Json:
    return {
        "executionSuccessful": review.exit_code not in (2, 4),
        "exitCode": review.exit_code,
        "exitCodeDescription": review.conclusion,
        "commandLine": one_line(review.reproduce),
        "toolExecutionNotifications": [_notification(entry) for entry in problems],
    }


def _notification(entry: Entry) -> Json:
    return {
        "level": "error",
        "descriptor": {"id": one_line(entry.code)},
        "message": _message((entry.title, *entry.details)),
        "locations": [_location(entry.place)],
    }


def _result(entry: Entry, codes: Sequence[str], review: Review) -> Json:
    code = one_line(entry.code)
    result: Json = {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "kind": _KINDS.get(entry.level, "fail"),
        "level": _LEVELS[entry.level],
        "message": _message((entry.title, *entry.details)),
        "locations": [_location(entry.place, logical=entry.machine)],
        "partialFingerprints": {"primaryLocationLineHash": one_line(entry.fingerprint)},
        "properties": {"level": entry.level.value, "codes": list(dict.fromkeys(_codes(entry)))},
    }
    if review.command != "check":
        result["baselineState"] = "new"
    return result if entry.finding is None else {**result, **_shown(entry.finding, entry.place)}


def _shown(finding: Finding, place: Place) -> Json:
    """What only a finding has: its runs, its other places, and its waiver."""
    runs = dict.fromkeys(run for f in finding.tree() for run in f.runs if run.steps)
    related = list(_related(finding))
    return {
        "codeFlows": [_flow(run, place) for run in runs],
        "relatedLocations": [r for i, r in enumerate(related) if r not in related[:i]],  # the standard wants a set
        "suppressions": _suppressions(finding),
    }


def _suppressions(finding: Finding) -> list[Json]:
    if finding.waived is None:
        return []
    status = "accepted" if finding.accepted else "rejected"
    return [{"kind": "external", "status": status, "justification": phrases.waiver_text(finding.waived)}]


def _related(finding: Finding) -> Iterator[Json]:
    """Yield the place in the old version, and those of the consequences."""
    if finding.old_place is not None:
        yield _location(finding.old_place, "before")
    for consequence in finding.tree():
        place = consequence.place or consequence.old_place
        if consequence is not finding and place is not None:
            text = f"{consequence.own.value} {one_line(consequence.code)}: {phrases.named(consequence)}"
            yield _location(place, text)


def _flow(run: Run, somewhere: Place) -> Json:
    steps = [{"location": _location(step.place or somewhere, _step_text(step))} for step in run.steps]
    return {"message": _message([phrases.trace_line(run)]), "threadFlows": [{"locations": steps}]}


def _step_text(step: RunStep) -> str:
    return "\n".join((one_line(step.label), *phrases.lines(step.state)))


def _message(told: Iterable[str]) -> Json:
    """Return the lines as a message, in which nothing is a link: SARIF reads `[text](target)` as one."""
    return {"text": "\n".join(told).replace("](", "] (")}


def _location(place: Place, text: str = "", logical: str = "") -> Json:
    region: Json = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    if place.text:
        region["snippet"] = {"text": one_line(place.text)}
    location: Json = {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}
    if text:
        location["message"] = _message([text])
    if logical:
        location["logicalLocations"] = [{"name": one_line(logical), "kind": "module"}]
    return location


def _artifact(path: str) -> Json:
    """Return the file as a URI, relative to the tree if it is; a colon in it is no scheme."""
    uri = quote(phrases.relative(path))
    return {"uri": f"file://{uri}"} if path.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
