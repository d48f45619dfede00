"""Which machine is meant by which option, where several specs are checked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from verifier.elaborate import value_of
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.request import Request, RequestError, all_properties, unknown


def addressed(models: Mapping[int, Model], request: Request, params: Iterable[str]) -> dict[int, tuple[Model, Request]]:
    """Return the machines that have a property that is asked for, each with the request as far as it concerns it.

    Raises RequestError iff no machine has one of the properties or parameters, or a text is no value.
    """
    texts = _assignments(params)
    names = {i: [p.name for p in all_properties(m)] for i, m in models.items()}
    if models:
        _check_known("property", request.properties or (), [n for own in names.values() for n in own])
        _check_known("parameter", texts, [p.name for m in models.values() for p in m.parameters])
    result: dict[int, tuple[Model, Request]] = {}
    for i, model in models.items():
        wanted = None if request.properties is None else tuple(n for n in request.properties if n in names[i])
        if wanted != ():
            result[i] = (model, replace(request, properties=wanted, parameters=_values(model, texts)))
    return result


def _check_known(kind: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise unknown(kind, name, dict.fromkeys(known))


def _assignments(params: Iterable[str]) -> dict[str, str]:
    """Return the texts of `NAME=VALUE` by name."""
    texts: dict[str, str] = {}
    for param in params:
        name, sign, text = param.partition("=")
        if not sign or not name or name in texts:
            wrong = "it is given twice" if name in texts else "expected NAME=VALUE"
            raise RequestError(f"--param {param}: {wrong}")
        texts[name.strip()] = text.strip()
    return texts


def _values(model: Model, texts: Mapping[str, str]) -> dict[str, Value]:
    """Return the values that the texts stand for in this machine, of the parameters that it has."""
    try:
        return {p.name: value_of(texts[p.name], p.sort) for p in model.parameters if p.name in texts}
    except ValueError as error:
        raise RequestError(f"--param: {error}") from error
