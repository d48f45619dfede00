"""Small drivers of our own, in the shapes that kernel code has: a table of next states, and a function that asks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

HEADER = "include/dev.h"
DRIVER = "drivers/dev.c"

BLOCKED = "ERROR"


def header(states: Sequence[str]) -> str:
    """An enum of the states, and the flags that a device may have."""
    values = "".join(f"\tDEV_STATE_{name} = {number},\n" for number, name in enumerate(states))
    flags = "#define DEV_BASE (1 << 0)\n#define DEV_P2P (1 << 1)\n#define DEV_PRE_COPY (1 << 2)\n"
    return f"/* States of a device. */\nenum dev_state {{\n{values}}};\n\n{flags}"


def table(states: Sequence[str], arcs: Mapping[str, str], last: str) -> str:
    """A designated table: `arcs` says for a state where it leads for each goal; what is not told is the error state."""
    rows = []
    for state in states:
        cells = dict(part.split(":") for part in arcs.get(state, "").split())
        lines = "".join(f"\t\t[DEV_STATE_{g}] = DEV_STATE_{cells.get(g, BLOCKED)},\n" for g in states)
        rows.append(f"\t[DEV_STATE_{state}] = {{\n{lines}\t}},\n")
    size = f"[DEV_STATE_{last} + 1]"
    return f"static const u8 next_step{size}{size} = {{\n{''.join(rows)}}};\n"


NEXT = """\

int dev_next_state(struct dev *dev, enum dev_state cur, enum dev_state new, enum dev_state *next)
{
	*next = next_step[cur][new];
	return (*next != DEV_STATE_ERROR) ? 0 : -EINVAL;
}
"""

SKIPPING = """\

static const unsigned int state_flags[DEV_STATE_%s + 1] = {
%s};

int dev_next_state(struct dev *dev, enum dev_state cur, enum dev_state new, enum dev_state *next)
{
	*next = next_step[cur][new];
	while (*next != DEV_STATE_ERROR && (state_flags[*next] & dev->flags) != state_flags[*next])
		*next = next_step[*next][new];
	return (*next != DEV_STATE_ERROR) ? 0 : -EINVAL;
}
"""


def skipping(flags: Mapping[str, str], last: str) -> str:
    """A function that skips states of which the device lacks a flag."""
    return SKIPPING % (last, "".join(f"\t[DEV_STATE_{s}] = {f},\n" for s, f in flags.items()))


def driver(parts: Iterable[str]) -> str:
    """The driver's file."""
    return "".join(('#include "../include/dev.h"\n\n', *parts))


STATES = ("ERROR", "STOP", "RUNNING", "SAVING")
ARCS = {
    "STOP": "STOP:STOP RUNNING:RUNNING SAVING:SAVING",
    "RUNNING": "STOP:STOP RUNNING:RUNNING SAVING:STOP",
    "SAVING": "STOP:STOP RUNNING:STOP SAVING:SAVING",
}
P2P_STATES = (*STATES, "P2P")
P2P_ARCS = {
    "STOP": "STOP:STOP RUNNING:P2P SAVING:SAVING P2P:P2P",
    "RUNNING": "STOP:P2P RUNNING:RUNNING SAVING:P2P P2P:P2P",
    "SAVING": "STOP:STOP RUNNING:STOP SAVING:SAVING P2P:STOP",
    "P2P": "STOP:STOP RUNNING:RUNNING SAVING:STOP P2P:P2P",
}
PRE_STATES = (*P2P_STATES, "PRE_COPY", "PRE_COPY_P2P")
PRE_ARCS = {
    "STOP": f"{P2P_ARCS['STOP']} PRE_COPY:P2P PRE_COPY_P2P:P2P",
    "RUNNING": f"{P2P_ARCS['RUNNING']} PRE_COPY:PRE_COPY PRE_COPY_P2P:P2P",
    "SAVING": P2P_ARCS["SAVING"],
    "P2P": f"{P2P_ARCS['P2P']} PRE_COPY:RUNNING PRE_COPY_P2P:PRE_COPY_P2P",
    "PRE_COPY": "STOP:RUNNING RUNNING:RUNNING SAVING:PRE_COPY_P2P P2P:RUNNING PRE_COPY:PRE_COPY "
    "PRE_COPY_P2P:PRE_COPY_P2P",
    "PRE_COPY_P2P": "STOP:P2P RUNNING:P2P SAVING:SAVING P2P:P2P PRE_COPY:PRE_COPY PRE_COPY_P2P:PRE_COPY_P2P",
}

PLAIN = {HEADER: header(STATES), DRIVER: driver([table(STATES, ARCS, "SAVING"), NEXT])}
WITH_P2P = {HEADER: header(P2P_STATES), DRIVER: driver([table(P2P_STATES, P2P_ARCS, "P2P"), NEXT])}
WITH_PRE_COPY = {
    HEADER: header(PRE_STATES),
    DRIVER: driver([table(PRE_STATES, PRE_ARCS, "PRE_COPY_P2P"), NEXT]),
}
FLAGS = {"STOP": "DEV_BASE", "RUNNING": "DEV_BASE", "SAVING": "DEV_BASE", "P2P": "DEV_BASE | DEV_P2P", "ERROR": "~0U"}
LOOPING = {
    HEADER: header(P2P_STATES),
    DRIVER: driver([table(P2P_STATES, P2P_ARCS, "P2P"), skipping(FLAGS, "P2P")]),
}
