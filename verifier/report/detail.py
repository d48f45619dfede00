"""Everything about one property, in lines: what it claims and on whose word, the evidence, how to see it again."""

from __future__ import annotations

from verifier.checker.certified import Verdict
from verifier.diagnostics.render import render
from verifier.evidence.evidence import Trace
from verifier.evidence.traces import traces
from verifier.model.claims import Property
from verifier.model.declarations import Cite
from verifier.model.model import Model
from verifier.report.exhibit import exhibit
from verifier.report.result import PropertyReport
from verifier.report.trace import trace_lines
from verifier.report.values import replay_command, wrapped
from verifier.report.words import sentence


def claim_lines(prop: Property) -> list[str]:
    """Return the claim's text, its doc and its cites."""
    doc = " ".join(prop.doc.split()) if prop.doc else ""
    return [*wrapped(prop.text, "  "), *wrapped(f'"{doc}"' if doc else "", "  "), *cite_lines(prop.cites)]


def cite_lines(cites: tuple[Cite, ...]) -> list[str]:
    """Return one line for each cited document."""
    return [line for c in cites for line in wrapped(cite_text(c), "  ", "  cite ")]


def cite_text(cite: Cite) -> str:
    """Return the document and the passage, such as `include/uapi/linux/vfio.h: "..."`."""
    return f'{cite.document}: "{cite.passage}"' if cite.passage else cite.document


def evidence_lines(model: Model, report: PropertyReport) -> list[str]:
    """Return the evidence in full, then the reason or remark, the run in words, the witness."""
    certified = report.certified
    shown = [] if certified.evidence is None else exhibit(model, certified.property, certified.evidence)
    return [*shown, *reason_lines(report), *_words(model, report), *_witness(model, certified.witness)]


def reason_lines(report: PropertyReport) -> list[str]:
    """Return what is said beside the evidence: a contradiction, an obstacle, what blocked the verdict."""
    obstacle = render(report.obstacle.diagnostics, report.obstacle.sources).splitlines() if report.obstacle else []
    said = (report.contradiction, report.certified.reason)
    return [*(line for text in said if text for line in text.splitlines()), *obstacle]


def _words(model: Model, report: PropertyReport) -> list[str]:
    evidence = report.certified.evidence
    told = sentence(model, report.certified.property, evidence) if evidence is not None else None
    return wrapped(told or "")


def _witness(model: Model, witness: Trace | None) -> list[str]:
    return [] if witness is None else ["not vacuous, as this run shows:", *trace_lines(model, witness)]


def replay_line(model: Model, report: PropertyReport) -> str:
    """Return the command that checks the property again; of a counterexample, for the values of its parameters."""
    run = next(traces(report.certified.evidence), None)
    parameters = run[0].parameters if run and report.certified.verdict is Verdict.REFUTED else {}
    return replay_command(model, report.certified.property, parameters)
