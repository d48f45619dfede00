"""The order of the leaves: the first one is kept, unless another one is clearly better, whatever the search."""

import pytest

from tests.engines.diagrams.families import family, model
from verifier.engines.diagrams import session as sessions
from verifier.engines.diagrams.arrangement import ORDERS
from verifier.engines.diagrams.choice import COSTLY, LARGE, machine_of, order_of
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Costly, Search
from verifier.engines.diagrams.session import Session, session_of
from verifier.engines.engine import Budget

NODES = 1 << 20


def _bits(name, count):
    return "".join(f"var {name}{i}: bool = false\n" for i in range(count))


def _copied(count):
    """Bits that are set one by one, and copied all at once."""
    rules = "".join(f"rule set{i} when not open {{ x{i}' = not x{i} }}\n" for i in range(count))
    copies = " ".join(f"y{i}' = x{i}" for i in range(count))
    rules += f"rule copy when not open {{ open' = true {copies} }}\nrule back when open {{ open' = false }}\n"
    return model(f"machine copied\n{_bits('x', count)}{_bits('y', count)}var open: bool = false\n{rules}")


def _paired(count):
    """Pairs of bits that are always equal: they had better lie side by side, but are not declared that way."""
    rules = "".join(f"rule set{i} {{ x{i}' = not x{i} y{i}' = not y{i} }}\n" for i in range(count))
    return model(f"machine paired\n{_bits('x', count)}{_bits('y', count)}{rules}")


def _reached(session):
    return session.machine.count(session.reached(session.search(Budget.of(60), None)))


def test_an_order_with_clearly_smaller_relations_is_taken():
    copied = _copied(14)
    assert Machine(copied, NODES).size > LARGE
    chosen = machine_of(copied, NODES)
    assert (chosen.order, chosen.nodes) == ("parts", NODES)
    assert chosen.size < 500
    assert _reached(Session(copied, NODES)) == 2**28 + 2**14


def test_an_order_is_found_where_the_first_does_not_even_fit():
    assert machine_of(_copied(14), 1 << 14).order == "parts"
    with pytest.raises(MemoryError):
        machine_of(_copied(14), 1 << 9)


def test_the_order_that_ends_first_is_taken():
    declared = Machine(_paired(12), NODES, "declared")
    with pytest.raises(Costly):
        Search(declared, Budget.of(60), None, 1 << 14).closure(declared.init)
    assert order_of(Search(declared, Budget.of(60)), 1) == "rules"


@pytest.mark.parametrize(("trial", "costly"), [(1 << 12, 1 << 13), (1 << 12, COSTLY)])
def test_the_states_are_the_same_whatever_was_tried(monkeypatch, trial, costly):
    monkeypatch.setattr(sessions, "TRIAL", trial)
    monkeypatch.setattr(sessions, "COSTLY", costly)
    session = Session(family("peterson", 4), NODES)
    assert _reached(session) == 14_844
    assert session.chosen in ORDERS


def test_a_larger_session_keeps_the_order_that_was_chosen():
    paired = _paired(5)
    small = session_of(paired, 1 << 20, 1 << 22)
    assert _reached(small) == 32
    small.chosen = "declared"
    assert session_of(paired, 1 << 20, 1 << 22) is small
    large = session_of(paired, 1 << 21, 1 << 22)
    assert large.machine.order == "declared"
    assert _reached(large) == 32
