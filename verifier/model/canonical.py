"""Canonical digests: of what a spec means, whatever its layout, and of what an engine is asked.

A digest of meaning leaves out layout, comments, docs, cites, the order of declarations and of the operands of a
commutative operator, and the names of what is bound. Different meanings have different digests (as far as SHA-256
goes); equal ones may have different digests too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache

from verifier.model.claims import Claim, Property
from verifier.model.declarations import Binding, Rule, Table
from verifier.model.model import Model
from verifier.model.sorts import EnumSort, FlagsSort, IndexSort, MapSort, SetSort, Sort, Value, values
from verifier.model.terms import (
    App,
    Bind,
    Call,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    and_,
    children,
    free_locals,
    subterms,
)


def meaning_digest(model: Model) -> str:
    """Return the digest of what the machine does: its data, assumptions, initial states, rules and tables.

    Equal for machines that differ at most in name, docs, cites, properties, bindings to C, order, and layout.
    """
    return _meaning(model).machine(model)


def spec_digest(model: Model) -> str:
    """Return the digest of the machine with its name, its properties (what they claim and assume, what is expected
    of them, their severity) and its tables' bindings to C. Docs and cites are no part of it."""
    form = _meaning(model)
    bindings = form.together((t.name, form.part(t.binding)) for t in model.tables)
    return _seal("spec", model.name, form.machine(model), form.together(map(form.property, model.properties)), bindings)


def question_digest(model: Model, claim: Claim, assuming: Term) -> str:
    """Return the digest of all that a deterministic search for `claim` on the model, restricted by `assuming`, can
    depend on: like a digest of meaning, but order and the names of what is bound count, for they steer a search.

    The claims of all properties count too: the check that ints stay in their ranges looks at them.
    """
    return _seal("question", _machine_as_told(model), *(_as_told(model).part(p) for p in (claim, assuming)))


@lru_cache(maxsize=16)
def _meaning(_model: Model) -> _Form:
    return _Form(told=False)


@lru_cache(maxsize=16)
def _as_told(_model: Model) -> _Form:
    return _Form(told=True)


@lru_cache(maxsize=16)
def _machine_as_told(model: Model) -> str:
    form = _as_told(model)
    return _seal(form.machine(model), form.together(form.part(p.claim) for p in model.properties))


def _seal(*parts: object) -> str:
    """Return the digest of texts, numbers, None and tuples of such; `repr` tells all of them apart."""
    import hashlib  # loads OpenSSL; most runs make no digest

    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


_COMMUTATIVE = (Op.EQ, Op.ADD, Op.MUL, Op.BITAND, Op.BITOR, Op.BITXOR)
_LATTICE = (Op.AND, Op.OR)


