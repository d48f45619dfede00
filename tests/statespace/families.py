"""Specs whose state spaces are known."""

from __future__ import annotations

from pathlib import Path

from verifier.diagnostics import Source
from verifier.model.model import Model
from verifier.pipeline import model_of

HERE = Path(__file__).parent


def devices(count: int) -> Model:
    """N devices with the eight states of the migration protocol, failures, reset, and a counter of errors."""
    return model_of(Source("devices.arc", (HERE / "devices.arc").read_text().replace("Device[3]", f"Device[{count}]")))


def machine_of(text: str) -> Model:
    """The model of a spec's text."""
    return model_of(Source("machine.arc", "machine m\n" + text))


DEVICES = {1: (127, 495), 2: (1008, 7858), 3: (8000, 93552), 4: (63488, 989952), 5: (503_808, 9_820_160)}
"""States and transitions of the machine of N devices."""
