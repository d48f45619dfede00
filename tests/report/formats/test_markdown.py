"""The comment on a pull request: it fits, it says what it left out, and a stranger's words are no markup in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.report.formats.reviews import HOSTILE, reviews
from tests.report.formats.stories import ADDED, CLEAN, FAILED, OPEN, VFIO, WAIVED
from verifier.change.level import Level
from verifier.report.formats import render
from verifier.report.formats.cutting import Block, Kind, fitted
from verifier.report.formats.markdown import MARKER, MOST
from verifier.report.formats.markup import cell, clipped, code, fenced, prose
from verifier.report.formats.phrases import one_line
from verifier.report.review import Problem, Review

PARSER = MarkdownIt("commonmark").enable("table")

texts = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.text("|`\\<>[]()*_~&@# a", max_size=12)


def tokens(document: str) -> Iterator[Token]:
    """All tokens, of blocks and inside them."""
    for token in PARSER.parse(document):
        yield token
        yield from token.children or ()


def words(document: str) -> str:
    """What a reader sees."""
    return "".join(t.content for t in tokens(document) if t.type in ("text", "code_inline"))


@given(texts)
def test_prose_is_shown_as_it_is(text: str) -> None:
    assert words(prose(text)).strip() == clipped(one_line(text)).strip()
    assert {t.type for t in tokens(f"x {prose(text)}")} <= SPEAKING


SPEAKING = {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@given(texts)
def test_code_is_shown_as_it_is(text: str) -> None:
    assert words(code(text)).strip() == clipped(one_line(text)).strip()
    assert {t.type for t in tokens(f"x {code(text)}")} <= SPEAKING


@given(texts, texts)
def test_cells_stay_in_their_columns(left: str, right: str) -> None:
    rows = PARSER.parse(f"| a | b | c |\n| --- | --- | --- |\n| {cell(left)} | {cell(right)} | end |")
    shown = ["".join(c.content for c in t.children or ()).strip() for t in rows if t.type == "inline"][3:]
    assert shown == [clipped(one_line(left)).strip(), clipped(one_line(right)).strip(), "end"]


@given(st.lists(st.text("`~ a<", max_size=9), min_size=1, max_size=4))
def test_a_block_ends_where_it_should(lines: list[str]) -> None:
    (block,) = PARSER.parse("\n".join(fenced(lines, "text")))
    assert block.content == "\n".join(lines) + "\n"


def test_hunk_and_run_are_blocks_of_code_beside_each_other() -> None:
    found = [t for t in tokens(render(FAILED, "markdown")) if t.type in ("fence", "html_block")]
    blocks = [(t.info, t.content) if t.type == "fence" else t.content.replace("\n", "") for t in found]
    left = next(i for i, b in enumerate(blocks) if b == "<table><tr><td>")
    assert blocks[left + 1] == ("diff", "\n".join(ADDED.quoted) + "\n")
    assert blocks[left + 2] == "</td><td>"
    assert "3  set_state(new = PRE_COPY)" in blocks[left + 3][1]
    assert blocks[left + 4 : left + 6] == ["</td></tr></table>", "</details>"]


TAGS = {"details", "summary", "code", "table", "tr", "td"}


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_nothing_of_a_stranger_is_markup(review: Review) -> None:
    document = render(review, "markdown")
    assert document.startswith(f"{MARKER}\n## ")
    for token in tokens(document):
        assert token.type not in ("link_open", "image", "html_inline")
        if token.type == "html_block" and token.content.strip() != MARKER:
            assert set(re.findall(r"</?([^\s>]*)", token.content)) <= TAGS
    for text in (t.content for t in tokens(document) if t.type == "text"):
        assert not re.search(r"(?<!\w)@\w|@\w+\.\w|://|www\.|#\d", text)


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_a_comment_fits(review: Review) -> None:
    assert len(render(review, "markdown")) <= MOST


def test_what_does_not_fit_is_counted_and_the_worst_stays() -> None:
    many = [replace(ADDED, subject=f"rule r{i}: {'x' * 80}", level=Level.BREAKING) for i in range(300)]
    light = [
        replace(ADDED, subject=f"note n{i}", level=Level.NOTE, own=Level.NOTE, consequences=()) for i in range(300)
    ]
    big = replace(FAILED, machines=(replace(VFIO, findings=(*light, *many, OPEN, WAIVED)),))
    document = render(big, "markdown")
    assert len(document) <= MOST
    assert document.split("\n")[1] == "## GATE FAILED: 300 breaking, 1 risky, 1 waived, 1 undecided, 300 notes"
    (told,) = re.findall(r"Too long for a comment.*Left out: (.*); the JSON report", document)
    rows = len(re.findall(r"^\| (?:\*\*|waived)", document, re.M))
    details = document.count("<details>")
    assert {f"{603 - rows} findings", f"{602 - details} findings in detail"} <= set(told.split(", "))
    assert rows >= 100
    assert details >= 5
    assert "note n0" not in document
    assert "no proof within 30 s" in document


def test_what_was_not_checked_is_cut_last_and_never_without_a_word() -> None:
    problems = tuple(Problem("ARC001", "new", f"problem {i}", ("y" * 200,) * 20) for i in range(40))
    notes = tuple(f"note {i} {'z' * 250}" for i in range(300))
    document = render(replace(FAILED, problems=problems, notes=notes), "markdown")
    shown = len(re.findall(r"could not check \(new side\): problem \d+", document))
    assert len(document) <= MOST
    assert 5 < shown < 40
    assert f"{41 - shown} entries on what was not checked or not decided" in document


def test_nothing_is_said_of_cutting_where_all_fits() -> None:
    assert "Too long" not in render(FAILED, "markdown")
    assert render(CLEAN, "markdown").startswith(f"{MARKER}\n## PASSED: 0 breaking")


kinds = st.sampled_from([Kind("a", ()), Kind("b", ()), Kind("c", ())])
blocks = st.lists(st.builds(Block, kinds, st.integers(0, 3), st.text("x", max_size=9)), max_size=12)


@given(blocks, st.integers(0, 60))
def test_of_each_kind_the_first_ones_are_kept_and_the_others_counted(given_: list[Block], most: int) -> None:
    given_ = [replace(b, rank=ord(b.kind.many)) for b in given_]
    kept, cut = fitted(given_, most)
    assert sum(len(b.text) + 1 for b in kept) <= most
    for kind in {b.kind for b in given_}:
        mine = [b for b in given_ if b.kind == kind]
        left = [b for b in kept if b.kind == kind]
        assert left == mine[: len(left)]
        assert dict(cut).get(kind, 0) == len(mine) - len(left)
