"""Findings about a C function in the words of those who maintain it: calls and pairs of states, not rules of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from verifier.model.model import Model
from verifier.model.sorts import FlagsSort
from verifier.report.review import Finding, MachineReview, Run, RunStep
from verifier.source.functions.given import OTHERS

_CALL = re.compile(r"(?P<rule>move|refuse|hang)\((?P<asked>[^()]*)\)")
_WITHIN = re.compile(r"(?P<name>\w+) & \{(?P<bits>[^{}]*)\} == (?P=name)")
_CELL = re.compile(r"table \S+?\[(?P<key>.*)\]")
_BOUND = re.compile(r"(?P<name>\w+) == \{(?P<bits>[^{}]*)\}")


def in_words(review: MachineReview, model: Model) -> MachineReview:
    """Return the review of a function with its findings and conditions in words. `model` is the newest version."""
    findings = tuple(_finding(_opted(f, model), model.name) for f in review.findings)
    return replace(
        review, findings=findings, same_while=tuple(_conditions(review.same_while, model)), rules_same=(0, 0)
    )


def _opted(found: Finding, model: Model) -> Finding:
    """Return a finding about a value that only some flags lead to, with the flags that do not by their names."""
    within = _WITHIN.search(found.note)
    sort = next((p.sort for p in model.parameters if within and p.name == within["name"]), None)
    if within is None or not isinstance(sort, FlagsSort):
        return found
    missing = [b for b in sort.bits if b not in re.split(r"\W+", within["bits"])]
    return replace(found, note=_WITHIN.sub(f"{', '.join(missing)} not in {within['name']}", found.note))


def _finding(found: Finding, name: str) -> Finding:
    pair = found.subject.startswith("step ")
    own = found.subject == f"function {name}" and found.code in ("ARC410", "ARC413")
    title = found.title
    if pair:
        title = f"{found.after}, was {found.before}"
    elif own:
        title = {"ARC410": "may never return" if found.kind == "lost" else "returns now"}.get(
            found.code, "next state changed"
        )
    elif found.subject in ("rule move", "rule refuse"):
        found = replace(found, subject=f"calls of {name}()", title=title)
    listed = any(c.subject.startswith("step ") for c in found.consequences)
    texts = (None, None) if pair or (own and listed) else (found.before, found.after)
    return replace(
        found, title=title, before=texts[0], after=texts[1], note="" if pair else found.note,
        why="" if pair else found.why, runs=tuple(_run(r, name) for r in found.runs),
        consequences=tuple(_finding(c, name) for c in found.consequences),
    )  # fmt: skip


# --- Tables that a function reads


def under(function: MachineReview, table: MachineReview) -> tuple[MachineReview, MachineReview]:
    """Return both reviews with what they tell alike at one place: see `csource.joined`."""
    cells = {m["key"].replace(" ", ""): f for f in table.findings if (m := _CELL.fullmatch(f.subject))}
    used: set[str] = set()
    told = {f.subject for f in function.findings}

    def placed(found: Finding) -> Finding:
        key = found.subject.removeprefix("step ").replace(" -> ", ",")
        cell = cells.get(key) if found.subject.startswith("step ") else None
        below = tuple(placed(c) for c in found.consequences)
        if cell is None:
            return replace(found, consequences=below)
        used.add(cell.fingerprint)
        note = f"the cell was {cell.before}, and is {cell.after}"
        return replace(found, place=cell.place, old_place=cell.old_place, note=note, consequences=below)

    findings = tuple(placed(f) for f in function.findings)
    # What the table alone would do as a machine says nothing: the function is what takes its steps.
    own = tuple(f for f in table.findings if not f.subject.startswith("rule "))
    left = tuple(f for f in own if f.fingerprint not in used and f.subject not in told)
    strength = f"{table.strength}; told with {function.name}" if len(left) < len(table.findings) else table.strength
    first = next((p.place for f in findings for p in f.tree() if p.note.startswith("the cell was ")), None)
    findings = tuple(replace(f, place=first) if first and _is_whole(f, function.name) else f for f in findings)
    return replace(function, findings=findings), replace(table, findings=left, strength=strength)


def _is_whole(found: Finding, name: str) -> bool:
    return found.code == "ARC413" and found.subject == f"function {name}"


def _run(run: Run, name: str) -> Run:
    """Return the run with its steps as calls. The last one is what the finding is about."""
    steps = tuple(replace(s, label=_call(s, name)) for s in run.steps)
    title = run.title.replace("hang fires", f"{name}() never returns").replace("move fires", f"{name}() returns 0")
    last = _CALL.search(run.steps[-1].label) if run.steps else None
    summary = run.summary
    if last is not None and last["rule"] == "hang" and " -> " in summary:
        summary = f"{summary.rpartition(' -> ')[0]}, asked for {last['asked'].rpartition('= ')[2]}"
    return replace(run, steps=steps, title=title, summary=summary)


def _call(step: RunStep, name: str) -> str:
    ends = {"move": "", "refuse": ", which refuses", "hang": ", which never returns"}
    return _CALL.sub(lambda m: f"{name}({m['asked']}){ends[m['rule']]}", step.label)


# --- Under which flags nothing differs


def _conditions(texts: Iterable[str], model: Model) -> Iterator[str]:
    """Yield the conditions, those that list values of one set of flags in fewer words where that says the same."""
    values: dict[str, list[frozenset[str]]] = {}
    for text in texts:
        bound = _BOUND.fullmatch(text)
        if bound is None:
            yield text
        else:
            told = frozenset(b.strip() for b in bound["bits"].split(",") if b.strip())
            values.setdefault(bound["name"], []).append(told)
    sorts = {p.name: p.sort for p in model.parameters}
    for name, found in values.items():
        sort = sorts.get(name)
        bits = sort.bits if isinstance(sort, FlagsSort) else ()
        bits = tuple(b for b in bits if b != OTHERS or any(b in v for v in found))
        yield from _fewer(name, found, bits)


def _fewer(name: str, values: list[frozenset[str]], bits: tuple[str, ...]) -> Iterator[str]:
    """Return which bits are missing in all values, if any value without these is there; else which are never set
    together, if that is all that the values have in common; else the values."""
    present = set(values)
    for size in range(1, len(bits) + 1):
        for absent in combinations(bits, size):
            others = [b for b in bits if b not in absent]
            if present == set(_subsets(others)):
                yield f"{', '.join(absent)} not in {name}"
                return
    for together in (c for size in (2, 3) for c in combinations(bits, size)):
        if present == {s for s in _subsets(bits) if not set(together) <= s}:
            yield f"not all of {', '.join(together)} in {name}"
            return
    yield from (f"{name} == {{{', '.join(b for b in bits if b in v)}}}" for v in values)


def _subsets(bits: Iterable[str]) -> Iterator[frozenset[str]]:
    listed = list(bits)
    return (frozenset(c) for size in range(len(listed) + 1) for c in combinations(listed, size))
