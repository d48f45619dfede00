"""What the names in a C file stand for: macros and enumerators, looked up in the file and its headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verifier.diagnostics import Note
from verifier.source.expressions import DEEPEST, MOST_TOKENS, evaluate, is_name, tokens
from verifier.source.integers import INT, Integer, binary
from verifier.source.parsing import Enumerator, enumerators, line_span
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError
from verifier.source.unit import Unit

_Place = tuple[Text, int]  # a file, and a line of it

# Names that stand for the same number in every build, whether or not the tree has the header that says so.
_STANDARD = {"false": 0, "true": 1}


class Constants:
    """The names as line `seen_from` of the unit's main file sees them.

    The preprocessor is not run, so a name has a value only if every definition of it in the file and its
    headers agrees, at least one of them is compiled under every configuration, and none is undone by `#undef`.
    """

    def __init__(self, unit: Unit, seen_from: int) -> None:
        self.unit = unit
        self.seen_from = seen_from
        self._macros: dict[str, str | None] = {}
        self._values: dict[str, Integer] = {}
        self._busy: list[str] = []
        self._enumerators: dict[str, dict[str, list[Enumerator]]] = {}

    def evaluate(self, expression: str) -> Integer:
        """Return the value of a constant expression. Raises UnreadableError iff it is not certain."""
        return evaluate(self.replaced(tokens(expression)), self._enumerator)

    def replaced(self, expression: Sequence[str], hidden: frozenset[str] = frozenset()) -> list[str]:
        """Return the tokens with every macro replaced but the `hidden` ones, those being replaced already.

        Raises UnreadableError iff a replacement is not certain.
        """
        result: list[str] = []
        for token in expression:
            body = self._macro(token) if is_name(token) and token not in hidden else None
            result += [token] if body is None else self.replaced(tokens(body), hidden | {token})
            if len(result) > MOST_TOKENS or len(hidden) > DEEPEST:
                raise UnreadableError("ARC953", "the expression is too large once its macros are replaced")
        return result

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
        if body := self._macro(name):
            return [t for t in tokens(body) if is_name(t)]
        groups = [(self._of(text, name), e.group) for e, (text, _) in self._definitions(name)]
        return [n for names, group in groups for n, es in names.items() if any(e.group == group for e in es)]

    def _macro(self, name: str) -> str | None:
        """Return the replacement of a macro; None iff the name is none. A macro with arguments is refused."""
        if name not in self._macros:
            self._macros[name] = self._replacement(name)
        return self._macros[name]

    def _replacement(self, name: str) -> str | None:
        found = [(d, (t, d.line)) for t in self.unit.texts for d in t.defines.get(name, ())]
        # Headers define a name as itself to make an enumerator visible to `#ifdef`.
        defines = [(d, p) for d, p in found if d.body != name]
        if not defines:
            return None
        if called := next((p for d, p in defines if d.call), None):
            raise UnreadableError(
                "ARC953", f"{name} is a macro with arguments, which is not replaced", (_at(name, called),)
            )
        self._refuse_undone(name)
        first = defines[0][0]
        other = next((p for d, p in defines if tokens(d.body) != tokens(first.body)), None)
        enumerated = next((p for _, p in self._definitions(name)), None)
        self._refuse_doubt(name, [p for _, p in defines], other or enumerated)
        return first.body

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
        return [(e, (t, e.line)) for t in self.unit.texts for e in self._of(t, name).get(name, ())]

    def _of(self, text: Text, name: str) -> dict[str, list[Enumerator]]:
        """Return the enumerators of a file; nothing, without parsing it, where the name does not occur."""
        if text.path not in self._enumerators:
            if name not in text.code or not re.search(rf"\b{re.escape(name)}\b", text.code):
                return {}
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
            if name in text.undefined:
                note = Note(f"{name} is undefined here", line_span(text, text.undefined[name]))
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
