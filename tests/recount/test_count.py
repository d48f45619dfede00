"""Counting again agrees with the reference semantics, in C and in Python, on generated machines and claims."""

import functools
import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.checker.machines import machine, prop
from tests.machines import claims, models
from verifier.evidence.evidence import Closure
from verifier.model.claims import InRange, Reachable
from verifier.native import FLAGS, PACKAGE
from verifier.recount.count import SOURCE, evaluator, recount
from verifier.recount.limits import Limits
from verifier.semantics.claims import cases, plain
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.instances import TooMany
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused
from verifier.semantics.run import initial_states, successors, valuations

KERNELS = [False] if evaluator() is None else [False, True]


def limits(**given_):
    return replace(Limits.of(60, None), **given_)


def explored(setting):
    """The reachable states, and how many transitions they have."""
    queue = list({tuple(s.items()): s for s in initial_states(setting)}.values())
    seen, transitions = {tuple(s.items()) for s in queue}, 0
    for state in queue:
        for step in successors(setting, state):
            transitions += 1
            if (key := tuple(step.state.items())) not in seen:
                seen.add(key)
                queue.append(step.state)
    return queue, transitions


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_semantics_and_both_evaluators_agree(data):
    model = data.draw(models())
    claim = data.draw(st.one_of(claims(model), st.just(InRange())).filter(lambda c: cases(model, plain(c)) is not None))
    claim = plain(claim)
    for parameters in valuations(model):
        try:
            states, transitions = explored(Setting(model, parameters))
            closure = Closure(tuple((parameters, s) for s in states))
            held = holds_on(model.fixed(parameters), claim, closure, lambda: None)
        except RangeError:
            for kernel in KERNELS:
                with pytest.raises((Refused, TooMany), match="an int leaves its range"):
                    recount(model, parameters, claim, 10_000, limits(), kernel)
            continue
        for kernel in KERNELS:
            try:
                count = recount(model, parameters, claim, len(states), limits(), kernel)
            except TooMany as error:
                assume("if nothing else prevents the step" not in str(error))
                raise
            assert (count.states, count.transitions) == (len(states), transitions)
            assert (count.hits > 0) is (held if isinstance(claim, Reachable) else not held)
            if states:
                with pytest.raises(Refused, match="more reachable states"):
                    recount(model, parameters, claim, len(states) - 1, limits(), kernel)


RICH = machine("""
machine rich
param most: int 1..2
enum Lamp { RED, AMBER, GREEN }
index Car[2]
flags Door { OPEN, LOCKED }
table next: Lamp -> Lamp
  | RED | AMBER | GREEN |
  | GREEN | RED | AMBER |
var lamp: bool -> Lamp = each _ in bool: RED
var at: Car -> int -1..0 = each _ in Car: -1
var gone: set of Car = {}
var door: Door in {{LOCKED}, {LOCKED, OPEN}}
var big: bits[60] = 1
var deep: bool -> (Car -> bool) = each _ in bool: each _ in Car: false
control door
rule turn when big == 1 { lamp' = lamp with [big == 1] = next(lamp[true]) }
rule drive(c: Car) when at[c] < 0 and not (c in gone) { at' = at with [c] = at[c] + 1 }
rule leave(c: Car) when at[c] == 0 and (count d in Car: d in gone) < most
  { gone' = those d in Car: d in gone or d == c }
rule shift when big < 8 and gone == {} { big' = big << 1  door' = door ^ {OPEN} }
rule wrap when big == 8 { big' = big * 144115188075855872 + 1 }
rule mark(c: Car) when c in gone and lamp[false] == RED
  { deep' = deep with [lamp[true] == RED] = (deep[false] with [c] = (not deep[lamp[true] == AMBER][c])) }
property gone_are_there always all c in Car: at[c] == 0 or not (c in gone)
property doubles every step big' == big or big' == 2 * big or big == 8
property locked never not (LOCKED in door)
property moves no deadlock
property never_all never one c in Car: c in gone
""")


