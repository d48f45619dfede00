"""What a function does for one pair of states: in a form that is the same for the same meaning, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from verifier.source.functions.choices import Bits
from verifier.source.functions.explore import (
    Condition,
    Fact,
    Leaf,
    Tree,
    about,
    conditions,
    fork,
)
from verifier.source.functions.outcomes import Outcome

MOST = 8
"""The most conditions that are put in order: the result has as many branches as there are combinations."""

Way = tuple[tuple[Condition, bool], ...]

Bit = tuple[str, int]
"""A word's text in C, and a bit of it."""


def ordered(tree: Tree[Outcome], among: Sequence[Condition] = ()) -> Tree[Outcome]:
    """Return the tree with its conditions in a fixed order, each about one bit where that is possible.

    Two trees of the same meaning become equal, as long as they ask about the same things. One with more than `MOST`
    conditions is left as it is. The bits that are told apart are those that it, or a condition in `among`, asks about.
    """
    asked = _atoms(conditions(tree), among)
    return tree if len(asked) > MOST else _build(tree, asked, {})


def _atoms(asked: Sequence[Condition], among: Sequence[Condition]) -> list[Condition]:
    """Return the conditions, those about several bits split into one for each bit and one for all others."""
    bits = {(f.word, f.time): _single([*asked, *among], f) for f in _facts(asked)}
    found: dict[Condition, None] = {}
    for condition in asked:
        fact = condition.fact
        if fact is None or fact.other or fact.mask == -1:
            found[condition] = None
            continue
        single = bits[fact.word, fact.time]
        for bit in _of(single & fact.mask):
            found[about(Fact(fact.word, fact.time, bit, bit), condition.place)] = None
        if rest := fact.mask & ~single:
            found[about(Fact(fact.word, fact.time, rest, fact.value & rest), condition.place)] = None
    return sorted(found, key=lambda c: (c.fact is None, c.fact or Fact("", 0, 0, 0), c.text, c.number))


def _facts(asked: Sequence[Condition]) -> Iterator[Fact]:
    return (c.fact for c in asked if c.fact is not None)


def _single(asked: Sequence[Condition], of: Fact) -> int:
    """Return the bits that masks of a few bits ask about."""
    masks = [f.mask for f in _facts(asked) if (f.word, f.time) == (of.word, of.time)]
    found = 0
    for mask in masks:
        found |= mask if mask > 0 and mask.bit_count() <= MOST // 2 else 0
    return found


def _of(mask: int) -> Iterator[int]:
    return (1 << n for n in range(mask.bit_length()) if mask >> n & 1)


def _build(tree: Tree[Outcome], asked: Sequence[Condition], known: Mapping[Condition, bool]) -> Tree[Outcome]:
    here = _under(tree, known)
    if isinstance(here, Leaf):
        return here
    first, *others = asked
    yes, no = (_build(here, others, {**known, first: truth}) for truth in (True, False))
    return fork(first, yes, no)


def _under(tree: Tree[Outcome], known: Mapping[Condition, bool]) -> Tree[Outcome]:
    """Return the tree without the conditions that follow from what is known."""
    if isinstance(tree, Leaf):
        return tree
    truth = _settled(tree.condition, known)
    if truth is not None:
        return _under(tree.yes if truth else tree.no, known)
    return fork(tree.condition, _under(tree.yes, known), _under(tree.no, known))


def _settled(condition: Condition, known: Mapping[Condition, bool]) -> bool | None:
    """Return the truth of a condition, as far as it follows from those that are known."""
    fact = condition.fact
    if condition in known or fact is None or fact.other or fact.mask == -1:
        return known.get(condition)
    bits = Bits()
    for other, truth in known.items():
        about_it = other.fact
        if about_it is None or (about_it.word, about_it.time) != (fact.word, fact.time):
            continue
        within = not about_it.mask & ~fact.mask and about_it.value == fact.value & about_it.mask
        if within and not truth:
            return False
        bits = bits.told(about_it.mask, about_it.value, truth)
    return bits.settle(fact.mask, fact.value)


