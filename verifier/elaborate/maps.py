"""Maps and binders."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.elaborate.folding import build, member
from verifier.elaborate.literals import openness
from verifier.elaborate.membership import domain_type
from verifier.elaborate.sorts import is_listed, listed
from verifier.elaborate.symbols import SortSymbol
from verifier.elaborate.typer import Typer, Want, because, shown
from verifier.model.sorts import BOOL, IndexSort, MapSort, SetSort, Sort
from verifier.model.terms import TRUE, Binder, Const, Local, Op, Term, and_, implies
from verifier.syntax import tree


def index(typer: Typer, node: tree.Index, want: Want | None) -> Term | None:
    """Return `m[k]`; in evidence also `T[n]`, individual n of index T."""
    found = typer.find(node.base.name) if isinstance(node.base, tree.Name) else None
    if isinstance(found, SortSymbol) and isinstance(found.sort, IndexSort):
        return _individual(typer, node, found.sort)
    parts = _map_and_key(typer, node.base, node.key, None)
    return None if parts is None else build(Op.GET, *parts)


def _individual(typer: Typer, node: tree.Index, sort: IndexSort) -> Term | None:
    key = node.key
    if not typer.context.individuals:
        message = f"the individuals of {sort} have no names"
        hint = f"bind one with `all d in {sort}: ...`, or make it a parameter"
        typer.problems.report("ARC024", message, node.span, help=hint)
    elif isinstance(key, tree.Number) and key.value < sort.size:
        return Const(sort, key.value)
    else:
        typer.problems.report("ARC026", f"{sort} has the individuals {sort}[0] to {sort}[{sort.size - 1}]", key.span)
    return None


def _map_and_key(typer: Typer, base: tree.Expr, key: tree.Expr, want: Want | None) -> tuple[Term, Term] | None:
    found = typer.term(base, want)
    if found is None:
        return None
    if not isinstance(found.sort, MapSort):
        typer.problems.report("ARC033", f"`[ ]` is defined for maps, not for {shown(found.sort)}", base.span)
        return None
    reasons = because(f"the map has type {found.sort}", base.span)
    chosen = typer.term(key, Want(found.sort.key, "key of the map", reasons))
    return None if chosen is None else (found, chosen)


def update(typer: Typer, node: tree.With, want: Want | None) -> Term | None:
    """Return `m with [k] = v`."""
    parts = _map_and_key(typer, node.base, node.key, want if openness(node.base) else None)
    if parts is None:
        return None
    sort = parts[0].sort
    assert isinstance(sort, MapSort)
    reasons = because(f"the map has type {sort}", node.base.span)
    value = typer.term(node.value, Want(sort.value, "value for the map", reasons))
    return None if value is None else build(Op.PUT, *parts, value)


@dataclass(frozen=True, slots=True)
class _Domain:
    """What a binder ranges over: all values of `sort`, or the members of `members`."""

    sort: Sort
    members: Term | None


def quantified(typer: Typer, node: tree.Quantified, want: Want | None) -> Term | None:
    """Return a binder. Over a set, it binds the elements' whole sort, and membership guards the body."""
    domain = _domain(typer, node)
    if domain is None:
        typer.binding(node.name, None).term(node.body)
        return None
    binders = typer.machine.binders
    local = binders.open(node.name.name, domain.sort)
    inner = typer.binding(node.name, local)
    body = inner.term(node.body, _body_want(node, domain.sort, want))
    if body is None:
        return None
    binder = Binder(node.kind)
    guard = TRUE if domain.members is None else member(local, domain.members)
    if binder is Binder.EACH:
        return _each(typer, local, body, want)
    guarded = implies(guard, body) if binder is Binder.ALL else and_(guard, body)
    return binders.close(binder, local, guarded)


def _each(typer: Typer, local: Local, body: Term, want: Want | None) -> Term:
    value = want.sort.value if want and isinstance(want.sort, MapSort) else None
    return typer.machine.binders.close(Binder.EACH, local, body, value)


def _body_want(node: tree.Quantified, key: Sort, want: Want | None) -> Want | None:
    if node.kind != "each":
        return Want(BOOL, f"body of `{node.kind}`")
    if want and isinstance(want.sort, MapSort) and want.sort.key == key:
        return Want(want.sort.value, "body of `each`", want.reasons)
    return None


def _domain(typer: Typer, node: tree.Quantified) -> _Domain | None:
    kind = domain_type(typer, node.domain)
    what = f"the domain of `{node.kind}`"
    if kind is not None:
        sort = listed(typer.machine, kind, what)
        return None if sort is None else _Domain(sort, None)
    members = typer.term(node.domain)
    if members is None:
        return None
    if not isinstance(members.sort, SetSort):
        message = f"{what} has type {shown(members.sort)}, expected a type or a set"
        typer.problems.report("ARC023", message, node.domain.span)
        return None
    return _over_set(typer, node, members, members.sort.element)


def domain(typer: Typer, node: tree.Quantified) -> Sort | None:
    """Return the type over which formulas of temporal logic are quantified; over a set, which changes, they are not."""
    kind = domain_type(typer, node.domain)
    if kind is not None:
        return listed(typer.machine, kind, f"the domain of `{node.kind}`")
    message = f"the domain of `{node.kind}` over a formula of temporal logic is a type"
    typer.problems.report("ARC023", message, node.domain.span)
    return None


def _over_set(typer: Typer, node: tree.Quantified, members: Term, element: Sort) -> _Domain | None:
    if node.kind == "each":
        message = "`each` makes a map, which has a value for every key: it ranges over a type, not over a set"
        typer.problems.report("ARC023", message, node.domain.span)
        return None
    fits = is_listed(typer.machine, element, node.domain.span, f"the domain of `{node.kind}`")
    return _Domain(element, members) if fits else None
