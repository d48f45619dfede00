"""The specs of what was proposed and of the kernel's step function: every verdict, and what the evidence shows."""

from __future__ import annotations

import functools
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import verifier
from tests import kernel
from tests.specs.test_vfio import cited, misquoted, reachable
from verifier.checker.certified import Verdict
from verifier.evidence.evidence import Instance, Lasso, PathGaps, PathTable, Trace
from verifier.evidence.interpretation import State
from verifier.model.claims import Basis, EqualsPath, Matches, Routes
from verifier.model.model import Model
from verifier.report.result import PropertyReport
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import initial_states, successors, valuations

FOLDER = Path(__file__).parents[2] / "spec" / "vfio"

PRIORITY, ALLOWLIST = "migration_v1_priority", "migration_v1_allowlist"
NEXT_STATE, V6_2 = "next_state", "next_state_v6_2"

PROVED = {
    PRIORITY: """
        never_invalid valid_or_error fully_interconnected starts_running reset_runs state_is_honest stopped_does_no_dma
        stopped_keeps_its_image error_left_only_by_reset no_spontaneous_transitions
        resuming_ends_with_the_data_loaded_if_saving_does_not_begin resume_to_pre_copy_loads_a_cleared_window
        third_draft_mends_resume_to_pre_copy resume_to_stop_copy_loads_what_it_has_just_saved
        stop_copy_hands_out_the_image_on_every_other_way refused_write_keeps_the_data_outside_resuming
        direct_equals_indirect_but_for_four detours_between_stop_and_running resume_to_pre_copy_through_run
        order_is_one_bit_at_a_time_but_for_two through_stop_but_for_two writes_to_and_from_stop_and_two_more_are_a_basis
        reference_flow_needs_no_stop back_to_running back_to_running_without_reset no_deadlock
    """,
    ALLOWLIST: """
        every_documented_arrow_but_one_is_allowed normal_shutdown_is_allowed save_or_suspend_is_allowed
        live_migration_is_allowed resumed_is_allowed a_destination_can_begin_if_stop_is_the_default
        resuming_by_way_of_stop five_more_are_allowed_than_documented what_is_allowed_is_composed_of_one_bit_writes
        two_one_bit_writes_are_refused what_is_refused_is_composed_of_what_is_allowed a_stopped_device_cannot_be_saved
        refused_save_back_to_resume_needs_no_running stop_is_allowed_except_from_pre_copy error_is_refused_both_ways
        invalid_states_are_never_entered one_write_back_to_running back_to_running_without_reset no_deadlock
    """,
    NEXT_STATE: """
        table_matches_the_kernel flags_match_the_kernel function_terminates request_terminates loop_runs_at_most_once
        loop_ends_before_the_table_does returns_supported_states never_returns_error
        returns_the_first_step_of_the_route returns_the_state_itself iterating_reaches_the_target
        refuses_before_the_first_step four_steps_are_enough refuses_the_blocked_pairs blocked_pairs_never_get_a_step
        error_cannot_be_requested warns_only_of_drivers next_fsm_is_set_on_success no_deadlock
    """,
    V6_2: """
        table_matches_the_kernel flags_match_the_kernel function_terminates_for_every_other_request
        request_terminates_for_every_other_request these_requests_never_return once_in_error_the_loop_stays
        three_calls_hang no_user_could_before_pre_copy error_never_comes_to_the_last_line
        loop_runs_at_most_once_where_it_ends returns_supported_states returns_the_first_step_of_the_route
        returns_the_state_itself iterating_reaches_the_target refuses_before_the_first_step four_steps_are_enough
        no_deadlock
    """,
}

REFUTED = {
    PRIORITY: """
        error_is_silent resuming_ends_with_the_data_loaded resume_to_stop_copy_deserialises_then_serialises
        stop_copy_hands_out_the_image only_the_new_value_matters failed_resume_ignores_saving
        refused_write_keeps_the_data direct_equals_indirect resume_to_pre_copy_is_indirect
        resume_to_stop_copy_is_indirect order_is_one_bit_at_a_time order_is_one_bit_at_a_time_without_pre_copy
        writes_to_and_from_stop_are_a_basis resuming_starts_from_a_reset_device
    """,
    ALLOWLIST: """
        every_documented_arrow_is_allowed resuming_is_allowed a_destination_can_begin the_default_is_running
        more_is_allowed_than_documented every_one_bit_write_is_allowed what_is_refused_is_composed_without_running
        stop_is_always_allowed writing_the_state_again_is_allowed back_from_error_without_reset
    """,
    NEXT_STATE: """
        loop_never_runs returns_the_first_step_of_the_route_by_the_header three_steps_are_enough warns_in_error
        next_fsm_is_set_on_failure
    """,
    V6_2: "function_terminates a_user_cannot_hang_the_kernel the_user_is_always_heard_again",
}

STATES = {
    NEXT_STATE: {(False, False): 267, (False, True): 366, (True, False): 354, (True, True): 572},
    V6_2: {(False, False): 196, (False, True): 314, (True, False): 299, (True, True): 555},
}
"""Reachable states by (p2p, pre_copy)."""


