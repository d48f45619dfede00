"""One property explained to somebody who need not know how it was decided: what it says, what is known, and why."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.checker.certified import Certified, Verdict
from verifier.evidence.evidence import Census, Labelling
from verifier.model.claims import EveryStep, InRange, Matches, Never, Property
from verifier.model.model import Model, restricted
from verifier.model.printer import show
from verifier.model.terms import TRUE, not_, variables
from verifier.report.detail import cite_text, reason_lines, replay_line
from verifier.report.explain_checks import checks
from verifier.report.explain_claim import meaning, scope
from verifier.report.explain_evidence import run, shown
from verifier.report.prose import Paragraph
from verifier.report.result import MachineReport, Outcome, PropertyReport
from verifier.report.values import bindings
from verifier.semantics.claims import has_ranges, premise

Section = tuple[str, list[Paragraph]]


def explain(machine: MachineReport, report: PropertyReport, width: int) -> str:
    """Return what there is to say about one property of the machine, in lines of at most `width` columns."""
    lines: list[str] = []
    for title, paragraphs in _sections(machine, report):
        if paragraphs:
            lines += ["", title, "-" * len(title)] if lines else [title, "=" * len(title)]
            lines += [line for p in paragraphs for line in p.lines(width)]
    return "\n".join(lines) + "\n"


def _sections(machine: MachineReport, report: PropertyReport) -> Iterator[Section]:
    model, certified = machine.model, report.certified
    yield report.name, _heading(machine, certified.property)
    yield "What is claimed", _claim(machine, certified.property)
    yield "What is known", [*_verdict(report), *(Paragraph(line, 2) for line in reason_lines(report))]
    yield "Why", _evidence(machine, certified)
    yield "Whether it says anything", _witness(model, certified)
    yield "What it rests on", _trust(model, report)
    yield "To see it again", [Paragraph(replay_line(model, report), 2)]


def _heading(machine: MachineReport, prop: Property) -> list[Paragraph]:
    fixed = bindings(machine.model, machine.fixed)
    told = f"A property of the machine {machine.model.name}, {prop.span.path}:{prop.span.line}"
    return [Paragraph(f"{told}, with {fixed}." if fixed else f"{told}.")]


def _claim(machine: MachineReport, prop: Property) -> list[Paragraph]:
    return [
        *([Paragraph(f'"{prop.doc}"')] if prop.doc else []),
        *(Paragraph(cite_text(c), 7, "  see  ") for c in prop.cites),
        Paragraph("The spec writes it as:"),
        Paragraph(prop.text, 4),
        Paragraph(f"That means: {meaning(machine.model, prop)}"),
        *(Paragraph(sentence) for sentence in scope(machine.model, prop, machine.fixed)),
    ]


_VERDICTS = {
    Verdict.PROVED: "It is so. There is a proof for all runs, not only for those that somebody tried.",
    Verdict.REFUTED: "It is not so, as is shown below.",
    Verdict.BOUNDED: "No example against it was found among short runs. Whether it is so is not known.",
    Verdict.VACUOUS: "It is so, but for an empty reason: what it speaks of never happens.",
    Verdict.UNKNOWN: "It is not known whether it is so.",
}


def _verdict(report: PropertyReport) -> list[Paragraph]:
    verdict = report.certified.verdict
    means = (
        "" if isinstance(report.certified.property.claim, Matches) and verdict is Verdict.PROVED else _VERDICTS[verdict]
    )
    return [Paragraph(f"{verdict.value}. {means} {_remark(report)}")]


def _remark(report: PropertyReport) -> str:
    match report.outcome:
        case Outcome.EXPECTED_VIOLATION:
            return "That is what the spec expects."
        case Outcome.ACCEPTED_VACUITY:
            return "The spec allows that."
        case Outcome.FAILED if report.certified.property.expect_violated:
            return "The spec expects the contrary: one of the two is wrong."
        case Outcome.CONTRADICTION:
            return "Parts of arcproof contradict each other about it: do not rely on any verdict of this run."
        case _:
            return ""


def _evidence(machine: MachineReport, certified: Certified) -> list[Paragraph]:
    if certified.evidence is None:
        return []
    prop, fixed = certified.property, machine.model.fixed(machine.fixed)
    narrow = restricted(fixed, prop.assuming)
    if certified.verdict is Verdict.VACUOUS:
        needed = premise(narrow, prop.claim)
        claim = EveryStep(not_(needed)) if variables(needed, 1) else Never(needed)
        said = (
            "There is no run at all"
            if needed is TRUE
            else f"It takes `{show(needed)}` for the claim to say anything, and that never comes"
        )
        return [Paragraph(f"{said}."), *checks(narrow, claim, certified.evidence, certified.solver)]
    found = shown(machine.model, prop, certified.evidence)
    return [*found, *checks(narrow, prop.claim, certified.evidence, certified.solver)]


def _witness(model: Model, certified: Certified) -> list[Paragraph]:
    """Whether what the claim speaks of can happen: without that a proof would be worth nothing."""
    prop = certified.property
    if certified.verdict is not Verdict.PROVED or isinstance(prop.claim, Matches):
        return []
    if certified.witness is None:
        return [Paragraph("The claim does not depend on something happening first, and there are runs of the machine.")]
    needed = premise(model, prop.claim)
    return [
        Paragraph(
            "A proof would be worth nothing if what it is about could never happen. It can: this run comes to "
            f"`{show(needed)}`."
            if len(show(needed)) < 200
            else "A proof would be worth nothing if what it is about could never happen. It can, as this run shows:"
        ),
        *run(model, certified.witness),
    ]


_BELIEFS = (
    "that the spec says what its documents say: where a rule or a property rests on a passage, it names it;",
    "that arcproof reads the spec as meant, and knows what claims demand (verifier/elaborate, verifier/semantics);",
)


def _trust(model: Model, report: PropertyReport) -> list[Paragraph]:
    certified = report.certified
    if certified.evidence is None:
        return []
    points = (*_BELIEFS, _referee(certified))
    found = f"What found the evidence, {report.engine}, need not be trusted: whatever it says is checked."
    ranges = "It also rests on the property int_ranges, without which no other one is decided."
    rests = has_ranges(model) and not isinstance(certified.property.claim, InRange)
    return [
        Paragraph("Nothing else is assumed than what is said above. To believe the verdict one has to believe:"),
        *(Paragraph(point, 4, "- ") for point in points),
        *([Paragraph(found)] if report.engine else []),
        *([Paragraph(ranges)] if rests else []),
    ]


def _referee(certified: Certified) -> str:
    if certified.solver == "source":
        return "that the C initialiser was read rightly (verifier/source)."
    solver = (certified.solver or "").replace(", replay", "")
    if isinstance(certified.evidence, Census | Labelling):
        return "that the states were counted again rightly (verifier/recount, verifier/semantics, verifier/checker)."
    if solver == "replay":
        return "that the replay is right (verifier/semantics, verifier/checker). No solver was needed for it."
    return f"that the checker asked the right questions (verifier/checker), and that {solver} answered them rightly."
