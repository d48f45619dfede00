"""A census taken again: the states are counted, and the claim is decided on them."""

from __future__ import annotations

from dataclasses import replace

from verifier.evidence.evidence import Census
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Value
from verifier.recount.count import recount
from verifier.recount.limits import Limits
from verifier.semantics.claims import cases
from verifier.semantics.listing import valuation_list
from verifier.semantics.refusal import Refused, require


def holds_by_census(model: Model, claim: Claim, census: Census, limits: Limits) -> bool:
    """Return True iff the claim holds on the reachable states, for every value of the parameters. That it does not may
    be seen for some of these values only.

    Raises Refused unless there are as many states as the census says and the claim is decided by single states and
    steps; TooMany where a limit is met.
    """
    opaque = model.functions or any(isinstance(s, OpaqueSort) for s in model.sorts.values())
    require(not opaque, "a number of states says nothing where sorts or functions are opaque")
    if cases(model, claim) is None:
        raise Refused("a census decides nothing but what single states and steps show")
    allowed, met = {frozenset(p.items()) for p in valuation_list(model)}, set[frozenset[tuple[str, Value]]]()
    holding = True
    for parameters, states in census.counts:
        key = frozenset(parameters.items())
        require(key in allowed and key not in met, "a number is for parameters that are not allowed, or there are two")
        met.add(key)
        count = recount(model, parameters, claim, states, limits)
        require(count.states == states, "there are fewer reachable states than the evidence says")
        limits = replace(limits, work=limits.work - count.work)
        holding = holding and (count.hits > 0) is isinstance(claim, Reachable)
    require(met == allowed or not holding, "there is no number for some value of the parameters")
    return holding
