"""Claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from verifier.diagnostics import Span
from verifier.elaborate.control import ControlChoice
from verifier.elaborate.formulas import formula
from verifier.elaborate.machine import Machine
from verifier.elaborate.references import References
from verifier.elaborate.routes import next_hop
from verifier.elaborate.symbols import LocalSymbol, TableSymbol, described
from verifier.elaborate.typer import Context, Typer, Want, because
from verifier.model import claims
from verifier.model.declarations import Binding, Control
from verifier.model.sorts import BOOL, Sort, cardinality
from verifier.model.terms import FALSE, TRUE, Call, Local, Param, Term, subterms
from verifier.syntax import tree

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claimant:
    """What a claim is elaborated with. `name` is the property's."""

    machine: Machine
    references: References
    choice: ControlChoice
    all_variables: tuple[str, ...]
    name: str

    @property
    def typer(self) -> Typer:
        """The typer of a state condition."""
        return Typer(self.machine, Context(f"property {self.name}"))

    def state(self, node: tree.Expr, what: str = "condition") -> Term | None:
        """Return a condition on states."""
        return self.typer.whole(node, self._want(what))

    def _want(self, what: str, sort: Sort = BOOL) -> Want:
        return Want(sort, f"{what} of property {self.name}")

    def between(
        self,
        node: tree.Expr | None,
        default: Term,
        what: str,
        control: Control,
        variables: frozenset[str] | None = _NONE,
    ) -> Term | None:
        """Return a condition that may mention `start` and `goal`, and of the variables `variables` (None: all)."""
        term = default if node is None else self._ends(control, what, variables).whole(node, self._want(what))
        return term if term is None or node is None or self._is_computable(term, node, what, variables) else None

    def chosen(self, node: tree.Expr | None, what: str, control: Control) -> Term | None:
        """Return a condition that chooses instances: over `start` and `goal` alone, so that it chooses the same
        ones for every value of the parameters."""
        term = self.between(node, TRUE, what, control)
        rigid = next((t for t in subterms(term) if isinstance(t, Param)), None) if term is not None else None
        if rigid is None or node is None:
            return term
        message = f"{what} of property {self.name} may not depend on parameter {rigid.name}"
        help_ = "`assuming` restricts a property to some values of the parameters"
        self.typer.problems.report("ARC047", message, node.span, help=help_)
        return None

    def _is_computable(self, term: Term, node: tree.Expr, what: str, variables: frozenset[str] | None) -> bool:
        """Report a condition on pairs of control values that an uninterpreted function decides."""
        called = (t.name for t in subterms(term) if isinstance(t, Call))
        opaque = next((n for n in called if not isinstance(self.typer.scope.get(n), TableSymbol)), None)
        if variables is None or opaque is None:
            return True
        message = f"{what} of property {self.name} may not depend on {opaque}, an uninterpreted function"
        self.typer.problems.report("ARC047", message, node.span)
        return False

    def value(self, node: tree.Expr, what: str, control: Control) -> Term | None:
        """Return a control value that may depend on `start` and `goal`."""
        return self._ends(control, what, _NONE).whole(node, self._want(what, control.sort))

    def _ends(self, control: Control, what: str, variables: frozenset[str] | None) -> Typer:
        ends = {n: LocalSymbol(n, None, Local(control.sort, n)) for n in ("start", "goal")}
        place = f"{what} of property {self.name}"
        return replace(self.typer, context=Context(place, locals=ends, variables=variables))

    def control(self, span: Span) -> Control | None:
        """Return the control variable, which the claim at `span` needs."""
        return self.choice.demanded(span, f"property {self.name}")

    def length(self, node: tree.Length | None, control: Control) -> tuple[int, int] | None:
        """Return the bounds of a path's length; the default is 1 to the number of control values."""
        if node is None:
            return 1, cardinality(control.sort) or 1
        if 1 <= node.low <= node.high:
            return node.low, node.high
        message = f"length {node.low}..{node.high} is empty: a path has LO..HI steps, 1 <= LO <= HI"
        self.machine.problems.report("ARC045", message, node.span)
        return None


def claim(claimant: Claimant, node: tree.Claim) -> claims.Claim | None:
    """Return the claim; None iff something in it is wrong."""
    return _FORMS[type(node)](claimant, node)


def _conditional(make: Callable[[Term], claims.Claim]) -> Callable[[Claimant, Any], claims.Claim | None]:
    def form(claimant: Claimant, node: tree.Always | tree.Never | tree.Reachable) -> claims.Claim | None:
        condition = claimant.state(node.condition)
        return None if condition is None else make(condition)

    return form


def _every_step(claimant: Claimant, node: tree.EveryStep) -> claims.Claim | None:
    typer = claimant.typer
    typer = replace(typer, context=replace(typer.context, primed=set()))
    condition = typer.whole(node.condition, Want(BOOL, f"condition of property {claimant.name}"))
    return None if condition is None else claims.EveryStep(condition)


def _only_via(claimant: Claimant, node: tree.OnlyVia) -> claims.Claim | None:
    condition, rules = claimant.state(node.condition), claimant.references.named(node.rules)
    return None if condition is None or rules is None else claims.OnlyVia(condition, rules)


