"""The arcs that a driver's step function implements: the pairs of states for which it does not merely fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.files import Files
from verifier.source.extraction import CPlace, Gap
from verifier.source.functions.domain import prefix_of
from verifier.source.functions.explore import Fork, Leaf, Tree, leaves, without_calls
from verifier.source.functions.outcomes import Outcome, better
from verifier.source.functions.reading import read_function
from verifier.source.functions.writing import to_place


@dataclass(frozen=True)
class Arc:
    """A step that the function takes, by the states' names in C; `place` is the statement that decides it.

    `condition` is the C condition under which it does, "" iff always. Whether a called function fails is none: that may
    happen to every step. `refusable`: where the condition is false, the function refuses the step as it does one that
    it does not know, and not as one that failed.
    """

    old: str
    new: str
    place: CPlace
    condition: str
    refusable: bool


@dataclass(frozen=True)
class Arcs:
    """What a step function implements. `states` are the states by their names in C, with their numbers; `prefix` is
    what these names begin with. `refused` are the places where other pairs are turned down."""

    function: str
    place: CPlace
    states: Mapping[str, int]
    prefix: str
    arcs: tuple[Arc, ...]
    refused: Mapping[tuple[str, str], CPlace]
    gaps: tuple[Gap, ...]


def arcs(
    files: Files, path: str, function: str, enums: Sequence[str] = (), old: str | None = None, new: str | None = None
) -> Arcs:
    """Return the arcs of a step function, see `extract_function` for the arguments. Raises SourceError likewise."""
    reading = read_function(files, path, function, enums, old, new)
    text = reading.function.text
    lines = {text.path: text.raw.decode(errors="replace").split("\n")}
    trees = {key: without_calls(t, better) for key, t in reading.trees.items()}
    found = {key: t for key, t in trees.items() if not any(leaf.outcome.gap for leaf in leaves(t))}
    gaps = dict.fromkeys(
        (leaf.outcome.gap, leaf.place) for t in trees.values() for leaf in leaves(t) if leaf.outcome.gap
    )
    refused = {key: t for key, t in found.items() if not _is_taken(key, t)}
    unknown = frozenset(leaf.place for t in refused.values() for leaf in leaves(t))
    return Arcs(
        function,
        to_place(reading.place, lines),
        reading.pair.domain.numbers,
        prefix_of(reading.pair.domain.numbers),
        tuple(_arc(key, t, lines, unknown) for key, t in found.items() if key not in refused),
        {key: to_place(leaves(t)[0].place, lines) for key, t in refused.items()},
        tuple(Gap(message, to_place(place, lines)) for message, place in gaps),
    )


def _is_taken(key: tuple[str, str], tree: Tree[Outcome]) -> bool:
    """Return True iff the function may take the step: it allows it, or leaves the state that was asked for."""
    outcomes = [leaf.outcome for leaf in leaves(tree)]
    if any(o.allowed is not None for o in outcomes):
        return any(o.allowed for o in outcomes)
    return any(o.next == key[1] for o in outcomes)


def _arc(
    key: tuple[str, str], tree: Tree[Outcome], lines: Mapping[str, Sequence[str]], unknown: frozenset[Span]
) -> Arc:
    found = leaves(tree)
    taken = next((leaf for leaf in found if leaf.outcome.allowed or leaf.outcome.next == key[1]), found[0])
    refusable = any(leaf.place in unknown and not leaf.outcome.allowed for leaf in found)
    return Arc(*key, to_place(taken.place, lines), _when(tree, key) if isinstance(tree, Fork) else "", refusable)


def _when(tree: Tree[Outcome], key: tuple[str, str]) -> str:
    """Return a tree as a C condition, "" iff it always takes the step, "0" iff never."""
    if isinstance(tree, Leaf):
        return "" if tree.outcome.allowed or tree.outcome.next == key[1] else "0"
    text = tree.condition.text
    yes, no = _when(tree.yes, key), _when(tree.no, key)
    ways = [f"({text}){f' && {yes}' if yes else ''}"] if yes != "0" else []
    ways += [f"!({text}){f' && {no}' if no else ''}"] if no != "0" else []
    return " || ".join(ways)
