"""A counterexample as one sentence, built from the rules' doc strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from verifier.evidence.evidence import Evidence, Fork, Lasso, NoBasis, NoPath, PathGaps, Step, Trace, Trap
from verifier.model.claims import (
    Always,
    Claim,
    Ctl,
    EveryStep,
    InRange,
    LeadsTo,
    Ltl,
    Never,
    NoDeadlock,
    OnlyVia,
    Property,
    Reachable,
    Recoverable,
)  # fmt: skip
from verifier.model.formula_text import show_formula
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.report.culprits import culprits_text
from verifier.report.overflow import overflows
from verifier.report.values import arguments_text, call_text, instance_text, state_text
from verifier.semantics.claims import plain
from verifier.semantics.evaluate import Setting
from verifier.semantics.shown import can_go_on


def sentence(model: Model, prop: Property, evidence: Evidence) -> str | None:
    """Return what happens in the run that the evidence shows, in words; None iff no single run is the point of it."""
    match evidence:
        case Trace():
            end = _overflow(model, evidence) if isinstance(prop.claim, InRange) else _end(model, prop, evidence)
            return _sentence(model, evidence, end)
        case Fork(trace, left):
            return _sentence(model, trace, f"from here `{left.rule}` leads to two different states")
        case Lasso(trace, loop):
            again = f"from then on the steps after state {loop} repeat for ever, and {_missing(prop)}"
            return _sentence(model, trace, again)
        case Trap(trace):
            return _sentence(model, trace, f"from here `{_goal(prop)}` can never be reached again")
        case PathGaps(missing=(gap, *_)) | NoBasis(missing=NoPath() as gap) if gap.traces:
            return _sentence(
                model, gap.traces[0], f"what `{instance_text(model, gap.instance)}` does here no path does"
            )
        case _:
            return None


def _sentence(model: Model, trace: Trace, end: str) -> str:
    control = [model.control.name] if model.control else None
    start = state_text(model, trace.initial, control) if control else "the initial state above"
    steps = "; then ".join(_repeated(phrase(model, s) for s in trace.steps))
    return f"Starting from {start}, {steps}; {end}." if steps else f"Already in the initial state ({start}), {end}."


def _repeated(phrases: Iterable[str]) -> Iterator[str]:
    """Say a phrase that comes several times in a row once."""
    for text, same in groupby(phrases):
        times = sum(1 for _ in same)
        yield text if times == 1 else f"{text} ({times} times)"


def phrase(model: Model, step: Step) -> str:
    """Return a step in words: the first clause of the rule's doc, or else who fires it."""
    rule = model.rule[step.rule]
    arguments = arguments_text(model, step.rule, step.arguments)
    told = _lowered(first_clause(rule.doc)) if rule.doc else _untold(step.rule, rule.actor)
    return f"{told} ({arguments})" if arguments else told


def _untold(name: str, actor: str | None) -> str:
    return f"the {actor} does `{name}`" if actor else f"`{name}` fires"


def first_clause(doc: str) -> str:
    """Return what stands before the first full stop or semicolon of a doc string, white space folded."""
    folded = " ".join(doc.split())
    return re.split(r"(?<=[\w)\]`])(?:;|\.(?=\s+[A-Z]))", folded)[0].rstrip(". ")


_FUNCTION_WORDS = frozenset(
    {"A", "After", "All", "An", "Any", "At", "Before", "Each", "Every", "For", "If", "In", "It", "Nothing", "On"}
    | {"One", "Some", "Somebody", "Someone", "The", "This", "Until", "When", "While"}
)


def _lowered(text: str) -> str:
    """Begin with a small letter where the first word is surely no name."""
    word = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if word in _FUNCTION_WORDS else text


def condition_text(prop: Property) -> str:
    """Return the condition of a claim as the spec writes it, without the words around it."""
    claim = plain(prop.claim) if isinstance(prop.claim, Ltl | Ctl) else None
    if isinstance(claim, Always):
        return show(claim.condition)
    text = re.sub(r"^(always|never|every step|reachable)\s+", "", prop.text)
    text = text.split(" reached only via ")[0]
    return _unbracketed(text)


def _unbracketed(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]) else text


def _balanced(text: str) -> bool:
    return all(d >= 0 for d in _depths(text))


def _depths(text: str) -> Iterator[int]:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        yield depth


def _goal(prop: Property) -> str:
    claim = plain(prop.claim) if isinstance(prop.claim, Ctl) else None
    if isinstance(claim, Recoverable):
        return show(claim.goal)
    return prop.text.removeprefix("recoverable ").split(" from ")[0]


def _missing(prop: Property) -> str:
    if isinstance(prop.claim, Ltl | Ctl):
        return f"`{show_formula(prop.claim.formula)}` is false"
    match = re.match(r".* leads to (.*?)( assuming fair .*)?$", prop.text)
    return f"`{match[1]}` never comes" if match else "what is claimed never comes"


def _end(model: Model, prop: Property, trace: Trace) -> str:
    """Return what is wrong (for `reachable`: right) at the end of the trace."""
    condition = f"`{condition_text(prop)}`"
    setting = Setting(model, trace.parameters, trace.interpretation)
    match plain(prop.claim):
        case Always(term):
            return f"{_now(trace)}{condition} is false{culprits_text(term, setting, trace.states[-1:])}"
        case Never() | Reachable():
            return f"{_now(trace)}{condition} is true"
        case EveryStep(term):
            return f"for this last step {condition} is false{culprits_text(term, setting, trace.states[-2:])}"
        case OnlyVia():
            return f"{_now(trace)}{condition} is true{_by_whom(prop.claim, trace)}"
        case NoDeadlock():
            return f"{_now(trace)}no rule can fire"
        case Ltl() | Ctl() if can_go_on(setting, trace.states[-1]):
            return f"whatever comes next, {_missing(prop)}"
        case LeadsTo() | Ltl() | Ctl():
            return f"no rule can fire any more, and {_missing(prop)}"
        case _:
            return "and here the claim fails"


def _overflow(model: Model, trace: Trace) -> str:
    """Return which rule takes an int out of its range after the trace, or that a property does when it is evaluated."""
    setting = Setting(model, trace.parameters, trace.interpretation)
    for step in overflows(setting, trace.states[-1]):
        call = call_text(model, step.rule.name, step.arguments)
        return f"now `{call}` would take an int to {step.value}, outside {step.limits}"
    return "now a step, or the condition of a property, would take an int out of its range"


def _now(trace: Trace) -> str:
    return "now " if trace.steps else ""


def _by_whom(claim: Claim, trace: Trace) -> str:
    return f", and it came by `{trace.steps[-1].rule}`" if trace.steps else ""
