"""Rules in comments beside a table: counted where they agree, shown with both lines where they do not."""

from __future__ import annotations

from pathlib import Path

from tests.source.tables import extract
from verifier.source import Extraction

NAMES = """enum con { CON_NONE, CON_SENT, CON_OPEN, CON_MAX };
#define sNO CON_NONE
#define sSE CON_SENT
#define sOP CON_OPEN
#define sIV CON_MAX
"""


def summary(found: Extraction) -> tuple[int, int, int, int]:
    """How many rules agree, contradict, are not compared, and are gaps."""
    return found.agreed, len(found.contradictions), found.not_compared, len(found.gaps)


def test_comments_below_the_rows(tmp_path: Path) -> None:
    code = """static const u8 t[2][CON_MAX] = {
    /*        sNO, sSE, sOP */
    /* syn */ { sSE, sSE, sIV },
    /*
     * sNO -> sSE   A new one
     * sSE -> sSE
     *              again, not -> sure
     * sOP -> sIV
     */
    /* ack */ { sIV, sOP, sOP },
    /*
     * sNO -> sIV
     * sSE -> sNO   This is wrong.
     */
    };"""
    found = extract(tmp_path, NAMES + code)
    assert summary(found) == (4, 1, 0, 0)
    [remark] = found.contradictions
    assert (remark.text, remark.place.line, remark.cell.place.line) == ("sSE -> sNO", 18, 15)
    assert remark.cell.key == ("1", "SENT")
    assert "This is wrong." in remark.place.text


def test_comments_above_the_rows(tmp_path: Path) -> None:
    code = """static const u8 t[2][CON_MAX] = {
    /* sNO -> sSE */
    /* sSE -> sSE */
    { sSE, sSE, sNO },
    /* sNO -> sNO */
    /* sSE -> sNO */
    { sNO, sOP, sOP },
    };"""
    found = extract(tmp_path, NAMES + code)
    assert summary(found) == (3, 1, 0, 0)
    assert found.contradictions[0].cell.place.line == 12


def test_comments_within_the_rows_and_at_their_ends(tmp_path: Path) -> None:
    code = """static const u8 t[2][CON_MAX] = {
    [1] = {
        /* sNO -> sOP */
        sOP, sOP, sSE, },
    [0] = { sNO, sSE, sOP }, /* sOP -> sOP, but sSE -> sNO */
    };"""
    found = extract(tmp_path, NAMES + code)
    assert summary(found) == (2, 1, 0, 0)
    assert found.contradictions[0].cell.key == ("0", "SENT")


def test_what_looks_like_a_rule_but_has_a_name_that_is_not_known_is_a_gap(tmp_path: Path) -> None:
    code = "static const u8 t[1][CON_MAX] = { {\n/* sNO -> sXX and a -> b, p->q, sNO -> somewhere */ sNO, sNO, sNO } };"
    found = extract(tmp_path, NAMES + code)
    assert summary(found) == (0, 0, 0, 1)
    assert (found.gaps[0].place.line, "sXX" in found.gaps[0].message) == (7, True)


def test_a_rule_that_does_not_say_which_row_it_speaks_of_is_counted(tmp_path: Path) -> None:
    code = "/* sNO -> sSE */\nstatic const u8 t[2][CON_MAX] = { { sNO, sNO, sNO }, { sNO } };"
    assert summary(extract(tmp_path, NAMES + code)) == (0, 0, 1, 0)


HOPS = """
static const u8 t[CON_MAX][CON_MAX] = {
[CON_NONE] = { CON_NONE, CON_SENT, CON_SENT },
[CON_SENT] = { CON_NONE, CON_SENT, CON_OPEN },
[CON_OPEN] = { CON_SENT, CON_SENT, CON_OPEN },
};"""


def test_chains_beside_a_table_of_next_hops(tmp_path: Path) -> None:
    comment = """/*
    * The arcs:
    *   NONE -> SENT
    *   CON_SENT -> NONE
    * The combinations:
    *   NONE -> SENT -> OPEN
    *   OPEN -> NONE -> SENT
    */"""
    found = extract(tmp_path, NAMES + comment + HOPS)
    assert summary(found) == (3, 1, 0, 0)
    assert found.contradictions[0].cell.key == ("OPEN", "SENT")


def test_a_rule_that_holds_under_a_condition_does_not_contradict(tmp_path: Path) -> None:
    comment = "/*\n * Without the fast path the driver\n * must do\n *   NONE -> OPEN\n *   NONE -> SENT\n */"
    found = extract(tmp_path, NAMES + comment + HOPS)
    assert summary(found) == (1, 0, 1, 0)


def test_rules_beside_a_matrix_of_permissions(tmp_path: Path) -> None:
    code = "/* NONE -> SENT -> OPEN */\nstatic bool t[CON_MAX][CON_MAX] = { [CON_NONE] = { [CON_SENT] = 1 } };"
    found = extract(tmp_path, NAMES + code)
    assert summary(found) == (0, 1, 0, 0)
    assert found.contradictions[0].cell.key == ("SENT", "OPEN")


def test_a_comment_elsewhere_is_not_read(tmp_path: Path) -> None:
    code = "/* NONE -> OPEN */\nint x;" + HOPS + "/* NONE -> OPEN */"
    assert summary(extract(tmp_path, NAMES + code)) == (0, 0, 0, 0)
