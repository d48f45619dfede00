"""What every format says in the same words: lines of plain text, with nothing in them that a terminal acts on.

Names, terms and messages may be a stranger's: `one_line` and `lines` are the way in for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.change.checks import CHECKS
from verifier.change.level import Level
from verifier.diagnostics.render import printable
from verifier.report.review import Finding, MachineReview, Place, Problem, Review, Run, Waived
from verifier.report.trace import counted


def one_line(text: str) -> str:
    """Return the text as one line, white space folded."""
    return printable(" ".join(text.split()))


def lines(text: str) -> list[str]:
    """Return the lines of the text, tabs expanded."""
    return [printable(line.expandtabs(4)) for line in text.splitlines()]


def quoted(text: str) -> str:
    """Return a line of a source as it is, but for what a terminal acts on; tabs are expanded."""
    return printable(text.rstrip("\r\n").expandtabs(8))


def mark(finding: Finding) -> str:
    """Return as much of the fingerprint as commands need to know the finding."""
    return re.sub("[^0-9a-z]", "", finding.fingerprint.lower())[:8]


def acceptable(finding: Finding) -> bool:
    """True iff a waiver could take the finding out of the exit code, and none does."""
    check = CHECKS.get(finding.code)
    weighs = finding.level in (Level.BREAKING, Level.RISKY, Level.NOTE)
    return weighs and not finding.accepted and (check is None or check.waivable)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, worst first, accepted ones last; otherwise their order stays."""
    return sorted(findings, key=lambda f: (f.accepted, f.level.rank))


def sides(review: Review) -> str:
    """Return what was compared, such as `main..HEAD`; of one version its name alone."""
    return "..".join(filter(None, (one_line(review.base), one_line(review.head))))


def tally(review: Review) -> str:
    """Return how many findings have which level, such as `1 breaking, 0 risky, 0 waived, 0 undecided`.

    Notes, findings without weight, errors and problems are counted where there are any.
    """
    counts = review.counts
    seldom = {
        "note": counts[Level.NOTE],
        "unweighted": counts[Level.NONE],
        "error": counts[Level.ERROR],
        "problem": len(review.problems),
    }
    return ", ".join(
        [
            f"{counts[Level.BREAKING]} breaking",
            f"{counts[Level.RISKY]} risky",
            f"{review.accepted} waived",
            f"{counts[Level.UNDECIDED]} undecided",
            *(f"{n} {word}" if word == "unweighted" else counted(n, word) for word, n in seldom.items() if n),
        ]
    )


def headline(machine: MachineReview) -> str:
    """Return the machine's relation and how far it goes, such as `EXTENDS  (proved, all parameter values)`."""
    strength = "same digest" if machine.skipped and not machine.strength else one_line(machine.strength)
    return f"{machine.relation.value}  ({strength})" if strength else machine.relation.value


def unchanged(machine: MachineReview, between: str = " · ") -> str:
    """Return what is unchanged, such as `17 of 18 rules unchanged · 11 of 12 properties keep their verdict`."""
    (rules, all_rules), (properties, all_properties) = machine.rules_same, machine.properties_same
    return between.join(
        [f"{rules} of {counted(all_rules, 'rule')} unchanged"] * bool(all_rules)
        + [f"{properties} of {counted(all_properties, 'property', 'properties')} keep their verdict"]
        * bool(all_properties)
    )


def at(place: Place | None) -> str:
    """Return `path:line`, or "" of no place."""
    return "" if place is None else f"{one_line(place.path)}:{place.line}"


def relative(path: str) -> str:
    """Return the path as hosts of repositories know it: on one line, and without a leading `./`."""
    return re.sub(r"^(\./)+", "", one_line(path)) or "."


def where(finding: Finding) -> str:
    """Return the finding's place; where it has none in the new version, that in the old one."""
    if finding.place is None and finding.old_place is not None:
        return f"{at(finding.old_place)} (old)"
    return at(finding.place)


