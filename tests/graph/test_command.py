"""The command `arcproof graph`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.graph.machines import DOOR
from tests.graph.pictures import texts
from verifier.cli.main import run

pytestmark = pytest.mark.graphviz

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command, run in a folder that holds `door.arc`: its exit code, and what it says on standard error."""
    monkeypatch.chdir(tmp_path)
    Path("door.arc").write_text(DOOR, encoding="utf-8")

    def command(*arguments: str) -> tuple[int, str]:
        code = run(["graph", *arguments])
        captured = capfd.readouterr()
        assert captured.out == ""
        return code, captured.err

    return command


def words(name: str) -> list[str]:
    """The lines of text in a picture."""
    return [t.what for t in texts(Path(name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.dot", b"digraph"), ("a.graphml", b"<graphml"), ("a.mmd", b"---\n")],
)
def test_each_format_is_written(graph: Command, name: str, start: bytes) -> None:
    assert graph("door.arc", "-o", name) == (0, "")
    assert Path(name).read_bytes().startswith(start)


def test_a_counterexample_is_shown(graph: Command) -> None:
    assert graph("door.arc", "--property", "knocked_before_it_broke", "-o", "a.svg") == (0, "")
    shown = words("a.svg")
    assert "knocked_before_it_broke: REFUTED" in shown
    assert "open.fails: CLOSED to BROKEN" in shown
    assert [w for w in shown if w in ("1", "2", "3", "4")].count("3") == 2  # on its arc and in the list of steps


def test_a_property_without_a_run_is_drawn_without_one_and_that_is_said(graph: Command) -> None:
    code, said = graph("door.arc", "--property", "patient", "-o", "a.svg")
    assert (code, said) == (0, "arcproof: there is no run to show for patient: it is PROVED\n")
    assert "patient: PROVED" in words("a.svg")


def test_arcs_of_a_machine_that_is_not_well_defined_are_not_decided(graph: Command) -> None:
    Path("bad.arc").write_text(
        "machine bad enum E { A, B } control e var e: E = A var n: int 0..2 = 0 arc go: A -> B rule up { n' = n + 1 }",
        encoding="utf-8",
    )
    code, said = graph("bad.arc", "-o", "a.svg")
    assert (code, said) == (0, "arcproof: which arcs runs take is not known: see property int_ranges\n")
    assert "not decided whether a run takes it" in words("a.svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("door.arc", "-o", "a.jpeg"), "no picture format `.jpeg`"),
        (("door.arc", "-o", "missing/a.svg"), "no such folder"),
        (("door.arc",), "Missing option"),
        (("door.arc", "--property", "patiend", "-o", "a.svg"), "did you mean `patient`?"),
        (("gone.arc", "-o", "a.svg"), "ARC901"),
        (("flat.arc", "-o", "a.svg"), "flat has no control variable"),
        (("wrong.arc", "-o", "a.svg"), "ARC021"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_reason(graph: Command, arguments: tuple[str, ...], said: str) -> None:
    Path("flat.arc").write_text("machine flat var b: bool = true", encoding="utf-8")
    Path("wrong.arc").write_text("machine wrong var b: bool = nothing", encoding="utf-8")
    code, err = graph(*arguments)
    assert code == 2
    assert said in err
    assert not list(Path().glob("*.svg"))


def test_without_graphviz_the_reason_is_given(graph: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    code, err = graph("door.arc", "-o", "a.svg")
    assert code == 2
    assert "pygraphviz, which brings Graphviz, cannot be loaded" in err
    assert graph("door.arc", "-o", "a.mmd")[0] == 0


def test_the_command_loads_nothing_heavy_before_it_is_needed() -> None:
    script = (
        "import sys, verifier.cli.main; print([m for m in ('networkx', 'pygraphviz', 'PIL', 'z3') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.stem)
def test_the_pictures_of_the_documentation_are_what_the_command_draws(picture: Path, tmp_path: Path) -> None:
    spec, _, shown = picture.stem.partition(".")
    arguments = ["graph", str(ROOT / "spec" / "vfio" / f"{spec}.arc"), "-o", str(tmp_path / "a.svg")]
    assert run([*arguments, *(["--property", shown] if shown else [])]) == 0
    assert (tmp_path / "a.svg").read_bytes() == picture.read_bytes()
