"""References: to rules and tags, to sources, to observed variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.diagnostics import Note, nearest
from verifier.elaborate.machine import Machine
from verifier.elaborate.problems import meant
from verifier.elaborate.symbols import VariableSymbol, described
from verifier.elaborate.typer import because
from verifier.model.declarations import Cite
from verifier.syntax import tree

RuleNode = tree.RuleDecl | tree.ArcDecl


@dataclass(frozen=True, slots=True)
class References:
    """What references may name: each rule or tag with the rules it stands for, each source with its text."""

    machine: Machine
    rules: Mapping[str, tuple[str, ...]]
    all_rules: tuple[str, ...]
    sources: Mapping[str, tree.SourceDecl]

    def named(self, names: Sequence[tree.Name]) -> tuple[str, ...] | None:
        """Return the rules that a list of rules and tags stands for, in that order, none twice."""
        for name in names:
            if name.name not in self.rules:
                message = f"{name.name} is neither a rule nor a tag"
                hint = meant(nearest(name.name, self.rules))
                self.machine.problems.report("ARC039", message, name.span, help=hint)
        if any(n.name not in self.rules for n in names):
            return None
        return tuple(dict.fromkeys(r for n in names for r in self.rules[n.name]))

    def cites(self, nodes: Sequence[tree.Cite]) -> tuple[Cite, ...]:
        """Return the citations whose source is declared; report the others."""
        for node in nodes:
            if node.source.name not in self.sources:
                hint = meant(nearest(node.source.name, self.sources))
                message = f"source {node.source.name} is not declared"
                self.machine.problems.report("ARC044", message, node.source.span, help=hint)
        known = [n for n in nodes if n.source.name in self.sources]
        return tuple(Cite(n.source.name, self.sources[n.source.name].where, n.passage) for n in known)

    def observed(self, names: Sequence[tree.Name]) -> tuple[str, ...] | None:
        """Return the names of variables, none twice."""
        found = [self._variable(n) for n in names]
        return None if None in found else tuple(dict.fromkeys(n for n in found if n is not None))

    def _variable(self, name: tree.Name) -> str | None:
        found = self.machine.scope.get(name.name)
        if isinstance(found, VariableSymbol):
            return found.name
        if found is None:
            self.machine.scope.unknown(name.name, name.span)
        else:
            message = f"{name.name} is {described(found)}; only variables are observed"
            self.machine.problems.report("ARC028", message, name.span, *because("declared here", found.span))
        return None


def references(machine: Machine, spec: tree.Spec) -> References:
    """Collect the rules, tags and sources; report names given twice. `T.fails` stands for the failures of the arcs
    with tag T."""
    first: dict[str, tree.Name] = {}
    nodes = [d for d in spec.declarations if isinstance(d, RuleNode)]
    for node in nodes:
        _unique(machine, first, node.name)
    tags: dict[str, list[str]] = {}
    for node in nodes:
        for tag in node.tags:
            if tag.name not in tags:
                _unique(machine, first, tag)
            for reference, rule in _tagged(node, tag.name):
                tags.setdefault(reference, []).append(rule)
    rules = {rule: (rule,) for node in nodes for rule in _rules(node)}
    named = {**{t: tuple(r) for t, r in tags.items()}, **rules}
    return References(machine, named, tuple(rules), _sources(machine, spec))


def _unique(machine: Machine, first: dict[str, tree.Name], name: tree.Name) -> None:
    known = first.setdefault(name.name, name)
    if known is not name:
        message = f"{name.name} is already a rule"
        machine.problems.report("ARC020", message, name.span, Note("declared here", known.span))


def _rules(node: RuleNode) -> Iterator[str]:
    yield node.name.name
    if isinstance(node, tree.ArcDecl) and node.fails is not None:
        yield f"{node.name.name}.fails"


def _tagged(node: RuleNode, tag: str) -> Iterator[tuple[str, str]]:
    for rule in _rules(node):
        yield tag, rule
        if rule.endswith(".fails"):
            yield f"{tag}.fails", rule


def _sources(machine: Machine, spec: tree.Spec) -> Mapping[str, tree.SourceDecl]:
    sources: dict[str, tree.SourceDecl] = {}
    for node in spec.declarations:
        if isinstance(node, tree.SourceDecl):
            known = sources.setdefault(node.name.name, node)
            if known is not node:
                message = f"{node.name.name} is already a source"
                note = Note("declared here", known.name.span)
                machine.problems.report("ARC020", message, node.name.span, note)
    return sources
