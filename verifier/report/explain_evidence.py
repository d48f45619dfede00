"""What evidence shows, step by step: a run as a story, a table row by row, a plan as a recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from verifier.evidence.evidence import (
    BasisTable,
    Bound,
    Census,
    Closure,
    Evidence,
    Fork,
    Instance,
    Invariant,
    KInduction,
    KLive,
    Labelling,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    PathTable,
    Plan,
    Ranking,
    RouteTable,
    SourceMatch,
    State,
    Step,
    Trace,
    Trap,
    Unreachable,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Always, Never, Property
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.terms import Term, conjuncts, not_
from verifier.report.exhibit import exhibit
from verifier.report.explain_claim import parts
from verifier.report.meaning import used_entries
from verifier.report.paths import differences
from verifier.report.prose import Paragraph, listed, quoted
from verifier.report.rounds import watched_lines
from verifier.report.trace import counted, labelled, step_changes
from verifier.report.values import bindings, call_text, instance_text, state_text
from verifier.report.words import sentence
from verifier.semantics.claims import state_terms


def shown(model: Model, prop: Property, evidence: Evidence) -> list[Paragraph]:
    """Return what the evidence shows, and why that settles the claim."""
    return _FORMS[type(evidence)](model, prop, evidence)


def run(model: Model, trace: Trace, conditions: Iterable[Term] = ()) -> list[Paragraph]:
    """Return a run, step by step, each step with its rule's doc, and the function values that it relies on."""
    parameters = bindings(model, trace.parameters)
    used = used_entries(model, trace, conditions)
    return [
        *([Paragraph(f"With {parameters}:", 2)] if parameters else []),
        Paragraph(f"At the start: {state_text(model, trace.initial)}.", 6, "0. "),
        *(p for i, s in enumerate(trace.steps, 1) for p in _step(model, f"{i}. ", trace.states[i - 1], s)),
        *(
            [Paragraph(f"Here the functions that the spec leaves open are such that {', '.join(used)}.", 2)]
            if used
            else []
        ),
    ]


def _step(model: Model, mark: str, before: State, step: Step) -> Iterator[Paragraph]:
    doc = model.rule[step.rule].doc
    yield Paragraph(f"{labelled(model, step)}{': ' if doc else ''}{doc or ''}", 6, mark)
    yield from (Paragraph(line.strip(), 8) for line in step_changes(model, before, step))


def _trace(model: Model, prop: Property, trace: Trace) -> list[Paragraph]:
    return [
        Paragraph("One run is enough to settle it. This is one:"),
        *run(model, trace, state_terms(prop.claim)),
        *_story(model, prop, trace),
        Paragraph(_REPLAYED),
    ]


_REPLAYED = (
    "How that was checked: the run was replayed step by step by the rules of the spec alone. The first state is an "
    "initial one, each step is one that its rule allows, and at the end things are as is said here."
)


def _story(model: Model, prop: Property, evidence: Evidence) -> list[Paragraph]:
    told = sentence(model, prop, evidence)
    return [Paragraph(f"In words: {told}")] if told else []


def _fork(model: Model, prop: Property, fork: Fork) -> list[Paragraph]:
    last = fork.trace.states[-1]
    return [
        Paragraph("One run is enough to settle it, at the end of which one and the same thing has two outcomes:"),
        *run(model, fork.trace),
        *_step(model, "a. ", last, fork.left),
        *_step(model, "b. ", last, fork.right),
        Paragraph(_REPLAYED),
    ]


def _lasso(model: Model, prop: Property, lasso: Lasso) -> list[Paragraph]:
    steps = counted(len(lasso.trace.steps) - lasso.loop, "step")
    return [
        Paragraph("One run is enough to settle it, one that goes on for ever:"),
        *run(model, lasso.trace),
        Paragraph(f"That is again the state after step {lasso.loop}: the last {steps} can be repeated for ever.", 2),
        *_story(model, prop, lasso),
        Paragraph(_REPLAYED),
    ]


