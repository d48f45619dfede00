"""What became of the properties: what they say, what is known of them, and what the spec expects of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from verifier.change.claims import said
from verifier.change.fact import Change, Shown, shown_by
from verifier.change.rules import Versions
from verifier.change.runs import is_run_of_both
from verifier.change.translation import Translation
from verifier.checker.certified import Certified, Verdict
from verifier.evidence.evidence import Trace
from verifier.model.claims import Property

SEVERITIES = ("note", "warning", "error")
DECIDED = (Verdict.PROVED, Verdict.REFUTED, Verdict.VACUOUS)

_VERDICTS = {
    (Verdict.PROVED, Verdict.REFUTED): ("ARC506", "refuted"),
    (Verdict.VACUOUS, Verdict.REFUTED): ("ARC506", "refuted"),
    (Verdict.REFUTED, Verdict.PROVED): ("ARC506b", "proved"),
    (Verdict.REFUTED, Verdict.VACUOUS): ("ARC506b", "proved"),
    (Verdict.PROVED, Verdict.VACUOUS): ("ARC507", "vacuous"),
    (Verdict.VACUOUS, Verdict.PROVED): ("ARC507", "meaningful"),
}


@dataclass(frozen=True)
class Judgements:
    """What `check` has found on both sides, by the property's name there."""

    old: Mapping[str, Certified]
    new: Mapping[str, Certified]


def property_changes(versions: Versions, found: Judgements) -> Iterator[Change]:
    """Yield the changes of what is claimed: added, removed, strengthened, weakened, expected otherwise."""
    olds, news = ({p.name: p for p in m.properties} for m in (versions.old, versions.new))
    shared = versions.gain.pairs.properties
    reading = Translation(versions.old, versions.new, versions.gain.pairs, versions.gain.choice, by_name=True)
    for o, n in shared.items():
        if o != n:
            yield _change("ARC112", "renamed", olds[o], news[n], o, n)
        yield from _claimed(versions, reading, olds[o], news[n])
        yield from _expected(olds[o], news[n])
    yield from (_change("ARC502", "removed", olds[n], None, text(olds[n]), None) for n in olds if n not in shared)
    for name in (n for n in news if n not in shared.values()):
        certified = found.new.get(name)
        kind = "violated" if certified is not None and _fails(certified) else "added"
        shown = shown_by(versions.new, certified, "new", "the counterexample") if kind == "violated" else ()
        yield _change("ARC501", kind, None, news[name], None, text(news[name]), shown=shown)


def _fails(certified: Certified) -> bool:
    return not certified.expected and certified.verdict in DECIDED


def verdict_changes(versions: Versions, found: Judgements) -> Iterator[Change]:
    """Yield the changes of what is known of properties that both sides have: consequences of other changes.

    Those that a machine has unasked, such as that no int leaves its range, are among them.
    """
    olds, news = ({n: c.property for n, c in side.items()} for side in (found.old, found.new))
    own = {p.name for m in (versions.old, versions.new) for p in m.properties}
    unasked = {n: n for n in news if n in olds and n not in own}
    for o, n in {**unasked, **versions.gain.pairs.properties}.items():
        before, after = found.old.get(o), found.new.get(n)
        if before is not None and after is not None and (code := _verdict(versions, before, after)):
            told = (before.verdict.value, after.verdict.value)
            shown = (
                *shown_by(versions.new, after, "new", "the counterexample"),
                *shown_by(versions.old, before, "old", "the counterexample there was"),
            )
            undecided = (after.reason or "not decided") if code == ("ARC508", "unknown") else None
            proofs = (before, after)
            change = _change(*code, olds[o], news[n], *told, shown=shown, proofs=proofs, undecided=undecided)
            yield replace(change, claim=(news[n].claim, news[n].assuming))


def _verdict(versions: Versions, before: Certified, after: Certified) -> tuple[str, str] | None:
    was_open, is_open = before.verdict not in DECIDED, after.verdict not in DECIDED
    if was_open is not is_open:
        return ("ARC508", "decided" if was_open else "unknown")
    if before.verdict is after.verdict is Verdict.REFUTED and _is_other_cause(versions, before, after):
        return ("ARC510", "other-cause")
    return _VERDICTS.get((before.verdict, after.verdict))


def _is_other_cause(versions: Versions, before: Certified, after: Certified) -> bool:
    """True iff neither counterexample is a run of the other version."""
    if not isinstance(before.evidence, Trace) or not isinstance(after.evidence, Trace):
        return False
    new = is_run_of_both(versions.gain, after.evidence)
    old = is_run_of_both(versions.loss, before.evidence)
    return new is False and old is False


def _change(
    code: str, kind: str, old: Property | None, new: Property | None, before: str | None, after: str | None,
    shown: tuple[Shown, ...] = (), proofs: tuple[Certified, ...] = (), undecided: str | None = None, note: str = "",
) -> Change:  # fmt: skip
    prop = new or old
    assert prop is not None
    places = (new.span if new else None, old.span if old else None)
    return Change(
        code, kind, f"property {prop.name}", before, after, note=note, place=places[0], old_place=places[1],
        shown=shown, proofs=proofs, undecided=undecided,
    )  # fmt: skip


def _claimed(versions: Versions, reading: Translation, old: Property, new: Property) -> Iterator[Change]:
    answer = said(old, new, reading, versions.ask)
    told = (text(old), text(new))
    if answer.stronger is None or answer.weaker is None:
        if old.text != new.text:
            yield _change("ARC704", "not-comparable", old, new, *told, undecided=answer.reason)
    elif not (answer.stronger and answer.weaker):
        kinds = {(True, False): ("ARC503", "strengthened"), (False, True): ("ARC504", "weakened")}
        yield _change(*kinds.get((answer.stronger, answer.weaker), ("ARC505", "changed")), old, new, *told)


def text(prop: Property) -> str:
    """Return the claim as it is written, with what it assumes."""
    from verifier.model.printer import show
    from verifier.model.terms import TRUE

    return prop.text + ("" if prop.assuming is TRUE else f" assuming {show(prop.assuming)}")


def _expected(old: Property, new: Property) -> Iterator[Change]:
    looser = (
        new.expect_violated > old.expect_violated
        or new.vacuous_ok > old.vacuous_ok
        or SEVERITIES.index(new.severity) < SEVERITIES.index(old.severity)
    )
    before, after = _expectation(old), _expectation(new)
    if before != after:
        yield _change("ARC511", "loosened" if looser else "tightened", old, new, before, after)


def _expectation(prop: Property) -> str:
    words = ["expect violated"] if prop.expect_violated else []
    words += ["vacuous ok"] if prop.vacuous_ok else []
    return ", ".join([*words, f"severity {prop.severity}"])
