"""What changed in the words around the rules: passages that are no longer cited, texts that say something else."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.change.fact import Change
from verifier.change.rules import Versions
from verifier.diagnostics import Span
from verifier.model.claims import Property
from verifier.model.declarations import Cite, Rule


def document_changes(versions: Versions) -> Iterator[Change]:
    """Yield the changes of citations and of documentation of rules and properties that both versions have."""
    old, new, pairs = versions.old, versions.new, versions.gain.pairs
    for o, n in pairs.rules:
        yield from _documented(f"rule {n}", old.rule[o], new.rule[n])
    olds, news = ({p.name: p for p in m.properties} for m in (old, new))
    for o, n in pairs.properties.items():
        yield from _documented(f"property {n}", olds[o], news[n])


def _documented(subject: str, old: Rule | Property, new: Rule | Property) -> Iterator[Change]:
    spans: tuple[Span, Span] = (new.span, old.span)
    before, after = ([_text(c) for c in one.cites] for one in (old, new))
    for cite in (c for c in before if c not in after):
        yield Change("ARC801", "lost", subject, before=cite, place=spans[0], old_place=spans[1])
    for cite in (c for c in after if c not in before):
        yield Change("ARC801", "gained", subject, after=cite, place=spans[0], old_place=spans[1])
    said, says = (" ".join((d.doc or "").split()) or None for d in (old, new))
    if said != says:
        yield Change("ARC803", "doc", subject, said, says, place=spans[0], old_place=spans[1])


def _text(cite: Cite) -> str:
    return " ".join(f"{cite.document}: {cite.passage or ''}".split())
