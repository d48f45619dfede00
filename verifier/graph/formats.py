"""The formats of a picture, by the ending of its file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.graph.chart import Chart


def _svg(chart: Chart) -> bytes:
    from verifier.graph.drawing import drawing
    from verifier.graph.svg import svg

    return svg(drawing(chart)).encode()


def _png(chart: Chart) -> bytes:
    from verifier.graph.drawing import drawing
    from verifier.graph.png import png

    return png(drawing(chart))


def _dot(chart: Chart) -> bytes:
    from verifier.graph.dot import dot

    return dot(chart).encode()


def _graphml(chart: Chart) -> bytes:
    from verifier.graph.graphml import graphml

    return graphml(chart).encode()


def _mermaid(chart: Chart) -> bytes:
    from verifier.graph.mermaid import mermaid

    return mermaid(chart).encode()


FORMATS: Mapping[str, Callable[[Chart], bytes]] = {
    "svg": _svg,
    "png": _png,
    "dot": _dot,
    "graphml": _graphml,
    "mmd": _mermaid,
}
"""From the ending of a file's name to the function that gives the file's content, and may raise DrawingError."""
