"""The types of a spec made of C: which enum, flags or number type the indices and the cells of a table have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.source.constants import Enumeration
from verifier.source.naming import Names, camel, sentinel, shortened, type_name, word


@dataclass(frozen=True, slots=True)
class Member:
    """A value of an enum: its name in the spec, its number, its name in C, and what else to say of it."""

    name: str
    number: int
    c_name: str
    doc: str = ""


@dataclass(frozen=True)
class EnumType:
    """An enum of the spec. `states`: those of its values that stand for a value of another enum, by number."""

    name: str
    members: tuple[Member, ...]
    states: Mapping[int, Member] = field(default_factory=dict)

    def text(self, number: int) -> str:
        """Return how the spec writes a value."""
        return next(m.name for m in self.members if m.number == number)

    def moves_to(self, states: EnumType) -> bool:
        """Return True iff some values of this enum stand for the values of that one."""
        return bool(self.states) and list(self.states.values()) == list(states.members)

    @property
    def numbers(self) -> tuple[int, ...]:
        """All numbers, in the members' order."""
        return tuple(m.number for m in self.members)

    def declaration(self) -> list[str]:
        """Return the lines that declare it."""
        return [f"enum {self.name} {{", *_members(self.members), "}"]


@dataclass(frozen=True)
class FlagsType:
    """A flags type of the spec: `bits[i]` names bit i."""

    name: str
    bits: tuple[Member, ...]

    def text(self, number: int) -> str:
        """Return how the spec writes a value."""
        return "{" + ", ".join(b.name for i, b in enumerate(self.bits) if number >> i & 1) + "}"

    def declaration(self) -> list[str]:
        """Return the lines that declare it."""
        lines = [f'  {b.name} "{b.doc}",' if b.doc else f"  {b.name}," for b in self.bits]
        return [f"flags {self.name} {{", *lines[:-1], lines[-1].removesuffix(","), "}"]


@dataclass(frozen=True)
class PlainType:
    """bool, int LO..HI or bits[N]."""

    name: str

    def text(self, number: int) -> str:
        """Return how the spec writes a value."""
        if self.name == "bool":
            return "true" if number else "false"
        return hex(number) if self.name.startswith("bits") and number > 9 else str(number)

    def declaration(self) -> list[str]:
        """It needs none."""
        return []


SpecType = EnumType | FlagsType | PlainType
BOOL = PlainType("bool")


def _members(members: Sequence[Member]) -> list[str]:
    lines = []
    following = 0
    for member in members:
        number = "" if member.number == following else f" = {member.number}"
        doc = f' "{member.doc}"' if member.doc else ""
        lines.append(f"  {member.name}{number}{doc},")
        following = member.number + 1
    return [*lines[:-1], lines[-1].removesuffix(",")]


def integers(numbers: Iterable[int], hexadecimal: bool) -> PlainType:
    """Return the plain type that has the numbers."""
    low, high = min(numbers := [*numbers, 0]), max(numbers)
    if low >= 0 and (hexadecimal or high >= 1 << 31):
        return PlainType(f"bits[{next(w for w in (8, 16, 32, 64) if high < 1 << w)}]")
    return PlainType(f"int {low}..{high}")