def _witnesses(model: Model, prop: Property, evidence: Witnesses) -> list[Paragraph]:
    several = (
        "a run" if len(evidence.traces) == 1 else f"{len(evidence.traces)} runs, one for each value of the parameters"
    )
    runs = (p for trace in evidence.traces for p in run(model, trace, state_terms(prop.claim)))
    return [Paragraph(f"It is shown by {several}:"), *runs, Paragraph(_REPLAYED)]


def _conditions(prop: Property, found: Sequence[Term]) -> list[Paragraph]:
    """The conjuncts one by one; one that the claim itself demands is marked."""
    wanted: set[Term] = set()
    match prop.claim:
        case Always(condition):
            wanted = {condition, *conjuncts(condition)}
        case Never(condition):
            wanted = {not_(condition), *conjuncts(not_(condition))}
    return listed(f"`{show(c)}`{' (which the claim itself demands)' if c in wanted else ''}" for c in found)


def _under(prop: Property, found: Sequence[Term]) -> list[Paragraph]:
    """The invariant on which a table rests, if there is one."""
    if not found:
        return []
    return [
        Paragraph("All this is about states with the following properties, which every run keeps:"),
        *_conditions(prop, found),
    ]


def _invariant(model: Model, prop: Property, evidence: Invariant) -> list[Paragraph]:
    if not evidence.conjuncts:
        return [Paragraph("Nothing has to be known about runs: no state at all, reachable or not, breaks the claim.")]
    return [
        Paragraph(
            "Nobody looked at the runs one by one. Instead there are conditions that hold at the start, that no "
            "step can break, and that rule out what the claim forbids. So no run can ever break the claim, however "
            "long it is:"
        ),
        *_conditions(prop, evidence.conjuncts),
    ]


def _kinduction(model: Model, prop: Property, evidence: KInduction) -> list[Paragraph]:
    steps, simple = counted(evidence.k, "step"), " and met no state twice" if evidence.simple else ""
    return [
        Paragraph(
            f"The first {steps} of every run are all right; and whenever {steps} in a row were all right{simple}, so is"
            " what comes next. So no run can ever break the claim, however long it is."
        ),
        *_under(prop, evidence.conjuncts),
    ]


def _unreachable(model: Model, prop: Property, evidence: Unreachable) -> list[Paragraph]:
    given = bindings(model, evidence.parameters)
    return [
        Paragraph(
            f"{f'With {given} it' if given else 'It'} is impossible. There are conditions that hold at the start, "
            "that no step can break, and that exclude the state that is asked for:"
        ),
        *_conditions(prop, evidence.conjuncts),
    ]


def _closure(model: Model, prop: Property, evidence: Closure) -> list[Paragraph]:
    return [
        Paragraph("All states to which runs can come were listed, and each one looked at:"),
        *quoted(exhibit(model, prop, evidence)[1:]),
        Paragraph(
            "How that was checked: the states were listed anew by the rules of the spec alone. They are the same "
            "ones, and on them the claim is as is said here."
        ),
    ]


def _census(model: Model, prop: Property, evidence: Census) -> list[Paragraph]:
    return [
        Paragraph("All states to which runs can come were visited, and each one looked at; they are too many to list:"),
        *quoted(exhibit(model, prop, evidence)),
        Paragraph(
            "How that was checked: the states were found anew, by other means than those of the search. They are as "
            "many, and on them the claim is as is said here."
        ),
    ]


def _labelling(model: Model, prop: Property, evidence: Labelling) -> list[Paragraph]:
    return [
        Paragraph(
            "For all states to which runs can come it was determined what is true of the runs from there; they are "
            "too many to list. These numbers of states were found:"
        ),
        *quoted(exhibit(model, prop, evidence)),
        Paragraph(
            "How that was checked: the states were found anew, and what is true in them was determined anew, by other "
            "means than those of the search. Every number is the same, and the claim is as is said here."
        ),
    ]


def _bound(model: Model, prop: Property, evidence: Bound) -> list[Paragraph]:
    return [
        Paragraph(
            f"Runs of at most {counted(evidence.depth, 'step')} were all looked at, and none settles it. What longer "
            "runs do is not known: this is no proof."
        )
    ]


