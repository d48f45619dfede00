"""`arcproof stats`: how many states and transitions a machine has."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from verifier.cli.check import Size

if TYPE_CHECKING:
    from verifier.model.model import Model


@click.command()
@click.argument("spec", type=click.Path())
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Fix a parameter.")
@click.option(
    "--format", "-f", type=click.Choice(("text", "json")), default="text", show_default=True, help="How to show it."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to explore, for all values of the parameters together.",
)
@click.option(
    "--memory",
    type=Size(),
    metavar="SIZE",
    help="How much memory to take, such as 8G.  [default: half of what there is]",
)
@click.option("--states", type=click.IntRange(min=1), metavar="N", help="Stop when more states than this are found.")
@click.option(
    "--threads",
    type=click.IntRange(min=1, max=64),
    default=1,
    show_default=True,
    metavar="N",
    help="How many threads share it.",
)
def stats(
    spec: str, param: tuple[str, ...], format: str, timeout: float, memory: int | None, states: int | None, threads: int
) -> int:
    """Count the reachable states of SPEC, its transitions, and what its graph is like.

    For each value of the parameters by itself, and summed over all of them. The diameter is the distance of the
    farthest state from the initial ones, the largest component the number of its states; a terminal component is one
    that no transition leaves. Exit codes: 0 all states were counted, 3 a limit was met or an int left its range, and
    the numbers are those of the states found, 2 the states cannot be listed.
    """
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.request import RequestError
    from verifier.stats import Uncountable, limits_of, stats_json, stats_text
    from verifier.stats import stats as counted

    try:
        found = counted(_model(spec, param), limits_of(timeout, memory, threads, states))
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    except Uncountable as error:
        click.echo(f"arcproof: the states of {spec} cannot be listed: {error}", err=True)
        return 2
    shown = (
        json.dumps(stats_json(found), indent=2, ensure_ascii=False) + "\n" if format == "json" else stats_text(found)
    )
    sys.stdout.write(shown)
    return 0 if found.total.incomplete is None else 3


def _model(spec: str, param: tuple[str, ...]) -> Model:
    """Return the model with the parameters fixed. Raises SpecError, RequestError."""
    from verifier import pipeline
    from verifier.cli.addressing import addressed
    from verifier.request import Request

    ((model, request),) = addressed({0: pipeline.load(spec)}, Request(), param).values()
    return model.fixed(request.parameters)
