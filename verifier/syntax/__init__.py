"""Text to tree: reading a spec, with every syntax error it has."""

from verifier.syntax.parse import parse, parse_expression
from verifier.syntax.read import read_source, source_of

__all__ = ["parse", "parse_expression", "read_source", "source_of"]
