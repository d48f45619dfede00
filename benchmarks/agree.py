"""Do SPIN and Rumur find what the semantics says? `python -m benchmarks.agree --machines 2000 [--keep FILE]`

Random machines are exported to Promela and Murphi. Both peers must count the same states, and give the same verdict
on every property that their language has words for, as a search by the reference semantics.

Many machines go into one program, since compiling takes longer than checking. In SPIN's an environment variable says
which of them is run; in Rumur's all are run at once, and are told apart by `cover` properties. With --keep, what each
batch gave is kept in a file, and a run that was broken off goes on from there.

`python -m benchmarks.agree --families [FAMILY=N,N ...]`: both peers on machines of `benchmarks.families`, against the
count of `arcproof stats` and the verdicts of `arcproof check`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.families import FAMILIES, spec
from tests.exchange.machines import drawn
from verifier import check, pipeline
from verifier.checker.certified import Verdict
from verifier.diagnostics import Source
from verifier.evidence.evidence import Closure
from verifier.exchange import expressions as e
from verifier.exchange.export import export, flatten
from verifier.exchange.expressions import Node
from verifier.exchange.machine import Check, Flat, Linear, Question, Reach, Recovery, Response
from verifier.exchange.murphi import NOTATION as MURPHI
from verifier.exchange.murphi import declarations as variables
from verifier.exchange.murphi import rules, start_states
from verifier.exchange.promela import body, claims, declarations
from verifier.model.claims import InRange
from verifier.model.model import Model
from verifier.semantics.claims import has_ranges
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.graph import key
from verifier.semantics.listing import valuation_list
from verifier.semantics.reachable import holds_on
from verifier.semantics.run import initial_states, successors
from verifier.stats import limits_of, stats

PEERS = ("spin", "rumur")
LARGE = 1500
"""Machines with more states are left out: the reference semantics is slow."""

FEW = 4
"""How many machines Rumur gets at a time: its verifiers grow with the square."""

C = ("cc", "-w", "-O0")

DEPTH = 1_000_000
"""How long a path SPIN can follow: its search is cut off, and refused, where there is a longer one."""


class TooLarge(Exception):
    """The machine has more than LARGE states."""


@dataclass(frozen=True)
class Found:
    """The number of states (None: it means nothing, for an int leaves its range), and whether each property holds."""

    states: int | None
    holds: Mapping[str, bool]


def missing() -> list[str]:
    """Return the peers, and the compiler, that are not installed."""
    return [p for p in (*PEERS, "cc") if shutil.which(p) is None]


def expected(model: Model) -> Found:
    """Return what the semantics says. Raises TooLarge."""
    try:
        closure = Closure(tuple(_members(model)))
    except RangeError:
        return Found(None, {"int_ranges": False})
    if has_ranges(model) and not holds_on(model, InRange(), closure, lambda: None):
        return Found(None, {"int_ranges": False})
    holds = {p.name: holds_on(model, p.claim, closure, lambda: None) for p in model.properties}
    return Found(len(closure.members), holds | ({"int_ranges": True} if has_ranges(model) else {}))


def _members(model: Model) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
    for parameters in valuation_list(model):
        setting = Setting(model, parameters)
        states = {key(setting, s): s for s in initial_states(setting)}
        queue = list(states.values())
        for state in queue:
            for step in successors(setting, state):
                if key(setting, step.state) not in states:
                    states[key(setting, step.state)] = step.state
                    queue.append(step.state)
            if len(states) > LARGE:
                raise TooLarge
        yield from ((parameters, s) for s in states.values())


def found_by_arcproof(model: Model) -> Found:
    """Return what arcproof says of a machine that is too large for the reference semantics."""
    states = stats(model, limits_of(600, None, 1, None)).total
    assert states.incomplete is None
    verdicts = {r.certified.property.name: r.certified.verdict for r in check(model, timeout=600).properties}
    assert set(verdicts.values()) <= {Verdict.PROVED, Verdict.REFUTED}
    return Found(states.states, {n: v is Verdict.PROVED for n, v in verdicts.items()})


def run(command: Sequence[str], folder: Path, **environment: str) -> str:
    """Return what a command prints. Raises RuntimeError where it fails in another way than by a violation."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def compiled(command: Sequence[str], folder: Path) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0 or "Error" in done.stdout + done.stderr:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def spin(folder: Path, names: Sequence[str], responses: Sequence[str], extra: int, **environment: str) -> Found:
    """Return what the verifier compiled from `model.pml` says; `extra` states are not the machine's."""
    output = run(("./safety", "-c0", f"-m{DEPTH}", "-w16"), folder, **environment)
    if "max search depth too small" in output:
        raise RuntimeError("SPIN's search was cut off")
    violated = set(re.findall(r"assertion violated \(?holds_(\w+)", output))
    stored = re.search(r"(\d+) states, stored", output)
    if stored is None:
        raise RuntimeError(output)
    holds = {n: n not in violated for n in names}
    for name in responses:
        output = run(("./runs", "-a", f"-m{DEPTH}", "-w16", "-N", name), folder, **environment)
        if "max search depth too small" in output and "errors: 0" in output:
            raise RuntimeError("SPIN's search was cut off")
        holds[name] = "errors: 0" in output
    return Found(int(stored[1]) - extra, holds)


