"""ARC063: a variable whose value after the step a rule reads, but does not give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verifier.diagnostics import Diagnostic
from verifier.lint.mentions import closure, mentioned, nodes
from verifier.lint.subject import Finding, Open, Subject
from verifier.syntax import tree

Given = tree.Assign | tree.Choose


def left_free(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each variable that a rule changes to any value at all, only because x' stands in another's value.

    A variable whose primed form does not occur keeps its value; one whose primed form is only read does not.
    """
    definitions = {d.name.name: mentioned(d) for d in subject.spec.declarations if isinstance(d, tree.DefDecl)}
    names = {v.name for v in subject.model.variables}
    for node in subject.spec.declarations:
        if isinstance(node, tree.RuleDecl | tree.ArcDecl):
            for name, constraints, moved in _rules(subject, node):
                for primed in _only_read(constraints, moved, definitions, names):
                    yield _finding(name, primed)


def _rules(
    subject: Subject, node: tree.RuleDecl | tree.ArcDecl
) -> Iterator[tuple[str, Sequence[tree.Constraint], set[str]]]:
    """Yield each rule that is declared: its name, its constraints, and the variable that an arc gives a value to."""
    control = subject.model.control
    moved = {control.name} if isinstance(node, tree.ArcDecl) and control else set()
    yield node.name.name, node.constraints, moved
    if isinstance(node, tree.ArcDecl) and node.fails is not None:
        yield f"{node.name.name}.fails", node.fails.constraints, moved


def _only_read(
    constraints: Sequence[tree.Constraint], given: set[str], definitions: dict[str, set[str]], names: set[str]
) -> Iterator[tree.Primed]:
    """Yield a place at which each such variable is read; `d'` reads all variables of the definition d."""
    values = [c.value if isinstance(c, tree.Assign) else c.domain for c in constraints if isinstance(c, Given)]
    known = given | {c.target.name for c in constraints if isinstance(c, Given)}
    conditions = [c for c in constraints if not isinstance(c, Given)]
    known |= closure({p.name for p in _primes(conditions)}, definitions)
    for primed in _primes(values):
        free = (closure({primed.name}, definitions) & names) - known
        known |= free
        for name in sorted(free):
            yield tree.Primed(primed.span, name)


def _primes(parts: Iterable[object]) -> Iterator[tree.Primed]:
    return (node for node in nodes(tuple(parts)) if isinstance(node, tree.Primed))


def _finding(rule: str, primed: tree.Primed) -> Finding:
    message = f"rule {rule} leaves {primed.name} free: {primed.name}' is read here, and no constraint says what it is"
    hint = f"write {primed.name}' = {primed.name} if it keeps its value, or read {primed.name}"
    return Finding(Diagnostic("ARC063", message, primed.span, help=hint))
