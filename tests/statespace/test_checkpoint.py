"""A run that is killed goes on from its last level; what is damaged or of another machine is not used."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.statespace.families import DEVICES, devices, machine_of
from verifier.statespace import levels
from verifier.statespace.levels import Checkpoint, Mismatch
from verifier.statespace.space import Limits, Watch, explored

ROOT = Path(__file__).parent.parent.parent

KILLED = """
import os, signal, sys
from tests.statespace.families import devices
from verifier.statespace import levels
from verifier.statespace.space import Limits, explored
save = levels.Checkpoint.save
def save_and_die(self, progress, blocks):
    save(self, progress, blocks)
    if progress.level == 40:
        os.kill(os.getpid(), signal.SIGKILL)
levels.Checkpoint.save = save_and_die
explored(devices(4), {}, limits=Limits(checkpoint=sys.argv[1]))
"""


WRITING = """
import os, signal, sys, time
from tests.statespace.families import devices
from verifier.statespace import levels
from verifier.statespace.space import Limits, explored
save = levels.Checkpoint.save
def save_in_part(self, progress, blocks):
    def broken_off():
        yield from blocks
        if progress.level == 20:
            print("writing", flush=True)
            time.sleep(60)
    save(self, progress, broken_off())
levels.Checkpoint.save = save_in_part
explored(devices(4), {}, limits=Limits(checkpoint=sys.argv[1]))
"""


@pytest.fixture
def folder(tmp_path):
    """A folder in which a run over four devices has left its levels when it was killed."""
    result = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert result.returncode == -signal.SIGKILL
    return tmp_path


def files(folder):
    return sorted(folder.glob("*/level-*"))


def test_a_killed_run_goes_on_from_its_last_level(folder, monkeypatch):
    assert len(files(folder)) == 41
    begun = []
    load = Checkpoint.load
    monkeypatch.setattr(Checkpoint, "load", lambda self: (begun.append(p.level) or (p, s) for p, s in load(self)))
    space = explored(devices(4), {}, limits=Limits(checkpoint=str(folder)))
    assert begun == list(range(41))
    assert (space.states, space.transitions, space.depth) == (*DEVICES[4], 87)
    assert len(list(space.by_level())) == 88


def test_what_a_killed_run_left_unfinished_is_gone_with_the_next_run(tmp_path):
    with subprocess.Popen([sys.executable, "-c", WRITING, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as writing:
        assert writing.stdout.readline() == b"writing\n"
        unfinished = [f for f in files(tmp_path) if f.suffix]
        assert [f.name for f in unfinished] == [f"level-000020.{writing.pid}"]
        Checkpoint(tmp_path, unfinished[0].parent.name)
        assert unfinished[0].exists()  # for the run is alive
        writing.kill()
    space = explored(devices(4), {}, limits=Limits(checkpoint=str(tmp_path)))
    assert (space.states, space.transitions) == DEVICES[4]
    assert [f for f in files(tmp_path) if f.suffix] == []


def test_a_folder_without_locks_is_used_all_the_same(tmp_path, monkeypatch):
    def refuse(handle, kind):
        raise OSError("no locks available")

    monkeypatch.setattr(levels.fcntl, "flock", refuse)
    assert explored(devices(2), {}, limits=Limits(checkpoint=str(tmp_path))).is_complete
    assert explored(devices(2), {}, limits=Limits(checkpoint=str(tmp_path))).is_complete


def test_a_finished_run_is_only_read(folder):
    limits = Limits(checkpoint=str(folder))
    explored(devices(4), {}, limits=limits)
    space = explored(devices(4), {}, limits=limits)
    assert space.is_complete
    assert (space.states, space.transitions, space.depth) == (*DEVICES[4], 87)


def test_a_damaged_level_is_explored_again(folder):
    damaged = files(folder)[20]
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    files(folder)[30].write_bytes(b"not a level")
    space = explored(devices(4), {}, limits=Limits(checkpoint=str(folder)))
    assert (space.states, space.transitions) == DEVICES[4]


def test_the_levels_of_another_machine_are_refused(folder):
    home = files(folder)[0].parent
    other = explored(devices(3), {}, limits=Limits(checkpoint=str(folder)))
    assert (other.states, other.transitions) == DEVICES[3]
    (elsewhere,) = (p for p in folder.iterdir() if p != home)
    for file in files(folder):
        if file.parent == home:
            (elsewhere / file.name).write_bytes(file.read_bytes())
    with pytest.raises(Mismatch, match="another machine"):
        explored(devices(3), {}, limits=Limits(checkpoint=str(folder)))


def test_deadlocks_before_the_checkpoint_are_not_forgotten(tmp_path):
    model = machine_of("var n: int 0..9 = 0\nrule up when n < 7 { n' = n + 1 }\nrule jump when n == 3 { n' = 9 }")
    limits = Limits(checkpoint=str(tmp_path))
    assert explored(model, {}, limits=limits).is_complete
    found = explored(model, {}, Watch(deadlock=True), limits).found()
    assert (found.level, found.state) == (4, 9)


def test_levels_outgrow_memory_into_a_file(monkeypatch):
    monkeypatch.setattr(levels, "MEMORY", 100)
    space = explored(devices(2), {})
    assert sum(len(level) for level in space.by_level()) == DEVICES[2][0]
