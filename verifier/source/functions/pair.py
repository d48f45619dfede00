"""Which two expressions of a function are the state before and the state asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.source.functions.code import (
    Address,
    Call,
    Constant,
    Expression,
    Load,
    Operation,
    Program,
    Store,
    Switch,
    expressions,
    parts,
)
from verifier.source.functions.domain import Domain, Domains, prefix_of
from verifier.source.functions.locate import Function
from verifier.source.functions.operands import written
from verifier.source.functions.values import COMPARISONS
from verifier.source.integers import integer_type
from verifier.source.refusal import UnreadableError

# Words in the names of the two; they count only where nothing else tells which is which.
OLD = frozenset(["old", "cur", "current", "from", "prev", "previous", "orig", "original", "src", "before", "present"])
NEW = frozenset(["new", "next", "to", "target", "requested", "req", "wanted", "dst", "desired", "want", "goal"])


@dataclass(frozen=True)
class Pair:
    """The C texts of the two states, and their values. `alias` are the locals that hold them."""

    old: str
    new: str
    domain: Domain
    other: Domain  # of the second one: the same, unless two were asked for


@dataclass(frozen=True)
class _Root:
    """An expression that is compared with values of a domain, and the names by which it goes."""

    text: str
    names: tuple[str, ...]
    parameter: bool


class Finder:
    """Looks for the two states of one function."""

    def __init__(self, function: Function, program: Program, domains: Domains) -> None:
        self.function = function
        self.domains = domains
        everything = [p for i in program.instructions for e in expressions(i) for p in parts(e)]
        self.parts = everything
        self.program = program
        self.parameters = {p.key for p in program.parameters}
        self.stores: dict[str, list[Expression]] = {}
        for part in everything:
            if isinstance(part, Store):
                self.stores.setdefault(part.target.key, []).append(part.value)
        self.given: list[Domain] = []
        self.outputs = set(self._outputs(program))
        self.addressed = {p.target.key for p in everything if isinstance(p, Address) and p.target.local}

    def _outputs(self, program: Program) -> Iterator[str]:
        """Yield the places in memory that are assigned before they are read: what is found there is a result."""
        seen: set[str] = set()
        for instruction in program.instructions:
            for expression in expressions(instruction):
                if isinstance(expression, Store) and not expression.target.local:
                    inside = {p.key for p in parts(expression.value) if isinstance(p, Load)}
                    if expression.target.key not in seen | inside:
                        yield expression.target.key
                seen |= {p.key for p in parts(expression) if isinstance(p, Load)}

    def find(self, enums: Sequence[str], old: str | None, new: str | None) -> Pair:
        """Return the two states. Raises UnreadableError iff they are not certain."""
        wanted = self.given = self._given(enums)
        if old is not None and new is not None:
            domains = wanted or self._compared_with(old) or self._compared_with(new)
            if domains:
                return Pair(old, new, domains[0], domains[-1])
            raise UnreadableError("ARC971", f"nothing tells of which enum {old} and {new} are", help=_HELP)
        roots = self._roots()
        if len(wanted) == 2:
            return self._crossed(roots, wanted)
        candidates = [(d, r) for d, r in roots if not wanted or d.names & wanted[0].names]
        viable = [(d, self._two(r, old, new)) for d, r in candidates]
        found = [(d, two) for d, two in viable if two is not None]
        if len(found) == 1:
            return Pair(found[0][1][0], found[0][1][1], found[0][0], found[0][0])
        raise self._ambiguous(candidates, bool(found))

    def _given(self, enums: Sequence[str]) -> list[Domain]:
        found = []
        for name in enums:
            domain = self.domains.tagged(name) or self.domains.enum_of(name) or self.domains.family(name)
            if domain is None:
                raise UnreadableError("ARC971", f"there is no enum {name}, and no macros begin with it", help=_HELP)
            found.append(domain)
        return found

    def _compared_with(self, text: str) -> list[Domain]:
        return [d for d, roots in self._roots() if any(r.text == text for r in roots)]

    def _crossed(self, roots: Sequence[tuple[Domain, list[_Root]]], wanted: Sequence[Domain]) -> Pair:
        """Return a state and an event, of two enums."""
        chosen = []
        for domain in wanted:
            found = [r for d, rs in roots for r in rs if d.names & domain.names]
            if len(found) != 1:
                raise self._ambiguous([(domain, found)], bool(found))
            chosen.append(found[0].text)
        return Pair(chosen[0], chosen[1], wanted[0], wanted[1])

    def _roots(self) -> list[tuple[Domain, list[_Root]]]:
        """Return each domain with the expressions that are compared with its values, in the order of the code."""
        found: dict[str, tuple[Domain, dict[str, _Root]]] = {}
        for subject, constants in (*self._comparisons(), *self._declared()):
            root = self._root(subject)
            domain = self._domain([c.name for c in constants])
            if root is None or domain is None or root.text in self.outputs:
                continue
            key = f"{domain.path}:{domain.line}"
            known = found.setdefault(key, (domain, {}))[1]
            names = (*(known[root.text].names if root.text in known else ()), *root.names)
            known[root.text] = _Root(root.text, tuple(dict.fromkeys(names)), root.parameter)
        for _, known in found.values():
            if len(known) == 1:
                self._compared_with_it(known)
        return [(d, list(roots.values())) for d, roots in found.values()]

    def _compared_with_it(self, known: dict[str, _Root]) -> None:
        """Add what is compared with the only known expression: it has values of the same domain."""
        for part in self.parts:
            if isinstance(part, Operation) and part.operator in COMPARISONS:
                sides = [self._root(side) for side in part.operands]
                if any(s is not None and s.text in known for s in sides):
                    known |= {
                        s.text: s for s in sides if s is not None and s.text not in known | dict.fromkeys(self.outputs)
                    }

    def _comparisons(self) -> Iterator[tuple[Expression, list[Constant]]]:
        for instruction in self.program.instructions:
            if isinstance(instruction, Switch):
                labels = [e for _, low, high, _ in instruction.cases for e in (low, high)]
                constants = [e for e in labels if isinstance(e, Constant) and e.name]
                if constants:
                    yield instruction.subject, constants
        for part in self.parts:
            if isinstance(part, Operation) and part.operator in COMPARISONS:
                left, right = part.operands
                if isinstance(right, Constant) and right.name:
                    yield left, [right]
                elif isinstance(left, Constant) and left.name:
                    yield right, [left]

    def _declared(self) -> Iterator[tuple[Expression, list[Constant]]]:
        """Yield the parameters of an enum's type, with the first of its values."""
        for parameter, load in zip(self.function.parameters, self.program.parameters, strict=True):
            tag = parameter.words.removeprefix("enum ").strip()
            if not parameter.pointer and _may_be_enum(parameter.words):
                domain = self.domains.tagged(tag)
                if domain is not None:
                    one = next(iter(domain.numbers))
                    yield load, [Constant(self.domains.constants.evaluate(one), one, load.place)]

    def _domain(self, names: Sequence[str]) -> Domain | None:
        if given := next((d for d in self.given if set(names) <= d.names), None):
            return given
        domains = [d for n in names if (d := self.domains.enum_of(n)) is not None]
        if domains:
            same = all(d.line == domains[0].line and d.path == domains[0].path for d in domains)
            return domains[0] if same and len(domains) == len(names) else None
        return None

    def _root(self, expression: Expression, depth: int = 0) -> _Root | None:
        """Return what an expression stands for at the start: a parameter, a place in memory, or a call."""
        match expression:
            case Load(key, True, _, _, _):
                return self._local(key, depth)
            case Load(key, False, _, _, _):
                return _Root(key, (key,), False)
            case Call(_, _, text, _):
                return _Root(text, (text,), False)
            case Operation(operator, (inner,), _) if operator.startswith("cast"):
                return self._root(inner, depth)
            case _:
                return None

    def _local(self, key: str, depth: int) -> _Root | None:
        if key in self.parameters:
            return _Root(key, (key,), True)
        sources = [s for s in self.stores.get(key, ()) if not _is_void(s, key)]
        changing = [s for s in sources if not (isinstance(s, Constant) and s.name)]
        texts = {written(s) for s in changing}
        if not sources and key in self.addressed:
            return _Root(key, (key,), False)
        if len(texts) != 1 or depth > 8:
            return None
        inner = self._root(changing[0], depth + 1)
        return None if inner is None else _Root(inner.text, (key, *inner.names), inner.parameter)

    def _two(self, roots: Sequence[_Root], old: str | None, new: str | None) -> tuple[str, str] | None:
        """Return which of the roots are the state before and the one asked for; None iff that is not certain."""
        if old is not None or new is not None:
            rest = [r.text for r in roots if r.text not in (old, new)]
            return (old or rest[0], new or rest[0]) if len(rest) == 1 else None
        if len(roots) == 2 and (twins := _twins(roots)) is not None:
            return twins
        olds = [r for r in roots if self._role(r, roots) == "old"]
        news = [r for r in roots if self._role(r, roots) == "new"]
        if len(roots) == 2 and len(olds) + len(news) == 1:
            chosen = (olds or news)[0]
            other = next(r for r in roots if r is not chosen)
            return (chosen.text, other.text) if olds else (other.text, chosen.text)
        return (olds[0].text, news[0].text) if len(olds) == len(news) == 1 else None

    def _role(self, root: _Root, roots: Sequence[_Root]) -> str:
        assigned = {
            s.target.key: self._root(s.value) for s in self.parts if isinstance(s, Store) and not s.target.local
        }
        for target, source in assigned.items():
            if source is not None and source.text != target and source.text in {r.text for r in roots}:
                if root.text == target:
                    return "old"
                if root.text == source.text and target in {r.text for r in roots}:
                    return "new"
        words = {w for name in root.names for w in _words(name)}
        named = "old" if words & OLD and not words & NEW else "new" if words & NEW and not words & OLD else ""
        if named:
            return named
        kinds = {r.parameter for r in roots}
        return ("new" if root.parameter else "old") if len(roots) == 2 and len(kinds) == 2 else ""

    def _ambiguous(self, candidates: Sequence[tuple[Domain, list[_Root]]], several: bool) -> UnreadableError:
        told = "; ".join(f"{_title(d)}: {', '.join(r.text for r in rs) or 'nothing'}" for d, rs in candidates[:6])
        name = self.function.name
        if not candidates:
            macros = self._macro_prefix()
            advice = f"give the beginning of the macros' names: --enum {macros}" if macros else _HELP
            return UnreadableError("ARC971", f"{name} compares nothing with the values of an enum", help=advice)
        why = "several pairs of states" if several else "no certain pair of states"
        return UnreadableError("ARC971", f"{name} has {why}; compared are, with {told}", help=_HELP)

    def _macro_prefix(self) -> str:
        """Return what the names begin with of the macros with which most expressions are compared."""
        found: dict[str, set[str]] = {}
        for subject, constants in self._comparisons():
            names = {c.name for c in constants} - {"NULL", "true", "false"}
            if names and all(self.domains.enum_of(n) is None for n in names) and (root := self._root(subject)):
                found.setdefault(root.text, set()).update(names)
        prefixes = [prefix_of(names) for names in found.values() if len(names) > 1]
        return max(prefixes, key=prefixes.count, default="")


_HELP = "say which enum it is (by its tag or one of its values), and which expressions are the old and the new state"


def _may_be_enum(words: str) -> bool:
    named = re.fullmatch(r"[A-Za-z_]\w*", words) is not None and integer_type(words) is None
    return words.startswith("enum ") or (named and words not in ("char", "void", "gfp_t"))


def _twins(roots: Sequence[_Root]) -> tuple[str, str] | None:
    """Return the two if their names differ in a first `o` and `n` alone, as those of `os` and `ns` do."""
    for one, two in (roots, roots[::-1]):
        if any(a != b and a[:1] == "o" and f"n{a[1:]}" == b for a in one.names for b in two.names):
            return one.text, two.text
    return None


def _is_void(expression: Expression, key: str) -> bool:
    """Return True iff it is what stands for a declaration without a value."""
    return getattr(expression, "text", None) == key and type(expression).__name__ == "Opaque"


def _title(domain: Domain) -> str:
    return f"enum {domain.tag}" if domain.tag else f"the enum in {domain.path}:{domain.line}"


def _words(name: str) -> list[str]:
    return [w for w in re.split(r"[^a-zA-Z0-9]+|_|(?<=[a-z])(?=[A-Z])", name.lower()) if w]
