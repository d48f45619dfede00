"""What could not be checked, said in whatever format was asked for: never nothing, and never a clean document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.cli.review_outputs import Outputs


@dataclass
class Failure:
    """The exit code of a command whose input could not be read."""

    code: int = 2


@contextmanager
def said(command: str, base: str, head: str, outputs: Outputs, reproduce: str = "") -> Iterator[Failure]:
    """Turn diagnostics that end the command into a document in the format asked for, and exit code 2.

    `reproduce` is the command that gives it again.
    """
    from verifier.cli.review_outputs import publish
    from verifier.diagnostics import SpecError
    from verifier.report.review import Review
    from verifier.review.diff import problem

    failure = Failure()
    try:
        yield failure
    except SpecError as error:
        problems = (problem(error, "", ""),)
        review = Review(command, base, head, "", "breaking", "fail", problems=problems, reproduce=reproduce)
        failure.code = publish(review, outputs)