def _path(model: Model, path: Iterable[Instance]) -> str:
    return ", then ".join(f"`{instance_text(model, i)}`" for i in path)


def _rows(model: Model, rows: Iterable[PathRow]) -> list[Paragraph]:
    return listed(
        f"`{instance_text(model, r.instance)}` "
        f"{f'does what {_path(model, r.path)} does' if r.path else 'can never be taken'}."
        for r in rows
    )


def _path_table(model: Model, prop: Property, evidence: PathTable) -> list[Paragraph]:
    return [
        Paragraph("Each step in question is compared with a path. Wherever it can be taken, both do the same:"),
        *_rows(model, evidence.rows),
        *_under(prop, evidence.conjuncts),
    ]


def _gap(model: Model, prop: Property, gap: NoPath) -> list[Paragraph]:
    found = [
        Paragraph(f"No path does what `{instance_text(model, gap.instance)}` does. After this run it can be taken:")
    ]
    for trace in gap.traces:
        found += run(model, trace)
    if not gap.nearest:
        return [
            *found,
            Paragraph("And no path of the steps that are allowed leads from its start to its goal at all.", 2),
        ]
    found.append(Paragraph(f"The path that comes nearest is {_path(model, gap.nearest)}. There it differs:", 2))
    return [*found, *(Paragraph(line, 4) for line in differences(model, prop.claim, gap))]


_FOLLOWED = (
    "How that was checked: every path of the steps that are allowed was followed from the last state of each run, "
    "by the rules of the spec alone. None ends where the single step ends."
)


def _path_gaps(model: Model, prop: Property, evidence: PathGaps) -> list[Paragraph]:
    rest = [Paragraph("For the others there is a path:"), *_rows(model, evidence.rows)] if evidence.rows else []
    gaps = (p for gap in evidence.missing for p in _gap(model, prop, gap))
    return [*gaps, Paragraph(_FOLLOWED), *rest, *_under(prop, evidence.conjuncts)]


def _basis(model: Model, prop: Property, evidence: BasisTable) -> list[Paragraph]:
    return [
        Paragraph("These steps are the basis:"),
        *listed(f"`{instance_text(model, g)}`." for g in evidence.generators),
        Paragraph("The others are compositions of them:"),
        *_rows(model, evidence.rows),
        Paragraph("And none of them can be left out, for the others do not compose it."),
        *(p for gap in evidence.needed for p in _gap(model, prop, gap)),
        Paragraph(_FOLLOWED),
        *_under(prop, evidence.conjuncts),
    ]


def _no_basis(model: Model, prop: Property, evidence: NoBasis) -> list[Paragraph]:
    if evidence.missing is not None:
        return [*_gap(model, prop, evidence.missing), Paragraph(_FOLLOWED)]
    assert evidence.redundant is not None
    row = _rows(model, [evidence.redundant])
    return [
        Paragraph("One of the steps is not needed, for the others compose it:"),
        *row,
        *_under(prop, evidence.conjuncts),
    ]


def _route_table(model: Model, prop: Property, evidence: RouteTable) -> list[Paragraph]:
    return [
        Paragraph(
            "These are the arcs that the rules take, for each value of the parameters, and the routes that they make:"
        ),
        *quoted(exhibit(model, prop, evidence)),
        Paragraph(
            "How that was checked: the shortest routes were computed anew from the arcs, and compared with the claim."
        ),
    ]


def _plan(model: Model, prop: Property, evidence: Plan) -> list[Paragraph]:
    goal, origin = parts(prop)
    steps = (
        f"If `{show(r.condition)}`: `{call_text(model, r.rule, dict(r.arguments))}` can fire, and can lead to "
        f"{'a state of an earlier line, or ' if number else ''}`{goal}`."
        for number, r in enumerate(evidence.rows)
    )
    return [
        Paragraph(
            f"There is a recipe that leads from `{origin}` to `{goal}`. In any state, follow the first line that fits:"
        ),
        *listed(steps),
        Paragraph(
            "Each line leads to one with a smaller number or to the goal, so that the goal is reached in the end."
        ),
        *_under(prop, evidence.conjuncts),
    ]


