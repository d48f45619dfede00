"""C expressions as `code.Expression`: names resolved, macros with arguments replaced where their text is plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.diagnostics import Span
from verifier.source.constants import Constants
from verifier.source.expressions import is_name
from verifier.source.functions.calls import (
    ASSIGNING,
    SHARED,
    STATIC,
    TRANSPARENT,
    WARNING,
    assigns_by_name,
    error_number,
    is_harmless,
)
from verifier.source.functions.code import (
    Address,
    Call,
    Constant,
    Element,
    Expression,
    Load,
    Opaque,
    Operation,
    Store,
    parts,
)
from verifier.source.functions.scope import Scope
from verifier.source.integers import INT, UNSIGNED_LONG, Integer, integer_type, literal, unary
from verifier.source.parsing import code, descendants, span
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node

_CONTROL = re.compile(r"\b(?:return|goto|case|default)\b")
_LEAVING = re.compile(r"\b(?:break|continue)\b")
_LOOP = re.compile(r"\b(?:do|for|while|switch)\b")
_ASSIGNS = re.compile(r"(?<![=!<>])=(?!=)|\+\+|--")
_CAPITALS = re.compile(r"_*[A-Z][A-Z0-9_]+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_DEEPEST = 8  # macros within macros

_UNEVALUATED = frozenset(["sizeof_expression", "alignof_expression", "offsetof_expression", "type_descriptor"])
_ACTING = frozenset(["call_expression", "assignment_expression", "update_expression", "pointer_expression"])

_ARRAY = r"\bconst\b[^;{{}}()]*\b{}\s*\["


class Operands:
    """Reads expressions of one function. `scope` says which names are locals at this point."""

    def __init__(self, text: Text, constants: Constants, scope: Scope) -> None:
        self.text = text
        self.constants = constants
        self.scope = scope
        self.pinned: Span | None = None  # the call of the macro whose replacement is being read
        self.depth = 0

    def read(self, node: Node | None) -> Expression:
        """Return an expression. What is not understood is `Opaque`, with a doubt where nothing may rest on it."""
        if node is None:
            return Opaque("", (), Span(self.text.path, 1, 1, 1, 1), "nothing stands here")
        if node.is_error or node.is_missing:
            return Opaque(code(node), (), self.place(node), f"this is not plain C: `{code(node)[:60]}`")
        reader = _READERS.get(node.type)
        return reader(self, node) if reader else self._unknown(node)

    def place(self, node: Node) -> Span:
        """Return the node's place; that of the call for what stands in a macro."""
        return self.pinned or span(self.text, node)

    def _unknown(self, node: Node) -> Expression:
        operands = () if node.type in _UNEVALUATED else tuple(self.effects(node))
        statement = node.type == "compound_statement" or any(c.type == "compound_statement" for c in node.children)
        doubt = "statements within an expression are not read" if statement else ""
        return Opaque(code(node), operands, self.place(node), doubt)

    def effects(self, node: Node) -> Iterator[Expression]:
        """Yield what inside a node, itself apart, may do something: calls, assignments, addresses that are taken."""
        for child in node.named_children:
            if child.type in _ACTING:
                yield self.read(child)
            elif child.type not in _UNEVALUATED:
                yield from self.effects(child)

    def _identifier(self, node: Node) -> Expression:
        name, place = code(node), self.place(node)
        if (local := self.scope.find(name)) is not None:
            return Load(local.key, True, frozenset((local.key,)), place, local.type)
        if name in ("NULL", "false", "true"):
            return Constant(Integer(int(name == "true"), INT), name, place)
        try:
            return Constant(self.constants.evaluate(name), name, place)
        except UnreadableError as refused:
            return self._unresolved(name, place, refused)

    def _unresolved(self, name: str, place: Span, refused: UnreadableError) -> Expression:
        if (number := error_number(name)) is not None:
            return Constant(Integer(number, INT), name, place)
        if _CAPITALS.fullmatch(name):
            return Opaque(name, (), place, f"the value of {name} is not known: {refused.message}")
        if any(name in text.defines for text in self.constants.unit.texts):
            return Opaque(name, (), place)
        return Load(name, False, frozenset(), place)

    def _literal(self, node: Node) -> Expression:
        sign, text = ("-", code(node)[1:]) if code(node).startswith("-") else ("", code(node))
        try:
            number = literal(text)
            return Constant(unary("-", number) if sign else number, "", self.place(node))
        except UnreadableError as refused:
            return Opaque(code(node), (), self.place(node), refused.message)

    def _named(self, node: Node) -> Expression:
        return Constant(Integer(int(node.type == "true"), INT), code(node), self.place(node))

    def _inner(self, node: Node) -> Expression:
        inner = node.named_children
        return self.read(inner[0]) if len(inner) == 1 else self._unknown(node)

    def _unary(self, node: Node) -> Expression:
        operator = code(node.child_by_field_name("operator"))
        return Operation(operator, (self.read(node.child_by_field_name("argument")),), self.place(node))

    def _binary(self, node: Node) -> Expression:
        sides = [self.read(node.child_by_field_name(side)) for side in ("left", "right")]
        return Operation(code(node.child_by_field_name("operator")), tuple(sides), self.place(node))

    def _conditional(self, node: Node) -> Expression:
        fields = ("condition", "consequence", "alternative")
        whole = [node.child_by_field_name(f) for f in fields]
        condition = self.read(whole[0])
        middle = condition if whole[1] is None else self.read(whole[1])
        return Operation("?:", (condition, middle, self.read(whole[2])), self.place(node))

    def _comma(self, node: Node) -> Expression:
        sides = [self.read(node.child_by_field_name(side)) for side in ("left", "right")]
        return Operation(",", tuple(sides), self.place(node))

    def _cast(self, node: Node) -> Expression:
        words, value = code(node.child_by_field_name("type")), self.read(node.child_by_field_name("value"))
        if integer_type(words) is not None:
            return Operation(f"cast {words}", (value,), self.place(node))
        return Operation("cast", (value,), self.place(node))

    def _assignment(self, node: Node) -> Expression:
        target = self.read(node.child_by_field_name("left"))
        value = self.read(node.child_by_field_name("right"))
        operator = code(node.child_by_field_name("operator"))
        if not isinstance(target, Load):
            return Opaque(code(node), (target, value), self.place(node), "the target of this assignment is not read")
        if operator != "=":
            value = Operation(operator[:-1], (target, value), self.place(node))
        return Store(target, value, self.place(node))

    def _update(self, node: Node) -> Expression:
        argument, place = node.child_by_field_name("argument"), self.place(node)
        target, one = self.read(argument), Constant(Integer(1, INT), "", place)
        if not isinstance(target, Load) or argument is None:
            return Opaque(code(node), (target,), place, "the target of this assignment is not read")
        operator = "+" if "+" in code(node.child_by_field_name("operator")) else "-"
        store = Store(target, Operation(operator, (target, one), place), place)
        postfix = node.children[0].id == argument.id
        return Operation("-" if operator == "+" else "+", (store, one), place) if postfix else store

    def _field(self, node: Node) -> Expression:
        base = self.read(node.child_by_field_name("argument"))
        operator, field = code(node.child_by_field_name("operator")), code(node.child_by_field_name("field"))
        return self._memory(node, f"{written(base)}{operator}{field}", (base,))

    def _pointer(self, node: Node) -> Expression:
        target = self.read(node.child_by_field_name("argument"))
        if code(node.child_by_field_name("operator")) == "*":
            if isinstance(target, Address):
                return target.target
            return self._memory(node, f"*{written(target)}", (target,))
        if isinstance(target, Load):
            return Address(target, code(node), self.place(node))
        return Opaque(code(node), (target,), self.place(node))

    def _subscript(self, node: Node) -> Expression:
        indices: list[Expression] = []
        inner: Node | None = node
        while inner is not None and inner.type == "subscript_expression":
            indices.insert(0, self.read(inner.child_by_field_name("index")))
            inner = inner.child_by_field_name("argument")
        name = code(inner)
        if inner is not None and inner.type == "identifier" and self._is_constant_array(name):
            return Element(name, tuple(indices), code(node), self.place(node))
        base = self.read(inner)
        key = written(base) + "".join(f"[{written(i)}]" for i in indices)
        return self._memory(node, key, (base, *indices))

    def _is_constant_array(self, name: str) -> bool:
        return is_name(name) and re.search(_ARRAY.format(re.escape(name)), self.text.code) is not None

    def _memory(self, node: Node, key: str, inside: Sequence[Expression]) -> Expression:
        names = frozenset(n for e in inside for n in _names(e))
        return Load(key, False, names, self.place(node))

    def _call(self, node: Node) -> Expression:
        function = code(node.child_by_field_name("function"))
        given = node.child_by_field_name("arguments")
        nodes = given.named_children if given else []
        if function in STATIC or function in ("IS_ENABLED", "IS_BUILTIN", "IS_MODULE"):
            return self._configured(function, node)
        if function in _SPECIAL or not is_name(function):
            return _special(function, tuple(self.read(n) for n in nodes), code(node), self.place(node))
        macros = () if is_harmless(function) or assigns_by_name(function) else self._macros(function)
        if macros:
            return self._replaced(function, macros, nodes, node)
        arguments = tuple(self.read(n) for n in nodes)
        if assigns_by_name(function):
            arguments = _by_address(arguments)
        return Call(function, arguments, _text(function, arguments), self.place(node))

    def _configured(self, function: str, node: Node) -> Expression:
        if function in STATIC:
            return Constant(Integer(0, INT), "", self.place(node))
        return Load(code(node), True, frozenset(), self.place(node))  # the same throughout, whatever is called

    def _macros(self, name: str) -> tuple[str, ...]:
        """Return what follows the name in each definition of a macro with arguments: one text iff it is certain."""
        try:
            define = self.constants.define(name)
            return (define.body,) if define is not None and define.call else ()
        except UnreadableError:
            bodies = [d.body for t in self.constants.unit.texts for d in t.defines.get(name, ()) if d.call]
            return (*dict.fromkeys(bodies), "") if bodies else ()

    def _replaced(self, name: str, macros: Sequence[str], nodes: Sequence[Node], node: Node) -> Expression:
        """Read the replacement of a macro, if it is one expression; else it is a call that may assign to what it is
        given, or, where control may leave it, a doubt."""
        inner = self._replacement(macros[0], nodes) if len(macros) == 1 else None
        if inner is not None:
            self.pinned, self.depth, before = self.place(node), self.depth + 1, (self.pinned, self.depth)
            try:
                return self.read(inner)
            finally:
                self.pinned, self.depth = before
        bodies = [body.partition(")")[2] for body in macros]
        arguments = tuple(self.read(n) for n in nodes)
        if any(_leaves(body) for body in bodies):
            return Opaque(code(node), arguments, self.place(node), f"the macro {name} has control flow of its own")
        inside = {w for macro in macros for w in _free(macro) if self.scope.find(w) is not None}
        if inside:
            may = " and may make an assignment" if any(_ASSIGNS.search(body) for body in bodies) else ""
            told = f"the macro {name} speaks of {', '.join(sorted(inside))} by itself{may}"
            return Opaque(code(node), arguments, self.place(node), told)
        if any(_ASSIGNS.search(body) for body in bodies):
            arguments = _by_address(arguments)
        return Call(name, arguments, _text(name, arguments), self.place(node))

    def _replacement(self, macro: str, nodes: Sequence[Node]) -> Node | None:
        head, _, body = macro.partition(")")
        parameters = [p.strip() for p in head.split(",")]
        plain = "{" not in body and "#" not in body and ";" not in body and body.strip()
        if self.depth >= _DEEPEST or not plain or len(parameters) != len(nodes) or "..." in parameters:
            return None
        given = {p: f"({code(n)})" for p, n in zip(parameters, nodes, strict=True)}
        return _parsed(_WORD.sub(lambda word: given.get(word[0], word[0]), body))


