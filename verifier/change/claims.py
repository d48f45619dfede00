"""Whether one claim says more than another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from verifier.change.dependence import NotComparableError
from verifier.change.inclusion import Ask
from verifier.change.translation import Translation
from verifier.checker.certified import Verdict
from verifier.model.claims import (
    Always,
    Claim,
    Deterministic,
    EveryStep,
    LeadsTo,
    Never,
    NoDeadlock,
    OnlyVia,
    Property,
    Reachable,
    Recoverable,
)  # fmt: skip
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.terms import (
    TRUE,
    Bind,
    Local,
    Term,
    and_,
    at_level,
    implies,
    not_,
    substitute,
    transform,
    variables,
)

NAMED = ("rules", "targets", "steps", "fair", "observing")
"""The fields of claims that name rules or variables."""


@dataclass(frozen=True)
class Said:
    """How NEW's claim relates to OLD's: it implies it, and is implied by it; None where that is not known."""

    stronger: bool | None
    weaker: bool | None
    reason: str = ""


SAME = Said(True, True)
OTHER = Said(False, False)


def said(old: Property, new: Property, translation: Translation, ask: Ask) -> Said:
    """Compare two properties, OLD's read as one of NEW. What is not compared by meaning is OTHER unless it is written
    the same."""
    try:
        return _said(old, new, translation, ask)
    except NotComparableError as error:
        return Said(None, None, str(error))


def _said(old: Property, new: Property, translation: Translation, ask: Ask) -> Said:
    before, assuming = _plain(read(old.claim, translation)), numbered(translation.term(old.assuming))
    after, assumed = _plain(new.claim), numbered(new.assuming)
    if before == after and assuming is assumed:
        return SAME
    both = _Implications(translation, ask)
    if type(before) is not type(after):
        return OTHER
    forth, back = _implied(after, before, both), _implied(before, after, both)
    wider, narrower = both.of(assuming, assumed), both.of(assumed, assuming)
    return Said(_all(forth, [wider]), _all(back, [narrower]), both.reason)


def read(claim: Claim, translation: Translation) -> Claim:
    """Return an outer claim in the inner version's words. Raises NotComparableError."""
    changed: dict[str, object] = {}
    for field in fields(claim):
        value = getattr(claim, field.name)
        if isinstance(value, Term):
            changed[field.name] = translation.term(value)
        elif field.name in NAMED:
            changed[field.name] = tuple(dict.fromkeys(_names(value, field.name, translation)))
        elif field.name == "table":
            changed[field.name] = translation.pairs.tables.get(value, value)
    return replace(claim, **changed)  # type: ignore[arg-type]


def _names(names: tuple[str, ...], field: str, translation: Translation) -> Iterator[str]:
    for name in names:
        if field == "observing":
            yield translation.pairs.variables.get(name, name)
        else:
            yield from [i for o, i in translation.pairs.rules if o == name] or [name]


def _plain(claim: Claim) -> Claim:
    """`never e` is `always not e`; the order of rules in a list means nothing."""
    if isinstance(claim, Never):
        return Always(not_(claim.condition))
    values = {f.name: getattr(claim, f.name) for f in fields(claim)}
    named: dict[str, object] = {n: tuple(sorted(v)) for n, v in values.items() if n in NAMED}
    named |= {n: numbered(v) for n, v in values.items() if isinstance(v, Term)}
    return replace(claim, **named) if named else claim  # type: ignore[arg-type]


def numbered(term: Term, depth: int = 0) -> Term:
    """Return the term with its bound variables named by the number of binders around them."""

    def rename(t: Term) -> Term | None:
        if not isinstance(t, Bind):
            return None
        local = Local(t.local.sort, f"bound {depth} {t.local.sort}")
        return Bind(t.sort, t.binder, local, numbered(substitute(t.body, {t.local: local}), depth + 1))

    return transform(term, rename)


class _Implications:
    """Implications between conditions on whatever states or steps both versions know, certified like claims."""

    def __init__(self, translation: Translation, ask: Ask) -> None:
        self.model, self.ask, self.reason = translation.model, ask, ""
        self.known = translation.domain(0)

    def of(self, left: Term, right: Term) -> bool | None:
        """Return whether `left` implies `right` in every state, or on every step; None where that is not known."""
        if left is right:
            return True
        stepwise = bool(variables(left, 1) or variables(right, 1))
        known = and_(self.known, at_level(self.known, 1)) if stepwise else self.known
        condition = implies(and_(known, left), right)
        alone = replace(self.model, init=(), rules=(_anything(self.model),) if stepwise else (), properties=())
        found = self.ask(alone, EveryStep(condition) if stepwise else Always(condition))
        if found.verdict in (Verdict.PROVED, Verdict.VACUOUS, Verdict.REFUTED):
            return found.verdict is not Verdict.REFUTED
        self.reason = found.reason or "not decided"
        return None


def _anything(model: Model) -> Rule:
    """A rule that leads from any state to any other."""
    names = tuple(v.name for v in model.variables)
    span = model.variables[0].span
    return Rule("anything", (), TRUE, (), names, None, (), None, (), span)


def _all(first: list[bool | None], second: list[bool | None]) -> bool | None:
    answers = [*first, *second]
    return False if False in answers else None if None in answers else True


def _implied(left: Claim, right: Claim, both: _Implications) -> list[bool | None]:
    """Return conditions that together make `left` imply `right`, claims of one kind."""
    judge: Callable[[Claim, Claim, _Implications], list[bool | None]] | None = _JUDGES.get(type(left))
    return judge(left, right, both) if judge else [left == right]


def _onlyvia(left: OnlyVia, right: OnlyVia, both: _Implications) -> list[bool | None]:
    return [left.condition is right.condition, set(left.rules) <= set(right.rules)]


_JUDGES: dict[type, Callable[..., list[bool | None]]] = {
    Always: lambda a, b, both: [both.of(a.condition, b.condition)],
    EveryStep: lambda a, b, both: [both.of(a.condition, b.condition)],
    Reachable: lambda a, b, both: [both.of(a.condition, b.condition)],
    NoDeadlock: lambda a, b, both: [both.of(a.excluded, b.excluded)],
    Recoverable: lambda a, b, both: [both.of(a.goal, b.goal), both.of(b.origin, a.origin)],
    LeadsTo: lambda a, b, both: [
        both.of(a.response, b.response), both.of(b.trigger, a.trigger), set(a.fair) <= set(b.fair),
    ],
    Deterministic: lambda a, b, both: [set(a.rules) >= set(b.rules)],
    OnlyVia: _onlyvia,
}  # fmt: skip
