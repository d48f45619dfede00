"""The reply by mail: narrow, quoted, and nothing in it that a program takes for something else."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.formats.reviews import reviews
from tests.report.formats.stories import CLEAN, FAILED, SERIES, STORIES
from verifier.report.formats import render
from verifier.report.formats.mail import command_lines
from verifier.report.review import Review


def check_lines(document: str) -> None:
    for line in document.split("\n"):
        assert len(line) <= 72 or line.startswith("> ")
        assert not line.startswith(("From ", "diff ", "--", "+++", "@@", ".", "Index:"))


@pytest.mark.parametrize("story", STORIES)
def test_stories_are_narrow(story: str) -> None:
    check_lines(render(STORIES[story], "mail"))


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_random_reviews_are_narrow_and_no_patches(review: Review) -> None:
    check_lines(render(review, "mail"))


def test_the_finding_stands_under_the_quoted_hunk() -> None:
    lines = render(SERIES, "mail").split("\n")
    at = lines.index("> +  STOP_COPY -> PRE_COPY by user")
    assert lines[at - 2] == "> @@ -58,6 +58,7 @@ rules"
    assert lines[at + 1].startswith(">> breaking ARC201: ")
    assert "Patch 1: vfio: add a way back from STOP_COPY" in lines
    assert "base: v6.12" in lines
    assert "  arcproof patch series.mbx --tree . --base v6.12" in lines


def test_what_is_waived_is_not_marked_as_new() -> None:
    document = render(FAILED, "mail")
    assert "\nwaived breaking ARC302" in document
    assert ">> waived" not in document


def test_an_all_clear_says_what_was_checked() -> None:
    document = render(CLEAN, "mail")
    assert "No objections. This was checked:\n  nvme_ctrl: EQUIVALENT  (same digest)" in document
    assert "No objections" not in render(STORIES["nothing"], "mail")


def words_of(command: str) -> str:
    """What a shell takes the words of the command for."""
    script = f"f() {{ printf '<%s>\\n' \"$@\"; }}; f {command}"
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("ab' \"\\$`*|;-", max_size=200), min_size=1, max_size=4))
def test_a_broken_command_is_the_same_for_a_shell(words: list[str]) -> None:
    command = shlex.join(words)
    lines = command_lines(command, 72)
    assert max(map(len, lines)) <= 72
    assert words_of("\n".join(lines)) == words_of(command)