def _parsed(expression: str) -> Node | None:
    import tree_sitter
    import tree_sitter_c

    language = tree_sitter.Language(tree_sitter_c.language())
    source = f"int f(void) {{ return ({expression}); }}".encode("latin-1")
    root = tree_sitter.Parser(language).parse(source).root_node
    found = next((n for n in descendants(root) if n.type == "return_statement"), None)
    return None if root.has_error or found is None else found.named_children[0]


def written(expression: Expression) -> str:
    """Return the expression as C text, in which a local has the name by which its value is kept."""
    match expression:
        case Load(key, _, _, _, _):
            return key
        case Constant(value, _, _):
            return str(value.value)
        case Element(_, _, text, _) | Call(_, _, text, _) | Address(_, text, _) | Opaque(text, _, _, _):
            return text
        case Operation(operator, operands, _):
            shown = [written(o) for o in operands]
            return f"({operator}{shown[0]})" if len(shown) == 1 else f"({f' {operator} '.join(shown)})"
        case Store(target, _, _):
            return target.key


def _by_address(arguments: Sequence[Expression]) -> tuple[Expression, ...]:
    """Return the arguments of a macro that may assign to them."""
    return tuple(Address(a, a.key, a.place) if isinstance(a, Load) else a for a in arguments)


def _free(macro: str) -> set[str]:
    """Return the names in a macro's replacement that are neither its parameters nor members of something."""
    head, _, body = macro.partition(")")
    return set(re.findall(r"(?<![\w.>])[A-Za-z_]\w*", body)) - {p.strip() for p in head.split(",")}