def named(finding: Finding) -> str:
    """Return what changed and how, such as `rule stop: guard widened (by user)`."""
    actor = f" (by {one_line(finding.actor)})" if finding.actor else ""
    return f"{one_line(finding.subject)}: {one_line(finding.title)}{actor}"


def inline_change(finding: Finding) -> str:
    """Return `before -> after` where both are short, one line each, and not the same words; otherwise ""."""
    if finding.before is None or finding.after is None or finding.before == finding.after:
        return ""
    short = "\n" not in finding.before + finding.after and len(finding.before) + len(finding.after) <= SHORT
    return f"{one_line(finding.before)} -> {one_line(finding.after)}" if short else ""


SHORT = 40
"""The most characters of a change that is shown on its finding's own line."""


def change_lines(finding: Finding) -> Iterator[str]:
    """Yield the meaning before, each line after `- `, and the meaning after, each line after `+ `.

    Of long texts only what differs is shown, with its surroundings; of two equal ones nothing. JSON has them in full.
    """
    before, after = excerpts(finding.before or "", finding.after or "")
    if before != after:
        yield from (f"- {line}" for line in lines(before))
        yield from (f"+ {line}" for line in lines(after))


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Return both texts, without what a long one has in common with the other; whatever is left out leaves `...`."""
    if max(len(before), len(after)) <= LONG:
        return before, after
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    return _excerpt(before, start, end), _excerpt(after, start, end)


def _shared(left: str, right: str) -> int:
    """Return how many characters both texts begin with."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _excerpt(text: str, start: int, end: int) -> str:
    """Return the text from a little before `start` to a little before its last `end` characters; long, its two ends."""
    first, last = max(0, start - AROUND), min(len(text), len(text) - end + AROUND)
    middle = text[first:last]
    if len(middle) > LONG:
        middle = f"{middle[: LONG // 2]} ... {middle[-LONG // 2 :]}"
    return f"{'... ' if first else ''}{middle}{' ...' if last < len(text) else ''}"


LONG = 240
"""The longest meaning that is shown in full."""

AROUND = 40
"""How many characters of what has not changed are shown before and after what has."""


def trace_line(run: Run) -> str:
    """Return the run on one line: its side, its summary, its title."""
    again = "" if run.loop is None else f", then from state {run.loop} for ever"
    return f"trace in {one_line(run.side)}: {one_line(run.summary)}{again}  ({one_line(run.title)})"


def step_lines(run: Run) -> Iterator[str]:
    """Yield the run step by step."""
    for index, step in enumerate(run.steps):
        yield f"{index:>3}  {one_line(step.label)}"
        yield from (f"       {line}" for line in lines(step.state))
    if run.loop is not None:
        yield f"  =  state {run.loop}: from here it repeats for ever"


def waiver_text(waived: Waived) -> str:
    """Return what the waiver says and whether it counts."""
    told = ", ".join(filter(None, (one_line(waived.owner), waived.expires and f"until {one_line(waived.expires)}")))
    about = f" ({told})" if told else ""
    link = f" <{one_line(waived.link)}>" if waived.link else ""
    state = "waived by" if waived.status == "accepted" else f"not honoured ({one_line(waived.status)}): waiver"
    return f"{state} {one_line(waived.id)}{about}: {one_line(waived.reason)}{link}"


def problem_lines(problem: Problem) -> list[str]:
    """Return the problem as a terminal shows it."""
    if any(map(str.strip, problem.text)):
        return [line for text in problem.text for line in lines(text)]
    place = f"{at(problem.place)}: " if problem.place else ""
    return [f"error[{one_line(problem.code)}]: {place}{one_line(problem.message)}"]


def side_text(problem: Problem) -> str:
    """Return which version the problem is in: ` (new side)`, or "" where it is in neither."""
    return f" ({one_line(problem.side)} side)" if problem.side else ""


def work_text(review: Review) -> str:
    """Return how many certificates were reused and how many searches were needed; "" iff none of both."""
    if not review.reused + review.searched:
        return ""
    reused = f"{counted(review.reused, 'certificate')} of the base reused"
    return f"{reused}, {counted(review.searched, 'obligation')} searched"
