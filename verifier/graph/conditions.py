"""For which parameters something is so: a set of valuations, as a short expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.model.declarations import Parameter
from verifier.model.printer import show_value
from verifier.model.sorts import BoolSort, Value

Valuation = Mapping[str, Value]
Cube = Mapping[str, frozenset[Value]]


def condition(parameters: Sequence[Parameter], allowed: Sequence[Valuation], domain: Sequence[Valuation]) -> str:
    """Return an expression that holds in those valuations of `domain` that are `allowed` (some are); empty iff all are.

    It is a disjunction of as large conjunctions as can be, chosen greedily, so it is short, though perhaps not
    the shortest.
    """
    wanted = [v for v in domain if v in allowed]
    if len(wanted) == len(domain):
        return ""
    cubes: list[Cube] = []
    for valuation in wanted:
        if not any(_holds(c, valuation) for c in cubes):
            cubes.append(_widened(parameters, valuation, wanted, domain))
    texts = [_conjunction(parameters, c, domain) for c in cubes]
    return " or ".join(texts)


def _holds(cube: Cube, valuation: Valuation) -> bool:
    return all(valuation[name] in values for name, values in cube.items())


def _widened(
    parameters: Sequence[Parameter], seed: Valuation, wanted: Sequence[Valuation], domain: Sequence[Valuation]
) -> Cube:
    """Return a largest product of value sets that holds `seed` and, of `domain`, only wanted valuations."""
    cube = {p.name: frozenset({seed[p.name]}) for p in parameters}
    for p in parameters:
        for value in _occurring(p, domain):
            wider = {**cube, p.name: cube[p.name] | {value}}
            if all(v in wanted for v in domain if _holds(wider, v)):
                cube = wider
    return cube


def _occurring(parameter: Parameter, domain: Sequence[Valuation]) -> list[Value]:
    return list(dict.fromkeys(v[parameter.name] for v in domain))


def _conjunction(parameters: Sequence[Parameter], cube: Cube, domain: Sequence[Valuation]) -> str:
    literals = [_literal(p, [v for v in _occurring(p, domain) if v in cube[p.name]]) for p in parameters
                if len(cube[p.name]) < len(_occurring(p, domain))]  # fmt: skip
    return " and ".join(literals)


def _literal(parameter: Parameter, chosen: Sequence[Value]) -> str:
    if isinstance(parameter.sort, BoolSort):
        return parameter.name if chosen[0] else f"not {parameter.name}"
    texts = [show_value(v, parameter.sort) for v in chosen]
    return f"{parameter.name} == {texts[0]}" if len(texts) == 1 else f"{parameter.name} in {{{', '.join(texts)}}}"