def _trap(model: Model, prop: Property, trap: Trap) -> list[Paragraph]:
    return [
        Paragraph("One run is enough to settle it, one that comes to a state from which there is no way back:"),
        *run(model, trap.trace),
        Paragraph(
            "From there no rule leads out of the states with all of these properties, and none of them is the goal:"
        ),
        *_conditions(prop, trap.conjuncts),
        *_story(model, prop, trap),
        Paragraph(_REPLAYED),
    ]


def _ranking(model: Model, prop: Property, evidence: Ranking) -> list[Paragraph]:
    _, response = parts(prop)
    lines = (
        f"While `{show(r.region)}`: {_help(r.helpful)} `{response}`{' or an earlier line' if number else ''}."
        for number, r in enumerate(evidence.rows)
    )
    return [
        Paragraph(f"As long as `{response}` is due, the run is in one of these lines, and can only move up:"),
        *listed(lines),
        *_under(prop, evidence.conjuncts),
    ]


def _klive(model: Model, prop: Property, evidence: KLive) -> list[Paragraph]:
    found = [
        Paragraph(
            "Beside the machine a watcher goes along that tries to see the run as a violation. It counts rounds: in "
            "each, everything happens that has to happen again and again in a violation that never ends. "
            + (
                "Conditions were found that hold at the start, that no step can break, and that bound the rounds; so "
                "no run is in violation for ever. They also exclude that a run gets stuck in violation."
                if all(p.census is None for p in evidence.parts)
                else "The rounds are bounded, so no run is in violation for ever; and none gets stuck in violation."
            )
        )
    ]
    for number, part in enumerate(evidence.parts):
        of_many = f"Part {number + 1} of the formula: at" if len(evidence.parts) > 1 else "At"
        most = f"{of_many} most {counted(part.k, 'round')}"
        if part.census is None:
            found += [Paragraph(f"{most}, by these conditions:"), *_conditions(prop, part.conjuncts)]
            found += [Paragraph("In them the watcher's variables stand for this:")]
        else:
            all_ = f"all {part.census.states:,} states of machine and watcher were counted again, and none has more"
            found += [Paragraph(f"{most}: {all_}. The watcher's variables stand for this:")]
        found += listed(
            f"`{line.replace(': ', '`: ', 1)}." for line in watched_lines(model, prop.claim, number, part.k)
        )
    return found


def _help(helpful: str | None) -> str:
    if helpful is None:
        return "some rule can fire, and whichever does leads to"
    return (
        f"`{helpful}` can fire, and since the run is fair to it, it does; it leads, as may any other rule before it, to"
    )


def _source(model: Model, prop: Property, evidence: SourceMatch) -> list[Paragraph]:
    result = "All are the same." if not evidence.differences else "These differ:"
    return [
        Paragraph(
            f"{counted(evidence.cells, 'cell')} of the table {'was' if evidence.cells == 1 else 'were'} compared "
            f"with the initialiser in {evidence.file} (SHA-256 {evidence.sha256}). {result}"
        ),
        *quoted(exhibit(model, prop, evidence)[1:]),
    ]


_FORMS: Mapping[type, Callable[[Model, Property, Any], list[Paragraph]]] = {
    Trace: _trace,
    Fork: _fork,
    Lasso: _lasso,
    Witnesses: _witnesses,
    Unreachable: _unreachable,
    Invariant: _invariant,
    KInduction: _kinduction,
    Closure: _closure,
    Census: _census,
    Labelling: _labelling,
    Bound: _bound,
    PathTable: _path_table,
    PathGaps: _path_gaps,
    BasisTable: _basis,
    NoBasis: _no_basis,
    RouteTable: _route_table,
    Plan: _plan,
    Trap: _trap,
    Ranking: _ranking,
    KLive: _klive,
    SourceMatch: _source,
}
