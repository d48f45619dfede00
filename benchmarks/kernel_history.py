"""Reviews three steps in the history of VFIO's migration states from their C code alone, and prints time and findings.

Needs the Debian packages linux-source-6.1 and linux-source-6.12. The series are made in a scratch repository:

p2p       the table of five states with which Linux 5.18 began, made of that of 6.1 -> 6.1
pre-copy  6.1 -> 6.12
loop      6.12 -> the same without the test for ERROR in the loop of vfio_mig_get_next_state()

Run: .venv/bin/python benchmarks/kernel_history.py [NAME] [-f mail]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ARCHIVE = "/usr/src/linux-source-{}.tar.xz"
FILES = ("drivers/vfio/vfio_main.c", "drivers/vfio/vfio.h", "include/linux/vfio.h", "include/uapi/linux/vfio.h")
MAIN, UAPI = FILES[0], FILES[3]
STATE = "VFIO_DEVICE_STATE_"

Tree = dict[str, str]


def main(words: list[str]) -> None:
    """Review the series that is named, or all of them."""
    options = words[words.index("-f") :] if "-f" in words else []
    names = words[: len(words) - len(options)] or list(SERIES)
    trees = {version: unpacked(version) for version in ("6.1", "6.12")}
    for name in names:
        subject, sides = SERIES[name]
        with tempfile.TemporaryDirectory() as scratch:
            review(name, subject, *sides(trees), Path(scratch), options)


def unpacked(version: str) -> Tree:
    """Return the few files of a kernel; the archive is read until the last of them has come."""
    archive, found = ARCHIVE.format(version), Tree()
    if not Path(archive).is_file():
        sys.exit(f"{archive} is missing: install linux-source-{version}")
    with tarfile.open(archive, "r|xz") as members:
        for member in members:
            name = member.name.partition("/")[2]
            content = members.extractfile(member) if name in FILES else None
            if content is not None:
                found[name] = content.read().decode()
            if len(found) == len(FILES):
                return found
    sys.exit(f"{archive} lacks {', '.join(set(FILES) - found.keys())}")


def review(name: str, subject: str, old: Tree, new: Tree, top: Path, options: list[str]) -> None:
    """Commit the two trees, make a patch of the second, and review it."""
    tree, mailbox = top / "linux", top / f"{name}.mbx"
    git(tree, "init", "--quiet", str(tree))
    commit(tree, old, "before")
    commit(tree, new, subject)
    mailbox.write_bytes(git(tree, "format-patch", "-1", "--stdout", "--base=HEAD~1"))
    git(tree, "reset", "--quiet", "--hard", "HEAD~1")
    command = [sys.executable, "-m", "verifier", "patch", str(mailbox), "--tree", str(tree), *options]
    began = time.perf_counter()
    told = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100"})
    print(f"=== {name}: {subject}\n    {time.perf_counter() - began:.1f} s, exit code {told.returncode}\n")
    print(told.stdout + told.stderr)


def commit(tree: Path, files: Tree, subject: str) -> None:
    """Commit the files."""
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", subject)


def git(tree: Path, *words: str) -> bytes:
    """Run git in a repository that nobody's settings concern."""
    tree.mkdir(exist_ok=True)
    who = {f"GIT_{r}_{p}": v for r in ("AUTHOR", "COMMITTER") for p, v in (("NAME", "A"), ("EMAIL", "a@example.org"))}
    env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", "-C", str(tree), *words], check=True, capture_output=True, env=env).stdout


# --- The trees


def without_p2p(files: Tree) -> Tree:
    """Return the files without RUNNING_P2P: a route through it goes on to where it led next."""
    at = files[MAIN].index("vfio_from_fsm_table[")
    text = re.sub(r"/\*.*?\*/", "", files[MAIN][at:], flags=re.DOTALL)
    onward = dict(re.findall(rf"\[{STATE}(\w+)\] = {STATE}(\w+)", row(text, "RUNNING_P2P")))
    end = files[MAIN].index("EXPORT_SYMBOL_GPL(vfio_mig_get_next_state)")
    table = files[MAIN][at:end].replace(row(files[MAIN][at:end], "RUNNING_P2P"), "")
    table = re.sub(rf"\n\t+\[{STATE}RUNNING_P2P\] =\s*[^,]*,", "", table)
    through = re.compile(rf"\[{STATE}(\w+)\] = {STATE}RUNNING_P2P")
    table = through.sub(lambda m: f"[{STATE}{m[1]}] = {STATE}{onward[m[1]]}", table)
    count = (f"{STATE}RUNNING_P2P + 1", f"{STATE}RESUMING + 1")
    main_file = (files[MAIN][:at] + table + files[MAIN][end:]).replace(*count)
    uapi = re.sub(rf"\n\t{STATE}RUNNING_P2P = 5,|\n#define VFIO_MIGRATION_P2P\b.*", "", files[UAPI])
    other = {n: t.replace(f"{STATE}RUNNING_P2P", f"{STATE}RESUMING") for n, t in files.items()}
    return {**other, MAIN: main_file, UAPI: uapi}


def row(text: str, state: str) -> str:
    """Return a row of the table, from its designator to the end of its line."""
    found = re.search(rf"\n\t\t\[{STATE}{state}\] = \{{.*?\n\t\t\}},", text, re.DOTALL)
    assert found is not None
    return found[0]


def without_test(files: Tree) -> Tree:
    """Return the files with the loop as it stood from Linux 6.2 until the middle of 2026."""
    test = f"while (*next_fsm != {STATE}ERROR &&\n\t       (state_flags_table"
    assert test in files[MAIN], "the loop has no test for ERROR"
    return {**files, MAIN: files[MAIN].replace(test, "while ((state_flags_table")}


SERIES: dict[str, tuple[str, Callable[[dict[str, Tree]], tuple[Tree, Tree]]]] = {
    "p2p": ("vfio: Extend the device migration protocol with RUNNING_P2P", lambda t: (without_p2p(t["6.1"]), t["6.1"])),
    "pre-copy": ("vfio: Extend the device migration protocol with PRE_COPY", lambda t: (t["6.1"], t["6.12"])),
    "loop": ("vfio: the loop loses its test for ERROR", lambda t: (t["6.12"], without_test(t["6.12"]))),
}

if __name__ == "__main__":
    main(sys.argv[1:])
