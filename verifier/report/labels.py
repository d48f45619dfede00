"""What was counted when the states of a machine were labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.evidence.evidence import Labelling, Labels
from verifier.model.claims import Claim, Ctl, LeadsTo, Ltl, Property, Recoverable
from verifier.model.formula_text import show_formula
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.report.values import bindings, wrapped
from verifier.semantics.claims import plain
from verifier.semantics.positive import conjoined, subformulas

LISTED = 12
"""For so many values of the parameters, at most, the numbers are shown."""


def labelling_lines(model: Model, prop: Property, evidence: Labelling) -> list[str]:
    """Return the numbers as lines of text: for each part of the claim what was counted, where, and how much it was."""
    claim = plain(prop.claim)
    claims = conjoined(claim) if isinstance(claim, Ltl) else (claim,)
    return [
        line
        for part, counts in zip(claims, evidence.parts, strict=False)
        for line in _of_part(model, part, counts, len(claims) > 1)
    ]


def _of_part(model: Model, part: Claim, counts: Sequence[Labels], is_one_of_some: bool) -> Iterator[str]:
    violated = show_formula(part.formula) if isinstance(part, Ltl) and is_one_of_some else "the formula"
    what = f"states, each with what a run has to do yet to violate {violated}" if isinstance(part, Ltl) else "states"
    for given in counts[:LISTED]:
        parameters = bindings(model, given.parameters)
        yield from wrapped(
            f"labelled again, {given.states:,} {what}{f', with {parameters}' if parameters else ''}:", "  ", ""
        )
        width = max((len(f"{n:,}") for n in given.holding), default=0)
        for name, number in zip(label_names(part), given.holding, strict=False):
            yield from wrapped(name, " " * (width + 4), f"  {number:>{width},}  ")
    if len(counts) > LISTED:
        yield f"and for {len(counts) - LISTED} more values of the parameters, which the JSON report has"


def label_names(part: Claim) -> tuple[str, ...]:
    """Return what was counted (`recount.labelling.labelled`), in words."""
    match part:
        case Ctl(formula):
            return tuple(map(show_formula, subformulas(formula)))
        case Recoverable(goal, origin):
            return show(origin), show(goal), f"some run leads to {show(goal)}"
        case LeadsTo(trigger, response, fair):
            run = "fair run" if fair else "run"
            return show(trigger), show(response), f"{show(trigger)}, and on some {run} {show(response)} never comes"
        case _:
            return "the run ends in violation", "a fair run can go on in violation for ever"
