"""The arcs of drivers' step functions."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.source.functions.excerpts import STATES, line_of
from tests.source.functions.trees import vfio
from verifier.files import Folder
from verifier.source.functions.arcs import Arcs, arcs

STEP = """
    static struct file *step(struct thing *t, u32 new)
    {
        u32 cur = t->state;
        int ret;

        if (cur == DOOR_OPEN && new == DOOR_SHUT) {
            ret = push(t);
            if (ret)
                return ERR_PTR(ret);
            return NULL; /* shut */
        }

        if (cur == DOOR_SHUT && new == DOOR_LOCKED) {
            struct key *key = find_key(t);

            if (IS_ERR(key))
                return ERR_CAST(key);
            return key->filp; /* locked */
        }

        if (cur == DOOR_LOCKED && new == DOOR_SHUT) {
            if (!t->users)
                return ERR_PTR(-EBUSY);
            return unlock(t) ? ERR_PTR(-EIO) : NULL;
        }

        if (cur == DOOR_SHUT && new == DOOR_OPEN && t->flags)
            return NULL;

        WARN_ON(true);
        return ERR_PTR(-EINVAL); /* no */
    }
"""


def read(tree: Path, code: str) -> Arcs:
    """The arcs of the function `step`."""
    (tree / "x.c").write_text(STATES + textwrap.dedent(code), encoding="utf-8")
    return arcs(Folder(tree), "x.c", "step")


def test_arcs_have_their_lines_and_conditions(tmp_path: Path) -> None:
    found = read(tmp_path, STEP)
    assert [(a.old, a.new, a.condition, a.refusable) for a in found.arcs] == [
        ("DOOR_OPEN", "DOOR_SHUT", "", False),
        ("DOOR_SHUT", "DOOR_OPEN", "(t->flags)", True),
        ("DOOR_SHUT", "DOOR_LOCKED", "", False),
        ("DOOR_LOCKED", "DOOR_SHUT", "(t->users)", False),
    ]
    assert found.arcs[0].place.line == line_of(STEP, "/* shut */")
    assert found.arcs[2].place.line == line_of(STEP, "/* locked */")
    assert found.prefix == "DOOR_"
    assert found.gaps == ()


def test_other_pairs_have_the_line_that_turns_them_down(tmp_path: Path) -> None:
    found = read(tmp_path, STEP)
    assert len(found.refused) == 9 - 4
    assert {p.line for p in found.refused.values()} == {line_of(STEP, "/* no */")}


def test_function_of_a_step_that_returns_a_number(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "int step(enum door old, enum door new) { return old == DOOR_OPEN && new == DOOR_SHUT ? 0 : -EINVAL; }",
    )
    assert [(a.old, a.new) for a in found.arcs] == [("DOOR_OPEN", "DOOR_SHUT")]


ARCS = {
    1: "RESUMING>STOP RUNNING>STOP STOP>RESUMING STOP>RUNNING STOP>STOP_COPY STOP_COPY>STOP",
    3: "RESUMING>STOP RUNNING>RUNNING_P2P RUNNING_P2P>RUNNING RUNNING_P2P>STOP STOP>RESUMING STOP>RUNNING_P2P"
    " STOP>STOP_COPY STOP_COPY>STOP",
    5: "PRE_COPY>RUNNING PRE_COPY>STOP_COPY RESUMING>STOP RUNNING>PRE_COPY RUNNING>STOP STOP>RESUMING STOP>RUNNING"
    " STOP>STOP_COPY STOP_COPY>STOP",
    7: "PRE_COPY>PRE_COPY_P2P PRE_COPY>RUNNING PRE_COPY_P2P>PRE_COPY PRE_COPY_P2P>RUNNING_P2P PRE_COPY_P2P>STOP_COPY"
    " RESUMING>STOP RUNNING>PRE_COPY RUNNING>RUNNING_P2P RUNNING_P2P>PRE_COPY_P2P RUNNING_P2P>RUNNING"
    " RUNNING_P2P>STOP STOP>RESUMING STOP>RUNNING_P2P STOP>STOP_COPY STOP_COPY>STOP",
}

DRIVERS = [
    ("6.12", "drivers/vfio/pci/mlx5/main.c", "mlx5vf_pci_step_device_state_locked", 7),
    ("6.12", "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c", "hisi_acc_vf_set_device_state", 5),
    ("6.12", "drivers/vfio/pci/pds/lm.c", "pds_vfio_step_device_state_locked", 3),
    ("6.12", "drivers/vfio/pci/qat/main.c", "qat_vf_pci_step_device_state", 7),
    ("6.12", "samples/vfio-mdev/mtty.c", "mtty_step_state", 7),
    ("6.1", "drivers/vfio/pci/mlx5/main.c", "mlx5vf_pci_step_device_state_locked", 3),
    ("6.1", "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c", "hisi_acc_vf_set_device_state", 1),
]


@pytest.mark.kernel
@pytest.mark.parametrize(("version", "path", "function", "flags"), DRIVERS)
def test_arcs_of_the_vfio_drivers(version: str, path: str, function: str, flags: int) -> None:
    found = arcs(Folder(vfio(version)), path, function)
    got = {f"{a.old}>{a.new}".replace(found.prefix, "") for a in found.arcs}
    assert found.gaps == ()
    assert got == set(ARCS[flags].split())
    assert all("return" in a.place.text for a in found.arcs)
