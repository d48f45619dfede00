"""The formats besides SVG."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace

import networkx
import pygraphviz
import pytest

from tests.graph.machines import DOOR, HUB, known, machine
from tests.graph.test_drawing import STEPS
from verifier.graph.chart import Chart, chart
from verifier.graph.dot import dot
from verifier.graph.drawing import drawing
from verifier.graph.formats import FORMATS
from verifier.graph.graphml import graphml
from verifier.graph.mermaid import mermaid
from verifier.graph.png import png
from verifier.graph.shapes import Box, Drawing, Path, Stroke

pytestmark = pytest.mark.graphviz


def door() -> Chart:
    """The door, with two steps shown."""
    model = machine(DOOR)
    return chart(model, known(model, "force cool"), ["A door that may have a lock."], STEPS)


def test_the_formats_are_these() -> None:
    assert list(FORMATS) == ["svg", "png", "dot", "graphml", "mmd"]


def test_graphml_has_every_arc_with_what_is_known_of_it() -> None:
    graph = networkx.parse_graphml(graphml(door()), force_multigraph=True)
    assert set(graph) == {"OPEN", "CLOSED", "LOCKED", "BROKEN", "MELTED"}
    assert graph.nodes["MELTED"] == {"initial": False, "reached": False, "error": False}
    edges = {(a, b, d["rule"]): d for a, b, d in graph.edges(data=True)}
    assert len(edges) == len(door().lines)
    assert edges["LOCKED", "OPEN", "force"]["taken"] == "no"
    assert edges["CLOSED", "LOCKED", "lock"]["condition"] == "lockable"
    assert edges["CLOSED", "BROKEN", "open.fails"]["failure"] is True
    assert edges["CLOSED", "BROKEN", "open.fails"]["steps"] == "2"
    assert edges["LOCKED", "LOCKED", "knock"]["steps"] == ""


def test_dot_is_read_by_graphviz() -> None:
    graph = pygraphviz.AGraph(string=dot(door()))
    assert graph.get_edge("LOCKED", "OPEN").attr["style"] == "dashed"
    assert graph.get_edge("CLOSED", "BROKEN").attr["style"] == "dotted"
    assert graph.get_edge("CLOSED", "BROKEN").attr["label"] == "(2) open.fails"
    assert graph.get_node("BROKEN").attr["peripheries"] == "2"
    assert graph.has_edge("initial CLOSED", "CLOSED")


def test_dot_quotes_what_would_end_a_string() -> None:
    title = 'a "quoted" \\ title'
    graph = pygraphviz.AGraph(string=dot(replace(door(), title=title)))
    assert graph.name.replace("\\\\", "\\") == title


def test_mermaid_tells_lines_apart_without_colour() -> None:
    lines = mermaid(door()).splitlines()
    assert '  s2 -.->|"force"| s0' in lines
    assert '  s1 ==x|"(2) open.fails"| s3' in lines
    assert '  s1 ==>|"(1) knock"| s1' in lines
    assert '  s0 <-->|"toggle"| s1' in lines
    assert '  is1((" ")):::initial --> s1' in lines


def test_mermaid_writes_one_arrow_from_nearly_everywhere() -> None:
    model = machine(HUB)
    assert ':::words -->|"reset"| s0' in mermaid(chart(model, known(model)))


def test_mermaid_escapes_what_has_a_meaning() -> None:
    awkward = 'a < b & "c" `d`; see {e}'
    written = mermaid(replace(door(), captions=(awkward,)))
    assert awkward not in written
    assert awkward in re.sub(r"#(\d+);", lambda m: chr(int(m[1])), written)


def pixels(picture: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of an RGB picture whose rows are not filtered by more than PNG's five filters."""
    width, height = struct.unpack(">II", picture[16:24])
    data, place = b"", 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        if picture[place + 4 : place + 8] == b"IDAT":
            data += picture[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(data)
    return width, height, [raw[i * (3 * width + 1) :][: 3 * width + 1] for i in range(height)]


def test_png_is_the_same_picture() -> None:
    plan = drawing(door())
    width, height, rows = pixels(png(plan))
    assert (width, height) == (round(plan.width * 2 + 0.499), round(plan.height * 2 + 0.499))
    assert len({bytes(r) for r in rows}) > 100


def test_png_leaves_gaps_where_a_line_is_dashed() -> None:
    def dark(dash: tuple[float, ...]) -> int:
        line = Path(((10, 10), (40, 10), (70, 10), (90, 10)), Stroke("#000000", 2, dash))
        return _dark(Drawing("line", 100, 20, (line,)))

    assert 0.5 * dark(()) < dark((6, 4)) < 0.8 * dark(())


def test_png_of_a_huge_picture_has_fewer_pixels_to_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.graph.png.MOST_PIXELS", 90_000)
    width, height, _ = pixels(png(Drawing("huge", 400, 100, (Box(0, 0, 9, 9, 2, "#000000", None),))))
    assert (width, height) == (200, 50)


def _dark(plan: Drawing) -> int:
    from io import BytesIO

    from PIL import Image

    return sum(Image.open(BytesIO(png(plan))).convert("L").histogram()[:128])
