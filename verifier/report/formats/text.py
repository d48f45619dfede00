"""The review for a terminal: its class first, then each machine with what changed, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.change.level import Level
from verifier.report.formats import phrases
from verifier.report.formats.phrases import one_line
from verifier.report.review import Finding, MachineReview, PatchRow, Problem, Relation, Review, Run
from verifier.report.styled import Text, lines

_STYLES = {
    Level.ERROR: "bold yellow",
    Level.BREAKING: "bold red",
    Level.RISKY: "yellow",
    Level.UNDECIDED: "bold yellow",
    Level.NOTE: "cyan",
    Level.NONE: "dim",
}

_CONCLUSION_STYLES = {0: "bold green", 1: "bold red", 2: "bold yellow", 3: "bold yellow", 4: "bold white on red"}

_GATE = {0: "passed", 1: "FAILED", 2: "COULD NOT CHECK", 3: "UNDECIDED", 4: "CONTRADICTION"}

_DETAIL = " " * 12


def render_text(review: Review) -> Text:
    """Return the review as styled text; `.plain` is the same without styles."""
    return lines([*map(_harmless, _lines(review)), Text()])


def _harmless(line: Text) -> Text:
    """Return the line, unless a log on GitHub would take it for a command: then with its marks taken apart."""
    plain = line.plain
    if not plain.lstrip().startswith("::") and "##[" not in plain:
        return line
    return Text(plain.replace("::", ": :").replace("##[", "## ["), line.style)


def _lines(review: Review) -> Iterator[Text]:
    yield _first(review)
    if review.contradiction is not None:
        yield Text("  do not rely on any verdict of this run:", "bold red")
        yield from (Text(f"  {line}") for line in phrases.lines(review.contradiction))
    for problem in review.problems:
        yield from _problem(problem)
    for machine in review.machines:
        yield from _machine(machine, review)
    if review.general:
        yield from (Text(), Text("about no machine", "bold"))
        yield from _findings(review.general)
    if review.patches:
        yield from _patches(review)
    yield Text()
    yield from _summary(review)


def _first(review: Review) -> Text:
    told = f"  {one_line(review.command)} {phrases.sides(review)}"
    policy = f"  policy {one_line(review.profile)}" if review.profile else ""
    return Text.assemble(
        (review.conclusion, _CONCLUSION_STYLES[review.exit_code]), told, (f"{policy}  fail-on {review.fail_on}", "dim")
    )


def _problem(problem: Problem) -> Iterator[Text]:
    yield Text()
    yield Text(f"could not check{phrases.side_text(problem)}: {one_line(problem.code)}", "bold yellow")
    yield from (Text(f"  {line}") for line in phrases.problem_lines(problem))


def _machine(machine: MachineReview, review: Review) -> Iterator[Text]:
    yield Text()
    style = "bold yellow" if machine.relation in _OPEN else "bold"
    yield Text.assemble(
        (one_line(machine.name), "bold"), f"  {phrases.sides(review)}  ", (phrases.headline(machine), style)
    )
    yield from (Text(f"  equal while {one_line(c)}") for c in machine.same_while)
    for proof in machine.proofs:
        by = f", certified by {one_line(proof.certified_by)}" if proof.certified_by else ""
        told = f"  {one_line(proof.claim)}: {one_line(proof.verdict)}"
        yield Text(f"{told}, {one_line(proof.evidence)}{by}" if proof.evidence else f"{told}{by}", "dim")
    yield from _findings(machine.findings)
    if same := phrases.unchanged(machine):
        yield Text(f"  {same}")


_OPEN = (Relation.UNDECIDED, Relation.UNREADABLE)


def _findings(findings: Sequence[Finding]) -> Iterator[Text]:
    for finding in phrases.worst_first(findings):
        yield from finding_lines(finding)


def finding_lines(finding: Finding) -> Iterator[Text]:
    """Yield the lines of a finding: what changed, how it shows, whether it is waived, and what follows from it."""
    change = phrases.inline_change(finding)
    yield Text.assemble(
        (f"  {finding.level.value:<10}", _STYLES[finding.level]),
        " ".join(filter(None, (one_line(finding.code), phrases.where(finding), ""))),
        f" {phrases.named(finding)}{f'  {change}' if change else ''}",
    )
    details = [] if change else list(phrases.change_lines(finding))
    details += [one_line(finding.note)] * bool(finding.note)
    details += map(phrases.trace_line, finding.runs)
    details += [phrases.waiver_text(finding.waived)] if finding.waived else []
    yield from (Text(f"{_DETAIL}{line}") for line in details)
    yield from _consequences(finding, _DETAIL, frozenset())


def _consequences(finding: Finding, indent: str, shown: frozenset[Run]) -> Iterator[Text]:
    """Yield what follows from the finding; a run that its cause has shown is not shown again."""
    shown = shown.union(finding.runs)
    for consequence in phrases.worst_first(finding.consequences):
        change = phrases.inline_change(consequence)
        place = phrases.where(consequence)
        yield Text.assemble(
            f"{indent}so: ",
            (consequence.own.value, _STYLES[consequence.own]),
            f" {one_line(consequence.code)} {place}{' ' * bool(place)}{phrases.named(consequence)}",
            f"  {change}" if change else "",
        )
        yield from (Text(f"{indent}    {one_line(note)}") for note in [consequence.note] if note)
        yield from (Text(f"{indent}    {phrases.trace_line(run)}") for run in consequence.runs if run not in shown)
        yield from _consequences(consequence, f"{indent}    ", shown)


def _patches(review: Review) -> Iterator[Text]:
    """The matrix of the series: a row for each patch, a column for each machine, then what each patch does."""
    yield from (Text(), Text("patch by patch", "bold"))
    names = [one_line(m.name) for m in review.machines]
    yield from _table([("", "patch", *names), *map(_row, review.patches)])
    for row in review.patches:
        if row.findings:
            yield from (Text(), Text(f"patch {row.number}: {one_line(row.subject)}", "bold"))
            yield from _findings(row.findings)


def _row(row: PatchRow) -> tuple[str, ...]:
    subject = one_line(row.subject)
    short = subject if len(subject) <= 50 else f"{subject[:49]}…"
    return (str(row.number), short, *map(one_line, row.cells))


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[Text]:
    width = max(map(len, rows))
    filled = [(*row, *[""] * (width - len(row))) for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    for row in filled:
        yield Text("  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def _summary(review: Review) -> Iterator[Text]:
    if work := phrases.work_text(review):
        yield Text(work, "dim")
    yield from (Text(f"note: {one_line(note)}") for note in review.notes)
    yield from (Text(f"policy: {one_line(note)}") for note in [review.policy_note] if note)
    if not review.machines and not review.general and not review.problems:
        yield Text("nothing was checked: no spec was found", "bold yellow")
    first = next(iter(phrases.worst_first(f for _, f in review.findings() if not f.accepted)), None)
    explain = f"   (explain: arcproof explain {one_line(first.code)})" if first else ""
    style = _CONCLUSION_STYLES[review.exit_code]
    yield Text.assemble("gate: ", (_GATE[review.exit_code], style), f"  {phrases.tally(review)}{explain}")
    if first and review.exit_code == 1 and phrases.acceptable(first):
        draft = f"arcproof waivers draft {phrases.mark(first)} --from REVIEW.json"
        yield Text(f"accept: {draft}   (written by --report json=REVIEW.json; counts once merged to the base)")
