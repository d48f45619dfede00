"""State functions of C: which step from one state to another they allow, or make, for each pair of states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.files import Files
from verifier.source.extraction import Extraction, Gap, Step
from verifier.source.functions.explore import conditions, leaves, without_calls
from verifier.source.functions.meaning import ordered, signature, worded
from verifier.source.functions.outcomes import Kind, better
from verifier.source.functions.reading import Reading, read_function
from verifier.source.functions.writing import Found, Writer, c_cells, to_place, weighty

__all__ = ["extract_function"]


def extract_function(
    files: Files,
    path: str,
    function: str,
    enums: Sequence[str] = (),
    *,
    old: str | None = None,
    new: str | None = None,
    fixed: Mapping[str, int] | None = None,
) -> Extraction:
    """Return a spec of what the function in the C file `path` does for each pair of an old and a new state.

    The function is run for every pair of values; where it depends on anything else, both ways are followed, and
    the condition becomes a parameter of the spec (what memory holds) or of its rules (what a call gives). Memory is
    taken to change only by the function's own assignments, except that a state read before a call is not read
    again after it: what a callee does to the state is not followed, and other threads do nothing.

    `enums` names the enum of the states, by its tag or one of its values, or the beginning of the macros' names that
    stand for them; two names are those of a state and of an event. `old` and `new` are the C expressions that hold
    the two, as far as the code does not tell. `fixed` gives numbers to other expressions. What was not understood
    is a gap of the result, which then is incomplete. Raises SourceError iff there is no such function, or it is
    not certain which two states it is about.
    """
    reading = _settled(read_function(files, path, function, enums, old, new, fixed))
    lines = {t.path: t.raw.decode(errors="replace").split("\n") for t in reading.texts}
    writer = Writer(_found(reading))
    sheet = writer.write()
    places = {n: to_place(p, lines) for n, p in sheet.places.items()}
    gaps = dict.fromkeys(
        (leaf.outcome.gap, leaf.place) for t in reading.trees.values() for leaf in leaves(t) if leaf.outcome.gap
    )
    return Extraction(
        "\n".join(sheet.lines) + "\n",
        writer.machine,
        c_cells(writer.cells, lines),
        places,
        tuple(Gap(message, to_place(place, lines)) for message, place in gaps),
        steps=_steps(reading, writer, lines),
    )


def _steps(reading: Reading, writer: Writer, lines: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], Step]:
    """Return what happens for each pair of states, by their names in the spec."""
    found: dict[tuple[str, ...], Step] = {}
    for (old, new), tree in reading.trees.items():
        endless = next((leaf for leaf in leaves(tree) if leaf.outcome.hangs), None)
        place = (endless or weighty(tree)).place
        words = worded(tree, writer.values, reading.bits, old)
        found[writer.values[old], writer.events[new]] = Step(
            words, signature(ordered(tree)), to_place(place, lines), endless is not None
        )
    return found


def _settled(reading: Reading) -> Reading:
    """Return the reading of a driver's step without the failures of what it calls: they may happen to every step."""
    if reading.kind is not Kind.POINTER:
        return reading
    return replace(reading, trees={key: without_calls(t, better) for key, t in reading.trees.items()})


def _found(reading: Reading) -> Found:
    permits = reading.kind in (Kind.TRUTH, Kind.ERROR, Kind.POINTER)
    outcomes = [(key, leaf.outcome) for key, t in reading.trees.items() for leaf in leaves(t) if not leaf.outcome.gap]
    stays = any(o.allowed and o.next is None and key[0] != key[1] for key, o in outcomes)
    elsewhere = any(o.next is not None and o.next != key[1 if o.allowed else 0] for key, o in outcomes)
    moves = (
        not permits
        or reading.pair.other is not reading.pair.domain
        or elsewhere
        or (stays and reading.kept is not None)
    )
    asked = list(dict.fromkeys(c for t in reading.trees.values() for c in conditions(t)))
    f = reading.function
    pair = reading.pair
    return Found(
        f.name, f.text.path, reading.place, pair.domain, pair.other,
        {key: ordered(t, asked) for key, t in reading.trees.items()}, permits, moves, reading.kind.value, reading.bits,
    )  # fmt: skip
