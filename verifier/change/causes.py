"""One root cause, one finding: what follows from a change hangs under it.

A rule whose own text is the same, but whose meaning is not, changed because of a declaration that it mentions. What
changed for the machine, and for the verdicts, is put down to the change that its run shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from verifier.change.dependence import NotComparableError
from verifier.change.fact import Change
from verifier.change.inclusion import Comparison
from verifier.change.places import Declared, declarations, placed, span_of
from verifier.change.rules import Versions
from verifier.change.runs import foreign_step
from verifier.change.undo import is_cause
from verifier.evidence.evidence import Fork, Lasso, Trace
from verifier.model.model import Model
from verifier.syntax import tree as t

WEIGHT = (
    "ARC303", "ARC311", "ARC302", "ARC301", "ARC312", "ARC313", "ARC202", "ARC201", "ARC207", "ARC314", "ARC505",
    "ARC504", "ARC503", "ARC701", "ARC704", "ARC304",
)  # fmt: skip
"""Which of several changes with one cause gives it its code: the gravest."""

BEHAVIOUR = ("ARC11", "ARC2", "ARC3", "ARC413")
"""The codes of what can make a machine behave differently."""

TRIED = 8
"""The most changes that are taken back, one by one, to see which of them a consequence comes from."""


def arranged(versions: Versions, roots: list[Change], consequences: list[Change]) -> list[Change]:
    """Return the root changes, each with what follows from it."""
    declared = declarations(versions.old), declarations(versions.new)
    grouped = _under_values(_by_declaration(versions, roots, declared))
    found = _with_consequences(versions, grouped, consequences)
    return [placed(c, versions.old, versions.new, declared) for c in found]


def _under_values(changes: list[Change]) -> list[Change]:
    """Initial states that are described as before, and are others, follow from the values that came or went."""
    cause = next((c for c in changes if c.code in ("ARC110", "ARC110o", "ARC111", "ARC115")), None)
    inner = [c for c in changes if c.code == "ARC117" and c.before == c.after]
    if cause is None or not inner:
        return changes
    whole = replace(cause, consequences=(*cause.consequences, *inner))
    return [whole if c is cause else c for c in changes if not any(c is i for i in inner)]


# --- What a declaration does to rules and properties that mention it


def _by_declaration(versions: Versions, changes: list[Change], declared: tuple[Declared, Declared]) -> list[Change]:
    """Put the changes of rules and properties whose own text is the same under the declaration that has changed."""
    olds, news = declared
    causes = {id(c): _cause(versions, c, olds, news) for c in changes}
    members: dict[str, list[Change]] = {}
    for change in changes:
        if cause := causes[id(change)]:
            members.setdefault(cause, []).append(change)
    left = [c for c in changes if not causes[id(c)]]
    for cause, found in members.items():
        left = _under(versions, left, cause, found, olds, news)
    return left


def _under(
    versions: Versions, left: list[Change], cause: str, found: list[Change], olds: Declared, news: Declared
) -> list[Change]:
    """Add the changes as consequences to those of their cause; a definition, which has none, gets one."""
    for number, change in enumerate(left):
        if _declared_subject(change) == cause:
            whole = replace(change, consequences=(*change.consequences, *found))
            return [*left[:number], whole, *left[number + 1 :]]
    gravest = min(found, key=lambda c: WEIGHT.index(c.code) if c.code in WEIGHT else len(WEIGHT))
    actors = {c.actor for c in found}
    subject = f"{_WORDS.get(type(news.get(cause)), '')} {cause}".strip()
    root = replace(
        gravest, subject=subject, before=_text(versions.old, olds, cause), after=_text(versions.new, news, cause),
        place=span_of(news, cause), old_place=span_of(olds, cause), actor=actors.pop() if len(actors) == 1 else None,
        consequences=tuple(found), note=f"by {subject}: {', '.join(c.subject for c in found)}",
    )  # fmt: skip
    return [*left, root]


_WORDS: Mapping[type, str] = {
    t.DefDecl: "def", t.SourceDecl: "source", t.EnumDecl: "type", t.FlagsDecl: "type", t.TableDecl: "table",
    t.FunDecl: "fun", t.VarDecl: "var", t.ParamDecl: "param",
}  # fmt: skip


def _declared_subject(change: Change) -> str:
    """Return the declaration that a change of data is about: "State" of "value State.ERROR"."""
    kind, _, rest = change.subject.partition(" ")
    return rest.split("[")[0].split(".")[0] if kind in ("value", "bit", "type", "table", "param", "var") else ""


def _text(model: Model, declared: Declared, name: str) -> str | None:
    """Return a declaration as it is written, on one line."""
    if name not in declared:
        return None
    span = declared[name].span
    lines = model.source.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    return " ".join(" ".join([lines[0][span.column - 1 :] if len(lines) > 1 else lines[0], *lines[1:]]).split())


def _cause(versions: Versions, change: Change, olds: Declared, news: Declared) -> str | None:
    """Return the changed declaration that a rule or property mentions, if its own text has not changed."""
    kind, _, name = change.subject.partition(" ")
    if kind not in ("rule", "property"):
        return None
    own = name.split(".")[0]
    if own not in olds or own not in news or olds[own] != news[own]:
        return None
    return next(iter(_changed(news[own], olds, news, {own})), None)


def _changed(node: object, olds: Declared, news: Declared, seen: set[str]) -> Iterator[str]:
    """Yield the declarations that have changed among those that a node mentions; a definition's own first."""
    for name in _mentioned(node):
        if name in news and name not in seen:
            seen.add(name)
            if olds.get(name) != news[name]:
                yield name
            elif isinstance(news[name], (t.DefDecl, t.VarDecl, t.ParamDecl, t.TableDecl)):
                yield from _changed(news[name], olds, news, seen)


