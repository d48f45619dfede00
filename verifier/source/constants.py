"""What the names in a C file stand for: macros and enumerators, looked up in the file and its headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.diagnostics import Note
from verifier.source.expansion import Expansion
from verifier.source.expressions import DEEPEST, evaluate, is_name, tokens
from verifier.source.integers import INT, Integer, binary
from verifier.source.lexing import Token
from verifier.source.parsing import Enumerator, enumerators, line_span
from verifier.source.preprocess import Define, Text
from verifier.source.refusal import UnreadableError
from verifier.source.unit import Unit

_Place = tuple[Text, int]  # a file, and a line of it

# Names that stand for the same number in every build, whether or not the tree has the header that says so.
_STANDARD = {"false": 0, "true": 1}


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enum of C: its name ("" iff it has none) and its members, by their numbers."""

    tag: str
    members: tuple[tuple[str, int], ...]


class Constants:
    """The names as line `seen_from` of the unit's main file sees them.

    The preprocessor is not run, so a name has a value only if every definition of it in the file and its
    headers agrees, at least one of them is compiled under every configuration, and none is undone by `#undef`.
    """

    def __init__(self, unit: Unit, seen_from: int) -> None:
        self.unit = unit
        self.seen_from = seen_from
        self._defines: dict[str, Define | None] = {}
        self._values: dict[str, Integer] = {}
        self._busy: list[str] = []
        self._enumerators: dict[str, dict[str, list[Enumerator]]] = {}

    def evaluate(self, expression: str) -> Integer:
        """Return the value of a constant expression. Raises UnreadableError iff it is not certain."""
        return evaluate(self.replaced(tokens(expression)), self._enumerator)

    def replaced(self, expression: Sequence[str]) -> list[str]:
        """Return the tokens with every macro replaced. Raises UnreadableError iff a replacement is not certain."""
        given = [Token(t, 0, 0) for t in expression]
        return [t.text for t in Expansion(self.define, every=True).replaced(given)]

    def related(self, expressions: Iterable[str]) -> dict[str, int]:
        """Return the values of the names in some expressions, in the macros behind these, and in the enums of either.

        Names without a certain value are left out.
        """
        waiting = [t for e in expressions for t in tokens(e) if is_name(t)]
        found: dict[str, int | None] = {}
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self._known(name)
                waiting += self._companions(name) if found[name] is not None else ()
        return {name: value for name, value in sorted(found.items()) if value is not None}

    def _known(self, name: str) -> int | None:
        try:
            return self.evaluate(name).value
        except UnreadableError:
            return None

    def _companions(self, name: str) -> list[str]:
        """Return the names in the macro of that name, or those declared in one enum with it."""
        if define := self.define(name):
            return [t for t in tokens(define.body) if is_name(t)]
        groups = [(self._of(text), e.group) for e, (text, _) in self._definitions(name)]
        return [n for names, group in groups for n, es in names.items() if any(e.group == group for e in es)]

    def define(self, name: str) -> Define | None:
        """Return the macro of that name; None iff there is none. Raises UnreadableError iff that is not certain."""
        if name not in self._defines:
            self._defines[name] = self._in_force(name)
        return self._defines[name]

    def _in_force(self, name: str) -> Define | None:
        """The main file's last word before `seen_from` counts; without one, all headers must say the same."""
        main = self.unit.main
        own = [(d.line, d) for d in main.defines.get(name, ()) if d.line < self.seen_from]
        undone = [n for n in main.undefined.get(name, ()) if n < self.seen_from]
        last = max(own, key=lambda o: o[0], default=None)
        latest = max([*undone, *(n for n, _ in own)], default=None)
        if latest is not None and self.unit.visible(main, latest, self.seen_from):
            return last[1] if last is not None and last[0] == latest and last[1].body != name else None
        return self._agreed_define(name)

    def _agreed_define(self, name: str) -> Define | None:
        found = [(d, (t, d.line)) for t in self.unit.texts for d in t.defines.get(name, ()) if self._before(t, d.line)]
        # Headers define a name as itself to make an enumerator visible to `#ifdef`.
        defines = [(d, p) for d, p in found if d.body != name]
        if not defines:
            return None
        self._refuse_undone(name)
        first = defines[0][0]
        other = next((p for d, p in defines if tokens(d.body) != tokens(first.body)), None)
        enumerated = next((p for _, p in self._definitions(name)), None)
        self._refuse_doubt(name, [p for _, p in defines], other or enumerated)
        return first

    def _before(self, text: Text, line: int) -> bool:
        return text is not self.unit.main or line < self.seen_from

    def enum(self, name: str) -> Enumeration | None:
        """Return the enum that declares a name, with the members that have a certain value; None iff none does."""
        for enumerator, (text, _) in self._definitions(name):
            members = [n for n, es in self._of(text).items() if any(e.group == enumerator.group for e in es)]
            values = {n: v for n in members if (v := self._known(n)) is not None}
            return Enumeration(enumerator.tag, tuple(sorted(values.items(), key=lambda m: m[1])))
        return None

    def enum_of_tag(self, tag: str) -> Enumeration | None:
        """Return the enum of that name; None iff the unit has none."""
        mention = re.compile(rf"\benum\s+{re.escape(tag)}\s*\{{|\}}\s*{re.escape(tag)}\s*[,;]")
        for text in (t for t in self.unit.mentioning(tag) if mention.search(t.code)):
            for name, found in self._of(text).items():
                if any(e.tag == tag for e in found):
                    return self.enum(name)
        return None

    def _enumerator(self, name: str) -> Integer:
        if name not in self._values:
            if name in self._busy or len(self._busy) > DEEPEST:
                raise UnreadableError("ARC954", f"{name} is defined by way of itself, or in too many steps")
            self._busy.append(name)
            try:
                self._values[name] = self._agreed(name)
            finally:
                self._busy.pop()
        return self._values[name]

    def _agreed(self, name: str) -> Integer:
        """Return the value on which all enumerators of that name agree."""
        found = self._definitions(name)
        if not found and name in _STANDARD:
            return Integer(_STANDARD[name], INT)
        if not found:
            where = f"{self.unit.main.path} nor in a header of the tree that it includes"
            raise UnreadableError("ARC954", f"{name} is defined neither in {where}")
        values = [self._value(e, p) for e, p in found]
        other = next((p for v, (_, p) in zip(values, found, strict=True) if v.value != values[0].value), None)
        self._refuse_doubt(name, [p for _, p in found], other)
        return values[0]

    def _definitions(self, name: str) -> list[tuple[Enumerator, _Place]]:
        mention = re.compile(rf"[{{,]\s*{name}\s*[,=}}]")  # a file is parsed only if an enum may declare the name
        texts = (t for t in self.unit.mentioning(name) if t.path in self._enumerators or mention.search(t.code))
        return [(e, (t, e.line)) for t in texts for e in self._of(t).get(name, ())]

    def _of(self, text: Text) -> dict[str, list[Enumerator]]:
        """Return the enumerators of a file."""
        if text.path not in self._enumerators:
            self._enumerators[text.path] = enumerators(text)
        return self._enumerators[text.path]

    def _value(self, enumerator: Enumerator, place: _Place) -> Integer:
        """Return the enumerator's value: its expression's, or one more than the one before."""
        if enumerator.doubt:
            raise UnreadableError("ARC953", f"the enum of {enumerator.name} cannot be read", (enumerator.doubt,))
        if enumerator.base is None:
            return Integer(enumerator.offset, INT)
        try:
            number = binary("+", self.evaluate(enumerator.base), Integer(enumerator.offset, INT))
        except UnreadableError as error:
            raise error.beside(_at(enumerator.name, place)) from error
        return Integer(number.value, INT) if INT.holds(number.value) else number

    def _refuse_undone(self, name: str) -> None:
        for text in self.unit.texts:
            if any(self._before(text, n) for n in text.undefined.get(name, ())):
                note = Note(f"{name} is undefined here", line_span(text, text.undefined[name][0]))
                raise UnreadableError("ARC955", f"{name} means different things in different places", (note,))

    def _refuse_doubt(self, name: str, places: list[_Place], other: _Place | None) -> None:
        """Refuse a name whose definitions differ (`other`), or are all left out under some configuration."""
        if other is not None:
            notes = (_at(name, places[0]), _at(name, other))
            raise UnreadableError("ARC955", f"{name} has more than one definition, and they differ", notes)
        if not any(self.unit.visible(text, line, self.seen_from) for text, line in places):
            message = f"{name} is only defined under a condition of the preprocessor"
            raise UnreadableError("ARC955", message, (_at(name, places[0]),))


def _at(name: str, place: _Place) -> Note:
    return Note(f"{name} is defined here", line_span(*place))
