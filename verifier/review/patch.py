"""A series of patches from a mailing list, reviewed patch by patch and as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.change.config import Config
from verifier.change.fact import Change
from verifier.change.globs import selected
from verifier.change.level import Level
from verifier.diagnostics import Diagnostic, SpecError
from verifier.files import Files
from verifier.report.review import Finding, MachineReview, PatchRow, Place, Problem, Relation, Review
from verifier.review.cells import by_cells
from verifier.review.csource import CMachine, gaps, in_c, joined, missing, read_c, understood, without_documents
from verifier.review.declared import declarations
from verifier.review.diff import Side, compare_models, read
from verifier.review.findings import finding
from verifier.review.gate import drifted
from verifier.review.machines import Reviewed, Sides
from verifier.review.options import Options
from verifier.versions import Patch, Series, changed, hunk_at, pair

SKIPPED = 12
"""How many definitions that are not about states are named."""

Key = tuple[str, str, str]
"""What makes findings of different steps the same: machine, code, subject."""


@dataclass(frozen=True)
class Trees:
    """A series and what it makes: the base's files, and those after each patch. `notes` say how it was applied."""

    series: Series
    base: Files
    after: tuple[Files, ...]
    notes: tuple[str, ...] = ()

    @property
    def steps(self) -> Iterator[tuple[Patch, Files, Files]]:
        """Each patch with the files before and after it."""
        return iter(zip(self.series.patches, (self.base, *self.after), self.after, strict=False))


@dataclass(frozen=True)
class Asked:
    """What is asked of a series: the configuration of its base, how to search, the tables and functions of C to read
    (none: those that it changes), whether each patch must pass by itself, an older revision to compare with, and
    whether it may touch nothing that can be compared."""

    config: Config
    options: Options
    only: tuple[tuple[str, str], ...] = ()
    every_patch: bool = False
    older: Trees | None = None
    allow_empty: bool = False


@dataclass(frozen=True)
class Step:
    """One comparison of two trees: the review of specs and C code together, and what was not read as states."""

    review: Review
    skipped: tuple[str, ...]


def reviewed_series(trees: Trees, asked: Asked) -> Review:
    """Return the review of a series: the whole against its base, with a row for each patch.

    Raises SpecError (ARC938) where it touches nothing that can be compared, unless that is allowed.
    """
    whole = _step(trees.base, trees.after[-1], asked, _touched(trees))
    drift = tuple(_drift(trees, asked))
    seen = whole.review.machines or whole.review.problems or whole.review.contradiction or drift
    if not (seen or asked.allow_empty):
        raise SpecError([_nothing(trees, whole)])
    steps = [_step(old, new, asked) for _, old, new in trees.steps] if len(trees.after) > 1 else [whole]
    quoted = [_quoted(s.review, [p]) for s, (p, _, _) in zip(steps, trees.steps, strict=True)]
    review = _quoted(whole.review, trees.series.patches)
    several = zip(trees.steps, quoted, strict=True) if len(quoted) > 1 else ()
    told = (*review.general, *_transient(quoted, review, trees, asked), *drift)
    return replace(
        review,
        patches=tuple(_row(p, s, review.machines) for (p, _, _), s in several),
        machines=review.machines or (() if review.problems or told or review.contradiction else (_NOTHING,)),
        general=told,
        problems=(*review.problems, *(_unreadable_between(quoted, review, trees) if asked.every_patch else ())),
        notes=(
            *trees.series.notes,
            *trees.notes,
            *_unread(whole, trees),
            *declarations(trees.series.intents, review),
            *_revisions(trees, quoted, asked),
        ),
    )


_NOTHING = MachineReview("nothing", "", Relation.CHECKED, "no spec and no states of C change", skipped=True)
"""What stands for the machines of a series that touches none, where that is allowed."""


def _touched(trees: Trees) -> tuple[str, ...]:
    """Return the paths that any patch changes, those that are in the end as they were among them."""
    return tuple(sorted({path for _, old, new in trees.steps for path in changed(old, new)}))


def _nothing(trees: Trees, whole: Step) -> Diagnostic:
    touched = ", ".join(_touched(trees)[:6])
    skipped = f"; not about states: {', '.join(whole.skipped[:6])}" if whole.skipped else ""
    hint = "name what to compare: --table NAME or --function NAME; or say --allow-empty if there is nothing to see"
    return Diagnostic(
        "ARC938", f"no spec and no table or function of states changes here: {touched}{skipped}", help=hint
    )


# --- One comparison


