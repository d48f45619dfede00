"""What the author of a patch declares: where a machine shall change, and how, as `--expect FILE` names it.

The file has a table `[[intent]]` for each machine (or for each of several regions of one):

    [[intent]]
    machine = "vfio_migration_v2"
    transitions = ["stop", "begin_stop_copy"]
    when = "state == RUNNING_P2P and not pre_copy"
    properties = ["dma_stops"]
    expect = "extends"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from verifier.change.shape import faults, schema
from verifier.change.toml import Document, read_toml
from verifier.diagnostics import Diagnostic, Span, SpecError


class Expected(Enum):
    """How the new version shall relate to the old one inside the region."""

    EXTENDS = "extends"  # every step of old is one of new, and new has more
    RESTRICTS = "restricts"  # every step of new is one of old, and old had more
    CHANGES = "changes"  # the two differ


@dataclass(frozen=True)
class Intent:
    """One region in which a machine shall change, and nothing outside of it.

    The region are the steps by `transitions` from the states that satisfy `when` (an expression in arc syntax, None
    for all states), and the `properties`. Where `when` stands alone it is about all rules; where only properties are
    named no step may change.
    `place` is that of the intent's header, `when_place` that of its condition.
    """

    machine: str
    expect: Expected
    transitions: tuple[str, ...] = ()
    when: str | None = None
    properties: tuple[str, ...] = ()
    reason: str = ""
    place: Span | None = None
    when_place: Span | None = None


def read_intents(path: str, content: bytes) -> tuple[Intent, ...]:
    """Return the intents of a file, in its order. Raises SpecError with all errors (ARC940 to ARC944)."""
    document = read_toml(path, content)
    errors = [*faults(document, schema("intent")), *_without_region(document)]
    if errors:
        raise SpecError(errors, [document.source])
    return tuple(_intent(document, number, data) for number, data in enumerate(document.data["intent"]))


def _intent(document: Document, number: int, data: Mapping[str, Any]) -> Intent:
    path = ("intent", number)
    return Intent(
        machine=data["machine"],
        expect=Expected(data["expect"]),
        transitions=tuple(data.get("transitions", ())),
        when=data.get("when"),
        properties=tuple(data.get("properties", ())),
        reason=data.get("reason", ""),
        place=document.key(path),
        when_place=document.value((*path, "when")) if "when" in data else None,
    )


def _without_region(document: Document) -> Iterator[Diagnostic]:
    """Yield an error for each intent that names no region: one that allows everything declares nothing."""
    listed = document.data.get("intent", ())
    for number, data in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(data, dict) and not any(data.get(key) for key in ("transitions", "when", "properties")):
            told = "the intent names no region: expected `transitions`, `when` or `properties`"
            yield Diagnostic("ARC944", told, document.key(("intent", number)))
    if listed == []:
        yield Diagnostic("ARC944", "there is no `[[intent]]`", document.key(("intent",)))