def _mentioned(node: object) -> Iterator[str]:
    if isinstance(node, (t.Name, t.NamedType)):
        yield node.name
    if isinstance(node, tuple):
        for part in node:
            yield from _mentioned(part)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _mentioned(getattr(node, field.name))


# --- What a run shows


def _with_consequences(versions: Versions, roots: list[Change], consequences: Iterable[Change]) -> list[Change]:
    """Hang each consequence under the root that it is put down to; one that cannot be put down stays a root."""
    hung: dict[int, list[Change]] = {}
    alone: list[Change] = []
    for consequence in consequences:
        place = _root_of(versions, roots, consequence)
        if place is None:
            alone.append(consequence)
        else:
            hung.setdefault(place, []).append(consequence)
    with_theirs = (replace(r, consequences=(*r.consequences, *hung.get(n, ()))) for n, r in enumerate(roots))
    return [*with_theirs, *alone]


def _root_of(versions: Versions, roots: list[Change], consequence: Change) -> int | None:
    """Return the number of the one root that can be the cause, or that the consequence's run leads through."""
    own = [n for n, r in enumerate(roots) if _subjects(r) & _subjects(consequence)]
    if own:
        return own[0]
    able = [n for n, r in enumerate(roots) if r.code.startswith(BEHAVIOUR) and r.code != "ARC304"]
    if len(able) <= 1:
        return able[0] if able else None
    for shown in consequence.shown:
        comparison = versions.gain if shown.side == "new" else versions.loss
        if isinstance(shown.run, (Trace, Fork, Lasso)) and (rule := _foreign_rule(comparison, shown.run)):
            named = [n for n in able if f"rule {rule}" in _subjects(roots[n])]
            if named:
                return named[0]
    return next((n for n in able[:TRIED] if is_cause(versions, roots[n], consequence)), None)


def _subjects(change: Change) -> set[str]:
    """The subjects of a change and of all that hangs under it; "rule r deterministic" is about rule r."""
    words = change.subject.split(" ")
    own = {"rule": " ".join(words[:2]), "table": f"table {change.subject[6:].split('[')[0].split(' ')[0]}"}
    return {own.get(words[0], change.subject)} | {s for c in change.consequences for s in _subjects(c)}


def _foreign_rule(comparison: Comparison, run: Trace | Fork | Lasso) -> str | None:
    """Return the rule of the first step that the other version lacks."""
    trace = run if isinstance(run, Trace) else run.trace
    try:
        number = foreign_step(comparison, trace)
    except (NotComparableError, ArithmeticError, LookupError):
        return None
    return trace.steps[number - 1].rule if number else None
