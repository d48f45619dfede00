"""Laws of the policy: what weighs how much, whatever the change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.change.checks import CHECKS, PROFILES, SIDES, sides
from verifier.change.fact import Change
from verifier.change.level import Level, worst
from verifier.change.policy import SETTABLE, Policy

KINDS = [(c.code, k) for c in CHECKS.values() for k in c.kinds]
CHANGES = st.builds(
    lambda kind, actor: Change(*kind, "rule r", actor=actor),
    st.sampled_from(KINDS),
    st.sampled_from(["user", "device", "kernel", "keeper", None]),
)
POLICIES = st.builds(
    Policy,
    profile=st.sampled_from(PROFILES),
    strict=st.booleans(),
    overrides=st.dictionaries(
        st.sampled_from(sorted(CHECKS)),
        st.dictionaries(st.sampled_from(SIDES), st.sampled_from(SETTABLE)),
        max_size=30,
    ),
)


def plain(policy: Policy) -> Policy:
    return Policy(policy.profile, strict=policy.strict)


@given(POLICIES, CHANGES)
def test_the_reason_is_one_sentence_without_a_full_stop(policy: Policy, change: Change) -> None:
    _, why = policy.level_of(change)
    assert why
    assert why[0].islower()
    assert "\n" not in why
    assert not why.endswith(".")


@given(POLICIES, st.sampled_from(KINDS))
def test_who_is_on_no_known_side_weighs_as_much_as_the_worse_side(policy: Policy, kind: tuple[str, str]) -> None:
    by = {actor: policy.level_of(Change(*kind, "rule r", actor=actor))[0] for actor in (*SIDES, None, "keeper")}
    assert by[None] is by["keeper"] is worst(by["user"], by["device"])


@given(POLICIES, CHANGES)
def test_a_level_that_the_project_sets_is_the_level(policy: Policy, change: Change) -> None:
    set_for = policy.overrides.get(change.code, {})
    own = plain(policy).level_of(change)[0]
    level, why = policy.level_of(change)
    if not CHECKS[change.code].waivable or own is Level.UNDECIDED:
        assert worst(level, own) is level, "what cannot be waived cannot be made milder"
    elif all(side in set_for for side in sides(change.actor)):
        assert level is worst(*(set_for[side] for side in sides(change.actor)))
        assert level is own or "configuration" in why
    elif not any(side in set_for for side in sides(change.actor)):
        assert level is own


@given(POLICIES, CHANGES)
def test_strict_is_never_milder(policy: Policy, change: Change) -> None:
    mild, strict = (Policy(policy.profile, strict=s).level_of(change)[0] for s in (False, True))
    assert worst(mild, strict) is strict


@given(POLICIES, CHANGES)
def test_what_is_not_decided_is_undecided_whatever_the_project_sets(policy: Policy, change: Change) -> None:
    open_ = Change(change.code, change.kind, change.subject, actor=change.actor, undecided="out of time")
    assert policy.level_of(open_) == (Level.UNDECIDED, "it is not decided: out of time")


@pytest.mark.parametrize(("code", "kind"), [("ARC999", "added"), ("ARC301", "no-such-kind")])
def test_what_nobody_classified_is_breaking(code: str, kind: str) -> None:
    assert Policy(overrides={code: dict.fromkeys(SIDES, Level.NOTE)}).level_of(Change(code, kind, "x"))[0] is (
        Level.BREAKING
    )


def test_the_reason_names_whom_the_profile_protects() -> None:
    change = Change("ARC302", "narrowed", "rule stop", actor="user")
    assert Policy("uapi@1").level_of(change) == (
        Level.BREAKING,
        "narrows what a caller may do: profile uapi@1 protects callers, and calls it breaking",
    )
    assert "protects implementers, and calls it a note" in Policy("impl@1").level_of(change)[1]
    assert "the worse of both sides" in Policy("uapi@1").level_of(Change("ARC302", "narrowed", "rule stop"))[1]


def test_a_strict_policy_says_so() -> None:
    change = Change("ARC304", "unreachable", "rule stop")
    assert Policy("safety@1").level_of(change)[0] is Level.NOTE
    assert Policy("safety@1", strict=True).level_of(change) == (
        Level.RISKY,
        "no run shows the difference: a strict policy calls it risky",
    )


def test_an_override_for_one_side_leaves_the_other() -> None:
    policy = Policy("uapi@1", overrides={"ARC201": {"user": Level.RISKY}})
    levels = [policy.level_of(Change("ARC201", "added", "rule r", actor=a))[0] for a in ("user", "device", None)]
    assert levels == [Level.RISKY, Level.BREAKING, Level.BREAKING]
