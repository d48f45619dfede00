"""Threads that share one search: the same states, counts and levels, and the same end."""

import random

import pytest

from tests.statespace.families import DEVICES, devices, machine_of
from verifier.statespace import search as searches
from verifier.statespace.kernel import Tables, library, packed
from verifier.statespace.machine import machine
from verifier.statespace.search import KernelSearch, Status, Stops
from verifier.statespace.space import Limits, explored

pytestmark = pytest.mark.skipif(library() is None, reason="there is no C compiler")

MANY = 1 << 14
"""From so many states of a level on, threads share it."""

WIDE = """
index I[20]
var m: I -> bits[4] = each i in I: 0
var n: int 0..5 = 0
rule up(i: I) when m[i] == 0 and n < 5 { m' = m with [i] = 9  n' = n + 1 }
"""


def states_of(space):
    return sorted(space.packed())


@pytest.mark.parametrize("threads", [2, 16])
def test_states_of_one_word_that_share_a_hash_table(threads, monkeypatch):
    monkeypatch.setattr(searches, "DENSE", 0)
    alone, space = (explored(devices(5), {}, limits=Limits(threads=n)) for n in (1, threads))
    assert (space.states, space.transitions, space.depth) == (*DEVICES[5], alone.depth)
    assert states_of(space) == states_of(alone)
    assert [len(level) for level in space.by_level()] == [len(level) for level in alone.by_level()]


@pytest.mark.parametrize("threads", [2, 3])
def test_states_of_several_words_that_share_a_hash_table(threads):
    model = machine_of(WIDE)
    alone, space = (explored(model, {}, limits=Limits(threads=n)) for n in (1, threads))
    assert space.layout.words == 2
    assert space.states == 1 + 20 + 190 + 1140 + 4845 + 15504
    assert (space.states, space.transitions, space.depth) == (alone.states, alone.transitions, alone.depth)
    assert states_of(space) == states_of(alone)


def doubling(bits):
    """A machine whose states are all words of so many bits, the state that is all 0 reached late."""
    top = 1 << bits - 1
    rules = "rule left { w' = w << 1 }\nrule add { w' = w + 1 }", f"rule flip {{ w' = w ^ {top} }}"
    return machine_of("\n".join((f"var w: bits[{bits}] = 1", *rules)))


@pytest.mark.parametrize("dense", [True, False])
def test_each_state_is_met_once_by_one_thread(dense, monkeypatch):
    if not dense:
        monkeypatch.setattr(searches, "DENSE", 0)
    space = explored(doubling(18), {}, limits=Limits(threads=4))
    assert space.is_complete
    assert (space.states, space.transitions) == (1 << 18, 3 << 18)
    assert states_of(space) == list(range(1 << 18))


def started(memory, threads, states):
    """A search whose first level is large enough to be shared."""
    made = machine(machine_of("var w: bits[60] = 0\nrule up { w' = w * 3 + 1 }\nrule down { w' = w ^ 255 }"), {}, ())
    found = KernelSearch(made, Tables(made, library()), memory, threads, Stops())
    assert found.seed(packed(states, 1))
    return found


def drawn(count):
    draw = random.Random(7)
    return [draw.randrange(1 << 60) for _ in range(count)]


def test_segments_grow_while_threads_insert_into_them():
    states = drawn(4 * MANY)
    alone, shared = (started(1 << 28, threads, states) for threads in (1, 4))
    for _ in range(4):
        assert alone.advance(0.0) is shared.advance(0.0) is Status.MORE
        assert alone.counts().states == shared.counts().states
    assert alone.counts().states > 8 * len(states)
    assert all(shared.has(state) for block in alone.visited() for state in block)


def test_memory_that_ends_under_threads_ends_the_search():
    shared = started(3 << 20, 4, drawn(4 * MANY))
    while (status := shared.advance(0.0)) is Status.MORE:
        continue
    assert status is Status.MEMORY
    assert shared.counts().memory <= 3 << 20


def test_time_that_is_up_ends_a_shared_level():
    shared = started(1 << 28, 4, drawn(2 * MANY))
    assert shared.advance(1e-9) is Status.TIME
