"""What is said of a C source that cannot be read with certainty."""

from __future__ import annotations

from verifier.diagnostics import Diagnostic, Note, Span, SpecError


class SourceError(SpecError):
    """Raised when a table cannot be read out of a C source. Nothing is guessed: this says where, and why."""


class UnreadableError(Exception):
    """Why one expression, name or path is not understood. Whoever knows its place makes a `Diagnostic` of it."""

    def __init__(
        self, code: str, message: str, notes: tuple[Note, ...] = (), help: str | None = None, span: Span | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.notes = notes
        self.help = help
        self.span = span

    def beside(self, note: Note) -> UnreadableError:
        """Return the same refusal with one more note, for the place that led here."""
        return UnreadableError(self.code, self.message, (*self.notes, note), self.help, self.span)

    def at(self, span: Span | None) -> Diagnostic:
        """Return the diagnostic; `span` is its place iff the refusal has none of its own."""
        return Diagnostic(self.code, self.message, self.span or span, self.notes, self.help)
