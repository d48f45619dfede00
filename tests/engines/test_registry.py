"""The registry says of each engine what the engine itself says, and loads none that is not asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from verifier import pipeline
from verifier.diagnostics import Source
from verifier.engines.deferred import Deferred
from verifier.engines.registry import ENGINES, ROUNDS
from verifier.model.claims import Claim, LeadsTo, NoDeadlock, Reachable, Recoverable, Routes
from verifier.model.terms import FALSE, TRUE

ROOT = Path(__file__).parents[2]
CLAIMS = (NoDeadlock(FALSE), Reachable(TRUE), Recoverable(TRUE, TRUE), LeadsTo(TRUE, TRUE, ()))


def every() -> list[Deferred]:
    """The engines by name, and those of the rounds."""
    found = [*ENGINES.values(), *(e for engines in ROUNDS for e in engines)]
    return [e for e in dict.fromkeys(found) if isinstance(e, Deferred)]


@pytest.mark.parametrize("engine", every(), ids=lambda e: f"{e.name}{e.options}")
def test_an_engine_that_is_loaded_has_its_name_and_refuses_what_the_registry_refuses(engine: Deferred) -> None:
    text = "machine m\nvar a: bool = false\nrule go { a' = not a }\n"
    model = pipeline.model_of(Source("m.arc", text))
    assert engine.loaded().name == engine.name
    for claim in CLAIMS:
        assert engine.handles(model, claim) == engine.loaded().handles(model, claim)


def test_every_engine_is_known_by_its_name() -> None:
    assert all(e.name == name for name, e in ENGINES.items())
    assert {e.name for e in every()} == set(ENGINES)


def test_to_know_the_engines_is_to_load_none() -> None:
    loaded = "sorted(m for m in sys.modules if m.startswith('verifier.engines.'))"
    code = f"import sys, verifier.engines.portfolio; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    light = ("deferred", "engine", "portfolio", "registry")
    assert done.stdout.strip() == str([f"verifier.engines.{name}" for name in light])


def test_a_claim_of_another_kind_loads_nothing() -> None:
    nowhere = Deferred("none", "no_such_module", "None", (), (Routes,), "not a claim `routes`")
    model = pipeline.model_of(Source("m.arc", "machine m\nvar a: bool = false\n"))
    claim: Claim = Reachable(TRUE)
    assert nowhere.handles(model, claim) == "not a claim `routes`"
