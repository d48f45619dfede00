"""How much memory a search takes, and that one that may take no more ends undecided and says what it explored."""

import re
import time

import pytest

from tests.statespace.families import DEVICES, devices, machine_of
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Unknown
from verifier.pipeline import check
from verifier.request import Request
from verifier.statespace import search as searches
from verifier.statespace.kernel import library
from verifier.statespace.search import Status
from verifier.statespace.space import Limits, explored

needs_kernel = pytest.mark.skipif(library() is None, reason="there is no C compiler")

SPARSE = """
var left: int 0..7 -> bits[5] = each i in int 0..7: 0
rule up(i: int 0..7) when left[i] < 30 { left' = left with [i] = left[i] + 1 }
property few never left[0] == 31 and left[1] == 31
"""
"""More states than fit into a few megabytes, or into a bitmap."""


def decided(text, **limits):
    """The explicit engine's answer about the only property of a machine."""
    model = machine_of(text)
    return ENGINES["explicit"].solve(model, model.properties[0].claim, Budget(time.monotonic() + 60, **limits))


@needs_kernel
def test_the_kernel_ends_undecided_where_memory_ends():
    answer = decided(SPARSE, memory=1 << 20)
    assert isinstance(answer, Unknown)
    explored_ = r"explored: [\d,]+ states and [\d,]+ transitions in \d+ levels, by the C kernel"
    assert re.fullmatch(rf"explicit: the memory allowed \(1 MB\) is used up; {explored_}.*", answer.reason)


def test_generated_python_ends_undecided_where_memory_ends(monkeypatch):
    monkeypatch.setattr(searches, "library", lambda: None)
    monkeypatch.setattr(searches, "missing", lambda: "there is no C compiler")
    answer = decided(SPARSE, memory=1 << 20)
    assert isinstance(answer, Unknown)
    assert "the memory allowed (1 MB) is used up; explored: " in answer.reason
    assert "by generated Python (the kernel is missing: there is no C compiler)" in answer.reason


def test_a_verdict_without_enough_memory_is_unknown():
    report = check(machine_of(SPARSE), Request(properties=("few",), engine="explicit", memory=1 << 20))
    (few,) = (p for p in report.properties if p.certified.property.name == "few")
    assert few.certified.verdict.value == "UNKNOWN"


@needs_kernel
@pytest.mark.parametrize("threads", [1, 4])
def test_a_limit_of_memory_is_kept(threads):
    limits = Limits(memory=2 << 20, threads=threads)
    space = explored(machine_of(SPARSE), {}, limits=limits)
    assert space.status is Status.MEMORY
    assert 20_000 < space.states < 200_000
    assert space.counts.memory <= limits.memory


@needs_kernel
def test_a_state_takes_at_most_4_bits_in_a_bitmap_and_30_bytes_in_a_hash_table(monkeypatch):
    dense = explored(devices(5), {})
    monkeypatch.setattr(searches, "DENSE", 0)
    hashed = explored(devices(5), {})
    assert dense.counts.dense
    assert not hashed.counts.dense
    assert 8 * dense.counts.memory <= 4 * DEVICES[5][0]
    assert hashed.counts.memory <= 30 * DEVICES[5][0]
