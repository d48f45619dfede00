"""Contents of a repository's objects, by their ids."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import weakref
from functools import lru_cache

from verifier.versions.private import PrivateGit
from verifier.versions.refusal import VersionError


class Objects:
    """Reads blobs through one `git cat-file` process, which is started when first needed and in each forked child."""

    def __init__(self, git: PrivateGit) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self.blob = lru_cache(maxsize=256)(self._blob)

    def _blob(self, key: str) -> bytes:
        """Return a blob's content. Raises VersionError with ARC923 iff the repository lacks it."""
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{key}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) != 3:
                raise VersionError.because(
                    "ARC923",
                    f"object {key[:12]} is not in the repository",
                    "this is a partial clone: run `git fetch --refetch --no-filter` in it",
                )
            return process.stdout.read(int(header[2]) + 1)[:-1]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():
            self._process = self._git.start("cat-file", "--batch")
            self._owner = os.getpid()
            weakref.finalize(self, _stop, self._process, self._owner)
        return self._process


def _stop(process: subprocess.Popen[bytes], owner: int) -> None:
    """End the process; it is not ours in a fork of the process that started it."""
    if owner == os.getpid():
        process.kill()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        process.wait()


def blob_id(data: bytes, digits: int) -> str:
    """Return the id, of so many hexadecimal digits, that git gives to a blob of this content."""
    algorithm = hashlib.sha1 if digits == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