class Chooser:
    """Makes types of enums; the same numbers of the same enum are the same type."""

    def __init__(self, names: Names, used: Callable[[str], bool]) -> None:
        self.names = names
        self.used = used
        self.declared: list[SpecType] = []
        self._made: dict[tuple[Enumeration, tuple[int, ...]], EnumType] = {}
        self._flags: dict[Enumeration, FlagsType] = {}
        self._entries: dict[tuple[str, tuple[int, ...]], EnumType] = {}

    def enum(self, enum: Enumeration, numbers: Iterable[int], size: str, otherwise: str, absent: str = "") -> EnumType:
        """Return the enum of these numbers. A number without a name in C is called after it, 0 `absent` if given."""
        key = (enum, tuple(sorted(set(numbers))))
        if key not in self._made:
            chosen = [self._member(enum, n, otherwise, absent) for n in key[1]]
            named = {m.c_name for m in chosen if m.c_name}
            short = dict(zip(sorted(named), shortened(sorted(named)), strict=True))
            wished = [short.get(m.c_name, m.name) for m in chosen]
            given = self.names.claim_all(wished, [m.c_name or m.name for m in chosen])
            name = self.names.claim(type_name(enum, size, otherwise))
            members = (Member(g, m.number, m.c_name, m.doc) for g, m in zip(given, chosen, strict=True))
            self._made[key] = EnumType(name, tuple(members))
            self.declared.append(self._made[key])
        return self._made[key]

    def _member(self, enum: Enumeration, number: int, otherwise: str, absent: str) -> Member:
        candidates = [n for n, v in enum.members if v == number]
        candidates.sort(key=lambda n: (not self.used(n), sentinel(n)))
        if not candidates:
            what = absent if number == 0 and absent else f"{otherwise}_{number}".upper().replace("-", "MINUS_")
            return Member(what, number, "", "" if number or not absent else "no initialiser")
        also = ", ".join(candidates[1:])
        return Member(candidates[0], number, candidates[0], f"also {also}" if also else "")

    def entry(self, states: EnumType, enum: Enumeration, numbers: Iterable[int], otherwise: str) -> EnumType:
        """Return an enum of a table's cells that are states or something else: the states with `TO_` before them."""
        others = tuple(sorted(set(numbers) - set(states.numbers)))
        key = (states.name, others)
        if key not in self._entries:
            moves = [Member(self.names.claim(f"TO_{m.name}"), m.number, m.c_name) for m in states.members]
            chosen = [self._member(enum, n, otherwise, "") for n in others]
            short = shortened([m.c_name for m in (*states.members, *chosen) if m.c_name])[-len(chosen) :]
            extra = [
                Member(self.names.claim(s if m.c_name else m.name, m.name), m.number, m.c_name, m.doc)
                for m, s in zip(chosen, short, strict=True)
            ]
            members = tuple(sorted([*moves, *extra], key=lambda m: m.number))
            name = self.names.claim(f"{states.name}Entry")
            self._entries[key] = EnumType(name, members, {m.number: m for m in states.members})
            self.declared.append(self._entries[key])
        return self._entries[key]

    def flags(self, enum: Enumeration, numbers: Iterable[int], otherwise: str) -> FlagsType:
        """Return the flags type of an enum's bits; a bit without a name is called after its place."""
        bits = {v: n for n, v in reversed(enum.members) if v > 0 and v & (v - 1) == 0}
        highest = max([*bits, *numbers]).bit_length()
        if enum not in self._flags:
            chosen = [bits.get(1 << i, "") for i in range(highest)]
            short = dict(zip(filter(None, chosen), shortened(list(filter(None, chosen))), strict=True))
            wished = [short.get(c, f"BIT_{i}") for i, c in enumerate(chosen)]
            given = self.names.claim_all(wished, [c or f"{otherwise}_BIT_{i}" for i, c in enumerate(chosen)])
            members = tuple(Member(g, 1 << i, chosen[i]) for i, g in enumerate(given))
            self._flags[enum] = FlagsType(self.names.claim(type_name(enum, "", otherwise)), members)
            self.declared.append(self._flags[enum])
        return self._flags[enum]

    def texts(self, listed: Sequence[str], name: str, absent: bool, strings: bool) -> dict[str, str]:
        """Return the names of an enum for texts or functions, by these; "" stands for none of them."""
        given = {t: self.names.claim(*([t] if not strings else [word(t)]), word(t)) for t in listed}
        if absent:
            given[""] = self.names.claim("NONE", f"{name}_NONE")
        docs = {t: t if strings else "" for t in listed} | {"": "no initialiser" if strings else "no function"}
        ordered = [*([""] if absent else []), *listed]
        members = tuple(Member(given[t], i, t, _plain(docs[t])) for i, t in enumerate(ordered))
        self.declared.append(EnumType(self.names.claim(camel(name) + "Value"), members))
        return given


def _plain(text: str) -> str:
    """Return a text as it can stand in a doc text of one line."""
    shown = "".join(c if c.isprintable() and c.isascii() and c not in '"\\' else "?" for c in text)
    return shown[:200]
