"""What a property says, in words for somebody who knows the machine, but neither the language nor the method."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verifier.model.claims import (
    Always,
    Basis,
    Ctl,
    Deterministic,
    EqualsPath,
    EveryStep,
    InRange,
    LeadsTo,
    Ltl,
    Matches,
    Never,
    NoDeadlock,
    OnlyVia,
    Property,
    Reachable,
    Recoverable,
    Routes,
)  # fmt: skip
from verifier.model.formula_text import show_formula
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.terms import FALSE, TRUE, Term
from verifier.report.prose import enumerated, plural
from verifier.report.words import condition_text
from verifier.semantics.claims import plain


def meaning(model: Model, prop: Property) -> str:
    """Return what the claim says, as what could follow on `That means:`."""
    return _MEANINGS[type(prop.claim)](model, prop, prop.claim)


def scope(model: Model, prop: Property, fixed: Mapping[str, object]) -> list[str]:
    """Return for which runs, values of parameters, and meanings of functions it says so; one sentence each."""
    found = [_parameters(model, fixed), _functions(model), _restriction(prop), _fairness(prop), _expectation(prop)]
    return [sentence for sentence in found if sentence]


def _parameters(model: Model, fixed: Mapping[str, object]) -> str:
    free = [p.name for p in model.parameters if p.name not in fixed]
    given = [p.name for p in model.parameters if p.name in fixed]
    docs = "".join(f' `{p.name}` is: "{p.doc}".' for p in model.parameters if p.doc)
    facts = [show(a) for a in model.assumptions if a is not TRUE]
    allowed = f" that the spec allows (`{'` and `'.join(facts)}`)" if facts else ""
    every = f"It is claimed for every value of {_named(free, 'the parameter')}{allowed}." if free else ""
    chosen = f"Here {_named(given, 'the parameter')} {plural(given, 'was', 'were')} fixed: see above." if given else ""
    return f"{every} {chosen}{docs}".strip()


def _named(names: Sequence[str], noun: str) -> str:
    return f"{noun if len(names) == 1 else noun + 's'} {enumerated([f'`{n}`' for n in names])}"


def _functions(model: Model) -> str:
    if not model.functions:
        return ""
    named = _named([f.name for f in model.functions], "the function")
    verb = plural(model.functions, "returns", "return")
    return f"The spec leaves open what {named} {verb}: it is claimed whatever that is."


def _restriction(prop: Property) -> str:
    if prop.assuming is TRUE:
        return ""
    return f"Only runs count all of whose states satisfy `{show(prop.assuming)}`. Of other runs nothing is claimed."


def _fairness(prop: Property) -> str:
    fair = prop.claim.fair if isinstance(prop.claim, LeadsTo | Ltl) else ()
    strong = prop.claim.strong if isinstance(prop.claim, Ltl) else ()
    weakly = "can fire from some time on for ever, it does fire"
    return " ".join(filter(None, (_fair(fair, weakly), _fair(strong, "can fire again and again, it does so"))))


def _fair(rules: Sequence[str], how: str) -> str:
    each = plural(rules, "it", "one of them")
    return f"Only runs count that are fair to {_named(rules, 'the rule')}: if {each} {how}." if rules else ""


def _expectation(prop: Property) -> str:
    expected = "The spec expects that this is not so." if prop.expect_violated else ""
    vacuous = (
        "The spec allows that it is true only because there is nothing that it speaks of." if prop.vacuous_ok else ""
    )
    light = f"It is no more than a {prop.severity}: it never fails a check." if prop.severity != "error" else ""
    return " ".join(filter(None, (expected, vacuous, light)))


def parts(prop: Property) -> tuple[str, str]:
    """Return the two conditions of a claim `recoverable e from f` or `p leads to q`, as the spec writes them."""
    match plain(prop.claim) if isinstance(prop.claim, Ltl | Ctl) else None:
        case LeadsTo(first_term, second_term) | Recoverable(second_term, first_term):
            return show(first_term), show(second_term)
    word = " from " if isinstance(prop.claim, Recoverable) else " leads to "
    text = re.sub(r" assuming (fair )?.*$", "", prop.text.removeprefix("recoverable "))
    first, _, second = text.partition(word)
    return first.strip(), second.strip()


def _only_via(model: Model, prop: Property, claim: OnlyVia) -> str:
    by = f"of {_named(claim.rules, 'the rule')}"
    return f"at first `{condition_text(prop)}` is false; and each step that makes it true is a step {by}."


def _equals_path(model: Model, prop: Property, claim: EqualsPath) -> str:
    targets = _named(claim.targets, "the rule") + _between(claim.target_where)
    steps = _named(claim.steps, "the rule") + _between(claim.step_where)
    seen = (
        "every variable"
        if set(claim.observing) == set(model.variable)
        else enumerated([f"`{n}`" for n in claim.observing])
    )
    inside = f" Each state on the way satisfies `{show(claim.through)}`." if claim.through is not TRUE else ""
    return (
        f"a step of {targets} can be replaced by several smaller ones: by a path of "
        f"{_length(claim.low, claim.high)}, each of {steps}. Wherever the step can be taken, so can the path, and "
        f"both lead to the same values of {seen}.{inside}"
    )


def _length(low: int, high: int) -> str:
    return f"{low} step{'s' if low != 1 else ''}" if low == high else f"{low} to {high} steps"


def _between(where: Term) -> str:
    return "" if where is TRUE else f", where it leads from a `start` to a `goal` with `{show(where)}`"


def _basis(model: Model, prop: Property, claim: Basis) -> str:
    named, length = _named(claim.rules, "the rule"), _length(claim.low, claim.high)
    if claim.chosen is None:
        return (
            f"among all steps of {named} there are some of which every other one is a composition, of {length}. As "
            "few as possible are asked for, so that none of them can be left out."
        )
    return (
        f"the steps of {named} that lead from a `start` to a `goal` with `{show(claim.chosen)}` are a basis: every "
        f"other step is a composition of {length} of them, and none of them is a composition of the others."
    )


def _routes(model: Model, prop: Property, claim: Routes) -> str:
    assert model.control is not None
    apart = f" (apart from those with `{show(claim.excluded)}`)" if claim.excluded is not FALSE else ""
    inside = f" On the way only values count with `{show(claim.through)}`." if claim.through is not TRUE else ""
    shut = f" Where `{show(claim.blocked)}`, there is no route at all." if claim.blocked is not FALSE else ""
    hop = f" The first value on the way is always `{show(claim.next_hop)}`." if claim.next_hop is not None else ""
    return (
        f"by steps of {_named(claim.rules, 'the rule')} one gets from each value of `{model.control.name}` to each "
        f"other one{apart}, and in each case by exactly one shortest route.{inside}{shut}{hop}"
    )


def _deterministic(model: Model, prop: Property, claim: Deterministic) -> str:
    named = _named(claim.rules, "the rule")
    return f"where {named} can fire, what happens is certain: the same arguments lead to one state only."


def _no_deadlock(model: Model, prop: Property, claim: NoDeadlock) -> str:
    apart = f", except where `{show(claim.excluded)}`" if claim.excluded is not FALSE else ""
    return f"a run never gets stuck: in every state to which one can come some rule can fire{apart}."


def _recoverable(model: Model, prop: Property, claim: Recoverable) -> str:
    goal, origin = parts(prop)
    return (
        f"wherever a run comes to a state with `{origin}`, it is possible to go on from there to a state with "
        f"`{goal}`. That it will happen is not claimed, only that it can."
    )


def _leads_to(model: Model, prop: Property, claim: LeadsTo) -> str:
    trigger, response = parts(prop)
    return (
        f"whenever `{trigger}` is true, `{response}` is true then or later: in every run that goes on for as long as "
        "it can, whatever choices are made in it."
    )


def _ltl(model: Model, prop: Property, claim: Ltl) -> str:
    return (
        f"`{show_formula(claim.formula)}` is true of every run that goes on for as long as it can. In the course of a "
        "run `G` says always from here on, `F` now or later, `X` after the next step; `p U q` says that q comes, and p "
        "is true until then."
    )


def _ctl(model: Model, prop: Property, claim: Ctl) -> str:
    return (
        f"`{show_formula(claim.formula)}` is true at the start. Here `A` says whatever choices are made, `E` that some "
        "choices can be made; `G` says always from here on, `F` now or later, `X` after the next step."
    )


def _matches(model: Model, prop: Property, claim: Matches) -> str:
    return (
        f"the table `{claim.table}` of the spec is the array `{claim.binding.table}` in the C file "
        f"{claim.binding.file}: it has the same entries, cell by cell."
    )


_MEANINGS: Mapping[type, Callable[[Model, Property, Any], str]] = {
    Always: lambda m, p, c: f"in every state to which a run can come, whatever happens, `{condition_text(p)}` is true.",
    Never: lambda m, p, c: f"no run, whatever happens in it, comes to a state in which `{condition_text(p)}` is true.",
    EveryStep: lambda m, p, c: (
        f"every step that a run can take satisfies `{condition_text(p)}`, where x' stands for the value of x after "
        "the step."
    ),
    Reachable: lambda m, p, c: f"it is possible; some run comes to a state in which `{condition_text(p)}` is true.",
    OnlyVia: _only_via,
    EqualsPath: _equals_path,
    Basis: _basis,
    Routes: _routes,
    Deterministic: _deterministic,
    NoDeadlock: _no_deadlock,
    Recoverable: _recoverable,
    LeadsTo: _leads_to,
    Ltl: _ltl,
    Ctl: _ctl,
    Matches: _matches,
    InRange: lambda m, p, c: (
        "no number leaves its range: neither by a rule that fires, nor where the condition of a property is "
        "evaluated. If one did, the machine would mean nothing, and nothing else would be proved of it."
    ),
}
