"""Start-up: what is not needed is not imported, and the command can be called in each way."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import verifier

ROOT = Path(__file__).parent.parent.parent
HEAVY = ("z3", "cvc5", "networkx", "lark", "jinja2", "rich", "tree_sitter")


def python(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with the project's own package, away from the tests' process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "code", ["import verifier.cli.main", "from verifier.cli.main import run; run(['--version'])", "import verifier"]
)
def test_start_up_imports_no_solver_and_nothing_heavy(code: str) -> None:
    loaded = f"{code}\nimport sys\nprint([m for m in {HEAVY} if m in sys.modules])"
    assert python("-c", loaded).stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_packages() -> None:
    result = python("-m", "verifier", "--version")
    assert (result.returncode, result.stdout) == (0, f"arcproof {verifier.__version__}\n")


def test_help_names_every_option() -> None:
    shown = python("-m", "verifier", "check", "--help").stdout
    for option in ("property", "param", "timeout", "jobs", "engine", "source-tree", "no-source-tree", "report"):
        assert f"--{option} " in shown


def test_the_schema_is_a_schema() -> None:
    schema = json.loads(python("-m", "verifier", "schema", "report").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "arcproof.report/1"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = python("-m", "verifier", "chekc")
    assert (result.returncode, result.stdout) == (2, "")


TOY = """machine toy

enum State { IDLE, BUSY, DONE }
var state: State = IDLE
rule start when state == IDLE { state' = BUSY }
rule finish when state == BUSY { state' = DONE }
rule reset when state == DONE { state' = IDLE }
property never_stuck no deadlock
"""

NEEDLESS = (
    *HEAVY, "pysolvers", "multiprocessing", "concurrent", "verifier.source", "verifier.graph", "verifier.encode.terms",
    "verifier.engines.ic3", "verifier.engines.explicit", "verifier.engines.kinduction", "verifier.engines.race",
)  # fmt: skip


def test_a_small_machine_is_checked_by_one_engine_and_loads_no_other(tmp_path: Path) -> None:
    (tmp_path / "toy.arc").write_text(TOY)
    code = f"""
import sys
from verifier.cli.main import run
code = run(["check", "toy.arc", "--no-cache"])
print(code, [m for m in {NEEDLESS} if m in sys.modules])
"""
    assert python("-c", code, cwd=tmp_path).stdout.splitlines()[-1] == "0 []"


def test_the_text_is_the_same_with_and_without_colours(tmp_path: Path) -> None:
    (tmp_path / "toy.arc").write_text(TOY.replace("no deadlock", "never state == DONE"))
    asked = "from verifier.cli.main import run; run(['check', 'toy.arc', '--no-cache'])"
    plain = python("-c", asked, cwd=tmp_path).stdout
    coloured = python("-c", f"import os; os.environ['FORCE_COLOR'] = '1'\n{asked}", cwd=tmp_path).stdout
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m|\d+\.\d\d s", "", coloured) == re.sub(r"\d+\.\d\d s", "", plain)
