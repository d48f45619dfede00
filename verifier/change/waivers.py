"""Waivers: what an owner accepts, bound to the meaning of a change, as `arcproof-waivers.toml` lists them."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.change.checks import CHECKS
from verifier.change.level import Level
from verifier.change.shape import faults, schema
from verifier.change.toml import Document, Path, read_toml
from verifier.diagnostics import Diagnostic, SpecError, nearest

PLACEHOLDER = "say here why the change is acceptable, and to whom"
"""The reason in a drafted waiver, which counts as none."""

WARNED_DAYS = 30
"""So many days before a waiver expires it is named."""


@dataclass(frozen=True)
class Waiver:
    """One accepted finding. Without a fingerprint it fits every finding of its code, machine and subject, and accepts
    only those that are not breaking. `expires` is the last day on which it counts; `line` that of its header."""

    id: str
    code: str
    machine: str
    subject: str
    fingerprint: str | None
    kind: str
    reason: str
    owner: str
    link: str
    expires: datetime.date | None
    path: str = ""
    line: int = 0

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes two waivers the same: everything but where they stand."""
        return (*self.target, self.fingerprint, self.kind, self.reason, self.owner, self.link, self.expires)

    @property
    def target(self) -> tuple[str, str, str, str]:
        """The id, and the code, machine and subject of the finding."""
        return self.id, self.code, self.machine, self.subject

    def is_expired(self, today: datetime.date) -> bool:
        """Return True iff its last day has passed."""
        return self.expires is not None and self.expires < today

    def is_expiring(self, today: datetime.date) -> bool:
        """Return True iff it counts, and will not in `WARNED_DAYS` days and a day."""
        return self.expires is not None and 0 <= (self.expires - today).days <= WARNED_DAYS

    def fits(self, code: str, machine: str, subject: str) -> bool:
        """Return True iff it is about this finding, whatever the fingerprint."""
        return (self.code, self.machine, self.subject) == (code, machine, subject)

    def may_accept(self, level: Level) -> bool:
        """Return True iff a finding of this level may be accepted: without a fingerprint only a milder one."""
        return self.fingerprint is not None or level in (Level.RISKY, Level.NOTE, Level.NONE)


def read_waivers(path: str, content: bytes | None, limit: int | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of a file, in its order; none iff there is no file.

    Raises SpecError with all errors: ARC940 to ARC944, more than `limit` waivers (ARC946), what cannot be waived
    (ARC947), an id or a fingerprint given twice (ARC948).
    """
    if content is None:
        return ()
    document = read_toml(path, content)
    errors = [*faults(document, schema("waivers")), *_meaning(document), *_repeated(document), *_inline(document)]
    listed = document.data.get("waiver", ())
    if limit is not None and isinstance(listed, list) and len(listed) > limit:
        told = f"there are {len(listed)} waivers, and `max-waivers` is {limit}"
        errors.append(Diagnostic("ARC946", told, document.key(("waiver", limit)), help="mend what they cover"))
    if errors:
        raise SpecError(errors, [document.source])
    return tuple(_waiver(document, number, data) for number, data in enumerate(listed))


def today(environment: Mapping[str, str]) -> datetime.date:
    """Return the day that counts, in UTC: that of SOURCE_DATE_EPOCH, if it is set, otherwise today.

    Raises ValueError if SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"SOURCE_DATE_EPOCH is `{epoch}`, expected seconds since 1970") from error


def _waiver(document: Document, number: int, data: Mapping[str, Any]) -> Waiver:
    fingerprint = data.get("fingerprint")
    return Waiver(
        id=data["id"],
        code=data["code"],
        machine=data["machine"],
        subject=data["subject"],
        fingerprint=None if fingerprint is None else fingerprint.removeprefix("sha256:"),
        kind=data["kind"],
        reason=data["reason"],
        owner=data["owner"],
        link=data["link"],
        expires=_day(data.get("expires")),
        path=document.source.path,
        line=document.key(("waiver", number)).line,
    )


def _day(written: Any) -> datetime.date | None:
    """Return the day; None iff there is none, or it is no day of the calendar."""
    if isinstance(written, datetime.datetime):
        return None
    try:
        return datetime.date.fromisoformat(written) if isinstance(written, str) else written
    except ValueError:
        return None


