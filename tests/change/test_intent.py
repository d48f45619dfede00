"""The intent file: what an author may declare, and what is refused."""

from __future__ import annotations

import pytest

from tests.change.tree import refused, shown
from verifier.change.intent import Expected, Intent, read_intents

TEXT = """[[intent]]
machine = "vfio"
transitions = ["stop", "begin.fails"]
when = "state == RUNNING and not p2p"
properties = ["safe"]
expect = "extends"
reason = "the P2P state"
"""


def read(text: str) -> tuple[Intent, ...]:
    return read_intents("change.toml", text.encode())


def test_an_intent_is_a_region_and_what_is_expected_in_it() -> None:
    (found,) = read(TEXT)
    assert (found.machine, found.expect) == ("vfio", Expected.EXTENDS)
    assert (found.transitions, found.properties) == (("stop", "begin.fails"), ("safe",))
    assert found.when == "state == RUNNING and not p2p"
    assert (str(found.place), str(found.when_place)) == ("change.toml:1:1", "change.toml:4:8")


def test_regions_may_be_several() -> None:
    second = '[[intent]]\nmachine = "nvme"\nwhen = "live"\nexpect = "changes"\n'
    assert [(i.machine, i.expect.value) for i in read(TEXT + second)] == [("vfio", "extends"), ("nvme", "changes")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 ARC944"]),
        ("intent = []\n", ["1:1 ARC944"]),
        ('[[intent]]\nmachine = "m"\nexpect = "extends"\n', ["1:1 ARC944"]),
        ('[[intent]]\nmachine = "m"\nexpect = "extends"\ntransitions = []\n', ["1:1 ARC944"]),
        ('[[intent]]\nmachin = "m"\nexpect = "extend"\nwhen = ""\n',
         ["1:1 ARC944", "1:1 ARC944", "2:1 ARC941", "3:10 ARC943", "4:8 ARC943"]),
        ('[[intent]]\nmachine = "m"\nexpect = "extends"\ntransitions = ["a b", 1]\n', ["4:16 ARC943", "4:23 ARC942"]),
        ("intent = 3\n", ["1:10 ARC942"]),
        ("[[intent]\n", ["1:9 ARC940"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, expected: list[str]) -> None:
    assert sorted(shown(refused(lambda: read(text)))) == expected
