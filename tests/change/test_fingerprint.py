"""The fingerprint: the meaning of a change, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from verifier.change.fact import Change
from verifier.change.fingerprint import fingerprint
from verifier.diagnostics import Span

MEANINGS = st.tuples(*[st.text(max_size=3)] * 4, *[st.none() | st.text(max_size=3)] * 2)


def of(machine: str, code: str, kind: str, subject: str, before: str | None, after: str | None) -> str:
    return fingerprint(machine, Change(code, kind, subject, before, after))


@given(MEANINGS, MEANINGS)
def test_two_changes_have_one_fingerprint_iff_they_mean_the_same(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    assert (of(*left) == of(*right)) == (left == right)


def test_a_text_that_moves_from_one_field_to_the_next_is_another_meaning() -> None:
    assert of("m", "ARC301", "widened", "rule r", "a", None) != of("m", "ARC301", "widened", "rule r", None, "a")
    assert of("mA", "RC301", "w", "r", "", "") != of("m", "ARC301", "w", "r", "", "")


def test_places_texts_and_proofs_are_no_part_of_it() -> None:
    change = Change("ARC301", "widened", "rule stop", "not p2p", "true")
    moved = replace(
        change, note="a sentence", place=Span("s.arc", 1, 1, 1, 2), actor="user", undecided="x", consequences=(change,)
    )
    assert fingerprint("m", change) == fingerprint("m", moved)


def test_it_never_changes_from_one_version_to_the_next() -> None:
    found = fingerprint("vfio", Change("ARC302", "narrowed", "rule stop", "p2p", "p2p and state == é"))
    assert found == "17aea47c37bfef579d8009a002b12b04f188a87edbdf523a30876bb5bac08817"
