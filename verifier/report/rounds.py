"""What the variables of a watched machine stand for."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.model.claims import Claim
from verifier.model.formula_text import show_formula
from verifier.model.formulas import Formula
from verifier.model.model import Model
from verifier.semantics.monitor import Watched, watched
from verifier.semantics.positive import parts


def watched_lines(model: Model, claim: Claim, part: int, most: int) -> list[str]:
    """Return a line for each variable that the watched machine of part of a claim has beside the machine's own."""
    claimed = parts(claim)
    return list(_lines(watched(model, claimed[part], most))) if part < len(claimed) else []


def _lines(machine: Watched) -> Iterator[str]:
    for name, formula in machine.owed.items():
        yield f"{name}: from here on the run, to violate the claim, has to satisfy {show_formula(formula)}"
    for name, rule in machine.quiet.items():
        yield f"{name}: {rule} can never fire again"
    for name, task in zip(machine.seen, machine.tasks, strict=False):
        yield f"{name}: in this round {_done(machine, task)}"
    if not machine.tasks:
        yield f"{machine.rounds}: how many steps there were"
    elif machine.seen:
        yield f"{machine.rounds}: how often all of this was so"
    else:
        yield f"{machine.rounds}: in how many steps {_done(machine, machine.tasks[0])}"


def _done(machine: Watched, task: Formula | str) -> str:
    if not isinstance(task, str):
        return f"{show_formula(task)} was not put off"
    if task in machine.quiet.values():
        return f"{task} fired, or can never fire again"
    return f"{task} fired or could not fire"
