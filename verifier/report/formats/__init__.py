"""The renderers of a review: one format, one file; each gives one document, also of a clean run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.report.formats.github import render_github
from verifier.report.formats.gitlab import render_gitlab
from verifier.report.formats.json import render_json
from verifier.report.formats.junit import render_junit
from verifier.report.formats.mail import render_mail
from verifier.report.formats.markdown import render_markdown
from verifier.report.formats.names import NAMES
from verifier.report.formats.sarif import render_sarif
from verifier.report.formats.text import render_text
from verifier.report.review import Review

FORMATS: Mapping[str, Callable[[Review], str]] = dict(
    zip(
        NAMES,
        (
            lambda review: render_text(review).plain,
            render_json,
            render_markdown,
            render_sarif,
            render_junit,
            render_github,
            render_gitlab,
            render_mail,
        ),
        strict=True,
    )
)


def render(review: Review, format: str) -> str:
    """Return the review as one document. Raises KeyError for a format that is not among `FORMATS`.

    The same review gives the same bytes, and what a document says of verdict, counts and codes is the same in all.
    """
    return FORMATS[format](review)
