"""`arcproof git-diff-driver`: what `git diff` shows of a spec.

Source of the protocol: git's manual, "gitattributes", "Defining an external diff driver", and GIT_EXTERNAL_DIFF in
"git".
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.cache import opened

if TYPE_CHECKING:
    from verifier.diagnostics import Source

NO_FILE = "/dev/null"
"""What git calls the side of a file that is not there."""


@dataclass(frozen=True)
class Given:
    """One side as git hands it over: the path in the repository, where its content is, and the blob's name."""

    path: str
    file: str
    blob: str

    @property
    def label(self) -> str:
        """The side's name for people: a blob that git does not have yet stands in the work tree."""
        known = self.blob.strip("0.")
        return f"{self.path}@{self.blob[:10]}" if known else self.path

    def content(self) -> bytes | None:
        """Return the content; None where there is no such file."""
        return None if self.file == NO_FILE else Path(self.file).read_bytes()


@click.command(name="git-diff-driver", context_settings={"ignore_unknown_options": True})
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search, and again to certify, for each question.",
)
@click.argument("given", nargs=-1, type=click.UNPROCESSED, metavar="PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE ...")
def git_diff_driver(timeout: float, given: tuple[str, ...]) -> int:
    """Print what a change of a spec means, for `git diff`, which calls this with seven arguments or nine.

    \b
    echo '*.arc diff=arcproof' >>.gitattributes
    git config diff.arcproof.command 'arcproof git-diff-driver'

    Where a side cannot be read the reason and the lines that differ are shown. The exit code is 0: git would stop at
    any other.
    """
    if len(given) == 1:
        _print([f"{given[0]}: not merged"])
        return 0
    if len(given) not in (7, 9):
        raise click.UsageError(f"git calls this with 1, 7 or 9 arguments, not with {len(given)}")
    old = Given(given[0], given[1], given[2])
    new = Given(given[7] if len(given) == 9 else given[0], given[4], given[5])
    _print([f"diff --arcproof a/{old.path} b/{new.path}"])
    try:
        lines = _meaning(old, new, timeout)
    except OSError as error:
        lines = [f"cannot read {error.filename}: {error.strerror}"]
    _print(lines)
    return 0


def _meaning(old: Given, new: Given, timeout: float) -> Sequence[str]:
    """Return the semantic difference as lines; where there is none to be had, why, and the lines that differ."""
    from verifier.diagnostics import SpecError, render

    contents = [side.content() for side in (old, new)]
    try:
        sides = [_source(s, c) for s, c in zip((old, new), contents, strict=True)]
    except SpecError as error:
        return [*render(error.diagnostics, error.sources).splitlines(), *_lines(old, new, contents)]
    try:
        shown, is_whole = _review(old, new, sides, timeout)
    except Exception as error:  # git would not show the other files either; it is said, and the lines are shown
        shown, is_whole = [f"arcproof: internal error: {type(error).__name__}: {error}"], False
    return shown if is_whole else [*shown, *_lines(old, new, contents)]


def _source(side: Given, content: bytes | None) -> Source | None:
    from verifier.syntax import source_of

    return None if content is None else source_of(side.path, content)


def _review(old: Given, new: Given, sides: Sequence[Source | None], timeout: float) -> tuple[list[str], bool]:
    """Return the review as lines, and whether both sides could be read."""
    from verifier.report.formats import render
    from verifier.review.diff import review_sources
    from verifier.review.options import Options

    options = Options(seconds=timeout, store=opened(None, False))
    review = review_sources(sides[0], sides[1], options)
    named = replace(review, base=old.label, head=new.label)
    return render(named, "text").splitlines(), not review.problems


def _lines(old: Given, new: Given, contents: Sequence[bytes | None]) -> Sequence[str]:
    before, after = ((c or b"").decode("utf-8", "replace").splitlines() for c in contents)
    return ["", *unified_diff(before, after, f"a/{old.path}", f"b/{new.path}", lineterm="")]


def _print(lines: Sequence[str]) -> None:
    from verifier.diagnostics.render import printable

    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