def _listed(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the path of each waiver with what it says; what is no table is not among them."""
    listed = document.data.get("waiver", ())
    for number, data in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(data, dict):
            yield ("waiver", number), data


def _meaning(document: Document) -> Iterator[Diagnostic]:
    """Yield what is wrong though the shape is right."""
    for path, data in _listed(document):
        yield from _code(document, path, data)
        reason, expires = data.get("reason"), data.get("expires")
        if isinstance(reason, str) and reason.strip() and not is_reason(reason):
            told = "`reason` says nothing: expected a sentence that tells why the change is acceptable"
            yield Diagnostic("ARC943", told, document.value((*path, "reason")))
        if isinstance(expires, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", expires) and _day(expires) is None:
            told = f"`expires` is {expires}, which is no day of the calendar"
            yield Diagnostic("ARC943", told, document.value((*path, "expires")))
        if data.get("kind") == "standing" and expires is None:
            told = "`expires` is missing: a standing waiver says the last day on which it counts"
            yield Diagnostic("ARC944", told, document.key(path))


def _code(document: Document, path: Path, data: Mapping[str, Any]) -> Iterator[Diagnostic]:
    code = data.get("code")
    if not isinstance(code, str) or not re.fullmatch(r"ARC\d{3}[a-z]?", code):
        return
    place = document.value((*path, "code"))
    check = CHECKS.get(code)
    if check is not None and not check.waivable:
        yield Diagnostic("ARC947", f"{code} ({check.title}) cannot be waived", place)
    elif check is not None and check.standing and data.get("kind") == "change":
        told = f"{code} ({check.title}) is no step from base to head, so that a waiver of it must expire"
        yield Diagnostic("ARC947", told, document.value((*path, "kind")), help='kind = "standing", and `expires`')
    elif check is None and code[3] in "09":
        yield Diagnostic("ARC947", f"{code} is an error, and errors cannot be waived", place)
    elif check is None:
        guess = nearest(code, CHECKS)
        advice = f"did you mean `{guess}`?" if guess else "`arcproof rules` lists the codes"
        yield Diagnostic("ARC943", f"there is no code `{code}`", place, help=advice)


def _repeated(document: Document) -> Iterator[Diagnostic]:
    for key in ("id", "fingerprint"):
        given = [(p, str(d[key]).removeprefix("sha256:")) for p, d in _listed(document) if key in d]
        count = Counter(value for _, value in given)
        for path, value in given:
            if count[value] > 1 and (path, value) != next(g for g in given if g[1] == value):
                first = next(p for p, v in given if v == value)
                line = document.value((*first, key)).line
                told = f"the {key} is that of the waiver in line {line} already"
                yield Diagnostic("ARC948", told, document.value((*path, key)))


def _inline(document: Document) -> Iterator[Diagnostic]:
    """Yield an error for waivers without a header of their own: such a list could not be pruned line by line."""
    headers = {table for table, _ in document.tables}
    for path, _ in _listed(document):
        if path not in headers:
            yield Diagnostic("ARC943", "a waiver stands under a header `[[waiver]]` of its own", document.value(path))


def is_reason(text: str) -> bool:
    """Return True iff the text may be a reason: at least three different words, and not the placeholder of a draft."""
    words = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", text)}
    return len(words) >= 3 and text.strip() != PLACEHOLDER


def pruned(path: str, content: bytes, ids: Collection[str]) -> bytes:
    """Return the file without the waivers of these ids; of everything else each byte is kept.

    The comment lines directly above a waiver's header, and the empty lines below it, go with it. Raises SpecError iff
    the file is not one of waivers.
    """
    waivers = read_waivers(path, content)
    document = read_toml(path, content)
    lines = content.split(b"\n")
    gone: set[int] = set()
    for number, waiver in enumerate(waivers):
        if waiver.id in ids:
            last = max(span.end_line for path_, span in document.values.items() if path_[:2] == ("waiver", number))
            gone.update(_extent(lines, waiver.line - 1, last))
    return b"\n".join(line for number, line in enumerate(lines) if number not in gone)


def _extent(lines: Sequence[bytes], first: int, end: int) -> range:
    """Return the lines to remove for the table from line `first` up to `end`, where both count from 0."""
    while first > 0 and lines[first - 1].lstrip().startswith(b"#"):
        first -= 1
    while end < len(lines) - 1 and not lines[end].strip():
        end += 1
    return range(first, end)
