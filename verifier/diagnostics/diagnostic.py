"""A message about a place in a spec, with a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.diagnostics.span import Source, Span


@dataclass(frozen=True, slots=True)
class Note:
    """A further place that explains a diagnostic."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error: a code of `codes.CODES`, what is wrong and what was expected, where, and how to mend it."""

    code: str
    message: str
    span: Span | None = None
    notes: tuple[Note, ...] = ()
    help: str | None = None


class SpecError(Exception):
    """Raised by a phase that found errors: all diagnostics of that phase, and the sources to quote from."""

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Sequence[Source] = ()) -> None:
        super().__init__("\n".join(f"{d.span}: {d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = tuple(diagnostics)
        self.sources = tuple(sources)
