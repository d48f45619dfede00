"""The two specs of VFIO migration: every verdict, what the evidence shows, and the words they are taken from."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import verifier
from tests import kernel
from verifier.checker.certified import Verdict
from verifier.evidence.evidence import BasisTable, Instance, NoBasis, PathGaps, PathTable, RouteTable, Trace, Trap
from verifier.model.claims import Basis, EqualsPath, Matches, Routes
from verifier.model.declarations import Cite
from verifier.model.model import Model
from verifier.report.result import PropertyReport
from verifier.semantics.evaluate import Setting
from verifier.semantics.routes import RouteDifference, route_differences
from verifier.semantics.run import initial_states, successors, valuations

FOLDER = Path(__file__).parents[2] / "spec" / "vfio"
PINNED = [line.split() for line in (Path(__file__).parent / "verdicts.txt").read_text(encoding="utf-8").splitlines()]
"""Machine, property and verdict of every property, in the order of the specs."""

STATES = {(False, False): 176 + 176, (False, True): 204 + 204, (True, False): 192 + 193, (True, True): 267 + 270}
"""Reachable states of v2 by (p2p, pre_copy), for both values of tells_p2p together."""

ARCS = {(False, False): 6, (False, True): 9, (True, False): 8, (True, True): 15}


@functools.cache
def machine(name: str) -> Model:
    return verifier.load(FOLDER / f"{name.removeprefix('vfio_')}.arc")


@functools.cache
def report(name: str, prop: str) -> PropertyReport:
    (found,) = verifier.check(machine(name), properties=[prop]).properties
    return found


def v1(prop: str) -> PropertyReport:
    return report("vfio_migration_v1", prop)


def v2(prop: str) -> PropertyReport:
    return report("vfio_migration_v2", prop)


def cases() -> Iterator[object]:
    """Every property that needs no source tree; those that search for paths and routes count as slow."""
    for name, prop, verdict in PINNED:
        claim = next(p.claim for p in machine(name).properties if p.name == prop)
        marks = [pytest.mark.slow] if isinstance(claim, Routes | EqualsPath | Basis) else []
        if not isinstance(claim, Matches):
            yield pytest.param(name, prop, verdict, id=f"{name[-2:]}-{prop}", marks=marks)


def test_every_property_is_pinned() -> None:
    found = [[m.name, p.name] for m in map(machine, ("vfio_migration_v1", "vfio_migration_v2")) for p in m.properties]
    assert [[name, prop] for name, prop, _ in PINNED] == found
    assert [sum(name == m for name, _ in found) for m in ("vfio_migration_v1", "vfio_migration_v2")] == [51, 65]


@pytest.mark.parametrize(("name", "prop", "verdict"), list(cases()))
def test_verdict(name: str, prop: str, verdict: str) -> None:
    certified = report(name, prop).certified
    assert (certified.verdict.value, certified.expected) == (verdict, True), certified.reason


@pytest.mark.kernel
@pytest.mark.parametrize("prop", ["table_matches_the_kernel", "flags_match_the_kernel"])
def test_the_tables_are_those_of_linux_6_12(prop: str, kernel_tree: Callable[[str], Path]) -> None:
    tree = kernel_tree("6.12")
    (found,) = verifier.check(machine("vfio_migration_v2"), properties=[prop], source_tree=tree).properties
    assert (found.certified.verdict, found.certified.expected) == (Verdict.PROVED, True)


# --- State spaces


def reachable(setting: Setting) -> set[tuple[object, ...]]:
    waiting = list(initial_states(setting))
    seen = {tuple(s.values()) for s in waiting}
    while waiting:
        for step in successors(setting, waiting.pop()):
            if (key := tuple(step.state.values())) not in seen:
                seen.add(key)
                waiting.append(step.state)
    return seen


@pytest.mark.parametrize("flags", STATES, ids=str)
def test_number_of_states_of_v2(flags: tuple[bool, bool]) -> None:
    model = machine("vfio_migration_v2")
    chosen = [p for p in valuations(model) if (p["p2p"], p["pre_copy"]) == flags]
    assert sum(len(reachable(Setting(model, p))) for p in chosen) == STATES[flags]


# --- What the counterexamples are


def rules(found: PropertyReport) -> list[str]:
    evidence = found.certified.evidence
    trace = evidence.trace if isinstance(evidence, Trap) else evidence
    assert isinstance(trace, Trace)
    return [step.rule for step in trace.steps]


def test_the_device_runs_between_resuming_and_pre_copy() -> None:
    assert rules(v1("time_in_run_is_negligible")) == ["set_state", "set_state", "run", "set_state"]


def test_the_sketch_saves_nothing_on_the_documented_way() -> None:
    found = rules(v1("stop_copy_hands_out_the_image_in_the_sketch"))
    assert found == ["set_state", "stop_copy_as_sketched"]


def test_the_device_runs_before_the_destination_resumes() -> None:
    assert rules(v1("first_step_finds_a_fresh_device")) == ["run", "set_state"]


def test_the_table_of_2021_refuses_the_step_to_resuming() -> None:
    trace = v1("table_2021_allows_the_documented_arrows").certified.evidence
    assert isinstance(trace, Trace)
    assert [s["device_state"] for s in trace.states] == [0b001, 0b100]


def test_the_comment_is_wrong_with_pre_copy_alone() -> None:
    trace = v2("comment_lists_every_arc").certified.evidence
    assert isinstance(trace, Trace)
    assert (trace.parameters["p2p"], trace.parameters["pre_copy"]) == (False, True)
    ends = trace.states[-2]["state"], trace.states[-1]["state"]
    assert ends in {("RUNNING", "STOP"), ("STOP", "RUNNING")}


def test_a_failed_call_can_leave_resuming_without_a_descriptor() -> None:
    assert rules(v2("session_means_fd")) == ["fd_not_returned"]


def test_a_touched_device_does_dma_in_stop() -> None:
    assert rules(v2("stopped_is_silent_whatever_the_user_does"))[-2] == "touch"


# --- Paths


def ends(instance: Instance) -> tuple[object, object]:
    return instance.start, instance.goal


def rows(prop: str) -> dict[tuple[object, object], list[object]]:
    """The path of each instance, as the control values it goes through."""
    table = v1(prop).certified.evidence
    assert isinstance(table, PathTable | BasisTable)
    return {ends(r.instance): [r.path[0].start, *(i.goal for i in r.path)] for r in table.rows}


VALID = (0b000, 0b001, 0b010, 0b011, 0b100)
SPOKES = {(0, b) for b in (1, 2, 4)} | {(b, 0) for b in (1, 2, 4)}


@pytest.mark.slow
def test_each_of_the_twenty_writes_has_an_indirect_path() -> None:
    assert rows("direct_equals_indirect").keys() == set(itertools.permutations(VALID, 2))


@pytest.mark.slow
def test_the_six_writes_between_stop_and_one_bit_have_none_with_nothing_new() -> None:
    gaps = v1("direct_equals_indirect_only_with_something_new").certified.evidence
    assert isinstance(gaps, PathGaps)
    assert ({ends(g.instance) for g in gaps.missing}, gaps.rows) == (SPOKES, ())
    others = set(itertools.permutations(VALID, 2)) - SPOKES
    assert rows("direct_equals_indirect_with_nothing_new").keys() == others


@pytest.mark.slow
def test_resuming_leads_to_pre_copy_and_stop_copy_as_the_mail_says() -> None:
    assert rows("resume_to_pre_copy_through_run") == {(0b100, 0b011): [0b100, 0b001, 0b011]}
    assert rows("resume_to_stop_copy_through_stop") == {(0b100, 0b010): [0b100, 0b000, 0b010]}


@pytest.mark.slow
def test_the_ten_single_bit_writes_are_a_basis() -> None:
    table = v1("single_bits_are_a_basis").certified.evidence
    assert isinstance(table, BasisTable)
    single = {(a, b) for a, b in itertools.permutations(VALID, 2) if (a ^ b).bit_count() == 1}
    assert {ends(g) for g in table.generators} == single
    assert len(single) == 10


@pytest.mark.slow
def test_by_end_state_a_single_bit_write_is_redundant() -> None:
    refuted = v1("single_bits_are_a_basis_by_end_state").certified.evidence
    assert isinstance(refuted, NoBasis)
    assert refuted.redundant is not None
    assert ends(refuted.redundant.instance) in {(0, 2), (2, 0), (2, 3), (3, 2)}
    assert len(refuted.redundant.path) == 3


# --- Routes


def differences(prop: str) -> tuple[RouteDifference, ...]:
    model, found = machine("vfio_migration_v2"), v2(prop).certified
    assert isinstance(found.evidence, RouteTable)
    assert isinstance(found.property.claim, Routes)
    return route_differences(model, found.property.claim, found.evidence)


def pairs(prop: str, p2p: bool, pre_copy: bool) -> set[tuple[object, object]]:
    found = differences(prop)
    here = [d for d in found if (d.parameters["p2p"], d.parameters["pre_copy"]) == (p2p, pre_copy)]
    return {(d.start, d.goal) for d in here}


@pytest.mark.slow
def test_arcs_of_every_set_of_flags() -> None:
    table = v2("routes_keep_the_session").certified.evidence
    assert isinstance(table, RouteTable)
    found = [(dict(g.parameters), len(g.arcs)) for g in table.graphs]
    assert [n for p, n in found] == [ARCS[bool(p["p2p"]), bool(p["pre_copy"])] for p, n in found]
    assert len(found) == 8


@pytest.mark.slow
def test_the_rules_of_the_header_and_the_table_differ_in_three_pairs() -> None:
    prop = "routes_by_the_rules_are_those_of_the_core"
    blocked = {("STOP_COPY", "PRE_COPY"), ("STOP_COPY", "PRE_COPY_P2P")}
    assert pairs(prop, True, True) == {("PRE_COPY", "STOP_COPY"), *blocked}
    assert pairs(prop, False, True) == {("STOP_COPY", "PRE_COPY")}
    assert pairs(prop, True, False) == pairs(prop, False, False) == set()


@pytest.mark.slow
def test_the_shortest_path_alone_is_ambiguous_only_with_pre_copy() -> None:
    prop = "routes_by_the_shortest_path_alone"
    assert len(pairs(prop, True, True)) == 13
    assert pairs(prop, False, True) == {("RUNNING", "STOP_COPY"), ("PRE_COPY", "STOP"), ("PRE_COPY", "RESUMING")}
    assert pairs(prop, True, False) == pairs(prop, False, False) == set()


# --- The words


def cited(model: Model) -> list[tuple[str, tuple[Cite, ...]]]:
    return [(d.name, d.cites) for d in (*model.rules, *model.properties)]


@pytest.mark.parametrize("name", ["vfio_migration_v1", "vfio_migration_v2"])
def test_every_rule_and_property_cites_a_passage(name: str) -> None:
    assert [n for n, cites in cited(machine(name)) if not cites or not all(c.passage for c in cites)] == []


def words(text: str) -> str:
    """A text without the marks of a C comment, and with its white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"^\s*(/\*\*?|\*/|\*)", "", text, flags=re.M).replace('"', ""))


def misquoted(cite: Cite, tree: Path, drift: int = 30) -> bool:
    """True iff the passage does not stand near its lines; kernels of one series differ by a few."""
    place, _, passage = (cite.passage or "").partition(": ")
    numbers = [int(n) for n in re.findall(r"\d+", place)]
    lines = (tree / cite.document.partition(",")[0]).read_text(encoding="utf-8").splitlines()
    text = words("\n".join(lines[max(0, min(numbers) - 1 - drift) : max(numbers) + drift]))
    return not re.search(".*".join(re.escape(p) for p in passage.split(" ... ")), text)


@pytest.mark.kernel
def test_the_kernel_says_what_v2_quotes(kernel_tree: Callable[[str], Path]) -> None:
    tree = kernel_tree("6.12")
    checked = [c for _, cites in cited(machine("vfio_migration_v2")) for c in cites]
    checked = [c for c in checked if c.document.partition(",")[0] in kernel.FILES]
    assert len(checked) > 90
    assert [c.passage for c in checked if misquoted(c, tree)] == []