def _equals_path(claimant: Claimant, node: tree.EqualsPath) -> claims.Claim | None:
    targets, steps = claimant.references.named(node.targets), claimant.references.named(node.steps)
    observing = claimant.references.observed(node.observing)
    control = claimant.control(node.span)
    if control is None:
        return None
    target_where = claimant.chosen(node.target_where, "condition on the targets", control)
    step_where = claimant.chosen(node.step_where, "condition on the steps", control)
    through = claimant.between(node.through, TRUE, "interior condition", control, None)
    length = claimant.length(node.length, control)
    if targets is None or steps is None or target_where is None or step_where is None:
        return None
    if through is None or length is None or observing is None:
        return None
    seen = observing or claimant.all_variables
    return claims.EqualsPath(targets, target_where, steps, step_where, *length, through, seen)


def _basis(claimant: Claimant, node: tree.Basis) -> claims.Claim | None:
    rules, observing = claimant.references.named(node.rules), claimant.references.observed(node.observing)
    control = claimant.control(node.span)
    if control is None:
        return None
    chosen = claimant.chosen(node.chosen, "condition on the basis", control)
    length = claimant.length(node.length, control)
    if rules is None or chosen is None or length is None or observing is None:
        return None
    seen = observing or claimant.all_variables
    return claims.Basis(rules, None if node.chosen is None else chosen, *length, seen)


def _routes(claimant: Claimant, node: tree.Routes) -> claims.Claim | None:
    rules, control = claimant.references.named(node.rules), claimant.control(node.span)
    if control is None:
        return None
    through = claimant.between(node.through, TRUE, "interior condition", control, frozenset({control.name}))
    excluded = claimant.between(node.excluded, FALSE, "exception", control)
    blocked = claimant.between(node.blocked, FALSE, "condition on blocked pairs", control)
    blocked_as = TRUE if node.blocked_as is None else claimant.value(node.blocked_as, "mark of blocked pairs", control)
    hop = TRUE if node.matching is None else next_hop(claimant.typer, control, node.matching)
    if rules is None or through is None or excluded is None or blocked is None or blocked_as is None or hop is None:
        return None
    return claims.Routes(
        rules, through, excluded, blocked,
        None if node.blocked_as is None else blocked_as, None if node.matching is None else hop,
    )  # fmt: skip


def _deterministic(claimant: Claimant, node: tree.Deterministic) -> claims.Claim | None:
    rules = claimant.references.named(node.rules)
    return None if rules is None else claims.Deterministic(rules if node.rules else claimant.references.all_rules)


def _no_deadlock(claimant: Claimant, node: tree.NoDeadlock) -> claims.Claim | None:
    excluded = FALSE if node.excluded is None else claimant.state(node.excluded, "exception")
    return None if excluded is None else claims.NoDeadlock(excluded)


def _recoverable(claimant: Claimant, node: tree.Recoverable) -> claims.Claim | None:
    goal, origin = claimant.state(node.goal, "goal"), claimant.state(node.origin, "origin")
    return None if goal is None or origin is None else claims.Recoverable(goal, origin)


def _leads_to(claimant: Claimant, node: tree.LeadsTo) -> claims.Claim | None:
    trigger, response = claimant.state(node.trigger, "trigger"), claimant.state(node.response, "response")
    fair = claimant.references.named(node.fair)
    return None if trigger is None or response is None or fair is None else claims.LeadsTo(trigger, response, fair)


def _ltl(claimant: Claimant, node: tree.Ltl) -> claims.Claim | None:
    found = formula(claimant.typer, node.formula, claimant.name, "ltl")
    fair, strong = claimant.references.named(node.fair), claimant.references.named(node.strong)
    return None if found is None or fair is None or strong is None else claims.Ltl(found, fair, strong)


def _ctl(claimant: Claimant, node: tree.Ctl) -> claims.Claim | None:
    found = formula(claimant.typer, node.formula, claimant.name, "ctl")
    return None if found is None else claims.Ctl(found)


def _matches(claimant: Claimant, node: tree.Matches) -> claims.Claim | None:
    found = claimant.machine.scope.get(node.table.name)
    if isinstance(found, TableSymbol):
        return claims.Matches(found.name, Binding(node.binding.file, node.binding.table.name))
    if found is None:
        claimant.typer.unknown(node.table)
        return None
    message = f"{found.name} is {described(found)}, not a table"
    claimant.machine.problems.report("ARC024", message, node.table.span, *because("declared here", found.span))
    return None


# Each form takes the kind of node it stands beside. `Refines` is refused by the parser.
_FORMS = cast(
    Mapping[type[tree.Claim], Callable[[Claimant, tree.Claim], claims.Claim | None]],
    {
        tree.Always: _conditional(claims.Always),
        tree.Never: _conditional(claims.Never),
        tree.Reachable: _conditional(claims.Reachable),
        tree.EveryStep: _every_step,
        tree.OnlyVia: _only_via,
        tree.EqualsPath: _equals_path,
        tree.Basis: _basis,
        tree.Routes: _routes,
        tree.Deterministic: _deterministic,
        tree.NoDeadlock: _no_deadlock,
        tree.Recoverable: _recoverable,
        tree.LeadsTo: _leads_to,
        tree.Ltl: _ltl,
        tree.Ctl: _ctl,
        tree.Matches: _matches,
    },
)
