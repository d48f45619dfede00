"""Where something stands in a spec's text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One text file: the path as the user wrote it, and its text."""

    path: str
    text: str

    def line(self, number: int) -> str:
        """Return line `number` (1-based) without its line end; "" iff there is no such line."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 1 <= number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file. Lines and columns count from 1; `end_column` is one past the last character."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def to(self, other: "Span") -> "Span":
        """Return the span from the start of this one to the end of `other`."""
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)
