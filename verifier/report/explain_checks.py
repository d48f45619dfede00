"""How the evidence was checked: each obligation in words, those of one form together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.evidence.evidence import (
    BasisTable,
    Bound,
    Evidence,
    Invariant,
    KInduction,
    KLive,
    NoBasis,
    PathGaps,
    PathTable,
    Plan,
    Ranking,
    RouteTable,
    Trap,
    Unreachable,
)  # fmt: skip
from verifier.model.claims import Basis, Claim, EqualsPath, LeadsTo, Reachable, Recoverable, Routes
from verifier.model.model import Model
from verifier.report.prose import Paragraph, listed, plural
from verifier.report.trace import counted
from verifier.semantics.claims import plain
from verifier.semantics.compositions import basis, no_basis, paths
from verifier.semantics.conditions import Obligation, control_graph, live, plan, ranking, safety, trap, unreachable


def checks(model: Model, claim: Claim, evidence: Evidence, certifiers: str | None) -> list[Paragraph]:
    """Return which statements were put to the second solver, in words. Nothing where no solver took part.

    `model` is restricted by the property's `assuming`.
    """
    asked = list(_obligations(model, claim, evidence))
    if not asked:
        return []
    first = "How the rest was checked" if isinstance(evidence, _REPLAYED_TOO) else "How that was checked"
    solver = (certifiers or "the second solver").partition(",")[0]
    whom = f"{solver}, a program that had no part in the search"
    several = counted(len(asked), "statement")
    told = f"{first}: {several} about all states at once {plural(asked, 'was', 'were')} put to {whom}."
    # Without a condition on the states, what is said of those that satisfy it is said of all.
    about = _SUCH if getattr(evidence, "conjuncts", ()) else ""
    found = (sentence.replace(_SUCH, about) for sentence in _grouped(o.name for o in asked))
    return [Paragraph(f"{told} It found them true, without exception:"), *listed(found)]


_SUCH = " that satisfies them"
_REPLAYED_TOO = (Trap, PathGaps, BasisTable, RouteTable)


def _obligations(model: Model, claim: Claim, evidence: Evidence) -> Iterator[Obligation]:
    claim = plain(claim)
    match claim, evidence:
        case _, KLive():
            yield from live(model, claim, evidence)
        case Reachable(), Unreachable():
            yield from unreachable(model, claim, evidence)
        case _, Invariant() | KInduction() | Bound():
            yield from safety(model, claim, evidence)
        case EqualsPath(), PathTable() | PathGaps():
            yield from paths(model, claim, evidence, lambda: None)
        case Basis(), BasisTable():
            yield from basis(model, claim, evidence, lambda: None)
        case Basis(), NoBasis():
            yield from no_basis(model, claim, evidence, lambda: None)
        case Routes(), RouteTable():
            yield from control_graph(model, claim, evidence)
        case Recoverable(), Plan():
            yield from plan(model, claim, evidence)
        case Recoverable(), Trap():
            yield from trap(model, claim, evidence)
        case LeadsTo(), Ranking():
            yield from ranking(model, claim, evidence)


_WORDS: tuple[tuple[str, str], ...] = (
    (r"initiation of the invariant", "Every initial state satisfies these conditions."),
    (
        r"consecution under rule (.*)",
        "From a state that satisfies them each rule leads only to states that satisfy them: {}.",
    ),
    (r"sufficiency of the invariant()", "No state that satisfies them is one that may not be."),
    (r"sufficiency of the invariant \(initial states\)", "No initial state is one that may not be."),
    (
        r"sufficiency of the invariant \(rule (.*)\)",
        "No rule takes a step that may not be from a state that satisfies them: {}.",
    ),
    (r"no violation after (\d+) steps.*", "No run violates the claim after this many steps: {}."),
    (
        r"no violation after (\d+) good steps.*",
        "After {} steps in a row without a violation the next has none.",
    ),
    (r"the row of .*: it never fires", "In each row without a path: the step can never be taken."),
    (
        r"the row of .*: its path does the same",
        "In each row with a path: wherever the step can be taken, the path does the same.",
    ),
    (r"the row of .*: its path does nothing else", "And the path leads nowhere else, where there is a choice."),
    (r"no arc beside the given ones, rule (.*)", "No rule takes an arc that is not listed: {}."),
    (r"arc (.*) can be taken", "Each arc can be taken in every state with its first value: {}."),
    (r"there are states with control value (.*)", "There are states with each of these values: {}."),
    (
        r"row (\d+) of the plan, rule .*",
        "In each line: where its condition holds the rule can fire, and lead on as is said.",
    ),
    (r"the plan covers every origin state", "Every state from which recovery is claimed is in some line."),
    (r"the trap has no goal state", "None of the states that are never left is a state with the goal."),
    (r"region \d+: the helpful rule can fire", "In each line the rule that helps can fire."),
    (r"region \d+, rule (.*)", "Each rule leads on as is said, or changes nothing about where the run is: {}."),
    (r"the regions cover every trigger state", "Every state in which the response is due is in some line."),
)


def _grouped(names: Iterable[str]) -> list[str]:
    """Return a sentence for each form of obligation, in the order of the first of them."""
    found: dict[str, dict[str, None]] = {}
    for name in names:
        sentence, about = _sentence(name)
        found.setdefault(sentence, {})[about] = None
    return [sentence.format(", ".join(filter(None, about))) for sentence, about in found.items()]


def _sentence(name: str) -> tuple[str, str]:
    for pattern, sentence in _WORDS:
        if match := re.fullmatch(pattern, name):
            return sentence, match[1] if match.groups() else ""
    return "{}.", name
