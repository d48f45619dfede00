"""Digests of meaning: equal where only the writing differs, different where anything else does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machines import claims, models
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.model.canonical import meaning_digest, question_digest, spec_digest
from verifier.model.claims import Property
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import EnumSort
from verifier.model.terms import TRUE, App, Bind, Call, Local, Op, Term, and_, children, not_, substitute
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.run import initial_states, successors, valuations

SPEC = """machine m "A machine."
source manual = "The manual, chapter 2"
param fast: bool
enum Light { OFF = 0, DIM = 1 "not so bright", ON = 2 }
flags Bits { A, B }
index Seat[3]
var light: Light = OFF
var lamps: Bits
var n: int 0..7 = 0
var taken: Seat -> bool
table next: Light -> Light
  | OFF | DIM | ON  |
  | DIM | ON  | OFF |
rule press(s: Seat) "Pressed." cite manual when not taken[s] and n < 7 or fast {
  light' = next(light)
  taken' = taken with [s] = true
}
rule add by user when n < 5 { n' = n + 1 }
property low cite manual always n <= 5
property seats always (some s in Seat: not taken[s]) or light == OFF severity warning
"""


def digests(text: str) -> tuple[str, str]:
    """The digest of what a spec's machine means, and the one with its properties."""
    model = pipeline.model_of(Source("m.arc", text))
    return meaning_digest(model), spec_digest(model)


def swapped(*pairs: tuple[str, str]) -> str:
    """The spec with parts of its text replaced."""
    text = SPEC
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def moved(line: str) -> str:
    """The spec with a declaration of one line at its end."""
    return swapped((line, "")) + line


SAME = {
    "comments and layout": SPEC.replace("\n", "   # so\n").replace("var ", "var   "),
    "docs": swapped((' "A machine."', ""), (' "not so bright"', ' "dim"'), (' "Pressed."', ' "Hm."')),
    "cites": swapped(("property low cite manual", "property low"), ("chapter 2", "chapter 3")),
    "order of variables": moved("var lamps: Bits\n"),
    "order of rules": moved("rule add by user when n < 5 { n' = n + 1 }\n"),
    "order of properties": moved("property low cite manual always n <= 5\n"),
    "order of an enum": swapped((", ON = 2 }", " }"), ("{ OFF = 0", "{ ON = 2, OFF = 0")),
    "order of cells": swapped(
        ("| OFF | DIM | ON  |", "| ON  | OFF | DIM |"), ("| DIM | ON  | OFF |", "| OFF | DIM | ON  |")
    ),
    "operands": swapped(("not taken[s] and n < 7 or fast", "fast or n < 7 and not taken[s]")),
    "sum": swapped(("n + 1", "1 + n")),
    "equality": swapped(("light == OFF", "OFF == light")),
    "comparison": swapped(("when n < 5", "when 5 > n")),
    "order of effects": swapped(("  light' = next(light)\n", ""), ("= true\n}", "= true\n  light' = next(light)\n}")),
    "bound name": swapped(("some s in Seat: not taken[s]", "some x in Seat: not taken[x]")),
    "name of a rule's parameter": swapped(
        ("press(s: Seat)", "press(x: Seat)"), ("not taken[s] and", "not taken[x] and"), ("[s] = true", "[x] = true")
    ),
    "definition": swapped(("when n < 5", "when is_low")) + "def is_low = n < 5\n",
}

OTHER = {
    "guard": ("when n < 5", "when n < 4"),
    "polarity": ("not taken[s] and n < 7", "taken[s] and n < 7"),
    "operator": ("n < 7 or fast", "n < 7 and fast"),
    "order of a difference": ("n' = n + 1", "n' = 1 - n"),
    "effect": ("= true\n}", "= false\n}"),
    "cell": ("| DIM | ON  | OFF |", "| DIM | ON  | DIM |"),
    "number of a value": ("ON = 2", "ON = 3"),
    "range": ("int 0..7", "int 0..8"),
    "order of bits": ("{ A, B }", "{ B, A }"),
    "size": ("Seat[3]", "Seat[4]"),
    "initial value": ("Light = OFF", "Light = DIM"),
    "actor": ("by user", "by device"),
    "name of a rule": ("rule add", "rule adds"),
    "parameter": ("param fast: bool", "param fast: bool where fast"),
}

OTHER_CLAIMS = {
    "claim": ("always n <= 5", "always n <= 6"),
    "name": ("property low", "property lower"),
    "severity": ("severity warning", "severity note"),
    "expectation": ("always n <= 5", "always n <= 5 expect violated"),
    "assuming": ("always n <= 5", "always n <= 5 assuming fast"),
    "vacuity": ("always n <= 5", "always n <= 5 vacuous ok"),
    "bound": ("(some s in Seat: not", "(all s in Seat: not"),
    "name of the machine": ("machine m", "machine other"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_another_writing_has_the_same_digests(text: str) -> None:
    assert digests(text) == digests(SPEC)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_another_meaning_has_another_digest(change: tuple[str, str]) -> None:
    assert set(digests(SPEC)).isdisjoint(digests(swapped(change)))


@pytest.mark.parametrize("change", OTHER_CLAIMS.values(), ids=OTHER_CLAIMS)
def test_another_property_is_another_spec_and_the_same_machine(change: tuple[str, str]) -> None:
    (meaning, spec), (other_meaning, other_spec) = digests(SPEC), digests(swapped(change))
    assert meaning == other_meaning
    assert spec != other_spec


def test_operands_that_may_leave_a_range_keep_their_order() -> None:
    """`and` looks at its right side only where the left one holds: turned round, an int may leave its range."""
    text = "machine m\nvar n: int 0..3 = 0\nrule go when {} {{ n' = n }}\n"
    one, other = "n < 3 and fit(n + 1, 0, 3) > 1", "fit(n + 1, 0, 3) > 1 and n < 3"
    assert digests(text.format(one)) != digests(text.format(other))


def test_bound_variables_are_told_apart_by_their_binders() -> None:
    text = "machine m\nindex T[2]\nvar r: T -> T -> bool\nproperty p always all x in T: some y in T: r[{}][{}]\n"
    made = {digests(text.format(*names)) for names in (("x", "y"), ("y", "x"), ("x", "x"), ("y", "y"))}
    assert len(made) == 4


# What random machines are, written otherwise


def shuffled(term: Term, rng: random.Random, depth: int = 0) -> Term:
    """The term with operands of commutative operators in another order, and other names of what is bound."""
    parts = [shuffled(c, rng, depth + 1) for c in children(term)]
    match term:
        case Bind():
            new = Local(term.local.sort, f"renamed{depth}_{rng.randrange(9)}")
            return Bind(term.sort, term.binder, new, substitute(parts[0], {term.local: new}))
        case App(op=Op.AND | Op.OR | Op.EQ | Op.ADD | Op.MUL | Op.BITAND | Op.BITOR | Op.BITXOR | Op.SET):
            rng.shuffle(parts)
            return App(term.sort, term.op, tuple(parts))
        case App():
            return App(term.sort, term.op, tuple(parts))
        case Call():
            return Call(term.sort, term.name, tuple(parts))
        case _:
            return term


def rewritten(model: Model, rng: random.Random) -> Model:
    """The model in another order."""

    def other(rule: Rule) -> Rule:
        constraints = [shuffled(c, rng) for c in rule.constraints]
        rng.shuffle(constraints)
        return replace(
            rule, guard=shuffled(rule.guard, rng), constraints=tuple(constraints), changes=rule.changes[::-1], doc="new"
        )

    parts = {
        "rules": [other(r) for r in model.rules],
        "variables": list(model.variables),
        "init": [shuffled(c, rng) for c in model.init],
    }
    for part in parts.values():
        rng.shuffle(part)
    return replace(model, **{name: tuple(part) for name, part in parts.items()})


@given(models(), st.integers(0, 2**32))
def test_a_machine_written_otherwise_has_the_same_digest(model: Model, seed: int) -> None:
    assert meaning_digest(rewritten(model, random.Random(seed))) == meaning_digest(model)


def behaviour(model: Model) -> object:
    """What a machine can do, for each value of its parameters, as far as the states near its initial ones go."""
    seen = []
    for parameters in valuations(model):
        setting = Setting(model, parameters)
        layer = [dict(s) for s in initial_states(setting)][:6]
        seen.append(sorted(map(_shown, layer)))
        for state in layer:
            try:
                seen.append(
                    sorted(_shown({"rule": s.rule, **s.arguments, **s.state}) for s in successors(setting, state))
                )
            except RangeError as error:
                seen.append(["error", str(error)])
    return seen


def _shown(values: dict) -> str:
    return str(sorted((k, sorted(v) if isinstance(v, frozenset) else v) for k, v in values.items()))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[Model, Model]:
    """A machine and one with a change: of a guard, an effect, the initial states or an enum."""
    model, other = draw(models()), draw(models())
    rule, foreign = draw(st.sampled_from(model.rules)), draw(st.sampled_from(other.rules))
    changed = {
        "guard": {"rules": tuple(replace(r, guard=not_(r.guard)) if r is rule else r for r in model.rules)},
        "rule": {"rules": tuple(replace(foreign, name=r.name) if r is rule else r for r in model.rules)},
        "gone": {"rules": tuple(r for r in model.rules if r is not rule)},
        "init": {"init": other.init},
        "actor": {"rules": tuple(replace(r, actor="user") if r is rule else r for r in model.rules)},
    }
    return model, replace(model, **changed[draw(st.sampled_from(sorted(changed)))])


@settings(max_examples=60, deadline=None)
@given(mutations())
def test_machines_with_one_digest_behave_alike(pair: tuple[Model, Model]) -> None:
    model, mutant = pair
    if meaning_digest(model) == meaning_digest(mutant):
        assert behaviour(model) == behaviour(mutant)
        assert {r.name: r.actor for r in model.rules} == {r.name: r.actor for r in mutant.rules}


@given(models().flatmap(lambda m: st.tuples(st.just(m), claims(m), claims(m))))
def test_a_question_depends_on_the_claim_the_assumption_and_the_order(case: tuple) -> None:
    model, one, other = case
    assert (question_digest(model, one, TRUE) == question_digest(model, other, TRUE)) is (one == other)
    guard = model.rules[0].guard
    assert (question_digest(model, one, TRUE) == question_digest(model, one, guard)) is (guard is TRUE)
    turned = replace(model, variables=model.variables[::-1])
    assert question_digest(model, one, TRUE) != question_digest(turned, one, TRUE)
    assert question_digest(model, one, TRUE) == question_digest(replace(model, doc="new", name="x"), one, TRUE)


def test_deep_terms_have_digests() -> None:
    model = pipeline.model_of(Source("m.arc", SPEC))
    term: Term = model.rules[0].guard
    for _ in range(5000):
        term = App(term.sort, Op.IMPLIES, (term, TRUE))
    deep = replace(model, init=(*model.init, term))
    assert meaning_digest(deep) != meaning_digest(model)


def test_docs_of_values_mean_nothing() -> None:
    model = pipeline.model_of(Source("m.arc", SPEC))
    light = model.sorts["Light"]
    assert isinstance(light, EnumSort)
    documented = replace(model, sorts={**model.sorts, "Light": replace(light, docs=("a", None, "c"))})
    assert meaning_digest(documented) == meaning_digest(model)


def test_assumptions_may_be_split_up() -> None:
    model = pipeline.model_of(Source("m.arc", SPEC))
    parts = (model.rules[0].guard, model.rules[1].guard)
    together, apart = replace(model, init=(and_(*parts),)), replace(model, init=parts)
    assert meaning_digest(together) == meaning_digest(apart)
    prop: Property = model.properties[0]
    assert question_digest(together, prop.claim, TRUE) != question_digest(apart, prop.claim, TRUE)
