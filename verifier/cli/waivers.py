"""`arcproof waivers`: the list of what owners accept."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from verifier.cli.config import config_option, project_config
from verifier.cli.explain import chosen_finding, stored_review

if TYPE_CHECKING:
    from verifier.change.waivers import Waiver

Command = TypeVar("Command", bound=Callable[..., object])


@click.group()
def waivers() -> None:
    """The project's waivers: findings that an owner accepts, each with a reason.

    They count once they are merged into the base. Exit codes: 0 in order, 1 one has expired, 2 they cannot be read.
    """


def _file_option(command: Command) -> Command:
    return click.option(
        "--file", type=click.Path(), metavar="FILE", help="The file of waivers, if not the configured."
    )(command)


@waivers.command(name="list")
@config_option
@_file_option
def list_(named: str | None, file: str | None) -> int:
    """List the waivers, each with what it accepts, until when, and why."""
    read = _read(named, file)
    if read is None:
        return 2
    found, _, today = read
    for waiver in found:
        for line in _listed(waiver, today):
            click.echo(line)
    click.echo(_summary(found, today))
    return 0


@waivers.command()
@config_option
@_file_option
def check(named: str | None, file: str | None) -> int:
    """Check that the waivers can be read, and that none has expired."""
    read = _read(named, file)
    if read is None:
        return 2
    found, _, today = read
    expired = [w for w in found if w.is_expired(today)]
    for waiver in expired:
        click.echo(f"ARC603 waiver {waiver.id} expired: its last day was {waiver.expires}")
    for waiver in found:
        if waiver.is_expiring(today):
            click.echo(f"ARC605 waiver {waiver.id} is about to expire: its last day is {waiver.expires}")
    click.echo(_summary(found, today))
    return 1 if expired else 0


@waivers.command()
@click.argument("fingerprint")
@click.option("--from", "review", type=click.Path(), required=True, metavar="REVIEW.json", help="The stored review.")
def draft(fingerprint: str, review: str) -> int:
    """Print a waiver for the finding whose FINGERPRINT begins so, to be completed by an owner.

    Breaking consequences of the finding get a waiver each: who accepts the cause does not thereby accept them.
    """
    from verifier.change.acceptance import OWN_WAIVER
    from verifier.change.checks import CHECKS
    from verifier.change.drafting import stanza
    from verifier.diagnostics.render import printable

    machine, finding = chosen_finding(stored_review(review), fingerprint)
    wanted = [finding, *(f for f in finding.tree() if f is not finding and f.own in OWN_WAIVER)]
    for found in wanted:
        if found.code not in CHECKS or not CHECKS[found.code].waivable:
            raise click.ClickException(printable(f"{found.code} ({found.title}) cannot be waived"))
    unique = {f.fingerprint: f for f in wanted}
    texts = [stanza(f.code, machine, f.subject, f.fingerprint, f.before, f.after) for f in unique.values()]
    click.echo("\n".join(texts), nl=False)
    return 0


@waivers.command()
@config_option
@_file_option
@click.option("--since", metavar="REV", help="Those of changes that were merged between REV and HEAD.")
@click.option(
    "--from", "reviews", type=click.Path(), multiple=True, metavar="REVIEW.json",
    help="Those that accepted something in this review of a merged change; may be repeated.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Name the waivers, and leave the file as it is.")
def prune(named: str | None, file: str | None, since: str | None, reviews: tuple[str, ...], dry_run: bool) -> int:
    """Remove the waivers that are spent: those whose change is merged.

    A waiver that fits nothing may also be one that waits for its change, so say where the merged changes are to be
    found: by `--since` or `--from`. Everything else in the file stays as it is, byte for byte.
    """
    from verifier.change.waivers import pruned

    if since is None and not reviews:
        raise click.UsageError("which changes are merged? Expected --since REV or --from REVIEW.json")
    read = _read(named, file)
    if read is None:
        return 2
    found, path, _ = read
    merged = _accepted(reviews) | (set() if since is None else _merged(named, since))
    spent = [w.id for w in found if w.kind == "change" and w.fingerprint in merged]
    if spent and not dry_run:
        path.write_bytes(pruned(str(path), path.read_bytes(), spent))
    for waiver in spent:
        click.echo(f"{'spent' if dry_run else 'removed'}: {waiver}")
    click.echo(f"{len(spent)} of {len(found)} waivers are spent")
    return 0


def _accepted(paths: tuple[str, ...]) -> set[str]:
    """Return the fingerprints of what waivers accepted in the stored reviews."""
    trees = (root.tree() for path in paths for _, root in stored_review(path).findings())
    return {f.fingerprint for tree in trees for f in tree if f.accepted}


def _merged(named: str | None, since: str) -> set[str]:
    """Return the fingerprints of the changes from a revision to HEAD. Raises click.ClickException iff they cannot be
    told: a waiver is removed only where its change was seen."""
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.review.diff import Side, review_sides
    from verifier.review.options import Options
    from verifier.versions import Repository

    try:
        _, config = project_config(named)
        repository = Repository(Path.cwd())
        trees = [repository.tree(revision) for revision in (since, "HEAD")]
        sides = [Side(files.label, files, config.spec_paths(files)) for files in trees]
        review = review_sides(sides[0], sides[1], Options(config.policy, config.per_obligation, total=config.total))
    except SpecError as error:
        raise click.ClickException(render(error.diagnostics, error.sources)) from error
    if review.problems or review.contradiction:
        told = review.contradiction or "\n".join(line for p in review.problems for line in p.text)
        raise click.ClickException(f"the changes since {since} cannot be told\n{told}")
    return {f.fingerprint for _, root in review.findings() for f in root.tree()}


def _read(named: str | None, file: str | None) -> tuple[tuple[Waiver, ...], Path, datetime.date] | None:
    """Return the waivers, their file and today; None iff they cannot be read, which is said then."""
    from verifier.change.waivers import read_waivers, today
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render

    try:
        root, config = project_config(named)
        path = Path(file) if file is not None else Path(os.path.relpath(root / config.waivers))
        content = path.read_bytes() if file is not None or path.exists() else None
        if content is None:
            click.echo(f"there is no file {path}", err=True)
        return read_waivers(str(path), content, config.max_waivers), path, today(os.environ)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
    except (OSError, ValueError) as error:
        told = f"{file}: {error.strerror}" if isinstance(error, OSError) else str(error)
        click.echo(f"Error: {told}", err=True)
    return None


def _listed(waiver: Waiver, today: datetime.date) -> list[str]:
    from verifier.diagnostics.render import printable

    until = "does not expire" if waiver.expires is None else f"until {waiver.expires}"
    state = "EXPIRED" if waiver.is_expired(today) else until
    meaning = f"sha256:{waiver.fingerprint[:12]}" if waiver.fingerprint else "any that is not breaking"
    return [
        printable(f"{waiver.id}  {waiver.kind}  {state}"),
        printable(f"  {waiver.code} {waiver.subject}{f' of {waiver.machine}' if waiver.machine else ''}  {meaning}"),
        printable(f"  {waiver.reason}"),
        printable(f"  {waiver.owner}  {waiver.link}"),
    ]


def _summary(found: tuple[Waiver, ...], today: datetime.date) -> str:
    expired, expiring = sum(w.is_expired(today) for w in found), sum(w.is_expiring(today) for w in found)
    return f"{len(found)} waivers: {expired} expired, {expiring} about to expire"