def compile_spin(text: str, folder: Path, with_responses: bool) -> None:
    """Make `safety`, and `runs` for the responses, of a Promela program."""
    (folder / "model.pml").write_text(text, encoding="utf-8")
    compiled(("spin", "-a", "-o1", "-o2", "model.pml"), folder)
    compiled((*C, "-DSAFETY", "-DNOREDUCE", "-o", "safety", "pan.c"), folder)
    if with_responses:
        compiled(("spin", "-a", "-o1", "-o2", "-DRUNS", "model.pml"), folder)
        compiled((*C, "-DNOREDUCE", "-o", "runs", "pan.c"), folder)


def rumur(text: str, folder: Path) -> ElementTree.Element:
    """Return the document that Rumur's verifier of a Murphi model prints."""
    (folder / "model.m").write_text(text, encoding="utf-8")
    options = ("--deadlock-detection", "off", "--value-type", "int32_t", "--max-errors", "10000", "--threads", "1")
    shown = ("--output-format", "machine-readable", "--counterexample-trace", "off")
    compiled(("rumur", *options, *shown, "-o", "m.c", "model.m"), folder)
    compiled((*C, "-mcx16", "-o", "m", "m.c", "-lpthread"), folder)
    return ElementTree.fromstring(run(("./m",), folder))


def names_of(machine: Flat, *kinds: type[Question]) -> list[str]:
    """Return the names of the questions of some kinds."""
    return [q.name for q in machine.questions if isinstance(q, kinds)]


def alone(model: Model, folder: Path, asked: Collection[str]) -> Iterator[tuple[str, Found]]:
    """Yield what each peer says of one machine, from the text that a user gets. Rumur, which names only the first
    check that a state violates, is run once for each of the properties `asked`."""
    machine = flatten(model, model.properties)
    compile_spin(export(model, "promela").text, folder, True)
    yield (
        "spin",
        spin(folder, names_of(machine, Check), names_of(machine, Response, Linear), int(len(machine.initial) > 1)),
    )
    states: int | None = None
    holds: dict[str, bool] = {}
    for prop in (None, *(p for p in model.properties if p.name in asked)):
        exported = export(model, "murphi", [prop] if prop else [])
        if prop is None or prop.name not in {o.name for o in exported.omitted}:
            answer = rumur(exported.text, folder)
            found = {m.text or "" for m in answer.iter("message")}
            summary = answer.find("summary")
            assert summary is not None
            wrong = int(summary.attrib["errors"]) > 0
            if prop is None:
                states, broken = int(summary.attrib["states"]), any("int_ranges" in f for f in found)
                holds |= {n: not broken for n in names_of(machine, Check) if n == "int_ranges"}
                if broken:
                    break
            else:
                holds[prop.name] = not wrong
    yield "rumur", Found(states, holds)


@dataclass(frozen=True)
class Batch:
    """Several machines in one program: their questions have names of their own."""

    machines: tuple[Flat, ...]

    @staticmethod
    def of(models: Sequence[Model]) -> Batch:
        """Return the batch of these models."""
        return Batch(tuple(_named(flatten(m, m.properties, f"m{i}_"), f"m{i}_") for i, m in enumerate(models)))

    def promela(self) -> str:
        """Return the program for SPIN. The environment variable MACHINE says which machine is run."""
        lines = ["c_decl {", r"\#include <stdlib.h>", "static int chosen;"]
        lines += ['__attribute__((constructor)) static void choose(void) { chosen = atoi(getenv("MACHINE")); }', "}"]
        lines += dict.fromkeys(line for m in self.machines for line in declarations(m))
        lines += ["active proctype Batch() {", "if"]
        for number, machine in enumerate(self.machines):
            lines += [f":: c_expr {{ chosen == {number} }} ->", *body(machine, f"end_{number}")]
        lines += ["fi", "}"]
        for number, machine in enumerate(self.machines):
            lines += claims(machine, f"Batch@end_{number}")
        return "\n".join(lines) + "\n"

    def murphi(self) -> str:
        """Return the model for Rumur, with a variable that says which machine it is. One more machine, of one state,
        satisfies every condition that is counted: Rumur looks at liveness only where no count is 0."""
        more = len(self.machines)
        lines = [f"var machine: 0..{more};", f'startstate "more" begin machine := {more}; end;']
        for machine in self.machines:
            lines += variables(machine)
        for number, machine in enumerate(self.machines):
            lines += (s.replace("begin", f"begin machine := {number};", 1) for s in start_states(machine))
            lines += rules(machine, f"machine = {number} & {MURPHI.text(_defined(machine))} & ")
            lines.append(f'cover "states {number}" machine = {number} | machine = {more};')
            lines += filter(None, (_asked(number, more, q) for q in machine.questions))
        return "\n".join(lines) + "\n"


