"""Files of real kernels, taken once out of Debian's source packages and kept in the system's temporary folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest

ARCHIVE = "/usr/src/linux-source-{}.tar.xz"

FILES = (
    "drivers/net/wan/hdlc_ppp.c",
    "drivers/vfio/vfio.h",
    "drivers/vfio/vfio_main.c",
    "include/linux/dccp.h",
    "include/linux/netfilter/nf_conntrack_common.h",
    "include/linux/netfilter/nf_conntrack_dccp.h",
    "include/linux/netfilter/nf_conntrack_sctp.h",
    "include/linux/netfilter/nf_conntrack_tcp.h",
    "include/linux/vfio.h",
    "include/net/netfilter/nf_conntrack.h",
    "include/uapi/linux/dccp.h",
    "include/uapi/linux/netfilter/nf_conntrack_common.h",
    "include/uapi/linux/netfilter/nf_conntrack_sctp.h",
    "include/uapi/linux/netfilter/nf_conntrack_tcp.h",
    "include/uapi/linux/vfio.h",
    "net/netfilter/nf_conntrack_proto_dccp.c",
    "net/netfilter/nf_conntrack_proto_sctp.c",
    "net/netfilter/nf_conntrack_proto_tcp.c",
)


def kernel_tree(version: str, files: tuple[str, ...] = FILES) -> Path:
    """Return a folder with some files of a kernel ("6.12"), or whole folders, named with a `/` at the end.

    Without a kernel, the test is skipped; under CI it fails.
    """
    variable = "ARCPROOF_KERNEL_TREE_" + version.replace(".", "_")
    if named := os.environ.get(variable):
        assert Path(named).is_dir(), f"{variable} names no folder: {named}"
        return Path(named)
    archive = Path(ARCHIVE.format(version))
    if archive.is_file():
        return _unpacked(archive, version, files)
    absent = f"NO KERNEL {version}: install linux-source-{version}, or let {variable} name a tree; nothing was checked"
    if os.environ.get("CI"):
        pytest.fail(absent)
    pytest.skip(absent)


def _unpacked(archive: Path, version: str, files: tuple[str, ...]) -> Path:
    """Return the cached files; the first process to come unpacks them, which takes about ten seconds."""
    cache = Path(tempfile.gettempdir()) / f"arcproof-kernel-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    assert cache.stat().st_uid == os.getuid(), f"{cache} belongs to somebody else"
    state = archive.stat()
    key = hashlib.sha256(repr((str(archive), state.st_size, state.st_mtime_ns, files)).encode()).hexdigest()[:12]
    tree = cache / f"{version}-{key}"
    with (cache / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.is_dir():
            part = tree.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _unpack(archive, part, files)
            part.rename(tree)
    return tree


def _unpack(archive: Path, target: Path, files: tuple[str, ...]) -> None:
    """Write the files to a folder. The archive is one xz stream: it is read until the last of them has come; to its
    end, if there are folders among them, whose names end in `/`."""
    missing = {f for f in files if not f.endswith("/")}
    folders = tuple(f for f in files if f.endswith("/"))
    with tarfile.open(archive, "r|xz") as members:
        for member in members:
            name = member.name.partition("/")[2]
            wanted = member.isfile() and (name in missing or name.startswith(folders))
            content = members.extractfile(member) if wanted else None
            if content is not None:
                missing.discard(name)
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content.read())
                if not missing and not folders:
                    return
    if missing:
        pytest.fail(f"{archive} has no {', '.join(sorted(missing))}")
