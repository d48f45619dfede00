"""Whether mails are one whole series: each reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from verifier.diagnostics import Diagnostic
from verifier.versions.letter import Letter


def reasons(letters: Sequence[Letter], name: str) -> Iterator[Diagnostic]:
    """Yield why the letters of the mailbox `name` are not one whole series in one revision; nothing iff they are."""
    patches = [x for x in letters if x.number > 0]
    if not patches:
        yield Diagnostic("ARC926", f"{name} has no patch", help="save the whole thread as an mbox: `b4 am MESSAGE-ID`")
    for patch in patches:
        if not patch.files and not patch.refused:
            yield patch.mail.error("ARC926", f"patch {_called(patch)} has no diff")
    yield from _covers(letters)
    yield from _bases(letters)
    if len({x.revision for x in letters}) > 1:
        yield _mixed(letters)
    elif not all(x.numbered for x in letters):
        yield from _unnumbered(letters)
    else:
        yield from _numbers(letters)


def _called(patch: Letter) -> str:
    return f"{patch.number}/{patch.total}" if patch.numbered else patch.subject[:60] or "without a subject"


def _covers(letters: Sequence[Letter]) -> Iterator[Diagnostic]:
    covers = [x for x in letters if x.number == 0]
    for cover in covers:
        # What changed since the last revision stands in a cover letter as a diff that nobody applies.
        if cover.files and not any(line.startswith(b"Interdiff") for line in cover.message):
            yield cover.mail.error("ARC928", "the cover letter has a diff, which belongs to no patch")
    if len({(x.subject, x.message) for x in covers if x.revision == covers[0].revision}) > 1:
        yield covers[1].mail.error("ARC928", "there are two cover letters: the mails are of several series", _ONE)


_ONE = "keep the mails of one series only"


def _bases(letters: Sequence[Letter]) -> Iterator[Diagnostic]:
    bases = {base: x for x in reversed(letters) for base in x.bases}
    if len(bases) > 1 and len({x.revision for x in letters}) == 1:
        named = ", ".join(sorted(base[:12] for base in bases))
        yield next(iter(bases.values())).mail.error("ARC934", f"the mails name different base commits: {named}")


def _mixed(letters: Sequence[Letter]) -> Diagnostic:
    counts: dict[int, int] = defaultdict(int)
    for x in letters:
        counts[x.revision] += 1
    found = ", ".join(f"v{revision} ({count} mails)" for revision, count in sorted(counts.items()))
    newest = max(counts)
    first = next(x for x in letters if x.revision == newest)
    hint = f"keep one revision: `b4 am -v{newest} MESSAGE-ID`; two are compared with --compare"
    return first.mail.error("ARC928", f"the mails are of several revisions: {found}", hint)


def _unnumbered(letters: Sequence[Letter]) -> Iterator[Diagnostic]:
    without = [x for x in letters if not x.numbered]
    if len(letters) > 1:
        message = f"{len(without)} of {len(letters)} mails have no number: their order is not known"
        yield without[0].mail.error("ARC928", message, "send the series with `git format-patch --numbered`")


def _numbers(letters: Sequence[Letter]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the numbers of letters that all have one."""
    totals = {x.total for x in letters if x.total is not None}
    if len(totals) > 1:
        series = ", ".join(f"{sum(x.total == t for x in letters)} of {t}" for t in sorted(totals))
        yield letters[0].mail.error("ARC928", f"the mails are of several series: {series}", _ONE)
        return
    of: dict[int, list[Letter]] = defaultdict(list)
    for patch in letters:
        of[patch.number].append(patch)
    for number, same in sorted(of.items()):
        if number > 0 and len({(x.subject, x.message, tuple(f.text for f in x.files)) for x in same}) > 1:
            yield _different(same)
        if number > max(totals):
            yield same[0].mail.error("ARC928", f"patch {_called(same[0])} has a number beyond the last one")
    if letters:
        yield from _missing(letters, max(totals, default=0), set(of))


def _different(same: Sequence[Letter]) -> Diagnostic:
    """Return what is said of patches with the same number, which are not the same."""
    reply = next((x for x in same if x.is_reply), None)
    hint = _ONE if reply is None else "one is a reply with a diff of its own: take it out of the mailbox"
    message = f"there are {len(same)} different patches {_called(same[0])}"
    return (reply or same[1]).mail.error("ARC928", message, hint)


def _missing(letters: Sequence[Letter], total: int, there: set[int]) -> Iterator[Diagnostic]:
    missing = [n for n in range(1, total + 1) if n not in there]
    if missing:
        names = ", ".join(f"{n}/{total}" for n in missing[:20]) + (" and more" if len(missing) > 20 else "")
        message = f"the series is incomplete: {names} {'is' if len(missing) == 1 else 'are'} missing"
        yield letters[0].mail.error("ARC927", message, "save the whole thread as an mbox: `b4 am MESSAGE-ID`")
