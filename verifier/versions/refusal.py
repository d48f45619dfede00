"""What is said of a version that cannot be read, and of a series that is not applied."""

from __future__ import annotations

from verifier.diagnostics import Diagnostic, Note, SpecError


class VersionError(SpecError):
    """Raised where a version of a tree cannot be read: the repository, the revision or the file is not there."""

    @classmethod
    def because(cls, code: str, message: str, help: str | None = None, note: str | None = None) -> VersionError:
        """Return the error with this one diagnostic."""
        return cls([Diagnostic(code, message, notes=(Note(note),) if note else (), help=help)])


class SeriesError(SpecError):
    """Raised where mails are not one whole series of patches: all reasons at once, each with its mail's subject."""


class DiffError(Exception):
    """Why a diff is refused: a code of `diagnostics.codes`, and the reason. Whoever knows its mail says where."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
