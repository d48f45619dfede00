"""Series read from mailboxes: what is understood, and what is refused."""

from __future__ import annotations

import base64
import contextlib
import quopri
import time
from collections.abc import Callable

import pytest

from tests.versions.mails import DIFF, SEPARATOR, box, diff_of, mail
from verifier.diagnostics import Diagnostic, render
from verifier.versions import SeriesError, read_series, series

ONE, TWO = mail("[PATCH 1/2] one"), mail("[PATCH 2/2] two", diff_of("b.arc", ["b"]))
COVER = mail("[PATCH 0/2] both", "", "The story.")


def refused(data: bytes) -> list[tuple[str, str]]:
    """The codes and messages with which a mailbox is refused."""
    with pytest.raises(SeriesError) as error:
        read_series(data, "series.mbx")
    assert render(error.value.diagnostics, error.value.sources)
    return [(d.code, d.message) for d in error.value.diagnostics]


def diagnostics(data: bytes) -> list[Diagnostic]:
    with pytest.raises(SeriesError) as error:
        read_series(data, "series.mbx")
    return list(error.value.diagnostics)


# What is understood


def test_single_mail_without_an_envelope() -> None:
    (patch,) = read_series(mail("[PATCH] a spec", headers="Message-ID: <1@example.com>\n")).patches
    assert (patch.number, patch.total, patch.revision) == (1, 1, 1)
    assert (patch.subject, patch.author) == ("a spec", "A U Thor <author@example.com>")
    assert (patch.message, patch.message_id) == ("Because.", "<1@example.com>")
    assert patch.diff.decode() == DIFF
    assert [f.path for f in patch.files] == ["a.arc"]


def test_cover_letter_is_kept() -> None:
    found = read_series(box(COVER, ONE, TWO))
    assert found.cover is not None
    assert (found.cover.subject, found.cover.message.splitlines()[0]) == ("both", "The story.")
    assert [p.subject for p in found.patches] == ["one", "two"]


def test_shuffled_series_is_sorted_with_a_note() -> None:
    found = read_series(box(TWO, COVER, ONE))
    assert [p.subject for p in found.patches] == ["one", "two"]
    assert found.notes == ("the mails were not in the order of their numbers, and have been sorted",)
    assert read_series(box(COVER, ONE, TWO)).notes == ()


def test_ten_patches_are_sorted_by_number_and_not_by_text() -> None:
    mails = [mail(f"[PATCH {i:02}/11] p{i}", diff_of(f"{i}.arc", ["x"])) for i in range(11, 0, -1)]
    assert [p.subject for p in read_series(box(*mails)).patches] == [f"p{i}" for i in range(1, 12)]


@pytest.mark.parametrize(
    ("subject", "revision"),
    [
        ("[PATCH v3 1/1] x", 3),
        ("[PATCH net-next v12 1/1] x", 12),
        ("[RFC PATCH V2 1/1] x", 2),
        ("[PATCHv4 1/1] x", 4),
        ("[linux-next][PATCH v5 1/1] x", 5),
        ("[1/1] x", 1),
        ("[PATCH for-6.1/6.12 v6.1 1/1] x", 1),
    ],
)
def test_prefixes(subject: str, revision: int) -> None:
    (patch,) = read_series(mail(subject)).patches
    assert (patch.revision, patch.subject, patch.total) == (revision, "x", 1)


def test_replies_are_ignored_and_counted() -> None:
    reply = mail("Re: [PATCH 1/2] one", "", "> diff --git a/a.arc b/a.arc\nLooks good.")
    chatter = mail("Lunch?", "", "At noon.", headers="In-Reply-To: <1@example.com>\n")
    assert read_series(box(ONE, reply, TWO, chatter)).ignored == 2


def test_same_mail_twice_is_counted_once() -> None:
    found = read_series(box(ONE, TWO, ONE))
    assert len(found.patches) == 2
    assert "1 mails are there twice, with the same content" in found.notes


def test_crlf_mailbox() -> None:
    data = box(ONE, TWO).replace(b"\n", b"\r\n")
    assert [p.diff for p in read_series(data).patches] == [p.diff for p in read_series(box(ONE, TWO)).patches]


def test_carriage_returns_of_a_file_are_kept() -> None:
    (patch,) = read_series(mail("[PATCH] x", diff_of("a.arc", ["one\r", "two\r"]))).patches
    assert b"+one\r\n+two\r\n" in patch.diff


def test_quoted_from_lines_of_mboxrd() -> None:
    (patch,) = read_series(box(mail("[PATCH] x", message=">From the start.\n>>From there."))).patches
    assert patch.message == "From the start.\n>From there."


def encoded(encoding: str, encode: Callable[[bytes], bytes]) -> bytes:
    whole = mail("[PATCH] x", diff_of("a.arc", ["é = 1", "long " * 40, "tab\t"]))
    head, _, body = whole.partition(b"\n\n")
    kind = b"\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + encoding.encode()
    return head + kind + b"\n\n" + encode(body)