def _leaves(body: str) -> bool:
    """Return True iff control may leave the replacement of a macro but at its end."""
    return bool(_CONTROL.search(body) or (_LEAVING.search(body) and not _LOOP.search(body)))


def _names(expression: Expression) -> Iterator[str]:
    for part in parts(expression):
        if isinstance(part, Load):
            yield from part.names


def _text(function: str, arguments: Sequence[Expression]) -> str:
    return f"{function}({', '.join(written(a) for a in arguments)})"


def _behind(argument: Expression) -> Expression:
    return argument.target if isinstance(argument, Address) else argument


def _special(function: str, arguments: tuple[Expression, ...], text: str, place: Span) -> Expression:
    """Return what one of the known macros means."""
    if function in TRANSPARENT and arguments:
        inner = _behind(arguments[0])
        return replace(inner, shared=True) if function in SHARED and isinstance(inner, Load) else inner
    if function in ASSIGNING and len(arguments) == 2 and isinstance(target := _behind(arguments[0]), Load):
        return Store(target, arguments[1], place)
    if function in WARNING and arguments:
        return Operation("!!", (arguments[0],), place)
    if function in ("BIT", "BIT_ULL") and arguments:
        return Operation("<<", (Constant(Integer(1, UNSIGNED_LONG), "", place), arguments[0]), place)
    if function in ("cmpxchg", "xchg") and arguments and isinstance(target := _behind(arguments[0]), Load):
        return Operation(function, (target, *arguments[1:]), place)
    return Call(function, arguments, text if not is_name(function) else _text(function, arguments), place)


_SPECIAL = TRANSPARENT | ASSIGNING | WARNING | {"BIT", "BIT_ULL", "cmpxchg", "xchg", "ARRAY_SIZE", "IS_ERR"}
_SPECIAL |= {"IS_ERR_OR_NULL", "ERR_PTR", "ERR_CAST", "PTR_ERR", "PTR_ERR_OR_ZERO", "BUG", "BUG_ON", "panic"}
_SPECIAL |= {"unreachable", "__builtin_unreachable"}

_READERS: dict[str, Callable[[Operands, Node], Expression]] = {
    "identifier": Operands._identifier,
    "number_literal": Operands._literal,
    "char_literal": Operands._literal,
    "true": Operands._named,
    "false": Operands._named,
    "null": Operands._named,
    "parenthesized_expression": Operands._inner,
    "unary_expression": Operands._unary,
    "binary_expression": Operands._binary,
    "conditional_expression": Operands._conditional,
    "comma_expression": Operands._comma,
    "cast_expression": Operands._cast,
    "assignment_expression": Operands._assignment,
    "update_expression": Operands._update,
    "field_expression": Operands._field,
    "pointer_expression": Operands._pointer,
    "subscript_expression": Operands._subscript,
    "call_expression": Operands._call,
}
