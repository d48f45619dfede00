"""Where reports go: the targets of `--report`, checked before any work, written after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    found = file_targets(texts, FORMATS, _FOLDERS)
    if any(t.format == "itf" and not t.is_folder for t in found) and not one_property:
        raise RequestError("--report itf=PATH: PATH must be a folder, unless one spec and one --property are given")
    return found


def file_targets(texts: Iterable[str], formats: Sequence[str], folders: Collection[str] = ()) -> tuple[Target, ...]:
    """Return the targets that the options name, of these formats, of which those in `folders` may be folders.

    Raises RequestError as `targets` does.
    """
    found = tuple(_target(t, formats) for t in texts)
    if sum(t.is_stdout for t in found) > 1:
        raise RequestError("only one report can go to standard output")
    for target in found:
        if target.is_folder and target.format not in folders:
            raise RequestError(f"--report {target.format}={target.path}: this format is one file, not a folder")
        if not target.is_stdout:
            _check_writable(target)
    return found


def _target(text: str, formats: Sequence[str]) -> Target:
    name, sign, path = text.partition("=")
    if not sign or not path:
        raise RequestError(f"--report {text}: expected FORMAT=PATH", f"formats: {', '.join(formats)}")
    check_format(name, formats)
    return Target(name, path)


def check_format(name: str, formats: Sequence[str]) -> None:
    """Raise RequestError, with the name that may have been meant, unless the format is among these."""
    if name not in formats:
        guess = nearest(name, formats)
        known = f"formats: {', '.join(formats)}"
        raise RequestError(f"no report format `{name}`", f"did you mean `{guess}`?" if guess else known)


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


def _as_review(format: str) -> Callable[[Report, Collection[str]], str]:
    """Return the renderer of a format that shows a review."""

    def rendered(report: Report, in_full: Collection[str]) -> str:
        from verifier.report.formats import render
        from verifier.report.from_check import review_from_report

        return render(review_from_report(report), format)

    return rendered


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
    **{name: _as_review(name) for name in ("sarif", "junit", "github", "gitlab")},
}
_FOLDERS: Mapping[str, Callable[[Report], Iterable[tuple[str, str]]]] = {"markdown": _markdown_files, "itf": _itf_files}

FORMATS = tuple(_FILES)
