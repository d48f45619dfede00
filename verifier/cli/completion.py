"""`arcproof completion`: what a shell needs to complete the command line, and what it is then told.

The completions themselves are asked of arcproof by the shell, at every press of the key: nothing that solves is
imported here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
)

SHELLS = ("bash", "zsh", "fish")

_BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        COMPREPLY+=("$value")
        [[ $value == */ || $value == *= ]] && compopt -o nospace
    done < <(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash, which after a folder and after `FORMAT=` is told to leave no space."""

    source_template = _BASH

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line of the answer to bash: every completion is one that arcproof has found itself."""
        return f"plain,{item.value}"


add_completion_class(Bash)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the script that makes SHELL complete the words of `arcproof`.

    \b
    bash:  eval "$(arcproof completion bash)"        in ~/.bashrc
    zsh:   eval "$(arcproof completion zsh)"         in ~/.zshrc
    fish:  arcproof completion fish | source         in ~/.config/fish/config.fish

    Completed are commands, options, specs, the properties of the specs that are named, codes and formats.
    """
    arcproof = click.get_current_context().find_root().command
    kind = get_completion_class(shell)
    assert kind is not None
    # The base class's `source` alone: bash's also starts a bash to ask for its version.
    click.echo(ShellComplete.source(kind(arcproof, {}, "arcproof", "_ARCPROOF_COMPLETE")), nl=False)
    return 0


def specs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the specs and the folders that the word may be the beginning of."""
    folder, typed = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda e: e.name)
    except OSError:  # there is no such folder to read: nothing begins like this
        return []
    shown = (e for e in entries if e.name.startswith(typed) and (typed or not e.name.startswith(".")))
    return [item for entry in shown for item in _entry(entry, folder)]


def _entry(entry: os.DirEntry[str], folder: str) -> Iterator[CompletionItem]:
    path = os.path.join(folder, entry.name)
    if not path.isprintable() or "," in path:  # what a shell could read as something else is for the user to type
        return
    if entry.is_dir():
        yield CompletionItem(f"{path}/")
    elif entry.name.endswith(".arc"):
        yield CompletionItem(path)


def properties(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the properties of the specs that stand before the word, or of those in ./spec if none does."""
    given = next((found for name in ("specs", "spec", "subject") if (found := context.params.get(name))), ())
    # An option that still waits for its value keeps the arguments from their parameters: they are in `args`.
    named = [*([given] if isinstance(given, str) else given), *context.args]
    return _beginning(incomplete, _properties_of(named))


def _properties_of(named: Sequence[str]) -> Iterator[str]:
    from verifier.cli.specs import find_specs
    from verifier.diagnostics import SpecError
    from verifier.elaborate import elaborate
    from verifier.request import RequestError, all_properties
    from verifier.syntax import parse, read_source

    try:
        found = find_specs(named)
    except RequestError:
        return
    for spec in found:
        try:
            source = read_source(spec.path)
            yield from (p.name for p in all_properties(elaborate(parse(source), source)))
        except SpecError:  # a spec that is being written has no properties yet
            continue


def codes_or_specs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the codes that may be meant, then the specs."""
    return [*_beginning(incomplete, _codes()), *specs(context, parameter, incomplete)]


def _codes() -> Iterator[str]:
    from verifier.change import checks
    from verifier.diagnostics import CODES

    yield from CODES
    yield from (p.stem for p in Path(checks.__file__).parent.glob("*.toml"))


def formats(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats; where a file follows (`--report FORMAT=PATH`) with the sign behind them."""
    from verifier.cli import outputs
    from verifier.report.formats.names import NAMES

    names = outputs.FORMATS if context.command.name == "check" else NAMES
    sign = "=" if parameter.multiple else ""
    return _beginning(incomplete, (f"{name}{sign}" for name in names))


def _beginning(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(w) for w in sorted(set(words)) if w.startswith(incomplete)]
