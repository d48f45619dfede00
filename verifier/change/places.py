"""Where a change stands in the text of a spec, if it is about a part of a declaration, such as one value of an enum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verifier.change.fact import Change
from verifier.diagnostics import Span, SpecError
from verifier.model.model import Model
from verifier.syntax import parse
from verifier.syntax import tree as t

Declared = Mapping[str, t.Declaration]
"""The declarations of a spec by name."""


def declarations(model: Model) -> dict[str, t.Declaration]:
    """Return a spec's declarations by name; nothing where its text is none that can be read again."""
    try:
        spec = parse(model.source)
    except SpecError:
        return {}
    named = ((getattr(d, "name", None), d) for d in spec.declarations)
    return {name.name: d for name, d in named if isinstance(name, t.Name)}


def placed(change: Change, old: Model, new: Model, declared: tuple[Declared, Declared]) -> Change:
    """Return the change, and all that follows from it, with places where it had none and the text shows them.

    `declared` are the declarations of both versions.
    """
    consequences = tuple(placed(c, old, new, declared) for c in change.consequences)
    if change.place is not None or change.old_place is not None:
        return replace(change, consequences=consequences)
    places = [_place(change.subject, model, found) for model, found in zip((old, new), declared, strict=True)]
    return replace(change, old_place=places[0], place=places[1], consequences=consequences)


def _place(subject: str, model: Model, declared: Declared) -> Span | None:
    kind, _, name = subject.partition(" ")
    if subject == "machine":
        return Span(model.source.path, 1, 1, 1, 1)
    if subject == "initial states":
        return span_of(declared, model.control.name) if model.control is not None else None
    if kind not in ("value", "bit", "type"):
        return None
    sort, _, part = name.partition(".")
    return _part(declared.get(sort), part) if part else span_of(declared, sort)


def _part(declaration: t.Declaration | None, name: str) -> Span | None:
    """Return the place of one value or bit; None where the declaration does not have it."""
    parts = (*getattr(declaration, "values", ()), *getattr(declaration, "bits", ()), *getattr(declaration, "named", ()))
    return next((p.span for p in parts if p.name.name == name), None)


def span_of(declared: Declared, name: str) -> Span | None:
    """Return the place of a declaration; None where there is none of that name."""
    return declared[name].span if name in declared else None
