"""arcproof against SPIN, Rumur, ABC and NuSMV on the same machines: `python -m benchmarks.peers [FAMILY=N,N ...]`

Every program is started as a user would, from the model to the verdict, compilers included; one after the other, so
many times over, and then again. The tables show medians, and the ratios within each round to the fastest engine of
arcproof in that round: their median, and from the least to the greatest. Steady rates are those by which a program's
time grows from one size to the next: start and compilers do not count. Bytes a state are the growth of the peak of
resident memory, likewise; a peak is never less than what this program takes itself. The last table puts the medians of
all sizes side by side: how time grows with N.

A program that is over the limit, or takes more than half of it, is not run again, and one that is over it at one size
is not tried at a larger one. Sizes that are too large for any search state by state are left to the others. No program
gets more than three quarters of the memory of the machine.

The peers' models are those of `benchmarks.peer_models`. SPIN and Rumur search on one thread. NuSMV has three rows: one
relation, the same with its variables reordered as it goes, and an assignment for each variable. `-coi`, `-df`, `-AG`,
`-iwls95` and `-thresh` make no difference to any of these machines. LTSmin and TLC could not be had.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from benchmarks.families import FAMILIES, spec
from benchmarks.peer_models import model, text
from verifier.model.claims import NoDeadlock

SIZES: Mapping[str, tuple[int, ...]] = {
    "toy": (3,), "devices": (2, 5, 6), "philosophers": (4, 8, 10), "peterson": (3, 4, 5), "counters": (4, 6, 7),
    "irregular": (1,),
}  # fmt: skip

BEYOND: Mapping[str, tuple[int, ...]] = {"devices": (8, 16), "philosophers": (16, 20), "counters": (8, 16)}
"""Sizes at which states cannot be visited one by one."""

VISITING = ("spin", "rumur", "arcproof stats", "arcproof explicit")
"""Programs that visit the states one by one."""

SMALL = "it is a small program that starts at once, and nobody checks its proof again"

WHY: Mapping[str, str] = {
    "spin": "it is a compiled search, which pays where states are irregular and nothing needs to be proved again",
    "rumur": "it is a compiled search, which pays where states are irregular and nothing needs to be proved again",
    "nusmv": SMALL,
    "nusmv reordered": SMALL,
    "nusmv assignments": SMALL,
    "abc pdr": f"{SMALL}; it works on bits",
    "arcproof explicit": "nothing is compiled for the model: one kernel looks up tables",
    "arcproof diagrams": "sets of states are handled whole",
    "arcproof ic3": "no state is visited: a short invariant is found, bit by bit",
    "arcproof kinduction": "no state is visited: the property is inductive, or nearly so",
    "arcproof portfolio": "the right engine is among the first that are tried",
}
"""Why a program is ahead where it is."""

ENGINES = ("explicit", "diagrams", "ic3", "kinduction", "portfolio")
ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
"""Compiled modules are kept, as they are unless somebody forbids it: no run but the first one compiles arcproof."""
MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4

NUSMV: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nusmv": ("smv", ()), "nusmv reordered": ("smv", ("-dynamic",)),
    "nusmv assignments": ("smv-assignments", ("-dynamic", "-mono")),
}  # fmt: skip
"""Languages and flags: the fastest that were found, with and without reordering, for either way to write a machine."""

PROGRAMS = ("spin", "rumur", "yosys", "yosys-abc", "NuSMV", "cc")
"""What the peers are called on PATH."""

YOSYS = (
    "read_verilog -formal model.v; prep -flatten -top top; opt -full; wreduce; techmap; abc -g AND; opt_clean; "
    "setundef -zero -undriven; dffunmap; aigmap; write_aiger -zinit model.aig"
)


@dataclass(frozen=True)
class Outcome:
    """What a program, or a chain of programs, took and said: seconds by the clock and of processors, bytes at the peak
    of the last of them, and the verdict (`holds`, or why there is none); states and transitions, where it counts
    them."""

    seconds: float
    processor: float
    peak: int
    verdict: str
    states: int | None = None
    transitions: int | None = None


@dataclass(frozen=True)
class Tool:
    """A chain of commands; `read` gets what they print. `language` is that of the model that they need."""

    name: str
    language: str
    file: str
    commands: tuple[tuple[str, ...], ...]
    read: Callable[[str], tuple[str, int | None, int | None]]


def measured(tool: Tool, folder: Path, limit: float) -> Outcome:
    """Run a tool in a folder that has the model, for at most so many seconds, in three quarters of the memory."""
    started, printed, processor, peak = time.monotonic(), "", 0.0, 0
    for command in tool.commands:
        with (folder / "printed").open("w+b") as out:
            process = subprocess.Popen(
                ("sh", "-c", f'ulimit -v {MEMORY >> 10}; exec "$@"', "sh", *command), cwd=folder, stdout=out,
                stderr=subprocess.STDOUT, env=ENVIRONMENT,
            )  # fmt: skip
            timer = threading.Timer(max(0.1, limit - (time.monotonic() - started)), process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            printed += out.read().decode(errors="replace")
            processor, peak = processor + usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
        if process.returncode == -9:
            return Outcome(time.monotonic() - started, processor, peak, f"over {limit:.0f} s")
    verdict, states, transitions = tool.read(printed)
    if verdict == "failed":
        print(f"{tool.name} failed:", *printed.strip().splitlines()[-3:], sep="\n  ", file=sys.stderr)
    return Outcome(time.monotonic() - started, processor, peak, verdict, states, transitions)


def _last(pattern: str, printed: str) -> int | None:
    """Return the number in the last place that matches: what comes before is progress."""
    found = re.findall(pattern, printed)
    return int(found[-1]) if found else None


def _spin(printed: str) -> tuple[str, int | None, int | None]:
    whole = "errors: 0" in printed and "max search depth too small" not in printed
    counts = _last(r"(\d+) states, stored", printed), _last(r"(\d+) transitions", printed)
    return ("holds" if whole else "failed", *counts)


def _rumur(printed: str) -> tuple[str, int | None, int | None]:
    counts = _last(r"(\d+) states", printed), _last(r"(\d+) rules fired", printed)
    return ("holds" if "No error found" in printed else "failed", *counts)


def _abc(printed: str) -> tuple[str, int | None, int | None]:
    return ("holds" if "Property proved" in printed else "failed", None, None)


def _nusmv(printed: str) -> tuple[str, int | None, int | None]:
    verdicts = re.findall(r"^-- invariant .* is (true|false)$", printed, re.MULTILINE)
    return ("holds" if verdicts == ["true"] else "failed", None, None)


def _arcproof(printed: str) -> tuple[str, int | None, int | None]:
    words = re.findall(r"\b(PROVED|REFUTED|VACUOUS|BOUNDED|UNKNOWN)\b", printed)
    return ("holds" if words and set(words) == {"PROVED"} else " ".join(sorted(set(words))) or "failed", None, None)


def _stats(printed: str) -> tuple[str, int | None, int | None]:
    row = re.search(r"all states +([\d,]+) +([\d,]+)", printed)
    counts = (int(row[1].replace(",", "")), int(row[2].replace(",", ""))) if row else (None, None)
    return ("failed" if row is None or "incomplete" in printed else "counted", *counts)


def tools(names: Sequence[str], limit: float) -> Iterator[Tool]:
    """Yield the tools: the peers that are installed, what counts in arcproof, and its engines on these properties."""
    pan = "-O2", "-DSAFETY", "-DNOREDUCE", "-DNOCLAIM", "-DNOFAIR", "-w", "-o", "pan", "pan.c"
    spin = ("spin", "-a", "-o1", "-o2", "model.pml"), ("cc", *pan), ("./pan", "-m4000000", "-w24")
    checker = "rumur", "--deadlock-detection", "off", "--threads", "1", "-o", "m.c", "model.m"
    rumur = checker, ("cc", "-O3", "-w", "-march=native", "-mcx16", "-o", "m", "m.c", "-lpthread"), ("./m",)
    abc = ("yosys", "-q", "-p", YOSYS), ("yosys-abc", "-c", "read_aiger model.aig; strash; pdr")
    command = sys.executable, "-m", "verifier"
    check = (*command, "check", "model.arc", "--no-cache", "--jobs", "1", "--timeout", f"{limit:.0f}", *_asked(names))
    if shutil.which("spin"):
        yield Tool("spin", "promela", "model.pml", spin, _spin)
    if shutil.which("rumur"):
        yield Tool("rumur", "murphi", "model.m", rumur, _rumur)
    if shutil.which("NuSMV"):
        for name, (language, flags) in NUSMV.items():
            yield Tool(name, language, f"{language}.smv", (("NuSMV", "-s", *flags, f"{language}.smv"),), _nusmv)
    if shutil.which("yosys") and shutil.which("yosys-abc"):
        yield Tool("abc pdr", "verilog", "model.v", abc, _abc)
    yield Tool("arcproof stats", "arc", "model.arc", ((*command, "stats", "model.arc"),), _stats)
    for engine in ENGINES:
        chosen = () if engine == "portfolio" else ("--engine", engine)
        yield Tool(f"arcproof {engine}", "arc", "model.arc", ((*check, *chosen),), _arcproof)


def _asked(names: Sequence[str]) -> list[str]:
    return [word for name in names for word in ("--property", name)]


@dataclass(frozen=True)
class Table:
    """All rounds for one machine: for each tool its outcomes, in the order of the rounds."""

    family: str
    size: int
    rounds: Mapping[str, list[Outcome]]

    def seconds(self, tool: str) -> float:
        """Return the median time of a tool."""
        return statistics.median(o.seconds for o in self.rounds[tool])

    @property
    def counts(self) -> tuple[int, int] | None:
        """The states and transitions, by arcproof's own count where it has one."""
        counted = (o for t in ("arcproof stats", "rumur", "spin") for o in self.rounds.get(t, ()))
        return next(((o.states, o.transitions) for o in counted if o.states and o.transitions), None)

    def ratios(self, tools: Iterable[str], others: Iterable[str], spent: Callable[[Outcome], float]) -> list[float]:
        """Return what the fastest of some tools that decide spent over that of others, for each round with both."""
        return [a / b for a, b in zip(self.least(tools, spent), self.least(others, spent), strict=True) if a and b]

    def least(self, tools: Iterable[str], spent: Callable[[Outcome], float]) -> list[float | None]:
        """Return what the fastest deciding tool spent in each round; None where no tool decides."""
        used = [self.rounds[t] for t in tools if t in self.rounds]
        rounds = range(len(next(iter(self.rounds.values()))))
        return [min((spent(o[i]) for o in used if o[i].verdict == "holds"), default=None) for i in rounds]

    @property
    def engines(self) -> list[str]:
        """The names of what decides in arcproof."""
        return [tool for tool in self.rounds if _is_engine(tool)]


