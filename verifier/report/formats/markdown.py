"""The review as a comment on a pull request: at most 60,000 characters, and it says what it left out.

It begins with a marker, by which a later run finds the comment that it replaces. The verdict comes first, and what was
not decided or not checked is never folded. What is cut first are the details of the lightest findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from verifier.change.level import Level
from verifier.report.formats import phrases
from verifier.report.formats.cutting import Block, Kind, fitted
from verifier.report.formats.entries import Entry, entries
from verifier.report.formats.json import review_json
from verifier.report.formats.markup import cell, code, fenced, prose, summary
from verifier.report.review import Finding, MachineReview, PatchRow, Review, Run, Verdicts, Waived

MARKER = "<!-- arcproof:gate -->"
"""The first line of every comment."""

MOST = 60_000
"""The most characters of a comment; GitHub takes 65,536."""


def render_markdown(review: Review) -> str:
    """Return the comment."""
    head, foot = "\n".join(_head(review)), "\n".join(_foot(review))
    blocks, cut = fitted(list(_blocks(review)), MOST - len(head) - len(foot) - _RESERVE)
    told = _cut_text(cut)
    return "\n".join([head, *([told, ""] * bool(told)), *_laid_out(blocks), foot])


_RESERVE = 4_000
"""What the headings of the sections, and the words on what was cut, take at most."""


def _cut_text(cut: Sequence[tuple[Kind, int]]) -> str:
    left_out = ", ".join(f"{n} {kind.many}" for kind, n in cut)
    rest = "the JSON report has them all, and the command at the end shows them."
    return f"> **Too long for a comment.** Left out: {left_out}; {rest}" if cut else ""


def _laid_out(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the blocks, each kind under its heading."""
    for kind, group in groupby(blocks, key=lambda b: b.kind):
        yield from kind.heading
        yield from (block.text for block in group)
        yield ""


MACHINES = Kind("machines", ())
UNCHECKED = Kind("entries on what was not checked or not decided", ("### Not checked, not decided", ""))
VERDICTS = Kind(
    "changed verdicts", ("### Verdicts that changed", "", "| property | before | after |", "| --- | --- | --- |")
)
FINDINGS = Kind(
    "findings",
    ("### What changed", "", "| level | code | place | subject | old → new | relation |", "|" + " --- |" * 6),
)
DETAILS = Kind("findings in detail", ("### In detail", ""))
WAIVERS = Kind("waivers", ("### Waivers", ""))
PATCHES = Kind("patches", ("### Patch by patch", ""))
UNCHANGED = Kind("counts of what is unchanged", ("### Unchanged", ""))
NOTES = Kind("notes", ("### Notes", ""))


def _head(review: Review) -> Iterator[str]:
    policy = f", policy {code(review.profile)}" if review.profile else ""
    yield from (MARKER, f"## {review.conclusion}: {phrases.tally(review)}", "")
    if review.contradiction is not None:
        yield from ("**Engines or checker disagree: do not rely on any verdict of this run.**", "")
    yield from (f"{prose(review.command)} {code(phrases.sides(review))}{policy}, fails on {review.fail_on}", "")


def _foot(review: Review) -> Iterator[str]:
    yield from ("### Again", "")
    if review.reproduce:
        yield from (*fenced([phrases.one_line(review.reproduce)], "sh"), "")
    work = phrases.work_text(review)
    told = [f"arcproof {prose(review.version)}", f"digest of the review `{review_json(review)['digest']}`"]
    yield from ("; ".join([*told, *([work] * bool(work))]), "")


def _blocks(review: Review) -> Iterator[Block]:
    """Yield everything between head and foot, in the order of the document; what is cut last has rank 0."""
    machines = {m.name: m for m in review.machines}
    found = entries(review)
    yield from (Block(MACHINES, 1, _machine(m)) for m in review.machines)
    yield from (Block(VERDICTS, 1, row) for m in review.machines for row in _verdicts(m))
    weighed = [e for e in found if e.finding is not None]
    yield from (Block(FINDINGS, 1 if i < _ROWS else 4, _row(e, machines.get(e.machine))) for i, e in enumerate(weighed))
    yield from _patches(review)
    unchecked = [e for e in found if e.level in _OPEN and not e.accepted]
    judged = [e for e in weighed if e not in unchecked]
    yield from (Block(DETAILS, 1 if i < _SHOWN else 3, _detail(e)) for i, e in enumerate(judged))
    yield from (Block(UNCHECKED, 0, _unchecked(e)) for e in unchecked)
    yield from (Block(WAIVERS, 2, line) for line in _waivers(weighed))
    yield from (Block(UNCHANGED, 2, line) for line in _unchanged(review))
    yield from (Block(NOTES, 2, f"- {prose(note)}") for note in (*review.notes, review.policy_note) if note)


_OPEN = (Level.ERROR, Level.UNDECIDED)

_ROWS, _SHOWN = 100, 5
"""Of how many findings the rows, and the details, go before everything else."""


def _machine(machine: MachineReview) -> str:
    same = f"; equal while {', '.join(map(code, machine.same_while))}" if machine.same_while else ""
    proofs = "".join(
        f"\n  - {prose(p.claim)}: {prose(p.verdict)} by {prose(p.evidence)}, certified by {prose(p.certified_by)}"
        for p in machine.proofs
    )
    return f"- {code(machine.name)} **{prose(phrases.headline(machine))}**{same}{proofs}"


def _unchecked(entry: Entry) -> str:
    lines = [f"**{entry.level.value} {prose(entry.code)}** {prose(entry.title)}", *fenced(entry.details, "text")]
    return "\n".join([*lines, ""])


