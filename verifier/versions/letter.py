"""What a mail says about its part in a series: its number, its revision, its trailers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.versions.hunks import FileDiff, Split
from verifier.versions.mail import Mail, decoded

_REPLY = re.compile(r"(?i)\s*(re|aw|antw|sv|fwd?|tr)\s*(\[\d+\])?:")
_PREFIX = re.compile(r"\s*\[([^\]]*)\]")
_NUMBER = re.compile(r"(?<![\d./])(\d{1,4})/(\d{1,4})(?![\d./])")
_REVISION = re.compile(r"(?i)(?:\b|(?<=patch)|(?<=rfc))v(\d{1,3})(?![\w.])")
_BASE = re.compile(r"base-commit:\s*([0-9a-f]{7,64})\s*")
_INTENT = re.compile(r"(?i)arc-intent:\s*(\S.*)")
_IN_BODY = re.compile(r"(?i)(from|subject|date):\s*(.*)")


@dataclass(frozen=True)
class Letter:
    """A mail that belongs to a series: a patch, or the cover letter, whose number is 0.

    Where the subject has no `n/m`, the number is 1, and `total` None. `refused` marks one whose diff has been
    refused already.
    """

    mail: Mail
    number: int
    total: int | None
    revision: int
    subject: str
    author: str
    message: tuple[bytes, ...]
    files: tuple[FileDiff, ...]
    bases: tuple[str, ...]
    intents: tuple[str, ...]
    prerequisites: int
    refused: bool

    @property
    def numbered(self) -> bool:
        """True iff the subject says which patch of how many this is."""
        return self.total is not None

    @property
    def is_reply(self) -> bool:
        """True iff the subject begins with `Re:` or the like."""
        return _REPLY.match(self.mail.subject) is not None

    @property
    def base_commit(self) -> str | None:
        """The commit that the mail says the series is made for."""
        return self.bases[0] if self.bases else None


def letter(mail: Mail, split: Split, refused: bool = False) -> Letter | None:
    """Return the mail as a part of the series; None iff it is a reply, or any mail that neither has a diff nor is
    announced as a patch."""
    subject, prefixes = _without_prefixes(mail.subject)
    number, total = _numbered(prefixes)
    announced = total is not None or any(re.search(r"(?i)patch", p) for p in prefixes)
    if not (split.files or refused) and (_REPLY.match(mail.subject) or not announced):
        return None
    message, below = _parted(split.before)
    subject, author, message = _in_body(subject, mail, message)
    trailers = [decoded(line, mail.charset) for line in (*split.before, *split.after)]
    return Letter(
        mail,
        1 if number is None else number,
        total,
        _revision(prefixes),
        subject,
        author,
        message if number != 0 else split.before,
        split.files,
        tuple(m[1] for line in trailers if (m := _BASE.fullmatch(line)) is not None),
        _intents(split.before if number == 0 else below, mail.charset),
        sum(line.startswith("prerequisite-patch-id:") for line in trailers),
        refused,
    )


def _without_prefixes(subject: str) -> tuple[str, list[str]]:
    """Return the subject proper, and what stands before it in brackets; `Re:` is left out as well."""
    prefixes: list[str] = []
    while (found := _REPLY.match(subject) or _PREFIX.match(subject)) is not None:
        if found.re is _PREFIX:
            prefixes.append(found[1])
        subject = subject[found.end() :]
    return subject.strip(), prefixes


def _numbered(prefixes: Iterable[str]) -> tuple[int | None, int | None]:
    for prefix in prefixes:
        if (found := _NUMBER.search(prefix)) is not None:
            return int(found[1]), int(found[2])
    return None, None


def _revision(prefixes: Iterable[str]) -> int:
    return next((int(found[1]) for p in prefixes if (found := _REVISION.search(p)) is not None), 1)


def _parted(lines: Sequence[bytes]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the commit's message, and what stands below the line `---`."""
    cut = next((i for i, line in enumerate(lines) if line.rstrip() == b"---"), len(lines))
    return tuple(lines[:cut]), tuple(lines[cut + 1 :])


def _in_body(subject: str, mail: Mail, message: tuple[bytes, ...]) -> tuple[str, str, tuple[bytes, ...]]:
    """Return the subject, the author and the message; its first lines may be headers that overrule the mail's."""
    author = mail.author
    start = next((i for i, line in enumerate(message) if line.strip()), 0)
    for line in message[start : start + 10]:
        if (found := _IN_BODY.fullmatch(decoded(line, mail.charset))) is None:
            break
        if found[1].lower() == "from":
            author = found[2].strip()
        elif found[1].lower() == "subject":
            subject = _without_prefixes(found[2])[0]
        start += 1
    return subject, author, message[start:]


def _intents(lines: Iterable[bytes], charset: str) -> tuple[str, ...]:
    found = (_INTENT.fullmatch(decoded(line, charset).strip()) for line in lines)
    return tuple(m[1].strip() for m in found if m is not None)
