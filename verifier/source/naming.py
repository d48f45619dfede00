"""Names of a spec made of names of C: short, and each given once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from verifier.source.constants import Enumeration
from verifier.syntax.automaton import tables
from verifier.syntax.words import SOFT

_RESERVED = frozenset(["start", "goal", "fit"])
_SENTINEL = re.compile(r"(^_|(^|_)(NR|NUM|MAX|LAST|COUNT|CNT|SIZE|END|N|TOTAL)(_|$)|(^|_)max(_|$))")


class Names:
    """The names of one spec; types, values, tables and variables share one namespace."""

    def __init__(self) -> None:
        self.taken = (set(tables()["keywords"]) - SOFT) | _RESERVED

    def free(self, name: str) -> bool:
        """Return True iff the name can be given."""
        return re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None and name not in self.taken

    def claim(self, *wishes: str) -> str:
        """Take and return the first of these names that is free, or the last of them with a number behind it."""
        last = re.sub(r"\W", "_", wishes[-1], flags=re.ASCII)[:180] or "value"
        last = f"_{last}" if last[0].isdigit() else last
        numbered = (f"{last}_{n}" for n in itertools.count(2))
        name = next(n for n in itertools.chain(wishes, (last,), numbered) if self.free(n))
        self.taken.add(name)
        return name

    def claim_all(self, names: Sequence[str], longer: Sequence[str]) -> list[str]:
        """Return each name if it is free, else the longer one."""
        return [self.claim(n, other) for n, other in zip(names, longer, strict=True)]


def sentinel(name: str) -> bool:
    """Return True iff the name looks like the end of an enum, not like one of its values."""
    return _SENTINEL.search(name) is not None


def shortened(names: Sequence[str]) -> list[str]:
    """Return the names without the words that all of them begin and end with; all of them unless each keeps one."""
    if len(names) < 2:
        return list(names)
    prefix = _common(names)
    prefix = prefix[: prefix.rfind("_") + 1]
    rest = [n.removeprefix(prefix) for n in names]
    suffix = _common([n[::-1] for n in rest])[::-1]
    suffix = suffix[suffix.find("_") :] if "_" in suffix else ""
    bare = [n.removesuffix(suffix) for n in rest]
    for candidates in (bare, rest):
        if all(re.match(r"[A-Za-z]", n) for n in candidates):
            return candidates
    prefix = prefix[: prefix.rstrip("_").rfind("_") + 1]  # one word more keeps `TYPE_2` from becoming `2`
    rest = [n.removeprefix(prefix) for n in names]
    return rest if all(re.match(r"[A-Za-z]", n) for n in rest) else list(names)


def _common(names: Sequence[str]) -> str:
    """Return what all of the names begin with."""
    first, last = min(names), max(names)
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(a for a, _ in same)


def camel(words: str) -> str:
    """Return the words, joined by `_` in C, as the name of a type."""
    return "".join(w[:1].upper() + w[1:].lower() for w in re.split(r"[_\W]+", words) if w)


def word(text: str) -> str:
    """Return a text as a name."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "EMPTY"


def snake(name: str) -> str:
    """Return the name of a type as that of a variable."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", name).lower()


def prefix(names: Iterable[str]) -> str:
    """Return the words that all of the names begin with; "" iff there are none, or only one name."""
    listed = list(names)
    common = _common(listed) if len(listed) > 1 else ""
    return common[: common.rfind("_")] if "_" in common else ""


def type_name(enum: Enumeration, size: str, otherwise: str) -> str:
    """Return a name for the type of an enum's values: its tag's, its members' prefix's, or what its end is called."""
    common = prefix(n for n, _ in enum.members if not sentinel(n))
    single = size[:-1] if re.fullmatch(r"[A-Z_]+S", size) else ""
    return camel(enum.tag or common or single) or camel(otherwise)
