"""The definition of a function in a C file, cut out of it so that what surrounds it cannot disturb its reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.diagnostics import Note, nearest
from verifier.files import Files
from verifier.source.parsing import code, descendants, line_span
from verifier.source.preprocess import Text
from verifier.source.refusal import UnreadableError
from verifier.source.unit import Unit, read_unit

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_NESTED = 600
"""How deep the syntax of a function may be nested, against hostile input."""

_TOKEN = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|[(){};]""")

# Words of a kernel function's head that say nothing about what it does, and are no C to the parser.
_ATTRIBUTES = re.compile(
    r"\b(?:__must_check|__always_inline|__maybe_unused|__always_unused|__init|__exit|__cold|__sched|__ref|__used"
    r"|__releases|__acquires|__must_hold|__printf|noinline\w*|notrace|asmlinkage|__attribute__|__no_\w+"
    r"|__user|__iomem|__rcu|__force|__percpu)\b(?:\s*\((?:[^()]|\([^()]*\))*\))?"
)


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, the words of its type, and whether it is a pointer or an array."""

    name: str
    words: str
    pointer: bool


@dataclass(frozen=True)
class Function:
    """A function definition. `line` is that of its name; `returns` are the words of its type, `pointer` whether it
    returns a pointer."""

    unit: Unit
    name: str
    line: int
    returns: str
    pointer: bool
    parameters: tuple[Parameter, ...]
    body: Node

    @property
    def text(self) -> Text:
        """The file."""
        return self.unit.main


def locate(files: Files, path: str, name: str) -> Function:
    """Return the definition of a function in a file. Raises UnreadableError iff there is not exactly one."""
    unit = read_unit(files, path)
    found = [part for part in _definitions(unit.main.code) if part[0] == name]
    if not found:
        raise _missing(unit.main, name)
    if len(found) > 1:
        places = [unit.main.code.count("\n", 0, at) + 1 for _, at, _, _ in found]
        notes = tuple(Note(f"{name} is defined here", line_span(unit.main, n)) for n in places)
        raise UnreadableError("ARC970", f"{path} defines {name} more than once", notes)
    return _function(unit, *found[0])


def _missing(text: Text, name: str) -> UnreadableError:
    like = nearest(name, [n for n, *_ in _definitions(text.code)])
    return UnreadableError(
        "ARC970", f"{text.path} defines no function {name}", help=f"did you mean {like}?" if like else None
    )


def functions(text: Text) -> list[str]:
    """Return the names of the functions that a file defines, in its order."""
    return [name for name, *_ in _definitions(text.code)]


def _definitions(source: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each function's name, the offset of the name, and the start and the end of its definition."""
    depth = start = 0
    head: list[tuple[str, int]] = []  # names that were followed by brackets, since `start`, outside braces
    last: tuple[str, int] | None = None
    brackets, bodied = 0, False
    for found in _TOKEN.finditer(source):
        token, at = found[0], found.start()
        if token == "(":
            if depth == 0 and brackets == 0 and last is not None:
                head.append(last)
            brackets += 1
        elif token == ")":
            brackets = max(brackets - 1, 0)
        elif token == "{":
            bodied = depth == 0 and bool(head) and "=" not in source[start:at] if depth == 0 else bodied
            depth += 1
        elif token == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if bodied:
                    name, offset = next((h for h in head if not _ATTRIBUTES.fullmatch(h[0])), head[0])
                    yield name, offset, start, found.end()
                start, head, bodied, brackets = found.end(), [], False, 0
        elif token == ";" and depth == 0:
            start, head, brackets = found.end(), [], 0
        last = (token, at) if token[0].isalpha() or token[0] == "_" else None


def _function(unit: Unit, name: str, at: int, start: int, end: int) -> Function:
    line = unit.main.code.count("\n", 0, at) + 1
    node = _parsed(unit.main.code, start, end)
    declarator = next((n for n in _declarators(node) if code(n.child_by_field_name("declarator")) == name), None)
    body = None if node is None else node.child_by_field_name("body")
    if node is None or declarator is None or body is None:
        raise UnreadableError("ARC970", f"the head of {name} cannot be read", span=line_span(unit.main, line))
    if _is_deeper(body, MOST_NESTED):
        where = line_span(unit.main, line)
        raise UnreadableError("ARC973", f"{name} is nested more than {MOST_NESTED} deep", span=where)
    words = code(node.child_by_field_name("type"))
    pointer = "*" in unit.main.code[start:at]
    given = declarator.child_by_field_name("parameters")
    parameters = tuple(_parameter(p) for p in (given.named_children if given else ()))
    return Function(unit, name, line, words, pointer, tuple(p for p in parameters if p.name), body)


def _is_deeper(node: Node, most: int) -> bool:
    waiting = [(node, 0)]
    while waiting:
        found, depth = waiting.pop()
        if depth > most:
            return True
        waiting += [(child, depth + 1) for child in found.named_children]
    return False


def _parsed(source: str, start: int, end: int) -> Node | None:
    """Parse one definition where it stands: everything else is blank, so that lines and columns stay."""
    import tree_sitter
    import tree_sitter_c

    blank = re.sub(r"[^\n]", " ", source[:start])
    plain = _ATTRIBUTES.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source[start:end])
    language = tree_sitter.Language(tree_sitter_c.language())
    root = tree_sitter.Parser(language).parse((blank + plain).encode("latin-1")).root_node
    return next((n for n in descendants(root) if n.type == "function_definition"), None)


def _declarators(node: Node | None) -> list[Node]:
    return [] if node is None else [n for n in descendants(node) if n.type == "function_declarator"]


def _parameter(node: Node) -> Parameter:
    words = " ".join(code(c) for c in node.children_by_field_name("type"))
    declarator = node.child_by_field_name("declarator")
    pointer = declarator is not None and declarator.type != "identifier"
    names = [code(n) for n in descendants(declarator) if n.type == "identifier"] if declarator else []
    return Parameter(names[0] if names else "", words, pointer)
