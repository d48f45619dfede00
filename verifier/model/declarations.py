"""What a machine declares: its data, its rules, the documents it cites."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.model.sorts import EnumSort, FlagsSort, Sort, Value
from verifier.model.terms import Local, Term


@dataclass(frozen=True, slots=True)
class Cite:
    """A document that a declaration rests on: the `source` it names, that source's text, and the passage."""

    source: str
    document: str
    passage: str | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A rigid parameter: any value of its sort for which `where` (over the parameter itself) holds."""

    name: str
    sort: Sort
    where: Term
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable. Its initial values are constrained in `Model.init`."""

    name: str
    sort: Sort
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """An uninterpreted function."""

    name: str
    arguments: tuple[Sort, ...]
    result: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Binding:
    """A table's claim to stand in a C file: `from c "file" table NAME`, or a `matches c` claim."""

    file: str
    table: str


@dataclass(frozen=True, slots=True)
class Table:
    """A constant function: `entries[(a, b, ...)]` for every combination of argument values.

    `places` holds the span of each cell, for messages.
    """

    name: str
    arguments: tuple[Sort, ...]
    result: Sort
    entries: tuple[tuple[tuple[Value, ...], Value], ...]
    places: tuple[Span, ...]
    binding: Binding | None
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """A guarded relation between a state and the next.

    The rule fires with arguments for `parameters` from a state in which `guard` holds, to each state in which
    every one of `constraints` holds (over level 0, the state before, and level 1, the state after) and in
    which each variable outside `changes` has the value it had. An assignment `x' = e` is the constraint
    `x' == e`, with e wrapped in `Op.FIT` where x is an int of a narrower range.
    """

    name: str
    parameters: tuple[Local, ...]
    guard: Term
    constraints: tuple[Term, ...]
    changes: tuple[str, ...]
    actor: str | None
    tags: tuple[str, ...]
    doc: str | None
    cites: tuple[Cite, ...]
    span: Span
    fails: str | None = None  # the rule whose failure this is: `NAME` for rule `NAME.fails`


@dataclass(frozen=True, slots=True)
class Rename:
    """What is called `new` here had the name `old` in an earlier version: `NEW was OLD`. Means nothing by itself.

    `kind` is "sort", "value" (of an enum, or a bit of flags), "param", "var", "fun", "table", "rule" or
    "property". Of a value `new` is `Sort.VALUE`, and `old` the plain name. Only a rule may have several old
    names (rules that were merged), and share one with other rules (a rule that was split). The failure of an arc
    follows its arc: it is not listed. `span` is the place of the first old name.
    """

    kind: str
    new: str
    old: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Control:
    """The control variable: the one variable of an enum or flags sort, or the one that `control x` names."""

    name: str
    sort: EnumSort | FlagsSort
