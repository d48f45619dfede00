"""What waivers do to findings, and what is said of the waivers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from verifier.change.acceptance import OWN_WAIVER, Acceptance, Found, match
from verifier.change.checks import CHECKS
from verifier.change.level import Level
from verifier.change.waivers import Waiver

TODAY = datetime.date(2026, 6, 1)
PRINT, OTHER = "a" * 64, "b" * 64
FOUND = Found("vfio", "ARC302", "rule stop", PRINT, Level.BREAKING)
WAIVER = Waiver(
    "W-1", "ARC302", "vfio", "rule stop", PRINT, "change", "nobody relies on it", "a@b.c", "https://x.org", None, "w", 7
)
SELECTOR = replace(WAIVER, id="W-2", fingerprint=None)


def on(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days)


def matched(
    *found: Found, base: Sequence[Waiver] = (WAIVER,), head: Sequence[Waiver] | None = None, merged: Sequence[str] = ()
) -> Acceptance:
    return match(found, base, base if head is None else head, TODAY, merged)


def statuses(result: Acceptance) -> dict[str, str]:
    return {grant.id: grant.status for grant in result.grants.values()}


def told(result: Acceptance) -> list[tuple[str, str, str]]:
    for change in result.changes:
        assert change.kind in CHECKS[change.code].kinds
    return [(change.code, change.kind, change.subject) for change in result.changes]


def test_a_waiver_of_the_base_accepts_the_change_of_its_fingerprint() -> None:
    result = matched(FOUND)
    assert told(result) == []
    (grant,) = result.grants.values()
    assert (grant.id, grant.status, grant.reason, grant.owner) == ("W-1", "accepted", "nobody relies on it", "a@b.c")
    assert set(result.grants) == {PRINT}


def test_where_nothing_is_waived_nothing_is_said() -> None:
    assert matched(FOUND, base=()) == Acceptance()


def test_an_expired_waiver_does_not_count_and_is_named_whether_it_is_used_or_not() -> None:
    old = replace(WAIVER, expires=on(-1))
    used, unused = matched(FOUND, base=[old]), matched(base=[old])
    assert statuses(used) == {"W-1": "expired"}
    assert told(used) == told(unused) == [("ARC603", "expired", "waiver W-1")]
    assert used.changes[0].place is not None
    assert used.changes[0].place.line == 7


def test_a_waiver_counts_on_its_last_day_and_is_named_thirty_days_before() -> None:
    for days, expected in ((0, ["ARC605"]), (30, ["ARC605"]), (31, [])):
        result = matched(FOUND, base=[replace(WAIVER, expires=on(days))])
        assert statuses(result) == {"W-1": "accepted"}
        assert [code for code, *_ in told(result)] == expected


def test_a_waiver_that_fits_nothing_is_unused() -> None:
    assert told(matched()) == [("ARC604", "unused", "waiver W-1")]
    assert told(matched(replace(FOUND, machine="nvme"))) == [("ARC604", "unused", "waiver W-1")]


def test_a_waiver_whose_change_the_base_has_is_spent() -> None:
    result = matched(merged=[PRINT])
    assert result.spent == ("W-1",)
    assert "prune" in result.changes[0].note
    standing = replace(WAIVER, kind="standing", expires=on(90))
    assert matched(base=[standing], merged=[PRINT]).spent == ()


def test_a_waiver_that_the_patch_adds_is_not_honoured() -> None:
    result = matched(FOUND, base=(), head=[WAIVER])
    assert statuses(result) == {"W-1": "self-granted"}
    assert told(result) == [("ARC602", "self-granted", "waiver W-1")]


def test_a_patch_that_only_adds_a_waiver_is_fine() -> None:
    assert matched(base=(), head=[WAIVER]) == Acceptance()


def test_a_waiver_that_the_patch_widens_is_not_honoured() -> None:
    base = replace(WAIVER, fingerprint=OTHER)
    result = matched(FOUND, base=[base], head=[WAIVER])
    assert statuses(result) == {"W-1": "self-granted"}
    renewed = matched(FOUND, base=[replace(WAIVER, expires=on(-1))], head=[replace(WAIVER, expires=on(99))])
    assert statuses(renewed) == {"W-1": "expired"}


def test_a_waiver_of_another_change_of_the_same_subject_is_outgrown() -> None:
    result = matched(replace(FOUND, fingerprint=OTHER))
    assert statuses(result) == {"W-1": "outgrown"}
    assert told(result) == [("ARC606", "outgrown", "waiver W-1")]


def test_a_waiver_that_fits_one_of_two_changes_is_not_outgrown_by_the_other() -> None:
    result = matched(FOUND, replace(FOUND, fingerprint=OTHER))
    assert (statuses(result), told(result), set(result.grants)) == ({"W-1": "accepted"}, [], {PRINT})


def test_without_a_fingerprint_only_what_is_not_breaking_is_accepted() -> None:
    assert statuses(matched(replace(FOUND, level=Level.RISKY), base=[SELECTOR])) == {"W-2": "accepted"}
    breaking = matched(FOUND, base=[SELECTOR])
    assert statuses(breaking) == {"W-2": "outgrown"}
    assert "without a fingerprint" in breaking.changes[0].note


def test_the_removal_of_a_waiver_ends_what_is_said_of_it() -> None:
    assert told(matched(base=[replace(WAIVER, expires=on(-1))], head=())) == []
    assert told(matched(head=())) == []


def test_who_accepts_a_change_does_not_accept_the_property_that_it_breaks() -> None:
    broken = Found("vfio", "ARC506", "property safe", OTHER, Level.BREAKING)
    root = replace(FOUND, consequences=(broken,))
    alone = matched(root)
    assert statuses(alone) == {"W-1": "outgrown"}
    assert "ARC506 property safe" in alone.changes[0].note
    both = matched(
        root, base=[WAIVER, replace(WAIVER, id="W-9", code="ARC506", subject="property safe", fingerprint=OTHER)]
    )
    assert (statuses(both), told(both)) == ({"W-1": "accepted", "W-9": "accepted"}, [])
    assert statuses(matched(replace(root, consequences=(replace(broken, level=Level.RISKY),)))) == {"W-1": "accepted"}


LETTERS = st.sampled_from("ab")
FINDINGS = st.lists(
    st.builds(
        lambda code, subject, level: Found("m", code, subject, (code + subject)[-1] * 64, level),
        st.sampled_from(["ARC302", "ARC506"]),
        LETTERS,
        st.sampled_from(list(Level)),
    ),
    max_size=3,
)
WAIVERS = st.lists(
    st.builds(
        lambda code, subject, print_, days: replace(
            WAIVER,
            id=f"{code}{subject}{print_}",
            code=code,
            machine="m",
            subject=subject,
            fingerprint=print_ and print_ * 64,
            expires=days and on(days),
        ),
        st.sampled_from(["ARC302", "ARC506"]),
        LETTERS,
        st.none() | LETTERS,
        st.none() | st.sampled_from([-1, 1, 99]),
    ),
    max_size=3,
    unique_by=lambda w: w.id,
)


def test_what_is_found_as_risky_and_as_undecided_needs_a_waiver_with_a_fingerprint():
    twice = [Found("m", "ARC302", "a", "a" * 64, level) for level in (Level.RISKY, Level.UNDECIDED)]
    waiver = replace(WAIVER, code="ARC302", machine="m", subject="a", fingerprint=None)
    assert match(twice[:1], [waiver], [waiver], TODAY).grants["a" * 64].status == "accepted"
    assert match(twice, [waiver], [waiver], TODAY).grants["a" * 64].status == "outgrown"
    exact = replace(waiver, fingerprint="a" * 64)
    assert match(twice, [exact], [exact], TODAY).grants["a" * 64].status == "accepted"


@given(FINDINGS, WAIVERS, WAIVERS)
def test_what_is_accepted_a_valid_waiver_of_the_base_names(
    found: list[Found], base: list[Waiver], head: list[Waiver]
) -> None:
    result = match(found, base, head, TODAY)
    valid = {w.id: w for w in base if not w.is_expired(TODAY)}
    for fingerprint, grant in result.grants.items():
        if grant.status == "accepted":
            waiver = valid[grant.id]
            assert waiver.fingerprint in (None, fingerprint)
            assert all(f.level not in OWN_WAIVER or waiver.fingerprint for f in found if f.fingerprint == fingerprint)
    told(result)


@given(FINDINGS, WAIVERS, WAIVERS)
def test_a_waiver_in_the_patch_never_changes_what_is_accepted(
    found: list[Found], base: list[Waiver], head: list[Waiver]
) -> None:
    def accepted(result: Acceptance) -> set[str]:
        return {fingerprint for fingerprint, grant in result.grants.items() if grant.status == "accepted"}

    assert accepted(match(found, base, head, TODAY)) == accepted(match(found, base, (), TODAY))
