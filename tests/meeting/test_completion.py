"""Completion as a shell asks for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.meeting.conftest import BROKEN, FAILING, GOOD, Run

Completed = Callable[[str], list[str]]

# What pressing the key does: the words, the function that `complete` registered, the answer and its options.
PRESS = """
eval "$(arcproof completion bash)"
read -r -a COMP_WORDS <<< "$LINE"
[[ "$LINE" == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
compopt() { echo "option:$2"; }
registered=$(complete -p arcproof)
function=${registered##*-F }
${function%% *} arcproof
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def press(run: Run, tmp_path: Path) -> Completed:
    """What a real bash offers at the end of a line, in a folder with specs."""
    for name, text in {"good": GOOD, "failing": FAILING, "broken": BROKEN}.items():
        (tmp_path / "spec" / "deep").mkdir(parents=True, exist_ok=True)
        (tmp_path / "spec" / f"{name}.arc").write_text(text)
    (tmp_path / "spec" / "deep" / "own.arc").write_text(GOOD.replace("stays", "remains"))
    (tmp_path / "spec" / "notes.txt").write_text("")
    (tmp_path / "spec" / "with,comma.arc").write_text(GOOD)
    (tmp_path / "spec" / ".hidden.arc").write_text(GOOD)

    def pressed(line: str) -> list[str]:
        result = run("bash", "--norc", "-c", PRESS, env={"LINE": line})
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout.split()

    return pressed


def test_commands(press: Completed) -> None:
    assert {"check", "completion", "explain", "lint"} <= set(press("arcproof "))
    assert press("arcproof gr") == ["graph"]
    assert press("arcproof completion ") == ["bash", "zsh", "fish"]


def test_specs_and_folders_are_offered_and_nothing_else(press: Completed) -> None:
    assert press("arcproof check ") == ["option:nospace", "spec/"]
    assert press("arcproof check spec/") == [
        "option:nospace", "spec/broken.arc", "spec/deep/", "spec/failing.arc", "spec/good.arc",
    ]  # fmt: skip
    assert press("arcproof graph spec/deep/") == ["spec/deep/own.arc"]
    assert press("arcproof lint spec/good.arc spec/fa") == ["spec/failing.arc"]
    assert press("arcproof fmt nowhere/") == []


def test_properties_are_those_of_the_specs_named_before(press: Completed) -> None:
    assert press("arcproof check spec/good.arc --property ") == ["int_ranges", "leaves_red", "returns", "stays"]
    assert press("arcproof check spec/good.arc spec/failing.arc --property st") == ["stays"]
    assert press("arcproof check --property re") == ["remains", "returns"]
    assert press("arcproof explain spec/failing.arc ") == ["never_green"]
    assert press("arcproof check spec/broken.arc --property ") == []
    assert press("arcproof check spec/none.arc --property ") == []


def test_codes_are_offered_where_something_is_explained(press: Completed) -> None:
    assert press("arcproof explain ARC04") == [f"ARC0{n}" for n in range(40, 50)]
    assert "ARC302" in press("arcproof explain ARC3")
    assert press("arcproof explain spec/go") == ["spec/good.arc"]


def test_formats(press: Completed) -> None:
    assert press("arcproof check --report m") == ["option:nospace", "markdown="]
    assert press("arcproof render -f ju") == ["junit"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_and_answers(run: Run, tmp_path: Path, shell: str) -> None:
    script = run("arcproof", "completion", shell)
    assert script.returncode == 0
    assert f"_ARCPROOF_COMPLETE={shell}_complete" in script.stdout
    (tmp_path / "one.arc").write_text(GOOD)
    words = {"COMP_WORDS": "arcproof check one.arc --property st", "COMP_CWORD": {"zsh": "4", "fish": "st"}[shell]}
    answer = run("arcproof", env={**words, "_ARCPROOF_COMPLETE": f"{shell}_complete"})
    assert "stays" in answer.stdout


def test_an_unknown_shell_is_refused(run: Run) -> None:
    result = run("arcproof", "completion", "csh")
    assert result.returncode == 2
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in result.stderr


def test_an_answer_comes_while_the_key_is_still_warm(installed: Mapping[str, str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.arc").write_text(GOOD)
    words = {
        "COMP_WORDS": "arcproof check one.arc --property ",
        "COMP_CWORD": "4",
        "_ARCPROOF_COMPLETE": "bash_complete",
    }
    times = []
    for _ in range(3):
        started = time.perf_counter()
        assert "plain,stays" in run("arcproof", env=words).stdout
        times.append(time.perf_counter() - started)
    assert min(times) < 2
    loaded = "import sys, verifier.cli.main as m; m.run(['check', '--help']); print(*sys.modules, file=sys.stderr)"
    assert not {"z3", "cvc5", "networkx"} & set(run(sys.executable, "-c", loaded).stderr.split())
