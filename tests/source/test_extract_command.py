"""`arcproof extract`: the spec on standard output, what is to be said on standard error, and the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.tables import write
from verifier.cli.main import run

NAMES = "enum key { KEY_A, KEY_B, NR_KEYS };\n"
GOOD = NAMES + "static u8 good[NR_KEYS] = { KEY_B, KEY_A };\n"
OPEN = NAMES + "static u8 open_[NR_KEYS] = {\n7, HZ };\n"
WRONG = NAMES + "static u8 wrong[NR_KEYS] = {\nKEY_B, /* KEY_A -> KEY_A */ KEY_A };\n"
TWICE = NAMES + "static u8 twice[NR_KEYS] = {\n[KEY_A] = 1,\n[KEY_A] = 2 };\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A kernel's tree with a file for each case."""
    (tmp_path / "Makefile").touch()
    (tmp_path / "include/linux").mkdir(parents=True)
    (tmp_path / "drivers").mkdir()
    for name, code in {"good": GOOD, "open_": OPEN, "wrong": WRONG, "twice": TWICE}.items():
        (tmp_path / f"drivers/{name}.c").write_text(code, encoding="utf-8")
    return tmp_path


def extract(tree: Path, name: str, *more: str) -> int:
    """The exit code of the command."""
    return run(["extract", f"drivers/{name}.c", "--table", name, "--source-tree", str(tree), *more])


def test_a_complete_extraction(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tree, "good") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith('machine good "from drivers/good.c:2"')
    assert shown.err == "good: 2 cells, complete\n"


def test_an_incomplete_one(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tree, "open_") == 3
    shown = capsys.readouterr()
    assert "# INCOMPLETE: drivers/open_.c:3: HZ is defined neither" in shown.out
    assert "error[ARC958]: HZ is defined neither" in shown.err
    assert "drivers/open_.c:3:4\n3 | 7, HZ };\n  |    ^^" in shown.err
    assert shown.err.endswith("open_: 1 cells, INCOMPLETE, 1 not understood\n")


def test_a_comment_that_contradicts(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tree, "wrong") == 1
    shown = capsys.readouterr().err
    assert "error[ARC960]" in shown
    assert "3 | KEY_B, /* KEY_A -> KEY_A */ KEY_A };\n  |           ^" in shown
    assert shown.endswith("wrong: 2 cells, complete; rules in comments: 1 contradict\n")


def test_an_entry_given_twice(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tree, "twice") == 0
    assert "note: drivers/twice.c:3: a later initialiser, in line 4, counts here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drivers/good.c", "--table", "bad"], "ARC952"),
        (["drivers/no.c", "--table", "good"], "ARC950"),
        (["../good.c", "--table", "good"], "ARC951"),
        (["drivers/good.c", "--table", "good", "--enum", "none"], "ARC959"),
        (["drivers/good.c"], "name either a table"),
        (["drivers/good.c", "--table", "good", "--function", "f"], "name either a table"),
    ],
)
def test_what_cannot_be_read_has_code_2_and_no_spec(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(["extract", *arguments, "--source-tree", str(tree)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, said in shown.err) == ("", True)


def test_the_spec_may_go_to_a_file(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tree / "good.arc"
    assert extract(tree, "good", "-o", str(out)) == 0
    assert capsys.readouterr().out == ""
    assert run(["check", str(out), "--source-tree", str(tree)]) == 0
    assert extract(tree, "good", "-o", str(tree / "no" / "good.arc")) == 2


def test_the_tree_is_found_around_the_file(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, "", linux_keys=NAMES)
    code = "#include <linux/keys.h>\n" + GOOD.removeprefix(NAMES)
    (tree / "drivers/good.c").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tree / "drivers")
    for arguments in (["good.c"], [str(tree / "drivers/good.c")], ["good.c", "--source-tree", ".."]):
        assert run(["extract", *arguments, "--table", "good"]) == 0
        assert 'table good: Key -> Key\n  from c "drivers/good.c" table good' in capsys.readouterr().out


FUNCTION = """enum key { KEY_A, KEY_B };
struct box { unsigned int flags; };
int step(struct box *b, enum key x, enum key y) { return x == KEY_A && y == KEY_B && b->flags & 4 ? 0 : -22; }
"""


def test_what_the_code_does_not_tell_of_a_function_can_be_said(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "drivers/step.c").write_text(FUNCTION, encoding="utf-8")
    command = ["extract", "drivers/step.c", "--function", "step", "--source-tree", str(tree)]
    states = ["--old", "x", "--new", "y"]
    assert run([*command, *states]) == 0
    assert "param flags" not in capsys.readouterr().out
    for flags, allowed in (("4", True), ("0b11", False)):
        assert run([*command, *states, "--fix", f"b->flags={flags}"]) == 0
        assert ("| false | true" in capsys.readouterr().out) == allowed
    assert run([*command, *states, "--fix", "b->flag=4"]) == 2
    assert "did you mean b->flags?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--fix", "b->flags"), ("--fix", "b->flags=many")])
def test_a_fix_without_a_number_is_refused(
    tree: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(["extract", "drivers/good.c", "--function", "f", "--source-tree", str(tree), *words]) == 2
    assert "EXPR=N" in capsys.readouterr().err


def test_a_table_has_no_state_before(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tree, "good", "--old", "x") == 2
    assert "about a function" in capsys.readouterr().err
