"""What a waiver is bound to: the meaning of a change, and nothing else of it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.change.fact import Change


def fingerprint(machine: str, change: Change) -> str:
    """Return the SHA-256, as 64 hex digits, of the change's code, kind, machine, subject, and meaning before and after.

    They are hashed as a JSON array in ASCII without white space. Places, texts, runs and proofs do not enter, so a
    change keeps its fingerprint when its spec is reformatted or other rules change, and gets another one when it grows.
    """
    meaning = [change.code, change.kind, machine, change.subject, change.before, change.after]
    return hashlib.sha256(json.dumps(meaning, separators=(",", ":")).encode("ascii")).hexdigest()
