"""The drivers of a tree that implement a protocol of steps: where their step functions are, and what they declare."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.files import Files
from verifier.source.constants import Constants
from verifier.source.extraction import CPlace
from verifier.source.functions.locate import functions
from verifier.source.preprocess import Text, preprocess
from verifier.source.refusal import UnreadableError
from verifier.source.unit import read_unit


@dataclass(frozen=True)
class Protocol:
    """What makes a driver of the protocol known in C.

    A driver sets the member `setter` of its operations to a function that asks `core` for one step after another, the
    last argument being where the core writes the next state, and hands that to the driver's step function. It
    declares what it offers by assigning to the member `flags`. `enum` are the states. `step` is a pattern for the
    names of step functions: one that no setter leads to is reported, not left out.
    """

    setter: str
    core: str
    flags: str
    enum: str
    step: str


VFIO = Protocol(
    "migration_set_state",
    "vfio_mig_get_next_state",
    "migration_flags",
    "vfio_device_mig_state",
    r"\w+_step_device_state\w*",
)
"""VFIO migration, version 2 (include/uapi/linux/vfio.h)."""


@dataclass(frozen=True)
class Driver:
    """A driver. `path` is where it sets the `setter`, at `place`; `step` names its step function in `step_path`.

    `flags` are the sets of flags that it may declare, each with the place, and `constants` what names stand for
    there. `problem` says what is not certain.
    """

    path: str
    place: CPlace
    step: str = ""
    step_path: str = ""
    flags: Mapping[int, CPlace] = field(default_factory=dict)
    problem: str = ""
    constants: Constants | None = None


def find_drivers(files: Files, protocol: Protocol) -> list[Driver]:
    """Return the drivers of the protocol in a tree, by their paths; last the step functions that none of them uses."""
    texts = dict(_mentioning(files, protocol))
    found = [d for text in texts.values() for d in _drivers(files, texts, text, protocol)]
    used = {(d.step_path, d.step) for d in found}
    return [*found, *_unused(texts, used, protocol)]


def _mentioning(files: Files, protocol: Protocol) -> Iterator[tuple[str, Text]]:
    """Yield the C files of each folder in which a driver's words occur."""
    listed = [p for p in files.paths() if p.endswith(".c")]
    words = re.compile(rf"\.{protocol.setter}\s*=|\b{protocol.step}\s*\(".encode())
    contents = {p: c for p in listed if (c := files.read(p)) is not None and words.search(c)}
    folders = {posixpath.dirname(p) for p in contents}
    for path in listed:
        if posixpath.dirname(path) in folders:
            content = contents.get(path) or files.read(path)
            if content is not None:
                yield path, preprocess(path, content)


def _drivers(files: Files, texts: Mapping[str, Text], text: Text, protocol: Protocol) -> Iterator[Driver]:
    for found in re.finditer(rf"\.{protocol.setter}\s*=\s*(\w+)", text.code):
        place = _place(text, found.start())
        step = _step(texts, text, found[1], protocol)
        if isinstance(step, str):
            yield Driver(text.path, place, problem=step)
            continue
        flags = _flags(files, texts, text, protocol)
        if isinstance(flags, str):
            yield Driver(text.path, place, *step, problem=flags)
        else:
            yield Driver(text.path, place, *step, flags[0], constants=flags[1])


def _step(texts: Mapping[str, Text], text: Text, setter: str, protocol: Protocol) -> tuple[str, str] | str:
    """Return the step function and its file, or why it is not certain."""
    home = _home(texts, text, setter)
    if home is None:
        return f"{setter}() is not defined in the driver's folder"
    body = _body(home, setter)
    asked = re.search(rf"\b{protocol.core}\s*\([^;]*&\s*(\w+)\s*\)", body)
    if asked is None:
        return f"{setter}() does not ask {protocol.core}() for the next state"
    called = re.findall(rf"\b(\w+)\s*\([^;()]*\b{asked[1]}\s*\)\s*;", body)
    steps = [(name, where.path) for name in dict.fromkeys(called) if (where := _home(texts, text, name)) is not None]
    if len(steps) != 1:
        return f"{setter}() hands the next state to {len(steps)} functions of the driver"
    return steps[0]


def _home(texts: Mapping[str, Text], text: Text, function: str) -> Text | None:
    """Return the file that defines a function: the same one, or one of the same folder."""
    folder = posixpath.dirname(text.path)
    others = [t for p, t in texts.items() if posixpath.dirname(p) == folder and t is not text]
    return next((t for t in (text, *others) if function in t.code and function in functions(t)), None)


def _body(text: Text, function: str) -> str:
    start = max(m.start() for m in re.finditer(rf"\b{re.escape(function)}\s*\([^;{{]*\{{", text.code))
    end = text.code.find("\n}", start)
    return text.code[start : len(text.code) if end < 0 else end]


_Flags = tuple[dict[int, CPlace], Constants]


def _flags(files: Files, texts: Mapping[str, Text], text: Text, protocol: Protocol) -> _Flags | str:
    """Return the sets of flags that a driver may declare, or why they are not certain.

    `=` gives a set; what `|=` and `&=` add or take away may or may not be, since they stand under conditions.
    """
    folder = posixpath.dirname(text.path)
    homes = [text, *(t for p, t in texts.items() if posixpath.dirname(p) == folder and t is not text)]
    for home in homes:
        found = list(re.finditer(rf"\b{protocol.flags}\s*([|&]?)=(?!=)([^;]*);", home.code))
        if found:
            return _sets(files, home, found)
    return f"nothing is assigned to {protocol.flags}"


def _sets(files: Files, home: Text, found: list[re.Match[str]]) -> _Flags | str:
    constants = Constants(read_unit(files, home.path), len(home.branches) - 1)
    sets: dict[int, CPlace] = {}
    changes: list[tuple[str, int, CPlace]] = []
    for match in found:
        place = _place(home, match.start())
        try:
            value = constants.evaluate(match[2]).value
        except UnreadableError as refused:
            return f"line {place.line}: the flags are not certain: {refused.message}"
        if match[1]:
            changes.append((match[1], value, place))
        else:
            sets[value] = place
    for kind, value, place in changes:
        more = {(old | value if kind == "|" else old & value): place for old in sets}
        sets = {**more, **sets}
    if not sets or len(sets) > 64:
        return "the flags are never set as a whole" if not sets else "there are too many sets of flags"
    return sets, constants


def _unused(texts: Mapping[str, Text], used: set[tuple[str, str]], protocol: Protocol) -> Iterator[Driver]:
    for path, text in texts.items():
        for name in functions(text):
            if re.fullmatch(protocol.step, name) and (path, name) not in used:
                at = re.search(rf"\b{re.escape(name)}\b", text.code)
                place = _place(text, at.start() if at else 0)
                yield Driver(path, place, name, path, problem=f"no {protocol.setter} leads to {name}()")


def _place(text: Text, offset: int) -> CPlace:
    line = text.code.count("\n", 0, offset) + 1
    column = offset - text.code.rfind("\n", 0, offset)
    return CPlace(text.path, line, column, text.raw.decode(errors="replace").split("\n")[line - 1])
