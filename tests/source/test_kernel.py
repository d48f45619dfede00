"""Tables of real kernels, read and compared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source.tables import refuse, table
from verifier.files import Folder
from verifier.model.declarations import Binding, Table
from verifier.model.sorts import EnumSort, FlagsSort
from verifier.source import CTable, compare, read_table

pytestmark = pytest.mark.kernel

KernelTree = Callable[[str], Path]

MAIN = "drivers/vfio/vfio_main.c"
BINDING = Binding(MAIN, "vfio_from_fsm_table")

STATES = ("ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P")
STATE = EnumSort("State", STATES, tuple(range(8)))
SUPPORT = FlagsSort("Support", ("STOP_COPY", "P2P", "PRE_COPY"))

# The next state from the state of the row on the way to the state of the column, as the 6.12 sources have it.
NEXT = """
              ERROR STOP        RUNNING     STOP_COPY    RESUMING    RUNNING_P2P PRE_COPY    PRE_COPY_P2P
ERROR         ERROR ERROR       ERROR       ERROR        ERROR       ERROR       ERROR       ERROR
STOP          ERROR STOP        RUNNING_P2P STOP_COPY    RESUMING    RUNNING_P2P RUNNING_P2P RUNNING_P2P
RUNNING       ERROR RUNNING_P2P RUNNING     RUNNING_P2P  RUNNING_P2P RUNNING_P2P PRE_COPY    RUNNING_P2P
STOP_COPY     ERROR STOP        STOP        STOP_COPY    STOP        STOP        ERROR       ERROR
RESUMING      ERROR STOP        STOP        STOP         RESUMING    STOP        STOP        STOP
RUNNING_P2P   ERROR STOP        RUNNING     STOP         STOP        RUNNING_P2P RUNNING     PRE_COPY_P2P
PRE_COPY      ERROR RUNNING     RUNNING     PRE_COPY_P2P RUNNING     RUNNING     PRE_COPY    PRE_COPY_P2P
PRE_COPY_P2P  ERROR RUNNING_P2P RUNNING_P2P STOP_COPY    RUNNING_P2P RUNNING_P2P PRE_COPY    PRE_COPY_P2P
"""


def next_table(sort: EnumSort = STATE) -> Table:
    """The table NEXT over the states of a sort."""
    header, *rows = (line.split() for line in NEXT.strip().splitlines())
    cells = {(row[0], goal): value for row in rows for goal, value in zip(header, row[1:], strict=True)}
    return table((sort, sort), sort, lambda start, goal: cells[str(start), str(goal)])


def test_the_table_of_6_12_matches_in_all_64_cells(kernel_tree: KernelTree) -> None:
    match = compare(next_table(), BINDING, Folder(kernel_tree("6.12")))
    assert (match.file, match.cells, match.differences) == (MAIN, 64, ())
    assert re.fullmatch("[0-9a-f]{64}", match.sha256)


def test_the_table_of_6_1_matches_in_its_36_cells_and_lacks_the_others(kernel_tree: KernelTree) -> None:
    known = EnumSort("State", STATES[:6], tuple(range(6)))
    assert compare(next_table(known), BINDING, Folder(kernel_tree("6.1"))).differences == ()
    match = compare(next_table(), BINDING, Folder(kernel_tree("6.1")))
    assert len(match.differences) == 28
    assert all({"PRE_COPY", "PRE_COPY_P2P"} & set(d.arguments) and d.c == "(no such entry)" for d in match.differences)


def test_a_table_of_six_states_lacks_entries_of_6_12(kernel_tree: KernelTree) -> None:
    known = EnumSort("State", STATES[:6], tuple(range(6)))
    match = compare(next_table(known), BINDING, Folder(kernel_tree("6.12")))
    assert sum(d.spec == "(no such entry)" for d in match.differences) == len(match.differences) == 28


@pytest.mark.parametrize(("version", "flags"), [("6.12", (1, 1, 1, 1, 3, 5, 7)), ("6.1", (1, 1, 1, 1, 3))])
def test_the_flags_that_each_state_needs(kernel_tree: KernelTree, version: str, flags: tuple[int, ...]) -> None:
    read = read_table(Folder(kernel_tree(version)), MAIN, "state_flags_table")
    assert [cell.value for cell in read.cells.values()] == [0xFFFFFFFF, *flags]
    assert read.cells[0,].text == "~0U"


def test_a_flags_table_differs_where_c_sets_bits_that_the_sort_has_not(kernel_tree: KernelTree) -> None:
    needed = dict(zip(STATES, (7, 1, 1, 1, 1, 3, 5, 7), strict=True))
    flags = table((STATE,), SUPPORT, lambda state: needed[str(state)])
    match = compare(flags, Binding(MAIN, "state_flags_table"), Folder(kernel_tree("6.12")))
    assert [(d.arguments, d.spec, d.c) for d in match.differences] == [
        (("ERROR",), "{STOP_COPY, P2P, PRE_COPY} (7)", "~0U (4294967295)")
    ]


def copied(tree: Path, target: Path) -> Path:
    """A copy of the files that the VFIO table rests on."""
    for name in (MAIN, "include/linux/vfio.h", "include/uapi/linux/vfio.h"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / name, target / name)
    return target


def edited(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence of a text in a file, and return its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_changed_entry_is_reported_with_its_line(kernel_tree: KernelTree, tmp_path: Path) -> None:
    tree = copied(kernel_tree("6.12"), tmp_path)
    before = compare(next_table(), BINDING, Folder(tree))
    entry = "[VFIO_DEVICE_STATE_RUNNING] = VFIO_DEVICE_STATE_RUNNING"
    line = edited(tree / MAIN, f"{entry}_P2P,", f"{entry},")
    after = compare(next_table(), BINDING, Folder(tree))
    [difference] = after.differences
    assert difference.arguments == ("STOP", "RUNNING")
    assert (difference.spec, difference.c) == ("RUNNING_P2P (5)", "VFIO_DEVICE_STATE_RUNNING (2)")
    assert difference.place == f"{MAIN}:{line}"
    assert before.sha256 != after.sha256


def test_a_removed_entry_is_the_zero_that_c_makes_of_it(kernel_tree: KernelTree, tmp_path: Path) -> None:
    tree = copied(kernel_tree("6.12"), tmp_path)
    edited(tree / MAIN, "[VFIO_DEVICE_STATE_STOP] = VFIO_DEVICE_STATE_STOP,", "")
    [difference] = compare(next_table(), BINDING, Folder(tree)).differences
    assert (difference.arguments, difference.c) == (("STOP", "STOP"), "0 (no initialiser)")


def test_states_renumbered_in_the_header_are_reported_by_name(kernel_tree: KernelTree, tmp_path: Path) -> None:
    tree = copied(kernel_tree("6.12"), tmp_path)
    edited(tree / "include/uapi/linux/vfio.h", "VFIO_DEVICE_STATE_STOP = 1,", "VFIO_DEVICE_STATE_STOP = 2,")
    edited(tree / "include/uapi/linux/vfio.h", "VFIO_DEVICE_STATE_RUNNING = 2,", "VFIO_DEVICE_STATE_RUNNING = 1,")
    match = compare(next_table(), BINDING, Folder(tree))
    texts = [d.c for d in match.differences if d.arguments == ("STOP", "STOP_COPY")]
    assert texts == ["VFIO_DEVICE_STATE_RUNNING_P2P (5); STOP is 1 in the spec, but VFIO_DEVICE_STATE_STOP is 2 in C"]


def tokens(tree: Path, file: str, name: str) -> str:
    """The text of an array's initialiser without comments, taken by other means than the reader's."""
    found = re.search(
        rf"\b{name}(?:\[[^\]]*\])+ = (\{{.*?\n\}});", (tree / file).read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    return re.sub(r"/\*.*?\*/", "", found[1], flags=re.DOTALL)


def numbers(array: CTable) -> list[int]:
    """The values of all cells, in order."""
    return [cell.value for cell in array.cells.values()]


VERSIONS = pytest.mark.parametrize("version", ["6.1", "6.12"])


@VERSIONS
def test_connection_tracking_of_tcp(kernel_tree: KernelTree, version: str) -> None:
    file, tree = "net/netfilter/nf_conntrack_proto_tcp.c", kernel_tree(version)
    read = read_table(Folder(tree), file, "tcp_conntracks")
    states = ["sNO", "sSS", "sSR", "sES", "sFW", "sCW", "sLA", "sTW", "sCL", "sS2", "sIV", "sIG"]
    assert read.extents == (2, 6, 10)
    assert numbers(read) == [states.index(s) for s in re.findall(r"s[A-Z0-9]{2}", tokens(tree, file, read.name))]
    assert read.constants["TCP_CONNTRACK_SYN_SENT2"] == read.constants["TCP_CONNTRACK_LISTEN"] == 9


@VERSIONS
def test_connection_tracking_of_sctp_has_a_column_that_no_initialiser_reaches(
    kernel_tree: KernelTree, version: str
) -> None:
    file, tree = "net/netfilter/nf_conntrack_proto_sctp.c", kernel_tree(version)
    read = read_table(Folder(tree), file, "sctp_conntracks")
    states = ["sNO", "sCL", "sCW", "sCE", "sES", "sSS", "sSR", "sSA", "sHS", "", "sIV"]
    written = [cell.value for cell in read.cells.values() if cell.text]
    assert read.extents == (2, 11, 10)
    assert written == [states.index(s) for s in re.findall(r"s[A-Z]{2}", tokens(tree, file, read.name))]
    assert {i[2] for i, cell in read.cells.items() if not cell.text} == {9}


@VERSIONS
def test_connection_tracking_of_dccp_mixes_designated_rows_and_plain_cells(
    kernel_tree: KernelTree, version: str
) -> None:
    file, tree = "net/netfilter/nf_conntrack_proto_dccp.c", kernel_tree(version)
    read = read_table(Folder(tree), file, "dccp_state_table")
    states = ["sNO", "sRQ", "sRS", "sPO", "sOP", "sCR", "sCG", "sTW", "sIG", "sIV"]
    written = [cell.value for cell in read.cells.values() if cell.text]
    assert read.extents == (2, 10, 10)
    assert sorted(written) == sorted(states.index(s) for s in re.findall(r"s[A-Z]{2}", tokens(tree, file, read.name)))
    request = [read.cells[0, 0, state].value for state in range(8)]
    assert request == [states.index(s) for s in ("sRQ", "sRQ", "sRS", "sIG", "sIG", "sIG", "sIG", "sRQ")]


@VERSIONS
def test_the_control_protocol_of_ppp_holds_actions_or_states(kernel_tree: KernelTree, version: str) -> None:
    file, tree = "drivers/net/wan/hdlc_ppp.c", kernel_tree(version)
    read = read_table(Folder(tree), file, "cp_table")
    actions = {
        "INV": 16,
        "IRC": 32,
        "ZRC": 64,
        "SCR": 128,
        "SCA": 256,
        "SCN": 512,
        "STR": 1024,
        "STA": 2048,
        "SCJ": 4096,
    }
    cells = re.findall(r"[A-Z0-9|]+", tokens(tree, file, "cp_table").replace(" ", ""))
    assert read.extents == (13, 7)
    assert numbers(read) == [sum(actions.get(p) or int(p) for p in cell.split("|")) for cell in cells]


@VERSIONS
def test_an_array_of_strings_is_refused(kernel_tree: KernelTree, version: str) -> None:
    [found] = refuse(kernel_tree(version), "net/netfilter/nf_conntrack_proto_tcp.c", "tcp_conntrack_names")
    assert (found.code, found.message) == ("ARC952", "the elements of tcp_conntrack_names are pointers, not integers")
    assert found.span is not None
    text = (kernel_tree(version) / found.span.path).read_text(encoding="utf-8").splitlines()
    assert "tcp_conntrack_names" in text[found.span.line - 1]
