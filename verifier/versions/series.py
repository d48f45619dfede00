"""A series of patches as it is sent to a mailing list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from verifier.diagnostics import Diagnostic, Source, Span
from verifier.versions.grouping import reasons
from verifier.versions.hunks import FileDiff, Hunk, Split, split_diff
from verifier.versions.letter import Letter, letter
from verifier.versions.mail import Mail, decoded, read_mails
from verifier.versions.refusal import DiffError, SeriesError

MAX_BYTES = 50_000_000
"""The largest mailbox that is read."""
MAX_MAILS = 2_000
"""The most mails in a mailbox, replies among them."""


@dataclass(frozen=True)
class Patch:
    """One patch, number `number` of `total`, in the series' revision `revision` (`v2` has 2).

    Texts are as a stranger sent them. `subject` lacks the prefix in brackets, `message` is the commit's, without
    the subject and what stands below `---`. `diff` is the part that git applies. `intents` are the `Arc-Intent:`
    lines below `---`. `base_commit` is the trailer of this mail, if it has one. `place` is its subject in the mailbox.
    """

    number: int
    total: int
    revision: int
    subject: str
    author: str
    message: str
    diff: bytes
    files: tuple[FileDiff, ...]
    base_commit: str | None
    message_id: str
    intents: tuple[str, ...]
    place: Span


@dataclass(frozen=True)
class Cover:
    """The letter that introduces a series, 0 of m."""

    subject: str
    author: str
    message: str
    base_commit: str | None
    message_id: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """A whole series, its patches in order. `ignored` counts replies and other mails, `notes` say what was
    put right."""

    patches: tuple[Patch, ...]
    cover: Cover | None
    ignored: int
    notes: tuple[str, ...]

    @property
    def revision(self) -> int:
        """The number of the revision, 1 where the subjects name none."""
        return self.patches[0].revision

    @property
    def base_commit(self) -> str | None:
        """The commit that the series says it is made for, in the cover letter or else in the first patch with one."""
        named = [self.cover.base_commit if self.cover else None, *(p.base_commit for p in self.patches)]
        return next((base for base in named if base), None)

    @property
    def intents(self) -> tuple[str, ...]:
        """All that the authors declare, the cover letter's first."""
        return (*(self.cover.intents if self.cover else ()), *(i for p in self.patches for i in p.intents))


def read_series(data: bytes, name: str = "<series>") -> Series:
    """Return the series of patches in a mailbox, or in one mail. `name` is what messages call the mailbox.

    Numbered patches are put in the order of their numbers. Replies without a diff are left out, and counted; so is
    a patch that is there twice with the same content.

    Raises SeriesError with every reason at once: ARC926 to ARC928 where the mails are not one whole series in one
    revision, ARC929 to ARC932 where a patch is not plain text that changes ordinary files inside the tree, ARC933
    iff the mailbox is larger than MAX_BYTES or has more than MAX_MAILS mails, ARC934 iff two mails name different
    base commits.
    """
    if len(data) > MAX_BYTES:
        raise SeriesError([Diagnostic("ARC933", f"{name} has more than {MAX_BYTES:,} bytes")])
    mails = list(islice(read_mails(data, name), MAX_MAILS + 1))
    if len(mails) > MAX_MAILS:
        raise SeriesError([Diagnostic("ARC933", f"{name} has more than {MAX_MAILS:,} mails")])
    errors: list[Diagnostic] = []
    letters = [found for mail in mails if (found := _letter(mail, errors)) is not None]
    errors += reasons(letters, name)
    if errors:
        raise SeriesError(errors, [Source(name, data.decode(errors="replace"))])
    return _series(letters, len(mails))


def hunk_at(patch: Patch, path: str, line: int, old: bool = False) -> Hunk | None:
    """Return the hunk that holds line `line` of a file as the patch leaves it, or as it was before the patch.

    None iff the patch has no hunk there.
    """
    for file in patch.files:
        if path == (file.old_path if old else file.path):
            for hunk in file.hunks:
                if hunk.position(line, old) is not None:
                    return hunk
    return None


def _letter(mail: Mail, errors: list[Diagnostic]) -> Letter | None:
    """Return the mail as a part of the series; None iff it is none, or is refused."""
    try:
        split = split_diff(mail.body)
    except DiffError as refused:
        errors.append(mail.error(refused.code, refused.message, _HELP.get(refused.code)))
        return letter(mail, Split((), (), ()), refused=True)
    found = letter(mail, split)
    if mail.damage and (not mail.body or (found is not None and found.number > 0)):
        errors.append(mail.error("ARC932", mail.damage, "send the patch with `git send-email`, or save it as an mbox"))
    return found


_HELP = {
    "ARC929": "review the change by hand; arcproof does not apply such a patch",
    "ARC930": "leave binary files out of the series, or review them by hand",
    "ARC931": "get the mail as it was sent: `b4 am`, or `git format-patch` from the author",
}


def _series(letters: Iterable[Letter], mails: int) -> Series:
    letters = list(letters)
    once = {x.number: x for x in reversed(letters)}
    ordered = [once[number] for number in sorted(once)]
    cover = next((_cover(x) for x in ordered if x.number == 0), None)
    patches = tuple(_patch(x) for x in ordered if x.number > 0)
    return Series(patches, cover, mails - len(letters), tuple(_notes(letters, len(ordered))))


def _notes(letters: list[Letter], kept: int) -> Iterable[str]:
    numbers = [x.number for x in letters]
    if numbers != sorted(numbers):
        yield "the mails were not in the order of their numbers, and have been sorted"
    if len(letters) > kept:
        yield f"{len(letters) - kept} mails are there twice, with the same content"
    if needed := sum(x.prerequisites for x in letters):
        yield f"the series names {needed} other patches that it needs; they are not applied"


def _cover(x: Letter) -> Cover:
    return Cover(x.subject, x.author, _text(x), x.base_commit, x.mail.message_id, x.intents)


def _patch(x: Letter) -> Patch:
    diff = b"".join(file.text for file in x.files)
    facts = (diff, x.files, x.base_commit, x.mail.message_id, x.intents, x.mail.place)
    return Patch(x.number, x.total or 1, x.revision, x.subject, x.author, _text(x), *facts)


def _text(x: Letter) -> str:
    """Return the message of a letter. What `mboxrd` quotes, it quotes with one `>` more before `From`."""
    text = decoded(b"\n".join(x.message), x.mail.charset)
    return re.sub(r"(?m)^>(>*From )", r"\1", text).strip()
