"""The command line as a whole, and the exit code of whatever happens in it."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from verifier.version import __version__

COMMANDS = (
    "check", "completion", "config", "conform", "diff", "explain", "export", "extract", "fmt", "gate",
    "git-diff-driver", "graph", "lint", "patch", "render", "replay", "rules", "schema", "stats", "waivers",
)  # fmt: skip
"""Each has a module in this package, and in it a function, of its name."""


class Commands(click.Group):
    """The commands, of which only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None iff there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"verifier.cli.{name}"), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arcproof", message="%(prog)s %(version)s")
def arcproof() -> None:
    """A formal verifier for state-machine rules.

    Exit codes: 0 all as expected, 1 failed, 2 could not check, 3 undecided, 4 internal error or
    contradiction, 130 interrupted. Several specs fold as 4 > 2 > 1 > 3 > 0.
    """


COLLECTED = 50_000
"""How many more objects there are each time that cycles among them are looked for. What a run makes is rarely garbage
at once, and Python's 700 has all that is loaded looked through again and again."""


def main() -> NoReturn:
    """Run the command with the process's arguments, and end the process with its exit code."""
    gc.set_threshold(COLLECTED)
    _end(run(sys.argv[1:]))


def _end(code: int) -> NoReturn:
    """End the process as the interpreter does, but leave its memory to the system, which is quicker than to free all
    objects one by one."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        sys.exit(code)  # there is nobody to read: the interpreter knows what to do
    atexit._run_exitfuncs()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of the command with these arguments. No exception leaves it: a crash is code 4."""
    if "_ARCPROOF_COMPLETE" in os.environ:
        import_module("verifier.cli.completion")  # it tells click how to answer bash
    try:
        code = arcproof.main(list(arguments), prog_name="arcproof", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("arcproof: interrupted", err=True)
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:  # a crash must never look like a finding, which is code 1
        return _crashed(error)


def _crashed(error: Exception) -> int:
    if os.environ.get("ARCPROOF_DEBUG") == "1":
        traceback.print_exception(error)
    click.echo(f"arcproof: internal error: {type(error).__name__}: {error}", err=True)
    click.echo("No verdict of this run counts. ARCPROOF_DEBUG=1 shows where it happened.", err=True)
    return 4
