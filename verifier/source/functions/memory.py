"""What variables and memory hold while a function runs, as far as that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.diagnostics import Span
from verifier.source.functions.code import Load
from verifier.source.functions.values import Value, Word, stored, unknown
from verifier.source.integers import CType


class Stuck(Exception):
    """Raised where a run cannot go on with certainty, at `place`."""

    def __init__(self, message: str, place: Span) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class Memory:
    """The values of locals, and of places in memory by their C texts.

    The `subjects` are the expressions that stand for the two states; each is read as it was at its first reading, and
    once something may have changed it, reading it again is refused. `fixed` are other expressions with known values,
    `watched` places whose contents belong to the outcome. Two places are taken to be one only if they end in the same
    member; other threads change nothing.
    """

    def __init__(
        self,
        parameters: Sequence[Load],
        subjects: Mapping[str, Value],
        fixed: Mapping[str, Value],
        watched: frozenset[str],
    ) -> None:
        self.subjects = {key: replace(value, pair=True) for key, value in subjects.items()}
        self.fixed = fixed
        self.watched = watched | set(subjects)
        self._given = frozenset(p.key for p in parameters)
        given = {p.key: unknown(p.key, p.key, p.type is not None) for p in parameters}
        known = {**given, **{k: v for k, v in {**fixed, **self.subjects}.items() if k in given}}
        self.locals: dict[str, Value] = {p.key: stored(known[p.key], p.type) for p in parameters}
        self.places: dict[str, Value] = {}
        self.seen: set[str] = set()
        self.stale: dict[str, tuple[str, Span]] = {}
        self._epoch = 0
        self._writes: dict[str, int] = {}
        self.answers = 0
        """How often something was found out that may be otherwise the next time."""
        self._kept: set[str] = set()

    def load(self, load: Load) -> Value:
        """Return what a variable or a place holds. Raises Stuck iff it is a state that may have changed."""
        known = (self.locals if load.local else self.places).get(load.key)
        if load.key in self.watched and not (load.local and known is not None):
            self.refuse_stale(load.key)
        self.answers += load.shared
        if load.key in self.subjects:
            self.seen.add(load.key)
        if known is not None:
            return known
        if load.key in self.subjects:
            return self.subjects[load.key]
        if load.key in self.fixed:
            return self.fixed[load.key]
        call = any(self.locals[n].call for n in load.names if n in self.locals)
        version = load.key if load.local else self._version(load.key)
        return replace(unknown(load.key, version, call), word=None if load.local or call else Word(load.key, version))

    def configuration(self) -> object:
        """Return what all variables and places hold; two that are equal mean the same as far as is known."""
        held = ((*item, of is self.locals) for of in (self.locals, self.places) for item in of.items())
        told = frozenset((k, local, v.number, v.id, v.error, v.pair, v.doubt) for k, v, local in held)
        return told, self.answers, len(self.seen), len(self.stale)

    def _version(self, key: str) -> str:
        """Return an id for what a place holds now."""
        return f"{key}#{self._epoch}.{self._writes.get(member(key), 0)}"

    def refuse_stale(self, key: str) -> None:
        """Raise Stuck iff the state may have changed since it was read."""
        if key in self.stale:
            why, place = self.stale[key]
            raise Stuck(f"{why} may have changed {key}, which is read again later", place)

    def fresh(self, text: str) -> Value:
        """Return a value of which nothing is known, and which no other one equals."""
        self.answers += 1
        return unknown(text, f"{text}@{self.answers}", call=True)

    def assign(self, target: Load, value: Value) -> None:
        """Give a variable or a place a value."""
        if target.local:
            self._rebase(target)
            kept = f"a pointer to {target.key} is kept" if target.key in self._kept else value.doubt
            self.locals[target.key] = replace(value, doubt=kept)
            return
        field = member(target.key)
        self._writes[field] = self._writes.get(field, 0) + 1
        for key in [k for k in {*self.places, *self.seen} if k != target.key and overlaps(target.key, k)]:
            self._lose(key, f"the assignment to {target.key}", target.place)
        self.stale.pop(target.key, None)
        self.places[target.key] = value

    def _rebase(self, target: Load) -> None:
        """Forget what was known by way of a pointer that is assigned anew."""
        word = target.key
        for key in [k for k in {*self.places, *self.seen} if k != word and mentions(k, word)]:
            self._lose(key, f"the assignment to {word}", target.place)
            self._epoch += 1

    def disturb(self, who: str, place: Span) -> None:
        """Note that memory may have changed."""
        self._epoch += 1
        self.answers += 1
        for key in [*self.places, *self.seen]:
            if key not in self.locals:
                self._lose(key, who, place)

    def touch(self) -> None:
        """Note that memory may have changed but for the states."""
        self._epoch += 1
        self.answers += 1
        self.places = {k: v for k, v in self.places.items() if k in self.watched}

    def _lose(self, key: str, who: str, place: Span) -> None:
        if key in self.watched:
            self.stale.setdefault(key, (who, place))
        else:
            self.places.pop(key, None)

    def kind(self, load: Load) -> CType | None:
        """Return the type of the number that is there; None iff it is not known."""
        known = (self.locals if load.local else self.places).get(load.key) or self.subjects.get(load.key)
        return None if known is None or known.number is None else known.number.type

    def is_pair(self, load: Load) -> bool:
        """Return True iff the value depends on the two states."""
        known = (self.locals if load.local else self.places).get(load.key)
        return load.key in self.subjects or (known is not None and known.pair)

    def keep_address(self, target: Load, place: Span) -> None:
        """Let a pointer to something be kept: what it holds is no longer known. Raises Stuck iff that is one of the
        two states, or depends on them."""
        if target.key in self.subjects or self.is_pair(target):
            raise Stuck(f"a pointer to {target.key} is kept", place)
        if target.local:
            self._kept.add(target.key)
            self.assign(target, self.fresh(target.key))

    def pass_pointer(self, target: Load, function: str, place: Span) -> None:
        """Let a function set what a pointer leads to. Raises Stuck iff that is, or holds, one of the two states.

        A local state that nobody has read yet is one that the function gives.
        """
        given = self.subjects.get(target.key)
        if given is not None and target.local and target.key not in self.seen | self._given:
            self.assign(target, given)
        elif given is not None or (target.key in self.locals and self.locals[target.key].pair):
            raise Stuck(f"a pointer to {target.key} is passed to {function}", place)
        else:
            self.assign(target, self.fresh(target.key))


def overlaps(target: str, key: str) -> bool:
    """Return True iff an assignment to a place may change another: both end in the same member, or it is inside."""
    inside = key.startswith((f"{target}.", f"{target}->", f"{target}[")) or (
        target.startswith("*") and key.startswith((f"{target[1:]}->", f"{target[1:]}["))
    )
    return inside or (member(target) != "" and member(target) == member(key))


def member(key: str) -> str:
    """Return the last member's name of a place in memory; "" iff it is no member."""
    return key.replace("->", ".").rpartition(".")[2] if "->" in key or "." in key else ""


def mentions(key: str, word: str) -> bool:
    """Return True iff the C text mentions a variable."""
    return word in key and re.search(rf"(?<![\w@.>]){re.escape(word)}(?![\w@])", key) is not None
