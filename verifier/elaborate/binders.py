"""Names of bound variables: no two different binders of a model bind the same name.

So a term may be put in place of a variable inside any other term without capture. Equal binders get equal
names, so that they are one term: `all d in Device: ok[d]`, written twice, is the same object. A binder keeps
the name that was written if it is free, otherwise it gets a number: `d_2`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.elaborate.folding import bind, build, collection, fit
from verifier.model.sorts import IntSort, MapSort, SetSort, Sort
from verifier.model.terms import App, Bind, Binder, Local, Op, Term, children, rebuild, substitute


class Binders:
    """Gives out the names. `taken` names are never bound."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._written: dict[str, str] = {}
        self._closed: dict[Term, Term] = {}
        self._opened = 0

    def avoid(self, names: Iterable[str]) -> None:
        """Take names away."""
        self._taken.update(names)

    def open(self, name: str, sort: Sort) -> Local:
        """Return a local to build a body with: its name occurs nowhere else."""
        self._opened += 1
        return Local(sort, f"{name}@{self._opened}")

    def close(self, binder: Binder, local: Local, body: Term, value: Sort | None = None) -> Term:
        """Return the binder of `local`, renamed to a name of its own (`value`: see `folding.bind`)."""
        written = self._written.get(local.name, local.name.partition("@")[0])
        blank = Local(local.sort, f"{written}@")
        key = bind(binder, blank, substitute(body, {local: blank}), value)
        if not isinstance(key, Bind):
            return key
        if key not in self._closed:
            final = Local(local.sort, self._free(written))
            self._written[final.name] = written
            self._closed[key] = bind(binder, final, substitute(body, {local: final}), value)
        return self._closed[key]

    def _free(self, written: str) -> str:
        name, number = written, 1
        while name in self._taken:
            number += 1
            name = f"{written}_{number}"
        self._taken.add(name)
        return name

    def instantiate(self, template: Term, arguments: Mapping[Term, Term]) -> Term:
        """Return `template` with terms for leaves, constants folded, and a name of its own for each binder that
        has become another."""
        done = dict(arguments)

        def walk(term: Term) -> Term:
            if term not in done:
                parts = children(term)
                changed = [walk(p) for p in parts]
                same = all(a is b for a, b in zip(parts, changed, strict=True))
                done[term] = term if same else self._rebuilt(term, changed)
            return done[term]

        return walk(template)

    def _rebuilt(self, term: Term, parts: list[Term]) -> Term:
        match term:
            case Bind():
                value = term.sort.value if isinstance(term.sort, MapSort) else None
                return self.close(term.binder, term.local, parts[0], value)
            case App(op=Op.FIT):
                assert isinstance(term.sort, IntSort)
                return fit(term.sort, parts[0])
            case App(op=Op.SET):
                assert isinstance(term.sort, SetSort)
                return collection(term.sort.element, tuple(parts))
            case App():
                return build(term.op, *parts)
            case _:
                return rebuild(term, tuple(parts))
