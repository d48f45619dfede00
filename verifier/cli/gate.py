"""`arcproof gate`: may this change of the rules be merged?"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli import completion
from verifier.cli.review_options import Flags, review_options
from verifier.cli.review_outputs import Outputs, options, publish

if TYPE_CHECKING:
    from verifier.change.config import Config
    from verifier.change.intent import Intent
    from verifier.files import Files
    from verifier.report.review import Review
    from verifier.review.diff import Side
    from verifier.versions import Repository

MAINS = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""What a branch is compared with where nothing is named: the first of these that exists."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completion.specs)
@click.option("--base", metavar="REV", help="What the change is made to.  [default: where it left the main branch]")
@click.option("--head", metavar="REV|index|worktree", default="worktree", show_default=True, help="The change.")
@click.option("--config", metavar="FILE", help="The configuration's path in the base.")
@click.option(
    "--policy-from",
    type=click.Choice(["base", "head"]),
    default="base",
    show_default=True,
    help="Whose configuration, policy and waivers count.",
)
@click.option("--expect", metavar="FILE", help="What the change declares; anything else is a finding.")
@click.option("--allow-empty", is_flag=True, help="Pass where neither side has a spec.")
@click.option("--from-pre-commit", is_flag=True, help="Take base and head from pre-commit's environment.")
@review_options
@options
def gate(
    paths: tuple[str, ...], base: str | None, head: str, config: str | None, policy_from: str, expect: str | None,
    allow_empty: bool, from_pre_commit: bool, flags: Flags, outputs: Outputs,
) -> int:  # fmt: skip
    """Check the head, compare it with the base, and judge by the base's policy and waivers.

    PATHs limit the review to specs below them.
    """
    from verifier.cli.failures import said

    if from_pre_commit:
        base, head = _pre_commit(base, head)
    asked = _Asked(paths, base, head, config, policy_from, expect, allow_empty, flags)
    with said("gate", base or "base", head, outputs, asked.command) as failure:
        return publish(_review(asked), outputs)
    return failure.code


@dataclass(frozen=True)
class _Asked:
    paths: tuple[str, ...]
    base: str | None
    head: str
    config: str | None
    policy_from: str
    expect: str | None
    allow_empty: bool
    flags: Flags

    @property
    def command(self) -> str:
        """The command that gives the review again."""
        words = ["arcproof", "gate", "--head", self.head]
        for flag, value in (("--base", self.base), ("--config", self.config), ("--expect", self.expect)):
            words += [flag, value] if value is not None else []
        words += ["--policy-from", "head"] if self.policy_from == "head" else []
        words += ["--allow-empty"] if self.allow_empty else []
        return shlex.join([*words, *self.flags.words, *self.paths])


@dataclass(frozen=True)
class _Trees:
    """What is compared, what both sides are called, and the tip of the base, whose policy and waivers count."""

    old: Files
    new: Files
    labels: tuple[str, str]
    tip: Files


def _pre_commit(base: str | None, head: str) -> tuple[str | None, str]:
    """Return what pre-commit says is pushed; at another stage, the index against HEAD."""
    start, end = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if start and end:
        return base or start, end
    return base or "HEAD", "index"


def _review(asked: _Asked) -> Review:
    from verifier.change.waivers import today
    from verifier.review.diff import Side
    from verifier.review.gate import Gate, reviewed_gate
    from verifier.versions import Repository, changed

    repository = Repository(Path.cwd())
    trees = _trees(repository, asked)
    start = _folder(repository)
    judge = trees.tip if asked.policy_from == "base" else trees.new
    config, proposed = (_configured(files, start, asked) for files in (judge, trees.new))
    sides = [
        Side(label, files, _specs(config, files, asked, start))
        for label, files in zip(trees.labels, (trees.old, trees.new), strict=True)
    ]
    _check_paths(sides, asked, start)
    if not (sides[0].specs or sides[1].specs):
        return _nothing(trees.labels, config, asked)
    return reviewed_gate(
        Gate(
            sides[0], sides[1], judge, config, asked.flags.options(config, asked.command),
            changed(trees.old, trees.new), today(os.environ), proposed, _intents(asked.expect),
        )
    )  # fmt: skip


def _configured(files: Files, start: str, asked: _Asked) -> Config:
    """Return the configuration in one version, with what flags and environment say instead."""
    from verifier.change.config import find_config

    return asked.flags.configured(find_config(files, start, asked.config or os.environ.get("ARCPROOF_CONFIG")), files)


def _trees(repository: Repository, asked: _Asked) -> _Trees:
    """Return what is compared: the head, with the commit at which it left the base."""
    from verifier.versions import VersionError

    on_disk: dict[str, Callable[[], Files]] = {"index": repository.index, "worktree": repository.worktree}
    commit = "HEAD" if asked.head in on_disk else asked.head
    name = asked.base or _main(repository)
    start = repository.merge_base(name, commit)
    if commit == asked.head and start == repository.resolve(commit) and not asked.allow_empty:
        told = f"base and head are the same commit, {start[:12]}: there is no change to look at"
        raise VersionError.because("ARC938", told, "name the commit before the change: --base REV")
    tip = repository.tree(name)
    new = on_disk[asked.head]() if asked.head in on_disk else repository.tree(commit)
    label = tip.label if start == repository.resolve(name) else f"{name} (merge base {start[:12]})"
    return _Trees(repository.tree(start), new, (label, new.label), tip)


def _main(repository: Repository) -> str:
    """Return the name of the main branch. Raises VersionError where there is none."""
    from verifier.versions import VersionError

    for name in MAINS:
        if repository.exists(name):
            return name
    raise VersionError.because("ARC934", f"none of {', '.join(MAINS)} exists", "name what to compare with: --base REV")


def _folder(repository: Repository) -> str:
    """Return the working folder's path in the repository, "" at its top."""
    top = repository.top
    here = Path.cwd().resolve()
    inside = top is not None and here.is_relative_to(top.resolve())
    found = here.relative_to(top.resolve()).as_posix() if top is not None and inside else ""
    return "" if found == "." else found


