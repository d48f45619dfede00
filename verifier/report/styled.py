"""Lines with styles, for a terminal: what rich prints in colours, and what is plain text where there is none.

Rich takes longer to load than a small machine to check, so only who prints on a terminal loads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rich.text


class Text:
    """Pieces of text, each in a style of rich's; "" is none. `style` is that of the first."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self.pieces: tuple[tuple[str, str], ...] = ((text, style),)

    @staticmethod
    def assemble(*parts: str | tuple[str, str]) -> Text:
        """Return the text that consists of these parts, with and without a style."""
        return _of((part, "") if isinstance(part, str) else part for part in parts)

    @property
    def plain(self) -> str:
        """The text without styles."""
        return "".join(text for text, _ in self.pieces)

    @property
    def style(self) -> str:
        """The style of the first piece."""
        return self.pieces[0][1] if self.pieces else ""

    def stripped(self) -> Text:
        """Return the text without spaces at its end."""
        left, kept = len(self.plain.rstrip()), []
        for text, style in self.pieces:
            kept.append((text[:left], style))
            left -= len(kept[-1][0])
        return _of(kept)

    def __rich__(self) -> rich.text.Text:
        """Return the text as rich prints it."""
        from rich.text import Text as RichText

        return RichText.assemble(*self.pieces)


def lines(texts: Iterable[Text]) -> Text:
    """Return the texts with an end of line between each two of them."""
    return _of(_joined(texts))


def _joined(texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(texts):
        yield from [("\n", "")] if number else []
        yield from text.pieces


def _of(pieces: Iterable[tuple[str, str]]) -> Text:
    text = Text()
    text.pieces = tuple(pieces)
    return text