# --- In words


def signature(tree: Tree[Outcome]) -> str:
    """Return a text that two trees share iff they ask and answer the same in the same order."""
    if isinstance(tree, Leaf):
        return str(tree.outcome)
    return f"({tree.condition.text}#{tree.condition.number} ? {signature(tree.yes)} : {signature(tree.no)})"


def worded(tree: Tree[Outcome], values: Mapping[str, str], bits: Mapping[Bit, str], old: str) -> str:
    """Return what happens in words: each outcome with its conditions, what happens otherwise last.

    `values` are the names of the states, `bits` those of bits of words in memory, `old` is the state before.
    """
    ways: dict[str, list[Way]] = {}
    for way, leaf in _ways(tree, ()):
        ways.setdefault(_told(leaf.outcome, values, old), []).append(way)
    if len(ways) == 1:
        return next(iter(ways))
    silent = "refused" if "refused" in ways else "stays" if "stays" in ways else ""
    told = [f"{what} if {_either(found, bits)}" for what, found in ways.items() if what != silent]
    return "; ".join(told)


def _ways(tree: Tree[Outcome], way: Way) -> Iterator[tuple[Way, Leaf[Outcome]]]:
    if isinstance(tree, Leaf):
        yield way, tree
    else:
        yield from _ways(tree.yes, (*way, (tree.condition, True)))
        yield from _ways(tree.no, (*way, (tree.condition, False)))


def _told(outcome: Outcome, values: Mapping[str, str], old: str) -> str:
    if outcome.gap:
        return "not understood"
    if outcome.hangs:
        return "never returns"
    if outcome.allowed is False and outcome.next is None:
        return "refused"
    target = values[outcome.next or old]
    if outcome.allowed is False:
        return f"refused, and {target}"
    return target if outcome.next is not None else "allowed" if outcome.allowed else "stays"


def _either(ways: Sequence[Way], bits: Mapping[Bit, str]) -> str:
    return ", or ".join(dict.fromkeys(_all(way, bits) for way in ways))


def _all(way: Way, bits: Mapping[Bit, str]) -> str:
    """Return the conditions of one way, those about one word together."""
    words: dict[tuple[str, int], list[tuple[Fact, bool]]] = {}
    plain = []
    for condition, truth in way:
        fact = condition.fact
        if fact is None or fact.mask == -1 or fact.other:
            plain.append(_negated(condition.text, truth))
        else:
            words.setdefault((fact.word, fact.time), []).append((fact, truth))
    return " and ".join(chain(*(_of_word(*key, told, bits) for key, told in words.items()), plain))


def _negated(text: str, truth: bool) -> str:
    for sign, contrary in ((" == ", " != "), (" != ", " == ")):
        if sign in text and not truth and text.count("=") < 3:
            return text.replace(sign, contrary)
    return text if truth else f"!({text})" if " " in text else f"!{text}"


def _of_word(word: str, time: int, told: Sequence[tuple[Fact, bool]], bits: Mapping[Bit, str]) -> Iterator[str]:
    """Yield what is said of one word: which bits are in it, which are not, and the rest."""
    known = Bits()
    for fact, truth in told:
        known = known.told(fact.mask, fact.value, truth)
    short = f"{shown(word)}{f' (read {time + 1} times)' if time else ''}"
    for mask, sign, inside in ((known.ones, "==", "in"), (known.zeros, "!=", "not in")):
        if mask.bit_count() > 16:
            yield f"{short} {sign} {mask:#x}"
        elif mask:
            yield f"{', '.join(bits.get((word, b), hex(b)) for b in _of(mask))} {inside} {short}"
    for fact, truth in told:
        if not truth and known.settle(fact.mask, fact.value) is None:
            whole = f"{short} != {fact.value:#x}" if fact.value.bit_count() > 16 else ""
            yield whole or f"{short} & {fact.mask:#x} != {fact.value:#x}"


def shown(word: str) -> str:
    """Return the last member's name of a place in memory, as C has it."""
    return word.replace("->", ".").rpartition(".")[2] if word.isascii() else word
