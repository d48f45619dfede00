"""Every engine, by name."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.engines.deferred import Deferred
from verifier.engines.engine import Engine
from verifier.model.claims import Basis, Ctl, EqualsPath, LeadsTo, Ltl, Reachable, Recoverable, Routes

PATHS = Deferred("paths", "paths", "Paths", (), (EqualsPath, Basis), "not a composition claim")
ROUTES = Deferred("routes", "routes", "RouteSearch", (), (Routes,), "not a claim `routes`")
WITNESS = Deferred("witness", "witness", "Witness", (), (Reachable,), "not a claim `reachable`")
RECOVER = Deferred("recover", "recover", "Recovery", (), (Recoverable, Ctl), "not a claim `recoverable`")
RANKING = Deferred("ranking", "ranking", "RankingSearch", (), (LeadsTo,), "not a claim `leads to`")


def bmc(depth: int) -> Deferred:
    """Bounded model checking."""
    return Deferred("bmc", "bmc", "Bmc", (depth,))


def induction(most: int) -> Deferred:
    """k-induction."""
    return Deferred("kinduction", "kinduction", "Induction", (most,))


def ic3(*most: int) -> Deferred:
    """IC3, over bits or over terms."""
    return Deferred("ic3", "ic3", "Ic3", most)


def explicit(*most: int) -> Deferred:
    """The search of states one by one."""
    return Deferred("explicit", "explicit", "Explicit", most)


def diagrams(*most: int) -> Deferred:
    """Decision diagrams."""
    return Deferred("diagrams", "diagrams.engine", "Diagrams", most)


def temporal(*most: int) -> Deferred:
    """Temporal logic by the search of states one by one."""
    return Deferred("temporal", "temporal", "Temporal", most, (Ltl, Ctl), "not a formula of temporal logic")


def liveness(*most: int) -> Deferred:
    """Claims about maximal runs by induction."""
    kinds = LeadsTo, Ltl, Ctl
    return Deferred("liveness", "liveness", "Liveness", most, kinds, "not a claim about maximal runs")


ENGINES: Mapping[str, Engine] = {
    e.name: e
    for e in (
        bmc(32), induction(16), ic3(), explicit(), WITNESS, PATHS, ROUTES, RECOVER, RANKING, temporal(), liveness(),
        diagrams(),
    )
}  # fmt: skip
"""What `--engine NAME` may name."""

ROUNDS: tuple[tuple[Engine, ...], ...] = (
    (diagrams(1 << 20, 20_000, False), induction(1), PATHS, ROUTES, WITNESS, ic3(1000), RECOVER, explicit(20_000),
     RANKING, temporal(20_000), liveness(500)),
    (ic3(4000), temporal(2_000_000), diagrams(1 << 20), explicit(2_000_000), liveness(4000)),
    (diagrams(), ic3(40_000), explicit(50_000_000), temporal(), liveness()),
    (ic3(), explicit(), bmc(32)),
)  # fmt: skip
"""What is tried on its own: round by round with more effort, counted and not timed, and in each round in this order."""
