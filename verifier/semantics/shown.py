"""What a run shows: whether it is a counterexample to a claim, by the book. Part of the trusted base."""

from __future__ import annotations

from verifier.evidence.evidence import Fork, Lasso, Trace, Trap, Witnesses
from verifier.evidence.interpretation import State
from verifier.model.claims import Claim, Ctl, Deterministic, LeadsTo, Ltl, NoDeadlock, Reachable, Recoverable
from verifier.model.declarations import Rule
from verifier.model.formulas import Formula, Operator
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort
from verifier.model.terms import and_
from verifier.semantics.claims import Case, cases, plain
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.listing import check_rule, valuation_list
from verifier.semantics.positive import on_every_run, on_some_run, positive, settled
from verifier.semantics.refusal import Refused, require
from verifier.semantics.run import arguments, fire, initial_states, is_run, is_step
from verifier.semantics.temporal import holds_on_run


def replay(model: Model, claim: Claim, evidence: Trace | Fork | Lasso | Trap | Witnesses) -> None:
    """Raise Refused unless the runs of the evidence show what they have to: that the claim is violated; that a
    trap can be reached; that a condition can be reached, or a formula of branching time is true, for all values of the
    parameters. Raises TooMany."""
    if isinstance(claim, Reachable) and isinstance(evidence, Witnesses | Trace):
        _replay_witnesses(model, claim, evidence.traces if isinstance(evidence, Witnesses) else (evidence,))
        return
    claim = plain(claim)
    if isinstance(evidence, Witnesses):
        _replay_existing(model, claim, evidence)
        return
    trace = evidence if isinstance(evidence, Trace) else evidence.trace
    setting, last = _replayed(model, trace), trace.states[-1]
    match claim, evidence:
        case Deterministic(), Fork():
            _replay_fork(setting, claim, evidence)
        case LeadsTo(), Trace() | Lasso():
            _replay_pending(setting, claim, trace, evidence.loop if isinstance(evidence, Lasso) else None)
        case Ltl(), Trace() | Lasso():
            _check_true(setting, evidence, _negated(claim.formula), claim.fair, claim.strong)
        case Ctl(), Trace() | Lasso():
            _check_true(setting, evidence, _negated(on_every_run(claim.formula)))
        case Recoverable(), Trap():
            trapped = holds(and_(claim.origin, *evidence.conjuncts), setting, (last,))
            require(trapped, "the trace does not end in an origin state inside the trap")
        case NoDeadlock(), Trace():
            stuck = not holds(claim.excluded, setting, (last,)) and not can_go_on(setting, last)
            require(stuck, "the trace ends in no deadlock")
        case _, Trace():
            violated = any(_ends_in(setting, trace, c) for c in cases(model, claim) or ())
            require(violated, "the trace does not violate the claim")
        case _:
            raise Refused("it says nothing about a claim of this kind")


def _replayed(model: Model, trace: Trace) -> Setting:
    require(is_run(model, trace), "the trace is not a run")
    return Setting(model, trace.parameters, trace.interpretation)


def _replay_witnesses(model: Model, claim: Reachable, traces: tuple[Trace, ...]) -> None:
    for trace in traces:
        reached = holds(claim.condition, _replayed(model, trace), (trace.states[-1],))
        require(reached, "a trace does not end where the claim says")
    covered = [dict(t.parameters) for t in traces]
    require(all(v in covered for v in valuation_list(model)), "there is no trace for some value of the parameters")


