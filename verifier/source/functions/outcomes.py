"""What a run of a state function comes to: whether the step is allowed, and which state is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from verifier.source.functions.code import Element, Load, Operation, Program, Store, expressions, parts
from verifier.source.functions.domain import Domain
from verifier.source.functions.execute import Ending
from verifier.source.functions.explore import Leaf, Tree, fork, mapped, nonzero
from verifier.source.functions.locate import Function
from verifier.source.functions.pair import Pair
from verifier.source.functions.values import Value
from verifier.source.refusal import UnreadableError


class Kind(Enum):
    """What a function's result says."""

    TRUTH = "true iff the function returns true (an int: not 0)"
    ERROR = "true iff the function returns no error"
    POINTER = "true iff the function can return something else than an error pointer"
    STATE = "the state that the function returns"
    NOTHING = "the state that the function leaves"


@dataclass(frozen=True)
class Outcome:
    """`allowed`: None iff the function does not say; `next`: the name in C of the state that follows, None iff it is
    the one before. `gap`: nothing is known, and why. `hangs`: the function never returns."""

    allowed: bool | None = None
    next: str | None = None
    gap: str = ""
    hangs: bool = False


def better(one: Outcome, two: Outcome) -> Outcome:
    """Return the outcome that counts where a call decides: what is not understood, else what allows the step."""
    return min(one, two, key=lambda o: (not o.gap, not o.hangs, not o.allowed))


def kind_of(function: Function, pair: Pair, found: Iterable[Ending], kept: str | None) -> Kind:
    """Return what the function's results say. Raises UnreadableError iff that is not certain."""
    if function.pointer:
        return Kind.POINTER
    numbers = {e.returned.number.value for e in found if e.returned is not None and e.returned.number is not None}
    named = pair.domain.tag and function.returns in (f"enum {pair.domain.tag}", pair.domain.tag)
    if named:
        return Kind.STATE
    if function.returns == "void":
        if kept is None:
            raise UnreadableError("ARC972", f"{function.name} returns nothing, and assigns no state that is certain")
        return Kind.NOTHING
    if function.returns == "bool" or (1 in numbers and numbers <= {0, 1}):
        return Kind.TRUTH
    if numbers <= {0} or any(n < 0 for n in numbers):
        return Kind.ERROR
    if kept is not None:
        return Kind.NOTHING
    raise UnreadableError("ARC972", f"what {function.name} returns is neither a permission nor a state")


def kept_in(program: Program, pair: Pair, function: Function) -> str | None:
    """Return the place in memory to which the function assigns states; None iff there is none, or it is not certain."""
    stores = [p for i in program.instructions for e in expressions(i) for p in parts(e) if isinstance(p, Store)]
    keys = {s.target.key for s in stores if not s.target.local and _is_state(s, pair, stores)}
    if pair.old in keys:
        return pair.old
    return keys.pop() if len(keys) == 1 else None


def _is_state(store: Store, pair: Pair, stores: Sequence[Store]) -> bool:
    found = list(parts(store.value))
    if any(isinstance(p, Operation) and not p.operator.startswith(("cast", "?:")) for p in found):
        return False
    names = {getattr(p, "name", None) for p in found}
    if names & pair.domain.names or any(isinstance(p, Load) and p.key in (pair.new, pair.old) for p in found):
        return True
    table = any(isinstance(p, Element) for p in found) and store.target.key.startswith("*")
    local = isinstance(store.value, Load) and store.value.local
    sources = [s for s in stores if local and s.target.key == store.value.key]  # type: ignore[union-attr]
    return table or any(s is not store and _is_state(s, pair, [t for t in stores if t is not s]) for s in sources)


class Judge:
    """Says what the endings of one function come to."""

    def __init__(self, kind: Kind, kept: str | None, domain: Domain) -> None:
        self.kind = kind
        self.kept = kept
        self.domain = domain

    def outcome(self, ending: Ending) -> Tree[Outcome]:
        """Return what an ending comes to; a fork where the result is only known to be what a call returns."""
        if ending.gap:
            return Leaf(Outcome(gap=ending.gap), ending.place)
        if not ending.ends or ending.hangs:
            allowed = None if self.kind in (Kind.STATE, Kind.NOTHING) else False
            return Leaf(Outcome(allowed, hangs=ending.hangs), ending.place)
        if self.kind is Kind.STATE:
            return Leaf(self._state(ending.returned), ending.place)
        next_ = self._state(ending.memory.get(self.kept) if self.kept else None)
        if next_.gap or self.kind is Kind.NOTHING:
            return Leaf(next_, ending.place)
        return self._permission(ending, next_.next)

    def _permission(self, ending: Ending, next_: str | None) -> Tree[Outcome]:
        tree = self._answer(ending, next_)
        if self.kept is None or not self.kept.startswith("*"):
            return tree
        # What a caller is to find behind a pointer counts only if the step is allowed.
        return mapped(tree, lambda o: o if o.allowed or o.hangs else Outcome(o.allowed, None, o.gap))

    def _answer(self, ending: Ending, next_: str | None) -> Tree[Outcome]:
        returned = ending.returned
        if returned is None:
            return Leaf(Outcome(gap="the function ends without a value"), ending.place)
        if returned.doubt:
            return Leaf(Outcome(gap=returned.doubt), ending.place)
        if self.kind is Kind.POINTER:
            return Leaf(Outcome(not returned.error, next_), ending.place)
        if returned.number is not None:
            number = returned.number.value
            return Leaf(Outcome(number != 0 if self.kind is Kind.TRUTH else number >= 0, next_), ending.place)
        zero = _is_zero(returned, ending.truths)
        yes, no = (Leaf(Outcome(z == (self.kind is Kind.ERROR), next_), ending.place) for z in (False, True))
        if zero is not None:
            return no if zero else yes
        condition, truth = nonzero(returned, ending)
        return fork(condition, yes, no) if truth else fork(condition, no, yes)

    def _state(self, value: Value | None) -> Outcome:
        """Return the state that a value is; the one before iff there is no value."""
        if value is None:
            return Outcome()
        name = None if value.number is None else self.domain.of(value.number.value)
        if name is None:
            return Outcome(gap=value.doubt or f"which state `{value.text}` is depends on something else")
        return Outcome(next=name)


def _is_zero(value: Value, truths: Mapping[str, bool]) -> bool | None:
    if (zero := truths.get(f"{value.id} == 0")) is not None:
        return zero
    return False if truths.get(f"{value.id} < 0") or truths.get(f"0 < {value.id}") else None
