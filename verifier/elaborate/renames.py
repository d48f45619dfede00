"""Former names: what `NEW was OLD` says of a version before this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.diagnostics import Note
from verifier.elaborate.problems import Problems
from verifier.model.declarations import Rename
from verifier.syntax import tree

_SORTS = tree.EnumDecl | tree.FlagsDecl | tree.IndexDecl | tree.OpaqueDecl
_KINDS: dict[type[tree.Node], str] = {
    tree.ParamDecl: "param",
    tree.VarDecl: "var",
    tree.FunDecl: "fun",
    tree.TableDecl: "table",
    tree.RuleDecl: "rule",
    tree.ArcDecl: "rule",
    tree.PropertyDecl: "property",
}
_CALLED = {"sort": "type", "param": "parameter", "var": "variable", "fun": "function"}


class _Named(NamedTuple):
    """A declared thing that can have a former name. `full` is its name in a Rename."""

    kind: str
    name: tree.Name
    full: str
    was: tuple[tree.Name, ...]


def renames(problems: Problems, spec: tree.Spec) -> tuple[Rename, ...]:
    """Return the former names, in the order of the text.

    Reports a name that was its own, one whose former name something of its kind still has (unless that has a
    former name too, as where names moved on), and a former name that two things other than rules claim.
    """
    named = [n for declaration in spec.declarations for n in _named(declaration)]
    kept = {(n.kind, n.name.name): n.name for n in named if not n.was}
    claimed: dict[tuple[str, str], tree.Name] = {}
    for thing in named:
        for old in thing.was:
            _check(problems, thing, old, kept.get((thing.kind, old.name)))
            first = claimed.setdefault((thing.kind, old.name), old)
            if first is not old and (thing.kind != "rule" or any(first is o for o in thing.was)):
                _claimed_twice(problems, thing, old, first)
    return tuple(Rename(n.kind, n.full, tuple(o.name for o in n.was), n.was[0].span) for n in named if n.was)


def _named(node: tree.Declaration) -> Iterator[_Named]:
    if isinstance(node, _SORTS):
        yield _Named("sort", node.name, node.name.name, node.was)
        values: tuple[tree.EnumValue | tree.FlagBit, ...] = ()
        if isinstance(node, tree.EnumDecl):
            values = node.values
        elif isinstance(node, tree.FlagsDecl):
            values = node.bits
        yield from (_Named("value", v.name, f"{node.name.name}.{v.name.name}", v.was) for v in values)
    elif kind := _KINDS.get(type(node)):
        assert isinstance(node, _Renamable)
        yield _Named(kind, node.name, node.name.name, node.was)


_Renamable = (
    tree.ParamDecl | tree.VarDecl | tree.FunDecl | tree.TableDecl | tree.RuleDecl | tree.ArcDecl | tree.PropertyDecl
)


def _check(problems: Problems, thing: _Named, old: tree.Name, kept: tree.Name | None) -> None:
    name, what = thing.name.name, _CALLED.get(thing.kind, thing.kind)
    if old.name == name:
        message = f"{what} {name} was {name}: that is no other name"
        problems.report("ARC050", message, old.span, help=f"leave out `was {name}`")
    elif kept is not None:
        message = f"{what} {name} cannot have been {old.name}, which is still there"
        hint = f"leave out `was {old.name}`, or rename the other {what} too"
        problems.report("ARC048", message, old.span, Note(f"{old.name} is declared here", kept.span), help=hint)


def _claimed_twice(problems: Problems, thing: _Named, old: tree.Name, first: tree.Name) -> None:
    what = _CALLED.get(thing.kind, thing.kind)
    hint = "leave out one of them; only a rule can become several" if thing.kind != "rule" else "leave out one of them"
    message = f"`was {old.name}` stands twice: the former {what} has one successor"
    if thing.kind == "rule":
        message = f"`{old.name}` stands twice behind `was`"
    problems.report("ARC049", message, old.span, Note("it stands here first", first.span), help=hint)