def _defined(machine: Flat) -> Node:
    """Return the condition under which no int leaves its range: there Rumur gives up the whole search."""
    return e.and_(*(q.good for q in machine.questions if isinstance(q, Check) and q.name.endswith("int_ranges")))


def _named(machine: Flat, prefix: str) -> Flat:
    return replace(machine, questions=tuple(replace(q, name=prefix + q.name) for q in machine.questions))


def _asked(number: int, more: int, question: Question) -> str | None:
    counted = f'cover "{question.name}" machine = {more} | machine = {number} & '
    match question:
        case Check():
            return f"{counted}{MURPHI.text(e.not_(question.good))};"
        case Reach():
            return f"{counted}{MURPHI.text(question.goal)};"
        case Recovery():
            return f'liveness "{question.name}" machine != {number} | {MURPHI.text(question.goal)};'
    return None


def together(models: Sequence[Model], folder: Path) -> Iterator[tuple[int, str, Found]]:
    """Yield what each peer says of each of several machines."""
    for number, found in enumerate(_of_spin(models, folder)):
        yield number, "spin", found
    for first in range(0, len(models), FEW):
        for number, found in enumerate(_of_rumur(models[first : first + FEW], folder), first):
            yield number, "rumur", found


def _of_spin(models: Sequence[Model], folder: Path) -> Iterator[Found]:
    batch = Batch.of(models)
    compile_spin(batch.promela(), folder, any(names_of(m, Response, Linear) for m in batch.machines))
    for number, machine in enumerate(batch.machines):
        extra = 1 + (len(machine.initial) > 1)
        names = names_of(machine, Check), names_of(machine, Response, Linear)
        yield _plain(spin(folder, *names, extra, MACHINE=str(number)), number)


def _of_rumur(models: Sequence[Model], folder: Path) -> Iterator[Found]:
    batch = Batch.of(models)
    answer = rumur(batch.murphi(), folder)
    covered = {c.attrib["message"]: int(c.attrib["count"]) - 1 for c in answer.iter("cover_result")}
    messages = " ".join(m.text or "" for m in answer.iter("message"))
    for number, machine in enumerate(batch.machines):
        holds = {n: covered[n] == 0 for n in names_of(machine, Check)}
        holds |= {n: covered[n] > 0 for n in names_of(machine, Reach)}
        holds |= {n: f'"{n}" violated' not in messages for n in names_of(machine, Recovery)}
        yield _plain(Found(covered[f"states {number}"], holds), number)


def _plain(found: Found, number: int) -> Found:
    return Found(found.states, {n.removeprefix(f"m{number}_"): v for n, v in found.holds.items()})


