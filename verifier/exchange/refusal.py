"""How a machine is turned down that another language cannot say."""

from __future__ import annotations


class Unsayable(ValueError):
    """The machine cannot be said exactly in the other language. The message says why."""
