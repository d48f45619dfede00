"""What a function of C does for each pair of states, on both sides, and the pairs for which that differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from verifier.change.causes import BEHAVIOUR
from verifier.change.fact import Change
from verifier.report.trace import counted
from verifier.source.extraction import Extraction, Step
from verifier.source.functions.given import OTHERS

Pair = tuple[str, ...]
Steps = Mapping[Pair, Step]

MADE_UP = ("param ", "bit ")
"""What stands in a function's spec for the conditions that it asks; which there are, is no change of itself."""

_VALUE = ("ARC110", "ARC111")

LISTED = 16
"""The most pairs that get a line of their own."""


def by_cells(changes: Sequence[Change], name: str, old: Extraction, new: Extraction) -> tuple[Change, ...]:
    """Return the changes of a function's spec with one root: the pairs of states for which it does something else.

    Under it hangs what that means for the machine; the terms of the spec, which nobody has written, are left out.
    Pairs with a state that one version does not have are told in the root alone. A function that may never return is
    no longer the same as one that refuses, though the machine takes no step either way.
    """
    changes = list(_without_start(changes))
    before, after = old.steps, new.steps
    differing = [p for p in {**before, **after} if _meaning(before, p) != _meaning(after, p)]
    changes = [c for c in changes if not c.subject.startswith(MADE_UP)]
    if not differing:
        return tuple(changes)
    own = [c for c in changes if (c.code.startswith(BEHAVIOUR) and not c.code.startswith("ARC11")) or _is_made(c)]
    rest = [c for c in changes if not any(c is o for o in own)]
    stuck = [p for p in differing if p in before and p in after and before[p].hangs != after[p].hangs]
    other = [p for p in differing if p not in stuck]
    if not any(p in before and p in after for p in differing) and any(c.code.startswith(_VALUE) for c in rest):
        return tuple(_with_steps(c, differing, before, after) for c in map(_without_rules, rest))
    every = [e for c in own for e in c.tree()]
    shown = tuple({(s.side, s.title): s for c in every for s in c.shown}.values())
    proofs = tuple(p for c in every for p in c.proofs)
    roots = [_hanging(name, stuck, before, after)] if stuck else []
    roots += [_changed(name, other, before, after)] if other else []
    found = tuple(b for c in own if not _is_made(c) for b in _bare(c))
    first = replace(roots[0], shown=shown, proofs=proofs, consequences=(*roots[0].consequences, *roots[1:], *found))
    return (first, *map(_without_rules, rest))


def _with_steps(change: Change, differing: Sequence[Pair], before: Steps, after: Steps) -> Change:
    """Tell, beside a value that one version lacks, which steps come or go with it, unless they are refused."""
    value = change.subject.rpartition(".")[2]
    if not change.code.startswith(_VALUE):
        return change
    steps = [_named(p) for p in differing if value in p and (after.get(p) or before[p]).words != "refused"]
    more = f" and {len(steps) - LISTED} more" if len(steps) > LISTED else ""
    told = f"with it {'come' if change.code.startswith('ARC110') else 'go'} {', '.join(steps[:LISTED])}{more}"
    return replace(change, note="; ".join(n for n in (change.note, told) if n)) if steps else change


def _without_rules(change: Change) -> Change:
    """Leave out what a value that is opt-in does to the rules of the spec: nobody else meets it, and the pairs of
    states tell it."""
    if change.code != "ARC110o":
        return change
    kept = (c for c in change.consequences if not (c.code.startswith("ARC3") and c.subject.startswith("rule ")))
    return replace(change, consequences=tuple(kept))


def _without_start(changes: Iterable[Change]) -> Iterator[Change]:
    """Leave out where the machine begins: C does not say."""
    for change in changes:
        if change.code != "ARC117":
            yield replace(change, consequences=tuple(_without_start(change.consequences)))


def _is_made(change: Change) -> bool:
    """True iff the change is about a part of the spec that stands for no line of C: how it says that a call hangs, what
    stands for all bits without a name; and about what the headline tells already."""
    made = change.subject in ("var hung", "rule hang") or change.subject.endswith(f".{OTHERS}")
    return made or change.code in ("ARC304", "ARC405")


def _changed(name: str, differing: Sequence[Pair], before: Steps, after: Steps) -> Change:
    pairs = tuple(_pair(p, before[p], after[p]) for p in differing if p in before and p in after)
    return Change(
        "ARC413", "changed", f"function {name}", _listed(differing, before), _listed(differing, after),
        note=_note(len(pairs), len(differing) - len(pairs)),
        place=next((after[p].place.span for p in differing if p in after), None),
        consequences=pairs if len(pairs) <= LISTED else (),
    )  # fmt: skip


def _meaning(steps: Steps, pair: Pair) -> str | None:
    return steps[pair].meaning if pair in steps else None


def _hanging(name: str, pairs: Sequence[Pair], before: Steps, after: Steps) -> Change:
    """A function that turns in a loop for ever, for pairs for which it returned before, or the other way round."""
    lost = any(after[p].hangs for p in pairs)
    chosen = next(p for p in pairs if after[p].hangs == lost)
    return Change(
        "ARC410", "lost" if lost else "gained", f"function {name}", _listed(pairs, before), _listed(pairs, after),
        note=f"for {counted(len(pairs), 'pair')} of states", place=after[chosen].place.span,
        old_place=before[chosen].place.span,
        consequences=tuple(_pair(p, before[p], after[p]) for p in pairs) if len(pairs) <= LISTED else (),
    )  # fmt: skip


def _note(changed: int, one_sided: int) -> str:
    told = [f"{counted(changed, 'pair')} of states {'differs' if changed == 1 else 'differ'}"] if changed else []
    told += [f"{counted(one_sided, 'pair')} with a state that one version lacks"] if one_sided else []
    return "; ".join(told) if changed + one_sided > 1 else ""


def _listed(differing: Sequence[Pair], steps: Steps) -> str:
    return "; ".join(f"{_named(p)}: {steps[p].words}" for p in differing if p in steps)


def _named(pair: Pair) -> str:
    return " -> ".join(pair)


def _bare(change: Change) -> Iterator[Change]:
    """Yield what follows, without the terms of a spec that nobody has written; of its tables the pairs tell enough."""
    consequences = tuple(b for c in change.consequences for b in _bare(c))
    if change.code == "ARC413" or change.subject.startswith("def "):
        yield from consequences
    elif change.code.startswith(BEHAVIOUR):
        yield replace(change, before=None, after=None, shown=(), note="", consequences=consequences)
    else:
        yield replace(change, consequences=consequences)


def _pair(pair: Pair, before: Step, after: Step) -> Change:
    code, kind = (
        ("ARC410", "lost" if after.hangs else "gained") if before.hangs != after.hangs else ("ARC413", "changed")
    )
    places = after.place.span, before.place.span
    subject = f"step {_named(pair)}"
    return Change(code, kind, subject, before.words, after.words, place=places[0], old_place=places[1])
