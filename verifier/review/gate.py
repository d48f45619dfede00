"""The gate: the head checked, compared with the base, judged by the base's own policy and waivers."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.change.acceptance import Acceptance, Found, Grant, match
from verifier.change.config import Config
from verifier.change.delta import delta
from verifier.change.fact import Change
from verifier.change.globs import selected
from verifier.change.intended import undeclared
from verifier.change.intent import Intent
from verifier.change.level import Level
from verifier.change.properties import Judgements
from verifier.change.waivers import Waiver, read_waivers
from verifier.diagnostics import Diagnostic, Span, SpecError
from verifier.files import Files
from verifier.report.review import Finding, MachineReview, Review, Waived
from verifier.review.diff import Compared, Side, compare_sides
from verifier.review.findings import finding
from verifier.review.machines import Reviewed, asker
from verifier.review.options import Options


@dataclass(frozen=True)
class Gate:
    """What the gate is asked.

    `base` is the commit at which the head left the base, so that what others have merged since is no change of the
    head's. `judge` is the version whose policy and waivers count: the tip of the base, where owners put them.
    `config` is its configuration, with what flags and environment say, and `proposed` the head's, in the same way.
    `changed` are the paths that differ between base and head. `today` decides about expiry.
    """

    base: Side
    head: Side
    judge: Files
    config: Config
    options: Options
    changed: tuple[str, ...]
    today: datetime.date
    proposed: Config | None = None
    intents: tuple[Intent, ...] | None = None


def reviewed_gate(gate: Gate) -> Review:
    """Return the review of the head against the base. Raises SpecError for waivers or an intent that cannot be read."""
    waivers = _waivers(gate.judge, gate.config)
    other = gate.proposed or gate.config
    proposed = _waivers(gate.head.files, other)  # once merged they are the base's, so they must be readable
    compared = compare_sides(gate.base, gate.head, gate.options, "gate", gate=True)
    compared = _with_intents(compared, gate.intents, gate.options) if gate.intents is not None else compared
    review = _judged(gate, compared, gate.config, waivers, proposed)
    review = replace(review, notes=tuple(_notes(gate, compared)))
    if _about_policy(gate, gate.config) and (gate.config.policy != other.policy or waivers != proposed):
        then = _judged(gate, compared, other, proposed, proposed).conclusion
        return replace(review, policy_note=f"with the proposed policy and waivers the result would be {then}")
    return review


def _waivers(files: Files, config: Config) -> tuple[Waiver, ...]:
    return read_waivers(config.waivers, files.read(config.waivers), config.max_waivers)


def _with_intents(compared: Compared, intents: Sequence[Intent], options: Options) -> Compared:
    """Add what was not declared to the changes of each machine; a machine without intent may not change at all."""
    names = {m.sides.name for m in compared.machines}
    lost = [i for i in intents if i.machine not in names]
    if lost:
        told = f"; there are: {', '.join(sorted(names)) or 'none'}"
        raise SpecError([Diagnostic("ARC949", f"no machine `{i.machine}`{told}", i.place) for i in lost])
    machines = []
    for machine in compared.machines:
        own = [i for i in intents if i.machine == machine.sides.name]
        machines.append(replace(machine, changes=(*machine.changes, *_beside(machine, own, options))))
    return replace(compared, machines=tuple(machines))


def _beside(machine: Reviewed, own: Sequence[Intent], options: Options) -> Iterator[Change]:
    """Yield what a machine changes beside what is declared of it, and what is declared of it in vain."""
    old, new = machine.sides.old, machine.sides.new
    if old is None or new is None:
        kind = "removed" if new is None else "added"
        note = f"the whole machine is {kind}, which no intent declares"
        yield Change("ARC415", "collateral", "machine", old.name if old else None, new.name if new else None, note=note)
    elif machine.delta is not None or own:
        yield from undeclared(machine.delta or delta(old, new, Judgements({}, {}), asker(options)), own)


def _judged(
    gate: Gate, compared: Compared, config: Config, waivers: Sequence[Waiver], proposed: Sequence[Waiver]
) -> Review:
    """Return the review as a configuration judges it, with what its waivers accept."""
    policy = config.policy
    review = compared.judged(policy)
    known = [f for m in review.machines for f in _found(m.name, m.findings)]
    acceptance = match(known, waivers, proposed, gate.today)
    general = [*_about_policy(gate, config), *_drift(gate, config), *acceptance.changes]
    found = (finding("", c, policy, (None, None)) for c in general)
    return replace(
        review,
        machines=tuple(_waived(m, acceptance) for m in review.machines),
        general=tuple(sorted((f for f in found if f.level is not Level.NONE), key=lambda f: f.level.rank)),
    )


def _found(machine: str, findings: Iterable[Finding]) -> tuple[Found, ...]:
    return tuple(
        Found(machine, f.code, f.subject, f.fingerprint, f.own, _found(machine, f.consequences)) for f in findings
    )


def _waived(machine: MachineReview, acceptance: Acceptance) -> MachineReview:
    return replace(machine, findings=tuple(_granted(f, acceptance.grants) for f in machine.findings))


def _granted(found: Finding, grants: Mapping[str, Grant]) -> Finding:
    grant = grants.get(found.fingerprint)
    waived = None if grant is None else Waived(
        grant.id, grant.status, grant.reason, grant.owner, grant.link, grant.expires
    )  # fmt: skip
    return replace(found, waived=waived, consequences=tuple(_granted(c, grants) for c in found.consequences))


# --- What changed around the specs


def _about_policy(gate: Gate, config: Config) -> list[Change]:
    """Changes of the files that decide what the gate lets pass."""
    own = {p for p in (config.path, config.policy_file, config.waivers) if p is not None}
    own |= {p for p in gate.changed if p.rpartition("/")[2] == "arcproof.toml"}
    own_judge = gate.judge is gate.head.files
    note = "it counts already, as --policy-from asks" if own_judge else "the base's version counts until this is merged"
    found = sorted(own & set(gate.changed))
    return [Change("ARC601", "changed", path, note=note, place=Span(path, 1, 1, 1, 1)) for path in found]


def _drift(gate: Gate, config: Config) -> Iterator[Change]:
    """Cited sources that changed while the specs that rest on them did not."""
    for pattern, specs in config.drift.items():
        sources = selected([pattern], gate.changed)
        if sources and not selected(specs, gate.changed):
            yield from (drifted(path, specs) for path in sources)


def drifted(path: str, specs: Collection[str]) -> Change:
    """Return the finding that a cited source changed without its specs."""
    note = f"cited by {', '.join(specs)}, which this does not change"
    return Change("ARC802", "drift", f"source {path}", note=note, place=Span(path, 1, 1, 1, 1))


def _notes(gate: Gate, compared: Compared) -> Iterator[str]:
    """What was left out, and whose policy counts if it is not the base's, said plainly."""
    if gate.judge is gate.head.files:
        yield "policy and waivers are those of the head"
    for machine in compared.machines:
        names = [p.name for p in machine.head.properties if p.waived] if machine.head else []
        if names:
            yield f"{machine.sides.name}: not checked against C sources, for the gate has none: {', '.join(names)}"