@pytest.mark.parametrize(
    "data",
    [
        encoded("8bit", bytes),
        encoded("quoted-printable", quopri.encodestring),
        encoded("base64", base64.encodebytes),
        encoded("base64", lambda body: base64.encodebytes(body.replace(b"\n", b"\r\n"))),
    ],
    ids=["8bit", "quoted-printable", "base64", "base64 with CRLF"],
)
def test_transfer_encodings(data: bytes) -> None:
    (patch,) = read_series(data).patches
    assert patch.diff.decode() == diff_of("a.arc", ["é = 1", "long " * 40, "tab\t"])


def test_multipart_with_the_patch_inline_and_html_beside_it() -> None:
    data = (
        "From: A <a@example.com>\nSubject: [PATCH] x\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nBecause.\n---\n\n'
        "--b\nContent-Type: text/html\n\n<p>diff --git a/evil b/evil</p>\n"
        f"--b\nContent-Type: text/x-patch; name=x.patch\n\n{DIFF}\n--b--\n"
    )
    (patch,) = read_series(data.encode()).patches
    assert patch.diff.decode() == DIFF
    assert patch.message == "Because."


def test_encoded_words_and_folded_subjects() -> None:
    data = mail("=?utf-8?q?=5BPATCH_1/1=5D_zw=C3=B6lf?=\n =?utf-8?b?IGJvZXM=?=")
    assert read_series(data).patches[0].subject == "zwölf boes"


def test_raw_utf8_in_headers() -> None:
    data = mail("[PATCH] zwölf").replace(b"A U Thor", "Ä Ü".encode())
    assert read_series(data).patches[0].subject == "zwölf"
    assert read_series(data).patches[0].author == "Ä Ü <author@example.com>"


def test_hostile_sizes_are_read_in_no_time() -> None:
    started = time.monotonic()
    for data in (
        b"From x " + b"11:11 " * 200_000,
        b"\n" * 500_000 + ONE,
        mail("[PATCH] " + "=?a?q?" * 100_000),
        mail("[PATCH] x", message="From: a\n" * 200_000),
        mail("[PATCH] x", 'diff --git "' + "a" * 300_000 + "\n"),
        SEPARATOR * 300_000 + ONE,
        (SEPARATOR + b"x\n") * 100_000,
    ):
        with contextlib.suppress(SeriesError):
            read_series(data)
    assert time.monotonic() - started < 60


def test_damaged_encoded_word_is_shown_as_sent() -> None:
    assert read_series(mail("[PATCH] =?no-such?q?x?= y")).patches[0].subject == "=?no-such?q?x?= y"


def test_author_in_the_body_is_the_author() -> None:
    (patch,) = read_series(mail("[PATCH] x", message="From: Real One <real@example.com>\n\nBecause.")).patches
    assert (patch.author, patch.message) == ("Real One <real@example.com>", "Because.")


def test_base_commit_of_the_cover_letter_or_of_a_patch() -> None:
    one = "1" * 40
    assert read_series(mail("[PATCH] x") + f"base-commit: {one}\n-- \n".encode()).base_commit == one
    assert read_series(mail("[PATCH] x", below=f"base-commit: {one}\n")).base_commit == one
    assert read_series(box(COVER + f"base-commit: {one}\n".encode(), ONE, TWO)).base_commit == one
    assert read_series(box(ONE, TWO)).base_commit is None


def test_needed_patches_are_noted() -> None:
    found = read_series(mail("[PATCH] x", below=f"prerequisite-patch-id: {'a' * 40}\n"))
    assert found.notes == ("the series names 1 other patches that it needs; they are not applied",)


def test_intents_below_the_line_and_in_the_cover_letter() -> None:
    cover = mail("[PATCH 0/1] c", "", "Arc-Intent: add rule back")
    patch = mail(
        "[PATCH 1/1] x", message="Arc-Intent: in the commit", below="Arc-Intent: widen guard  RUNNING -> STOP\n"
    )
    found = read_series(box(cover, patch))
    assert found.intents == ("add rule back", "widen guard  RUNNING -> STOP")
    assert found.patches[0].intents == ("widen guard  RUNNING -> STOP",)


def test_interdiff_in_a_cover_letter_is_no_patch() -> None:
    cover = mail("[PATCH v2 0/1] c", "", "Interdiff:\n  diff --git a/x b/x\n  --- a/x\n  +++ b/x")
    assert len(read_series(box(cover, mail("[PATCH v2 1/1] x"))).patches) == 1


# What is refused


def test_missing_patches_are_named() -> None:
    data = box(mail("[PATCH 2/4] two"), mail("[PATCH 3/4] three", diff_of("b.arc", ["b"])))
    assert refused(data) == [("ARC927", "the series is incomplete: 1/4, 4/4 are missing")]


def test_cover_letter_alone_is_incomplete() -> None:
    assert [code for code, _ in refused(box(COVER))] == ["ARC926", "ARC927"]