def _verdicts(machine: MachineReview) -> Iterator[str]:
    changed: list[Verdicts] = [v for v in machine.properties if v.old != v.new and v.old is not None]
    for verdicts in changed:
        yield f"| {cell(f'{machine.name}: {verdicts.name}')} | {cell(verdicts.old)} | {cell(verdicts.new)} |"


def _row(entry: Entry, machine: MachineReview | None) -> str:
    finding = entry.finding
    assert finding is not None
    cells = [
        f"waived {finding.level.value}" if entry.accepted else f"**{finding.level.value}**",
        ", ".join(dict.fromkeys(prose(f.code) for f in finding.tree())),
        cell(phrases.where(finding)),
        cell(phrases.named(finding)),
        _change(finding),
        machine.relation.value if machine else "",
    ]
    return f"| {' | '.join(cells)} |"


def _change(finding: Finding) -> str:
    """Return the meaning before and after, of long ones what differs; "" where there is none, or both are the same."""
    if finding.before == finding.after:
        return ""
    told = phrases.excerpts(finding.before or "", finding.after or "")
    sides = zip((finding.before, finding.after), told, strict=True)
    return " → ".join("(none)" if side is None else cell(text) for side, text in sides)


def _detail(entry: Entry) -> str:
    finding = entry.finding
    assert finding is not None
    return "\n".join(
        [
            "<details>",
            f"<summary>{summary(entry.heading)}</summary>",
            "",
            *_beside(finding),
            *_words(finding),
            *(line for consequence in finding.consequences for line in _consequence(consequence)),
            "",
            "</details>",
            "",
        ]
    )


def _beside(finding: Finding) -> Iterator[str]:
    """Yield the text on the left and the shortest run that shows the finding on the right."""
    hunk = [*map(phrases.quoted, finding.quoted)] or list(phrases.change_lines(finding))
    runs = sorted((run for f in finding.tree() for run in f.runs), key=lambda run: len(run.steps))
    if not runs:
        yield from (*fenced(hunk, "diff"), "")
        return
    yield from ("<table><tr><td>", "", *fenced(hunk or _source(finding), "diff"), "", "</td><td>", "")
    yield from (*fenced(_run(runs[0]), "text"), "", "</td></tr></table>", "")


def _source(finding: Finding) -> list[str]:
    place = finding.place or finding.old_place
    return phrases.lines(place.text) if place else []


def _run(run: Run) -> list[str]:
    return [phrases.one_line(run.title), phrases.one_line(run.summary), *phrases.step_lines(run)]


def _words(finding: Finding) -> Iterator[str]:
    yield from (f"- {line}" for line in _why(finding))
    yield from (f"- {prose(text)}" for text in (finding.note, *finding.proof) if text)
    if finding.waived is not None:
        yield f"- {_waiver(finding.waived)}"
    mark = phrases.mark(finding)
    accept = f"accept: `arcproof waivers draft {mark} --from REVIEW.json`; " if phrases.acceptable(finding) else ""
    yield f"- {accept}explain: {code(f'arcproof explain {finding.code}')}"


def _why(finding: Finding) -> Iterator[str]:
    alone = finding.own is finding.level
    if not alone:
        causes = [f.code for f in finding.tree() if f.own is finding.level]
        yield f"{finding.level.value} because of {', '.join(map(prose, dict.fromkeys(causes)))}, which follows from it"
    if finding.why:
        yield f"{finding.own.value}{'' if alone else ' by itself'}: {prose(finding.why)}"


def _waiver(waived: Waived) -> str:
    state = "waived by" if waived.status == "accepted" else f"not honoured ({prose(waived.status)}): waiver"
    until = f"until {prose(waived.expires)}" if waived.expires else ""
    told = ", ".join(filter(None, (code(waived.owner), until, code(waived.link))))
    return f"{state} {code(waived.id)}{f' ({told})' if told else ''}: {prose(waived.reason)}"


def _consequence(finding: Finding) -> Iterator[str]:
    place = phrases.where(finding)
    change = phrases.inline_change(finding)
    told = f"- so: **{finding.own.value}** {prose(finding.code)} {prose(phrases.named(finding))}"
    yield f"{told}{f' {code(change)}' if change else ''}{f' at {code(place)}' if place else ''}"
    for consequence in finding.consequences:
        yield from (f"  {line}" for line in _consequence(consequence))


def _waivers(found: Sequence[Entry]) -> Iterator[str]:
    """Yield what became of each waiver that fits a finding; those that fit none are findings themselves."""
    for entry in found:
        for finding in entry.finding.tree() if entry.finding else ():
            if finding.waived is not None:
                yield f"- {prose(finding.code)} {prose(phrases.named(finding))}: {_waiver(finding.waived)}"


def _patches(review: Review) -> Iterator[Block]:
    if review.patches:
        names = "".join(f" {cell(m.name)} |" for m in review.machines)
        yield Block(PATCHES, 2, f"| | patch |{names}\n| --- | --- |{' --- |' * len(review.machines)}")
    yield from (Block(PATCHES, 2, _patch(row)) for row in review.patches)


def _patch(row: PatchRow) -> str:
    codes = ", ".join(dict.fromkeys(prose(f.code) for root in row.findings for f in root.tree()))
    return f"| {row.number} | {cell(row.subject)}{f' ({codes})' if codes else ''} |" + "".join(
        f" {cell(text)} |" for text in row.cells
    )


def _unchanged(review: Review) -> Iterator[str]:
    for machine in review.machines:
        if told := phrases.unchanged(machine):
            yield f"- {code(machine.name)}: {told}"
