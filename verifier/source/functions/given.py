"""What a function depends on besides the two states, as parameters of a spec: integers in memory, and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.source.functions.explore import Condition, Fact
from verifier.source.functions.meaning import Bit, shown
from verifier.source.naming import Names, camel

Key = tuple[str, int]
"""An integer in memory: its text in C, and how often it had changed before it was read."""

OTHERS = "OTHERS"
"""What stands for all bits of a word that have no name, where they are only ever asked about together."""


@dataclass(frozen=True)
class Declared:
    """A line of a spec that declares a type or a parameter, and the place in C that it comes from."""

    text: str
    place: Span | None = None


class Given:
    """The parameters for some conditions, none of which is a call's result. `bits` are the names of bits of words."""

    def __init__(self, asked: Iterable[Condition], bits: Mapping[Bit, str], names: Names) -> None:
        self.declared: list[Declared] = []
        self.names = names
        self._texts: dict[Condition, str] = {}
        self._of_words: dict[Key, str] = {}
        words: dict[Key, list[Condition]] = {}
        for condition in asked:
            fact = condition.fact
            if fact is None or (fact.mask == -1 and fact.other and fact.value == 0):
                self._plain(condition)
            else:
                words.setdefault((fact.word, fact.time), []).append(condition)
        for key, conditions in words.items():
            self._word(key, conditions, bits)

    def text(self, condition: Condition) -> str:
        """Return the condition in the spec's language, in brackets where it needs some."""
        return self._texts[condition]

    @property
    def words(self) -> Mapping[str, Key]:
        """The parameters that are integers in memory, by their names."""
        return {name: key for key, name in self._of_words.items()}

    def _plain(self, condition: Condition) -> None:
        name = self.names.claim(wish(condition))
        self._texts[condition] = name
        self.declared.append(Declared(f'param {name}: bool "in C: {quoted(condition.text)}"', condition.place))

    def _word(self, key: Key, conditions: Sequence[Condition], bits: Mapping[Bit, str]) -> None:
        word, time = key
        facts = [c.fact for c in conditions if c.fact is not None]
        place = conditions[0].place
        suffix = f"_{time + 1}" if time else ""
        short, whole = (re.sub(r"\W+", "_", t, flags=re.ASCII).strip("_") for t in (shown(word), word))
        name = self.names.claim(*(f"{n}{suffix}" for n in (short, whole) if n[:1].isalpha()), f"word_{whole}{suffix}")
        self._of_words[key] = name
        sort = self._flags(key, facts, bits) or _plain_sort(facts)
        self.declared.append(Declared(f'param {name}: {sort} "in C: {quoted(word)}"', place))
        for condition in conditions:
            assert condition.fact is not None
            self._texts[condition] = self._of(condition.fact, name, sort, bits)

    def _flags(self, key: Key, facts: Sequence[Fact], bits: Mapping[Bit, str]) -> str | None:
        """Declare the bits of a word as flags; None iff some that are asked about have no name."""
        single = sorted({f.mask for f in facts if f.bit})
        rest = {f.mask for f in facts if not f.bit}
        named = [bits.get((key[0], b), "") for b in single]
        together = len(rest) <= 1 and all(f.bit or (f.mask == f.value and not f.other) for f in facts)
        listed = [*named, *([OTHERS] if rest else [])]
        overlap = any(mask & sum(single) for mask in rest)
        free = all(map(self.names.free, listed)) and len(set(listed)) == len(listed)
        if not single or overlap or not together or not free:
            return None
        self.names.claim_all(listed, listed)
        sort = self.names.claim(camel(shown(key[0])), f"{camel(shown(key[0]))}Bits")
        named[len(named) :] = [f'{OTHERS} "all other bits are set"'] if rest else []
        self.declared.append(Declared(f"flags {sort} {{ {', '.join(named)} }}"))
        return sort

    def _of(self, fact: Fact, name: str, sort: str, bits: Mapping[Bit, str]) -> str:
        sign = "!=" if fact.other else "=="
        if sort.startswith("int "):
            return f"({name} {sign} {fact.value})"
        if not sort.startswith("bits"):
            return f"({bits[fact.word, fact.mask] if fact.bit else OTHERS} in {name})"
        whole = (1 << int(sort[5:-1])) - 1
        left = name if fact.mask == -1 else f"{name} & {fact.mask & whole}"
        return f"({left} {sign} {fact.value & whole})"


def _plain_sort(facts: Sequence[Fact]) -> str:
    """Return the sort of a word without names: a range, if it is only ever compared as a whole, else its bits."""
    if all(f.mask == -1 for f in facts):
        numbers = [f.value for f in facts]
        return f"int {min(numbers) - 1}..{max(numbers) + 1}"
    return f"bits[{_width(facts)}]"


def _width(facts: Sequence[Fact]) -> int:
    return 64 if any(max(f.mask, f.value).bit_length() > 32 for f in facts) else 32


def wish(condition: Condition) -> str:
    """Return a name for a condition: of a call only the function's."""
    text = re.sub(r"\b(?!IS_ERR)(\w+)\(.*\)", r"\1", condition.text)
    for sign, word in ((" < ", " below "), (" == ", " is ")):
        text = text.replace(sign, word)
    words = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[:60].strip("_")
    suffix = f"_{condition.number + 1}" if condition.number else ""
    return (words if words[:1].isalpha() else f"c_{words}") + suffix


def plain(text: str) -> str:
    """Return a text for a comment: one line of printable ASCII."""
    return "".join(c if c.isprintable() and c.isascii() else "?" for c in text)[:200]


def quoted(text: str) -> str:
    """Return a text as it may stand between quotes."""
    return plain(text).replace("\\", "?").replace('"', "'")
