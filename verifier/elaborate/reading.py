"""Terms and values read back: what `verifier.model.printer` shows, and what a user gives for a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from verifier.diagnostics import Source, SpecError
from verifier.elaborate.machine import Machine
from verifier.elaborate.spec import deep_recursion
from verifier.elaborate.symbols import (
    BitSymbol,
    FunctionSymbol,
    LocalSymbol,
    ParameterSymbol,
    SortSymbol,
    Symbol,
    TableSymbol,
    ValueSymbol,
    VariableSymbol,
)
from verifier.elaborate.typer import Context, Typer, Want
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import (
    Atom,
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    values,
)
from verifier.model.terms import Const, Local, Term
from verifier.syntax import parse_expression

_CONTEXT = Context("this expression", individuals=True)


def parse_term(
    text: str, model: Model, *, sort: Sort | None = None, primes: bool = False, locals: Iterable[Local] = ()
) -> Term:
    """Return the term of an expression over the model's variables and parameters.

    `parse_term(show(t), model)` equals t in meaning, and is the same object for a term that the elaborator
    made. With `sort`, the term must be of that sort; with `primes`, it may mention `x'`; `locals` are known by
    their names. Individual n of index T is written `T[n]`. Raises SpecError with every error of the text.
    """
    machine = _machine(model)
    known = {v.name: LocalSymbol(v.name, None, v) for v in locals}
    machine.binders.avoid(known)
    context = replace(_CONTEXT, locals=known, primed=set() if primes else None)
    return _read(machine, context, text, None if sort is None else Want(sort, "this expression"))


def _read(machine: Machine, context: Context, text: str, want: Want | None) -> Term:
    source = Source("expression", text)
    node = parse_expression(source)
    with deep_recursion():
        typer = Typer(machine, context)
        term = typer.term(node) if want is None else typer.whole(node, want)
        machine.problems.check(source)
    assert term is not None, "an error was reported"
    return term


def _machine(model: Model) -> Machine:
    machine = Machine()
    for symbol in _symbols(model):
        machine.scope.declare(symbol)
    parameters = (p.name for r in model.rules for p in r.parameters)
    machine.binders.avoid((*machine.scope, *parameters))
    return machine


def _symbols(model: Model) -> Iterable[Symbol]:
    for sort in model.sorts.values():
        yield from _sort_symbols(sort)
    yield from (ParameterSymbol(p.name, p.span, p.sort) for p in model.parameters)
    yield from (VariableSymbol(v.name, v.span, v.sort) for v in model.variables)
    yield from (FunctionSymbol(f.name, f.span, f.arguments, f.result) for f in model.functions)
    yield from (TableSymbol(t.name, t.span, t.arguments, t.result, dict(t.entries)) for t in model.tables)


def _sort_symbols(sort: Sort) -> Iterable[Symbol]:
    """The name of a named sort, and those of its values."""
    match sort:
        case EnumSort():
            yield SortSymbol(sort.name, None, sort)
            yield from (ValueSymbol(n, None, Const(sort, n)) for n in sort.names)
        case FlagsSort():
            yield SortSymbol(sort.name, None, sort)
            yield from (BitSymbol(b, None, sort, 1 << i) for i, b in enumerate(sort.bits))
            yield from (ValueSymbol(n, None, Const(sort, mask)) for n, mask in sort.named)
        case IndexSort() | OpaqueSort():
            yield SortSymbol(sort.name, None, sort)


def value_of(text: str, sort: Sort, *, atoms: bool = False) -> Value:
    """Return the value that a text names: `true`, `STOP`, `{A, B}`, `0b101`, `-3`, `Device[0]`, and for sets and maps
    what `show_value` writes. With `atoms`, also `image0` for an atom of an opaque sort.

    Raises ValueError, saying what is expected, iff the text names no value of the sort.
    """
    machine = Machine()
    for part in dict.fromkeys(_parts(sort)):
        for symbol in _sort_symbols(part):
            machine.scope.declare(symbol)
        for symbol in _atoms(text, part) if atoms else ():
            machine.scope.declare(symbol)
    machine.binders.avoid(machine.scope)
    try:
        term = _read(machine, _CONTEXT, text, Want(sort, "the value"))
    except SpecError as error:
        reason = error.diagnostics[0].message
        raise ValueError(f"{text!r} is not a value of {sort}: expected {expected(sort)} ({reason})") from None
    if not isinstance(term, Const):
        raise ValueError(f"{text!r} is not a value of {sort}: expected {expected(sort)}")
    return term.value


def _atoms(text: str, sort: Sort) -> Iterable[Symbol]:
    """The atoms of an opaque sort that the text mentions."""
    if isinstance(sort, OpaqueSort):
        for number in sorted(set(re.findall(rf"\b{re.escape(sort.name.lower())}(0|[1-9]\d{{0,17}})\b", text))):
            yield ValueSymbol(f"{sort.name.lower()}{number}", None, Const(sort, Atom(sort.name, int(number))))


def _parts(sort: Sort) -> Iterable[Sort]:
    yield sort
    if isinstance(sort, MapSort):
        yield from (*_parts(sort.key), *_parts(sort.value))
    elif isinstance(sort, SetSort):
        yield from _parts(sort.element)


def expected(sort: Sort) -> str:
    """Return what a text must be to name a value of the sort."""
    match sort:
        case BoolSort():
            return "true or false"
        case EnumSort():
            return f"one of {', '.join(sort.names)}"
        case FlagsSort():
            names = "".join(f", {n}" for n, _ in sort.named)
            return f"bits in braces, {{{', '.join(sort.bits)}}}{names}, or a number with 0b or 0x"
        case IntSort():
            return f"a number from {sort.low} to {sort.high}"
        case BitsSort():
            return f"a number from 0 to {(1 << sort.width) - 1}"
        case IndexSort():
            return f"{sort}[0] to {sort}[{sort.size - 1}]"
        case OpaqueSort():
            return "nothing: the values of an opaque type have no names"
        case _:
            example = show_value(next(values(sort)), sort)
            return f"a value of {sort}, such as {example}"


__all__ = ["expected", "parse_term", "value_of"]
