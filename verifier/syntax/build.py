"""Makes the nodes of the tree: one entry or method for each rule of the grammar that has a node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from verifier.diagnostics import Diagnostic, Source, Span
from verifier.syntax import clauses, tree
from verifier.syntax.clauses import Clause
from verifier.syntax.tokens import Token
from verifier.syntax.words import OPERATORS_BEFORE, OPERATORS_BETWEEN

_NODES: dict[str, type[tree.Node]] = {
    "source": tree.SourceDecl,
    "enum": tree.EnumDecl,
    "enum_value": tree.EnumValue,
    "flag_bit": tree.FlagBit,
    "named_value": tree.NamedValue,
    "opaque": tree.OpaqueDecl,
    "fun": tree.FunDecl,
    "param": tree.ParamDecl,
    "var": tree.VarDecl,
    "control": tree.ControlDecl,
    "assume": tree.AssumeDecl,
    "binding": tree.Binding,
    "parameter": tree.Parameter,
    "passage": tree.Cite,
    "always": tree.Always,
    "never": tree.Never,
    "every_step": tree.EveryStep,
    "reachable": tree.Reachable,
    "only_via": tree.OnlyVia,
    "no_deadlock": tree.NoDeadlock,
    "ctl": tree.Ctl,
    "recoverable": tree.Recoverable,
    "matches": tree.Matches,
    "length": tree.Length,
    "bool_type": tree.BoolType,
    "int_type": tree.IntType,
    "bits_type": tree.BitsType,
    "map_type": tree.MapType,
    "set_type": tree.SetType,
    "type_set": tree.TypeSet,
    "with_": tree.With,
    "index_": tree.Index,
    "if_": tree.If,
    "let": tree.Let,
    "quantified": tree.Quantified,
}
"""Rules whose children are the fields of their node, in order."""

_BINARY = {"iff": "iff", "implies": "implies"}
_UNARY = {"not_": "not", "minus": "-", "complement": "~", "negative_number": "-"}
_JUNCTION = {"and_": "and", "or_": "or"}
_CLAUSES = frozenset(
    [
        "doc", "actor", "cite", "tag", "when", "assuming", "expect", "vacuous", "severity", "where", "through",
        "is_", "observing", "except_", "blocked", "matching", "fair", "strongly_fair",
    ]
)  # fmt: skip
_WORDS = frozenset(
    [
        "comparison_operator", "in_operator", "bar", "caret", "ampersand", "shift_operator", "sum_operator",
        "star", "quantifier", "severity_level", "stay", "fails_word",
    ]
)  # fmt: skip


class Header(NamedTuple):
    """`machine NAME ["doc"]`."""

    name: tree.Name
    doc: str | None


class TreeBuilder:
    """Makes nodes from the tokens of one file. What the grammar lets pass and the language forbids it reports."""

    nesting = frozenset(
        [
            tree.Braces, tree.Unary, tree.Binary, tree.Junction, tree.Call, tree.Index, tree.With, tree.If, tree.Let,
            tree.Quantified, tree.TypeSet, tree.Member, tree.MapType, tree.SetType, tree.Temporal,
        ]
    )  # fmt: skip

    def __init__(self, source: Source, tokens: Sequence[Token], diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.tokens = tokens
        self.diagnostics = diagnostics

    def build(self, rule: str, first: int, last: int, children: Sequence[Any]) -> object:
        """Return what a rule makes: a node, a word, or for a group a tuple."""
        if node := _NODES.get(rule):
            return node(self.span(first, last), *children)
        if rule in _CLAUSES:
            return Clause(rule, tuple(children), self.span(first, last))
        if rule in _WORDS:
            return children[0].kind
        method: Callable[..., object] | None = getattr(self, "_" + rule, None)
        return method(self.span(first, last), *children) if method else self._operator(rule, first, last, children)

    def span(self, first: int, last: int) -> Span:
        """Return the place of tokens first to last; of no tokens, the place of token `first`."""
        start, end = self.tokens[first], self.tokens[max(first, last)]
        return Span(self.source.path, start.line, start.column, end.end_line, end.end_column)

    def report(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, span, help=hint))

    def _operator(self, rule: str, first: int, last: int, children: Sequence[Any]) -> object:
        if rule in _BINARY:
            return tree.Binary(self.span(first, last), _BINARY[rule], *children)
        if rule in _UNARY:
            return tree.Unary(self.span(first, last), _UNARY[rule], *children)
        if rule in _JUNCTION:
            return tree.Junction(self.span(first, last), _JUNCTION[rule], tuple(children))
        return tuple(children)

    # Words

    def _name(self, span: Span, token: Token) -> tree.Name:
        return tree.Name(span, token.text)

    def _number(self, span: Span, token: Token) -> tree.Number:
        return tree.Number(span, _value(token), token.text)

    def _integer(self, span: Span, token: Token) -> int:
        return _value(token)

    def _negative(self, span: Span, token: Token) -> int:
        return -_value(token)

    def _size(self, span: Span, token: Token) -> int:
        return _value(token)

    def _text(self, span: Span, token: Token) -> str:
        return token.text

    # Declarations

    def _machine(self, span: Span, name: tree.Name, doc: str | None) -> Header:
        return Header(name, doc)

    def _flags(self, span: Span, name: tree.Name, was: Any, bits: Any, doc: str | None, named: Any) -> tree.FlagsDecl:
        return tree.FlagsDecl(span, name, was, bits, named or (), doc)

    def _index(self, span: Span, name: tree.Name, was: Any, size: int | None, doc: str | None) -> tree.IndexDecl:
        if size is None:
            hint = f"give a number: `index {name.name}[3]`"
            self._unsupported(f"`index {name.name}`: any number of individuals", span, hint)
        return tree.IndexDecl(span, name, was, size, doc)

    def _initial_value(self, span: Span, value: tree.Expr) -> tree.Initial:
        return tree.Initial(span, value, False)

    def _initial_choice(self, span: Span, value: tree.Expr) -> tree.Initial:
        return tree.Initial(span, value, True)

    def _def(self, span: Span, name: tree.Name, parameters: Any, body: tree.Expr, doc: str | None) -> tree.DefDecl:
        return tree.DefDecl(span, name, parameters or (), body, doc)

    def _table(
        self, span: Span, name: tree.Name, was: Any, arguments: Any, result: tree.Type, doc: str | None, binding: Any,
        rows: Any,
    ) -> tree.TableDecl:  # fmt: skip
        return tree.TableDecl(span, name, was, arguments, result, binding, rows, doc)

    def _row(self, span: Span, *cells: tree.Expr | None) -> tree.Row:
        return tree.Row(span, cells)

    def _cell(self, span: Span, content: tree.Expr | None) -> tree.Expr | None:
        return content

    def _use(self, span: Span, path: str, alias: tree.Name, individual: Any, domain: Any) -> tree.UseDecl:
        self._unsupported("`use`: a machine as a part of another", span)
        return tree.UseDecl(span, path, alias, individual, domain)

    def _join(self, span: Span, name: tree.Name, rules: tuple[tree.Name, ...]) -> tree.JoinDecl:
        self._unsupported("`join`: rules that fire together", span)
        return tree.JoinDecl(span, name, rules)

    def _unsupported(self, what: str, span: Span, hint: str | None = None) -> None:
        self.report("ARC015", f"not supported yet: {what}", span, hint)

    # Rules

    def _rule(self, span: Span, name: tree.Name, was: Any, parameters: Any, given: Any, block: Any) -> tree.RuleDecl:
        parts = clauses.of_rule(given, self.diagnostics)
        return tree.RuleDecl(span, name, was, parameters or (), **parts, constraints=block)

    def _arc(
        self, span: Span, name: tree.Name, was: Any, parameters: Any, origin: tree.Endpoint, target: tree.Endpoint,
        given: tuple[Clause, ...], block: Any, fails: tree.Fails | None,
    ) -> tree.ArcDecl:  # fmt: skip
        for end in (origin, target):
            if end.stay:
                self.report("ARC001", "`stay` stands only after `fails ->`", end.span, "name the value")
        parts = clauses.of_rule(given, self.diagnostics)
        places = (parameters or (), origin, target)
        return tree.ArcDecl(span, name, was, *places, **parts, constraints=block or (), fails=fails)

    def _fails(self, span: Span, target: tree.Endpoint, doc: str | None, block: Any) -> tree.Fails:
        return tree.Fails(span, target, doc, block or ())

    def _any_endpoint(self, span: Span) -> tree.Endpoint:
        return tree.Endpoint(span, None, any=True)

    def _stay_endpoint(self, span: Span) -> tree.Endpoint:
        return tree.Endpoint(span, None, stay=True)

    def _endpoint(self, span: Span, place: tree.Expr) -> tree.Endpoint:
        return tree.Endpoint(span, place)

    def _braces_endpoint(self, span: Span, *items: Any) -> tree.Endpoint:
        values: tuple[Any, ...] = tuple(i for i in items if i is not None and i != "stay")
        stay = "stay" in items
        return tree.Endpoint(span, None if stay and not values else tree.Braces(span, values), stay=stay)

    def _assign(self, span: Span, target: tree.Primed, value: tree.Expr) -> tree.Assign:
        return tree.Assign(span, _unprimed(target), value)

    def _condition(self, span: Span, value: tree.Expr) -> tree.Constraint:
        match value:
            case tree.Binary(op="in", left=tree.Primed() as target):
                return tree.Choose(span, _unprimed(target), value.right)
            case _:
                return value

    # Properties

    def _property(
        self, span: Span, name: tree.Name, was: Any, before: tuple[Clause, ...], claim: tree.Claim,
        after: tuple[Clause, ...],
    ) -> tree.PropertyDecl:  # fmt: skip
        return tree.PropertyDecl(span, name, was, claim, **clauses.of_property(before + after, self.diagnostics))

    def _equals_path(
        self, span: Span, targets: Any, where: tree.Expr | None, steps: Any, options: tuple[Clause, ...]
    ) -> tree.EqualsPath:
        return tree.EqualsPath(span, targets, where, steps, **clauses.of_path(options, self.diagnostics))

    def _basis(self, span: Span, rules: Any, options: tuple[Clause, ...]) -> tree.Basis:
        return tree.Basis(span, rules, **clauses.of_basis(options, self.diagnostics))

    def _routes(self, span: Span, rules: Any, options: tuple[Clause, ...]) -> tree.Routes:
        return tree.Routes(span, rules, **clauses.of_routes(options, self.diagnostics))

    def _exact_length(self, span: Span, size: int) -> tree.Length:
        return tree.Length(span, size, size)

    def _deterministic(self, span: Span, rules: Any) -> tree.Deterministic:
        return tree.Deterministic(span, rules or ())

    def _leads_to(self, span: Span, trigger: tree.Expr, response: tree.Expr, fair: Any) -> tree.LeadsTo:
        return tree.LeadsTo(span, trigger, response, fair or ())

    def _ltl(self, span: Span, formula: tree.Expr, fairness: tuple[Clause, ...]) -> tree.Ltl:
        return tree.Ltl(span, formula, **clauses.of_fairness(fairness, self.diagnostics))

    def _refines(self, span: Span, path: str, mapping: Any) -> tree.Refines:
        self._unsupported("`refines`: one machine against another", span)
        pairs = mapping or ()
        return tree.Refines(span, path, tuple(zip(pairs[::2], pairs[1::2], strict=True)))

    def _dotted_reference(self, span: Span, base: tree.Name, member: str | tree.Name) -> tree.Name:
        return tree.Name(span, f"{base.name}.{member if isinstance(member, str) else member.name}")

    # Temporal logic

    def _temporal(self, span: Span, operator: Token, operand: tree.Expr) -> tree.Temporal:
        return tree.Temporal(span, OPERATORS_BEFORE["ltl"][operator.text], (operand,))

    def _link(self, span: Span, left: tree.Expr, operator: Token, right: tree.Expr) -> tree.Temporal:
        return tree.Temporal(span, OPERATORS_BETWEEN[operator.text], (left, right))

    def _on_runs(self, span: Span, quantifier: Token, body: tree.Expr) -> tree.Expr:
        if isinstance(body, tree.Temporal) and body.operator in OPERATORS_BETWEEN.values():
            return tree.Temporal(span, quantifier.text + body.operator, body.operands)
        hint = f"write `{quantifier.text}[p U q]`; on one formula, `{quantifier.text}F p`"
        self.report("ARC001", f"expected two formulas with `U`, `R` or `W` in `{quantifier.text}[ ]`", body.span, hint)
        return body

    # Types and expressions

    def _named_type(self, span: Span, name: tree.Name) -> tree.NamedType:
        return tree.NamedType(span, name.name)

    def _binary(self, span: Span, left: tree.Expr, operator: str, right: tree.Expr) -> tree.Binary:
        return tree.Binary(span, operator, left, right)

    def _compare(self, span: Span, left: tree.Expr, operator: str, right: tree.Expr, *more: Any) -> tree.Binary:
        if more:
            parts = [self._quoted(e) for e in (left, right, more[1])]
            hint = f"write `{parts[0]} {operator} {parts[1]} and {parts[1]} {more[0]} {parts[2]}`"
            self.report("ARC010", f"`{operator}` and `{more[0]}` are chained: a comparison has two sides", span, hint)
        return tree.Binary(span, operator, left, right)

    def _quoted(self, node: tree.Expr) -> str:
        """Return a short expression as it is written; a long one as dots."""
        line = self.source.line(node.span.line)
        text = line[node.span.column - 1 : node.span.end_column - 1]
        return text if node.span.line == node.span.end_line and len(text) <= 40 else "..."

    def _group(self, span: Span, inner: tree.Expr) -> tree.Expr:
        return inner

    def _call(self, span: Span, function: tree.Name, *arguments: tree.Expr) -> tree.Call:
        return tree.Call(span, function, arguments)

    def _member(self, span: Span, base: tree.Expr, member: tree.Name) -> tree.Member:
        self._unsupported(f"`.{member.name}`: a variable of another machine", span)
        return tree.Member(span, base, member)

    def _primed(self, span: Span, name: tree.Name) -> tree.Primed:
        return tree.Primed(span, name.name)

    def _braces(self, span: Span, *items: tree.Expr | None) -> tree.Braces:
        return tree.Braces(span, tuple(i for i in items if i is not None))

    def _true(self, span: Span) -> tree.BoolLit:
        return tree.BoolLit(span, True)

    def _false(self, span: Span) -> tree.BoolLit:
        return tree.BoolLit(span, False)


def _value(token: Token) -> int:
    return int(token.text, {"0b": 2, "0x": 16}.get(token.text[:2], 10))


def _unprimed(target: tree.Primed) -> tree.Name:
    """Return the name of x', at its own place."""
    place, end = target.span, target.span.column + len(target.name)
    return tree.Name(Span(place.path, place.line, place.column, place.line, end), target.name)
