"""Mails of a mailbox: their headers decoded, their text as bytes, and where each stands."""

from __future__ import annotations

import email
import email.header
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message

from verifier.diagnostics import Diagnostic, Span

# The line between two mails of a mailbox: a sender, and a date with a time and a year.
_FROM_LINE = re.compile(rb"From \S.*\d{1,2}:\d{2}(?::\d{2})?\b.*\d{4}")
_TEXTS = frozenset({"text/plain", "text/x-patch", "text/x-diff"})


@dataclass(frozen=True)
class Mail:
    """One mail. `body` is its text as it was sent, transfer encoding undone, with `\\n` at the ends of its lines;
    `charset` says how to read it. `place` is its subject in the mailbox; `damage` why its text is not to be trusted.
    """

    subject: str
    author: str
    message_id: str
    answers: bool
    body: bytes
    charset: str
    place: Span
    damage: str | None

    def error(self, code: str, message: str, help: str | None = None) -> Diagnostic:
        """Return a diagnostic about this mail."""
        return Diagnostic(code, message, self.place, help=help)


def read_mails(data: bytes, name: str) -> Iterator[Mail]:
    """Yield the mails of a mailbox (mboxo or mboxrd, with either line end), or the one mail that `data` is.

    `name` is what places call the mailbox.
    """
    lines = _unix(data).split(b"\n")
    starts = [i for i, line in enumerate(lines) if _FROM_LINE.match(line[:200])]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        starts = [-1, *starts]
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = lines[start + 1 : stop]
        if any(line.strip() for line in own):
            yield _mail(own, start + 2, name)


def _unix(text: bytes) -> bytes:
    """Return the text with `\\n` at the ends of lines, if `\\r\\n` ends all of them; a file of a patch may have `\\r`
    in its own lines."""
    return text.replace(b"\r\n", b"\n") if text.count(b"\r\n") == text.count(b"\n") else text


def _mail(lines: list[bytes], first: int, name: str) -> Mail:
    blank = next((i for i, line in enumerate(lines) if line.strip()), 0)
    lines, first = lines[blank:], first + blank
    place = _subject_place(lines, first, name)
    try:
        message = email.message_from_bytes(b"\n".join(lines))
        body, charset, damage = _text(message)
    except (MessageError, RecursionError, ValueError, LookupError) as error:
        return Mail("", "", "", False, b"", "utf-8", place, f"the mail cannot be read: {error}")
    answers = bool(message.get("In-Reply-To") or message.get("References"))
    identity = _header(message, "message-id")
    header = _header(message, "subject"), _header(message, "from")
    return Mail(*header, identity, answers, body, charset, place, damage)


def _subject_place(lines: list[bytes], first: int, name: str) -> Span:
    for i, line in enumerate(lines):
        if not line.strip():
            break
        if line.lower().startswith(b"subject:"):
            return Span(name, first + i, 1, first + i, len(line.decode(errors="replace")) + 1)
    return Span(name, first, 1, first, 2)


def _header(message: Message, name: str) -> str:
    """Return a header, its encoded words decoded, on one line; as it was sent where they cannot be decoded."""
    sent = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    raw = sent[:_LONGEST].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        text = str(email.header.make_header(email.header.decode_header(raw)))
    except (MessageError, ValueError, LookupError):
        text = raw
    return " ".join(text.split())


_LONGEST = 5_000
"""The most characters that are read of a header."""


def _text(message: Message) -> tuple[bytes, str, str | None]:
    """Return the plain text of a mail, its character set, and why it is not the text that was sent, if so.

    Of several parts the texts are joined, patches in a part of their own as well; other forms of the same text, such
    as HTML, are left out.
    """
    texts: list[bytes] = []
    charset, damage = "utf-8", None
    for part in message.walk():
        if part.get_content_type() in _TEXTS and not part.is_multipart():
            if str(part.get_param("format", "")).lower() == "flowed":
                damage = "it is sent as format=flowed, which breaks and joins lines"
            content = part.get_payload(decode=True)
            texts.append(_unix(content if isinstance(content, bytes) else b""))
            charset = part.get_content_charset("utf-8") if len(texts) == 1 else charset
    return b"\n".join(texts), charset, damage


def decoded(text: bytes, charset: str = "utf-8") -> str:
    """Return a text in its character set, or in UTF-8 where that is unknown or wrong, with U+FFFD for what is not."""
    try:
        return text.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        return text.decode("utf-8", errors="replace")
