"""`arcproof patch`: review a series from a mailing list."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.review_options import Flags, review_options
from verifier.cli.review_outputs import Outputs, options, publish

if TYPE_CHECKING:
    from verifier.diagnostics import Diagnostic
    from verifier.report.review import Review
    from verifier.review.patch import Trees
    from verifier.versions import Applied, Repository, Series


@click.command()
@click.argument("mailbox", metavar="MBOX|-")
@click.option("--tree", required=True, metavar="DIR", help="The git tree that the series is made for; it is only read.")
@click.option("--base", metavar="REV", help="What the series is applied to.  [default: its base-commit]")
@click.option("--every-patch", is_flag=True, help="Each patch must pass by itself, not only the whole.")
@click.option("--compare", metavar="OLD.mbx", help="An older revision of the series, to say what the new one changes.")
@click.option("--table", multiple=True, metavar="NAME", help="Read this table of the C files, and no other.")
@click.option("--function", multiple=True, metavar="NAME", help="Read this function of the C files, and no other.")
@click.option(
    "--three-way", is_flag=True, help="Let git merge what does not apply as it stands; the review says where."
)
@click.option("--edited", is_flag=True, help="Patches were edited by hand: review them as they stand.")
@click.option("--allow-empty", is_flag=True, help="Pass where the series touches nothing that can be compared.")
@review_options
@options
def patch(mailbox: str, tree: str, flags: Flags, outputs: Outputs, **asked: object) -> int:
    """Review the series of patches in a mailbox.

    It is applied to the tree in memory: work tree, index and configuration of the tree stay as they are. Specs are
    compared by meaning, and so are tables and functions of C that say how states follow each other.
    """
    from verifier.cli.failures import said

    command = _command(mailbox, tree, asked, flags)
    base = asked["base"]
    with said("patch", base if isinstance(base, str) else "base", mailbox, outputs, command) as failure:
        return publish(_review(mailbox, tree, flags, asked, command), outputs)
    return failure.code


def _review(mailbox: str, tree: str, flags: Flags, given: dict[str, object], command: str) -> Review:
    from verifier.change.config import find_config
    from verifier.review.patch import Asked, reviewed_series
    from verifier.versions import Repository

    repository = Repository(Path(tree))
    series = _series(mailbox)
    trees = _trees(repository, series, given)
    config = flags.configured(find_config(trees.base), trees.base)
    old = given["compare"]
    older = _trees(repository, _series(old), {**given, "three_way": False}) if isinstance(old, str) else None
    only = [*(("table", n) for n in _names(given["table"])), *(("function", n) for n in _names(given["function"]))]
    asked = Asked(
        config, flags.options(config, command), tuple(only), bool(given["every_patch"]), older,
        bool(given["allow_empty"]),
    )  # fmt: skip
    return reviewed_series(trees, asked)


def _names(given: object) -> list[str]:
    return [str(n) for n in given] if isinstance(given, tuple) else []


def _series(mailbox: str) -> Series:
    """Return the series in a mailbox. Raises SpecError."""
    from verifier.diagnostics import Diagnostic, SpecError
    from verifier.versions import read_series
    from verifier.versions.series import MAX_BYTES

    if mailbox == "-":
        return read_series(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    try:
        with open(mailbox, "rb") as file:
            return read_series(file.read(MAX_BYTES + 1), mailbox)
    except OSError as error:
        raise SpecError([Diagnostic("ARC901", f"cannot read {mailbox}: {error.strerror}")]) from error


def _trees(repository: Repository, series: Series, given: dict[str, object]) -> Trees:
    from verifier.review.patch import Trees
    from verifier.versions import SeriesError, applied, base_of

    base, edited = given["base"], bool(given["edited"])
    commit = base_of(repository, base if isinstance(base, str) else None, series)
    found = applied(repository, commit, series, bool(given["three_way"]))
    if not edited and (errors := list(_damaged(found))):
        raise SeriesError(errors)
    tree = repository.tree(base if isinstance(base, str) else commit)
    return Trees(series, tree, tuple(a.files for a in found), tuple(_notes(series, found)))


def _damaged(found: Sequence[Applied]) -> Iterator[Diagnostic]:
    """Yield an error for each file of which a patch does not make what it made for its author."""
    from verifier.diagnostics import Diagnostic

    for applied in found:
        for path in applied.incomplete:
            told = f"patch {applied.patch.number} does not make the {path} that its author has: a hunk may be lost"
            hint = "have it sent again; or, if it was edited by hand and is to be reviewed as it stands, say --edited"
            yield Diagnostic("ARC939", told, applied.patch.place, help=hint)


def _notes(series: Series, found: Sequence[Applied]) -> Iterator[str]:
    """Say what of the mailbox was not used, and what was applied in another way than as it stands."""
    if series.ignored:
        yield f"mails of the mailbox that are no patches, left out: {series.ignored}"
    for applied in found:
        if applied.merged:
            yield f"patch {applied.patch.number} was merged, for it does not apply as it stands"
        for path in applied.incomplete:
            yield f"patch {applied.patch.number} was edited by hand: its {path} is not the one that its author has"


def _command(mailbox: str, tree: str, given: dict[str, object], flags: Flags) -> str:
    """Return the command that gives the review again."""
    words = ["arcproof", "patch", mailbox, "--tree", tree]
    for name, value in given.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, tuple):
            words += [w for v in value for w in (flag, str(v))]
        elif value is True:
            words.append(flag)
        elif isinstance(value, str):
            words += [flag, value]
    return shlex.join([*words, *flags.words])
