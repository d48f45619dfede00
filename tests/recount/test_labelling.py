"""Labelling again agrees with the reference semantics, in C and in Python, on generated machines and claims; any other
number is refused."""

import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.families import spec
from tests.checker.machines import machine, prop
from tests.machines import claims, models
from tests.walks import at, branching_claims, graph, graphs, linear_claims, named, within
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.checker.certify import certify
from verifier.cli.main import run
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Closure, Holds, Labelling, Labels, Violated
from verifier.model.claims import Always, Ctl, LeadsTo, Ltl, Recoverable
from verifier.model.formulas import Now, Operator
from verifier.native import FLAGS, PACKAGE
from verifier.recount.labelling import labelled, parts
from verifier.recount.limits import Limits
from verifier.recount.states import SOURCE, labeller
from verifier.semantics.claims import plain
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.graph import Graph, explored, key
from verifier.semantics.instances import TooMany
from verifier.semantics.monitor import owing
from verifier.semantics.positive import subformulas
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused
from verifier.semantics.run import initial_states, successors, valuations
from verifier.semantics.temporal import satisfying

KERNELS = [False] if labeller() is None else [False, True]
ABOUT_RUNS = (Ctl, Ltl, LeadsTo, Recoverable)
ANY_NUMBER_OF = {"max_examples": 150, "deadline": None, "suppress_health_check": list(HealthCheck)}


def limits(**given_):
    return replace(Limits.of(60, None), **given_)


def graph_of(model, parameters) -> Graph:
    """The reachable states and their steps."""
    setting = Setting(model, parameters)
    members = {key(setting, s): s for s in initial_states(setting)}
    queue = list(members.values())
    for state in queue:
        for step in successors(setting, state):
            if key(setting, step.state) not in members:
                members[key(setting, step.state)] = step.state
                queue.append(step.state)
    return explored(setting, set(members), lambda: None)


def truth(model, parameters, claim, found: Graph) -> bool:
    """What the reference semantics says of a claim."""
    closure = Closure(tuple((parameters, s) for s in found.states.values()))
    return holds_on(model.fixed(parameters), claim, closure, lambda: None)


@st.composite
def walks(draw):
    """A graph and a claim about the runs on it."""
    model = draw(graphs())
    places = st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True).map(within)
    rules = st.lists(st.sampled_from([r.name for r in model.rules]), max_size=2, unique=True).map(tuple)
    fair, simple = st.builds(LeadsTo, places, places, rules), st.builds(Recoverable, places, places)
    claim = draw(st.one_of(linear_claims(model), branching_claims(), fair, simple).map(plain))
    assume(isinstance(claim, ABOUT_RUNS))
    return model, claim


def shown(model, claim, kernel=True) -> tuple[Labelling, bool]:
    """How many states have each label, and whether the claim holds."""
    found = []
    for part in parts(claim):
        both = owing(model, part).model if isinstance(part, Ltl) else model
        counts = [(p, len(graph_of(both, p).states)) for p in valuations(model)]
        found.append([labelled(model, p, part, n, limits(), kernel) for p, n in counts])
    labels = tuple(tuple(x.labels for x in part) for part in found)
    return Labelling(labels), all(x.holds for part in found for x in part)


@settings(**ANY_NUMBER_OF)
@given(drawn=walks())
def test_the_semantics_and_both_labellers_agree_on_graphs(drawn):
    model, claim = drawn
    found = graph_of(model, {})
    for kernel in KERNELS:
        labelling, held = shown(model, claim, kernel)
        assert held is truth(model, {}, claim, found)
        assert (labelling, held) == shown(model, claim)
        if not isinstance(claim, Ltl):
            assert labelling.parts == ((Labels({}, len(found.states), by_the_book(model, claim, found)),),)


def by_the_book(model, claim, found: Graph) -> tuple[int, ...]:
    """How many states have each label of a claim on the machine itself."""
    match claim:
        case Ctl(formula):
            return tuple(len(satisfying(found, f)) for f in subformulas(formula))
        case Recoverable(goal, origin):
            there = found.satisfying(goal)
            return len(found.satisfying(origin)), len(there), len(found.backwards(there))
    trigger, response = (found.satisfying(t) for t in (claim.trigger, claim.response))
    never = [k for k in trigger if not truth(model, {}, replace(claim, trigger=at(k[0])), found)]
    return len(trigger), len(response), len(never)


