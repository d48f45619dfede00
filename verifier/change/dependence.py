"""Which variables a machine's behaviour depends on, and where they begin."""

from __future__ import annotations

from verifier.model.declarations import Rule, Variable
from verifier.model.model import Model
from verifier.model.sorts import is_finite, values
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Call,
    Const,
    Op,
    Param,
    Term,
    Var,
    conjuncts,
    not_,
    subterms,
    variables,
)
from verifier.semantics.fold import fold
from verifier.semantics.relation import definition


class NotComparableError(Exception):
    """The outer version's meaning cannot be said in terms of the inner one. The message says why."""


def first_value(model: Model, variable: Variable) -> Term:
    """Return the variable's one initial value. Raises NotComparableError."""
    me = Var(variable.sort, variable.name)
    for fact in (part for term in model.init for part in conjuncts(term)):
        if fact is me or fact is not_(me):
            return TRUE if fact is me else FALSE
        if isinstance(fact, App) and fact.op is Op.EQ and me in fact.args:
            value = fact.args[1] if fact.args[0] is me else fact.args[0]
            if variable.name not in variables(value):
                return value
    raise NotComparableError(f"{variable.name} has several initial values, and exists on one side only")


def needed(model: Model, own: set[str]) -> set[str]:
    """Return those of the variables `own` on which a guard, another variable, or an initial value depends."""
    found: set[str] = set()
    while True:
        more = {n for n in own - found if _is_needed(model, n, own - found)}
        if not more:
            return found
        found |= more


def _is_needed(model: Model, name: str, spare: set[str]) -> bool:
    """Return True iff a term mentions the variable, other than the definitions of spare variables."""
    initial = any(name in variables(t) and not _starts(t, spare) for t in model.init)
    return initial or any(_reads(model, rule, name, spare) for rule in model.rules)


def _starts(term: Term, spare: set[str]) -> bool:
    """An initial condition about one spare variable alone, which some value satisfies."""
    mentioned = variables(term)
    return len(mentioned) == 1 and mentioned <= spare and term is not FALSE


def _reads(model: Model, rule: Rule, name: str, spare: set[str]) -> bool:
    if name in variables(rule.guard):
        return True
    for constraint in rule.constraints:
        mentioned = variables(constraint) | variables(constraint, 1)
        solved = definition(constraint)
        is_spare = (solved is not None and solved[0] in spare) or _is_choice(model, rule, constraint, spare)
        if name in mentioned and not is_spare:
            return True
    return False


def _is_choice(model: Model, rule: Rule, constraint: Term, spare: set[str]) -> bool:
    """Return True iff the constraint is about the value after of one spare variable alone, and some value meets it."""
    after = [t for t in subterms(constraint) if isinstance(t, Var)]
    if len(after) != 1 or after[0].level != 1 or after[0].name not in spare or not is_finite(after[0].sort):
        return False
    if any(isinstance(t, (Param, Call)) or t in rule.parameters for t in subterms(constraint)):
        return False
    sort = after[0].sort
    return any(fold(constraint, model, {after[0]: Const(sort, v)}) is TRUE for v in values(sort))
