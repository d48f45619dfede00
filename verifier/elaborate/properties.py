"""Properties: a claim with its clauses."""

from __future__ import annotations

import re

from verifier.diagnostics import Source, Span
from verifier.elaborate.claims import Claimant, claim
from verifier.model.claims import Property
from verifier.model.terms import TRUE
from verifier.syntax import tree

_TEXT_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|#[^\n]*')


def property_(claimant: Claimant, source: Source, node: tree.PropertyDecl) -> Property | None:
    """Return the property; None iff something in it is wrong."""
    found = claim(claimant, node.claim)
    assuming = TRUE if node.assuming is None else claimant.state(node.assuming, "assumption")
    cites = claimant.references.cites(node.cites)
    if found is None or assuming is None:
        return None
    return Property(
        node.name.name, found, written(source, node.claim.span), assuming, node.doc, cites,
        node.expect_violated, node.vacuous_ok, node.severity or "error", node.name.span,
    )  # fmt: skip


def written(source: Source, span: Span) -> str:
    """Return the text of a span on one line: without comments, white space folded."""
    lines = [source.line(n) for n in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(_TEXT_OR_COMMENT.sub(r"\1", "\n".join(lines)).split())
