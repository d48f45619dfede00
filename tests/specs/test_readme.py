"""The README of the VFIO specs says what is pinned."""

from __future__ import annotations

import re

from tests.specs import test_history, test_vfio

README = (test_vfio.FOLDER / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text of one section of the README."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def pinned() -> dict[str, list[tuple[str, str]]]:
    """The verdict of every property, spec by spec, in the order of the specs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for machine, prop, verdict in test_vfio.PINNED:
        found.setdefault(machine.removeprefix("vfio_"), []).append((prop, verdict))
    for name, proved in test_history.PROVED.items():
        properties = [p.name for p in test_history.machine(name).properties]
        found[name] = [(p, "PROVED" if p in proved.split() else "REFUTED") for p in properties]
    return found


def test_the_readme_lists_every_property_with_its_verdict() -> None:
    listed: dict[str, list[tuple[str, str]]] = {}
    for part in re.split(r"^### ", section("Claims"), flags=re.M)[1:]:
        name = re.match(r"`(\w+)\.arc`", part)
        assert name is not None
        listed[name[1]] = re.findall(r"^\| `(\w+)` \| (PROVED|REFUTED) \|", part, flags=re.M)
    assert listed == pinned()


def test_the_readme_names_every_refuted_property_among_the_findings() -> None:
    findings = section("Findings")
    refuted = [prop for rows in pinned().values() for prop, verdict in rows if verdict == "REFUTED"]
    assert [prop for prop in refuted if f"`{prop}`" not in findings] == []
