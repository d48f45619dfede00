"""Whatever goes wrong with the second solver, its answer is "unknown"; a verdict is then UNKNOWN."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cvc5
import pytest

from tests.checker.machines import machine, prop
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.checker.solver import Reply, Solver, shared
from verifier.evidence.evidence import Holds, Invariant

# Two functions that square roots would need: no answer within a time that a test can wait for.
ENDLESS = """
(set-logic ALL)
(declare-fun a () Int) (declare-fun b () Int) (declare-fun c () Int)
(assert (and (> a 1) (> b 1) (> c 1) (= (+ (* a a a) (* b b b)) (* c c c))))
(check-sat)
"""
ONE = machine("machine light\nvar on: bool = true\nrule keep { on' = on }\nproperty lit always on\n")
LIT = prop(ONE, "lit")
PROOF = Holds(Invariant((LIT.claim.condition,)))


@pytest.fixture
def solver():
    solver = Solver()
    yield solver
    solver.close()


def test_it_decides_and_says_who_it_is(solver):
    assert solver.check("(set-logic ALL)(declare-fun x () Bool)(assert x)(check-sat)", 5) == Reply("sat")
    assert solver.check("(set-logic ALL)(assert false)(check-sat)", 5) == Reply("unsat")
    assert solver.version == f"cvc5 {cvc5.__version__}"


def test_queries_share_nothing(solver):
    assert solver.check("(declare-fun x () Bool)(assert (and x (not x)))(check-sat)", 5).answer == "unsat"
    assert solver.check("(declare-fun x () Int)(assert (= x 3))(check-sat)", 5).answer == "sat"


NO_QUESTION = ["", "nonsense", "(check-sat", '(echo "unsat")', "(assert x)(check-sat)", "(check-sat)(check-sat)", "\0"]


@pytest.mark.parametrize("text", NO_QUESTION)
def test_what_is_no_question_is_not_answered(solver, text):
    assert solver.check(text, 5).answer == "unknown"
    assert solver.check("(assert false)(check-sat)", 5).answer == "unsat"


def test_the_time_limit_ends_a_query(solver):
    started = time.monotonic()
    assert solver.check(ENDLESS, 1).answer == "unknown"
    assert time.monotonic() - started < 10
    assert solver.check("(assert false)(check-sat)", 5).answer == "unsat"


def test_a_solver_killed_while_it_searches_answers_unknown(solver):
    solver.check("(check-sat)", 5)
    threading.Timer(0.3, os.kill, (solver._process.pid, signal.SIGKILL)).start()
    reply = solver.check(ENDLESS, 20)
    assert reply.answer == "unknown"
    assert "process failed" in reply.reason
    assert solver.check("(assert false)(check-sat)", 5).answer == "unsat"


def test_a_solver_that_hangs_is_killed(solver, monkeypatch):
    monkeypatch.setattr("verifier.checker.solver.GRACE", 0.2)
    solver.check("(check-sat)", 5)
    os.kill(solver._process.pid, signal.SIGSTOP)
    assert "killed" in solver.check("(assert false)(check-sat)", 0.2).reason
    long = f"; {'x' * 1_000_000}\n(assert false)(check-sat)"  # more than a pipe holds
    assert solver.check(long, 5).answer == "unsat"
    os.kill(solver._process.pid, signal.SIGSTOP)
    assert solver.check(long, 0.2).answer == "unknown"


class Stub:
    """Starts another program in the solver's place."""

    def __init__(self, monkeypatch, program: str) -> None:
        start = subprocess.Popen

        def stub(command, **options):
            return start([sys.executable, "-c", program], **options)

        monkeypatch.setattr("verifier.checker.solver.Popen", stub)


HELLO = "import sys, json; print(json.dumps({'version': 'stub'}), flush=True); q = json.loads(input()); "


@pytest.mark.parametrize(
    "program",
    [
        "",
        "print('unsat')",
        "import time; print('{}')",
        HELLO + "print('unsat')",
        HELLO + "print('\"unsat\"')",
        HELLO + "print('[]')",
        HELLO + "print(json.dumps({'id': 99, 'answer': 'unsat', 'reason': ''}))",
        HELLO + "print(json.dumps({'id': q['id'], 'answer': 'UNSAT', 'reason': ''}))",
        HELLO + "print(json.dumps({'id': q['id'], 'answer': True, 'reason': ''}))",
        HELLO + "print(json.dumps({'id': q['id'], 'reason': ''}))",
        HELLO + "print(chr(255) * 9)",
        HELLO + "sys.exit(3)",
    ],
)
def test_garbage_is_no_answer(solver, monkeypatch, program):
    Stub(monkeypatch, program)
    assert solver.check("(assert false)(check-sat)", 5).answer == "unknown"


def test_files_in_the_working_directory_are_not_imported(solver, monkeypatch, tmp_path):
    for name in ("cvc5", "json", "resource"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    assert solver.check("(assert false)(check-sat)", 5).answer == "unsat"


def test_an_undecided_obligation_leaves_the_verdict_open(solver, monkeypatch):
    assert certify(ONE, LIT, PROOF, 20, solver).verdict is Verdict.PROVED
    monkeypatch.setattr(Solver, "check", lambda *_: Reply("unknown", "out of time"))
    certified = certify(ONE, LIT, PROOF, 20, Solver())  # the other one has answered already
    assert (certified.verdict, certified.evidence) == (Verdict.UNKNOWN, None)
    assert all(word in certified.reason for word in ("out of time", "initiation"))


def test_without_time_left_nothing_is_certified(solver):
    certified = certify(ONE, LIT, PROOF, 0.0, solver)
    assert certified.verdict is Verdict.UNKNOWN
    assert "time" in certified.reason


def test_one_process_serves_a_whole_run_and_ends_with_it():
    assert shared() is shared()
    program = (
        "from verifier.checker.solver import shared\n"
        "assert shared().check('(check-sat)', 5).answer == 'sat'\n"
        "print(shared()._process.pid)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    time.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_a_question_that_was_answered_is_not_asked_again(solver, monkeypatch):
    asked, real = [], Solver.check
    monkeypatch.setattr(Solver, "check", lambda *query: asked.append(query) or Reply("unknown", "out of time"))
    assert certify(ONE, LIT, PROOF, 20, solver).verdict is Verdict.UNKNOWN
    monkeypatch.setattr(Solver, "check", lambda *query: asked.append(query) or real(*query))
    assert certify(ONE, LIT, PROOF, 20, solver).verdict is Verdict.PROVED
    before = len(asked)
    assert certify(ONE, LIT, PROOF, 20, solver).verdict is Verdict.PROVED
    assert len(asked) == before


def test_a_solver_that_was_prepared_is_the_one_that_answers(solver):
    solver.prepare()
    process = solver._process
    solver.prepare()
    assert solver.check("(assert false)(check-sat)", 5).answer == "unsat"
    assert solver._process is process
    assert solver.version.startswith("cvc5 ")
