"""The second solver, cvc5, in a process of its own.

Reads one JSON object a line, `{"id": n, "script": text, "milliseconds": n}`, and answers `{"id": n,
"answer": "sat" | "unsat" | "unknown", "reason": text}`. Its first line is `{"version": "cvc5 ..."}`.
"""

from __future__ import annotations

import json
import os
import resource
import sys

import cvc5

MEMORY = 4 << 30
"""The most bytes of address space that the process may use."""


def decide(script: str, milliseconds: int) -> tuple[str, str]:
    """Return cvc5's answer to a script with one `(check-sat)`, and the reason if it is "unknown"."""
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(milliseconds))
    if "(forall (" in script or "(exists (" in script:
        solver.setOption("full-saturate-quant", "true")  # instantiate also with terms that no pattern suggests
    else:
        solver.setOption("decision", "internal")  # justification heuristics get lost in cases over cases
        solver.setOption("ext-rew-prep", "use")
        if " Int)" in script:  # where words and numbers meet, they are combined sooner
            solver.setOption("bv-solver", "bitblast-internal")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "query")
    printed = ""
    while not (command := parser.nextCommand()).isNull():
        printed += str(command.invoke(solver, parser.getSymbolManager()))
    answer = printed.strip()
    if answer in ("sat", "unsat"):
        return answer, ""
    return "unknown", "the solver gave up or ran out of time" if answer == "unknown" else answer[:500]


def serve() -> None:
    """Answer queries until the input ends. What cvc5 itself prints goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        version = cvc5.__version__
        print(json.dumps({"version": f"cvc5 {version}"}), file=out, flush=True)
        for line in sys.stdin:
            query = json.loads(line)
            try:
                answer, reason = decide(query["script"], query["milliseconds"])
            except (RuntimeError, MemoryError) as error:
                answer, reason = "unknown", f"{type(error).__name__}: {error}"[:500]
            print(json.dumps({"id": query["id"], "answer": answer, "reason": reason}), file=out, flush=True)


def _bound_memory() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    _bound_memory()
    serve()
