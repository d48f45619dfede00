"""Text printed for people: in colours on a terminal, unless NO_COLOR says otherwise."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.report.styled import Text


def show(text: Text) -> None:
    """Print a text that ends with the end of a line."""
    if sys.stdout.isatty() or os.environ.get("FORCE_COLOR"):
        from rich.console import Console

        Console(highlight=False).print(text, soft_wrap=True, end="")
    else:
        sys.stdout.write(text.plain)
