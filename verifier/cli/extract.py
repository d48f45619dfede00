"""`arcproof extract`: make a spec of C code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verifier.diagnostics import Diagnostic, Source
    from verifier.files import Files
    from verifier.source import Extraction


@click.command()
@click.argument("file", metavar="FILE.c")
@click.option("--table", metavar="NAME", help="The array, or the struct of arrays, to extract.")
@click.option("--function", metavar="NAME", help="The function to extract.")
@click.option(
    "--enum",
    "enums",
    multiple=True,
    metavar="NAME",
    help="An enum, by its tag or a member, for an index of which C does not say whose values it has.",
)
@click.option("--old", metavar="EXPR", help="The C expression that holds the state before, where C does not tell.")
@click.option("--new", metavar="EXPR", help="The C expression that holds the state asked for, likewise.")
@click.option(
    "--fix", "fixes", multiple=True, metavar="EXPR=N", help="Take a C expression of a function to be a number."
)
@click.option(
    "--source-tree",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The tree that FILE and its headers are in.  [default: the kernel tree or git repository around FILE]",
)
@click.option("-o", "--output", metavar="OUT", help="Write the spec to this file.  [default: standard output]")
def extract(
    file: str, table: str | None, function: str | None, source_tree: Path | None, output: str | None,
    **given: str | tuple[str, ...] | None,
) -> int:  # fmt: skip
    """Turn a table or a function in FILE.c into a spec.

    What is not understood is said, with its place, in the spec and on standard error, and rules in comments beside
    the code are compared with it. Exit codes: 0 complete, 1 a comment contradicts the code, 2 could not be read,
    3 incomplete.
    """
    from verifier.files import Folder

    if (table is None) == (function is None):
        raise click.UsageError("name either a table, with --table, or a function, with --function")
    asked = _asked(given)
    if table is not None and (asked.old or asked.new or asked.fixed):
        raise click.UsageError("--old, --new and --fix are about a function, not about a table")
    tree, path = _located(file, source_tree)
    return _extract(Folder(tree), path, table, function, asked, output)


@dataclass(frozen=True)
class _Asked:
    """What the user says of the code: the enums, which expressions are the two states, and which are numbers."""

    enums: tuple[str, ...]
    old: str | None
    new: str | None
    fixed: dict[str, int]


def _asked(given: Mapping[str, object]) -> _Asked:
    enums, old, new, fixes = (given[n] for n in ("enums", "old", "new", "fixes"))
    assert isinstance(enums, tuple)
    assert isinstance(fixes, tuple)
    return _Asked(enums, str(old) if old else None, str(new) if new else None, dict(map(_fixed, fixes)))


def _fixed(text: str) -> tuple[str, int]:
    """Return the expression and the number of `EXPR=N`."""
    expression, sign, number = text.rpartition("=")
    try:
        return expression.strip(), int(number, 0)
    except ValueError:
        told = f"{text!r} is not EXPR=N with a number N" if sign else f"{text!r} has no `=`: write EXPR=N"
        raise click.BadParameter(told, param_hint="--fix") from None


def _extract(
    files: Files, path: str, table: str | None, function: str | None, asked: _Asked, output: str | None
) -> int:
    from verifier.diagnostics import SpecError, render
    from verifier.source import extract_table

    try:
        if table is not None:
            found = extract_table(files, path, table, asked.enums)
        else:
            from verifier.source.functions import extract_function

            found = extract_function(
                files, path, function or "", asked.enums, old=asked.old, new=asked.new, fixed=asked.fixed
            )
    except SpecError as refused:
        click.echo(render(refused.diagnostics, refused.sources), err=True, nl=False)
        return 2
    _write(found.spec, output)
    _explain(found, files)
    return 1 if found.contradictions else 0 if found.complete else 3


def _located(file: str, tree: Path | None) -> tuple[Path, str]:
    """Return the tree, and the file's path in it. A path that leads to a file from here may lead into the tree too."""
    here = Path(file)
    if tree is not None:
        inside = here.is_file() and here.resolve().is_relative_to(tree.resolve()) and not (tree / file).is_file()
        return tree, here.resolve().relative_to(tree.resolve()).as_posix() if inside else file
    whole = here.resolve()
    around = next((folder for folder in whole.parents if _is_root(folder)), whole.parent)
    return around, whole.relative_to(around).as_posix()


def _is_root(folder: Path) -> bool:
    return (folder / ".git").exists() or ((folder / "Makefile").is_file() and (folder / "include").is_dir())


def _write(spec: str, output: str | None) -> None:
    if output is None or output == "-":
        click.echo(spec, nl=False)
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(spec, encoding="utf-8")
    except OSError as error:
        raise click.FileError(output, hint=error.strerror or str(error)) from error


def _explain(found: Extraction, files: Files) -> None:
    """Say on standard error what is missing, what contradicts, and how much there is."""
    from verifier.diagnostics import Source, render
    from verifier.diagnostics.render import printable
    from verifier.source.extraction import contradiction_diagnostic, gap_diagnostic

    told: list[Diagnostic] = [gap_diagnostic(g) for g in found.gaps]
    told += [contradiction_diagnostic(r) for r in found.contradictions]
    paths = dict.fromkeys(s.path for d in told for s in (d.span, *(n.span for n in d.notes)) if s is not None)
    sources: list[Source] = [Source(p, (files.read(p) or b"").decode(errors="replace")) for p in paths]
    click.echo(render(told, sources), err=True, nl=False)
    for twice in found.overwritten:
        text = f"note: {twice.place.path}:{twice.place.line}: a later initialiser, in line {twice.by.line}, counts here"
        click.echo(printable(text), err=True)
    click.echo(printable(_counts(found)), err=True)


def _counts(found: Extraction) -> str:
    """Return one line on what was extracted."""
    rules = [(found.agreed, "agree"), (len(found.contradictions), "contradict"), (found.not_compared, "not compared")]
    said = ", ".join(f"{n} {what}" for n, what in rules if n)
    comments = f"; rules in comments: {said}" if said else ""
    missing = "complete" if found.complete else f"INCOMPLETE, {len(found.gaps)} not understood"
    return f"{found.name}: {len(found.cells)} cells, {missing}{comments}"