@settings(**{**ANY_NUMBER_OF, "max_examples": 50})
@given(data=st.data())
def test_the_semantics_and_both_labellers_agree_on_machines(data):
    model = data.draw(models())
    claim = data.draw(claims(model).map(plain).filter(lambda c: isinstance(c, ABOUT_RUNS)))
    try:
        held = all(truth(model, p, claim, graph_of(model, p)) for p in valuations(model))
    except RangeError:
        assume(False)
    for kernel in KERNELS:
        try:
            assert shown(model, claim, kernel)[1] is held
        except TooMany as error:
            assume("an int leaves its range" not in str(error))
            raise


@settings(**{**ANY_NUMBER_OF, "max_examples": 60})
@given(drawn=walks())
def test_a_labelling_is_accepted_iff_the_semantics_agrees_and_every_number_is_right(drawn):
    model, claim = drawn
    labelling, held = shown(model, claim)
    right, wrong = (Holds, Violated) if held else (Violated, Holds)
    verdict = certify(model, named(claim), right(labelling), 60).verdict
    assert verdict is (Verdict.PROVED if held else Verdict.REFUTED)
    with pytest.raises(EvidenceRefused, match="decided the other way"):
        certify(model, named(claim), wrong(labelling), 60)
    for forged in forgeries(labelling):
        with pytest.raises(EvidenceRefused):
            certify(model, named(claim), right(forged), 60)


def forgeries(labelling: Labelling):
    """The labelling with each number one more or less, with parameters that there are not, with parts too many."""
    (first, *others), *rest = labelling.parts
    for states in (first.states - 1, first.states + 1):
        yield Labelling(((replace(first, states=states), *others), *rest))
    for place, number in enumerate(first.holding):
        for other in (number - 1, number + 1):
            holding = (*first.holding[:place], other, *first.holding[place + 1 :])
            yield Labelling(((replace(first, holding=holding), *others), *rest))
    yield Labelling(((replace(first, holding=first.holding[1:]), *others), *rest))
    yield Labelling(((replace(first, parameters={"p": True}), *others), *rest))
    yield Labelling(((first, first, *others), *rest))
    yield Labelling((*labelling.parts, labelling.parts[0]))
    yield Labelling(())


LAMPS = machine("""
machine lamps
param all_: bool
enum Lamp { OFF, ON, BROKEN }
var lamp: int 0..1 -> Lamp = each _ in int 0..1: OFF
var word: bits[60] = 1
rule press(p: int 0..1) when lamp[p] == OFF { lamp' = lamp with [p] = ON word' = word << 1 }
rule release(p: int 0..1) when lamp[p] == ON { lamp' = lamp with [p] = OFF word' = word >> 1 }
rule drop(p: int 0..1) when lamp[p] == ON and all_ { lamp' = lamp with [p] = BROKEN }
property back expect violated recoverable lamp[0] == OFF from lamp[1] == ON
""")


def test_what_is_false_for_some_values_of_the_parameters_is_refuted_by_those():
    labelling, held = shown(LAMPS, prop(LAMPS, "back").claim)
    assert not held
    assert all(shown(LAMPS, prop(LAMPS, "back").claim, k) == (labelling, held) for k in KERNELS)  # two words a state
    false, true = sorted(labelling.parts[0], key=lambda c: c.parameters["all_"])
    assert certify(LAMPS, prop(LAMPS, "back"), Violated(Labelling(((true,),))), 60).verdict is Verdict.REFUTED
    for some in (((false,),), ((),)):
        with pytest.raises(EvidenceRefused):
            certify(LAMPS, prop(LAMPS, "back"), Violated(Labelling(some)), 60)
        with pytest.raises(EvidenceRefused, match="no number for some value"):
            certify(LAMPS, prop(LAMPS, "back"), Holds(Labelling(some)), 60)


def test_a_labelling_decides_only_claims_about_whole_runs():
    claim = Always(holds_at_0 := at(0))
    with pytest.raises(EvidenceRefused, match="not a claim about whole runs"):
        certify(graph({"stay": [(0, 0)]}, [0]), named(claim), Holds(Labelling(((Labels({}, 1, (1,)),),))), 60)
    assert holds(holds_at_0, Setting(graph({"stay": [(0, 0)]}, [0])), ({"at": 0},))


