"""The review as a GitLab code-quality report.

An empty list is such a report's way to say that all is well, so a problem, too, is an entry, of the worst severity.
Source: GitLab's documentation, "Code Quality report format".
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from verifier.change.level import Level
from verifier.report.digest import text_digest
from verifier.report.formats import phrases
from verifier.report.formats.entries import Entry, entries
from verifier.report.review import Review

Json = dict[str, Any]

_SEVERITIES = {
    Level.ERROR: "blocker",
    Level.BREAKING: "critical",
    Level.RISKY: "major",
    Level.UNDECIDED: "major",
    Level.NOTE: "info",
    Level.NONE: "info",
}


def render_gitlab(review: Review) -> str:
    """Return the report; `[]` iff there is nothing to say and everything was checked."""
    seen: Counter[str] = Counter()
    issues = []
    for entry in entries(review):
        seen[entry.fingerprint] += 1
        issues.append(_issue(entry, seen[entry.fingerprint]))
    return json.dumps(issues, indent=2) + "\n"


def _issue(entry: Entry, times: int) -> Json:
    """Return the entry; `times` counts those with its fingerprint, of which GitLab would show one."""
    mark = entry.fingerprint if times == 1 else text_digest(f"{entry.fingerprint}\n{times}")
    return {
        "description": "; ".join(line.strip() for line in (entry.heading, *entry.details)),
        "check_name": phrases.one_line(entry.code),
        "fingerprint": mark,
        "severity": "info" if entry.accepted else _SEVERITIES[entry.level],
        "location": {
            "path": phrases.one_line(entry.place.path).removeprefix("./"),
            "lines": {"begin": entry.place.line},
        },
    }
