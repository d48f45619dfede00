"""What rules read and write together, seen from the form of their terms: a map at a known key is one entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from verifier.engines.diagrams.compile import listed
from verifier.engines.diagrams.layout import Leaf
from verifier.model.model import Model
from verifier.model.sorts import MapSort, Value
from verifier.model.terms import App, Bind, Const, Local, Op, Param, Term, Var, children
from verifier.semantics.evaluate import RangeError, Setting, evaluate

Env = Mapping[Local, Value]
"""The arguments that are written out."""


class Support:
    """Which leaves the terms of a model depend on; `parts` has the leaves of each root."""

    def __init__(self, model: Model, parts: Mapping[Term, Sequence[Leaf]]) -> None:
        self.setting = Setting(model)
        self.parts = parts
        self.below: dict[tuple[Term, tuple[Value, ...]], tuple[Leaf, ...]] = {}

    def of(self, terms: Iterable[Term], env: Env) -> frozenset[Leaf]:
        """Return the leaves that the values of terms depend on, where locals have values."""
        found: set[Leaf] = set()
        stack = list(terms)
        seen: set[Term] = set()
        while stack:
            term = stack.pop()
            if term not in seen:
                seen.add(term)
                entry = self._entry(term, env)
                if entry is None:
                    stack.extend(children(term))
                else:
                    found.update(self._below(*entry))
        return frozenset(found)

    def changed(self, root: Var, term: Term, env: Env) -> frozenset[Leaf]:
        """Return the leaves that an update of `root` to `term` changes, or that it depends on."""
        if isinstance(term, App) and term.op is Op.PUT:
            mapping, key, value = term.args
            if (known := self._known(key, env)) is not None:
                own = frozenset(self._below(root, known))
                return own | self.changed(root, mapping, env) | self.of([value], env)
        return frozenset() if term is root else frozenset(self.parts[root]) | self.of([term], env)

    def _entry(self, term: Term, env: Env) -> tuple[Term, tuple[Value, ...]] | None:
        if isinstance(term, (Var, Param, Local)):
            return term, ()
        if isinstance(term, App) and term.op is Op.GET:
            inner, key = self._entry(term.args[0], env), self._known(term.args[1], env)
            return (inner[0], (*inner[1], *key)) if inner and key else None
        return None

    def _known(self, key: Term, env: Env) -> tuple[Value] | None:
        """Return the value of a key that depends on nothing but arguments."""
        if isinstance(key, Const):
            return (key.value,)
        if not _is_closed(key, env):
            return None
        try:
            return (evaluate(key, self.setting, (), {local.name: value for local, value in env.items()}),)
        except RangeError:
            return None

    def _below(self, root: Term, path: tuple[Value, ...]) -> tuple[Leaf, ...]:
        if (root, path) not in self.below:
            every = self.parts.get(root, ())
            self.below[root, path] = tuple(leaf for leaf in every if leaf.path[: len(path)] == path)
        return self.below[root, path]


def _is_closed(term: Term, env: Env) -> bool:
    if isinstance(term, (Var, Param, Bind)) or (isinstance(term, Local) and term not in env):
        return False
    return all(_is_closed(c, env) for c in children(term))


def side_by_side(roots: Sequence[Term], parts: Mapping[Term, Sequence[Leaf]]) -> Iterator[Leaf]:
    """Yield all leaves: in the order of the roots, but maps from one sort key by key."""
    done: set[Term] = set()
    for root in roots:
        if root in done or not isinstance(root.sort, MapSort):
            yield from () if root in done else parts[root]
            continue
        alike = [r for r in roots if isinstance(r.sort, MapSort) and r.sort.key == root.sort.key]
        done.update(alike)
        for key in listed(root.sort.key):
            for other in alike:
                yield from (leaf for leaf in parts[other] if leaf.path[0] == key)
