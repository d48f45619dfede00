"""Where the system gives no more memory, an engine leaves the question open, and the process ends as usual."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RUN = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]) << 20,) * 2)
sys.argv[1:2] = []
runpy.run_module("verifier", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("engine", "megabytes", "said"),
    [("diagrams", 1000, "the system has no memory for diagrams of"), ("explicit", 400, "memory")],
)
def test_a_system_out_of_memory_leaves_the_question_open(tmp_path, engine, megabytes, said):
    numbers = "".join(f"var x{i}: bits[16] = 0\nrule up{i} {{ x{i}' = x{i} + 1 }}\n" for i in range(3))
    spec = tmp_path / "wide.arc"
    spec.write_text(f"machine wide\n{numbers}property low always x0 != 65535 or x1 != 65535 or x2 != 65535\n")
    command = ("check", str(spec), "--no-cache", "--engine", engine, "--jobs", "1", "--timeout", "60")
    done = subprocess.run(
        (sys.executable, "-c", RUN, str(megabytes), *command), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, said in done.stdout, "Traceback" in done.stderr) == (3, True, False), (
        done.stdout + done.stderr
    )
