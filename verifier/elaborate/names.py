"""Names, primed names and calls."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.diagnostics import Span
from verifier.elaborate.folding import fit
from verifier.elaborate.symbols import (
    BitSymbol,
    DefinitionSymbol,
    FunctionSymbol,
    LocalSymbol,
    ParameterSymbol,
    Symbol,
    TableSymbol,
    ValueSymbol,
    VariableSymbol,
    described,
)
from verifier.elaborate.typer import Typer, Want, because
from verifier.model.sorts import IntSort, Sort
from verifier.model.terms import Call, Const, Param, Term, Var, subterms
from verifier.syntax import tree


def name(typer: Typer, node: tree.Name, want: Want | None) -> Term | None:
    """Return what a name stands for, if that is a value."""
    found = typer.find(node.name)
    match found:
        case None:
            typer.unknown(node)
            return None
        case LocalSymbol() | ValueSymbol():
            return found.term
        case VariableSymbol():
            return _variable(typer, found, node)
        case ParameterSymbol():
            allowed = may_mention(typer, parameters=(found.name,), span=node.span)
            return Param(found.sort, found.name) if allowed and found.sort is not None else None
        case DefinitionSymbol() if not found.declaration.parameters:
            return definition(typer, found, (), node.span)
        case _:
            _not_a_value(typer, found, node)
            return None


def _variable(typer: Typer, found: VariableSymbol, node: tree.Name) -> Term | None:
    allowed = may_mention(typer, variables=(found.name,), span=node.span)
    return Var(found.sort, found.name) if allowed and found.sort is not None else None


def _not_a_value(typer: Typer, found: Symbol, node: tree.Name) -> None:
    hint = None
    if isinstance(found, BitSymbol):
        hint = f"the value with that one bit is {{{found.name}}}; the test for the bit is `{found.name} in s`"
    elif isinstance(found, FunctionSymbol | TableSymbol | DefinitionSymbol):
        hint = f"a call is written {found.name}({', '.join('_' * _arity(found))})"
    message = f"{found.name} is {described(found)}, not a value"
    typer.problems.report("ARC024", message, node.span, *because("declared here", found.span), help=hint)


def _arity(found: FunctionSymbol | TableSymbol | DefinitionSymbol) -> int:
    return len(found.declaration.parameters if isinstance(found, DefinitionSymbol) else found.arguments)


def may_mention(typer: Typer, *, variables: Sequence[str] = (), parameters: Sequence[str] = (), span: Span) -> bool:
    """Return True iff the context allows these names; otherwise report the first it does not allow."""
    context = typer.context
    asked = (("variable", variables, context.variables), ("parameter", parameters, context.parameters))
    for kind, names, allowed in asked:
        refused = None if allowed is None else next((n for n in names if n not in allowed), None)
        if refused:
            only = f"; of the variables only {', '.join(sorted(allowed))}" if allowed and kind == "variable" else ""
            hint = "facts that relate parameters are stated with `assume`" if kind == "parameter" else None
            message = f"{context.place} may not mention {kind} {refused}{only}"
            typer.problems.report("ARC035", message, span, help=hint)
            return False
    return True


def primed(typer: Typer, node: tree.Primed, want: Want | None) -> Term | None:
    """Return `x'`; of a definition without parameters, its value after the step."""
    found = typer.find(node.name)
    if found is None:
        typer.unknown(tree.Name(node.span, node.name))
        return None
    if isinstance(found, VariableSymbol):
        term = Var(found.sort, found.name, 1) if found.sort is not None else None
        return term if _may_prime(typer, node, (found.name,)) else None
    if isinstance(found, DefinitionSymbol) and not found.declaration.parameters:
        return _primed_definition(typer, found, node)
    message = f"{node.name} is {described(found)}; only variables have a value after the step"
    typer.problems.report("ARC028", message, node.span, *because("declared here", found.span))
    return None


def _may_prime(typer: Typer, node: tree.Primed, names: Sequence[str]) -> bool:
    collected = typer.context.primed
    if collected is not None:
        collected.update(names)
        return True
    message = f"{typer.context.place} may not mention {node.name}', a value after the step"
    typer.problems.report("ARC027", message, node.span, help="only constraints of rules and `every step` may")
    return False


def _primed_definition(typer: Typer, found: DefinitionSymbol, node: tree.Primed) -> Term | None:
    template = typer.machine.definitions.template(found, node.span)
    if template is None or not _may_prime(typer, node, sorted(template.variables)):
        return None
    after: dict[Term, Term] = {t: Var(t.sort, t.name, 1) for t in subterms(template.body) if isinstance(t, Var)}
    return typer.machine.binders.instantiate(template.body, after)


def call(typer: Typer, node: tree.Call, want: Want | None) -> Term | None:
    """Return a call: of a function or table, a definition written out, or `fit(e, LO, HI)`."""
    if node.function.name == "fit":
        return _fit(typer, node)
    found = typer.find(node.function.name)
    match found:
        case None:
            typer.unknown(node.function)
        case FunctionSymbol() | TableSymbol():
            terms = _arguments(typer, node, found, found.arguments)
            if terms is not None and found.result is not None:
                return _applied(found, found.result, terms)
        case DefinitionSymbol():
            sorts = typer.machine.definitions.sorts(found)
            terms = _arguments(typer, node, found, sorts)
            return None if terms is None else definition(typer, found, terms, node.span)
        case _:
            message = f"{found.name} is {described(found)}, and cannot be called"
            typer.problems.report("ARC024", message, node.function.span, *because("declared here", found.span))
    return None


def _arguments(typer: Typer, node: tree.Call, found: Symbol, sorts: Sequence[Sort | None]) -> tuple[Term, ...] | None:
    if len(sorts) != len(node.arguments):
        some = f"{len(sorts)} argument{'' if len(sorts) == 1 else 's'}"
        message = f"{found.name} takes {some}, not {len(node.arguments)}"
        typer.problems.report("ARC025", message, node.span, *because("declared here", found.span))
        return None
    reasons = because(f"{found.name} is declared here", found.span)
    terms: list[Term | None] = []
    for number, (argument, sort) in enumerate(zip(node.arguments, sorts, strict=True), 1):
        subject = f"argument {number} of {found.name}"
        terms.append(typer.term(argument, None if sort is None else Want(sort, subject, reasons)))
    known = tuple(t for t in terms if t is not None)
    return known if len(known) == len(terms) and None not in sorts else None


def _applied(found: FunctionSymbol | TableSymbol, result: Sort, terms: tuple[Term, ...]) -> Term:
    if isinstance(found, TableSymbol) and all(isinstance(t, Const) for t in terms):
        key = tuple(t.value for t in terms if isinstance(t, Const))
        if key in found.entries:
            return Const(result, found.entries[key])
    return Call(result, found.name, terms)


def definition(typer: Typer, found: DefinitionSymbol, terms: tuple[Term, ...], span: Span) -> Term | None:
    """Return the body of a definition, written out for these arguments."""
    template = typer.machine.definitions.template(found, span)
    if template is None:
        return None
    if not may_mention(typer, variables=sorted(template.variables), parameters=sorted(template.parameters), span=span):
        return None
    arguments: dict[Term, Term] = dict(zip(template.locals, terms, strict=True))
    written = typer.machine.binders.instantiate(template.body, arguments)
    return typer.machine.sized(written, f"{found.name}, written out,", span)


def _fit(typer: Typer, node: tree.Call) -> Term | None:
    """`fit(e, LO, HI)`: e, which must be in LO..HI. Evidence shows range checks in this form."""
    bounds = [typer.term(a, Want(IntSort(0, 0), "bound of fit", loose=True)) for a in node.arguments[1:]]
    match bounds:
        case [Const(value=int() as low), Const(value=int() as high)] if low <= high:
            sort = IntSort(low, high)
            term = typer.term(node.arguments[0], Want(sort, "argument of fit", loose=True))
            return None if term is None else fit(sort, term)
        case _ if None not in bounds:
            typer.problems.report("ARC025", "fit takes an int and two numbers: fit(e, LO, HI), LO <= HI", node.span)
    return None