@dataclass
class Tally:
    """What was compared, and where the peers and the semantics differ."""

    machines: int = 0
    states: int = 0
    verdicts: int = 0
    violated: int = 0
    too_large: int = 0
    empty: int = 0
    ill_ranged: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what another process compared."""
        for name in ("machines", "states", "verdicts", "violated", "too_large", "empty", "ill_ranged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences += other.differences

    def compare(self, where: str, wanted: Found, found: Found) -> None:
        """Compare what a peer found with what is expected."""
        if wanted.states is not None and wanted.states != found.states:
            self.differences.append(f"{where}: {found.states} states, expected {wanted.states}")
        for name in wanted.holds.keys() & found.holds.keys():
            self.verdicts += 1
            self.violated += not wanted.holds[name]
            if wanted.holds[name] != found.holds[name]:
                self.differences.append(f"{where}, {name}: {found.holds[name]}, expected {wanted.holds[name]}")


def compared(start: int, number: int) -> Tally:
    """Compare so many machines drawn from one seed, in one program."""
    return compared_all(drawn(number, start), f"seed {start}, machine")


def compared_all(drawn_models: Sequence[Model], where: str) -> Tally:
    """Compare these machines, in one program."""
    tally = Tally()
    models: list[tuple[int, Model]] = []
    wanted: list[Found] = []
    for place, model in enumerate(drawn_models):
        try:
            found = expected(model)
        except TooLarge:
            tally.too_large += 1
            continue
        if found.states == 0:  # refused by the export: neither language has a machine without an initial state
            tally.empty += 1
            continue
        models.append((place, model))
        wanted.append(found)
    tally.machines = len(models)
    tally.states = sum(w.states or 0 for w in wanted)
    tally.ill_ranged = sum(w.states is None for w in wanted)
    with tempfile.TemporaryDirectory() as folder:
        for number, peer, found in together([m for _, m in models], Path(folder)) if models else ():
            tally.compare(f"{where} {models[number][0]}, {peer}", wanted[number], found)
    return tally


def family(name: str, size: int) -> Tally:
    """Compare what the peers say of a machine of a family with what arcproof says."""
    model = pipeline.model_of(Source(f"{name}{size}.arc", spec(name, size)))
    wanted = found_by_arcproof(model)
    tally = Tally(machines=1, states=wanted.states or 0)
    with tempfile.TemporaryDirectory() as folder:
        for peer, found in alone(model, Path(folder), wanted.holds):
            tally.compare(f"{name} {size}, {peer}", wanted, found)
    return tally


SMALL: Mapping[str, tuple[int, ...]] = {
    "devices": (2, 3, 4), "philosophers": (4, 6, 8), "peterson": (2, 3, 4), "counters": (3, 4, 5), "irregular": (2,),
    "toy": (3,),
}  # fmt: skip
"""The machines of each family that `--families` compares by itself: of up to some 100,000 states."""


def _family_sizes(arguments: Sequence[str]) -> Iterator[tuple[str, int]]:
    for argument in arguments or FAMILIES:
        name, _, sizes = argument.partition("=")
        if name not in FAMILIES:
            raise SystemExit(f"{argument}: expected FAMILY=N,N of {', '.join(FAMILIES)}")
        yield from ((name, int(s)) for s in (sizes.split(",") if sizes else SMALL[name]))


def _compare_families(arguments: Sequence[str]) -> int:
    total = Tally()
    for name, size in _family_sizes(arguments):
        tally = family(name, size)
        total.add(tally)
        print(f"{name} {size}: {tally.states:,} states, {tally.verdicts} verdicts", *tally.differences, sep="\n  ")
    print(f"{total.machines} machines, {total.verdicts} verdicts compared; {len(total.differences)} differences")
    return 1 if total.differences else 0


def batches(options: argparse.Namespace) -> Iterator[Tally]:
    """Yield what each batch gives, as it comes; those that the file of --keep has are not computed again."""
    count = -(-options.machines // options.batch)
    sizes = [min(options.batch, options.machines - i * options.batch) for i in range(count)]
    wanted = dict(zip(range(options.seed, options.seed + count), sizes, strict=True))
    kept = Path(options.keep) if options.keep else None
    for line in kept.read_text(encoding="utf-8").splitlines() if kept and kept.exists() else ():
        entry = json.loads(line)
        if wanted.get(entry["seed"]) == entry["size"]:
            del wanted[entry["seed"]]
            yield Tally(**entry["tally"])
    with ProcessPoolExecutor(options.jobs) as pool:
        started = {pool.submit(compared, seed, size): (seed, size) for seed, size in wanted.items()}
        for done in as_completed(started):
            if kept:
                seed, size = started[done]
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": seed, "size": size, "tally": asdict(done.result())}) + "\n")
            yield done.result()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agree", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--machines", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=20, help="how many machines go into one program")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", metavar="FILE", help="where to keep what was compared, and to go on from")
    parser.add_argument("--families", nargs="*", metavar="FAMILY=N,N", help="compare these, and no random machines")
    return parser.parse_args()


def main() -> int:
    """Compare, print what was compared, and return 1 iff there is a difference."""
    options = _options()
    if absent := missing():
        print(f"not installed: {', '.join(absent)} (apt-get install spin rumur gcc)", file=sys.stderr)
        return 2
    if options.families is not None:
        return _compare_families(options.families)
    started, total = time.monotonic(), Tally()
    for tally in batches(options):
        total.add(tally)
        print(*tally.differences, sep="\n", end="\n" if tally.differences else "", flush=True)
        print(f"\r{total.machines} machines, {len(total.differences)} differences", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(
        f"{total.machines} machines with {total.states} states ({total.ill_ranged} in which an int leaves its range), "
        f"{total.too_large} more were too large, {total.empty} had no initial state; "
        f"{total.verdicts} verdicts compared, {total.violated} of them violated; "
        f"{len(total.differences)} differences; {time.monotonic() - started:.0f} s"
    )
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main())