@pytest.mark.parametrize("name", ["gone_are_there", "doubles", "locked", "moves", "never_all"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_sort_and_operator_is_counted_with(name, kernel):
    for parameters, (states, transitions, violated) in zip(valuations(RICH), rich_counts(name), strict=True):
        count = recount(RICH, parameters, prop(RICH, name).claim, states, limits(), kernel)
        assert (count.states, count.transitions, count.hits > 0) == (states, transitions, violated)


@functools.cache
def rich_counts(name):
    """The states and transitions for each value of the parameters, and whether a claim is violated there."""
    found = []
    for parameters in valuations(RICH):
        states, transitions = explored(Setting(RICH, parameters))
        closure = Closure(tuple((parameters, s) for s in states))
        held = holds_on(RICH.fixed(parameters), prop(RICH, name).claim, closure, lambda: None)
        found.append((len(states), transitions, not held))
    return found


def test_a_state_of_several_words_has_every_bit():
    wide = machine("""
machine wide
var a: int 0..5 -> bits[20] = each _ in int 0..5: 7
rule up(i: int 0..5) when a[i] < 9 { a' = a with [i] = a[i] + 1 }
property low always all i in int 0..5: a[i] < 10
""")
    for kernel in KERNELS:
        count = recount(wide, {}, prop(wide, "low").claim, 729, limits(), kernel)
        assert (count.states, count.transitions, count.hits) == (729, 6 * 2 * 3**5, 0)


SHARED = """
machine shared
var w: int 0..{last} -> bits[17] = each _ in int 0..{last}: 1
rule left {{ w' = w with [0] = w[0] << 1 }}
rule add {{ w' = w with [0] = w[0] + 1 }}
rule flip {{ w' = w with [0] = w[0] ^ 65536 }}
property fine always w[0] != 70000
"""
"""A machine of so many states that threads share them, in one word or in several."""


@pytest.mark.skipif(KERNELS == [False], reason="there is no C compiler")
@pytest.mark.parametrize("last", [1, 4])
@pytest.mark.parametrize("threads", [2, 16])
def test_threads_count_each_state_once(last, threads):
    shared = machine(SHARED.format(last=last))
    claim, states = prop(shared, "fine").claim, 1 << 17
    alone = recount(shared, {}, claim, states, limits(threads=1))
    assert (alone.states, alone.transitions, alone.hits) == (states, 3 * states, 1)
    assert recount(shared, {}, claim, states, limits(threads=threads)) == alone
    with pytest.raises(Refused, match="more reachable states"):
        recount(shared, {}, claim, states - 1, limits(threads=threads))
    with pytest.raises(TooMany, match="the memory allowed"):
        recount(shared, {}, claim, states, limits(threads=threads, memory=1 << 20))


UNSURE = """
machine unsure
var n: int 0..2 = 0
var m: int 0..5 = 0
rule up { n' = n + 1  m' <= 3 }
property fine always m <= 3
"""


def test_what_is_surely_wrong_comes_before_what_may_be_none():
    wrong = UNSURE.replace("property", "rule over when m == 3 { n' = n + 1 }\nproperty")
    for kernel in KERNELS:
        for text, raised, said in ((wrong, Refused, "leaves its range"), (UNSURE, TooMany, "if nothing else")):
            made = machine(text)
            with pytest.raises(raised, match=said):
                recount(made, {}, prop(made, "fine").claim, 100, limits(), kernel)


def test_every_limit_ends_a_count_with_its_reason():
    small = machine("""
machine small
var n: bits[16] = 0
rule up { n' = n + 1 }
property fine always n >= 0
""")
    claim = prop(small, "fine").claim
    for kernel in KERNELS:
        assert recount(small, {}, claim, 1 << 16, limits(), kernel).states == 1 << 16
        for given_, reason in (
            ({"memory": 1000}, "the memory allowed"),
            ({"work": 1000}, "an action would be tried more than 1,000 times"),
            ({"deadline": 0.0}, "time is up"),
        ):
            with pytest.raises(TooMany, match=reason):
                recount(small, {}, claim, 1 << 16, limits(**given_), kernel)


def test_what_is_too_large_to_be_counted_with_is_said():
    huge = machine("""
machine huge
var w: bits[64] = 0
rule up { w' = w + 1 }
property fine always w >= 0
""")
    with pytest.raises(TooMany, match="too many values to be counted with"):
        recount(huge, {}, prop(huge, "fine").claim, 10, limits())


@pytest.mark.skipif(KERNELS == [False], reason="there is no C compiler")
def test_the_evaluator_has_no_warnings():
    flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    command = [os.environ.get("CC") or "cc", *FLAGS[:2], *flags, str(PACKAGE / SOURCE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
