"""The command line as a whole, and the exit code of whatever happens in it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from verifier.cli.check import check
from verifier.cli.completion import completion
from verifier.cli.config import config
from verifier.cli.conform import conform
from verifier.cli.diff import diff
from verifier.cli.explain import explain
from verifier.cli.export import export
from verifier.cli.extract import extract
from verifier.cli.fmt import fmt
from verifier.cli.gate import gate
from verifier.cli.git_diff_driver import git_diff_driver
from verifier.cli.graph import graph
from verifier.cli.lint import lint
from verifier.cli.patch import patch
from verifier.cli.render import render
from verifier.cli.replay import replay
from verifier.cli.rules import rules
from verifier.cli.schema import schema
from verifier.cli.stats import stats
from verifier.cli.waivers import waivers
from verifier.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arcproof", message="%(prog)s %(version)s")
def arcproof() -> None:
    """A formal verifier for state-machine rules.

    Exit codes: 0 all as expected, 1 failed, 2 could not check, 3 undecided, 4 internal error or
    contradiction, 130 interrupted. Several specs fold as 4 > 2 > 1 > 3 > 0.
    """


arcproof.add_command(check)
arcproof.add_command(completion)
arcproof.add_command(config)
arcproof.add_command(conform)
arcproof.add_command(diff)
arcproof.add_command(explain)
arcproof.add_command(export)
arcproof.add_command(extract)
arcproof.add_command(fmt)
arcproof.add_command(git_diff_driver)
arcproof.add_command(gate)
arcproof.add_command(graph)
arcproof.add_command(lint)
arcproof.add_command(patch)
arcproof.add_command(render)
arcproof.add_command(replay)
arcproof.add_command(rules)
arcproof.add_command(schema)
arcproof.add_command(stats)
arcproof.add_command(waivers)


def main() -> None:
    """Run the command with the process's arguments, and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of the command with these arguments. No exception leaves it: a crash is code 4."""
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