def _step(old: Files, new: Files, asked: Asked, also: Collection[str] = ()) -> Step:
    """Compare two trees: the specs that differ and those in `also`, and the C code that differs."""
    paths = sorted({*changed(old, new), *also})
    specs = [Side(f.label, f, _specs(asked.config, f, paths)) for f in (old, new)]
    before, after = (read(s, name) for s, name in zip(specs, ("old", "new"), strict=True))
    c = read_c(old, new, paths, asked.only)
    sides = [_sides(m) for m in c.machines]
    of_c = {id(s): m for s, m in zip(sides, c.machines, strict=True)}
    compared = compare_models(before, after, sides, (old.label, new.label), asked.options, "patch", gate=True)
    compared = replace(compared, machines=tuple(_by_cells(m, of_c) for m in compared.machines))
    review = compared.judged(asked.options.policy)
    machines = tuple(_placed(m, r, of_c, asked) for m, r in zip(review.machines, compared.machines, strict=False))
    machines = joined([(m, of_c.get(id(r.sides))) for m, r in zip(machines, compared.machines, strict=True)])
    lost = review.machines[len(compared.machines) :]
    skipped = tuple(f"{kind} {name}" for _, kind, name in c.skipped)
    return Step(replace(review, machines=(*machines, *lost), problems=(*review.problems, *c.problems)), skipped)


def _specs(config: Config, files: Files, paths: Collection[str]) -> tuple[str, ...]:
    """Return the specs that the change touches: those that the configuration names, and any other `.arc` file."""
    every = files.paths()
    named = set(config.spec_paths(files))
    return tuple(p for p in every if p in paths and (p in named or p.endswith(".arc")))


def _sides(machine: CMachine) -> Sides:
    return Sides(machine.key[0], machine.old.model if machine.old else None, machine.new.model if machine.new else None)


def _by_cells(found: Reviewed, of_c: Mapping[int, CMachine]) -> Reviewed:
    """Return what changed of a definition that was read from C: of a function, as pairs of states."""
    machine = of_c.get(id(found.sides))
    if machine is None:
        return found
    found = replace(found, changes=tuple(without_documents(understood(found.changes, machine))))
    if machine.key[1] != "function" or machine.old is None or machine.new is None:
        return found
    if _is_open(machine):
        return found
    old, new = machine.old.extraction, machine.new.extraction
    return replace(found, changes=by_cells(found.changes, machine.key[2], old, new))


def _is_open(machine: CMachine) -> bool:
    """True iff one side's reading has left out what the other's has not."""
    return missing(machine.old) != missing(machine.new)


def _placed(review: MachineReview, found: Reviewed, of_c: Mapping[int, CMachine], asked: Asked) -> MachineReview:
    """Return the review of a machine that was read from C with its places in C, and with the gaps of the reading."""
    machine = of_c.get(id(found.sides))
    if machine is None:
        return review
    policy = asked.options.policy
    extra = tuple(finding(review.name, c, policy, (None, None)) for c in gaps(machine))
    if any(e.level is Level.UNDECIDED for e in extra):
        review = replace(review, relation=Relation.UNDECIDED, strength="the C code is not understood as a whole")
    return in_c(replace(review, findings=(*review.findings, *extra)), machine)


def _unread(whole: Step, trees: Trees) -> Iterator[str]:
    """What the series touches and this review is not about, said plainly."""
    if whole.skipped:
        more = f" and {len(whole.skipped) - SKIPPED} more" if len(whole.skipped) > SKIPPED else ""
        yield f"changed, and not about states as far as can be read: {', '.join(whole.skipped[:SKIPPED])}{more}"
    if headers := [p for p in _touched(trees) if p.endswith(".h")]:
        yield f"files that include {', '.join(headers)}, and that the series does not change, were not read"


# --- The series, patch by patch


def _row(patch: Patch, review: Review, machines: Sequence[MachineReview]) -> PatchRow:
    cells = tuple(_cell(m, review) for m in machines)
    found = tuple(f for _, f in review.findings())
    return PatchRow(patch.number, patch.subject, cells, tuple(f.path for f in patch.files), found)


def _cell(machine: MachineReview, review: Review) -> str:
    """Return what a patch does to a machine, in a word or two."""
    named = [m for m in review.machines if m.name == machine.name]
    own = next((m for m in named if m.path == machine.path), named[0] if len(named) == 1 else None)
    if own is None:
        lost = any(p.place is not None and p.place.path == machine.path for p in review.problems)
        return Relation.UNREADABLE.value if lost else "same"
    counts = [(level, sum(f.level is level for f in own.findings)) for level in Level]
    told = ", ".join(f"{n} {level.value}" for level, n in counts if n and level is not Level.NONE)
    return f"{own.relation.value}{f', {told}' if told else ''}"


def _transient(steps: Sequence[Review], whole: Review, trees: Trees, asked: Asked) -> Iterator[Finding]:
    """Breaks of a middle patch that are gone at the end. If each patch must pass by itself they keep their level."""
    final = {_key(name, f) for name, f in _every(whole)}
    policy = asked.options.policy
    for patch, review in zip(trees.series.patches, steps, strict=True):
        broken = [(n, f) for n, f in _every(review) if f.own is Level.BREAKING and _key(n, f) not in final]
        for name, found in broken:
            if asked.every_patch:
                yield replace(found, note=f"in patch {patch.number} alone: {found.note}".rstrip(": "))
            else:
                note = f"patch {patch.number} breaks it, a later one repairs it"
                change = Change("ARC414", "transient", f"{name}: {found.subject}", found.before, found.after, note=note)
                yield replace(finding("", change, policy, (None, None)), place=found.place, quoted=found.quoted)
    for number, problem in _new_problems(steps, whole, trees) if not asked.every_patch else ():
        note = f"after patch {number} it cannot be read: {problem.message}"
        change = Change("ARC414", "transient", problem.place.path if problem.place else "spec", note=note)
        yield replace(finding("", change, policy, (None, None)), place=problem.place)


