"""Mails of series, as a list archive or a maintainer's mailbox holds them."""

from __future__ import annotations

from collections.abc import Sequence

SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"


def diff_of(path: str, added: Sequence[str]) -> str:
    """A diff that makes a file of these lines."""
    lines = "".join(f"+{line}\n" for line in added)
    names = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return f"{names}@@ -0,0 +1,{len(added)} @@\n{lines}"


DIFF = diff_of("a.arc", ["one", "two"])


def mail(subject: str, diff: str = DIFF, message: str = "Because.", below: str = "", headers: str = "") -> bytes:
    """One mail as `git format-patch` writes it."""
    text = f"From: A U Thor <author@example.com>\nSubject: {subject}\n{headers}\n{message}\n---\n{below}\n{diff}"
    return text.encode() + b"-- \n2.39.5\n\n"


def box(*mails: bytes) -> bytes:
    """A mailbox of these mails."""
    return b"".join(SEPARATOR + m for m in mails)
