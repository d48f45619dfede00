"""Reading a spec's file: the one place where bytes from outside become text."""

from __future__ import annotations

import os
import stat

from verifier.diagnostics import Diagnostic, Source, Span, SpecError
from verifier.syntax.limits import MAX_BYTES


def read_source(path: str) -> Source:
    """Return the text of a spec. A byte order mark is left out.

    Raises SpecError with ARC901 iff the file is missing or unreadable, ARC902 iff it is no ordinary file (it is
    then not opened), ARC905 iff it is larger than MAX_BYTES, ARC904 iff it has a NUL byte, ARC903 iff it is not
    UTF-8.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _refusal(path, "ARC902", f"{path} is not a file", "name a file, NAME.arc")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refusal(path, "ARC901", f"cannot read {path}: {reason}", None) from error
    return source_of(path, data)


def source_of(path: str, data: bytes) -> Source:
    """Return the text of a spec whose bytes are at hand. Raises SpecError (ARC903 to ARC905), see `read_source`."""
    return Source(path, _text(path, data))


def _text(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _refusal(path, "ARC905", f"the file has more than {MAX_BYTES:,} bytes", None)
    if (nul := data.find(b"\0")) >= 0:
        raise _refusal(path, "ARC904", "NUL byte: this is not text", None, _place(path, data[:nul]))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        place = _place(path, data[: error.start])
        raise _refusal(path, "ARC903", message, "save the file as UTF-8", place) from error


def _place(path: str, before: bytes) -> Span:
    """Return the place of the character after `before`."""
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig", "replace")) + 1
    return Span(path, line, column, line, column + 1)


def _refusal(path: str, code: str, message: str, hint: str | None, span: Span | None = None) -> SpecError:
    return SpecError([Diagnostic(code, message, span or Span(path, 1, 1, 1, 1), help=hint)])
