"""Each format read back: what it says of the verdict, how many findings of which level, and which codes.

A document is read as its readers would: JSON and XML as such, the others by the lines that a person or a program looks
for. What a format cannot say is None.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from verifier.report.formats.entries import TOOL
from verifier.report.review import CONCLUSIONS, Review

CODE = re.compile(r"\bARC\d{3}[a-z]?\b")


@dataclass(frozen=True)
class Said:
    """What a document says. `failing` is whether its reader would stop a merge."""

    conclusion: str | None
    counts: Counter[str] | None
    codes: frozenset[str]


def expected(review: Review) -> Said:
    """What every document has to say."""
    counts = Counter({level.value: n for level, n in review.counts.items()})
    counts += Counter(waived=review.accepted, problem=len(review.problems))
    trees = [f for _, root in review.findings() for f in root.tree()]
    return Said(review.conclusion, +counts, frozenset([f.code for f in trees] + [p.code for p in review.problems]))


def patch_codes(review: Review) -> frozenset[str]:
    """The codes of what single patches of a series do, which formats for people show, too."""
    return frozenset(f.code for row in review.patches for root in row.findings for f in root.tree())


def tally(line: str) -> Counter[str]:
    """The counts of a line such as `1 breaking, 2 notes`."""
    words = {"unweighted": "none"}
    found = re.findall(r"(\d+) (breaking|risky|waived|undecided|note|unweighted|error|problem)s?\b", line)
    return +Counter({words.get(word, word): int(n) for n, word in found})


def conclusion(line: str) -> str | None:
    """The conclusion with which a line begins."""
    return next((c for c in CONCLUSIONS.values() if line.startswith(c)), None)


def read_text(document: str) -> Said:
    lines = document.split("\n")
    gate = next(line for line in lines if line.startswith("gate: "))
    return Said(conclusion(lines[0]), tally(gate), frozenset(CODE.findall(document)))


def read_json(document: str) -> Said:
    data = json.loads(document)
    counts = Counter({k.removesuffix("s") if k == "problems" else k: n for k, n in data["summary"].items()})
    assert CONCLUSIONS[data["exit_code"]] == data["conclusion"]
    machines = [f for m in data["machines"] for f in m["findings"]]
    codes = [c for f in (*data["general"], *machines) for c in _codes(f)]
    return Said(data["conclusion"], +counts, frozenset([*codes, *(p["code"] for p in data["problems"])]))


def _codes(finding: Mapping[str, Any]) -> list[str]:
    return [finding["code"], *(c for below in finding["consequences"] for c in _codes(below))]


def read_markdown(document: str) -> Said:
    lines = document.split("\n")
    title = lines[1].removeprefix("## ")
    return Said(conclusion(title), tally(title), frozenset(CODE.findall(document)))


def read_sarif(document: str) -> Said:
    (run,) = json.loads(document)["runs"]
    (invocation,) = run["invocations"]
    results = [r for r in run["results"] if r["ruleId"] != TOOL]
    notes = [n for n in invocation["toolExecutionNotifications"] if n["descriptor"]["id"] != TOOL]
    waived = [any(s["status"] == "accepted" for s in r["suppressions"]) for r in results]
    counts = Counter("waived" if w else r["properties"]["level"] for r, w in zip(results, waived, strict=True))
    counts += Counter(problem=len(notes))
    codes = [c for r in results for c in r["properties"]["codes"]] + [n["descriptor"]["id"] for n in notes]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert set(codes) <= rules <= {*codes, TOOL}
    assert invocation["exitCodeDescription"] == CONCLUSIONS[invocation["exitCode"]]
    return Said(invocation["exitCodeDescription"], +counts, frozenset(codes))


HEADING = re.compile(r"(waived )?(error|breaking|risky|undecided|note|none) (\S+):")


def headings(texts: Iterable[str]) -> Counter[str]:
    """The levels of the entries that these texts begin with; problems are told from errors by what they say."""
    counts: Counter[str] = Counter()
    for text in texts:
        match = HEADING.match(text)
        if match is not None and match[3] != TOOL:
            is_problem = text[match.end() :].startswith((" could not check:", " could not check (")) and not match[1]
            counts["waived" if match[1] else "problem" if is_problem else match[2]] += 1
    return counts


def read_junit(document: str) -> Said:
    root = ElementTree.fromstring(document)
    (said,) = {p.get("value") for p in root.iter("property") if p.get("name") == "conclusion"}
    bodies = [part.text or "" for case in root.iter("testcase") for part in case]
    return Said(said, headings(bodies), frozenset(c for b in bodies for c in CODE.findall(b)))


def read_github(document: str) -> Said:
    first = document.split("\n")[0]
    return Said(conclusion(first), tally(first), frozenset(CODE.findall(document)))


def read_gitlab(document: str) -> Said:
    texts = [issue["description"] for issue in json.loads(document)]
    return Said(None, headings(texts), frozenset(c for t in texts for c in CODE.findall(t)))


def read_mail(document: str) -> Said:
    lines = document.split("\n")
    wrapped = itertools.takewhile(lambda line: line.startswith("  "), lines[1:])
    head = " ".join([lines[0], *(line.strip() for line in wrapped)])
    return Said(conclusion(head), tally(head), frozenset(CODE.findall(document)))


READERS: Mapping[str, Callable[[str], Said]] = {
    "text": read_text,
    "json": read_json,
    "markdown": read_markdown,
    "sarif": read_sarif,
    "junit": read_junit,
    "github": read_github,
    "gitlab": read_gitlab,
    "mail": read_mail,
}
