"""Every engine, by name."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.engines.bmc import Bmc
from verifier.engines.engine import Engine
from verifier.engines.explicit import Explicit
from verifier.engines.ic3 import Ic3
from verifier.engines.kinduction import Induction
from verifier.engines.paths import Paths
from verifier.engines.ranking import RankingSearch
from verifier.engines.recover import Recovery
from verifier.engines.routes import RouteSearch
from verifier.engines.witness import Witness

ENGINES: Mapping[str, Engine] = {
    e.name: e
    for e in (Bmc(32), Induction(16), Ic3(), Explicit(), Witness(), Paths(), RouteSearch(), Recovery(), RankingSearch())
}  # fmt: skip
"""What `--engine NAME` may name."""

PORTFOLIO: tuple[Engine, ...] = (
    Induction(1), Paths(), RouteSearch(), Witness(), Ic3(most=1000), Recovery(), Explicit(most=20_000), RankingSearch(),
    Ic3(), Explicit(), Bmc(32),
)  # fmt: skip
"""What is tried on its own, in this order: the cheap first, the thorough with a limited effort before the rest."""
