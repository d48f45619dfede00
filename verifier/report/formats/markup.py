"""Text as Markdown that says that text and nothing else: a stranger's name is no link, no picture, and calls nobody.

Long pieces are cut, with a sign that they were. Source: the GitHub Flavored Markdown specification.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from verifier.report.formats.phrases import one_line

LONGEST = 300
"""The most characters of a piece of text on one line."""

TALLEST = 60
"""The most lines of a block."""


def clipped(text: str) -> str:
    """Return the text, of a long one the beginning and an ellipsis."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def code(text: str) -> str:
    """Return the text, folded into a line, as code."""
    text = clipped(one_line(text))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text.strip() else ""


def cell(text: str | None) -> str:
    """Return the text as code inside a table."""
    return code(text or "").replace("|", "\\|")


def prose(text: str) -> str:
    """Return the text as words; as code where GitHub would make a link or call a person."""
    text = clipped(one_line(text))
    if re.search(r"(?<![\w.+-])@|@[\w-]*\.|://|www\.|#|\bGH-", text):
        return code(text)
    escaped = "".join(f"\\{c}" if c in r"\`*_{}[]<>|~&" else c for c in text)
    return re.sub(
        r"^(\d*)([-+=.)])(?=[\s=-]|$)", r"\1\\\2", escaped
    )  # where it would begin a list, or underline a heading


def summary(text: str) -> str:
    """Return the text for an HTML element on one line."""
    return f"<code>{html.escape(clipped(one_line(text)))}</code>"


def fenced(lines: Iterable[str], language: str) -> list[str]:
    """Return the lines as a code block; no lines as no block."""
    told = [clipped(line) for line in lines]
    if len(told) > TALLEST:
        told = [*told[:TALLEST], f"({len(told) - TALLEST} more lines)"]
    longest = max((len(run) for line in told for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *told, fence] if told else []
