"""What became of each rule: the same relation between states or not, and what a run can do now that it could not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from verifier.change.dependence import NotComparableError
from verifier.change.fact import Change, Shown, shown_by
from verifier.change.inclusion import Ask, Comparison
from verifier.checker.certified import Certified, Verdict
from verifier.model.claims import Within
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.terms import FALSE, TRUE, Term, conjuncts, not_, or_
from verifier.semantics.relation import relation

Pair = tuple[Rule, Rule]


@dataclass
class Versions:
    """Both directions of a comparison: `gain` looks at NEW with OLD's eyes, `loss` at OLD with NEW's.

    `gains`, `losses`: whether NEW has runs that OLD lacks, and the other way round, as far as that is known.
    """

    gain: Comparison
    loss: Comparison
    ask: Ask
    gains: bool | None = None
    losses: bool | None = None

    @property
    def old(self) -> Model:
        """The old version."""
        return self.loss.inner

    @property
    def new(self) -> Model:
        """The new version."""
        return self.gain.inner


@dataclass(frozen=True)
class Foreign:
    """What one direction has found of a rule: a run whose last step the other version lacks, or that there is none."""

    certified: Certified
    model: Model
    side: str

    @property
    def found(self) -> bool | None:
        """True a run, False none, None undecided."""
        return {Verdict.REFUTED: True, Verdict.PROVED: False}.get(self.certified.verdict)

    def shown(self, title: str) -> tuple[Shown, ...]:
        """Return the run, if there is one, for a finding."""
        return shown_by(self.model, self.certified, self.side, title)


def paired(versions: Versions) -> list[Pair]:
    """Return the rules that correspond one to one, (old, new)."""
    names = versions.gain.pairs.rules
    olds, news = [o for o, _ in names], [n for _, n in names]
    alone = ((o, n) for o, n in names if olds.count(o) == 1 and news.count(n) == 1)
    return [(versions.old.rule[o], versions.new.rule[n]) for o, n in alone]


def same_rules(versions: Versions) -> frozenset[tuple[str, str]]:
    """Return the pairs (old name, new name) that are the same relation between all states, reachable or not."""
    return frozenset((o.name, n.name) for o, n in paired(versions) if _is_same(versions, o, n))


def _is_same(versions: Versions, old: Rule, new: Rule) -> bool:
    """True iff the rules are the same relation: the same terms, or proved to be; False also where that is not known."""
    if {p.name: p.sort for p in old.parameters} != {p.name: p.sort for p in new.parameters}:
        return False
    try:
        if _is_written_alike(versions.gain, old, new) and _is_written_alike(versions.loss, new, old):
            return True
        return _is_within(versions.gain, old, new, versions.ask) and _is_within(versions.loss, new, old, versions.ask)
    except NotComparableError:
        return False


def _is_written_alike(comparison: Comparison, outer: Rule, inner: Rule) -> bool:
    other, own = comparison.relation(outer, inner), relation(comparison.inner, inner)
    return set(conjuncts(other)) <= set(conjuncts(own))


def _is_within(comparison: Comparison, outer: Rule, inner: Rule, ask: Ask) -> bool:
    """True iff every step of the inner rule, from any state that both versions know, is one of the outer rule."""
    anywhere = replace(
        comparison.model,
        init=(comparison.translation.domain(0),),
        rules=(comparison.model.rule[inner.name],),
        properties=(),
    )
    claim = Within(TRUE, ((inner.name, comparison.relation(outer, inner)),))
    return ask(anywhere, claim).verdict is Verdict.PROVED


def rule_changes(versions: Versions, same: frozenset[tuple[str, str]]) -> Iterator[Change]:
    """Yield what became of the rules, old ones and new ones, one change a rule."""
    for old, new in paired(versions):
        if (old.name, new.name) not in same:
            yield from _changed(versions, old, new)
        elif old.name != new.name and not new.fails:
            yield _change("ARC112", "renamed", old, new, before=old.name, after=new.name, note="proved to be the same")
        yield from _declared(old, new)
    yield from _regrouped(versions)
    yield from _alone(versions)


def _change(code: str, kind: str, old: Rule | None, new: Rule | None, **more: Any) -> Change:
    """A change of a rule, which is named as it is in the newest version that has it."""
    rule = new or old
    assert rule is not None
    actor = rule.actor if old is None or new is None or old.actor == new.actor else None
    place, old_place = new.span if new else None, old.span if old else None
    return Change(code, kind, f"rule {rule.name}", actor=actor, place=place, old_place=old_place, **more)


def _declared(old: Rule, new: Rule) -> Iterator[Change]:
    """What the declarations alone say: who acts, and which parameters the rule has."""
    if old.actor != new.actor:
        yield _change("ARC204", "actor", old, new, before=f"by {old.actor}", after=f"by {new.actor}")
    before, after = {p.name: p.sort for p in old.parameters}, {p.name: p.sort for p in new.parameters}
    if before != after and set(before) != set(after):
        kind = "added" if set(before) < set(after) else "removed" if set(after) < set(before) else "changed"
        yield _change("ARC205", kind, old, new, before=_listed(old), after=_listed(new))


def _listed(rule: Rule) -> str:
    return f"({', '.join(f'{p.name}: {p.sort}' for p in rule.parameters)})"


def _changed(versions: Versions, old: Rule, new: Rule) -> Iterator[Change]:
    try:
        yield from _compared(versions, old, new)
    except NotComparableError as error:
        before, after = text(old), text(new)
        yield _change("ARC704", "not-comparable", old, new, before=before, after=after, undecided=str(error))


def _compared(versions: Versions, old: Rule, new: Rule) -> Iterator[Change]:
    """The guard first; then the effect, where the rule can fire in both versions."""
    guards = _directions(versions, [(old, new)], lambda c, o, i: c.enabled(o, i))
    effects = _directions(versions, [(old, new)], lambda c, o, i: or_(not_(c.enabled(o, i)), c.relation(o, i)))
    guard = _kind(guards, ("ARC301", "widened"), ("ARC302", "narrowed"), ("ARC303", "moved"))
    effect = _kind(effects, ("ARC312", "more"), ("ARC313", "less"), ("ARC311", "changed"))
    if guard:
        yield _judged(guard, old, new, guards, show(old.guard), show(new.guard), "where", "can fire")
    if effect:
        code = _written(versions, old, new) or effect
        yield _judged(code, old, new, effects, _effect(old), _effect(new), "what", "can do")
    if unsure := [f for f in (*guards, *effects) if f.found is None]:
        reason = unsure[0].certified.reason or "not decided"
        yield _change("ARC701", "unknown", old, new, before=text(old), after=text(new), undecided=reason)
    elif not guard and not effect and {p.name for p in old.parameters} == {p.name for p in new.parameters}:
        note = "the rules differ only in states that no run reaches"
        proofs = tuple(f.certified for f in (*guards, *effects))
        yield _change("ARC304", "unreachable", old, new, before=text(old), after=text(new), note=note, proofs=proofs)


def _judged(code: tuple[str, str], old: Rule, new: Rule, found: list[Foreign], *told: str) -> Change:
    before, after, what, verb = told
    past = verb.replace("can", "could")
    titles = {"new": f"{what} {new.name} {verb} now", "old": f"{what} {old.name} {past} before"}
    shown = tuple(s for f in found for s in f.shown(titles[f.side]))
    proofs = tuple(f.certified for f in found)
    return _change(*code, old, new, before=before, after=after, shown=shown, proofs=proofs)


Condition = Callable[[Comparison, Rule, Rule], Term]
"""What is asked of a step of a rule in one direction: given the outer and the inner rule, a term that must hold."""


def _directions(versions: Versions, group: list[Pair], condition: Condition) -> list[Foreign]:
    """Ask in both directions whether a step of the rules can violate the condition; not where it is known already."""
    found = []
    for side, comparison, any_ in (("new", versions.gain, versions.gains), ("old", versions.loss, versions.losses)):
        steps: dict[str, Term] = {}
        for old, new in group:
            outer, inner = (old, new) if side == "new" else (new, old)
            strange = not_(comparison.translation.domain(0))  # a state that the other version cannot be in
            steps[inner.name] = or_(steps.get(inner.name, strange), condition(comparison, outer, inner))
        if any_ is not False:
            claim = Within(TRUE, tuple(steps.items()))
            found.append(Foreign(versions.ask(comparison.model, claim), comparison.model, side))
    return found


def _kind(
    found: Iterable[Foreign], gain: tuple[str, str], loss: tuple[str, str], both: tuple[str, str]
) -> tuple[str, str] | None:
    sides = {f.side for f in found if f.found}
    return {frozenset({"new"}): gain, frozenset({"old"}): loss, frozenset({"new", "old"}): both}.get(frozenset(sides))


def _written(versions: Versions, old: Rule, new: Rule) -> tuple[str, str] | None:
    """Return the code for an effect that differs only in variables that one of the rules alone writes."""
    forth = dict(versions.gain.pairs.variables)
    more = frozenset(n for n in new.changes if n in forth.values()) - {forth[o] for o in old.changes if o in forth}
    less = frozenset(forth[o] for o in old.changes if o in forth) - frozenset(new.changes)
    if not (more or less) or (more and less):
        return None
    aside = {n: o for o, n in forth.items()}
    olds, news = frozenset(aside[n] for n in more | less), more | less
    found = _directions(
        versions,
        [(old, new)],
        lambda c, o, i: or_(not_(c.enabled(o, i)), c.relation(o, i, olds if c is versions.gain else news)),
    )
    return ("ARC314", "writes" if more else "keeps") if all(f.found is False for f in found) else None


def _regrouped(versions: Versions) -> Iterator[Change]:
    """Rules that were split or merged: proved to be the same together, or what differs."""
    pairs = versions.gain.pairs.rules
    left = [(o, n) for o, n in pairs if sum(a == o for a, _ in pairs) > 1 or sum(b == n for _, b in pairs) > 1]
    while left:
        group = _connected(left)
        left = [p for p in left if p not in group]
        yield from _group(versions, [(versions.old.rule[o], versions.new.rule[n]) for o, n in group])


def _connected(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    olds, news = {pairs[0][0]}, {pairs[0][1]}
    while True:
        group = [p for p in pairs if p[0] in olds or p[1] in news]
        if {o for o, _ in group} <= olds and {n for _, n in group} <= news:
            return group
        olds |= {o for o, _ in group}
        news |= {n for _, n in group}


def _group(versions: Versions, group: list[Pair]) -> Iterator[Change]:
    olds, news = list(dict.fromkeys(o for o, _ in group)), list(dict.fromkeys(n for _, n in group))
    before, after = (" | ".join(text(r) for r in rules) for rules in (olds, news))
    kind = "split" if len(olds) == 1 else "merged" if len(news) == 1 else "regrouped"
    names = f"{', '.join(r.name for r in olds)} -> {', '.join(r.name for r in news)}"
    try:
        found = _directions(versions, group, lambda c, o, i: c.relation(o, i))
    except NotComparableError as error:
        yield _change("ARC704", "not-comparable", olds[0], news[0], before=before, after=after, undecided=str(error))
        return
    code = _kind(found, ("ARC301", "widened"), ("ARC302", "narrowed"), ("ARC303", "moved"))
    if unsure := [f for f in found if f.found is None]:
        reason = unsure[0].certified.reason
        yield _change("ARC701", "unknown", olds[0], news[0], before=before, after=after, undecided=reason)
    elif code:
        yield replace(_judged(code, olds[0], news[0], found, before, after, "what", "can do"), note=f"{kind}: {names}")
    else:
        proofs = tuple(f.certified for f in found)
        yield _change("ARC203", kind, olds[0], news[0], before=before, after=after, note=names, proofs=proofs)


def _alone(versions: Versions) -> Iterator[Change]:
    """Rules that one version has alone; a pair of them that is the same relation looks like a rename."""
    pairs = versions.gain.pairs.rules
    removed = [r for r in versions.old.rules if r.name not in {o for o, _ in pairs}]
    added = [r for r in versions.new.rules if r.name not in {n for _, n in pairs}]
    for old in list(removed):
        twin = next((n for n in added if _is_same(versions, old, n)), None)
        if twin is not None:
            removed.remove(old)
            added.remove(twin)
            note = f"looks renamed: write `{twin.name} was {old.name}` if it is"
            yield _change("ARC112h", "looks-renamed", old, twin, before=old.name, after=twin.name, note=note)
    for rule in removed:
        yield _one_sided(versions, rule, "old")
    for rule in added:
        yield _one_sided(versions, rule, "new")


def _one_sided(versions: Versions, rule: Rule, side: str) -> Change:
    """A rule that was added or removed: of weight only if some run fires it."""
    model = versions.new if side == "new" else versions.old
    fired = Foreign(versions.ask(model, Within(TRUE, ((rule.name, FALSE),))), model, side)
    is_new = side == "new"
    sides = (None, rule) if is_new else (rule, None)
    told: dict[str, Any] = {"after" if is_new else "before": text(rule), "proofs": (fired.certified,)}
    if fired.found is False:
        note = f"{'added' if is_new else 'removed'}, but no run fires it"
        return _change("ARC304", "unreachable", *sides, note=note, **told)
    fails = rule.fails is not None and rule.fails in {n for p in versions.gain.pairs.rules for n in p}
    kind = "added" if is_new else "removed"
    code = ("ARC207" if fails else "ARC201" if is_new else "ARC202", kind)
    title = f"{rule.name} fires" if is_new else f"{rule.name} fired"
    return _change(*code, *sides, shown=fired.shown(title), **told)


def text(rule: Rule) -> str:
    """Return a rule's meaning in arc syntax, on one line, whatever its layout was."""
    return f"when {show(rule.guard)} {_effect(rule)}"


def _effect(rule: Rule) -> str:
    return f"{{ {'; '.join(sorted(show(c) for c in rule.constraints))} }}" if rule.constraints else "{ }"
