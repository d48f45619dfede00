"""`arcproof fmt`: put specs into their one layout."""

from __future__ import annotations

import os
import sys
import tempfile
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from verifier.cli import completion

if TYPE_CHECKING:
    from verifier.diagnostics import Source

STDIN = "-"
"""The argument that stands for standard input."""


@click.command()
@click.argument("specs", nargs=-1, type=click.Path(), metavar="[SPEC or folder]...", shell_complete=completion.specs)
@click.option("--check", is_flag=True, help="Change nothing; show what would change, and end with code 1 if anything.")
def fmt(specs: tuple[str, ...], check: bool) -> int:
    """Lay out every spec in the files and folders given, ./spec if none is; `-` is from standard input to output.

    Only white space changes, and `;` and commas that separate nothing are left out; comments stay. Files are replaced
    as a whole, and only if they change. Exit codes: 0 done, 1 something would change, 2 a spec could not be read.
    """
    from verifier.cli.specs import find_specs
    from verifier.request import RequestError

    try:
        paths = [found.path for found in find_specs(specs)]
    except RequestError as error:
        raise click.UsageError(str(error) + (f"\nhelp: {error.help}" if error.help else "")) from error
    return max(_formatted(path, check) for path in paths)


def _formatted(path: str, check: bool) -> int:
    """Lay out one spec, and return the exit code for it."""
    from verifier.diagnostics import SpecError
    from verifier.diagnostics.render import render
    from verifier.syntax.format import format_spec

    try:
        source, before = _read(path)
        after = format_spec(source)
        if check:
            return _compared(source.path, before, after)
        _write(path, before, after)
    except SpecError as error:
        click.echo(render(error.diagnostics, error.sources), err=True, nl=False)
        return 2
    except OSError as error:
        click.echo(f"arcproof: cannot write {path}: {error.strerror}", err=True)
        return 2
    return 0


def _read(path: str) -> tuple[Source, bytes]:
    """Return a spec, and the bytes that it was read from. Raises SpecError."""
    from verifier.syntax import read_source

    if path == STDIN:
        return _read_stdin()
    source = read_source(path)
    with open(path, "rb") as file:
        return source, file.read()


def _read_stdin() -> tuple[Source, bytes]:
    from verifier.diagnostics import Diagnostic, Source, SpecError
    from verifier.syntax.limits import MAX_BYTES

    data = sys.stdin.buffer.read(MAX_BYTES + 1)  # of more than that, `parse` says that it is too much
    try:
        return Source("<stdin>", data.decode("utf-8-sig")), data
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} of standard input is not UTF-8"
        raise SpecError([Diagnostic("ARC903", message, None)]) from error


def _compared(path: str, before: bytes, after: str) -> int:
    """Say whether, and where, a spec would change."""
    if before == after.encode():
        return 0
    click.echo(f"{path} would change")
    old, new = (text.splitlines(keepends=True) for text in (before.decode("utf-8", "replace"), after))
    for line in unified_diff(old, new, path, f"{path} (formatted)"):
        click.echo(_shown(line))
    return 1


def _shown(line: str) -> str:
    """Return a line of a difference; characters that a terminal might act on are shown in Python's way."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line.removesuffix("\n"))


def _write(path: str, before: bytes, after: str) -> None:
    """Replace a file, unless it is right as it is. Raises OSError; the file is then as it was."""
    content = after.encode()
    if path == STDIN:
        sys.stdout.buffer.write(content)
    elif content != before:
        _replace(os.path.realpath(path), content)
        click.echo(f"{path} changed")


def _replace(path: str, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".arc.new", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
