"""The guide for reviewers: every command in it does what it says, in a repository like the one it speaks of."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.review.scratch import BASE, SPEC, Tree, edited

GUIDE = (Path(__file__).parents[2] / "docs/review.md").read_text(encoding="utf-8")
WIDENED = edited(("reset by kernel when state != RESUMING", "reset by kernel"))
NARROWED = edited(("reset by kernel when state != RESUMING", "reset by kernel when state == RUNNING"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, int]]:
    """Each command of the guide, with its exit code."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line]
    split = (re.fullmatch(r"(arcproof .*?)(?:\s+# exit (\d))?", line) for line in lines)
    return [(found[1], int(found[2] or 0)) for found in split if found] if lines else []


def test_each_line_of_a_block_is_a_command() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line]
    assert len(commands()) == len(lines) > 20


@pytest.fixture
def repository(migration: Tree) -> Tree:
    """Main has the machine; the branch `topic`, in the work tree and the index, lets reset fire in more states."""
    config, waiver, intent = blocks("toml")
    base = migration.commit({"arcproof.toml": config})
    for name, text in (("series-v1", NARROWED), ("series", WIDENED)):
        migration.commit({SPEC: text}, "migration: reset")
        (migration.top.parent / f"{name}.mbx").write_bytes(migration.mbox(base))
        migration.git("reset", "-q", "--hard", base)
    migration.git("switch", "-q", "-c", "topic")
    migration.commit({SPEC: WIDENED})
    migration.write({"expect.toml": intent})
    (migration.top.parent / "waiver.toml").write_text(waiver)
    return migration


def test_every_command_ends_as_the_guide_says(repository: Tree) -> None:
    for command, code in commands():
        told = repository.run(*shlex.split(command)[1:])
        assert told.code == code, (command, told.out, told.err)
        assert told.out, command


def test_the_waiver_in_the_guide_accepts_the_finding_in_the_guide(repository: Tree) -> None:
    waiver = (repository.top.parent / "waiver.toml").read_text()
    repository.git("switch", "-q", "main")
    repository.commit({"arcproof-waivers.toml": waiver, SPEC: BASE})
    told = repository.reviewed("gate", "--base", "main", "--head", "topic")
    assert (told.code, told.review.accepted) == (0, 1)


def test_the_finding_in_the_guide_is_what_is_printed(repository: Tree) -> None:
    shown = re.sub(r"\([0-9a-f]{12}\)", "(ID)", blocks("text")[0])
    printed = re.sub(r"\([0-9a-f]{12}\)", "(ID)", repository.run("diff", "main", "topic", "-j", "1").out)
    assert printed.startswith(shown)
