"""What is known of a value while a function runs: a number, or only where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from verifier.diagnostics import Span
from verifier.source.integers import BINARY, INT, CType, Integer, binary, convert, promote, unary


@dataclass(frozen=True, slots=True)
class Word:
    """The bits `mask` (-1: all) of an integer in memory: its text in C, and what tells it from what was there before.

    `flipped`: the value has the contrary of each of these bits.
    """

    text: str
    id: str
    mask: int = -1
    flipped: bool = False

    def held(self, value: int) -> int:
        """Return what memory holds in these bits where the value is `value`."""
        return ~value & self.mask if self.flipped else value


@dataclass(frozen=True, slots=True)
class Value:
    """A value. `number` is None iff it is not known; then `id` tells it from other unknown ones of the same run.

    `text` shows it as C. `error`: it is an error pointer. `call`: it comes from a call, or from a variable that
    something else has set, and not from memory. `pair`: it depends on the states given. `origin` is the assignment
    that it comes from, if any; `doubt` says why no decision may rest on it, if none may. `word` are the bits of memory
    that it is, if it is not known and nothing else. `names` is the C expression of a number that C gives by name.
    """

    number: Integer | None
    text: str
    id: str = ""
    error: bool = False
    call: bool = False
    pair: bool = False
    origin: Span | None = None
    doubt: str = ""
    word: Word | None = None
    names: str = ""

    @property
    def known(self) -> bool:
        """True iff the number is known."""
        return self.number is not None


def number(value: int, text: str = "", pair: bool = False, kind: CType = INT) -> Value:
    """Return a known value."""
    return Value(Integer(value, kind), text or str(value), pair=pair)


def unknown(text: str, id: str, call: bool = False, doubt: str = "") -> Value:
    """Return an unknown value."""
    return Value(None, text, id, call=call, doubt=doubt)


# Each comparison as one of `==` and `<`: whether the operands change places, and whether the result is negated.
COMPARISONS = {
    "==": ("==", False, False),
    "!=": ("==", False, True),
    "<": ("<", False, False),
    ">": ("<", True, False),
    "<=": ("<", True, True),
    ">=": ("<", False, True),
}


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition whose truth is not known: `text` is how C has it. Atoms of one id are true together.

    `left` and `right` are what `==` or `<` compares, by their ids and numbers; `word` are the bits of memory that an
    `==` compares with the number on the right, if it does; `names` is the C expression of that number or of its mask.
    """

    id: str
    text: str
    operator: str
    left: str | int
    right: str | int
    call: bool
    word: Word | None = None
    names: str = ""


def compared(operator: str, left: Value, right: Value) -> bool | tuple[Atom, bool]:
    """Return the truth of a comparison; where it is not known the atom, and whether its truth is to be negated."""
    base, swapped, negated = COMPARISONS[operator]
    if swapped:
        left, right = right, left
    if left.error or right.error:
        return _error_compared(base, left, right, negated)
    if left.number is not None and right.number is not None:
        return _holds(base, left.number, right.number) != negated
    if left.id == right.id and left.number is None and right.number is None:
        return (base == "==") != negated
    sides = (_side(left), _side(right))
    if base == "==" and (isinstance(sides[0], int) or (isinstance(sides[1], str) and sides[0] > sides[1])):
        left, right, sides = right, left, (sides[1], sides[0])
    text = _comparison_text(base, left, right)
    word = left.word if base == "==" and right.number is not None and not left.call else None
    names = f"{left.names} {right.names}".strip()
    return Atom(f"{sides[0]} {base} {sides[1]}", text, base, *sides, left.call or right.call, word, names), negated


def _comparison_text(base: str, left: Value, right: Value) -> str:
    shown = [f"({v.text})" if re.search(r" [-+*/%&|^<>]+ ", v.text) else v.text for v in (left, right)]
    return f"{shown[0]} {base} {shown[1]}"


def _error_compared(base: str, left: Value, right: Value, negated: bool) -> bool | tuple[Atom, bool]:
    """An error pointer is neither null nor a pointer to anything."""
    if base == "==" and left.error != right.error:
        return negated
    return Atom(f"{left.text} {base} {right.text}", f"{left.text} {base} {right.text}", base, "", "", True), negated


def _holds(base: str, left: Integer, right: Integer) -> bool:
    left, right = promote(left), promote(right)
    common = max(left.type, right.type, key=lambda t: (t.bits, not t.signed))
    a, b = convert(left, common).value, convert(right, common).value
    return a == b if base == "==" else a < b


def _side(value: Value) -> str | int:
    return value.id if value.number is None else value.number.value


_EXTRA: dict[str, Callable[[int, int], int]] = {
    "/": lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),
    "%": lambda a, b: a - b * _EXTRA["/"](a, b),
}


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """Return the result of a binary operator. Raises UnreadableError iff it overflows."""
    pair, call = left.pair or right.pair, left.call or right.call
    doubt = left.doubt or right.doubt
    text = f"{left.text} {operator} {right.text}"
    if left.number is None or right.number is None:
        if operator in ("&", "*") and any(v.number is not None and v.number.value == 0 for v in (left, right)):
            return number(0, pair=pair)
        of = f"({_side(left)} {operator} {_side(right)})"
        word = _masked(left, right) or _masked(right, left) if operator == "&" else None
        names = f"{left.names} {right.names}".strip()
        return Value(None, text, of, call=call, pair=pair, doubt=doubt, word=word, names=names)
    if operator in BINARY:
        names = " ".join(v.names or v.text for v in (left, right))
        return Value(binary(operator, left.number, right.number), text, pair=pair, names=names)
    if operator in _EXTRA and right.number.value != 0:
        whole = _EXTRA[operator](left.number.value, right.number.value)
        return Value(Integer(whole, left.number.type), text, pair=pair)
    return Value(None, text, f"({text})", pair=pair, doubt=f"`{operator}` is not computed")


def _masked(left: Value, right: Value) -> Word | None:
    """Return the bits that `left & right` is; None iff that is not some bits of a word in memory."""
    if left.word is None or right.number is None:
        return None
    mask = left.word.mask & right.number.value
    return None if left.word.flipped and left.word.mask != -1 else replace(left.word, mask=mask)


def negative(operator: str, value: Value) -> Value:
    """Return `-`, `+` or `~` of a value. Raises UnreadableError iff it overflows."""
    if value.number is None:
        word = replace(value.word, flipped=not value.word.flipped) if value.word and operator == "~" else None
        return replace(value, text=f"{operator}({value.text})", id=f"{operator}{value.id}", word=word)
    return replace(value, number=unary(operator, value.number), text=f"{operator}{value.text}")


def stored(value: Value, kind: CType | None) -> Value:
    """Return the value as a variable of that type holds it."""
    if value.number is None or kind is None:
        return value
    return replace(value, number=convert(value.number, kind))
