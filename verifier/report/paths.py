"""Composition: which path equals which instance, or where the nearest path differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verifier.evidence.evidence import Instance, NoPath, PathRow, State
from verifier.model.claims import Basis, Claim, EqualsPath
from verifier.model.model import Model
from verifier.model.printer import control_text, show_value
from verifier.model.terms import TRUE
from verifier.report.trace import counted, trace_lines
from verifier.report.values import arguments_text, call_text, instance_text
from verifier.semantics.outcomes import outcomes


def path_table_lines(model: Model, rows: Iterable[PathRow]) -> list[str]:
    """Return one line a row, such as `100b -> 011b   =  100b -> 001b -> 011b`, the equals signs in one column.

    Rules are named where more than one takes part, arguments where the control values do not say them.
    """
    rows = tuple(rows)
    named = len({i.rule for r in rows for i in (r.instance, *r.path)}) > 1
    pairs = [(_walk(model, [r.instance], named), _right(model, r.path, named)) for r in rows]
    width = max((len(left) for left, _ in pairs), default=0)
    return [f"  {left:<{width}}  {right}" for left, right in pairs]


def _right(model: Model, path: Sequence[Instance], named: bool) -> str:
    return f"=  {_walk(model, path, named)}" if path else "never fires"


def _walk(model: Model, path: Sequence[Instance], named: bool) -> str:
    steps = (f" {_arrow(model, i, named)} {control_text(model, i.goal)}" for i in path)
    return control_text(model, path[0].start) + "".join(steps)


def _arrow(model: Model, instance: Instance, named: bool) -> str:
    """The rule's name where the table has several, and the arguments that are not just the goal."""
    assert model.control is not None
    shown = dict(instance.arguments)
    parameters = model.rule[instance.rule].parameters
    open_ = any(p.sort != model.control.sort or shown[p.name] != instance.goal for p in parameters)
    if named and open_:
        return f"-[{call_text(model, instance.rule, shown)}]->"
    if named:
        return f"-[{instance.rule}]->"
    return f"-[{arguments_text(model, instance.rule, shown)}]->" if open_ else "->"


def no_path_lines(model: Model, claim: Claim, evidence: NoPath) -> list[str]:
    """Return why no path equals the instance: a run to a state in which it fires, and what the nearest path does."""
    lines = [f"no path equals {instance_text(model, evidence.instance)}"]
    if evidence.traces:
        lines += trace_lines(model, evidence.traces[0])
        lines += _nearest(model, claim, evidence)
    if len(evidence.traces) > 1:
        lines.append(
            f"other paths are told apart from it by {counted(len(evidence.traces) - 1, 'more run', 'more runs')}"
        )
    return lines


def gap_lines(model: Model, claim: Claim, missing: Sequence[NoPath]) -> list[str]:
    """Return the first instance without a path in full, and of the others what the nearest path does otherwise."""
    lines = no_path_lines(model, claim, missing[0])
    if len(missing) > 1:
        lines.append(f"nor is there a path for {counted(len(missing) - 1, 'other instance')}:")
    for gap in missing[1:]:
        lines.append(f"  {instance_text(model, gap.instance)}")
        lines += [f"    {line}" for line in _nearest(model, claim, gap)]
    return lines


def _nearest(model: Model, claim: Claim, evidence: NoPath) -> Iterator[str]:
    if not evidence.nearest:
        yield "there is no path at all between these control values"
        return
    named = len({i.rule for i in (evidence.instance, *evidence.nearest)}) > 1
    yield f"the nearest path, {_walk(model, evidence.nearest, named)}, differs:"
    yield from (f"  {line}" for line in differences(model, claim, evidence))


def differences(model: Model, claim: Claim, evidence: NoPath) -> list[str]:
    """Return, variable by variable, how the nearest path ends otherwise than the instance, in the last state of
    the first trace."""
    if not evidence.traces:
        return []
    trace, target = evidence.traces[0], evidence.instance
    through = claim.through if isinstance(claim, EqualsPath) else TRUE
    direct = outcomes(model, trace, (target,), TRUE, target)
    indirect = outcomes(model, trace, evidence.nearest, through, target)
    if indirect is None:
        return ["a state inside it is not one of those that `through` allows"]
    if not (direct and indirect):
        return ["it cannot be taken here"]
    observed = claim.observing if isinstance(claim, EqualsPath | Basis) else tuple(model.variable)
    left, right = _apart(direct, indirect, observed)
    return [_difference(model, n, left, right) for n in observed if left[n] != right[n]]


def _difference(model: Model, name: str, left: State, right: State) -> str:
    direct, indirect = (show_value(s[name], model.variable[name].sort) for s in (left, right))
    return f"{name}: {direct} directly, {indirect} by the path"


def _apart(direct: list[State], indirect: list[State], observed: Sequence[str]) -> tuple[State, State]:
    """The end on one side that is least like anything on the other side, and the one most like it there."""

    def distance(pair: tuple[State, State]) -> int:
        return sum(pair[0][n] != pair[1][n] for n in observed)

    forth = [min(((d, i) for i in indirect), key=distance) for d in direct]
    back = [min(((d, i) for d in direct), key=distance) for i in indirect]
    return max((*forth, *back), key=distance)