def seconds(outcome: Outcome) -> float:
    """Return the time by the clock."""
    return outcome.seconds


def spread(ratios: Sequence[float]) -> str:
    """Return the median, the least and the greatest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""


def _is_engine(tool: str) -> bool:
    return tool.startswith("arcproof ") and tool != "arcproof stats"


def measure(family: str, size: int, runs: int, limit: float, lost: Set[str]) -> Table:
    """Measure all tools but those that are `lost` on one machine, round by round."""
    holding = [p.name for p in model(family, size).properties if not isinstance(p.claim, NoDeadlock)]
    beyond = size in BEYOND.get(family, ())
    used = [t for t in tools(holding, limit) if t.name not in lost and not (beyond and t.name in VISITING)]
    rounds: dict[str, list[Outcome]] = {t.name: [] for t in used}
    with tempfile.TemporaryDirectory() as folder:
        for tool in used:
            written = spec(family, size) if tool.language == "arc" else text(family, size, tool.language)
            Path(folder, tool.file).write_text(written, encoding="utf-8")
        for _ in range(runs):
            for tool in used:
                last = rounds[tool.name][-1:]
                if not last or last[0].seconds < limit / 2:
                    last = [measured(tool, Path(folder), limit)]
                rounds[tool.name] += last
    return Table(family, size, rounds)


def shown(table: Table, smaller: Table | None) -> Iterator[str]:
    """Yield the lines of a table; `smaller` is that of the next smaller size."""
    counts = table.counts
    sizes = f", {counts[0]:,} states, {counts[1]:,} transitions" if counts else ""
    yield f"### {table.family} {table.size}{sizes}"
    yield ""
    yield "| | verdict | seconds | of the fastest engine | peak MB | states/s | transitions/s | bytes/state |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for tool, outcomes in table.rounds.items():
        ratios = table.ratios([tool], table.engines, seconds)
        peak = statistics.median(o.peak for o in outcomes)
        figures = (f"{table.seconds(tool):.2f}", spread(ratios), f"{peak / 1e6:.0f}", *_growth(table, smaller, tool))
        yield f"| {tool} | {outcomes[-1].verdict} | {' | '.join(figures)} |"
    yield ""
    yield from _comparison(table)


def _growth(table: Table, smaller: Table | None, tool: str) -> tuple[str, str, str]:
    """Return states and transitions a second, and bytes a state, from one size to the next."""
    counts, before = table.counts, smaller.counts if smaller else None
    decided = table.rounds[tool][-1].verdict in ("holds", "counted")
    if smaller is None or counts is None or before is None or tool not in VISITING or not decided:
        return "", "", ""
    more = table.seconds(tool) - smaller.seconds(tool)
    states, transitions = counts[0] - before[0], counts[1] - before[1]
    peaks = [statistics.median(o.peak for o in t.rounds[tool]) for t in (table, smaller)]
    rates = (f"{states / more:,.0f}", f"{transitions / more:,.0f}") if more > 0 and states > 0 else ("", "")
    return (*rates, f"{max(0.0, peaks[0] - peaks[1]) / states:.0f}" if states > 0 else "")


def _comparison(table: Table) -> Iterator[str]:
    """Say who is ahead, and of different counts that they differ."""
    decided = {t: table.seconds(t) for t, r in table.rounds.items() if r[-1].verdict == "holds"}
    peers = {t: s for t, s in decided.items() if not _is_engine(t)}
    own = {t: s for t, s in decided.items() if _is_engine(t)}
    if peers and own:
        peer, engine = min(peers, key=peers.__getitem__), min(own, key=own.__getitem__)
        ahead, behind = (peer, engine) if peers[peer] < own[engine] else (engine, peer)
        yield f"{ahead} is ahead, {decided[behind] / decided[ahead]:.1f} times faster than {behind}: {WHY[ahead]}."
    elif peers:
        yield f"{min(peers, key=peers.__getitem__)} is ahead: no engine of arcproof decides it in time."
    elif own:
        yield f"{min(own, key=own.__getitem__)} is ahead: no peer decides it in time."
    states = {o.states for r in table.rounds.values() for o in r if o.states and o.verdict in ("holds", "counted")}
    if len(states) > 1:
        yield f"The numbers of states differ: {sorted(states)}."
    yield ""


def growth(tables: Sequence[Table]) -> Iterator[str]:
    """Yield the lines of the table of all sizes. A dash is for no answer within the limit."""
    tools = list(dict.fromkeys(t for table in tables for t in table.rounds))
    yield "### Seconds of the whole process, by family and size"
    yield ""
    yield f"| | {' | '.join(f'{t.family} {t.size}' for t in tables)} |"
    yield f"| --- |{' --- |' * len(tables)}"
    yield f"| states | {' | '.join(f'{t.counts[0]:,}' if t.counts else '' for t in tables)} |"
    for tool in tools:
        yield f"| {tool} | {' | '.join(_median(table, tool) for table in tables)} |"


def _median(table: Table, tool: str) -> str:
    """Return a cell; it is empty where the tool was not asked, for no such tool can do it."""
    if tool in table.rounds and table.rounds[tool][-1].verdict in ("holds", "counted"):
        return f"{table.seconds(tool):.2f}"
    return "" if tool in VISITING and table.size in BEYOND.get(table.family, ()) else "-"


def main() -> int:
    """Print the tables; return 1 iff numbers of states differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "families", nargs="*", metavar="FAMILY=N,N", help="default: all, in sizes of up to half a minute"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=30.0, metavar="SECONDS", help="for each tool and machine")
    options = parser.parse_args()
    wanted = dict(_sizes(f) for f in options.families or FAMILIES)
    print(*absent(), sep="\n")
    differ, tables = False, []
    for family, sizes in wanted.items():
        smaller, lost = None, set[str]()
        for size in sizes:
            table = measure(family, size, options.runs, options.limit, lost)
            lines = list(shown(table, smaller))
            print(*lines, sep="\n", flush=True)
            differ |= any("differ" in line for line in lines)
            lost |= {t for t, outcomes in table.rounds.items() if outcomes[-1].verdict.startswith("over")}
            smaller = None if family == "irregular" else table
            tables.append(table)
    print(*growth(tables), sep="\n")
    return 1 if differ else 0


def absent() -> Iterator[str]:
    """Yield a line about the peers that are not installed."""
    missing = [p for p in PROGRAMS if shutil.which(p) is None]
    if missing:
        yield f"not installed, and left out: {', '.join(missing)}; benchmarks/README.md says where they are to be had"
        yield ""


def _sizes(argument: str) -> tuple[str, tuple[int, ...]]:
    family, sign, sizes = argument.partition("=")
    if family not in FAMILIES or (sign and not all(s.isdigit() for s in sizes.split(","))):
        raise SystemExit(f"{argument}: expected FAMILY=N,N of {', '.join(FAMILIES)}")
    return family, tuple(int(s) for s in sizes.split(",")) if sign else (*SIZES[family], *BEYOND.get(family, ()))


if __name__ == "__main__":
    sys.exit(main())
