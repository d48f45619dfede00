"""Waivers at the gate: what they accept, what they do not, and that nothing of it is hidden."""

from __future__ import annotations

import pytest

from tests.review.scratch import BASE, SPEC, Outcome, Tree, edited
from verifier.report.formats.names import NAMES

FILE = "arcproof-waivers.toml"
DAY = 24 * 60 * 60
WIDENED = edited(("reset by kernel when state != RESUMING", "reset by kernel"))
HALF = edited(("when state != RESUMING", "when state != RESUMING or pre_copy"))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(100 * DAY))  # 1970-04-11


def waiver(told: Outcome, extra: str = "") -> str:
    """A waiver for the first finding."""
    found = told.machine.findings[0]
    return f"""[[waiver]]
id = "W-1"
code = "{found.code}"
machine = "migration"
subject = "{found.subject}"
fingerprint = "sha256:{found.fingerprint}"
kind = "change"
reason = "drivers survive a reset while resuming"
owner = "owner@example.com"
link = "https://example.com/1"
{extra}
"""


def status(told: Outcome) -> str:
    """What became of the waiver for the first finding."""
    waived = told.machine.findings[0].waived
    return "" if waived is None else waived.status


def test_a_waiver_in_the_patch_that_needs_it_does_not_count(migration: Tree) -> None:
    migration.write({FILE: waiver(migration.gated(WIDENED))})
    told = migration.gated(WIDENED)
    assert told.code == 1
    assert told.roots == [("ARC602", "waiver W-1"), ("ARC601", FILE), ("ARC301", "rule reset")]
    waived = told.machine.findings[0].waived
    assert waived is not None
    assert (waived.id, waived.status, told.review.accepted) == ("W-1", "self-granted", 0)
    assert told.review.policy_note == "with the proposed policy and waivers the result would be PASSED"


def test_a_waiver_of_the_base_counts_and_stays_visible_in_every_format(migration: Tree) -> None:
    migration.commit({FILE: waiver(migration.gated(WIDENED)), SPEC: BASE})
    told = migration.gated(WIDENED)
    assert (told.code, told.review.accepted, told.roots) == (0, 1, [("ARC301", "rule reset")])
    assert "waived by W-1 (owner@example.com): drivers survive a reset while resuming" in told.out
    assert "1 waived" in told.out
    for name in NAMES:
        assert "W-1" in migration.run("gate", "--base", "HEAD", "-j", "1", "-f", name).out, name


def test_an_expired_waiver_fails_and_one_about_to_is_told(migration: Tree) -> None:
    first = migration.gated(WIDENED)
    migration.commit({FILE: waiver(first, "expires = 1970-04-10"), SPEC: BASE})
    told = migration.gated(WIDENED)
    assert (told.code, told.roots) == (1, [("ARC603", "waiver W-1"), ("ARC301", "rule reset")])
    assert status(told) == "expired"
    migration.commit({FILE: waiver(first, "expires = 1970-04-20"), SPEC: BASE})
    told = migration.gated(WIDENED)
    assert (told.code, told.roots) == (0, [("ARC605", "waiver W-1"), ("ARC301", "rule reset")])


def test_a_change_that_has_outgrown_its_waiver_is_not_accepted(migration: Tree) -> None:
    migration.commit({FILE: waiver(migration.gated(HALF)), SPEC: BASE})
    assert migration.gated(HALF).code == 0
    told = migration.gated(WIDENED)
    assert told.code == 1
    assert ("ARC606", "waiver W-1") in told.roots
    assert status(told) == "outgrown"


def test_other_words_for_the_accepted_change_are_accepted_too(migration: Tree) -> None:
    """The waiver is bound to what the change means."""
    migration.commit({FILE: waiver(migration.gated(HALF)), SPEC: BASE})
    text = edited(("when state != RESUMING", "# as agreed\n  when   (state != RESUMING or pre_copy)"))
    assert migration.gated(text).code == 0


def test_a_waiver_that_fits_nothing_is_told_and_fails_where_that_is_asked(migration: Tree) -> None:
    migration.commit({FILE: waiver(migration.gated(WIDENED)), SPEC: BASE})
    harmless = edited(("when pre_copy and fd", "when pre_copy"))
    told = migration.gated(harmless)
    assert (told.code, told.roots) == (0, [("ARC604", "waiver W-1"), ("ARC304", "rule finish")])
    assert migration.gated(harmless, "--strict").code == 1


def test_a_consequence_needs_a_waiver_of_its_own(migration: Tree) -> None:
    """Who agreed to the cause knew of no others."""
    back = "arc go_back: STOP_COPY -> PRE_COPY by user when pre_copy { last' = ARC_DONE }\n"
    new = edited(("rule reset", f"{back}rule reset"))
    migration.commit({FILE: waiver(migration.gated(new)), SPEC: BASE})
    told = migration.gated(new)
    assert (told.code, told.review.accepted) == (1, 0)
    assert told.all["ARC506", "property no_way_back"].waived is None


def test_what_the_command_drafts_is_accepted_once_it_is_complete(migration: Tree) -> None:
    migration.write({SPEC: WIDENED})
    migration.reviewed("gate", "--base", "HEAD")
    store = str(migration.top.parent / "review.json")
    mark = migration.gated(WIDENED).machine.findings[0].fingerprint[:8]
    draft = migration.run("waivers", "draft", mark, "--from", store)
    assert draft.code == 0
    text = draft.out.replace("say here why the change is acceptable, and to whom", "drivers survive a reset")
    text = text.replace('owner = ""', 'owner = "a@b.c"').replace('link = ""', 'link = "https://example.com/1"')
    migration.commit({FILE: text, SPEC: BASE})
    assert migration.gated(WIDENED).code == 0


def test_waivers_that_cannot_be_read_end_the_run_on_either_side(migration: Tree) -> None:
    broken = waiver(migration.gated(WIDENED)).replace('owner = "owner@example.com"\n', "")
    migration.write({FILE: broken})
    told = migration.gated(WIDENED)
    assert (told.code, told.problems) == (2, ["ARC944"])
    assert f"--> {FILE}:1:1" in told.out
    migration.commit({FILE: broken, SPEC: BASE})
    migration.write({FILE: None})
    assert migration.gated(WIDENED).code == 2
