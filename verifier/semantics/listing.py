"""How much the reference semantics lists one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Sort, Value, cardinality, is_finite
from verifier.model.terms import shift
from verifier.semantics.evaluate import Setting
from verifier.semantics.instances import LIMIT, TooMany
from verifier.semantics.relation import definition
from verifier.semantics.run import valuations


def check_few(setting: Setting, sorts: Iterable[Sort], what: str) -> None:
    """Raise TooMany iff there are more than LIMIT combinations of values of the sorts."""
    count = 1
    for sort in sorts:
        size = setting.interpretation.sizes.get(sort.name, 1) if isinstance(sort, OpaqueSort) else cardinality(sort)
        count *= LIMIT + 1 if size is None else size
    if count > LIMIT:
        raise TooMany(f"{what} are too many to be listed")


def check_rule(setting: Setting, rule: Rule) -> None:
    """Raise TooMany iff the rule has too many instances, or leaves open a variable that has too many values."""
    check_few(setting, (p.sort for p in rule.parameters), f"the instances of rule {rule.name}")
    fixed = {sides[0] for c in rule.constraints if (sides := definition(c))}
    for name in sorted(set(rule.changes) - fixed):
        check_few(setting, [setting.model.variable[name].sort], f"the values of {name}")


def check_lists(setting: Setting) -> None:
    """Raise TooMany iff the initial states or the successors of a state are too many to be listed."""
    model = setting.model
    fixed = {sides[0] for c in model.init if (sides := definition(shift(c, 0, 1)))}
    check_few(setting, (v.sort for v in model.variables if v.name not in fixed), "the initial states")
    for rule in model.rules:
        check_rule(setting, rule)


def valuation_list(model: Model) -> list[Mapping[str, Value]]:
    """Return every assignment of the parameters that the assumptions allow. Raises TooMany where they are too many."""
    if not all(is_finite(p.sort) for p in model.parameters):
        raise TooMany("a parameter of an opaque sort has no list of values")
    check_few(Setting(model), (p.sort for p in model.parameters), "the values of the parameters")
    return list(valuations(model))
