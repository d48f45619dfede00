"""How evidence is turned down."""

from __future__ import annotations


class Refused(Exception):
    """The evidence does not show what it has to. The message says which part of it."""


def require(condition: bool, message: str) -> None:
    """Raise Refused with the message iff the condition is false."""
    if not condition:
        raise Refused(message)
