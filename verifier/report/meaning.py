"""What a trace relies on of the functions whose meaning the spec leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from verifier.evidence.evidence import Interpretation, Trace
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import Value
from verifier.model.terms import Term, variables
from verifier.semantics.evaluate import Setting, evaluate
from verifier.semantics.run import is_initial, is_step

Arguments = tuple[Value, ...]


class _Consulted(Mapping[Arguments, Value]):
    """A function's table that remembers which of its entries were read."""

    def __init__(self, entries: Mapping[Arguments, Value], default: Value) -> None:
        self.read: dict[Arguments, Value] = {}
        self._entries = entries
        self._default = default

    def __getitem__(self, arguments: Arguments) -> Value:
        self.read[arguments] = self._entries.get(arguments, self._default)
        return self.read[arguments]

    def __iter__(self) -> Iterator[Arguments]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def used_entries(model: Model, trace: Trace, conditions: Iterable[Term] = ()) -> list[str]:
    """Return the function values on which the run depends, such as `load(image0, data1) = image2`.

    They are the ones that are read when the run is replayed by the reference semantics, and when `conditions`
    (of the claim, over levels 0 and 1) are evaluated at its end.
    """
    meaning = trace.interpretation
    tables = {n: _Consulted(entries, default) for n, (entries, default) in meaning.functions.items()}
    watched = {n: (tables[n], default) for n, (_, default) in meaning.functions.items()}
    setting = Setting(model, trace.parameters, Interpretation(meaning.sizes, watched))
    is_initial(setting, trace.initial)
    for before, step in zip(trace.states, trace.steps, strict=False):
        is_step(setting, before, step)
    for condition in conditions:
        _evaluate_at_end(setting, trace, condition)
    return [line for name in tables for line in _lines(model, name, tables[name].read)]


def _evaluate_at_end(setting: Setting, trace: Trace, condition: Term) -> None:
    states = trace.states[-2:] if variables(condition, 1) else trace.states[-1:]
    with suppress(ArithmeticError, LookupError):  # no step, or an int out of range: then nothing is read here
        evaluate(condition, setting, states)


def _lines(model: Model, name: str, read: Mapping[Arguments, Value]) -> Iterator[str]:
    function = model.function[name]
    for arguments, value in read.items():
        shown = (show_value(a, s) for a, s in zip(arguments, function.arguments, strict=True))
        yield f"{name}({', '.join(shown)}) = {show_value(value, function.result)}"
