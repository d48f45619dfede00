"""What is asked of a machine, and the properties that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike

from verifier.diagnostics import Span, nearest
from verifier.model.claims import Claim, InRange, Matches, Property
from verifier.model.declarations import Binding
from verifier.model.model import Model
from verifier.model.sorts import Value, contains
from verifier.model.terms import TRUE
from verifier.semantics.claims import has_ranges

RANGES = "int_ranges"
"""The name of the property that every machine with int arithmetic has: no int leaves its range."""


class RequestError(ValueError):
    """What is asked for does not exist; `help` says what may have been meant."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Request:
    """What is asked of each machine: which properties (None: all), with which parameters fixed, for how many
    seconds each, by which engine (None: the portfolio), against which source tree. `sources_waived`: the user
    does not want the C sources compared. `deadline` (on `time.monotonic()`, which all processes of a machine share)
    is when the whole run has to end: what is not decided by then stays undecided. An explicit search has `memory` bytes
    (None: half of the machine's) and so many threads, and goes on from what an earlier run has left in the folder
    `checkpoint`."""

    properties: tuple[str, ...] | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    timeout: float = 60.0
    engine: str | None = None
    source_tree: str | PathLike[str] | None = None
    sources_waived: bool = False
    deadline: float | None = None
    memory: int | None = None
    threads: int = 1
    checkpoint: str | None = None


def unknown(kind: str, name: str, known: Iterable[str]) -> RequestError:
    """Return the error that says that there is no such thing, with the nearest name or all of them as help."""
    names = list(known)
    guess = nearest(name, names)
    listed = f"there are: {', '.join(names)}" if names else f"there is no {kind} at all"
    return RequestError(f"no {kind} `{name}`", f"did you mean `{guess}`?" if guess else listed)


def check_names(model: Model, request: Request) -> None:
    """Raise RequestError iff a property or a parameter does not exist, or a value is not of the parameter's sort."""
    known = {p.name: p for p in model.parameters}
    for name, value in request.parameters.items():
        if name not in known:
            raise unknown("parameter", name, known)
        if not contains(known[name].sort, value):
            raise RequestError(f"{value!r} is not a value of parameter `{name}`", f"its sort is {known[name].sort}")
    names = [p.name for p in all_properties(model)]
    for name in request.properties or ():
        if name not in names:
            raise unknown("property", name, names)


def asked(model: Model, request: Request) -> tuple[Property, ...]:
    """Return the properties to be checked; the range check is always among them, for the others rest on it."""
    wanted = request.properties
    return tuple(p for p in all_properties(model) if wanted is None or p.name in wanted or is_range_check(p))


def is_range_check(prop: Property) -> bool:
    """Return True iff the property is the implied one about the ranges of ints."""
    return isinstance(prop.claim, InRange)


def all_properties(model: Model) -> tuple[Property, ...]:
    """Return the properties of the spec and those that it implies: `int_ranges` first, and last one for each
    table that is bound to a C file and that no property names."""
    ranges = _implied(model, RANGES, InRange(), "every int stays in its range")
    return (*([ranges] if has_ranges(model) else []), *model.properties, *_bound_tables(model))


def _bound_tables(model: Model) -> Iterator[Property]:
    named = {p.claim.table for p in model.properties if isinstance(p.claim, Matches)}
    for table in model.tables:
        if table.binding is not None and table.name not in named:
            text = f"{table.name} matches {_binding_text(table.binding)}"
            yield _implied(model, f"{table.name}_matches_c", Matches(table.name, table.binding), text, table.span)


def _binding_text(binding: Binding) -> str:
    return f'c "{binding.file}" table {binding.table}'


def _implied(model: Model, name: str, claim: Claim, text: str, span: Span | None = None) -> Property:
    """A property that stands in no spec as such. Its place is that of what implies it, or the start of the file."""
    return Property(
        name=name,
        claim=claim,
        text=text,
        assuming=TRUE,
        doc=None,
        cites=(),
        expect_violated=False,
        vacuous_ok=False,
        severity="error",
        span=span or Span(model.source.path, 1, 1, 1, 1),
    )
