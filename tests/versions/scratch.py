"""Git repositories made for a test, and what is left of them afterwards."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "committer@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+0000",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+0000",
    "LC_ALL": "C",
}


class Scratch:
    """A git repository in a folder of its own."""

    def __init__(self, top: Path, *options: str) -> None:
        self.top = top
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *options)

    def git(self, *words: str, input: bytes = b"") -> bytes:
        """What `git WORDS` prints."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.top), **_ENVIRONMENT}
        ended = subprocess.run(["git", *words], cwd=self.top, input=input, capture_output=True, env=environment)
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout

    def write(self, files: dict[str, str | bytes | None]) -> None:
        """Write files into the work tree; None removes one."""
        for path, content in files.items():
            whole = self.top / path
            if content is None:
                whole.unlink()
            else:
                whole.parent.mkdir(parents=True, exist_ok=True)
                whole.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: dict[str, str | bytes | None], message: str = "change") -> str:
        """Commit changes to files, and return the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.id("HEAD")

    def id(self, rev: str) -> str:
        """The id of a revision."""
        return self.git("rev-parse", rev).decode().strip()

    def mbox(self, since: str, *options: str) -> bytes:
        """The commits since a revision, as `git format-patch` writes them."""
        return self.git("format-patch", "--stdout", *options, since)


def traces(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that can be seen of each file below a folder, git's own among them: content, mode, times but for access."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted([folder, *folder.rglob("*")]):
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path)] = (content, about.st_mode, about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino)
    return found