def test_two_different_patches_of_one_number() -> None:
    other = mail("[PATCH 1/2] one", diff_of("a.arc", ["three"]))
    assert refused(box(ONE, TWO, other)) == [("ARC928", "there are 2 different patches 1/2")]


def test_reply_with_a_diff_of_its_own_is_no_patch_of_the_series() -> None:
    (found,) = diagnostics(box(ONE, TWO, mail("Re: [PATCH 1/2] one", diff_of("a.arc", ["rather so"]))))
    assert found.help == "one is a reply with a diff of its own: take it out of the mailbox"


def test_mixed_revisions() -> None:
    ((code, message),) = refused(box(ONE, TWO, mail("[PATCH v2 1/2] one"), mail("[PATCH v2 2/2] two")))
    assert (code, message) == ("ARC928", "the mails are of several revisions: v1 (2 mails), v2 (2 mails)")


def test_several_series() -> None:
    other = [mail(f"[PATCH {i}/3] x", diff_of(f"x{i}", ["x"])) for i in (1, 2, 3)]
    assert refused(box(ONE, TWO, *other)) == [("ARC928", "the mails are of several series: 2 of 2, 3 of 3")]
    assert ("ARC928", "there are two cover letters: the mails are of several series") in refused(
        box(COVER, ONE, TWO, mail("[PATCH 0/2] other", "", "Another story."))
    )


def test_several_patches_without_numbers() -> None:
    data = box(mail("[PATCH] one"), mail("[PATCH] two", diff_of("b.arc", ["b"])))
    assert refused(data) == [("ARC928", "2 of 2 mails have no number: their order is not known")]
    assert refused(box(ONE, TWO, mail("[PATCH] three")))[0][1].startswith("1 of 3 mails have no number")
    assert refused(box(COVER, mail("[PATCH] one")))[0][1].startswith("1 of 2 mails have no number")


def test_number_beyond_the_last() -> None:
    assert ("ARC928", "patch 3/2 has a number beyond the last one") in refused(box(ONE, TWO, mail("[PATCH 3/2] x")))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello", mail("Lunch?", ""), b"\x00\xff" * 99, SEPARATOR])
def test_no_patch_at_all(data: bytes) -> None:
    assert refused(data) == [("ARC926", "series.mbx has no patch")]


def test_patch_without_a_diff() -> None:
    assert refused(box(ONE, mail("[PATCH 2/2] two", ""))) == [("ARC926", "patch 2/2 has no diff")]
    assert refused(mail("[PATCH] x", "")) == [("ARC926", "patch x has no diff")]


def test_cover_letter_with_a_diff() -> None:
    data = box(mail("[PATCH 0/2] both"), ONE, TWO)
    assert refused(data) == [("ARC928", "the cover letter has a diff, which belongs to no patch")]


def test_flowed_text() -> None:
    flowed = mail("[PATCH] x", headers="Content-Type: text/plain; charset=utf-8; format=flowed\n")
    assert refused(flowed) == [("ARC932", "it is sent as format=flowed, which breaks and joins lines")]


def test_flowed_cover_letter_does_no_harm() -> None:
    cover = mail("[PATCH 0/1] c", "", headers="Content-Type: text/plain; format=flowed\n")
    assert len(read_series(box(cover, mail("[PATCH 1/1] x"))).patches) == 1


def test_contradicting_base_commits() -> None:
    one = ONE + f"base-commit: {'1' * 40}\n".encode()
    two = TWO + f"base-commit: {'2' * 40}\n".encode()
    assert refused(box(one, two)) == [("ARC934", "the mails name different base commits: 111111111111, 222222222222")]


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "MAX_BYTES", 100)
    assert refused(b"x" * 101) == [("ARC933", "series.mbx has more than 100 bytes")]
    monkeypatch.setattr(series, "MAX_BYTES", 10**6)
    monkeypatch.setattr(series, "MAX_MAILS", 2)
    assert refused(box(COVER, ONE, TWO)) == [("ARC933", "series.mbx has more than 2 mails")]


def test_deeply_nested_mail_is_no_traceback() -> None:
    head = b"Subject: [PATCH] x\n"
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3000))
    assert {code for code, _ in refused(head + nested + mail("[PATCH] y"))} <= {"ARC926", "ARC932"}


def test_all_reasons_at_once_each_at_its_subject() -> None:
    bad = mail("[PATCH 2/4] escape", diff_of("../x", ["x"]))
    binary = "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\n"
    found = diagnostics(box(ONE.replace(b"/2]", b"/4]"), bad, mail("[PATCH 3/4] binary", binary)))
    assert sorted(d.code for d in found) == ["ARC927", "ARC929", "ARC930"]
    data = box(ONE, bad).split(b"\n")
    place = next(d.span for d in found if d.code == "ARC929")
    assert place is not None
    assert data[place.line - 1] == b"Subject: [PATCH 2/4] escape"
