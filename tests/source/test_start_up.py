"""The parser of C is loaded by those who read C, and by nobody else."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_does_not_load_the_parser() -> None:
    program = "import sys, verifier.source; print([m for m in sys.modules if m.startswith('tree_sitter')])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
