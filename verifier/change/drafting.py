"""A waiver to be completed by its owner."""

from __future__ import annotations

from verifier.change.checks import CHECKS
from verifier.change.waivers import PLACEHOLDER


def stanza(
    code: str, machine: str, subject: str, fingerprint: str, before: str | None = None, after: str | None = None
) -> str:
    """Return the TOML of a waiver for a finding. As it stands it is refused: reason, owner and link are for people.

    Its meaning before and after stands above it as a comment, for who reads the file.
    """
    is_standing = CHECKS[code].standing
    lines = [
        f"# {code} {_comment(CHECKS[code].title)}",
        *(f"# before: {_comment(before)}" for before in filter(None, [before])),
        *(f"# after:  {_comment(after)}" for after in filter(None, [after])),
        "[[waiver]]",
        f"id = {_string('W-' + fingerprint[:8])}",
        f"code = {_string(code)}",
        f"machine = {_string(machine)}",
        f"subject = {_string(subject)}",
        f"fingerprint = {_string('sha256:' + fingerprint)}",
        f"kind = {_string('standing' if is_standing else 'change')}",
        f"reason = {_string(PLACEHOLDER)}",
        'owner = ""',
        'link = ""',
        *(["# expires = YYYY-MM-DD  is required"] if is_standing else []),
    ]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """Return a TOML string; what a terminal might act on, or not show, is escaped."""
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08X}"


def _comment(text: str) -> str:
    """Return the text on one line, without what a comment may not hold or a terminal would act on."""
    return "".join(c if c.isprintable() else " " for c in text)
