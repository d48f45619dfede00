"""Tables of real kernels turned into specs: the number of cells, of understood comments, and cells known by heart."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source.tables import loaded, said
from verifier.files import Folder
from verifier.source import Extraction, extract_table

pytestmark = pytest.mark.kernel

KernelTree = Callable[[str, tuple[str, ...]], Path]
Tree = Callable[[str], Path]

VERIFIED = "drivers/infiniband/core/verbs.c"
TCP = "net/netfilter/nf_conntrack_proto_tcp.c"
DCCP = "net/netfilter/nf_conntrack_proto_dccp.c"

# File and table, and for 6.12 and 6.1 how many cells the spec has (None: the table is not in that kernel).
COMPLETE = {
    ("drivers/vfio/vfio_main.c", "vfio_from_fsm_table"): (64, 36),
    ("drivers/vfio/vfio_main.c", "state_flags_table"): (8, 6),
    (VERIFIED, "qp_state_table"): (1029, 1029),
    ("drivers/infiniband/hw/mlx5/qp.c", "optab"): (81, 81),
    ("drivers/infiniband/hw/mlx5/qp.c", "opt_mask"): (1053, 1053),
    ("drivers/infiniband/hw/mlx5/qp.c", "sqrq_trans"): (16, 16),
    ("drivers/net/ethernet/mellanox/mlx4/qp.c", "op"): (64, 64),
    (TCP, "tcp_conntracks"): (120, 120),
    ("net/netfilter/nf_conntrack_proto_sctp.c", "sctp_conntracks"): (220, 220),
    (DCCP, "dccp_state_table"): (200, 200),
    ("drivers/net/wan/hdlc_ppp.c", "cp_table"): (182, 182),
    ("kernel/trace/rv/monitors/wip/wip.h", "automaton_wip"): (14, 14),
    ("kernel/trace/rv/monitors/wwnr/wwnr.h", "automaton_wwnr"): (14, 14),
    ("net/netfilter/ipvs/ip_vs_proto_sctp.c", "sctp_states"): (420, 420),
    ("net/netfilter/ipvs/ip_vs_proto_tcp.c", "tcp_states"): (132, 132),
    ("net/netfilter/ipvs/ip_vs_proto_tcp.c", "tcp_state_active_table"): (11, 11),
    ("net/sctp/sm_statetable.c", "chunk_event_table"): (240, 240),
    ("net/sctp/sm_statetable.c", "timeout_event_table"): (192, 192),
    ("net/sctp/sm_statetable.c", "primitive_event_table"): (112, 112),
    ("net/802/mrp.c", "mrp_applicant_state_table"): (156, 156),
    ("drivers/net/ethernet/mellanox/mlx5/core/steering/dr_action.c", "next_action_state"): (720, 680),
    ("drivers/s390/crypto/ap_queue.c", "ap_jumptable"): (14, 12),
    ("drivers/s390/cio/vfio_ccw_fsm.c", "vfio_ccw_jumptable"): (30, 30),
    ("drivers/s390/cio/device_fsm.c", "dev_jumptable"): (60, 60),
    ("drivers/s390/net/netiucv.c", "conn_fsm"): (80, 80),
    ("drivers/s390/net/netiucv.c", "dev_fsm"): (16, 16),
    ("drivers/s390/net/ctcm_mpc.c", "mpcg_fsm"): (104, 104),
    ("net/llc/llc_c_st.c", "llc_conn_state_table"): (24, 24),
    ("net/ipv4/tcp.c", "new_state"): (28, 26),
}


# The tables' files with all headers that they may include.
FILES = (*dict.fromkeys(file for file, _ in COMPLETE), "drivers/infiniband/hw/mlx5/", "drivers/net/ethernet/mellanox/",
         "drivers/s390/", "include/", "net/llc/")  # fmt: skip


@pytest.fixture(scope="module")
def tree(kernel_tree: KernelTree) -> Callable[[str], Path]:
    """The function that returns a kernel's tree by its version."""
    return functools.cache(lambda version: kernel_tree(version, FILES))


