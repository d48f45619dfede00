"""A few reviews that tell a story, such as people will meet them."""

from __future__ import annotations

from dataclasses import replace

from verifier.change.level import Level
from verifier.report.review import (
    Finding,
    MachineReview,
    PatchRow,
    Place,
    Problem,
    Proof,
    Relation,
    Review,
    Run,
    RunStep,
    Verdicts,
    Waived,
)  # fmt: skip

SPEC = "spec/vfio_v2.arc"

BACK = Run(
    "new",
    "no_way_back is violated",
    "3 steps with precopy = true, p2p = false: RUNNING -> STOP -> STOP_COPY -> PRE_COPY",
    (
        RunStep("start", "state = RUNNING, dma = true"),
        RunStep("set_state(new = STOP)", "state: RUNNING -> STOP\ndma: true -> false", Place(SPEC, 58)),
        RunStep("set_state(new = STOP_COPY)", "state: STOP -> STOP_COPY", Place(SPEC, 60)),
        RunStep("set_state(new = PRE_COPY)", "state: STOP_COPY -> PRE_COPY", Place(SPEC, 61)),
    ),
)

BROKEN = Finding(
    code="ARC506",
    kind="refuted",
    title="property no longer holds",
    subject="property no_way_back",
    level=Level.BREAKING,
    own=Level.BREAKING,
    fingerprint="ab" * 32,
    before="PROVED",
    after="REFUTED",
    why="a promise is broken",
    place=Place(SPEC, 88, 1, "property no_way_back:"),
    runs=(BACK,),
)

ADDED = Finding(
    code="ARC201",
    kind="added",
    title="rule added",
    subject="rule set_state: STOP_COPY -> PRE_COPY",
    level=Level.BREAKING,
    own=Level.RISKY,
    fingerprint="7c1e" * 16,
    after="by user from STOP_COPY to PRE_COPY\nwhen precopy",
    actor="user",
    note="The state is left a second way.",
    why="every implementer must know it",
    place=Place(SPEC, 61, 3, "  STOP_COPY -> PRE_COPY by user"),
    runs=(BACK,),
    proof=("the rule fires in a reachable state, confirmed by replay",),
    consequences=(BROKEN,),
    quoted=("@@ -58,6 +58,7 @@ rules", "   RUNNING -> STOP by user", "+  STOP_COPY -> PRE_COPY by user"),
)

WAIVED = Finding(
    code="ARC302",
    kind="narrowed",
    title="guard narrowed",
    subject="rule stop",
    level=Level.BREAKING,
    own=Level.BREAKING,
    fingerprint="12" * 32,
    before="true",
    after="p2p",
    actor="user",
    place=Place(SPEC, 40, 3),
    old_place=Place(SPEC, 39, 3),
    waived=Waived(
        "W-2026-003",
        "accepted",
        "drivers never relied on it; see thread",
        "a@b.example",
        "https://lore.example/x",
        "2027-01-31",
    ),
)

OPEN = Finding(
    code="ARC701",
    kind="unknown",
    title="not decided",
    subject="property progress",
    level=Level.UNDECIDED,
    own=Level.UNDECIDED,
    fingerprint="34" * 32,
    before="PROVED",
    after="UNKNOWN",
    note="no proof within 30 s",
    place=Place(SPEC, 92),
)

UNUSED = Finding(
    code="ARC604",
    kind="unused",
    title="waiver not used",
    subject="waiver W-2025-001",
    level=Level.RISKY,
    own=Level.RISKY,
    fingerprint="56" * 32,
    place=Place("arcproof-waivers.toml", 7),
)

VFIO = MachineReview(
    name="vfio_migration_v2",
    path=SPEC,
    relation=Relation.EXTENDS,
    strength="proved, all parameter values",
    same_while=("not precopy",),
    proofs=(Proof("every run of old is a run of new", "PROVED", "a simulation of 12 pairs", "cvc5 1.4.2, replay"),),
    findings=(WAIVED, ADDED, OPEN),
    properties=(
        Verdicts("no_way_back", "PROVED", "REFUTED", "failed", "trace, 3 steps", Place(SPEC, 88)),
        Verdicts("progress", "PROVED", "UNKNOWN", "undecided", "", Place(SPEC, 92)),
        Verdicts("one_way", "PROVED", "PROVED", "proved", "invariant, 2 conjuncts", Place(SPEC, 90)),
    ),
    rules_same=(16, 18),
    properties_same=(10, 12),
)

NVME = MachineReview(
    name="nvme_ctrl",
    path="spec/nvme.arc",
    relation=Relation.EQUIVALENT,
    rules_same=(9, 9),
    properties_same=(4, 4),
    properties=(Verdicts("dead_is_dead", "PROVED", "PROVED", "proved"),),
    skipped=True,
)

FAILED = Review(
    command="gate",
    base="main",
    head="HEAD",
    profile="uapi@1",
    fail_on="breaking",
    undecided="fail",
    machines=(VFIO, NVME),
    general=(UNUSED,),
    reproduce="arcproof gate --base main --head HEAD",
    reused=3,
    searched=2,
    version="1.2.3",
)

CLEAN = replace(FAILED, machines=(NVME,), general=(), reused=0, searched=0)

UNREADABLE = replace(
    CLEAN,
    command="diff",
    base="a.arc",
    head="b.arc",
    machines=(),
    reproduce="arcproof diff a.arc b.arc",
    problems=(
        Problem(
            "ARC001",
            "new",
            "expected `}`",
            ("error[ARC001]: expected `}`", "  --> b.arc:3:1", "3 | ::error::x", "  | ^"),
            Place("b.arc", 3, 1, "::error::x"),
        ),
    ),
)

SERIES = replace(
    CLEAN,
    command="patch",
    base="v6.12",
    head="series.mbx",
    machines=(replace(VFIO, findings=(ADDED,)), NVME),
    patches=(
        PatchRow(1, "vfio: add a way back from STOP_COPY", ("breaks 1", "same"), (SPEC,), (ADDED,)),
        PatchRow(2, "Documentation: describe it", ("same", "same"), ("Documentation/driver-api/vfio.rst",)),
    ),
    reproduce="arcproof patch series.mbx --tree . --base v6.12",
)

NOTHING = replace(CLEAN, machines=())

STORIES = {"failed": FAILED, "clean": CLEAN, "unreadable": UNREADABLE, "series": SERIES, "nothing": NOTHING}
