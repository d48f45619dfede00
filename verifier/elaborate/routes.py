"""The next-hop function of a `routes` claim."""

from __future__ import annotations

from verifier.elaborate.names import definition
from verifier.elaborate.symbols import DefinitionSymbol, TableSymbol, described
from verifier.elaborate.typer import Typer, Want, because
from verifier.model.declarations import Control
from verifier.model.sorts import Sort
from verifier.model.terms import Call, Local, Term, subterms
from verifier.syntax import tree


def next_hop(typer: Typer, control: Control, node: tree.Name) -> Term | None:
    """Return f(start, goal) for a table or a definition f of two control values, which gives a control value.

    A definition may not mention variables, nor uninterpreted functions: what is compared must be computable.
    """
    found = typer.scope.get(node.name)
    if found is None:
        typer.unknown(node)
        return None
    if not isinstance(found, TableSymbol | DefinitionSymbol):
        message = f"{found.name} is {described(found)}, not a table or a definition"
        typer.problems.report("ARC024", message, node.span, *because("declared here", found.span))
        return None
    ends = (Local(control.sort, "start"), Local(control.sort, "goal"))
    return _applied(typer, control, node, found, ends) if _takes_ends(typer, control, node, found) else None


def _takes_ends(typer: Typer, control: Control, node: tree.Name, found: TableSymbol | DefinitionSymbol) -> bool:
    sorts: tuple[Sort | None, ...]
    sorts = found.arguments if isinstance(found, TableSymbol) else typer.machine.definitions.sorts(found)
    if None in sorts or sorts == (control.sort, control.sort):
        return None not in sorts
    takes = ", ".join(map(str, sorts))
    message = f"{found.name} takes ({takes}), expected ({control.sort}, {control.sort}): start and goal"
    typer.problems.report("ARC023", message, node.span, *because("declared here", found.span))
    return False


def _applied(
    typer: Typer, control: Control, node: tree.Name, found: TableSymbol | DefinitionSymbol, ends: tuple[Term, ...]
) -> Term | None:
    want = Want(control.sort, f"result of {found.name}", because("declared here", found.span))
    if isinstance(found, TableSymbol):
        return None if found.result is None else typer.accept(Call(found.result, found.name, ends), want, node.span)
    hop = definition(typer.without_variables(f"next hop {found.name}"), found, ends, node.span)
    if hop is None or not _is_computable(typer, node, hop):
        return None
    return typer.accept(hop, want, node.span)


def _is_computable(typer: Typer, node: tree.Name, hop: Term) -> bool:
    called = [t.name for t in subterms(hop) if isinstance(t, Call)]
    opaque = next((n for n in called if not isinstance(typer.scope.get(n), TableSymbol)), None)
    if opaque is None:
        return True
    message = f"next hop {node.name} may not depend on {opaque}, an uninterpreted function"
    typer.problems.report("ARC047", message, node.span)
    return False
