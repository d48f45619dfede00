"""The options that every command has which compares versions: policy, budget, processes, cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.cache import opened

if TYPE_CHECKING:
    from verifier.change.config import Config
    from verifier.files import Files
    from verifier.review.options import Options

Command = Callable[..., int]


@dataclass(frozen=True)
class Flags:
    """What the command line says of a review; None where it says nothing."""

    policy: str | None
    fail_on: str | None
    undecided: str | None
    strict: bool
    timeout: str | None
    budget: str | None
    jobs: int
    cache_dir: str | None
    no_cache: bool

    @property
    def words(self) -> list[str]:
        """The flags that were given and decide about the result, as they are written."""
        given = {
            "--policy": self.policy,
            "--fail-on": self.fail_on,
            "--undecided": self.undecided,
            "--timeout": self.timeout,
            "--budget": self.budget,
        }
        return [*(w for f, v in given.items() if v is not None for w in (f, v)), *(["--strict"] * self.strict)]

    def configured(self, config: Config, files: Files) -> Config:
        """Return the configuration with what flags and environment say instead. Raises SpecError."""
        from verifier.change.settings import overridden

        flags: Mapping[str, str | None] = {
            "policy": self.policy,
            "fail-on": self.fail_on,
            "undecided": self.undecided,
            "strict": "true" if self.strict else None,
            "budget.per-obligation": self.timeout,
            "budget.total": self.budget,
        }
        return overridden(config, flags, os.environ, files)

    def options(self, config: Config, reproduce: str) -> Options:
        """Return what a review is asked, for a configuration that is settled."""
        from verifier.review.options import Options

        return Options(
            config.policy,
            config.per_obligation,
            self.jobs,
            opened(self.cache_dir, self.no_cache),
            reproduce,
            total=config.total,
        )


def review_options(command: Command) -> Command:
    """Return the command with these options, which it receives as `flags: Flags`."""

    @wraps(command)
    def gathered(*args: Any, **given: Any) -> int:
        own = {f: given.pop(f) for f in Flags.__dataclass_fields__}
        return command(*args, flags=Flags(**own), **given)

    decorated: Command = gathered
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS = (
    click.option("--policy", metavar="PROFILE|FILE", help="Who is protected: uapi, impl, safety, or a policy file."),
    click.option("--fail-on", metavar="LEVEL", help="Fail from this level on: breaking, risky, note, never."),
    click.option("--undecided", metavar="fail|warn", help="Whether what stays undecided ends the run with code 3."),
    click.option("--strict", is_flag=True, help="Judge by the stricter levels, where a code has them."),
    click.option("--timeout", metavar="TIME", help="How long to search, and again to certify, for each obligation."),
    click.option("--budget", metavar="TIME", help="How long to search in all; what is left is undecided."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=lambda: os.cpu_count() or 1,
        metavar="N",
        help="How many processes share the work.  [default: one for each processor]",
    ),
    click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where certificates are kept."),
    click.option("--no-cache", is_flag=True, help="Keep no certificates, and use none."),
)
