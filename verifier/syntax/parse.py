"""Text to tree, one declaration at a time: what is wrong in one leaves the others readable."""

from __future__ import annotations

from typing import cast

from verifier.diagnostics import Diagnostic, Note, Source, Span, SpecError, nearest
from verifier.syntax import tree
from verifier.syntax.automaton import END
from verifier.syntax.build import Header
from verifier.syntax.limits import MAX_BYTES, MAX_ERRORS, MAX_TOKENS
from verifier.syntax.recovery import Reader
from verifier.syntax.words import DECLARATION_HELP, DECLARATIONS, FOREIGN_DECLARATIONS, found, is_declaration


def parse(source: Source) -> tree.Spec:
    """Return the tree of a spec. Raises SpecError with every syntax error found, in the order of the text.

    A form that is not supported yet is such an error. More than MAX_ERRORS errors are cut off there, said aloud.
    """
    reader = _reader(source)
    read: list[object] = []
    position = _declaration(reader, 0)
    while reader.tokens[position].kind != END and len(reader.diagnostics) <= MAX_ERRORS:
        value, position = reader.read("declaration", position)
        read.append(value)
        position = _declaration(reader, position)
    header = _header(reader, [v for v in read if isinstance(v, Header)])
    _raise_errors(reader)
    declarations = tuple(cast(tree.Declaration, v) for v in read if not isinstance(v, Header))
    return tree.Spec(reader.builder.span(0, len(reader.tokens) - 2), header.name, header.doc, declarations)


def parse_expression(source: Source) -> tree.Expr:
    """Return the tree of a text that is one expression. Raises SpecError as `parse` does."""
    reader = _reader(source)
    value, _ = reader.read("expr", 0)
    _raise_errors(reader)
    return cast(tree.Expr, value)


def _reader(source: Source) -> Reader:
    reader = Reader(source) if len(source.text) <= MAX_BYTES else None
    if reader is None or len(reader.tokens) > MAX_TOKENS:
        message = f"more than {MAX_BYTES:,} characters, or {MAX_TOKENS:,} words and signs"
        raise SpecError([Diagnostic("ARC905", message, Span(source.path, 1, 1, 1, 1))], [source])
    return reader


def _declaration(reader: Reader, position: int) -> int:
    """Return where the next declaration begins. Report what stands before it, unless it is END."""
    token = reader.tokens[position]
    if token.kind == END or is_declaration(reader.tokens, position):
        return position
    meant = FOREIGN_DECLARATIONS.get(token.text) or nearest(token.text, DECLARATIONS)
    hint = f"did you mean `{meant}`?" if meant else DECLARATION_HELP
    reader.report("ARC007", f"expected a declaration, found {found(token)}", token.span(reader.path), hint)
    if meant is None:
        return reader.next_declaration(position + 1)
    reader.tokens[position] = token._replace(kind=meant)
    return position


def _header(reader: Reader, headers: list[Header]) -> Header:
    """Return the machine's name and doc. Report iff it is missing, not at the top, or not the only one."""
    kinds = [token.kind for token in reader.tokens]
    first = reader.tokens[0].span(reader.path)
    if "machine" not in kinds:
        reader.report("ARC013", "a spec begins with `machine NAME`", first, "put `machine NAME` on the first line")
    elif kinds[0] != "machine" and headers:
        reader.report("ARC013", "`machine` must be the first declaration", headers[0].name.span)
    for other in headers[1:]:
        note = Note("the first one is here", headers[0].name.span)
        reader.report("ARC013", "one file describes one machine", other.name.span, "use another file", note)
    return headers[0] if headers else Header(tree.Name(first, ""), None)


def _raise_errors(reader: Reader) -> None:
    if not reader.diagnostics:
        return
    unique = sorted(dict.fromkeys(reader.diagnostics), key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
    if len(unique) > MAX_ERRORS:
        message = f"more than {MAX_ERRORS} errors: the others are left out"
        unique[MAX_ERRORS:] = [Diagnostic("ARC016", message, unique[MAX_ERRORS].span)]
    raise SpecError(unique, [reader.builder.source])
