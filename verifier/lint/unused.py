"""ARC062: what is declared and not used."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.diagnostics import Diagnostic, Span
from verifier.lint.mentions import closure, mentioned, nodes
from verifier.lint.subject import Finding, Open, Subject
from verifier.model.claims import Basis, EqualsPath
from verifier.syntax import tree


def unused(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each source that is not cited, each name that nothing mentions, each value that no variable can have,
    each variable that is not both read and written, each parameter that its own rule or definition does not mention.
    """
    used = _used(subject.spec)
    yield from _sources(subject.spec)
    for node in subject.spec.declarations:
        yield from _named(node, used)
        yield from _parameters(node)
    yield from _values(subject.spec)
    yield from _variables(subject, used)


def _finding(message: str, span: Span, help: str) -> Finding:
    return Finding(Diagnostic("ARC062", message, span, help=help))


def _used(spec: tree.Spec) -> set[str]:
    """Return what rules, properties, facts and data mention, and what that rests on in turn."""
    mentions: set[str] = set()
    definitions: dict[str, set[str]] = {}
    for node in spec.declarations:
        match node:
            case tree.DefDecl() | tree.FunDecl():
                definitions[node.name.name] = mentioned(node)
            case tree.TableDecl():
                definitions[node.name.name] = mentioned(node)
                mentions |= {node.name.name} if node.binding else set()  # it implies a property
            case tree.EnumDecl():
                definitions |= {value.name.name: {node.name.name} for value in node.values}
            case tree.FlagsDecl():
                names = [*(bit.name for bit in node.bits), *(value.name for value in node.named)]
                definitions |= {name.name: {node.name.name} for name in names}
            case tree.ParamDecl():
                mentions |= mentioned(node) - {node.name.name}
            case _:
                mentions |= mentioned(node)
    return closure(mentions, definitions)


def _sources(spec: tree.Spec) -> Iterator[Finding]:
    citing = (d for d in spec.declarations if isinstance(d, tree.RuleDecl | tree.ArcDecl | tree.PropertyDecl))
    cited = {cite.source.name for node in citing for cite in node.cites}
    for node in spec.declarations:
        if isinstance(node, tree.SourceDecl) and node.name.name not in cited:
            yield _finding(f"source {node.name.name} is never cited", node.name.span, "cite it, or remove it")


def _named(node: tree.Declaration, used: set[str]) -> Iterator[Finding]:
    match node:
        case tree.EnumDecl() | tree.FlagsDecl() | tree.IndexDecl() | tree.OpaqueDecl():
            kind = "type"
        case tree.FunDecl():
            kind = "function"
        case tree.ParamDecl():
            kind = "parameter"
        case tree.DefDecl():
            kind = "definition"
        case tree.TableDecl():
            kind = "table"
        case _:
            return
    if node.name.name not in used:
        yield _finding(f"{kind} {node.name.name} is never used", node.name.span, "use it, or remove it")


def _parameters(node: tree.Declaration) -> Iterator[Finding]:
    if isinstance(node, tree.RuleDecl | tree.ArcDecl | tree.DefDecl):
        mentions = mentioned(node)
        for parameter in node.parameters:
            name = parameter.name.name
            if name not in mentions and name != "_":
                message = f"parameter {name} of {node.name.name} is never used"
                yield _finding(message, parameter.name.span, "remove it: it makes no difference")


def _variables(subject: Subject, used: set[str]) -> Iterator[Finding]:
    written = {name for rule in subject.model.rules for name in rule.changes}
    claims = [p.claim for p in subject.model.properties if isinstance(p.claim, EqualsPath | Basis)]
    read = used.union(*(c.observing for c in claims))
    if subject.model.control:
        read.add(subject.model.control.name)
    for variable in subject.model.variables:
        name, hint = variable.name, "remove it"
        match name in read, name in written:
            case False, False:
                message = f"variable {name} is neither read nor written"
            case False, True:
                message = f"variable {name} is written and never read"
            case True, False:
                message, hint = f"variable {name} is never written", f"declare it with `param {name}`"
            case _:
                continue
        yield _finding(message, variable.span, hint)


def _values(spec: tree.Spec) -> Iterator[Finding]:
    """Yield the values of enums that no expression names, where nothing ranges over the whole type."""
    mentions: set[str] = set().union(*map(mentioned, spec.declarations))
    whole = set().union(*map(_ranged_over, spec.declarations))
    for node in spec.declarations:
        if isinstance(node, tree.EnumDecl) and node.name.name in mentions - whole:
            for value in node.values:
                if value.name.name not in mentions:
                    message = f"value {value.name.name} of {node.name.name} is never used"
                    yield _finding(message, value.name.span, "use it, or remove it")


def _ranged_over(node: tree.Declaration) -> set[str]:
    """Return the types any value of which may occur because of a declaration, whether it is named or not."""
    match node:
        case tree.RuleDecl() | tree.ArcDecl():
            chosen: set[str] = mentioned(tuple(p.type for p in node.parameters))
        case tree.VarDecl(initial=None) | tree.ParamDecl() | tree.FunDecl():
            chosen = mentioned(node)
        case _:
            chosen = set()
    within = list(nodes(node))
    chosen |= mentioned(tuple(n.domain for n in within if isinstance(n, tree.Choose | tree.Quantified)))
    chosen |= mentioned(tuple(n.right for n in within if isinstance(n, tree.Binary) and n.op == "in"))
    return chosen | mentioned(tuple(n for n in within if isinstance(n, tree.MapType | tree.SetType)))
