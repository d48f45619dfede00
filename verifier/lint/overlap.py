"""ARC064: rules that overlap where a spec claims that they are deterministic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from verifier.diagnostics import Diagnostic, Note
from verifier.lint.subject import Finding, Open, Settled, Subject
from verifier.model.claims import Deterministic, Property
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.terms import Local, Term, and_, eq, not_, substitute
from verifier.semantics.relation import Update, exists, update

Pair = tuple[str, str]


def overlap(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each claim `deterministic` with rules that lead from one reachable state to different states.

    The claim itself speaks of each rule alone, and may be true of such rules. That an arc and its own failure
    overlap is meant.
    """
    known: dict[Pair, Settled] = {}
    for prop in subject.model.properties:
        if isinstance(prop.claim, Deterministic):
            pairs = [p for p in combinations(prop.claim.rules, 2) if not _is_failure(subject.model, *p)]
            asked = {p: _both(subject.model, *p) for p in pairs if p not in known}
            known |= dict(subject.settle(asked))
            found = [(p, known[p].run) for p in pairs if known[p].run]
            yield from (_open(prop, p, known[p].reason) for p in pairs if known[p].reason)
            if found:
                yield _finding(subject, prop, [p for p, _ in found], known[found[0][0]])


def _is_failure(model: Model, left: str, right: str) -> bool:
    return model.rule[left].fails == right or model.rule[right].fails == left


def _open(prop: Property, pair: Pair, reason: str) -> Open:
    return Open(f"whether rules {pair[0]} and {pair[1]} overlap", prop.span, reason)


def _finding(subject: Subject, prop: Property, pairs: list[Pair], first: Settled) -> Finding:
    left, right = pairs[0]
    message = f"rules {left} and {right} overlap: both can fire in one state, and lead to different ones"
    others = "; so do " + ", ".join(f"{a} and {b}" for a, b in pairs[1:]) if pairs[1:] else ""
    notes = tuple(Note(f"rule {name}", subject.model.rule[name].span) for name in pairs[0])
    hint = "`deterministic` says of each rule alone that it leaves no choice"
    shown = () if first.run is None else subject.run_lines(first.run)
    return Finding(Diagnostic("ARC064", message + others, prop.span, notes, hint), shown)


def _both(model: Model, left: str, right: str) -> Term:
    """Return the term over level 0 that says that both rules can fire, and to different states."""
    mine, own = _instance(model, model.rule[left], "1")
    other, others = _instance(model, model.rule[right], "2")
    same = and_(*(eq(mine.after[v.name], other.after[v.name]) for v in model.variables))
    return exists((*own, *others), and_(mine.condition, other.condition, not_(same)))


def _instance(model: Model, rule: Rule, mark: str) -> tuple[Update, tuple[Local, ...]]:
    """Return a rule as an update, with locals of its own for its parameters and choices."""
    solved = update(model, rule).marked(mark)
    fresh = {p: Local(p.sort, f"{rule.name}.{p.name} {mark}") for p in rule.parameters}
    named: dict[Term, Term] = dict(fresh.items())
    after = {name: substitute(term, named) for name, term in solved.after.items()}
    return Update(substitute(solved.condition, named), after, solved.choices), (*solved.choices, *fresh.values())
