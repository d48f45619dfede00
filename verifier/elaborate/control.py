"""The control variable."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.diagnostics import Note, Span
from verifier.elaborate.machine import Machine
from verifier.elaborate.symbols import VariableSymbol, described
from verifier.elaborate.typer import because
from verifier.model.declarations import Control
from verifier.model.sorts import EnumSort, FlagsSort
from verifier.syntax import tree


@dataclass(slots=True)
class ControlChoice:
    """The control variable, or why there is none (None: that has been reported)."""

    machine: Machine
    control: Control | None
    lack: str | None
    notes: tuple[Note, ...] = ()

    def demanded(self, span: Span, by: str) -> Control | None:
        """Return the control variable; report its lack once, at the first place that needs it."""
        if self.control is None and self.lack is not None:
            hint = "name one with `control x`" if self.notes else None
            message = f"{by} needs a control variable: {self.lack}"
            self.machine.problems.report("ARC037", message, span, *self.notes, help=hint)
            self.lack = None
        return self.control


def control(machine: Machine, spec: tree.Spec) -> ControlChoice:
    """Return the variable that `control x` names, otherwise the one variable of an enum or flags type."""
    named = [d for d in spec.declarations if isinstance(d, tree.ControlDecl)]
    for extra in named[1:]:
        note = Note("named here first", named[0].span)
        machine.problems.report("ARC037", "a machine has one control variable", extra.span, note)
    return _named(machine, named[0]) if named else _only(machine, spec)


def _named(machine: Machine, node: tree.ControlDecl) -> ControlChoice:
    name = node.variable
    found = machine.scope.get(name.name)
    if found is None:
        machine.scope.unknown(name.name, name.span)
    elif not isinstance(found, VariableSymbol):
        message = f"{name.name} is {described(found)}; only a variable can be the control variable"
        machine.problems.report("ARC037", message, name.span, *because("declared here", found.span))
    elif isinstance(found.sort, EnumSort | FlagsSort):
        return ControlChoice(machine, Control(found.name, found.sort), None)
    elif found.sort is not None:
        message = f"{name.name} has type {found.sort}; the control variable has an enum or flags type"
        machine.problems.report("ARC037", message, name.span, *because("declared here", found.span))
    return ControlChoice(machine, None, None)


def _only(machine: Machine, spec: tree.Spec) -> ControlChoice:
    names = dict.fromkeys(d.name.name for d in spec.declarations if isinstance(d, tree.VarDecl))
    symbols = [s for s in map(machine.scope.get, names) if isinstance(s, VariableSymbol)]
    fitting = [s for s in symbols if isinstance(s.sort, EnumSort | FlagsSort)]
    if any(s.sort is None for s in symbols):
        return ControlChoice(machine, None, None)
    match fitting:
        case [VariableSymbol(name=name, sort=EnumSort() | FlagsSort() as sort)]:
            return ControlChoice(machine, Control(name, sort), None)
        case []:
            return ControlChoice(machine, None, "no variable has an enum or flags type")
        case _:
            notes = tuple(n for s in fitting for n in because(f"{s.name} has type {s.sort}", s.span))
            return ControlChoice(machine, None, "more than one variable has an enum or flags type", notes)
