"""C's integers: types, literals, conversions and arithmetic, as GCC has them on a 64-bit machine (LP64)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from verifier.source.refusal import UnreadableError


@dataclass(frozen=True, slots=True)
class CType:
    """An integer type. `truth`: it is `bool`, to which every value but 0 converts as 1."""

    bits: int
    signed: bool
    truth: bool = False

    def holds(self, value: int) -> bool:
        """Return True iff the type has this value."""
        low, high = (-1 << self.bits - 1, 1 << self.bits - 1) if self.signed else (0, 1 << self.bits)
        return low <= value < high


@dataclass(frozen=True, slots=True)
class Integer:
    """A value of a C integer type."""

    value: int
    type: CType


INT, UNSIGNED, LONG, UNSIGNED_LONG = CType(32, True), CType(32, False), CType(64, True), CType(64, False)
_BOOL = CType(1, False, truth=True)

_NAMED = {"bool": _BOOL, "_Bool": _BOOL, "size_t": UNSIGNED_LONG, "ssize_t": LONG} | {
    name.format(bits): CType(bits, signed)
    for bits in (8, 16, 32, 64)
    for signed, names in (
        (True, ("s{}", "__s{}", "int{}_t")),
        (False, ("u{}", "__u{}", "uint{}_t", "u_int{}_t")),
    )
    for name in names
}
_SUFFIX = re.compile(r"(0x[0-9a-f]+|0b[01]+|0[0-7]*|[1-9][0-9]*)(u?)(l{0,2})(u?)\Z", re.I)
_CHARACTER = re.compile(r"'([ -&(-\[\]-~])'\Z")


def integer_type(words: str) -> CType | None:
    """Return the type of that name ("unsigned int", "u8"); None iff it is not a known integer type.

    Plain `char` is not known: whether it is signed depends on the kernel's version and the architecture.
    """
    parts = sorted(words.split())
    modifiers = [p for p in parts if p in ("int", "signed", "unsigned")]
    core = tuple(p for p in parts if p not in modifiers)
    if words in _NAMED or not parts or len(set(modifiers)) < len(modifiers) or {"signed", "unsigned"} <= set(modifiers):
        return _NAMED.get(words)
    sizes = {(): 32, ("short",): 16, ("long",): 64, ("long", "long"): 64}
    bits = 8 if core == ("char",) and modifiers in (["signed"], ["unsigned"]) else sizes.get(core)
    return None if bits is None else CType(bits, "unsigned" not in modifiers)


def literal(text: str) -> Integer:
    """Return the value of a number or a character. Raises UnreadableError iff it is not a plain integer."""
    if character := _CHARACTER.match(text):
        return Integer(ord(character[1]), INT)
    found = _SUFFIX.match(text)
    if found is None or (found[2] and found[4]):
        raise UnreadableError("ARC954", f"{text} is not an integer that can be read")
    digits = found[1].lower()
    decimal = not digits.startswith("0")
    value = int(digits, 0 if decimal or digits[1:2] in ("x", "b") else 8)
    unsigned, long = bool(found[2] or found[4]), bool(found[3])
    types = [INT, UNSIGNED, LONG, UNSIGNED_LONG][2 * long :]
    usable = [t for t in types if t.holds(value) and (not t.signed if unsigned else t.signed or not decimal)]
    if not usable:
        raise UnreadableError("ARC954", f"{text} is larger than any C integer")
    return Integer(value, usable[0])


def convert(number: Integer, target: CType) -> Integer:
    """Return the number converted to a type: modulo its size, as GCC does for signed types too."""
    if target.truth:
        return Integer(int(number.value != 0), target)
    value = number.value & (1 << target.bits) - 1
    negative = target.signed and value >> target.bits - 1
    return Integer(value - (1 << target.bits) if negative else value, target)


def promote(number: Integer) -> Integer:
    """Return the number with its type at least `int`."""
    return number if number.type.bits >= INT.bits else Integer(number.value, INT)


def unary(operator: str, operand: Integer) -> Integer:
    """Return operator (`+`, `-` or `~`) applied to the operand. Raises UnreadableError iff it overflows."""
    operand = promote(operand)
    value = {"+": operand.value, "-": -operand.value, "~": ~operand.value}[operator]
    return _fitted(value, operand.type, f"{operator}{operand.value}")


def binary(operator: str, left: Integer, right: Integer) -> Integer:
    """Return the result of one of the operators of `BINARY`. Raises UnreadableError iff it overflows."""
    left, right = promote(left), promote(right)
    text = f"{left.value} {operator} {right.value}"
    if operator in ("<<", ">>"):
        return _shift(operator, left, right, text)
    common = max(left.type, right.type, key=lambda t: (t.bits, not t.signed))
    value = BINARY[operator][1](convert(left, common).value, convert(right, common).value)
    return _fitted(value, common, text)


def _shift(operator: str, left: Integer, right: Integer, text: str) -> Integer:
    """Shift by less than the width. A left shift into the sign bit is what GCC makes of it: `1 << 31` is used so."""
    if not 0 <= right.value < left.type.bits:
        raise UnreadableError("ARC954", f"{text} shifts by more bits than there are; C does not define that")
    return convert(Integer(BINARY[operator][1](left.value, right.value), left.type), left.type)


def _fitted(value: int, target: CType, text: str) -> Integer:
    if target.signed and not target.holds(value):
        raise UnreadableError("ARC954", f"{text} overflows; C does not define that")
    return convert(Integer(value, target), target)


# How tightly each operator binds, and what it does.
BINARY: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "|": (1, lambda a, b: a | b),
    "^": (2, lambda a, b: a ^ b),
    "&": (3, lambda a, b: a & b),
    "<<": (4, lambda a, b: a << b),
    ">>": (4, lambda a, b: a >> b),
    "+": (5, lambda a, b: a + b),
    "-": (5, lambda a, b: a - b),
    "*": (6, lambda a, b: a * b),
}