@functools.cache
def machine(name: str) -> Model:
    return verifier.load(FOLDER / f"{name}.arc")


@functools.cache
def report(name: str, prop: str) -> PropertyReport:
    engine = "explicit" if name in STATES else None  # these have few states, and no pattern for an invariant
    return verifier.check(machine(name), properties=[prop], engine=engine).properties[-1]


def pinned(verdicts: dict[str, str]) -> set[tuple[str, str]]:
    return {(name, prop) for name, text in verdicts.items() for prop in text.split()}


def claims(verdicts: dict[str, str]) -> Iterator[object]:
    """Every property that needs no source tree; those that search for paths and routes, and all states, are slow."""
    for name, prop in sorted(pinned(verdicts)):
        claim = next(p.claim for p in machine(name).properties if p.name == prop)
        slow = name in STATES or isinstance(claim, Routes | EqualsPath | Basis)
        if not isinstance(claim, Matches):
            yield pytest.param(name, prop, id=f"{name}-{prop}", marks=[pytest.mark.slow] if slow else [])


def test_every_property_is_pinned_once() -> None:
    assert pinned(PROVED) | pinned(REFUTED) == {(n, p.name) for n in PROVED for p in machine(n).properties}
    assert pinned(PROVED) & pinned(REFUTED) == set()
    assert [len(machine(n).properties) for n in PROVED] == [40, 29, 24, 20]


@pytest.mark.parametrize(("name", "prop"), list(claims(PROVED)))
def test_proved(name: str, prop: str) -> None:
    certified = report(name, prop).certified
    assert (certified.verdict, certified.expected) == (Verdict.PROVED, True), certified.reason


@pytest.mark.parametrize(("name", "prop"), list(claims(REFUTED)))
def test_refuted(name: str, prop: str) -> None:
    certified = report(name, prop).certified
    assert (certified.verdict, certified.expected) == (Verdict.REFUTED, True), certified.reason


@pytest.mark.kernel
@pytest.mark.parametrize("name", [NEXT_STATE, V6_2])
@pytest.mark.parametrize("prop", ["table_matches_the_kernel", "flags_match_the_kernel"])
def test_the_tables_are_those_of_linux_6_12(name: str, prop: str, kernel_tree: Callable[[str], Path]) -> None:
    found = verifier.check(machine(name), properties=[prop], source_tree=kernel_tree("6.12")).properties[-1]
    assert (found.certified.verdict, found.certified.expected) == (Verdict.PROVED, True)


@pytest.mark.parametrize("name", STATES)
def test_number_of_states(name: str) -> None:
    settings = [Setting(machine(name), p) for p in valuations(machine(name))]
    found = {(s.parameters["p2p"], s.parameters["pre_copy"]): len(reachable(s)) for s in settings}
    assert found == STATES[name]


# --- The priority order


def gaps(name: str, prop: str) -> set[tuple[object, object]]:
    evidence = report(name, prop).certified.evidence
    assert isinstance(evidence, PathGaps)
    return {(g.instance.start, g.instance.goal) for g in evidence.missing}


def way(path: tuple[Instance, ...]) -> list[object]:
    return [path[0].start, *(i.goal for i in path)]


@pytest.mark.slow
def test_four_writes_equal_no_indirect_path() -> None:
    assert gaps(PRIORITY, "direct_equals_indirect") == {(0, 1), (1, 0), (4, 2), (4, 3)}
    assert gaps(PRIORITY, "order_is_one_bit_at_a_time") == {(4, 2), (4, 3)}
    assert gaps(PRIORITY, "order_is_one_bit_at_a_time_without_pre_copy") == {(4, 2)}


def test_the_data_is_lost_by_the_first_write_that_ends_resuming_and_begins_saving() -> None:
    evidence = report(PRIORITY, "resuming_ends_with_the_data_loaded").certified.evidence
    assert isinstance(evidence, Trace)
    assert [s.rule for s in evidence.steps] == ["set_state", "set_state"]
    assert evidence.states[-2]["device_state"] == 0b100
    assert evidence.states[-1]["device_state"] in {0b010, 0b011}


# --- The table of September 2021

VALID = (0b000, 0b001, 0b010, 0b011, 0b100)


def test_the_table_allows_eleven_writes() -> None:
    table = dict(machine(ALLOWLIST).table["allowed"].entries)
    refused = {pair for pair in itertools.permutations(VALID, 2) if not table[pair]}
    assert refused == {(0, 2), (0, 3), (1, 4), (2, 3), (2, 4), (3, 0), (3, 4), (4, 2), (4, 3)}
    assert [pair for pair, allowed in table.items() if allowed and not {*pair} <= {*VALID}] == []


@pytest.mark.slow
def test_a_stopped_device_can_be_saved_only_by_running_it() -> None:
    assert gaps(ALLOWLIST, "what_is_refused_is_composed_without_running") == {(0, 2), (4, 2)}


@pytest.mark.slow
def test_the_nine_refused_writes_have_paths() -> None:
    evidence = report(ALLOWLIST, "what_is_refused_is_composed_of_what_is_allowed").certified.evidence
    assert isinstance(evidence, PathTable)
    assert sorted(len(r.path) for r in evidence.rows) == [2] * 8 + [3]
    assert way(next(r.path for r in evidence.rows if r.instance.start == 1)) == [1, 0, 4]


