"""The one layout of a spec: white space is laid out anew, and every word, text and comment stays.

The layout follows from the words, the comments and the empty lines alone, not from where lines ended before. So
it is idempotent; and what it says is compared with what was said before it is given to anybody.
"""

from __future__ import annotations

from verifier.diagnostics import Source
from verifier.syntax.format_declarations import DECLARATIONS
from verifier.syntax.format_document import render
from verifier.syntax.format_expressions import EXPRESSIONS
from verifier.syntax.format_layout import Layout
from verifier.syntax.format_words import words_of
from verifier.syntax.parse import parse


def format_spec(source: Source) -> str:
    """Return the spec in its one layout, with the same tree. Raises SpecError iff it has syntax errors.

    Left out are `;` between constraints and a comma before `}`. Lines have at most WIDTH columns, but for texts,
    comments, grids, and what has no place for a line to end. Empty lines between declarations, clauses and
    constraints are kept, one where there were more.
    """
    spec = parse(source)
    words, parts = words_of(source)
    layout = Layout(words, {**DECLARATIONS, **EXPRESSIONS})
    docs = tuple((layout.below(part), layout.doc(part)) for part in parts)
    text = render((*docs, layout.above(len(words) - 1)))
    if parse(Source(source.path, text)) != spec:
        raise AssertionError(f"{source.path}: the layout would change what the spec says")
    return text