class _Form:
    """Digests of the parts of one model. `told`: order and bound names count.

    `known` remembers the digest of a term by the term and the distances of its free locals to their binders;
    `locals` the free locals of a term, `partial` whether an int may leave its range in it.
    """

    def __init__(self, told: bool) -> None:
        self.told = told
        self.known: dict[tuple[Term, tuple[int | None, ...]], str] = {}
        self.locals: dict[Term, tuple[Local, ...]] = {}
        self.partial: dict[Term, bool] = {}

    def together(self, parts: Iterable[object]) -> str:
        """Return the digest of parts whose order, and whether one stands there twice, means nothing."""
        listed = [p if isinstance(p, str) else _seal(p) for p in parts]
        return _seal(*(listed if self.told else sorted(set(listed))))

    # Terms

    def term(self, term: Term, scope: tuple[Local, ...] = ()) -> str:
        """Return the digest of a term; `scope` are the locals bound around it, the innermost last."""
        for part in subterms(term):  # children first, so nothing below recurses deeply
            free_locals(part, self.locals)
            is_partial = isinstance(part, App) and part.op is Op.FIT
            self.partial[part] = is_partial or any(self.partial[c] for c in children(part))
        stack = [(term, scope)]
        while stack:
            part, around = stack[-1]
            inner = (*around, part.local) if isinstance(part, Bind) else around
            missing = [(c, inner) for c in children(part) if self._key(c, inner) not in self.known]
            if missing:
                stack += missing
            else:
                self.known[self._key(part, around)] = self._sealed(part, around, inner)
                stack.pop()
        return self.known[self._key(term, scope)]

    def _key(self, term: Term, scope: tuple[Local, ...]) -> tuple[Term, tuple[int | None, ...]]:
        return term, () if self.told else tuple(_distance(local, scope) for local in self.locals[term])

    def _sealed(self, term: Term, scope: tuple[Local, ...], inner: tuple[Local, ...]) -> str:
        parts = [self.known[self._key(c, inner)] for c in children(term)]
        match term:
            case Const():
                return _seal("const", self.sort(term.sort), self.value(term.value, term.sort))
            case Var():
                return _seal("var", term.name, term.level)
            case Param():
                return _seal("param", term.name)
            case Local():
                at = None if self.told else _distance(term, scope)
                return _seal("local", term.name if at is None else at, self.sort(term.sort))
            case Bind():
                named = term.local.name if self.told else ""
                return _seal("bind", term.binder.value, named, self.sort(term.local.sort), *parts)
            case Call():
                return _seal("call", term.name, *parts)
            case App():
                return _seal("app", term.op.value, self.sort(term.sort), *self._operands(term, parts))
        raise TypeError(f"no term: {term!r}")

    def _operands(self, term: App, parts: list[str]) -> Iterable[str]:
        """Return the operands' digests, sorted where order means nothing: `and` and `or` look at an operand that
        may take an int out of its range only if those before it have not decided."""
        if self.told or (term.op in _LATTICE and any(self.partial[a] for a in term.args)):
            return parts
        if term.op in (*_LATTICE, Op.SET):
            return sorted(set(parts))
        return sorted(parts) if term.op in _COMMUTATIVE else parts

    # Sorts and values

    def sort(self, sort: Sort) -> object:
        """Return what names a sort within its model."""
        return type(sort).__name__, str(sort)

    def declared(self, sort: Sort) -> object:
        """Return all that makes up a named sort, without docs."""
        match sort:
            case EnumSort():
                return self.sort(sort), self.together(zip(sort.names, sort.numbers, strict=True))
            case FlagsSort():
                return self.sort(sort), sort.bits, self.together(sort.named)
            case IndexSort():
                return self.sort(sort), sort.size
            case _:
                return self.sort(sort)

    def value(self, value: Value, sort: Sort) -> object:
        """Return a value in a form that does not depend on the order in which a sort lists its values."""
        match sort:
            case MapSort() if isinstance(value, tuple):
                cells = zip(values(sort.key), value, strict=True)
                return self.together((self.value(k, sort.key), self.value(v, sort.value)) for k, v in cells)
            case SetSort() if isinstance(value, frozenset):
                return _seal(*sorted(repr(self.value(v, sort.element)) for v in value))
            case _:
                return type(value).__name__, str(value)

    # Declarations

    def machine(self, model: Model) -> str:
        """Return the digest of all but the machine's name, its properties and its tables' bindings."""
        return _seal(
            self.together(self.declared(s) for s in model.sorts.values()),
            self.together((p.name, self.sort(p.sort)) for p in model.parameters),
            self.facts(model.assumptions),
            self.together((v.name, self.sort(v.sort)) for v in model.variables),
            self.together((f.name, [*map(self.sort, f.arguments)], self.sort(f.result)) for f in model.functions),
            self.together(map(self.table, model.tables)),
            self.facts(model.init),
            self.together(map(self.rule, model.rules)),
            model.control and model.control.name,
        )

    def facts(self, terms: tuple[Term, ...]) -> str:
        """Return the digest of a conjunction, however it is split up."""
        return self.together(map(self.term, terms)) if self.told else self.term(and_(*terms))

    def table(self, table: Table) -> str:
        """Return the digest of a table's cells."""
        cells = (
            (*(self.value(a, s) for a, s in zip(key, table.arguments, strict=True)), self.value(value, table.result))
            for key, value in table.entries
        )
        return _seal(table.name, [*map(self.sort, table.arguments)], self.sort(table.result), self.together(cells))

    def rule(self, rule: Rule) -> str:
        """Return the digest of a rule; its parameters are known by their places."""
        scope = () if self.told else rule.parameters
        named = [p.name for p in rule.parameters] if self.told else []
        return _seal(
            rule.name,
            named,
            [self.sort(p.sort) for p in rule.parameters],
            self.term(rule.guard, scope),
            self.together(self.term(c, scope) for c in rule.constraints),
            self.together(rule.changes),
            rule.actor,
            self.together(rule.tags),
            rule.fails,
        )

    def property(self, prop: Property) -> str:
        """Return the digest of a property, without doc, cites and the text of its claim."""
        expected = (prop.expect_violated, prop.vacuous_ok, prop.severity)
        return _seal(prop.name, self.part(prop.claim), self.part(prop.assuming), *expected)

    def part(self, part: Claim | Term | Binding | str | int | tuple[object, ...] | None) -> object:
        """Return the form of a claim or of a part of one. Tuples in claims are sets: of rules, of variables."""
        match part:
            case Term():
                return self.term(part)
            case tuple():
                return self.together(map(self.part, part))  # type: ignore[arg-type]
            case None | str() | int():
                return part
            case _:
                return type(part).__name__, [(f.name, self.part(getattr(part, f.name))) for f in fields(part)]


def _distance(local: Local, scope: tuple[Local, ...]) -> int | None:
    """Return how many binders lie between a local and its own; None iff it is bound nowhere in `scope`."""
    return next((i for i, bound in enumerate(reversed(scope)) if bound is local), None)