# --- vfio_mig_get_next_state()

NAMES = ("ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P")
Call = tuple[int, int, int]
Answer = tuple[int, int, int]
"""Flags, current and new state; errno, *next_fsm (99 if it was not written), whether the kernel has warned."""


def test_two_requests_hang_the_kernel() -> None:
    evidence = report(V6_2, "a_user_cannot_hang_the_kernel").certified.evidence
    assert isinstance(evidence, Trace)
    assert [s.arguments["new"] for s in evidence.steps if s.rule == "ask"] == ["STOP_COPY", "PRE_COPY"]
    assert (evidence.parameters["pre_copy"], evidence.states[0]["state"]) == (True, "RUNNING")


def test_the_endless_loop_is_the_one_of_the_function() -> None:
    evidence = report(V6_2, "function_terminates").certified.evidence
    assert isinstance(evidence, Lasso)
    turn = evidence.trace.steps[evidence.loop :]
    assert {s.rule for s in turn} == {"loop_on", "skip"}
    assert {s.state["next"] for s in turn} == {"ERROR"}


def answers(model: Model) -> dict[Call, Answer]:
    """What the machine's first call returns, for every set of flags and every pair of states."""
    found = {}
    for p in valuations(model):
        flags, setting = 1 | 2 * bool(p["p2p"]) | 4 * bool(p["pre_copy"]), Setting(model, p)
        for asked in (step.state for state in initial_states(setting) for step in successors(setting, state)):
            found[flags, number(asked, "state"), number(asked, "wanted")] = answer(setting, asked)
    return found


def number(state: State, name: str) -> int:
    return NAMES.index(str(state[name]))


def answer(setting: Setting, state: State) -> Answer:
    rule = ""
    while rule not in {"refuse_cur", "refuse_new", "return_error", "return_step"}:
        (step,) = successors(setting, state)
        rule, state = step.rule, step.state
    following = number(state, "next") if state["written"] else 99
    return 0 if rule == "return_step" else -22, following, int(rule == "refuse_cur")


PROGRAM = """
#include <stdio.h>
enum vfio_device_mig_state {{ {states} }};
enum {{ VFIO_MIGRATION_STOP_COPY = 1, VFIO_MIGRATION_P2P = 2, VFIO_MIGRATION_PRE_COPY = 4, EINVAL = 22 }};
typedef unsigned char u8;
struct vfio_device {{ unsigned long long migration_flags; }};
static int warned;
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WARN_ON(c) ((c) ? (warned = 1) : 0)
{function}
int main(void)
{{
  for (int i = 0; i < 256; i++) {{
    struct vfio_device device = {{ (i >> 6) * 2 + 1 }};
    enum vfio_device_mig_state next = 99;
    warned = 0;
    int error = vfio_mig_get_next_state(&device, i >> 3 & 7, i & 7, &next);
    printf("%d %d %d %d %d %d\\n", (i >> 6) * 2 + 1, i >> 3 & 7, i & 7, error, (int)next, warned);
  }}
}}
"""


@pytest.mark.kernel
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_machine_does_what_the_compiled_function_does(tmp_path: Path, kernel_tree: Callable[[str], Path]) -> None:
    text = (kernel_tree("6.12") / "drivers/vfio/vfio_main.c").read_text(encoding="utf-8")
    start = text.index("int vfio_mig_get_next_state(")
    function = text[start : text.index("EXPORT_SYMBOL_GPL(vfio_mig_get_next_state)")]
    states = ", ".join(f"VFIO_DEVICE_STATE_{n} = {i}" for i, n in enumerate(NAMES))
    (tmp_path / "next.c").write_text(PROGRAM.format(states=states, function=function), encoding="utf-8")
    subprocess.run(["cc", "-w", "-o", "next", "next.c"], cwd=tmp_path, check=True)
    printed = subprocess.run([tmp_path / "next"], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [tuple(map(int, line.split())) for line in printed]
    assert {row[:3]: row[3:] for row in rows} == answers(machine(NEXT_STATE))
    assert len(rows) == 256


# --- The words


@pytest.mark.parametrize("name", PROVED)
def test_every_rule_and_property_cites_a_passage(name: str) -> None:
    assert [n for n, cites in cited(machine(name)) if not cites or not all(c.passage for c in cites)] == []
    assert [p.name for p in machine(name).properties if not p.doc] == []


@pytest.mark.kernel
@pytest.mark.parametrize("name", [NEXT_STATE, V6_2])
def test_the_kernel_says_what_is_quoted(name: str, kernel_tree: Callable[[str], Path]) -> None:
    cites = [c for _, found in cited(machine(name)) for c in found if "Linux 6.12" in c.document]
    checked = [c for c in cites if c.document.partition(",")[0] in kernel.FILES]
    assert [c.passage for c in checked if misquoted(c, kernel_tree("6.12"))] == []
    assert len(checked) == {NEXT_STATE: 38, V6_2: 1}[name]
