"""Places in a spec, and messages about them that a person can act on."""

from verifier.diagnostics.codes import CODES, CodeInfo
from verifier.diagnostics.diagnostic import Diagnostic, Note, SpecError
from verifier.diagnostics.nearest import nearest
from verifier.diagnostics.render import render
from verifier.diagnostics.span import Source, Span

__all__ = ["CODES", "CodeInfo", "Diagnostic", "Note", "Source", "Span", "SpecError", "nearest", "render"]
