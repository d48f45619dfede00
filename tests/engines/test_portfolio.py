"""Engines side by side: the same answers in the same order, and what happens where they disagree."""

import json
import multiprocessing
import time
from dataclasses import dataclass, replace

import pytest

from verifier import deciding, pipeline
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.cli.main import run
from verifier.diagnostics import Source
from verifier.engines import portfolio
from verifier.engines.engine import Attempt, Budget
from verifier.engines.known import strengthened
from verifier.engines.portfolio import attempts
from verifier.engines.race import race
from verifier.evidence.evidence import Holds, Invariant, Unknown, Violated
from verifier.request import Request

SPEC = """machine counter

var n: bits[5] = 0
var odd: bool = false
rule step when n < 20 { n' = n + 1 odd' = not odd }
property parity always odd iff (n in {1, 3, 5, 7, 9, 11, 13, 15, 17, 19})
property small never n == 20 expect violated
"""


@pytest.fixture(scope="module")
def model():
    return pipeline.model_of(Source("counter.arc", SPEC))


@dataclass(frozen=True)
class Fixed:
    """An engine that gives one answer, after a while."""

    name: str
    answer: object
    seconds: float = 0.0

    def handles(self, model, claim):
        return None

    def solve(self, model, claim, budget):
        time.sleep(self.seconds)
        return self.answer


def tried(engine, model, claim, budget):
    return Attempt(engine.name, engine.solve(model, claim, budget), 0.0)


def test_attempts_come_in_the_order_of_the_engines_however_long_each_takes(model):
    engines = [Fixed("slow", Unknown("slow"), 1.0), Fixed("fast", Unknown("fast")), Fixed("last", Unknown("last"))]
    found = list(race(engines, model, model.properties[0].claim, Budget.of(60), 3, tried))
    assert [a.engine for a in found] == ["slow", "fast", "last"]


def test_a_race_that_is_closed_leaves_no_process(model):
    engines = [Fixed("fast", Unknown("fast")), Fixed("slow", Unknown("slow"), 300.0)]
    before = set(multiprocessing.active_children())
    running = race(engines, model, model.properties[0].claim, Budget.of(600), 2, tried)
    assert next(running).engine == "fast"
    assert set(multiprocessing.active_children()) - before
    running.close()
    assert set(multiprocessing.active_children()) <= before


def test_engines_at_the_same_time_give_the_answers_of_one_after_the_other(model, monkeypatch):
    monkeypatch.setattr(portfolio, "ROUNDS", ((), portfolio.ROUNDS[1][:1] + portfolio.ROUNDS[1][2:3]))
    for prop in model.properties:
        alone, together = (
            [(a.engine, a.answer) for a in attempts(model, prop.claim, Budget.of(60), racers=n)] for n in (1, 2)
        )
        assert alone == together
        assert alone


def test_a_wrong_engine_ends_the_run_with_a_file_that_reproduces_it(monkeypatch, tmp_path):
    wrong = Fixed("wrong", Holds(Invariant(())))
    monkeypatch.setattr(portfolio, "ROUNDS", ((wrong,),))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counter.arc").write_text(SPEC)
    assert run(["check", "counter.arc", "--property", "small"]) == 4
    kept = json.loads((tmp_path / "arcproof-contradiction-counter-small.json").read_text())
    assert kept["spec"]["text"] == SPEC
    assert kept["answers"] == [
        {"engine": "wrong", "answer": "holds", "evidence": {"kind": "invariant", "conjuncts": []}}
    ]


def test_engines_that_disagree_are_found_when_all_are_asked(model, monkeypatch):
    proof = certify(model, model.properties[0], Unknown("none"), 1.0)
    refuted = replace(proof, property=model.properties[1], verdict=Verdict.REFUTED)
    proved = replace(refuted, verdict=Verdict.PROVED)
    assert deciding._disagree(proved, refuted)
    assert not deciding._disagree(refuted, refuted)
    assert not deciding._disagree(proved, replace(proved, verdict=Verdict.VACUOUS))


def test_all_engines_agree_on_the_example(model):
    reports = pipeline.check(model, Request(engine="all", timeout=20)).properties
    assert [r.certified.verdict for r in reports[-2:]] == [Verdict.PROVED, Verdict.REFUTED]
    assert {"ic3", "explicit"} <= set(reports[-1].engine.split(", "))


TWO = """machine two

var a: bits[8] = 0
var b: bits[8] = 0
rule both when a < 200 { a' = a + 1 b' = b + 1 }
rule low when a == b { a' = b }
rule jump when a != b { a' = 255 }
property same always a == b
property end never a == 255
"""


def test_what_is_proved_is_part_of_the_certificate_that_uses_it():
    model = pipeline.model_of(Source("two.arc", TWO))
    same, end = model.properties
    alone = next(attempts(model, end.claim, Budget.of(20), "kinduction"))
    assert not isinstance(alone.answer, Violated)
    helped = next(strengthened(attempts, ((same.claim.condition,),))(model, end.claim, Budget.of(20), "ic3"))
    assert isinstance(helped.answer, Holds)
    assert same.claim.condition in helped.answer.evidence.conjuncts
    assert certify(model, end, helped.answer, 20.0).verdict is Verdict.PROVED


DOWN = """machine down

var a: int 0..9 = 6
var b: int 0..9 = 3
rule step when a > 0 and b > 0 { a' = a - 2  b' = b - 1 }
rule stray when a != 2 * b { b' = 9 }
property double always a == 2 * b
property ends a > 0 leads to a == 0
property back recoverable a == 0 from a > 0
"""


@pytest.mark.parametrize(
    ("engine", "name"), [("diagrams", "ends"), ("ranking", "ends"), ("liveness", "ends"), ("diagrams", "back")]
)
def test_every_kind_of_proof_stands_alone_with_what_is_known(engine, name):
    model = pipeline.model_of(Source("down.arc", DOWN))
    double, claimed = (next(p for p in model.properties if p.name == n) for n in ("double", name))
    helped = next(strengthened(attempts, ((double.claim.condition,),))(model, claimed.claim, Budget.of(20), engine))
    assert isinstance(helped.answer, Holds)
    assert certify(model, claimed, helped.answer, 20.0).verdict is Verdict.PROVED
