"""What a picture looks like: nothing over anything else, nothing told by colour alone, the same bytes everywhere."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.graph.machines import DOOR, HUB, known, machine
from tests.graph.pictures import SVG, faults, texts
from verifier.graph.arrangement import arrangement
from verifier.graph.chart import Chart, State, chart
from verifier.graph.drawing import drawing, ranked
from verifier.graph.exhibit import Exhibit, Marked
from verifier.graph.grouping import Line, Style, edges
from verifier.graph.layout import Block, Link
from verifier.graph.shapes import Box, Polygon
from verifier.graph.shapes import Path as Curve
from verifier.graph.svg import svg
from verifier.graph.typeface import width, wrapped

pytestmark = pytest.mark.graphviz

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))

STEPS = Exhibit(
    (
        Marked("1", ("knock",), "CLOSED", "CLOSED", "knock: stays in CLOSED", "knocks = 1"),
        Marked("2", ("open.fails",), "CLOSED", "BROKEN", "open.fails: CLOSED to BROKEN"),
    ),
    ("start: door = CLOSED, knocks = 0",),
    ("that is all",),
)


def picture(text: str, never: str = "", shown: Exhibit | None = None) -> str:
    """The SVG of a spec."""
    model = machine(text)
    return svg(drawing(chart(model, known(model, never), [model.doc or ""], shown)))


def random_chart(seed: int) -> Chart:
    """A chart of random states and edges."""
    chance = random.Random(seed)
    names = [f"S{i}" + "_LONG" * chance.randint(0, 3) for i in range(chance.randint(1, 9))]
    states = tuple(State(name, "", i == 0, True, False) for i, name in enumerate(names))
    lines = [_random_line(chance, names, str(i)) for i in range(chance.randint(1, 3 * len(names)))]
    return Chart("random", ("What it is.",), states, edges(lines), (), (), (), (), None)


def _random_line(chance: random.Random, names: list[str], mark: str) -> Line:
    marked = chance.random() < 0.2
    style = Style(chance.random() < 0.2, chance.random() > 0.15, marked)
    rule, condition = "rule" + "x" * chance.randint(0, 12), chance.choice(["", "p", "not p and q"])
    return Line(rule, condition, chance.choice(names), chance.choice(names), style, (mark,) if marked else ())


@pytest.mark.parametrize("seed", range(25))
def test_nothing_overlaps_in_random_pictures(seed: int) -> None:
    assert faults(svg(drawing(random_chart(seed)))) == []


@pytest.mark.parametrize("text", [DOOR, HUB])
def test_nothing_overlaps(text: str) -> None:
    assert faults(picture(text, "force cool")) == []


def test_nothing_overlaps_where_steps_are_shown() -> None:
    assert faults(picture(DOOR, "force cool", STEPS)) == []


def test_an_overlap_would_be_found() -> None:
    clean = picture(DOOR)
    first = texts(clean)[0]
    again = f'<text x="{first.left + 3}" y="{first.bottom}" font-size="10" textLength="20">again</text></svg>'
    assert faults(clean.replace("</svg>", again)) != []


@pytest.mark.parametrize("path", PICTURES, ids=lambda p: p.stem)
def test_nothing_overlaps_in_the_pictures_of_the_documentation(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_everything_that_a_chart_says_stands_in_the_picture() -> None:
    shown = " ".join(t.what for t in texts(picture(DOOR, "force cool", STEPS)))
    for words in (
        "door",
        "A door that may have a lock.",
        "OPEN",
        "MELTED",
        "lock [lockable]",
        "open.fails",
        "initial state",
    ):
        assert words in shown
    for words in ("no run takes it", "failure", "step that is shown", "knocks = 1", "that is all", "never fire"):
        assert words in shown


STYLES = {
    "plain": Style(False, True, False),
    "never": Style(False, False, False),
    "failure": Style(True, True, False),
    "marked": Style(False, True, True),
}


def test_kinds_of_lines_differ_in_more_than_colour() -> None:
    looks = {name: _look(style) for name, style in STYLES.items()}
    assert len(set(looks.values())) == len(looks)


def _look(style: Style) -> tuple[object, ...]:
    """All of a line but its colour: pattern, width, and whether its head is filled."""
    line = Line("go", "", "A", "B", style, ())
    states = tuple(State(n, "", False, True, False) for n in "AB")
    shapes = drawing(Chart("m", (), states, edges([line]), (), (), (), (), None)).shapes
    path = next(s for s in shapes if isinstance(s, Curve))
    head = next(s for s in shapes if isinstance(s, Polygon))
    return path.stroke.dash, path.stroke.width, head.fill == path.stroke.colour


def test_an_error_state_has_a_second_outline_and_an_unreached_one_is_dashed() -> None:
    def outlines(state: State) -> list[Box]:
        shapes = drawing(Chart("m", (), (state,), (), (), (), (), (), None)).shapes
        return [s for s in shapes if isinstance(s, Box) and s.height > 20]

    plain, error, unreached = (
        outlines(State("S", "", False, True, False)),
        outlines(State("S", "", False, True, True)),
        outlines(State("S", "", False, False, False)),
    )
    assert (len(plain), len(error)) == (1, 2)
    assert unreached[0].stroke is not None
    assert unreached[0].stroke.dash != ()


def test_parts_that_do_not_hang_together_fill_rows() -> None:
    blocks = [Block(str(i), 300, 20) for i in range(4)]
    placed = arrangement(blocks, [Link("0", "3")])
    assert placed.width < 720
    x, y = zip(*(placed.centres[str(i)] for i in range(4)), strict=True)
    assert x[0] == x[3]
    assert y[0] < y[3] < y[2]  # 0 and 3 are one part, with 1 at its side and 2 in the next row
    assert x[1] > x[0]
    assert abs(y[1] - y[0]) < 1
    assert len(placed.curves) == 1


def test_lines_lead_down_from_the_initial_state_and_errors_come_last() -> None:
    model = machine(DOOR)
    order = ranked(chart(model, known(model)))
    assert order[0] == "CLOSED"
    assert order[-1] == "BROKEN"


SCRIPT = """
from tests.graph.test_drawing import picture, STEPS
from tests.graph.machines import DOOR
print(picture(DOOR, "force cool", STEPS), end="")
"""


@pytest.mark.parametrize("fonts", ["<fontconfig></fontconfig>", "<fontconfig><dir>.</dir></fontconfig>"])
def test_the_fonts_of_the_machine_have_no_say(fonts: str, tmp_path: Path) -> None:
    setting = tmp_path / "fonts.conf"
    setting.write_text(f'<?xml version="1.0"?>{fonts}', encoding="utf-8")
    environment = {**os.environ, "FONTCONFIG_FILE": str(setting), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    there = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert there.stdout.decode() == picture(DOOR, "force cool", STEPS)
    assert there.stderr == b""


def test_the_order_of_hashes_has_no_say() -> None:
    command = [sys.executable, "-c", SCRIPT]
    outputs = {
        subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_every_text_has_its_length_given() -> None:
    root = ElementTree.fromstring(picture(DOOR))
    for element in root.iter(f"{SVG}text"):
        length = float(element.attrib["textLength"])
        bold = "font-weight" in element.attrib
        assert abs(length - width(element.text or "", float(element.attrib["font-size"]), bold)) < 0.1


def test_characters_with_a_meaning_in_xml_are_escaped() -> None:
    model = machine(DOOR)
    awkward = replace(chart(model, known(model)), captions=('a < b & c > "d" \u0001\x1b',))
    shown = [t.what for t in texts(svg(drawing(awkward)))]
    assert 'a < b & c > "d" \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}' in shown


def test_widths_are_those_of_helvetica() -> None:
    assert width("Wil", 1000) == 944 + 222 + 222
    assert width("Wil", 1000, bold=True) == 944 + 278 + 278


def test_long_text_is_broken_between_words() -> None:
    lines = wrapped("one two three four five six seven", 10, 60)
    assert " ".join(lines) == "one two three four five six seven"
    assert all(width(line, 10) <= 60 for line in lines)
