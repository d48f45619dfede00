"""Parameters, variables, functions and assumptions, with what is said of their values."""

from __future__ import annotations

from verifier.diagnostics import Span
from verifier.elaborate.folding import equal
from verifier.elaborate.machine import Machine
from verifier.elaborate.membership import member_of
from verifier.elaborate.symbols import FunctionSymbol, ParameterSymbol, VariableSymbol
from verifier.elaborate.typer import Context, Typer, Want, because
from verifier.model.declarations import Function, Parameter, Variable
from verifier.model.sorts import BOOL
from verifier.model.terms import TRUE, App, Op, Term, Var, subterms
from verifier.syntax import tree

_NONE: frozenset[str] = frozenset()


def parameter(machine: Machine, node: tree.ParamDecl) -> Parameter | None:
    """Return a parameter; its `where` may mention the parameter alone."""
    name = node.name.name
    place = f"condition of parameter {name}"
    typer = Typer(machine, Context(place, variables=_NONE, parameters=frozenset({name})))
    where = TRUE if node.where is None else typer.whole(node.where, Want(BOOL, place))
    symbol = machine.scope.get(name)
    if where is None or not isinstance(symbol, ParameterSymbol) or symbol.sort is None:
        return None
    return Parameter(name, symbol.sort, where, node.doc, node.name.span)


def assumption(machine: Machine, node: tree.AssumeDecl) -> Term | None:
    """Return an assumed fact about parameters."""
    typer = Typer(machine, Context("an assumption", variables=_NONE))
    condition = typer.whole(node.condition, Want(BOOL, "assumption"))
    return _in_range(machine, condition, "an int in the assumption", node.condition.span)


def variable(machine: Machine, node: tree.VarDecl) -> tuple[Variable, Term] | None:
    """Return a variable, and the constraint on its initial value."""
    symbol = machine.scope.get(node.name.name)
    if not isinstance(symbol, VariableSymbol) or symbol.sort is None:
        return None
    initial = _initial(machine, node, Var(symbol.sort, symbol.name))
    return None if initial is None else (Variable(symbol.name, symbol.sort, node.doc, node.name.span), initial)


def _initial(machine: Machine, node: tree.VarDecl, variable: Var) -> Term | None:
    if node.initial is None:
        return TRUE
    subject = f"initial value of {variable.name}"
    typer = Typer(machine, Context(subject, variables=_NONE))
    want = Want(variable.sort, subject, because(f"{variable.name} has type {variable.sort}", node.name.span))
    if node.initial.choice:
        found = member_of(typer, variable, node.name, node.initial.value, want)
        found = None if found is None else machine.sized(found, subject, node.initial.span)
        return _in_range(machine, found, subject, node.initial.span)
    value = _in_range(machine, typer.whole(node.initial.value, want), subject, node.initial.value.span)
    return None if value is None else equal(variable, value)


def _in_range(machine: Machine, term: Term | None, what: str, span: Span) -> Term | None:
    """Return the term; None where an int in it may leave its range, which is reported: before the first step no run
    could show it, and the parameters in question would be left without any run."""
    outside = next((t for t in subterms(term) if isinstance(t, App) and t.op is Op.FIT), None) if term else None
    if outside is None:
        return term
    help_ = "give the parameters types so narrow that it cannot"
    machine.problems.report("ARC026", f"{what} may leave {outside.sort}", span, help=help_)
    return None


def function(machine: Machine, node: tree.FunDecl) -> Function | None:
    """Return an uninterpreted function."""
    symbol = machine.scope.get(node.name.name)
    if not isinstance(symbol, FunctionSymbol) or symbol.result is None:
        return None
    arguments = tuple(s for s in symbol.arguments if s is not None)
    return Function(symbol.name, arguments, symbol.result, node.name.span)