def _new_problems(steps: Sequence[Review], whole: Review, trees: Trees) -> Iterator[tuple[int, Problem]]:
    """Yield what cannot be read after a middle patch, with the patch's number, where at the end it can."""
    for patch, review in zip(trees.series.patches, steps, strict=True):
        yield from ((patch.number, p) for p in review.problems if p.side != "old" and not whole.problems)


def _unreadable_between(steps: Sequence[Review], whole: Review, trees: Trees) -> Iterator[Problem]:
    """Yield the same as problems, for a series of which each patch must pass."""
    for number, problem in _new_problems(steps, whole, trees):
        yield replace(problem, message=f"after patch {number}: {problem.message}")


def _every(review: Review) -> Iterator[tuple[str, Finding]]:
    for name, root in review.findings():
        yield from ((name, f) for f in root.tree())


def _key(machine: str, found: Finding) -> Key:
    return machine, found.code, found.subject


def _drift(trees: Trees, asked: Asked) -> Iterator[Finding]:
    """Cited sources that the series changes, while the specs that rest on them stay as they are."""
    paths = changed(trees.base, trees.after[-1])
    for path, specs in _cited(trees, asked.config, paths).items():
        if not set(specs) & set(paths):
            yield finding("", drifted(path, specs), asked.options.policy, (None, None))


def _cited(trees: Trees, config: Config, paths: Collection[str]) -> dict[str, list[str]]:
    """Return the changed sources that specs of the base rest on: as configured, or because a table is bound to them."""
    found: dict[str, list[str]] = {}
    for pattern, specs in config.drift.items():
        for path in selected([pattern], paths):
            found.setdefault(path, []).extend(specs)
    if all(p.endswith(".arc") for p in paths):
        return found
    side = Side(trees.base.label, trees.base, config.spec_paths(trees.base))
    for spec, model in read(side, "old").models.items():
        for path in sorted({t.binding.file for t in model.tables if t.binding} & set(paths)):
            found.setdefault(path, []).append(spec)
    return found


def _quoted(review: Review, patches: Sequence[Patch]) -> Review:
    """Return the review with the hunk under each finding that a patch has one for; the last patch counts."""

    def quote(found: Finding) -> Finding:
        lines = _hunk(found.place, patches, False) or _hunk(found.old_place, patches, True)
        return replace(found, quoted=lines, consequences=tuple(quote(c) for c in found.consequences))

    machines = tuple(replace(m, findings=tuple(map(quote, m.findings))) for m in review.machines)
    return replace(review, machines=machines)


def _hunk(place: Place | None, patches: Sequence[Patch], old: bool) -> tuple[str, ...]:
    for patch in reversed(patches) if place is not None else ():
        assert place is not None
        hunk = hunk_at(patch, place.path, place.line, old=old)
        if hunk is not None:
            return (hunk.header, *hunk.lines)
    return ()


# --- Two revisions of a series


def _revisions(trees: Trees, steps: Sequence[Review], asked: Asked) -> Iterator[str]:
    """Say what an older revision of the series did otherwise, patch by patch and at the end."""
    older = asked.older
    if older is None:
        return
    before = [_step(old, new, asked).review for _, old, new in older.steps]
    of_old = {id(p): r for p, r in zip(older.series.patches, before, strict=True)}
    of_new = {id(p): r for p, r in zip(trees.series.patches, steps, strict=True)}
    for found in pair(older.series, trees.series):
        patch = found.new or found.old
        assert patch is not None
        olds = _told(of_old[id(found.old)]) if found.old is not None else {}
        news = _told(of_new[id(found.new)]) if found.new is not None else {}
        differing = [*(f"drops {olds[k]}" for k in olds.keys() - news.keys()),
                     *(f"adds {news[k]}" for k in news.keys() - olds.keys())]  # fmt: skip
        numbers = f"{found.old.number if found.old else '-'} -> {found.new.number if found.new else '-'}"
        yield f"revisions: {numbers} {patch.subject}: {found.kind}; {'; '.join(sorted(differing)) or 'same in meaning'}"
    ends = _step(older.after[-1], trees.after[-1], asked).review
    for machine in ends.machines:
        if machine.relation is not Relation.CHECKED:
            yield f"revisions: {machine.name} at the end: {machine.relation.value} {machine.strength}".rstrip()
    if not ends.machines:
        yield "revisions: both end with the same specs and tables"


def _told(review: Review) -> dict[tuple[str, str, str, str | None, str | None], str]:
    return {(*_key(n, f), f.before, f.after): f"{f.code} {f.title} ({f.subject})" for n, f in _every(review)}
