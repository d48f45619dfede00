"""The exit code of several inputs together is the worst of theirs: adding one never makes it milder."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from verifier.change.level import Level
from verifier.report.review import Finding, MachineReview, Problem, Relation, Review

WORST_FIRST = (4, 2, 1, 3, 0)

findings = st.builds(
    lambda level: Finding("ARC301", "widened", "guard widened", "rule r", level, level, "0" * 64),
    st.sampled_from([level for level in Level if level is not Level.ERROR]),
)
machines = st.builds(
    lambda relation, found: MachineReview("m", "m.arc", relation, findings=tuple(found)),
    st.sampled_from(Relation),
    st.lists(findings, max_size=3),
)
settings_ = st.tuples(st.sampled_from(["breaking", "risky", "note", "never"]), st.sampled_from(["fail", "warn"]))


@given(st.lists(machines, min_size=1, max_size=4), machines, settings_)
def test_one_more_machine_never_lowers_the_exit_code(
    some: list[MachineReview], more: MachineReview, given_: tuple[str, str]
) -> None:
    before = Review("gate", "a", "b", "uapi@1", *given_, machines=tuple(some))
    for after in (replace(before, machines=(*before.machines, more)), replace(before, machines=(more, *some))):
        assert WORST_FIRST.index(after.exit_code) <= WORST_FIRST.index(before.exit_code)


@given(st.lists(machines, min_size=1, max_size=4), settings_)
def test_the_code_is_the_fold_of_those_of_the_machines_alone(
    some: list[MachineReview], given_: tuple[str, str]
) -> None:
    whole = Review("gate", "a", "b", "uapi@1", *given_, machines=tuple(some))
    alone = [replace(whole, machines=(m,)).exit_code for m in some]
    assert whole.exit_code == min(alone, key=WORST_FIRST.index)


@given(st.lists(machines, max_size=3), settings_)
def test_what_could_not_be_read_is_worse_than_any_finding_and_a_contradiction_worse_still(
    some: list[MachineReview], given_: tuple[str, str]
) -> None:
    problem = Problem("ARC001", "new", "expected a rule", ())
    unread = Review("gate", "a", "b", "uapi@1", *given_, machines=tuple(some), problems=(problem,))
    assert unread.exit_code == 2
    assert replace(unread, contradiction="two engines disagree").exit_code == 4
