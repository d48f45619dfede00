"""The semantic difference of two versions of specs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.change.policy import Policy
from verifier.deciding import Contradiction
from verifier.diagnostics import Diagnostic, Source, Span, SpecError, render
from verifier.files import Files
from verifier.model.model import Model
from verifier.pipeline import model_of
from verifier.report.review import MachineReview, Place, Problem, Relation, Review
from verifier.review.machines import Reviewed, Sides, reviewed
from verifier.review.options import Options
from verifier.syntax import source_of


@dataclass(frozen=True)
class Side:
    """One side: what it is called, its files, and the specs in it that are meant."""

    label: str
    files: Files
    specs: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """The models of one side by path, and what could not be read."""

    models: dict[str, Model]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Compared:
    """All machines compared, not yet judged: `plain` is the review with those machines alone that are unreadable."""

    plain: Review
    machines: tuple[Reviewed, ...]

    def judged(self, policy: Policy) -> Review:
        """Return the review as the policy judges it."""
        machines = (*(m.judged(policy) for m in self.machines), *self.plain.machines)
        return replace(
            self.plain, machines=machines, profile=policy.profile, fail_on=policy.fail_on, undecided=policy.undecided
        )


def review_sides(old: Side, new: Side, options: Options, only: Collection[str] = ()) -> Review:
    """Return the review of two sides, see `compare_sides`."""
    return compare_sides(old, new, options, only=only).judged(options.policy)


def compare_sides(
    old: Side, new: Side, options: Options, command: str = "diff", gate: bool = False, only: Collection[str] = ()
) -> Compared:
    """Compare all machines of both sides, or those in `only`, each of which must be there.

    What cannot be read on either side is a problem (exit 2). Raises SpecError for a machine that neither side has.
    """
    before, after = read(old, "old"), read(new, "new")
    machines = _matched(before, after, command == "diff" and _is_single(old, new))
    machines = _only(machines, only) if only else machines
    return _compared(before, after, machines, (old.label, new.label), options, command, gate)


def compare_models(
    before: Read,
    after: Read,
    more: Sequence[Sides],
    labels: tuple[str, str],
    options: Options,
    command: str,
    gate: bool,
) -> Compared:
    """Compare the machines that were read of both sides, and `more` of them after these."""
    machines = [*_matched(before, after, False), *more]
    return _compared(before, after, machines, labels, options, command, gate)


def _compared(
    before: Read, after: Read, machines: Sequence[Sides], labels: tuple[str, str], options: Options, command: str,
    gate: bool,
) -> Compared:  # fmt: skip
    lost = tuple(MachineReview(path, path, Relation.UNREADABLE) for path in sorted(_unreadable(before, after)))
    plain = Review(
        command=command,
        base=labels[0],
        head=labels[1],
        profile=options.policy.profile,
        fail_on=options.policy.fail_on,
        undecided=options.policy.undecided,
        machines=lost,
        problems=(*before.problems, *after.problems),
        reproduce=options.reproduce,
    )
    try:
        found = tuple(reviewed(machines, options, gate))
    except Contradiction as error:
        return Compared(replace(plain, contradiction=str(error)), ())
    reused, searched = sum(r.reused for r in found), sum(r.searched for r in found)
    return Compared(replace(plain, reused=reused, searched=searched), found)


def _unreadable(before: Read, after: Read) -> set[str]:
    return {p.place.path for p in (*before.problems, *after.problems) if p.place is not None}


def _matched(before: Read, after: Read, single: bool) -> list[Sides]:
    return list(matched(before.models, after.models, _unreadable(before, after), single))


def _only(machines: Sequence[Sides], names: Collection[str]) -> list[Sides]:
    known = [m.name for m in machines]
    lost = [n for n in names if n not in known]
    if lost:
        told = (f"no machine `{n}`; there are: {', '.join(known) or 'none'}" for n in lost)
        raise SpecError([Diagnostic("ARC937", t) for t in told])
    return [m for m in machines if m.name in names]


class _Text:
    """One text as a tree of files."""

    def __init__(self, source: Source | None) -> None:
        self._content = {} if source is None else {source.path: source.text.encode()}
        self.label = "" if source is None else source.path

    def read(self, path: str) -> bytes | None:
        return self._content.get(path)

    def paths(self) -> tuple[str, ...]:
        return tuple(self._content)


def _one(source: Source | None, name: str) -> Side:
    files = _Text(source)
    return Side(files.label or name, files, files.paths())


def review_sources(old: Source | None, new: Source | None, options: Options) -> Review:
    """Return the review of one spec given as text; None where a side does not have it."""
    return review_sides(_one(old, "old"), _one(new, "new"), options)


def read(side: Side, name: str) -> Read:
    """Return the models of a side's specs."""
    models: dict[str, Model] = {}
    problems: list[Problem] = []
    for path in side.specs:
        try:
            models[path] = model_of(source_of(path, _content(side, path)))
        except SpecError as error:
            problems.append(problem(error, name, path))
    return Read(models, tuple(problems))


def _content(side: Side, path: str) -> bytes:
    data = side.files.read(path)
    if data is None:
        raise SpecError([Diagnostic("ARC901", f"cannot read {path} in {side.label}", Span(path, 1, 1, 1, 1))])
    return data


def problem(error: SpecError, side: str, path: str) -> Problem:
    """Return diagnostics as a problem of one side."""
    first = error.diagnostics[0]
    place = Place(path, first.span.line, first.span.column) if first.span else Place(path, 1)
    text = tuple(render(error.diagnostics, error.sources).splitlines())
    return Problem(first.code, side, first.message, text, place)


def _is_single(old: Side, new: Side) -> bool:
    """True iff each side is one spec: then these are compared, whatever their paths."""
    return len(old.specs) == len(new.specs) == 1


def matched(old: dict[str, Model], new: dict[str, Model], unreadable: set[str], single: bool) -> Iterator[Sides]:
    """Yield the machines of both sides: those at the same path, then those of the same name, then the rest alone.

    `single`: each side is one spec, so that they are compared whatever their paths and names.
    """
    if single:  # where one of them cannot be read the other was neither added nor removed
        yield from (Sides(path, before, after) for before in old.values() for path, after in new.items())
        return
    came = {q: p for p in old if p not in new for q in new if q not in old and old[p].name == new[q].name}
    for path in sorted({*old, *new} - unreadable - set(came.values())):
        yield Sides(path, old.get(came.get(path, path)), new.get(path))
