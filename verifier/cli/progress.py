"""What a person sees while a long run goes on: nothing, unless standard error is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watch = Callable[[int, int, str], None]


@contextmanager
def progress() -> Iterator[Watch]:
    """Give a function that shows how many properties are done, of how many, and which one is waited for."""
    if not sys.stderr.isatty():
        yield lambda done, total, name: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("reading the specs") as status:
        yield lambda done, total, name: status.update(escape(f"{done} of {total} properties done, now {name}"))