def _replay_existing(model: Model, claim: Claim, evidence: Witnesses) -> None:
    """From every initial state a run shows that a formula of branching time is true there."""
    if not isinstance(claim, Ctl):
        raise Refused("witnesses show nothing but what is reachable, or that runs exist")
    opaque = model.functions or any(isinstance(s, OpaqueSort) for s in model.sorts.values())
    require(not opaque, "the initial states are not known where sorts or functions are opaque")
    wanted = on_some_run(claim.formula)
    for trace, loop in evidence.runs:
        _check_true(_replayed(model, trace), trace if loop is None else Lasso(trace, loop), wanted)
    starts = [(dict(t.parameters), t.initial) for t in evidence.traces]
    for parameters in valuation_list(model):
        for state in initial_states(Setting(model, parameters)):
            require((parameters, state) in starts, "there is no run from some initial state")


def _ends_in(setting: Setting, trace: Trace, case: Case) -> bool:
    if case.rule is None:
        return not (case.initially and trace.steps) and holds(case.condition, setting, (trace.states[-1],))
    if not trace.steps or trace.steps[-1].rule != case.rule.name:
        return False
    return holds(case.condition, setting, trace.states[-2:], trace.steps[-1].arguments)


def _replay_fork(setting: Setting, claim: Deterministic, fork: Fork) -> None:
    left, right = fork.left, fork.right
    alike = left.rule in claim.rules and left.rule == right.rule and left.arguments == right.arguments
    require(alike, "the branches are not of one instance of the claim's rules")
    taken = all(is_step(setting, fork.trace.states[-1], s) for s in (left, right))
    require(taken, "a branch is not a transition")
    require(left.state != right.state, "both branches are the same")


def _replay_pending(setting: Setting, claim: LeadsTo, trace: Trace, loop: int | None) -> None:
    """A trigger without a response, in a run that ends in a deadlock, or goes round a fair loop for ever."""
    states = trace.states
    answered = [i for i, s in enumerate(states) if holds(claim.response, setting, (s,))]
    silent = answered[-1] + 1 if answered else 0  # from here on there is no response
    triggered = any(holds(claim.trigger, setting, (s,)) for s in states[silent:])
    require(triggered, "no trigger stays without a response")
    _check_maximal(setting, trace, loop, claim.fair, ())
    require(loop is None or silent <= loop, "there is a response in the loop")


def _check_maximal(
    setting: Setting, trace: Trace, loop: int | None, fair: tuple[str, ...], strong: tuple[str, ...]
) -> None:
    """Raise Refused unless the run ends in a deadlock, or goes round a loop for ever that is fair."""
    states = trace.states
    if loop is None:
        require(not can_go_on(setting, states[-1]), "the trace could go on")
        return
    require(0 <= loop < len(trace.steps) and states[loop] == states[-1], "the loop is not closed")
    fired = {s.rule for s in trace.steps[loop:]}
    for names, how in ((fair, all), (strong, any)):
        for name in names:
            able = name not in fired and how(_can_fire(setting, name, s) for s in states[loop:])
            require(not able, f"the loop is not fair to {name}")


def _check_true(
    setting: Setting, run: Trace | Lasso, formula: Formula, fair: tuple[str, ...] = (), strong: tuple[str, ...] = ()
) -> None:
    """Raise Refused unless a fair maximal run satisfies a formula; or one that is cut off, however it goes on: fairness
    does not matter then, for it can go on as a fair one."""
    trace, loop = (run, None) if isinstance(run, Trace) else (run.trace, run.loop)
    if loop is None and holds_on_run(settled(positive(formula)), setting, trace.states, None):
        return
    _check_maximal(setting, trace, loop, fair, strong)
    require(holds_on_run(formula, setting, trace.states, loop), "the run does not show it")


def _negated(formula: Formula) -> Formula:
    return Operator("not", (formula,))


def _can_fire(setting: Setting, name: str, state: State) -> bool:
    rule: Rule = setting.model.rule[name]
    check_rule(setting, rule)
    return any(True for args in arguments(setting, rule) for _ in fire(setting, rule, args, state))


def can_go_on(setting: Setting, state: State) -> bool:
    """Return True iff some rule can fire in a state. Raises TooMany."""
    return any(_can_fire(setting, r.name, state) for r in setting.model.rules)
