"""The words of a picture: what it shows, what its lines mean, and what is better listed than drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verifier.graph.chart import Chart
from verifier.graph.grouping import Style
from verifier.graph.looks import (
    GREY,
    INK,
    PAPER,
    PLAIN,
    RED,
    ROW,
    TEXT_SIZE,
    arrowhead,
    badge,
    badge_width,
    stroke,
    text,
)
from verifier.graph.sections import Row, sections
from verifier.graph.shapes import Box, Path, Shape, Stroke
from verifier.graph.typeface import width, wrapped

SAMPLE = 30.0
"""The length of a sample of a line."""

Written = tuple[list[Shape], float]
"""Shapes, and the height at which the next thing may begin."""


def captions(chart: Chart, x: float, y: float, wide: float) -> Written:
    """Return the title and what stands below it, between `x` and `x + wide`, from `y` downwards."""
    shapes: list[Shape] = [text(x, y + 12, chart.title, size=14.0, bold=True)]
    y += 20
    for caption in chart.captions:
        for line in wrapped(caption, TEXT_SIZE, wide):
            shapes.append(text(x, y + 10, line))
            y += ROW
    return shapes, y + 10


def legend(chart: Chart, x: float, y: float, wide: float) -> Written:
    """Return what stands below the graph: the key, the steps that are shown, and what is listed."""
    shapes, y = _key(chart, x, y, wide)
    for title, rows in sections(chart):
        shapes.append(text(x, y + 16, title, bold=True))
        more, y = _table(rows, x, y + 21, wide)
        shapes += more
    return shapes, y


def _table(rows: Sequence[Row], x: float, y: float, wide: float) -> Written:
    """Write the rows; what does not fit into its column goes on in the next line."""
    shapes: list[Shape] = []
    margin = max((badge_width(r.mark) + 5 for r in rows if r.mark), default=0.0)
    longest = max((width(r.left, TEXT_SIZE) for r in rows if r.right), default=0.0)
    column = min(margin + longest + 14, wide * 0.55)
    for row in rows:
        if row.mark:
            shapes += badge(x, y + 10, row.mark, INK)
        left = wrapped(row.left, TEXT_SIZE, (column - 14 if row.right else wide) - margin)
        right = wrapped(row.right, TEXT_SIZE, wide - column)
        shapes += (text(x + margin, y + 10 + i * ROW, line) for i, line in enumerate(left))
        shapes += (text(x + column, y + 10 + i * ROW, line, GREY) for i, line in enumerate(right))
        y += max(len(left), len(right), 1) * ROW + 1
    return shapes, y


Sample = Callable[[float, float], Iterator[Shape]]
"""Draws an example, `SAMPLE` wide, around a line at some height."""


def _key(chart: Chart, x: float, y: float, wide: float) -> Written:
    """Explain the kinds of lines that occur, as many in a row as there is room for."""
    shapes: list[Shape] = []
    left, row = x, y
    for sample, words in _explained(chart):
        needed = SAMPLE + 6 + width(words, TEXT_SIZE)
        if left > x and left + needed > x + wide:
            left, row = x, row + ROW + 3
        shapes += [*sample(left, row + 6.5), text(left + SAMPLE + 6, row + 10, words)]
        left += needed + 18
    return shapes, row + ROW + 3


def _explained(chart: Chart) -> Iterator[tuple[Sample, str]]:
    styles = {e.style for e in chart.edges}
    if any(s.initial for s in chart.states):
        yield _initial, "initial state"
    if any(s.error for s in chart.states):
        yield _error, "error state"
    if any(s.failure and s.taken is not False for s in styles):
        yield _line(Style(True, True, False)), "failure"
    if any(s.marked for s in styles):
        yield _line(Style(False, True, True)), "step that is shown"
    if any(e.both for e in chart.edges):
        yield _line(Style(False, True, False), both=True), "the rule leads both ways"
    if any(s.taken is False for s in styles):
        yield _line(Style(False, False, False)), "no run takes it"
    if any(s.taken is None for s in styles):
        yield _words("rule ?"), "not decided whether a run takes it"
    if any(label.condition for e in chart.edges for label in e.labels):
        yield _words("[p]"), "only for parameters with p"


def _line(style: Style, both: bool = False) -> Sample:
    def sample(x: float, y: float) -> Iterator[Shape]:
        first, last = x + (8 if both else 0), x + SAMPLE - 8
        yield Path(((first, y), (first, y), (last, y), (last, y)), stroke(style))
        yield arrowhead((last, y), (x + SAMPLE, y), style)
        if both:
            yield arrowhead((first, y), (x, y), style)

    return sample


def _initial(x: float, y: float) -> Iterator[Shape]:
    yield Box(x + 1, y - 5, 10, 10, 5, INK, None)
    first, last = x + 11, x + SAMPLE - 8
    yield Path(((first, y), (first, y), (last, y), (last, y)), stroke(PLAIN))
    yield arrowhead((last, y), (x + SAMPLE, y), PLAIN)


def _error(x: float, y: float) -> Iterator[Shape]:
    yield Box(x + 2, y - 6, 26, 12, 4, PAPER, Stroke(RED, 1.2))
    yield Box(x + 4.5, y - 3.5, 21, 7, 2, None, Stroke(RED, 0.9))


def _words(words: str) -> Sample:
    def sample(x: float, y: float) -> Iterator[Shape]:
        yield text(x + (SAMPLE - width(words, TEXT_SIZE)) / 2, y + 3.5, words)

    return sample
