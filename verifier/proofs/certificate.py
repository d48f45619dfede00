"""A verdict's evidence in words that outlive a process: JSON about names, so that another version of a machine, or
another run, can read it. Where it comes from does not matter: the checker judges it like the answer of an engine."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from verifier.checker.certified import Certified, Verdict
from verifier.checker.certify import DEPTH
from verifier.diagnostics import SpecError
from verifier.elaborate import parse_term, value_of
from verifier.evidence.evidence import Evidence, SourceMatch, Trace
from verifier.evidence.json import evidence_json, trace_json
from verifier.evidence.reading import NotEvidence, Reader
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.sorts import Sort, Value
from verifier.model.terms import Term, conjuncts
from verifier.semantics.monitor import watched
from verifier.semantics.positive import parts

Json = Mapping[str, Any]

DECIDED = (Verdict.PROVED, Verdict.REFUTED, Verdict.VACUOUS)
"""The verdicts that are kept. Others may only need more time."""

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Certificate:
    """What is said of a property: the verdict, the evidence, the engine that found it, and for a proof, if known, a
    run on which the property's premise comes true (of a property without a premise: any run)."""

    engine: str | None
    verdict: Verdict
    evidence: Evidence
    witness: Trace | None


def certificate_json(model: Model, certified: Certified, engine: str | None, run: Trace | None) -> Json | None:
    """Return the certificate of a verdict as JSON data; None iff the verdict is not one that is kept, or rests on a
    source outside the spec. `run` is its witness, also where that is not worth showing."""
    evidence = certified.evidence
    if certified.verdict not in DECIDED or evidence is None or isinstance(evidence, SourceMatch):
        return None
    return {
        "engine": engine,
        "verdict": certified.verdict.value,
        "evidence": evidence_json(model, evidence),
        "witness": None if run is None else trace_json(model, run),
    }


def split_up(evidence: Evidence) -> Evidence:
    """Return the evidence with each conjunction in its invariant split up, so that another version of the machine
    can do without the parts that mean nothing there."""
    terms: tuple[Term, ...] = getattr(evidence, "conjuncts", ())
    parts = tuple(part for term in terms for part in conjuncts(term))
    return evidence if parts == terms else replace(evidence, conjuncts=parts)  # type: ignore[arg-type]


def read_certificate(model: Model, claim: Claim, data: object) -> Certificate:
    """Return the certificate about a claim on the model that the data are, in the form in which they are written.

    Raises NotEvidence, whatever the data.
    """
    try:
        certificate = _read(model, data, claim_reader(model, claim))
        again = _json(model, certificate)
    except _MALFORMED as error:
        raise NotEvidence(f"it is no certificate about this machine ({error or type(error).__name__})") from error
    if _text(again) != _text(data):
        raise NotEvidence("it is not in the form in which certificates are written")
    return certificate


def read_foreign(model: Model, claim: Claim, data: Json) -> Certificate:
    """Return what a certificate about another version of the machine says about this one: conjuncts of its
    invariant and runs that do not fit are left out. Raises NotEvidence where too little is left."""
    reader = claim_reader(model, claim)
    kept = dict(data["evidence"])
    if "conjuncts" in kept:
        kept["conjuncts"] = [text for text in kept["conjuncts"] if _reads(reader, text)]
    try:
        return _read(model, {**data, "evidence": kept}, reader)
    except _MALFORMED as error:
        if data["witness"] is not None:  # it may be the witness alone that does not fit
            return read_foreign(model, claim, {**data, "witness": None})
        raise NotEvidence(f"it says nothing about this machine: {error}") from error


def claim_reader(model: Model, claim: Claim) -> Reader:
    """Return what reads evidence about a claim on the model."""
    return replace(model_reader(model), watching=_watching(model, claim))


@functools.lru_cache(maxsize=8)
def model_reader(model: Model) -> Reader:
    """Return what reads evidence about the model. It remembers what it has read: certificates repeat themselves."""

    @functools.cache
    def value(text: str, sort: Sort) -> Value:
        return value_of(text, sort, atoms=True)

    return Reader(model, functools.cache(functools.partial(_term, model)), value)


def _watching(model: Model, claim: Claim) -> Callable[[int, int], Callable[[str, Sort], Term] | None]:
    """Return, for a part of a claim about maximal runs and a number of rounds, what reads terms about the machine that
    watches it (None where the claim has no such part, or there are more rounds than the checker looks at)."""
    claimed = parts(claim)

    def read(part: int, k: int) -> Callable[[str, Sort], Term] | None:
        if part >= len(claimed) or k > DEPTH:
            return None
        return functools.partial(_term, watched(model, claimed[part], k).model)

    return read


def _term(model: Model, text: str, sort: Sort) -> Term:
    try:
        return parse_term(text, model, sort=sort)
    except SpecError as error:
        raise ValueError(error.diagnostics[0].message) from error


def _read(model: Model, data: Any, reader: Reader) -> Certificate:
    engine, verdict = data["engine"], Verdict(data["verdict"])
    if engine is not None and not re.fullmatch(r"[a-z0-9-]{1,40}", engine):
        raise NotEvidence("an engine has another name")
    if verdict not in DECIDED or data["evidence"]["kind"] == SourceMatch.kind:
        raise NotEvidence("such a verdict is not kept")
    _check_numbers(data)
    witness = data["witness"]
    return Certificate(
        engine, verdict, reader.evidence(data["evidence"]), None if witness is None else reader.trace(witness)
    )


def _json(model: Model, certificate: Certificate) -> Json:
    witness = certificate.witness
    return {
        "engine": certificate.engine,
        "verdict": certificate.verdict.value,
        "evidence": evidence_json(model, certificate.evidence),
        "witness": None if witness is None else trace_json(model, witness),
    }


def _text(data: object) -> str:
    return json.dumps(data, sort_keys=True)  # not ==, for which 1 is true


def _reads(reader: Reader, text: str) -> bool:
    try:
        reader.condition(text)
    except NotEvidence:
        return False
    return True


_NUMBERS = ("k", "depth", "loop")
_NAMED = ("parameters", "initial", "arguments", "state", "functions", "sizes")
"""Where the keys are names of the spec's."""


def _check_numbers(data: object) -> None:
    """Raise NotEvidence unless what counts is a natural number: the reader takes that for granted."""
    stack = [data]
    while stack:
        part = stack.pop()
        if isinstance(part, Mapping):
            counts = [*(part[n] for n in _NUMBERS if n in part), *part.get("sizes", {}).values()]
            if any(type(n) is not int or n < 0 for n in counts):
                raise NotEvidence("a count is no natural number")
            stack += (v for name, v in part.items() if name not in _NAMED)
        elif isinstance(part, list):
            stack += part
