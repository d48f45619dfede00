"""The file of waivers: what it must say, and how spent ones leave it."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.tree import refused, shown
from verifier.change.checks import CHECKS
from verifier.change.drafting import stanza
from verifier.change.level import Level
from verifier.change.waivers import PLACEHOLDER, Waiver, is_reason, pruned, read_waivers, today

PRINT = "7c1e" * 16
STANZA = f"""[[waiver]]
id = "W-1"
code = "ARC302"
machine = "vfio"
subject = "rule stop"
fingerprint = "sha256:{PRINT}"
kind = "change"
reason = "drivers never relied on it; see the thread"
owner = "a@b.c"
link = "https://lore.kernel.org/r/1"
"""


def read(text: str, limit: int | None = None) -> tuple[Waiver, ...]:
    return read_waivers("w.toml", text.encode(), limit)


def without(key: str) -> str:
    return "".join(line + "\n" for line in STANZA.splitlines() if not line.startswith(f"{key} ="))


def changed(key: str, value: str) -> str:
    return without(key) + f"{key} = {value}\n"


def test_a_waiver_is_read_with_its_place() -> None:
    (found,) = read("# ours\n\n" + STANZA + "expires = 2027-01-31\n")
    assert found == Waiver(
        "W-1",
        "ARC302",
        "vfio",
        "rule stop",
        PRINT,
        "change",
        "drivers never relied on it; see the thread",
        "a@b.c",
        "https://lore.kernel.org/r/1",
        datetime.date(2027, 1, 31),
        "w.toml",
        3,
    )


def test_no_file_and_an_empty_file_are_no_waivers() -> None:
    assert read_waivers("w.toml", None) == read("") == read("# none\n") == ()


@pytest.mark.parametrize("key", ["id", "code", "machine", "subject", "kind", "reason", "owner", "link"])
def test_what_is_missing_is_told_at_the_header(key: str) -> None:
    (found,) = refused(lambda: read("\n" + without(key)))
    assert shown([found]) == ["2:1 ARC944"]
    assert f"`{key}` is missing" in found.message


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("code", '"ARC9999"', "ARC943"),
        ("code", '"ARC399"', "ARC943"),
        ("code", '"ARC001"', "ARC947"),
        ("code", '"ARC920"', "ARC947"),
        ("code", '"ARC601"', "ARC947"),
        ("code", '"ARC704"', "ARC947"),
        ("fingerprint", '"sha256:7c1e"', "ARC943"),
        ("kind", '"forever"', "ARC943"),
        ("reason", '"ok"', "ARC943"),
        ("reason", '"fine fine fine fine"', "ARC943"),
        ("reason", '"... --- ..."', "ARC943"),
        ("reason", f'"{PLACEHOLDER}"', "ARC943"),
        ("reason", "3", "ARC942"),
        ("owner", '"somebody"', "ARC943"),
        ("link", '"the thread"', "ARC943"),
        ("link", '"javascript:alert(1)"', "ARC943"),
        ("expires", '"2027-02-30"', "ARC943"),
        ("expires", '"soon"', "ARC943"),
        ("expires", "2027-01-31T10:00:00", "ARC943"),
        ("expires", "10:00:00", "ARC942"),
        ("expiers", "2027-01-31", "ARC941"),
    ],
)
def test_a_value_that_says_nothing_is_refused_where_it_stands(key: str, value: str, code: str) -> None:
    (found,) = refused(lambda: read(changed(key, value)))
    assert found.code == code
    assert found.span is not None
    assert found.span.line == len(changed(key, value).splitlines())


def test_a_standing_waiver_says_when_it_expires() -> None:
    assert shown(refused(lambda: read(changed("kind", '"standing"')))) == ["1:1 ARC944"]
    assert read(changed("kind", '"standing"') + "expires = 2027-01-31\n")[0].kind == "standing"


@pytest.mark.parametrize("code", [c.code for c in CHECKS.values() if c.standing])
def test_what_is_about_one_version_takes_a_standing_waiver(code: str) -> None:
    text = changed("code", f'"{code}"')
    assert [d.code for d in refused(lambda: read(text))] == ["ARC947"]
    assert read(text.replace('"change"', '"standing"') + "expires = 2027-01-31\n")[0].code == code


def test_ids_and_fingerprints_are_given_once() -> None:
    found = refused(lambda: read(STANZA + "\n" + STANZA))
    assert shown(found) == ["13:6 ARC948", "17:15 ARC948"]
    assert "line 2" in found[0].message


def test_there_may_be_too_many() -> None:
    two = STANZA + STANZA.replace("W-1", "W-2").replace("7c1e", "aaaa")
    assert len(read(two, 2)) == 2
    assert shown(refused(lambda: read(two, 1))) == ["11:1 ARC946"]


def test_a_waiver_stands_under_a_header_of_its_own() -> None:
    inline = "waiver = [{ " + ", ".join(STANZA.splitlines()[1:]) + " }]\n"
    assert shown(refused(lambda: read(inline))) == ["1:11 ARC943"]
    assert shown(refused(lambda: read("waiver = 3\n"))) == ["1:10 ARC942"]


def test_all_errors_are_told_at_once() -> None:
    text = changed("reason", '"ok"') + changed("owner", '"me"').replace("W-1", "W-2").replace("7c1e", "bbbb")
    assert [d.code for d in refused(lambda: read(text))] == ["ARC943", "ARC943"]


def test_a_day_is_the_last_on_which_a_waiver_counts() -> None:
    (found,) = read(STANZA + "expires = 2027-01-31\n")
    days = [
        datetime.date(2027, 1, 1),
        datetime.date(2027, 1, 31),
        datetime.date(2027, 2, 1),
        datetime.date(2026, 12, 31),
    ]
    assert [found.is_expired(d) for d in days] == [False, False, True, False]
    assert [found.is_expiring(d) for d in days] == [True, True, False, False]


def test_without_a_fingerprint_nothing_breaking_is_accepted() -> None:
    (bound,), (selector,) = read(STANZA), read(without("fingerprint"))
    assert [w.may_accept(Level.BREAKING) for w in (bound, selector)] == [True, False]
    assert [level for level in Level if selector.may_accept(level)] == [Level.RISKY, Level.NOTE, Level.NONE]


def test_today_is_the_day_of_the_environment() -> None:
    assert today({"SOURCE_DATE_EPOCH": "0"}) == datetime.date(1970, 1, 1)
    assert today({"SOURCE_DATE_EPOCH": "86399"}) == datetime.date(1970, 1, 1)
    assert today({}) >= datetime.date(2024, 1, 1)
    with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH is `soon`"):
        today({"SOURCE_DATE_EPOCH": "soon"})


def test_a_draft_is_a_waiver_when_an_owner_has_completed_it() -> None:
    text = stanza("ARC302", 'v"f\\io', "rule s\x1b[31m", PRINT, "not p2p", "a\nb")
    assert "\x1b" not in text
    assert [d.code for d in refused(lambda: read(text))] == ["ARC943"] * 3, "reason, owner and link are for people"
    done = text.replace(PLACEHOLDER, "the guard was never meant so").replace('owner = ""', 'owner = "a@b.c"')
    (found,) = read(done.replace('link = ""', 'link = "https://x.org/1"'))
    assert (found.machine, found.subject, found.fingerprint) == ('v"f\\io', "rule s\x1b[31m", PRINT)
    assert "expires" in stanza("ARC530", "m", "property p", PRINT)


HEAD = "# Waivers of the project.\n\n# --- VFIO\n\n"


def numbered(n: int) -> str:
    return f"# why {n}\n" + STANZA.replace("W-1", f"W-{n}").replace("7c1e", f"{n:04x}")


def test_pruning_keeps_every_byte_of_the_others() -> None:
    text = HEAD + numbered(1) + "\n" + numbered(2) + "\n# --- NVMe\n\n" + numbered(3) + "\n# the end\n"
    assert pruned("w.toml", text.encode(), ["W-2"]).decode() == (
        HEAD + numbered(1) + "\n# --- NVMe\n\n" + numbered(3) + "\n# the end\n"
    )
    assert pruned("w.toml", text.encode(), []) == text.encode()
    assert pruned("w.toml", text.encode(), ["W-1", "W-2", "W-3"]).decode() == HEAD + "# --- NVMe\n\n# the end\n"


@given(st.lists(st.integers(1, 9), unique=True, max_size=5), st.data(), st.sampled_from(["\n", "\r\n"]))
def test_pruning_removes_just_what_it_is_told(numbers: list[int], data: st.DataObject, end: str) -> None:
    gaps = {n: data.draw(st.sampled_from(["\n", "\n\n", "\n# apart\n\n"])) for n in numbers}
    content = "".join(numbered(n) + gaps[n] for n in numbers).replace("\n", end).encode()
    gone = data.draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    left = pruned("w.toml", content, [f"W-{n}" for n in gone])
    assert [w.id for w in read_waivers("w.toml", left)] == [f"W-{n}" for n in numbers if n not in gone]
    assert all(numbered(n).replace("\n", end).encode() in left for n in numbers if n not in gone)
    assert left.count(b"# apart") == content.count(b"# apart")
    lines = iter(content.split(b"\n"))
    assert all(line in lines for line in left.split(b"\n")), "the rest is there in its order"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("because of it", True),
        ("a b c d", False),
        ("wip wip WIP", False),
        ("Das ist ärgerlich", True),
    ],
)
def test_a_reason_has_three_words(text: str, expected: bool) -> None:
    assert is_reason(text) is expected
