"""The review as the body of a mail, as a reviewer would write it: the quoted hunk, and under it the finding.

Every line has at most 72 characters, but for quoted source. Each line that holds a stranger's words is indented or
quoted, so that no program that reads mail takes it for a patch, a header or the end.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterable, Iterator

from verifier.report.formats import phrases
from verifier.report.formats.entries import Entry, details, entries
from verifier.report.formats.phrases import one_line
from verifier.report.review import Finding, PatchRow, Review

WIDTH = 72


def render_mail(review: Review) -> str:
    """Return the body of the mail."""
    return "".join(f"{line}\n" for line in _lines(review))


def _lines(review: Review) -> Iterator[str]:
    yield from _wrapped(f"{review.conclusion}  {phrases.tally(review)}", "", "  ")
    yield from _labelled("base", review.base)
    yield from _labelled("head", review.head)
    yield from _labelled("policy", f"{review.profile} (fails on {review.fail_on})".strip())
    found = entries(review)
    shown = {f.fingerprint: row.number for row in review.patches for f in row.findings}
    for row in review.patches:
        yield from _patch(row)
    if shown and found:
        yield from ("", "The series as a whole:")
    for entry in found:
        yield from _entry(entry, shown.get(entry.fingerprint) if entry.finding else None)
    yield ""
    yield from _checked(review, clear=not found and not shown)
    yield from (line for note in (*review.notes, review.policy_note) if note for line in _labelled("note", note))
    yield from _again(review)


def _labelled(label: str, text: str) -> Iterator[str]:
    if text:
        yield from _wrapped(f"{label}: {one_line(text)}", "", "  ")


def _patch(row: PatchRow) -> Iterator[str]:
    """Yield what a patch does against the one before it."""
    if row.findings:
        yield ""
        yield from _wrapped(f"Patch {row.number}: {one_line(row.subject)}", "", "  ")
        above: set[tuple[str, ...]] = set()
        for finding in phrases.worst_first(row.findings):
            yield from _finding(finding, finding.quoted not in above)
            above.add(finding.quoted)


def _entry(entry: Entry, patch: int | None) -> Iterator[str]:
    """Yield the entry; one that stands below a patch already is only named again."""
    if entry.finding is None:
        yield ""
        yield from _wrapped(entry.heading, "", "   ")
        yield from _indented(entry.details)
    elif patch is None:
        yield from _finding(entry.finding)
    else:
        codes = ", ".join(dict.fromkeys(one_line(f.code) for f in entry.finding.tree()))
        yield from _wrapped(f"{_level(entry.finding)} {codes}: {entry.title} (see patch {patch})", "", "   ")


def _finding(finding: Finding, quote: bool = True) -> Iterator[str]:
    """Yield the hunk, quoted, and what is to be said of it; `>>` is before what is new and not accepted."""
    yield ""
    yield from (f"> {phrases.quoted(line)}" for line in finding.quoted if quote)
    sign = "" if finding.accepted else ">> "
    yield from _wrapped(f"{sign}{_level(finding)} {one_line(finding.code)}: {phrases.named(finding)}", "", "   ")
    yield from _indented([f"at {phrases.where(finding)}"] if phrases.where(finding) else [])
    yield from _indented(details(finding))


def _level(finding: Finding) -> str:
    return f"waived {finding.level.value}" if finding.accepted else finding.level.value


def _checked(review: Review, clear: bool) -> Iterator[str]:
    """Yield what was compared, and with which result."""
    if not review.machines:
        return
    yield "No objections. This was checked:" if clear else "This was checked:"
    for machine in review.machines:
        told = ", ".join(filter(None, (phrases.headline(machine), phrases.unchanged(machine, ", "))))
        yield from _wrapped(f"{one_line(machine.name)}: {told}", "  ", "    ")
    yield ""


def _again(review: Review) -> Iterator[str]:
    if review.reproduce:
        yield "To reproduce:"
        yield from command_lines(one_line(review.reproduce), WIDTH)
    work = phrases.work_text(review)
    yield from _wrapped(f"arcproof {one_line(review.version)}{f'; {work}' if work else ''}", "", "  ")


def _indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, each with its own indentation below three columns more."""
    for line in lines:
        text = line.lstrip(" ")
        indent = " " * min(3 + len(line) - len(text), 27)
        yield from _wrapped(text, indent, f"{indent}  ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


_WORD = re.compile(r"""(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+""")
"""A word of a command, as it is quoted there."""


def command_lines(command: str, width: int) -> list[str]:
    """Return the command in lines that a shell takes for the same one: a backslash ends each but the last.

    A word that is too long for a line is quoted piece by piece. What is no command is wrapped as text.
    """
    if _WORD.sub("", command).strip():
        return _wrapped(command, "  ", "    ")
    words = [_pieces(word, width - 4) for word in _WORD.findall(command)]
    found = [" "]
    for first, *rest in words:
        if len(found[-1]) + len(first) + 1 <= width - 2:
            found[-1] += f" {first}"
        else:
            found[-1] += " \\"
            found.append(f"    {first}")
        for piece in rest:
            found[-1] += "\\"
            found.append(piece)
    return found


def _pieces(word: str, most: int) -> list[str]:
    """Return a word of a command, as it is quoted there, in pieces that are the same word one after the other."""
    if len(word) < most:
        return [word]
    value = shlex.split(word)[0]
    size = most - 4 if shlex.quote(value) == value else (most - 4) // 5
    return [shlex.quote(value[i : i + size]) for i in range(0, len(value), size)]