def extracted(tree: Path, file: str, table: str, *enums: str) -> Extraction:
    """The spec of a table; it can be loaded."""
    found = extract_table(Folder(tree), file, table, enums)
    loaded(found)
    return found


@pytest.mark.parametrize(("file", "table"), COMPLETE, ids=lambda text: text.rpartition("/")[2])
@pytest.mark.parametrize("version", ["6.12", "6.1"])
def test_a_table_is_extracted_as_a_whole(tree: Tree, version: str, file: str, table: str) -> None:
    found = extracted(tree(version), file, table)
    assert found.gaps == ()
    assert len(found.cells) == COMPLETE[file, table][version == "6.1"]


@pytest.mark.parametrize(
    ("version", "table", "agreed", "open_"),
    [
        ("6.12", ("drivers/vfio/vfio_main.c", "vfio_from_fsm_table"), 42, 5),
        ("6.1", ("drivers/vfio/vfio_main.c", "vfio_from_fsm_table"), 20, 2),
        ("6.12", (TCP, "tcp_conntracks"), 77, 0),
        ("6.1", (TCP, "tcp_conntracks"), 77, 0),
    ],
)
def test_comments_agree(tree: Tree, version: str, table: tuple[str, str], agreed: int, open_: int) -> None:
    found = extracted(tree(version), *table)
    assert (found.agreed, found.not_compared, found.contradictions) == (agreed, open_, ())


@pytest.mark.parametrize("version", ["6.12", "6.1"])
def test_two_comments_contradict_the_table_of_dccp(tree: Tree, version: str) -> None:
    found = extracted(tree(version), DCCP, "dccp_state_table")
    assert found.agreed == 118
    assert [(r.text, r.cell.key, r.cell.value) for r in found.contradictions] == [
        ("sCG -> sCG", ("CLIENT", "CLOSE", "CLOSING"), "INVALID"),
        ("sTW -> sIG", ("SERVER", "RESET", "TIMEWAIT"), "TIMEWAIT"),
    ]


def test_tcp_with_the_names_of_all_its_indices(tree: Tree) -> None:
    cells = said(extracted(tree("6.12"), TCP, "tcp_conntracks", "tcp_bit_set", "ip_conntrack_dir"), "tcp_conntracks")
    assert cells["ORIGINAL", "SYN", "TCP_CONNTRACK_NONE"] == "TO_SYN_SENT"
    assert cells["REPLY", "SYNACK", "SYN_SENT"] == "TO_SYN_RECV"
    assert cells["REPLY", "NONE", "CLOSE"] == "MAX"


def test_which_moves_a_queue_pair_may_make_and_what_they_need(tree: Tree) -> None:
    found = extracted(tree("6.12"), VERIFIED, "qp_state_table")
    assert Counter(said(found, "qp_state_table_valid").values())["true"] == 22
    needed = said(found, "qp_state_table_req_param")
    assert needed["RESET", "INIT", "UD"] == "{PKEY_INDEX, PORT, QKEY}"
    assert needed["RESET", "INIT", "RAW_PACKET"] == "{PORT}"


def test_the_control_protocol_of_ppp_goes_where_its_standard_says(tree: Tree) -> None:
    found = extracted(tree("6.12"), "drivers/net/wan/hdlc_ppp.c", "cp_table")
    assert said(found, "cp_table_next")["RCR_GOOD", "STOPPED"] == "ACK_SENT"
    assert said(found, "cp_table_actions")["RCR_GOOD", "STOPPED"] == "{IRC, SCR, SCA}"


def test_what_a_jump_table_calls(tree: Tree) -> None:
    found = extracted(tree("6.12"), "drivers/s390/cio/vfio_ccw_fsm.c", "vfio_ccw_jumptable")
    assert said(found, "vfio_ccw_jumptable")["IDLE", "IO_REQ"] == "fsm_io_request"


@pytest.mark.parametrize("version", ["6.12", "6.1"])
def test_timeouts_depend_on_the_configuration(tree: Tree, version: str) -> None:
    found = extracted(tree(version), "net/netfilter/ipvs/ip_vs_proto_tcp.c", "tcp_timeouts")
    assert len(found.gaps) == 12
    assert not found.complete
