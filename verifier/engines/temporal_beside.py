"""A machine with something beside it that watches whether its run satisfies a formula of linear time.

What stands beside is made of variables, so that the whole is a machine that can be packed and explored like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from verifier.automata.automaton import Automaton
from verifier.automata.tableau import automaton_of
from verifier.evidence.evidence import State, Trace
from verifier.model.declarations import Rule, Variable
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort, Sort
from verifier.model.terms import FALSE, TRUE, Const, Term, Var, and_, at_level, conjuncts, eq, not_, or_
from verifier.semantics.monitor import fresh_names
from verifier.semantics.positive import is_step, subformulas


@dataclass(frozen=True)
class Beside:
    """A run of the `machine` satisfies the formula iff it is that of a run of `both` that meets each of the terms
    `accepting` again and again, or ends, for the machine, in a state where `final` holds. `early`: no
    run that goes on for ever satisfies the formula unless it does so wherever it is cut off from some point on."""

    machine: Model
    both: Model
    accepting: tuple[Term, ...]
    final: Term
    early: bool

    def alone(self, state: State) -> State:
        """Return a state of both as one of the machine."""
        return {v.name: state[v.name] for v in self.machine.variables}

    def seen(self, run: Trace) -> Trace:
        """Return a run of both as one of the machine."""
        steps = (replace(s, state=self.alone(s.state)) for s in run.steps)
        return replace(run, initial=self.alone(run.initial), steps=tuple(steps))


def guided(machine: Model, formula: Formula) -> Beside | None:
    """Return the machine and an automaton for a positive formula side by side; each state satisfies the label of the
    automaton's place. None iff no run satisfies the formula. Raises tableau.TooLarge."""
    automaton = automaton_of(formula)
    return _guided(machine, automaton, _is_early(formula)) if automaton.initial else None


def _is_early(formula: Formula) -> bool:
    return not any(isinstance(f, Operator) and f.name == "R" for f in subformulas(formula))


def _guided(machine: Model, automaton: Automaton, early: bool) -> Beside:
    places = automaton.places
    name, sort = next(fresh_names(machine, "place", "")), IntSort(0, max(0, len(places) - 1))

    def at(number: int, level: int = 0) -> Term:
        return eq(Var(sort, name, level), Const(sort, number))

    labels = [and_(*(f.condition for f in p.label if isinstance(f, Now) and not is_step(f))) for p in places]
    steps = [and_(*(_on_step(f) for f in p.label if isinstance(f, Operator) or is_step(f))) for p in places]
    onwards = (or_(*(and_(at(n, 1), at_level(labels[n], 1)) for n in p.after)) for p in places)
    goes_on = or_(*(and_(at(i), step, there) for i, (step, there) in enumerate(zip(steps, onwards, strict=True))))
    begin = or_(*(and_(at(n), labels[n]) for n in automaton.initial))
    accepting = (or_(*(at(i) for i, p in enumerate(places) if s in p.accepts)) for s in range(automaton.sets))
    final = or_(*(at(i) for i, p in enumerate(places) if p.final))
    return Beside(machine, _both(machine, {name: sort}, begin, goes_on), tuple(accepting), final, early)


def _on_step(formula: Formula) -> Term:
    return formula.condition if isinstance(formula, Now) else not_(_on_step(formula.parts[0]))


def _both(machine: Model, added: Mapping[str, Sort], begin: Term, goes_on: Term) -> Model:
    span = machine.variables[0].span if machine.variables else machine.rules[0].span

    def watched(rule: Rule) -> Rule:
        return replace(rule, constraints=(*rule.constraints, *conjuncts(goes_on)), changes=(*rule.changes, *added))

    variables_ = (*machine.variables, *(Variable(n, s, None, span) for n, s in added.items()))
    rules = tuple(watched(r) for r in machine.rules)
    return replace(machine, variables=variables_, init=(*machine.init, begin), rules=rules, properties=())


def told(machine: Model, formula: Formula) -> Beside:
    """Return the machine and, beside it, which parts of a positive formula are true: exactly those that are.

    So a run that repeats itself from some position on does so with what is told about it: its shortest loops are loops
    of both (Schuppan, Biere: Shortest Counterexamples for Symbolic Model Checking of LTL with Past, TACAS 2005).
    """
    teller = _Teller.of(machine, formula)
    goes_on = and_(*(eq(Var(BOOL, n), teller.onwards(f)) for n, f in teller.told.items()))
    final = and_(*(eq(Var(BOOL, n), teller.at_end(f)) for n, f in teller.told.items()))
    accepting = tuple(
        or_(not_(Var(BOOL, n)), teller.truth(f.parts[1]))
        for n, f in teller.told.items()
        if isinstance(f, Operator) and f.name == "U"
    )
    both = _both(machine, dict.fromkeys(teller.told, BOOL), teller.truth(formula), goes_on)
    return Beside(machine, both, accepting, final, _is_early(formula))


@dataclass(frozen=True)
class _Teller:
    """The parts of a formula whose truth a state of the machine does not tell, by the names of their variables."""

    told: Mapping[str, Formula]

    @staticmethod
    def of(machine: Model, formula: Formula) -> _Teller:
        hidden = [f for f in subformulas(formula) if is_step(f) or _is_temporal(f)]
        return _Teller(dict(zip(fresh_names(machine, "true"), hidden, strict=False)))

    def truth(self, formula: Formula, level: int = 0) -> Term:
        """Return the term that says that a part is true."""
        for name, part in self.told.items():
            if part == formula:
                return Var(BOOL, name, level)
        if isinstance(formula, Now):
            return at_level(formula.condition, level)
        return _joined(formula.name, (self.truth(p, level) for p in formula.parts))

    def onwards(self, formula: Formula) -> Term:
        """Return what a part says where there is a next position, in terms of that."""
        if isinstance(formula, Now):
            return formula.condition
        if formula.name in ("X", "N"):
            return self.truth(formula.parts[0], 1)
        left, right = (self.truth(p) for p in formula.parts)
        later = self.truth(formula, 1)
        return or_(right, and_(left, later)) if formula.name == "U" else and_(right, or_(left, later))

    def at_end(self, formula: Formula) -> Term:
        """Return what a part says where the run ends."""
        if isinstance(formula, Now) or formula.name == "X":
            return FALSE
        return TRUE if formula.name == "N" else self.truth(formula.parts[1])


def _is_temporal(formula: Formula) -> bool:
    return isinstance(formula, Operator) and formula.name in ("X", "N", "U", "R")


def _joined(name: str, parts: Iterable[Term]) -> Term:
    match name:
        case "and":
            return and_(*parts)
        case "or":
            return or_(*parts)
        case _:  # not
            return not_(*parts)
