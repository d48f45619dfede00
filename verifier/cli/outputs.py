"""Where reports go: the targets of `--report`, checked before any work, written after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from verifier.diagnostics import nearest
from verifier.report.result import Report
from verifier.request import RequestError


@dataclass(frozen=True)
class Target:
    """One `--report FORMAT=PATH`: a file, a folder of files, or `-` for standard output."""

    format: str
    path: str

    @property
    def is_folder(self) -> bool:
        """True iff the report is written as several files: the path is a folder, or ends like one."""
        return self.path.endswith("/") or os.path.isdir(self.path)

    @property
    def is_stdout(self) -> bool:
        """True iff the report takes the place of the text on standard output."""
        return self.path == "-"


def targets(texts: Iterable[str], one_property: bool) -> tuple[Target, ...]:
    """Return the targets that the options name, each of which can be written.

    Raises RequestError for an unknown format, a path that cannot be written, two documents on standard output,
    or a single file for the traces of more than one property. Folders are made.
    """
    found = tuple(_target(t) for t in texts)
    if sum(t.is_stdout for t in found) > 1:
        raise RequestError("only one report can go to standard output")
    for target in found:
        _check(target, one_property)
    return found


def _target(text: str) -> Target:
    name, sign, path = text.partition("=")
    if not sign or not path:
        raise RequestError(f"--report {text}: expected FORMAT=PATH", f"formats: {', '.join(FORMATS)}")
    if name not in FORMATS:
        guess = nearest(name, FORMATS)
        raise RequestError(
            f"no report format `{name}`", f"did you mean `{guess}`?" if guess else f"formats: {', '.join(FORMATS)}"
        )
    return Target(name, path)


def _check(target: Target, one_property: bool) -> None:
    if target.is_folder and target.format not in _FOLDERS:
        raise RequestError(f"--report {target.format}={target.path}: this format is one file, not a folder")
    if target.format == "itf" and not target.is_folder and not one_property:
        raise RequestError("--report itf=PATH: PATH must be a folder, unless one spec and one --property are given")
    if not target.is_stdout:
        _check_writable(target)


def _check_writable(target: Target) -> None:
    path = Path(target.path)
    try:
        if target.is_folder:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"cannot write to {target.path}: {error.strerror}") from error
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise RequestError(f"cannot write to {target.path}: {'no permission' if place.exists() else 'no such folder'}")


def write(target: Target, report: Report, in_full: Collection[str]) -> None:
    """Write the report to its target."""
    if target.is_folder:
        for name, text in _FOLDERS[target.format](report):
            path = Path(target.path, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return
    text = _FILES[target.format](report, in_full)
    if target.is_stdout:
        sys.stdout.write(text)
    elif text:
        Path(target.path).write_text(text, encoding="utf-8")


def _text(report: Report, in_full: Collection[str]) -> str:
    from verifier.report.text import render_text

    return render_text(report, in_full).plain


def _json(report: Report, in_full: Collection[str]) -> str:
    from verifier.report.json import render_json

    return render_json(report)


def _markdown(report: Report, in_full: Collection[str]) -> str:
    from verifier.report.markdown import render_markdown

    return render_markdown(report)


def _itf(report: Report, in_full: Collection[str]) -> str:
    """The first run, if there is one: of one property there is seldom more than one."""
    from verifier.report.itf import itf_documents

    return next((text for _, text in itf_documents(report)), "")


def _markdown_files(report: Report) -> Iterable[tuple[str, str]]:
    from verifier.report.markdown import markdown_documents

    return markdown_documents(report)


def _itf_files(report: Report) -> Iterable[tuple[str, str]]:
    from verifier.report.itf import itf_documents

    return itf_documents(report)


_FILES: Mapping[str, Callable[[Report, Collection[str]], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "itf": _itf,
}
_FOLDERS: Mapping[str, Callable[[Report], Iterable[tuple[str, str]]]] = {"markdown": _markdown_files, "itf": _itf_files}

FORMATS = tuple(_FILES)