COUNTER = machine("""
machine counter
var n: bits[14] = 0
rule up { n' = n + 1 }
property again recoverable n == 0 from true
property round ltl G F n == 7 assuming fair up
""")


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_limit_ends_a_labelling_with_its_reason(kernel):
    claim = prop(COUNTER, "again").claim
    assert labelled(COUNTER, {}, claim, 1 << 14, limits(), kernel).labels.holding == (1 << 14, 1, 1 << 14)
    for given_, reason in (
        ({"memory": 1000}, "the memory allowed"),
        ({"work": 1000}, "an action would be tried more than 1,000 times"),
        ({"work": 20_000}, "an action would be tried more than 20,000 times"),
        ({"deadline": 0.0}, "time is up"),
    ):
        with pytest.raises(TooMany, match=reason):
            labelled(COUNTER, {}, claim, 1 << 14, limits(**given_), kernel)
    for states, reason in (((1 << 14) - 1, "more reachable states"), ((1 << 14) + 1, "fewer reachable states")):
        with pytest.raises(Refused, match=reason):
            labelled(COUNTER, {}, claim, states, limits(), kernel)


def test_a_labelling_for_which_there_is_no_memory_is_undecided():
    counts = Labelling(((Labels({}, 1 << 14, (1 << 14, 1, 1 << 14)),),))
    found = certify(COUNTER, prop(COUNTER, "again"), Holds(counts), 20, memory=1000)
    assert found.verdict is Verdict.UNKNOWN
    assert "the memory allowed (0 MB) does not do" in (found.reason or "")


def test_strong_fairness_is_not_weak_fairness():
    """In 0 go leads to 1 and back; only in 1 can halt lead to 2."""
    model = graph({"go": [(0, 1)], "turn": [(1, 0)], "halt": [(1, 2)], "stay": [(2, 2)]}, [0])
    eventually = Operator("F", (Now(at(2)),))
    assert [shown(model, Ltl(eventually, f, s))[1] for f, s in ((("halt",), ()), ((), ("halt",)))] == [False, True]


DEVICES = (
    spec("devices", 4)
    + """
property back recoverable all d in Device: state[d] == RUNNING from some d in Device: state[d] == ERROR
property lost expect violated recoverable errors == 0 from some d in Device: state[d] == ERROR
property mixed ctl AG (errors == 15 or EF EG errors == 15)
property calm expect violated ctl EF AG all d in Device: state[d] == RUNNING
property full ltl (G errors != 15) or F G errors == 15
"""
)
LOCK = (
    spec("peterson", 5)
    + """
property served (some i in int 0..4: place[i] == WAIT) leads to (some i in int 0..4: place[i] == CRITICAL)
  assuming fair begin, climb, sign, enter, rise
"""
)


@pytest.mark.skipif(KERNELS == [False], reason="there is no C compiler")
@pytest.mark.parametrize(
    ("text", "name", "engine", "numbers"),
    [
        (DEVICES, "back", "explicit", [(63_488, (25_072, 16, 63_488))]),
        (DEVICES, "lost", "explicit", [(63_488, (25_072, 2_401, 2_401))]),
        (DEVICES, "mixed", "temporal", [(63_488, (63_488, 63_488, 4_096, 63_488, 4_096))]),
        (DEVICES, "mixed", "diagrams", [(63_488, (63_488, 63_488, 4_096, 63_488, 4_096))]),
        (DEVICES, "calm", "temporal", [(63_488, (0, 0, 16))]),
        (DEVICES, "calm", "diagrams", [(63_488, (0, 0, 16))]),
        (DEVICES, "full", "temporal", [(135_983, (0, 0))]),
        (LOCK, "served", "explicit", [(344_805, (331_035, 11_145, 0))]),
    ],
)
def test_many_states_are_labelled(text, name, engine, numbers):
    model = machine(text)
    found = prop(model, name)
    answer = ENGINES[engine].solve(model, found.claim, Budget.of(120))
    assert answer.evidence == Labelling(tuple((Labels({}, *n),) for n in numbers))
    certified = certify(model, found, answer, 60)
    assert certified.verdict is (Verdict.REFUTED if found.expect_violated else Verdict.PROVED)
    assert certified.solver == "replay"
    (first,), *_ = answer.evidence.parts
    with pytest.raises(EvidenceRefused):
        certify(model, found, replace(answer, evidence=Labelling(((replace(first, states=first.states - 1),),))), 60)


@pytest.mark.skipif(KERNELS == [False], reason="there is no C compiler")
def test_the_command_says_how_many_states_were_labelled_again(tmp_path, capsys):
    path = tmp_path / "devices.arc"
    path.write_text(DEVICES)
    asked = [x for name in ("back", "mixed", "calm") for x in ("--property", name)]
    assert run(["check", "--no-cache", *asked, str(path)]) == 0
    assert "labelled again, 63,488 states" in capsys.readouterr().out


@pytest.mark.skipif(KERNELS == [False], reason="there is no C compiler")
def test_the_labeller_has_no_warnings():
    flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    command = [os.environ.get("CC") or "cc", *FLAGS[:2], *flags, str(PACKAGE / SOURCE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
