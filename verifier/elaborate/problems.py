"""The errors of one elaboration, collected."""

from __future__ import annotations

from verifier.diagnostics import Diagnostic, Note, Source, Span, SpecError


class Problems:
    """A list of diagnostics that grows. A diagnostic that is already there is not added again."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def report(self, code: str, message: str, span: Span, *notes: Note, help: str | None = None) -> None:
        """Add one error."""
        self._found[Diagnostic(code, message, span, notes, help)] = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def check(self, source: Source) -> None:
        """Raise SpecError with all errors, in the order of the text, iff there are any."""
        if self._found:
            raise SpecError(sorted(self._found, key=_place), (source,))


def _place(diagnostic: Diagnostic) -> tuple[int, int, str, str]:
    span = diagnostic.span
    assert span is not None
    return span.line, span.column, diagnostic.code, diagnostic.message


def meant(name: str | None) -> str | None:
    """Return the help line that offers `name`, if there is a name to offer."""
    return None if name is None else f"did you mean {name}?"
