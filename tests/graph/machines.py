"""Small machines that the tests of this folder draw."""

from __future__ import annotations

from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.graph.arcs import Arc, arcs, initial_values
from verifier.graph.chart import Known
from verifier.model.model import Model
from verifier.syntax import parse

DOOR = """
machine door
  "A door that may have a lock."

param lockable: bool

enum Door { OPEN, CLOSED, LOCKED, BROKEN, MELTED }

control door
var door: Door = CLOSED
var knocks: int 0..3 = 0

arc open: CLOSED -> OPEN by user fails -> BROKEN
arc close: OPEN -> CLOSED by user
arc lock: CLOSED -> LOCKED by user when lockable
arc unlock: LOCKED -> CLOSED by user when lockable
arc force: LOCKED -> OPEN when knocks == 3
arc cool: MELTED -> CLOSED

rule knock
  when door in {CLOSED, LOCKED} and knocks < 2
  { knocks' = knocks + 1 }

rule toggle
  when door in {OPEN, CLOSED}
  { door' = if door == OPEN then CLOSED else OPEN }

property unbroken
  never door == BROKEN
  expect violated

property patient
  always knocks <= 2

property knocked_before_it_broke
  never door == BROKEN and knocks == 2
  expect violated
"""
"""MELTED is not reached; `force` and `cool` are never taken."""

HUB = """
machine hub

enum Place { HOME, A, B, C, D, LOST_ERROR }

control place
var place: Place = HOME

rule go(to: Place)
  when place != LOST_ERROR and to not in {place, LOST_ERROR}
  { place' = to }

rule lose
  when place not in {HOME, LOST_ERROR}
  { place' = LOST_ERROR }

rule reset { place' = HOME }
"""
"""Each place but the last leads to each other; `lose` and `reset` come from nearly everywhere."""


def machine(text: str) -> Model:
    """The model of a spec."""
    source = Source("machine.arc", text)
    return elaborate(parse(source), source)


def arc(model: Model, rule: str, start: str) -> Arc:
    """The arc by this rule from this state."""
    return next(a for a in arcs(model) if (a.rule, a.start) == (rule, start))


def known(model: Model, never: str = "") -> Known:
    """What is known of the runs: they take all arcs but those by the rules named in `never`."""
    return Known(initial_values(model), {a: a.rule not in never.split() for a in arcs(model)})
