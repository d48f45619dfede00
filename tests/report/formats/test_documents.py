"""Documents that people read, as golden files."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.report.formats.stories import STORIES
from verifier.report.formats import render


@pytest.mark.parametrize("format", ["text", "markdown", "github", "junit", "mail"])
@pytest.mark.parametrize("story", ["failed", "clean", "unreadable"])
def test_story(story: str, format: str, golden: SnapshotAssertion) -> None:
    assert render(STORIES[story], format) == golden


@pytest.mark.parametrize("format", ["text", "mail"])
def test_series(format: str, golden: SnapshotAssertion) -> None:
    assert render(STORIES["series"], format) == golden