def _specs(config: Config, files: Files, asked: _Asked, start: str) -> tuple[str, ...]:
    """Return the specs that are meant: all that the configuration names, or those below the paths given."""
    if not asked.paths:
        return config.spec_paths(files)
    return tuple(p for p in files.paths() if p.endswith(".arc") and any(_is_below(p, w, start) for w in asked.paths))


def _is_below(path: str, wanted: str, start: str) -> bool:
    whole = os.path.normpath(os.path.join(start, wanted))
    return whole == "." or path == whole or path.startswith(f"{whole}/")


def _check_paths(sides: Sequence[Side], asked: _Asked, start: str) -> None:
    """Refuse what names no spec of either side: a typing error must not pass for a clean review."""
    from verifier.diagnostics import Diagnostic, SpecError, nearest

    every = {p for side in sides for p in side.specs}
    lost = [w for w in asked.paths if not any(_is_below(p, w, start) for p in every)]
    if lost and not asked.allow_empty:
        known = sorted({p for side in sides for p in side.files.paths() if p.endswith(".arc")})
        like = [nearest(os.path.normpath(os.path.join(start, w)), known) for w in lost]
        helps = [f"did you mean {p}?" if p else "say --allow-empty if that is right" for p in like]
        told = [f"no spec found in base and head at {w}" for w in lost]
        raise SpecError([Diagnostic("ARC938", t, help=h) for t, h in zip(told, helps, strict=True)])


def _nothing(labels: tuple[str, str], config: Config, asked: _Asked) -> Review:
    """Return the review where neither side has a spec: could not check, unless that is allowed."""
    from verifier.diagnostics import Diagnostic, SpecError
    from verifier.report.review import MachineReview, Relation, Review

    if not asked.allow_empty:
        told = f"no spec found in base and head: {', '.join(config.specs)}"
        raise SpecError([Diagnostic("ARC938", told, help="name the specs, or say --allow-empty if that is right")])
    none = MachineReview("nothing", "", Relation.CHECKED, "there is no spec on either side", skipped=True)
    return Review(
        "gate", *labels, config.profile, config.fail_on, config.undecided, machines=(none,), reproduce=asked.command
    )


def _intents(path: str | None) -> tuple[Intent, ...] | None:
    """Return what the change declares. Raises SpecError."""
    if path is None:
        return None
    from verifier.change.intent import read_intents
    from verifier.diagnostics import Diagnostic, SpecError

    try:
        return read_intents(path, Path(path).read_bytes())
    except OSError as error:
        raise SpecError([Diagnostic("ARC901", f"cannot read {path}: {error.strerror}")]) from error
