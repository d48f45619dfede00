"""State functions of Linux 6.12 that nobody has named to the reader. The tables were read off the C by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.source.functions.excerpts import allowed, model, values
from tests.source.functions.trees import state_functions, vfio
from verifier.files import Folder
from verifier.model.sorts import FlagsSort
from verifier.semantics.evaluate import Setting, evaluate
from verifier.source.extraction import Extraction
from verifier.source.functions import extract_function

pytestmark = pytest.mark.kernel


def read(path: str, function: str, enums: tuple[str, ...] = ()) -> Extraction:
    """The extraction of a function, whose spec is read."""
    found = extract_function(Folder(state_functions()), path, function, enums)
    model(found)
    return found


def arrows(text: str) -> set[tuple[str, str]]:
    """`A > B C` on each line: from A to B and to C."""
    lines = [line.split(">") for line in text.strip().split("\n")]
    return {(old.strip(), new) for old, news in lines for new in news.split()}


def every(found: Extraction) -> set[tuple[str, str]]:
    """All pairs."""
    return {(a, b) for a, b in (c.key for c in found.cells)}


def test_nvme_controller() -> None:
    found = read("drivers/nvme/host/core.c", "nvme_change_ctrl_state")
    expected = """
        NEW > RESETTING CONNECTING
        LIVE > RESETTING DELETING
        RESETTING > CONNECTING DELETING
        CONNECTING > LIVE DELETING
        DELETING > DELETING_NOIO DEAD
        DEAD > DELETING_NOIO
    """
    assert allowed(found) == arrows(expected)
    assert len(allowed(found)) == 11
    line = next(c.place for c in found.cells if c.key == ("CONNECTING", "LIVE"))
    assert line.text.strip() == "changed = true;"


def test_scsi_device() -> None:
    expected = """
        CREATED > CREATED RUNNING CANCEL DEL OFFLINE TRANSPORT_OFFLINE CREATED_BLOCK
        RUNNING > RUNNING CANCEL DEL QUIESCE OFFLINE TRANSPORT_OFFLINE BLOCK
        CANCEL > CANCEL DEL
        DEL > DEL
        QUIESCE > QUIESCE RUNNING CANCEL OFFLINE TRANSPORT_OFFLINE BLOCK
        OFFLINE > OFFLINE RUNNING CANCEL DEL QUIESCE BLOCK
        TRANSPORT_OFFLINE > TRANSPORT_OFFLINE RUNNING CANCEL DEL QUIESCE
        BLOCK > BLOCK RUNNING DEL OFFLINE TRANSPORT_OFFLINE
        CREATED_BLOCK > CREATED_BLOCK CREATED DEL BLOCK
    """
    assert allowed(read("drivers/scsi/scsi_lib.c", "scsi_device_set_state")) == arrows(expected)


def test_scsi_host_and_its_gotos() -> None:
    found = read("drivers/scsi/hosts.c", "scsi_host_set_state")
    expected = """
        CREATED > CREATED RUNNING CANCEL
        RUNNING > RUNNING CANCEL RECOVERY
        CANCEL > CANCEL DEL CANCEL_RECOVERY
        DEL > DEL
        RECOVERY > RECOVERY RUNNING CANCEL_RECOVERY
        CANCEL_RECOVERY > CANCEL_RECOVERY CANCEL DEL_RECOVERY
        DEL_RECOVERY > DEL_RECOVERY DEL
    """
    assert allowed(found) == arrows(expected)
    refused = next(c.place for c in found.cells if c.key == ("RUNNING", "DEL"))
    assert refused.text.strip() == "goto illegal;"


def test_ibm_fibre_channel_target_action() -> None:
    found = read("drivers/scsi/ibmvscsi/ibmvfc.c", "ibmvfc_set_tgt_action")
    free = {(a, b) for a, b in every(found) if a in ("NONE", "INIT", "INIT_WAIT")}
    expected = """
        LOGOUT_RPORT > LOGOUT_RPORT_WAIT DEL_RPORT
        LOGOUT_RPORT_WAIT > DEL_RPORT DEL_AND_LOGOUT_RPORT
        LOGOUT_DELETED_RPORT > LOGOUT_RPORT
        DEL_AND_LOGOUT_RPORT > LOGOUT_DELETED_RPORT
        DEL_RPORT > DELETED_RPORT
    """
    assert allowed(found) == arrows(expected) | free


def test_ibm_fibre_channel_host_action_that_returns_nothing() -> None:
    found = read("drivers/scsi/ibmvscsi/ibmvfc.c", "ibmvfc_set_host_action")
    moves = values(found, "next")
    only = {"ALLOC_TGTS": {"INIT_WAIT"}, "LOGO_WAIT": {"LOGO"}, "INIT_WAIT": {"INIT"}, "TGT_INIT": {"ALLOC_TGTS"},
            "QUERY": {"INIT_WAIT", "NONE", "TGT_DEL_FAILED"}}  # fmt: skip
    for (old, new), following in moves.items():
        taken = new in ("REENABLE", "RESET") or old in only[new] if new in only or new in ("REENABLE", "RESET") else (
            old not in ("RESET", "REENABLE")
        )  # fmt: skip
        assert following == (new if taken else old), (old, new)
    assert len(moves) == 13 * 13


def test_qedr_queue_pair_under_a_condition() -> None:
    found = read("drivers/infiniband/hw/qedr/verbs.c", "qedr_update_qp_state")
    same = {(a, a) for a, _ in every(found)}
    expected = """
        RESET > INIT
        INIT > RTR ERR
        RTR > RTS ERR
        RTS > SQD ERR
        SQD > RTS ERR
    """
    assert allowed(found) == arrows(expected) | same
    open_ = values(found, "always_allowed")["ERR", "RESET"]
    assert open_ == "qp_rq_cons_is_qp_rq_prod and qp_sq_cons_is_qp_sq_prod"


def test_qed_iwarp_queue_pair_that_moves_elsewhere() -> None:
    found = read("drivers/net/ethernet/qlogic/qed/qed_iwarp.c", "qed_iwarp_modify_qp")
    moved = {key for key, following in values(found, "next").items() if following == key[1] != key[0]}
    expected = """
        IDLE > RTS ERROR
        RTS > CLOSING ERROR
        ERROR > IDLE
        TERMINATE > IDLE RTS CLOSING ERROR
        CLOSING > IDLE RTS TERMINATE ERROR
    """
    assert moved == arrows(expected)
    refused = {key for key, value in values(found, "always_allowed").items() if value == "false"}
    assert refused == {("ERROR", "RTS"), ("ERROR", "TERMINATE")}


def test_rtrs_client() -> None:
    expected = """
        CONNECTING > CONNECTED CONNECTING_ERR CLOSING
        CONNECTING_ERR > RECONNECTING CLOSING
        RECONNECTING > CONNECTING CLOSING
        CONNECTED > RECONNECTING CLOSING
        CLOSING > CLOSED
        CLOSED > RECONNECTING DEAD
    """
    assert allowed(read("drivers/infiniband/ulp/rtrs/rtrs-clt.c", "rtrs_clt_change_state")) == arrows(expected)


def test_srp_target_channel_whose_states_only_grow() -> None:
    found = read("drivers/infiniband/ulp/srpt/ib_srpt.c", "srpt_set_ch_state")
    order = ["CONNECTING", "LIVE", "DISCONNECTING", "DRAINING", "DISCONNECTED"]
    assert allowed(found) == {(a, b) for i, a in enumerate(order) for b in order[i + 1 :]}


def test_srp_remote_port() -> None:
    expected = """
        RUNNING > RUNNING BLOCKED FAIL_FAST LOST
        BLOCKED > RUNNING FAIL_FAST LOST
        FAIL_FAST > RUNNING FAIL_FAST LOST
        LOST > LOST
    """
    assert allowed(read("drivers/scsi/scsi_transport_srp.c", "srp_rport_set_state")) == arrows(expected)


def test_drbd_connection_by_ranges() -> None:
    found = read("drivers/block/drbd/drbd_state.c", "is_valid_conn_transition")
    order = [
        "STANDALONE", "DISCONNECTING", "UNCONNECTED", "TIMEOUT", "BROKEN_PIPE", "NETWORK_FAILURE", "PROTOCOL_ERROR",
        "TEAR_DOWN", "WF_CONNECTION", "WF_REPORT_PARAMS", "CONNECTED",
    ]  # fmt: skip
    place = {s: i for i, s in enumerate(order)}

    def fine(old: str, new: str) -> bool:
        o, n = place.get(old, 99), place.get(new, 99)
        if old == new:
            return True  # SS_NOTHING_TO_DO, which is no error
        if old == "STANDALONE":
            return new == "UNCONNECTED"
        if o < place["WF_REPORT_PARAMS"] and n >= place["CONNECTED"]:
            return False
        if place["TIMEOUT"] <= o <= place["TEAR_DOWN"]:
            return new in ("UNCONNECTED", "DISCONNECTING")
        return old != "DISCONNECTING" or new == "STANDALONE"

    pairs = {c.key for c in found.cells}
    assert len(pairs) >= 25 * 24
    assert allowed(found) == {(a, b) for a, b in pairs if fine(a, b)}


def test_tipc_link_with_events() -> None:
    found = read("net/tipc/link.c", "tipc_link_fsm_evt", ("LINK_ESTABLISHED", "LINK_FAILURE_EVT"))
    moves = {
        (a, b.removeprefix("LINK_").removesuffix("_EVT"), c) for (a, b), c in values(found, "next").items() if a != c
    }
    assert moves == {
        ("RESETTING", "PEER_RESET", "PEER_RESET"), ("RESETTING", "RESET", "RESET"),
        ("RESET", "PEER_RESET", "ESTABLISHING"), ("RESET", "FAILOVER_BEGIN", "FAILINGOVER"),
        ("PEER_RESET", "RESET", "ESTABLISHING"), ("FAILINGOVER", "FAILOVER_END", "RESET"),
        ("ESTABLISHING", "ESTABLISH", "ESTABLISHED"), ("ESTABLISHING", "FAILOVER_BEGIN", "FAILINGOVER"),
        ("ESTABLISHING", "RESET", "RESET"), ("ESTABLISHED", "PEER_RESET", "PEER_RESET"),
        ("ESTABLISHED", "FAILURE", "RESETTING"), ("ESTABLISHED", "RESET", "RESET"),
        ("ESTABLISHED", "SYNCH_BEGIN", "SYNCHING"), ("SYNCHING", "PEER_RESET", "PEER_RESET"),
        ("SYNCHING", "FAILURE", "RESETTING"), ("SYNCHING", "RESET", "RESET"), ("SYNCHING", "SYNCH_END", "ESTABLISHED"),
    }  # fmt: skip


def test_mt76_station_depends_on_the_driver() -> None:
    found = read("drivers/net/wireless/mediatek/mt76/mac80211.c", "mt76_sta_state")
    assert found.complete
    open_ = {key for key, value in values(found, "always_allowed").items() if value != "true"}
    assert open_ == arrows("NOTEXIST > NONE\nAUTH > ASSOC\nASSOC > AUTH AUTHORIZED")
    assert 'param dev_drv_sta_event: bool "in C: dev->drv->sta_event"' in found.spec


def test_mac80211_station_is_marked_incomplete() -> None:
    found = read("net/mac80211/sta_info.c", "_sta_info_move_state")
    assert not found.complete
    assert all("sta->sta_state" in gap.message for gap in found.gaps)


def test_vfio_next_state_for_every_set_of_flags() -> None:
    tree = Folder(vfio("6.12"))
    for flags, supported in ((1, 4), (3, 5), (5, 5), (7, 7)):
        found = extract_function(
            tree, "drivers/vfio/vfio_main.c", "vfio_mig_get_next_state", fixed={"device->migration_flags": flags}
        )
        assert found.complete
        pairs = {key for key, value in values(found).items() if value == "true"}
        blocked = 2 if flags == 7 else 1 if flags == 5 else 0
        assert len(pairs) == supported * supported - blocked
        assert ("STOP_COPY", "PRE_COPY") not in pairs


def test_vfio_next_state_with_its_flags_as_parameters() -> None:
    found = extract_function(Folder(vfio("6.12")), "drivers/vfio/vfio_main.c", "vfio_mig_get_next_state")
    assert found.complete
    (flags,) = model(found).parameters
    bits = ("VFIO_MIGRATION_STOP_COPY", "VFIO_MIGRATION_P2P", "VFIO_MIGRATION_PRE_COPY")
    assert (flags.name, flags.sort) == ("migration_flags", FlagsSort("MigrationFlags", bits))
    assert found.steps["STOP", "RUNNING"].words == (
        "RUNNING_P2P if VFIO_MIGRATION_STOP_COPY, VFIO_MIGRATION_P2P in migration_flags;"
        " RUNNING if VFIO_MIGRATION_STOP_COPY in migration_flags and VFIO_MIGRATION_P2P not in migration_flags"
    )
    assert not any(step.hangs for step in found.steps.values())


def test_vfio_next_state_hangs_for_exactly_three_calls_without_its_test_for_error(tmp_path: Path) -> None:
    path = "drivers/vfio/vfio_main.c"
    tree = shutil.copytree(vfio("6.12"), tmp_path / "tree")
    text = (tree / path).read_text(encoding="utf-8")
    test = "while (*next_fsm != VFIO_DEVICE_STATE_ERROR &&\n\t       (state_flags"
    assert test in text
    (tree / path).write_text(text.replace(test, "while ((state_flags"), encoding="utf-8")
    found = extract_function(Folder(tree), path, "vfio_mig_get_next_state")
    spec = model(found)
    hang = spec.rule["hang"]
    bits = {"stop_copy": 1, "p2p": 2, "pre_copy": 4}
    hung = {
        (a, b, tuple(n for n, bit in bits.items() if flags & bit))
        for a, b in found.steps
        for flags in range(8)
        if evaluate(hang.guard, Setting(spec, {"migration_flags": flags}), ({"state": a, "hung": False},), {"new": b})
    }
    assert hung == {
        ("STOP_COPY", "PRE_COPY", ("stop_copy", "pre_copy")),
        ("STOP_COPY", "PRE_COPY", ("stop_copy", "p2p", "pre_copy")),
        ("STOP_COPY", "PRE_COPY_P2P", ("stop_copy", "p2p", "pre_copy")),
    }
    step = found.steps["STOP_COPY", "PRE_COPY"]
    assert found.complete
    assert step.place.text.strip().startswith("while ((state_flags_table[*next_fsm]")
    assert step.words == (
        "never returns if VFIO_MIGRATION_STOP_COPY, VFIO_MIGRATION_PRE_COPY in migration_flags"
        " and migration_flags != 0xffffffff"
    )
