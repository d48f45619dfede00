"""Certificates on disk: what is kept, where, and for how long."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from verifier.proofs.store import LEFT_BEHIND, MAX_ENTRY, Store, Unusable, default_folder

KEYS = [f"{i:064x}" for i in range(10)]


def test_what_is_kept_is_found_again_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "a" / "b")
    assert store.get(KEYS[0]) is None
    assert not store.has(KEYS[0])
    store.put(KEYS[0], {"x": ["\u00e9"]})
    store.put(KEYS[0], {"x": [2]})
    assert store.has(KEYS[0])
    assert store.get(KEYS[0]) == {"x": [2]}
    assert store.get(KEYS[1]) is None
    assert [p.name for p in store.folder.iterdir()] == [f"{KEYS[0]}.json"]


def test_nobody_else_can_read_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "a")
    store.put(KEYS[0], {})
    assert store.folder.stat().st_mode & 0o077 == 0


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "a")
    store.put(KEYS[0], {"x": "y" * MAX_ENTRY})
    assert store.get(KEYS[0]) is None


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store.put(KEYS[0], {})
    assert list(store.folder.iterdir()) == []


def test_a_link_in_the_place_of_an_entry_is_replaced_not_followed(tmp_path: Path) -> None:
    store, target = Store(tmp_path / "a"), tmp_path / "target"
    target.write_text("precious")
    store.folder.mkdir()
    (store.folder / f"{KEYS[0]}.json").symlink_to(target)
    with pytest.raises(Unusable):
        store.get(KEYS[0])
    store.put(KEYS[0], {"x": 1})
    assert store.get(KEYS[0]) == {"x": 1}
    assert target.read_text() == "precious"


def test_pruning_removes_what_was_not_used_for_longest_and_touches_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "a", most=3500)
    for i, key in enumerate(KEYS):
        store.put(key, {"x": "y" * 800})
        os.utime(store.folder / f"{key}.json", (1000 + i, 1000 + i))
    strange = ["notes.json", "0.json", f"{KEYS[0]}.txt"]
    for name in strange:
        (store.folder / name).write_text("z" * 9000)
    assert store.get(KEYS[0]) is not None  # used now: it outlives those that were written later
    store.prune()
    assert [k for k in KEYS if store.has(k)] == [KEYS[0], KEYS[8], KEYS[9]]
    assert all((store.folder / name).exists() for name in strange)


def test_pruning_removes_what_a_dead_process_has_left_but_no_file_in_the_making(tmp_path: Path) -> None:
    store = Store(tmp_path / "a")
    store.folder.mkdir()
    old, new = (store.folder / f"{KEYS[0]}.{name}.part" for name in ("aaaa", "bbbb"))
    for path in (old, new):
        path.write_text("{")
    past = time.time() - LEFT_BEHIND - 60
    os.utime(old, (past, past))
    store.prune()
    assert list(store.folder.iterdir()) == [new]


def test_a_folder_that_does_not_exist_needs_no_pruning(tmp_path: Path) -> None:
    Store(tmp_path / "a").prune()
    assert not (tmp_path / "a").exists()


def _writes(folder: Path, number: int) -> None:
    for _ in range(100):
        Store(folder).put(KEYS[0], {"x": [number] * 500})


def test_processes_that_write_at_once_leave_a_whole_entry(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_writes, args=(tmp_path, n)) for n in (1, 2)]
    for writer in writers:
        writer.start()
    seen = set()
    while any(w.is_alive() for w in writers):
        found = Store(tmp_path).get(KEYS[0])
        if found is not None:
            assert found["x"] in ([1] * 500, [2] * 500)
            seen.add(found["x"][0])
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert seen
    assert [p.name for p in tmp_path.iterdir()] == [f"{KEYS[0]}.json"]


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ARCPROOF_CACHE_DIR": "here", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "here"),
        ({"ARCPROOF_CACHE_DIR": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/arcproof"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/arcproof"),
        ({"HOME": "/h"}, "/h/.cache/arcproof"),
        ({"HOME": ""}, None),
        ({}, None),
    ],
)
def test_the_folder_follows_from_the_environment(environment: dict[str, str], folder: str | None) -> None:
    assert default_folder(environment) == (None if folder is None else Path(folder))
