"""Patches of C functions that look at flags: which of them a change needs, and which calls never return."""

from __future__ import annotations

import pytest

from tests.review.scratch import Tree
from tests.review.test_c import changed, machines
from verifier.change.level import Level
from verifier.report.review import Relation

HEADER, DRIVER = "include/gate.h", "drivers/gate.c"

ENUM = """\
#define GATE_CAN_MOVE (1 << 0)
#define GATE_CAN_TILT (1 << 1)
enum gate_state {
\tGATE_STUCK = 0,
\tGATE_SHUT = 1,
\tGATE_OPEN = 2,
};
struct gate { unsigned int flags_seen; };
"""

CODE = """\
#include "gate.h"

int gate_next(struct gate *g, enum gate_state cur, enum gate_state new, enum gate_state *next)
{
\tstatic const unsigned char route[3][3] = {
\t\t[GATE_STUCK] = { GATE_STUCK, GATE_STUCK, GATE_STUCK },
\t\t[GATE_SHUT] = { GATE_STUCK, GATE_SHUT, GATE_OPEN },
\t\t[GATE_OPEN] = { GATE_STUCK, GATE_SHUT, GATE_OPEN },
\t};
\tstatic const unsigned int needed[3] = {
\t\t[GATE_STUCK] = ~0U,
\t\t[GATE_SHUT] = GATE_CAN_MOVE,
\t\t[GATE_OPEN] = GATE_CAN_MOVE,
\t};

\tif ((needed[cur] & g->flags_seen) != needed[cur] || (needed[new] & g->flags_seen) != needed[new])
\t\treturn -22;
\t*next = route[cur][new];
\twhile (*next != GATE_STUCK &&
\t       (needed[*next] & g->flags_seen) != needed[*next])
\t\t*next = route[*next][new];
\treturn (*next != GATE_STUCK) ? 0 : -22;
}
"""

TILTED = CODE.replace("[3]", "[4]").replace(
    "\t\t[GATE_OPEN] = GATE_CAN_MOVE,\n",
    "\t\t[GATE_OPEN] = GATE_CAN_MOVE,\n\t\t[GATE_TILTED] = GATE_CAN_MOVE | GATE_CAN_TILT,\n",
)  # fmt: skip
TILTED = TILTED.replace("GATE_SHUT, GATE_OPEN },", "GATE_SHUT, GATE_OPEN, GATE_TILTED },")
TILTED = TILTED.replace(
    "\t};\n\tstatic", "\t\t[GATE_TILTED] = { GATE_STUCK, GATE_SHUT, GATE_STUCK, GATE_TILTED },\n\t};\n\tstatic", 1
)

BASE = {HEADER: ENUM, "include/linux.h": "", DRIVER: CODE.replace("gate.h", "../include/gate.h")}
MORE = {
    HEADER: ENUM.replace("\tGATE_OPEN = 2,\n", "\tGATE_OPEN = 2,\n\tGATE_TILTED = 3,\n"),
    DRIVER: TILTED.replace("gate.h", "../include/gate.h"),
}


def untested(text: str) -> str:
    """The loop without its test."""
    test = "while (*next != GATE_STUCK &&\n\t       (needed"
    assert test in text
    return text.replace(test, "while ((needed")


def test_a_state_behind_a_flag_is_opt_in_at_its_line_in_the_header(tree: Tree) -> None:
    told = changed(tree, BASE, MORE)
    assert told.code == 0
    found = machines(told)["gate_next"]
    assert (found.relation, found.same_while) == (Relation.EXTENDS, ("GATE_CAN_TILT not in flags_seen",))
    (value,) = found.findings
    assert (value.code, value.subject, value.level) == ("ARC110o", "value GateState.TILTED", Level.NOTE)
    assert value.place is not None
    assert (value.place.path, value.place.text) == (HEADER, "GATE_TILTED = 3,")
    assert "no run comes to it while GATE_CAN_TILT not in flags_seen" in value.note
    assert "with it come SHUT -> TILTED, OPEN -> TILTED, TILTED -> SHUT, TILTED -> TILTED" in value.note
    assert machines(told)["route"].findings == ()


def test_calls_that_never_return_are_named_with_their_flags(tree: Tree) -> None:
    told = changed(tree, {**BASE, **MORE}, {DRIVER: untested(MORE[DRIVER])})
    assert told.code == 1
    (lost,) = told.machine.findings
    assert (lost.code, lost.kind, lost.level, lost.title) == ("ARC410", "lost", Level.BREAKING, "may never return")
    assert [(c.subject, c.title) for c in lost.consequences if c.subject.startswith("step ")] == [
        (
            "step TILTED -> OPEN",
            "never returns if GATE_CAN_MOVE, GATE_CAN_TILT in flags_seen and flags_seen != 0xffffffff, was refused",
        )
    ]
    assert lost.place is not None
    assert lost.place.text.startswith("while ((needed[*next] & g->flags_seen)")
    assert any("TILTED, asked for OPEN" in run.summary for run in lost.runs)
    assert "-\twhile (*next != GATE_STUCK &&" in lost.quoted


def test_the_mail_names_the_call_and_fits_its_lines(tree: Tree) -> None:
    told = changed(tree, {**BASE, **MORE}, {DRIVER: untested(MORE[DRIVER])}, "-f", "mail")
    assert ">> breaking ARC410: function gate_next: may never return" in told.out
    assert all(len(line) <= 72 for line in told.out.splitlines() if not line.startswith((">", "  arcproof")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("needed[cur] & g->flags_seen", "g->flags_seen & needed[cur]"),
        ("(needed[new] & g->flags_seen) != needed[new]", "needed[new] & ~g->flags_seen"),
    ],
)
def test_asking_for_the_same_flags_in_other_words_is_no_change(tree: Tree, old: str, new: str) -> None:
    told = changed(tree, BASE, {DRIVER: BASE[DRIVER].replace(old, new)})
    assert (told.code, told.machine.relation, told.machine.findings) == (0, Relation.EQUIVALENT, ())
