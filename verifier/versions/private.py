"""The git program, kept away from the configuration of the repository that it reads.

Whoever wrote a repository's configuration can have programs run by almost any git command: hooks, a file system
monitor, filters, text converters, pagers, credential helpers, a remote that is asked for missing objects. So git
works on a git directory of our own, in a temporary folder, with a configuration of our own. It borrows the objects,
references and logs of the repository; what it writes, it writes into its own folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from verifier.versions.place import Place
from verifier.versions.refusal import VersionError

_CONFIG = """[core]
\trepositoryFormatVersion = 1
\tbare = true
\thooksPath = /dev/null
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
\tquotePath = false
\tfsync = none
[protocol]
\tallow = never
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
"""

# What is taken over from the repository's configuration: the format of its objects and references, and which branch
# follows which, for `@{upstream}`. None of these runs anything.
_TAKEN = r"^(extensions\.(objectformat|refstorage)|branch\..*\.(remote|merge)|remote\..*\.fetch)$"


class PrivateGit:
    """The git program on a git directory of our own that sees the repository's objects and references.

    The folder lives as long as this object.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._program = _program()
        self.directory = Path(os.path.realpath(tempfile.mkdtemp(prefix="arcproof-git-")))
        weakref.finalize(self, _remove, self.directory, os.getpid())
        self._build()

    @property
    def index(self) -> Path:
        """The index that the repository uses now: `GIT_INDEX_FILE` where a hook runs us, else its own."""
        given = os.environ.get("GIT_INDEX_FILE")
        if given and self.place.top and (path := (self.place.top / given).resolve()).is_relative_to(self.place.own):
            return path
        return self.place.own / "index"

    @cached_property
    def digits(self) -> int:
        """The number of hexadecimal digits of an object's id: 40 (SHA-1) or 64 (SHA-256)."""
        return len(self.run("hash-object", "--stdin", "-t", "blob").strip())

    def copied_index(self, name: str = "index") -> Path:
        """Return a copy of the repository's index, with the time of its last change, which git relies on."""
        copy = self.directory / name
        copy.unlink(missing_ok=True)
        for shared in filter(Path.is_file, self.place.own.glob("sharedindex.*")):
            shutil.copy2(shared, self.directory / shared.name)
        if self.index.is_file():
            shutil.copy2(self.index, copy)
        return copy

    def attempt(
        self, *words: str, input: bytes = b"", index: Path | None = None, top: Path | None = None, borrow: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `git WORDS` and return how it ended.

        `index` is the index file to use, `top` the work tree. Unless `borrow`, the repository's objects are not
        seen: git would mark those that it finds there as new by changing the times of their files.
        """
        return subprocess.run(
            [self._program, *words],
            input=input,
            capture_output=True,
            env=self.environment(index, top, borrow),
            cwd=top or self.directory,
            check=False,
        )

    def run(
        self, *words: str, input: bytes = b"", index: Path | None = None, top: Path | None = None, borrow: bool = True
    ) -> bytes:
        """Return what `git WORDS` prints, see `attempt`. Raises VersionError with ARC924 iff git fails."""
        ended = self.attempt(*words, input=input, index=index, top=top, borrow=borrow)
        if ended.returncode != 0:
            raise VersionError.because("ARC924", f"git {words[0]} failed: {words_of_git(ended.stderr)}")
        return ended.stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `git WORDS`, to be talked to through pipes."""
        pipe = subprocess.PIPE
        environment = self.environment(None, None, True)
        return subprocess.Popen(
            [self._program, *words], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd="/"
        )

    def environment(self, index: Path | None, top: Path | None, borrow: bool) -> Mapping[str, str]:
        """Return the variables that git is run with; none of the caller's but the search path is among them."""
        extra = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(self.place.common / "objects")} if borrow else {}
        if index is not None:
            extra["GIT_INDEX_FILE"] = str(index)
        if top is not None:
            extra |= {"GIT_WORK_TREE": str(top)}
        return {
            "PATH": _search_path(),
            "HOME": str(self.directory),
            "LC_ALL": "C",
            "GIT_DIR": str(self.directory),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_PAGER": "cat",
            **extra,
        }

    def _build(self) -> None:
        for folder in ("objects", "logs"):
            (self.directory / folder).mkdir()
        own, common = self.place.own, self.place.common
        for name in ("refs", "packed-refs", "shallow", "reftable", "logs/refs"):
            if (common / name).exists():
                (self.directory / name).symlink_to(common / name)
        if (own / "logs/HEAD").is_file():
            (self.directory / "logs/HEAD").symlink_to(own / "logs/HEAD")
        for head in own.glob("*HEAD"):
            if head.is_file() or head.is_symlink():
                shutil.copyfile(head, self.directory / head.name, follow_symlinks=False)
        (self.directory / "config").write_bytes(_CONFIG.encode() + b"".join(self._taken_over()))

    def _taken_over(self) -> Iterator[bytes]:
        """Yield the few harmless settings of the repository that reading it needs."""
        (self.directory / "config").write_text(_CONFIG)
        file = str(self.place.common / "config")
        found = self.attempt("config", "--file", file, "--no-includes", "--null", "--get-regexp", _TAKEN)
        for item in found.stdout.split(b"\0"):
            key, newline, value = item.partition(b"\n")
            section, _, rest = key.partition(b".")
            name, _, setting = rest.rpartition(b".")
            if newline:
                header = section + (b' "' + _escaped(name) + b'"' if name else b"")
                yield b"[" + header + b"]\n\t" + setting + b' = "' + _escaped(value) + b'"\n'


def words_of_git(stderr: bytes) -> str:
    """Return what git complained about, on one line, without the words that all its complaints begin with."""
    lines = stderr.decode(errors="replace").split("\n")
    kept = [line.removeprefix("fatal: ").removeprefix("error: ").strip() for line in lines if line.strip()]
    return "; ".join(kept[:4])[:600] or "it gave no reason"


def _remove(directory: Path, owner: int) -> None:
    """Remove the folder, unless this is a fork of the process that made it."""
    if owner == os.getpid():
        shutil.rmtree(directory, ignore_errors=True)


def _program() -> str:
    program = shutil.which("git", path=_search_path())
    if program is None:
        raise VersionError.because("ARC920", "the git program was not found", "install git, or add it to PATH")
    return program


def _search_path() -> str:
    """Return where programs are looked for: never below the current folder, which may be the tree under review."""
    given = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in given if os.path.isabs(folder))


def _quoted(path: Path) -> str:
    """Return a path as the list of object directories wants it, where `:` separates."""
    return '"' + os.fsdecode(_escaped(os.fsencode(path))) + '"'


def _escaped(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
