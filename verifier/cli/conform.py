"""`arcproof conform`: C sources against a spec."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli import completion
from verifier.cli.review_outputs import Outputs, options, publish

if TYPE_CHECKING:
    from verifier.change.policy import Policy
    from verifier.report.review import Review
    from verifier.review.conform import Question


@dataclass(frozen=True)
class _Asked:
    spec: str
    source_tree: str
    asked: str | None
    flag: tuple[str, ...]
    no_drivers: bool
    policy: str
    fail_on: str
    undecided: str

    @property
    def command(self) -> str:
        """The command that gives the review again."""
        words = ["arcproof", "conform", self.spec, "--source-tree", self.source_tree]
        words += ["--asked", self.asked] if self.asked else []
        words += [w for f in self.flag for w in ("--flag", f)] + (["--no-drivers"] if self.no_drivers else [])
        return shlex.join([*words, "--policy", self.policy])


@click.command()
@click.argument("spec", metavar="SPEC", shell_complete=completion.specs)
@click.option(
    "--source-tree", type=click.Path(exists=True, file_okay=False), required=True, metavar="DIR",
    help="The C sources: the top of the tree.",
)  # fmt: skip
@click.option(
    "--asked", metavar="NAME",
    help="The spec's definition or table that says which arcs a driver may be asked for.  [default: direct]",
)  # fmt: skip
@click.option(
    "--flag", multiple=True, metavar="PARAMETER=MACRO",
    help="Which of C's flags a parameter stands for.  [default: VFIO's]",
)  # fmt: skip
@click.option("--no-drivers", is_flag=True, help="Compare tables only.")
@click.option("--policy", default="uapi", show_default=True, metavar="PROFILE", help="Who is protected.")
@click.option(
    "--fail-on", type=click.Choice(["breaking", "risky", "note", "never"]), default="breaking", show_default=True,
    help="Fail from this level on.",
)  # fmt: skip
@click.option(
    "--undecided", type=click.Choice(["fail", "warn"]), default="fail", show_default=True,
    help="Whether what is not understood ends the run with code 3.",
)  # fmt: skip
@options
def conform(outputs: Outputs, **given: object) -> int:
    """Compare C sources with SPEC: its tables, and the arcs that drivers implement.

    Every table that the spec binds to C (`from c`, `matches c`) is compared with the array in the source tree. Every
    driver in the tree must implement the arcs that the core may ask for under the flags it declares, and no others.
    Exit codes: 0 it conforms, 1 it does not, 2 something could not be read, 3 something was not understood.
    """
    from verifier.cli.failures import said

    asked = _Asked(**given)  # type: ignore[arg-type]
    with said("conform", asked.spec, asked.source_tree, outputs) as failure:
        return publish(_review(asked), outputs)
    return failure.code


def _review(asked: _Asked) -> Review:
    from verifier.files import Folder
    from verifier.review.conform import conform as reviewed
    from verifier.syntax import read_source

    source = read_source(asked.spec)
    question = None if asked.no_drivers else _question(asked)
    return reviewed(source, Folder(Path(asked.source_tree)), _policy(asked), question, reproduce=asked.command)


def _question(asked: _Asked) -> Question:
    from verifier.review.conform import Question

    question = Question() if asked.asked is None else Question(asked.asked)
    if not asked.flag:
        return question
    pairs = [text.partition("=") for text in asked.flag]
    if wrong := next((t for t, (p, sign, c) in zip(asked.flag, pairs, strict=True) if not (p and sign and c)), None):
        raise click.UsageError(f"--flag {wrong}: expected PARAMETER=MACRO")
    return Question(question.asked, {p: c for p, _, c in pairs})


def _policy(asked: _Asked) -> Policy:
    from verifier.change.policy import Policy, profile_named

    profile = profile_named(asked.policy)
    if profile is None:
        raise click.UsageError(f"there is no profile `{asked.policy}`\nhelp: there are uapi, impl and safety")
    return Policy(profile, asked.fail_on, asked.undecided)
