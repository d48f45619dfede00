"""The judgement on a certificate that was kept or comes from another version: the checker's, and no other."""

from __future__ import annotations

import functools

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.evidence.evidence import Holds, Trace, Unknown, Violated
from verifier.model.claims import Property
from verifier.model.model import Model
from verifier.model.terms import TRUE
from verifier.proofs.certificate import Certificate
from verifier.semantics.claims import premise
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import check_lists, valuation_list
from verifier.semantics.run import initial_states


def judged(model: Model, prop: Property, certificate: Certificate, seconds: float) -> Certified:
    """Return the verdict that the certificate's evidence supports, without a witness.

    `model` is restricted by the property's `assuming`. Raises EvidenceRefused unless it is the verdict that the
    certificate says, confirmed within `seconds`.
    """
    open_, evidence = Unknown("not searched"), certificate.evidence
    if certificate.verdict is Verdict.VACUOUS:
        certified = certify_witness(model, certify(model, prop, open_, 0.0), Holds(evidence), seconds)
    else:
        answer = Violated(evidence) if certificate.verdict is Verdict.REFUTED else Holds(evidence)
        certified = certify(model, prop, answer, seconds)
    if certified.verdict is not certificate.verdict:
        raise EvidenceRefused(certified.reason or f"it shows {certified.verdict.value} only")
    return certified


def witnessed(model: Model, proof: Certified, run: Trace, seconds: float) -> Certified:
    """Return the proof with the run as its witness, where its property has a premise. Raises EvidenceRefused iff the
    premise does not come true on it."""
    shown = certify_witness(model, proof, Violated(run), seconds)
    if shown.witness is None:
        raise EvidenceRefused(shown.reason or "it is no witness")
    return with_premise(model, proof, shown)


def with_premise(model: Model, proof: Certified, shown: Certified) -> Certified:
    """Return `shown`, the proof with its witness, or the bare proof where there is no premise: then some run has to
    exist, and is not worth showing."""
    return proof if premise(model, proof.property.claim) is TRUE and shown.witness is not None else shown


@functools.lru_cache(maxsize=64)
def start(model: Model) -> Trace | None:
    """Return a run of no steps, if the reference semantics can list the initial states and there is one. It shows
    what every proof needs where there is no premise: that there is a run."""
    if model.functions:
        return None
    try:
        for parameters in valuation_list(model):
            setting = Setting(model, parameters)
            check_lists(setting)
            for state in initial_states(setting):
                return Trace(parameters, state)
    except (TooMany, RangeError):
        return None
    return None
