"""ARC066: properties that follow from other properties, whatever the rules do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.checker.certified import Verdict
from verifier.diagnostics import Diagnostic, Note
from verifier.lint.subject import Finding, Open, Subject, Undecided
from verifier.model.claims import Always, EveryStep, Never, Property
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term, Var, and_, at_level, not_, transform, variables


@dataclass(frozen=True)
class Statement:
    """A property as a term: over level 0 if it speaks of states, over levels 0 and 1 if it speaks of steps."""

    prop: Property
    term: Term
    of_steps: bool


def implied(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each property that others imply, the later ones first.

    It is a matter of what the properties say alone: the rules play no part, for of a proved property everything
    that is true follows from them. What needs no other property to be true is no finding either.
    """
    kept = [s for s in map(_statement, _proved(subject)) if s is not None]
    for statement in reversed(tuple(kept)):
        others = [s for s in kept if s is not statement and s.prop.assuming in (TRUE, statement.prop.assuming)]
        try:
            if not _follows(subject, statement, []) and _follows(subject, statement, others):
                kept.remove(statement)
                yield _finding(statement, _needed(subject, statement, others))
        except Undecided as undecided:
            question = f"whether other properties imply property {statement.prop.name}"
            yield Open(question, statement.prop.span, str(undecided))


def _proved(subject: Subject) -> Iterator[Property]:
    for report in subject.report.properties:
        if report.certified.verdict is Verdict.PROVED:
            yield report.certified.property


def _statement(prop: Property) -> Statement | None:
    """Return what a property states of the variables; None iff that is no condition on states or steps."""
    match prop.claim:
        case Always(condition):
            found = Statement(prop, condition, False)
        case Never(condition):
            found = Statement(prop, not_(condition), False)
        case EveryStep(condition):
            found = Statement(prop, condition, True)
        case _:
            return None
    return found if variables(found.term) or variables(found.term, 1) else None


def _follows(subject: Subject, statement: Statement, others: Sequence[Statement]) -> bool:
    """Return True iff every state, or every two states, of which the others are true satisfy the statement."""
    pair = _Pair(subject.model)
    facts = [pair.of_both(statement.prop.assuming)]
    facts += [pair.of_step(s.term) if s.of_steps else pair.of_both(s.term) for s in others]
    model = replace(subject.model, variables=pair.variables, init=tuple(facts), rules=(), properties=(), control=None)
    return subject.certified(Always(pair.of_step(statement.term)), model).expected


class _Pair:
    """Two states of a machine as one state of a machine that takes no steps: a question about any two states is
    then one about initial states."""

    def __init__(self, model: Model) -> None:
        self._after = {v.name: replace(v, name=f"{v.name}'") for v in model.variables}
        self.variables = (*model.variables, *self._after.values())

    def of_step(self, term: Term) -> Term:
        """Return a term over levels 0 and 1 as one over the pair."""
        return transform(term, self._moved)

    def of_both(self, term: Term) -> Term:
        """Return the term that says that a term over level 0 holds in both states."""
        return and_(term, self.of_step(at_level(term, 1)))

    def _moved(self, term: Term) -> Term | None:
        return Var(term.sort, self._after[term.name].name) if isinstance(term, Var) and term.level == 1 else None


def _needed(subject: Subject, statement: Statement, others: Sequence[Statement]) -> list[Statement]:
    """Return statements among the others, the first ones first, that imply the statement and can none be left out.

    Many are left out at once as long as that goes.
    """
    needed, size = list(others), len(others)
    while size := size // 2:
        for end in range(len(needed), 0, -size):
            without = needed[: max(0, end - size)] + needed[end:]
            if _follows(subject, statement, without):
                needed = without
    return needed


def _finding(statement: Statement, needed: Sequence[Statement]) -> Finding:
    names = " and ".join(s.prop.name for s in needed)
    message = f"property {statement.prop.name} follows from {names}, whatever the rules do"
    notes = tuple(Note(f"property {s.prop.name}", s.prop.span) for s in needed)
    return Finding(Diagnostic("ARC066", message, statement.prop.span, notes, "remove it, or say more in it"))
