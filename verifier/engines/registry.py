"""Every engine, by name."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.engines.bmc import Bmc
from verifier.engines.diagrams.engine import Diagrams
from verifier.engines.engine import Engine
from verifier.engines.explicit import Explicit
from verifier.engines.ic3 import Ic3
from verifier.engines.kinduction import Induction
from verifier.engines.liveness import Liveness
from verifier.engines.paths import Paths
from verifier.engines.ranking import RankingSearch
from verifier.engines.recover import Recovery
from verifier.engines.routes import RouteSearch
from verifier.engines.temporal import Temporal
from verifier.engines.witness import Witness

ENGINES: Mapping[str, Engine] = {
    e.name: e
    for e in (
        Bmc(32), Induction(16), Ic3(), Explicit(), Witness(), Paths(), RouteSearch(), Recovery(), RankingSearch(),
        Temporal(), Liveness(), Diagrams(),
    )
}  # fmt: skip
"""What `--engine NAME` may name."""

ROUNDS: tuple[tuple[Engine, ...], ...] = (
    (Diagrams(1 << 19, 20_000), Induction(1), Paths(), RouteSearch(), Witness(), Ic3(most=1000), Recovery(),
     Explicit(most=20_000), RankingSearch(), Temporal(most=20_000), Liveness(most=500)),
    (Ic3(most=4000), Diagrams(1 << 19), Explicit(most=2_000_000), Temporal(most=2_000_000), Liveness(most=4000)),
    (Diagrams(), Ic3(most=40_000), Explicit(most=50_000_000), Temporal(), Liveness()),
    (Ic3(), Explicit(), Bmc(32)),
)  # fmt: skip
"""What is tried on its own: round by round with more effort, counted and not timed, and in each round in this order."""

PORTFOLIO: tuple[Engine, ...] = tuple(e for engines in ROUNDS for e in engines)
"""The same, one after the other."""
