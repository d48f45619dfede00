"""Running text in paragraphs, laid out for a width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A text that is wrapped, `indent` columns to the right; `mark` stands before its first line, within the indent."""

    text: str
    indent: int = 0
    mark: str = ""

    def lines(self, width: int) -> list[str]:
        """Return the paragraph in lines of at most `width` columns, but for words that are longer."""
        return textwrap.wrap(
            " ".join(self.text.split()),
            width,
            initial_indent=self.mark.rjust(self.indent),
            subsequent_indent=" " * self.indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def listed(texts: Iterable[str]) -> list[Paragraph]:
    """Return the texts as a numbered list."""
    return [Paragraph(text, 6, f"{number}. ") for number, text in enumerate(texts, 1)]


def quoted(lines: Iterable[str], by: int = 2) -> list[Paragraph]:
    """Return lines that are laid out already, further to the right."""
    return [Paragraph(line, by + len(line) - len(line.lstrip())) for line in lines]


def enumerated(names: Sequence[str]) -> str:
    """Return names in a row: `a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"


def plural(names: Sequence[object], one: str, several: str) -> str:
    """Return the word for one or for several."""
    return one if len(names) == 1 else several
