"""What of the evidence is emphasised in a picture."""

from __future__ import annotations

from tests.graph.machines import DOOR, machine
from verifier.evidence.evidence import (
    ArcSet,
    Evidence,
    Fork,
    Instance,
    Invariant,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    RouteTable,
    Step,
    Trace,
    Trap,
    Witnesses,
)
from verifier.graph.exhibit import Exhibit, exhibit
from verifier.model.claims import Claim, Routes
from verifier.model.terms import FALSE, TRUE

MODEL = machine(DOOR)
ANY: Claim = MODEL.properties[0].claim
PARAMETERS = {"lockable": True}
START = {"door": "CLOSED", "knocks": 0}
RUN = Trace(
    PARAMETERS,
    START,
    (
        Step("knock", {}, {"door": "CLOSED", "knocks": 1}),
        Step("lock", {}, {"door": "LOCKED", "knocks": 1}),
        Step("unlock", {}, {"door": "CLOSED", "knocks": 1}),
    ),
)


def shown(evidence: Evidence, claim: Claim = ANY) -> Exhibit:
    """The exhibit, which there must be."""
    found = exhibit(MODEL, claim, evidence)
    assert found is not None
    return found


def marks(found: Exhibit) -> list[tuple[str, object, object]]:
    """Marks with the control values before and after."""
    return [(s.mark, s.start, s.goal) for s in found.steps]


def instance(rule: str, start: str, goal: str) -> Instance:
    """An instance of a rule without parameters."""
    return Instance(rule, (), start, goal)


def test_the_steps_of_a_run_are_numbered() -> None:
    found = shown(RUN)
    assert marks(found) == [("1", "CLOSED", "CLOSED"), ("2", "CLOSED", "LOCKED"), ("3", "LOCKED", "CLOSED")]
    assert [s.rules for s in found.steps] == [("knock",), ("lock",), ("unlock",)]
    assert [s.text for s in found.steps] == [
        "knock: stays in CLOSED",
        "lock: CLOSED to LOCKED",
        "unlock: LOCKED to CLOSED",
    ]
    assert [s.changes for s in found.steps] == ["knocks = 1", "", ""]
    assert found.before == ("with lockable = true", "start: door = CLOSED, knocks = 0")


def test_other_evidence_that_is_a_run_is_shown_as_one() -> None:
    assert marks(shown(Witnesses((RUN,)))) == marks(shown(RUN))
    assert shown(Lasso(RUN, 1)).after == ("steps 2 to 3 repeat for ever",)
    assert shown(Trap(RUN, ())).after == ("from here there is no way back",)


def test_a_fork_has_two_last_steps() -> None:
    one, two = Step("open", {}, {"door": "OPEN", "knocks": 1}), Step("open", {}, {"door": "OPEN", "knocks": 0})
    assert marks(shown(Fork(RUN, one, two)))[3:] == [("4a", "CLOSED", "OPEN"), ("4b", "CLOSED", "OPEN")]


GAP = NoPath(
    instance("toggle", "CLOSED", "OPEN"),
    (RUN,),
    (instance("lock", "CLOSED", "LOCKED"), instance("force", "LOCKED", "OPEN")),
)


def test_what_no_path_does_is_the_last_step_and_the_nearest_path_is_lettered() -> None:
    for evidence in (PathGaps((GAP,), (), ()), NoBasis(GAP, None, ())):
        found = shown(evidence)
        assert marks(found)[3:] == [("4", "CLOSED", "OPEN"), ("a", "CLOSED", "LOCKED"), ("b", "LOCKED", "OPEN")]
        assert found.after == ("4 does what no path does; a and b, the nearest one, ends differently",)


def test_an_instance_that_is_not_needed_is_shown_with_its_path() -> None:
    row = PathRow(GAP.instance, GAP.nearest)
    found = marks(shown(NoBasis(None, row, ())))
    assert found == [("1", "CLOSED", "OPEN"), ("a", "CLOSED", "LOCKED"), ("b", "LOCKED", "OPEN")]


def routes() -> Routes:
    """The claim that there is exactly one shortest route between any two states but those that are cut off."""
    return Routes(("toggle", "lock", "unlock", "force"), TRUE, FALSE, FALSE, None, None)


def table(*arcs: tuple[str, str]) -> RouteTable:
    """The control graph with these arcs."""
    return RouteTable((ArcSet((("lockable", True),), arcs),), ())


def test_two_routes_of_the_same_length_are_numbered_and_lettered() -> None:
    names = ("OPEN", "CLOSED", "LOCKED", "BROKEN", "MELTED")
    ring = table(*((a, b) for a in names for b in names if {a, b} not in ({"OPEN", "LOCKED"},) and a != b))
    found = shown(ring, routes())
    assert [s.mark for s in found.steps] == ["1", "2", "a", "b"]
    assert (found.steps[0].start, found.steps[1].goal) == ("OPEN", "LOCKED")
    assert (found.steps[2].start, found.steps[3].goal) == ("OPEN", "LOCKED")
    assert found.before == ("with lockable = true", "from OPEN to LOCKED: more than one shortest route")


def test_a_missing_route_has_no_steps_but_is_named() -> None:
    found = shown(table(), routes())
    assert found.steps == ()
    assert found.before[1] == "from OPEN to CLOSED: no route"


def test_evidence_without_a_run_shows_nothing() -> None:
    assert exhibit(MODEL, ANY, Invariant((TRUE,))) is None
    assert exhibit(MODEL, ANY, None) is None
