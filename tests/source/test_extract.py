"""Tables of every shape turned into specs: each cell, its names and its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.tables import extract, loaded, said, write
from verifier.files import Folder
from verifier.model.sorts import BoolSort, EnumSort, FlagsSort
from verifier.request import all_properties
from verifier.source import SourceError, extract_table

STATES = "enum lamp { LAMP_OFF, LAMP_DIM, LAMP_ON, LAMP_NR };\n"
EVENTS = "enum key { KEY_UP, KEY_DOWN, NR_KEYS };\n"

NEXT = {
    ("OFF", "UP"): "DIM",
    ("OFF", "DOWN"): "OFF",
    ("DIM", "UP"): "ON",
    ("DIM", "DOWN"): "OFF",
    ("ON", "UP"): "ON",
    ("ON", "DOWN"): "DIM",
}

STYLES = {
    "designated": """
        static const u8 t[LAMP_NR][NR_KEYS] = {
            [LAMP_OFF] = { [KEY_UP] = LAMP_DIM, [KEY_DOWN] = LAMP_OFF },
            [LAMP_DIM] = { [KEY_UP] = LAMP_ON, [KEY_DOWN] = LAMP_OFF },
            [LAMP_ON] = { [KEY_UP] = LAMP_ON, [KEY_DOWN] = LAMP_DIM },
        };""",
    "positional": """
        static u8 t[LAMP_NR][NR_KEYS] = {
            { LAMP_DIM, LAMP_OFF },
            { LAMP_ON, LAMP_OFF },
            { LAMP_ON, LAMP_DIM },
        };""",
    "without inner braces": """
        const unsigned char t[LAMP_NR][NR_KEYS] = { LAMP_DIM, 0, LAMP_ON, LAMP_OFF, LAMP_ON, LAMP_DIM };""",
    "mixed": """
        static const enum lamp t[][NR_KEYS] = {
            [LAMP_DIM] = { LAMP_ON, [KEY_DOWN] = 0 }, { LAMP_ON, LAMP_DIM },
            [LAMP_OFF] = { LAMP_DIM },
        };""",
    "two designators at once": """
        static int t[LAMP_NR][NR_KEYS] = {
            [LAMP_OFF][KEY_UP] = LAMP_DIM, [LAMP_OFF][KEY_DOWN] = LAMP_OFF,
            [LAMP_DIM ... LAMP_ON][KEY_UP] = LAMP_ON, [LAMP_ON][KEY_DOWN] = LAMP_DIM,
        };""",
    "names behind macros": """
        #define OFF LAMP_OFF
        #define lDIM (LAMP_DIM)
        #define BRIGHT lON
        #define lON LAMP_ON
        static u8 t[LAMP_ON + 1][NR_KEYS] = { { lDIM, OFF }, { BRIGHT, OFF }, { lON, (u8)lDIM } };
        #undef lON""",
    "rows behind macros": """
        #define ROW(up, down) { LAMP_##up, LAMP_##down }
        #define LAST [LAMP_ON] = ROW(ON, DIM)
        static u8 t[LAMP_NR][NR_KEYS] = { ROW(DIM, OFF), ROW(ON, OFF), LAST };""",
    "ranges that are overwritten": """
        static u8 t[LAMP_NR][NR_KEYS] = {
            [0 ... LAMP_ON] = { [KEY_UP] = LAMP_ON },
            [LAMP_OFF] = { LAMP_DIM }, [LAMP_ON][KEY_DOWN] = LAMP_DIM,
        };""",
    "within a function": """
        int f(int a)
        {
            static const u8 a_table[] = { 1 }, t[LAMP_NR][NR_KEYS] = { { 1, 0 }, { LAMP_ON }, { LAMP_ON, 1 } };
            return t[a][0];
        }""",
}


@pytest.mark.parametrize("code", STYLES.values(), ids=list(STYLES))
def test_each_style_of_initialiser_says_the_same(tmp_path: Path, code: str) -> None:
    found = extract(tmp_path, STATES + EVENTS + code)
    assert said(found) == NEXT
    assert (found.complete, found.name, len(found.cells)) == (True, "t", 6)


def test_a_table_of_next_states_becomes_a_machine(tmp_path: Path) -> None:
    model = loaded(extract(tmp_path, STATES + EVENTS + STYLES["designated"]))
    assert [v.name for v in model.variables] == ["state"]
    assert [r.name for r in model.rules] == ["step"]
    assert [str(p.sort) for p in model.rules[0].parameters] == ["Key"]
    assert [p.name for p in all_properties(model)] == ["t_matches_c"]


def test_each_cell_and_each_row_has_its_line(tmp_path: Path) -> None:
    found = extract(tmp_path, STATES + EVENTS + STYLES["designated"].replace("\n        ", "\n"))
    assert {cell.key[0]: cell.place.line for cell in found.cells} == {"OFF": 5, "DIM": 6, "ON": 7}
    cell = found.cells[2]
    assert cell.place.text[cell.place.column - 1 :].startswith("LAMP_ON, [KEY_DOWN]")
    rows = {line: text for line, text in enumerate(found.spec.split("\n"), 1) if line in found.lines}
    assert [found.lines[n].line for n, text in rows.items() if text.startswith("  | OFF ")] == [5]


def test_the_index_takes_its_names_from_the_declared_size(tmp_path: Path) -> None:
    found = extract(tmp_path, EVENTS + "#define ALL (KEY_DOWN + 1)\nstatic u8 t[ALL] = { 7, 9 };")
    assert said(found) == {("UP",): "7", ("DOWN",): "9"}


def test_the_user_may_name_the_enum_of_an_index(tmp_path: Path) -> None:
    code = STATES + EVENTS + "static u8 t[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };"
    plain = extract(tmp_path, code)
    assert said(plain)[("1", "2")] == "6"
    for enums in (("key", "lamp"), ("lamp", "key"), ("KEY_UP", "LAMP_ON")):
        assert said(extract(tmp_path, code, *enums))[("DOWN", "ON")] == "6"


@pytest.mark.parametrize("enum", ["nothing", "key"])
def test_an_enum_that_is_not_there_or_fits_no_index_is_refused(tmp_path: Path, enum: str) -> None:
    write(tmp_path, EVENTS + "static u8 t[9] = { 1 };")
    with pytest.raises(SourceError) as refused:
        extract_table(Folder(tmp_path), "x.c", "t", [enum])
    assert [d.code for d in refused.value.diagnostics] == ["ARC959"]


def test_three_indices(tmp_path: Path) -> None:
    code = STATES + EVENTS + "enum way { WAY_IN, WAY_OUT, WAY_MAX };\n"
    table = "static u8 t[WAY_MAX][NR_KEYS][LAMP_NR] = { [WAY_OUT][KEY_UP] = { LAMP_ON, LAMP_ON, LAMP_DIM } };"
    found = extract(tmp_path, code + table)
    assert said(found)[("OUT", "UP", "ON")] == "DIM"
    assert said(found)[("IN", "UP", "ON")] == "OFF"
    assert len(found.cells) == 12
    assert [str(p.sort) for p in loaded(found).rules[0].parameters] == ["Way", "Key"]


def test_a_sentinel_as_a_value_is_no_state(tmp_path: Path) -> None:
    code = STATES + EVENTS + "static u8 t[NR_KEYS][LAMP_NR] = { { LAMP_DIM, LAMP_NR, LAMP_ON }, { LAMP_NR } };"
    found = extract(tmp_path, code)
    assert said(found)[("UP", "DIM")] == "NR"
    assert said(found)[("UP", "OFF")] == "TO_DIM"
    model = loaded(found)
    assert [v.sort.name for v in model.variables if isinstance(v.sort, EnumSort)] == ["Lamp"]
    assert found.complete
    assert "when moves(t(key, state))" in found.spec


def test_a_value_named_for_a_number_that_no_initialiser_gives_is_called_so(tmp_path: Path) -> None:
    code = EVENTS + "#define OP_A 0x10\n#define OP_B 0x20\nstatic u16 t[NR_KEYS] = { [KEY_DOWN] = OP_B };"
    found = extract(tmp_path, code)
    assert list(said(found).values()) == ["UNSET", "OP_B"]


def test_a_state_or_actions(tmp_path: Path) -> None:
    code = (
        STATES
        + EVENTS
        + """enum { GO = 0x10, RING = 0x20 };
        static int t[NR_KEYS][LAMP_NR] = { { GO | 1, GO|RING|2, 0 }, { RING, 1, GO | LAMP_DIM } };"""
    )
    found = extract(tmp_path, code)
    assert list(said(found, "t_next").values()) == ["DIM", "ON", "OFF", "OFF", "DIM", "DIM"]
    assert list(said(found, "t_actions").values()) == ["{GO}", "{GO, RING}", "{}", "{RING}", "{}", "{GO}"]
    assert "t_next(key, state)" in found.spec


def test_masks_become_flags(tmp_path: Path) -> None:
    code = EVENTS + "enum mask { M_A = 1 << 0, M_C = 1 << 2 };\nstatic u32 t[NR_KEYS] = { M_A | M_C, M_C };"
    found = extract(tmp_path, code)
    assert said(found) == {("UP",): "{A, C}", ("DOWN",): "{C}"}
    sort = loaded(found).table["t"].result
    assert isinstance(sort, FlagsSort)
    assert sort.bits == ("A", "BIT_1", "C")


def test_bits_made_by_macros_with_arguments_are_known(tmp_path: Path) -> None:
    code = (
        EVENTS
        + "#define BIT(n) (1UL << (n))\n#define A BIT(3)\n#define B BIT(0)\nstatic u32 t[NR_KEYS] = { A | B, B };"
    )
    assert list(said(extract(tmp_path, code)).values()) == ["{B, A}", "{B}"]


def test_bits_without_names_are_a_word(tmp_path: Path) -> None:
    found = extract(tmp_path, EVENTS + "static u16 t[NR_KEYS] = { 0x10 | 2, 1 };")
    assert list(said(found).values()) == ["0x12", "1"]
    assert "-> bits[8]" in found.spec


def test_functions_of_a_jump_table(tmp_path: Path) -> None:
    code = EVENTS + STATES + "typedef int (fn_t)(int);\nstatic fn_t *t[LAMP_NR][NR_KEYS] = {\n"
    code += "[LAMP_OFF] = { [KEY_UP] = go, [KEY_DOWN] = &stop },\n[LAMP_ON][KEY_UP] = NULL, };"
    cells = said(extract(tmp_path, code))
    assert cells["OFF", "UP"] == "go"
    assert cells["OFF", "DOWN"] == "stop"
    assert {cells["ON", "UP"], cells["DIM", "UP"]} == {"NONE"}


def test_an_array_of_function_pointers_spelt_out(tmp_path: Path) -> None:
    code = EVENTS + "static int (* const t[NR_KEYS])(int, char *) = { up, [KEY_DOWN] = down };"
    assert said(extract(tmp_path, code)) == {("UP",): "up", ("DOWN",): "down"}


@pytest.mark.parametrize("element", ["static const char *const t[NR_KEYS]", "char t[][10]", 'char t[2][sizeof "down"]'])
def test_strings(tmp_path: Path, element: str) -> None:
    found = extract(tmp_path, EVENTS + element + ' = { "up!", [KEY_DOWN] = "do" "wn" };')
    assert list(said(found).values()) == ["up", "down"]
    assert 'up "up!"' in found.spec


def test_a_matrix_of_permissions_becomes_a_machine(tmp_path: Path) -> None:
    code = (
        STATES
        + "static const bool t[LAMP_NR][LAMP_NR] = {\n[LAMP_OFF] = { [LAMP_DIM] = true }, [LAMP_DIM] = { 1, 0, 1 } };"
    )
    found = extract(tmp_path, code)
    assert said(found)["DIM", "ON"] == "true"
    assert "when t(state, new)" in found.spec
    model = loaded(found)
    assert isinstance(model.table["t"].result, BoolSort)
    assert [r.name for r in model.rules] == ["move"]


def test_structs_with_masks_for_each_kind(tmp_path: Path) -> None:
    code = (
        STATES
        + """enum kind { KIND_RC, KIND_UD, KIND_MAX };
        enum attr { AT_PORT = 1, AT_KEY = 1 << 1, AT_PATH = 1 << 2 };
        static const struct { int valid; enum attr req[KIND_MAX]; enum attr opt[KIND_MAX]; }
        t[LAMP_ON + 1][LAMP_ON + 1] = {
            [LAMP_OFF] = {
                [LAMP_DIM] = { .valid = 1, .req = { [KIND_UD] = (AT_PORT | AT_KEY), [KIND_RC] = AT_PATH } },
                [LAMP_OFF] = { 1 },
            },
            [LAMP_ON][LAMP_OFF].valid = 1,
            [LAMP_ON][LAMP_OFF].opt[KIND_RC] = AT_KEY,
        };"""
    )
    found = extract(tmp_path, code)
    assert {k for k, v in said(found, "t_valid").items() if v == "true"} == {
        ("OFF", "OFF"),
        ("OFF", "DIM"),
        ("ON", "OFF"),
    }
    assert said(found, "t_req")["OFF", "DIM", "UD"] == "{PORT, KEY}"
    assert said(found, "t_req")["OFF", "DIM", "RC"] == "{PATH}"
    assert said(found, "t_opt")["ON", "OFF", "RC"] == "{KEY}"
    assert (len(found.cells), found.complete) == (9 + 18 + 18, True)
    assert "when t_valid(state, new)" in found.spec


def test_a_list_of_transitions(tmp_path: Path) -> None:
    code = (
        STATES
        + EVENTS
        + """typedef struct { int state; int event; void (*fn)(void); } node;
        static const node t[] = {
            { LAMP_OFF, KEY_UP, light },
            { .event = KEY_DOWN, .state = LAMP_ON, .fn = darken },
        };"""
    )
    cells = said(extract(tmp_path, code), "t_fn")
    assert (cells["OFF", "UP"], cells["ON", "DOWN"], cells["DIM", "UP"]) == ("light", "darken", "NONE")


def test_a_list_of_transitions_with_next_states_moves_only_where_a_row_says_so(tmp_path: Path) -> None:
    code = (
        STATES
        + EVENTS
        + """struct row { enum lamp from; enum key on; enum lamp to; };
        static struct row t[] = { { LAMP_OFF, KEY_UP, LAMP_ON }, { LAMP_ON, KEY_DOWN, LAMP_OFF } };"""
    )
    found = extract(tmp_path, code)
    assert said(found, "t_to") == {("OFF", "UP"): "ON", ("ON", "DOWN"): "OFF"}
    assert found.complete
    assert "when t_to_known(state, key)" in found.spec


def test_two_rows_of_one_key_are_a_gap(tmp_path: Path) -> None:
    code = STATES + EVENTS + "struct row { enum lamp from; enum key on; enum lamp to; };\n"
    code += "static struct row t[] = {\n{ LAMP_OFF, KEY_UP, LAMP_ON },\n{ LAMP_OFF, KEY_UP, LAMP_DIM } };"
    [gap] = extract(tmp_path, code).gaps
    assert (gap.place.line, "same key" in gap.message) == (6, True)


def test_a_struct_that_holds_the_table_and_the_initial_state(tmp_path: Path) -> None:
    code = """enum states_dim { off_dim = 0, on_dim, state_max_dim };
        enum events_dim { up_dim = 0, down_dim, event_max_dim };
        #define INVALID_STATE state_max_dim
        static const struct automaton {
            char *names[state_max_dim];
            unsigned char function[state_max_dim][event_max_dim];
            unsigned char initial_state;
            bool final_states[state_max_dim];
        } t = {
            .names = { "off", "on" },
            .function = { { on_dim, INVALID_STATE }, { INVALID_STATE, off_dim } },
            .initial_state = off_dim,
            .final_states = { 1, 0 },
        };"""
    found = extract(tmp_path, code)
    assert said(found, "t_function") == {
        ("off", "up"): "TO_on",
        ("off", "down"): "state_max",
        ("on", "up"): "state_max",
        ("on", "down"): "TO_off",
    }
    assert said(found, "t_initial_state") == {(): "off"}
    assert "var state: StatesDim = t_initial_state" in found.spec


def test_two_names_of_one_number_are_one_value(tmp_path: Path) -> None:
    code = "enum s { S_A, S_B, S_B_TOO = S_B, S_C, S_NR };\nstatic u8 t[S_NR] = { S_B_TOO, S_C, S_A };"
    found = extract(tmp_path, code)
    assert list(said(found).values()) == ["B_TOO", "C", "A"]
    assert 'B_TOO "also S_B"' in found.spec


def test_names_of_two_enums_that_collide_are_told_apart(tmp_path: Path) -> None:
    code = "enum a { A_ON, A_OFF, A_NR };\nenum b { B_ON, B_OFF, B_NR };\nstatic u8 t[A_NR][B_NR] = { { 3 } };"
    assert said(extract(tmp_path, code))["ON", "B_ON"] == "3"


def test_a_keyword_and_a_digit_are_no_names(tmp_path: Path) -> None:
    code = "enum e { V_1, V_2, V_NR };\nstatic void *t[V_NR] = { rule, table };"
    found = extract(tmp_path, code)
    assert list(said(found).values()) == ["rule_2", "table_2"]
    assert [cell.key for cell in found.cells] == [("V_1",), ("V_2",)]


def test_an_overwritten_cell_has_its_last_value_and_is_told(tmp_path: Path) -> None:
    found = extract(tmp_path, EVENTS + "static u8 t[NR_KEYS] = {\n[KEY_UP] = 1,\n[KEY_UP] = 2 };")
    assert said(found)[("UP",)] == "2"
    assert [(o.place.line, o.by.line) for o in found.overwritten] == [(3, 4)]
    assert found.complete


def test_a_default_for_a_range_is_not_told_as_overwritten(tmp_path: Path) -> None:
    found = extract(tmp_path, EVENTS + "static u8 t[NR_KEYS] = { [0 ... 1] = 9, [KEY_UP] = 2 };")
    assert (list(said(found).values()), found.overwritten) == (["2", "9"], ())


def test_a_table_is_bound_to_its_array_where_the_comparison_can_hold_it(tmp_path: Path) -> None:
    bound = extract(tmp_path, STATES + EVENTS + STYLES["mixed"])
    assert 'from c "x.c" table t' in bound.spec
    sparse = extract(tmp_path, "enum e { A_X = 1, A_Y = 5 };\nstatic u8 t[9] = { [A_X] = 1, [A_Y] = 2 };")
    assert said(sparse) == {("X",): "1", ("Y",): "2"}
    assert "from c" not in sparse.spec


@pytest.mark.parametrize(
    ("code", "code_line"),
    [
        ("static u8 t[NR_KEYS] = { 1, 2,\n3 };", 2),
        ("static u8 t[NR_KEYS] = {\n[7] = 1 };", 2),
        ("static u8 t[NR_KEYS][1] = { { 1 },\n{ 1, 2 } };", 2),
        ("static struct { int a; } t[2] = {\n{ .b = 1 } };", 2),
        ("static struct { int a; } t[1] = { { 1,\n2 } };", 2),
    ],
)
def test_what_has_no_place_is_an_error(tmp_path: Path, code: str, code_line: int) -> None:
    write(tmp_path, EVENTS + code)
    with pytest.raises(SourceError) as refused:
        extract_table(Folder(tmp_path), "x.c", "t")
    assert [(d.code, d.span and d.span.line) for d in refused.value.diagnostics] == [("ARC956", code_line + 1)]


def test_a_name_that_is_not_there_gets_the_nearest_one_as_help(tmp_path: Path) -> None:
    write(tmp_path, "static u8 transitions[2] = { 1 };")
    with pytest.raises(SourceError) as refused:
        extract_table(Folder(tmp_path), "x.c", "transition")
    [found] = refused.value.diagnostics
    assert (found.code, found.help) == ("ARC952", "did you mean transitions?")


def test_the_members_of_a_union_are_told_apart(tmp_path: Path) -> None:
    code = """struct row { int kind; union { int number; const char *text; long more; } of; int last; };
        static struct row t[NR_KEYS] = { { .kind = 1, .of.text = "yes", 3 }, { 2, { 4 }, 5 } };"""
    found = extract(tmp_path, EVENTS + code)
    assert said(found, "t_of_text") == {("UP",): "yes"}
    assert said(found, "t_of_number") == {("DOWN",): "4"}
    assert said(found, "t_last") == {("UP",): "3", ("DOWN",): "5"}
    assert "t_of_more" not in {cell.table for cell in found.cells}


def test_a_compound_literal_is_a_list(tmp_path: Path) -> None:
    code = "struct row { int a; int b; };\n#define ROW(x) (struct row) { .b = x }\n"
    found = extract(tmp_path, EVENTS + code + "static struct row t[NR_KEYS] = { ROW(2), (struct row){ 3 } };")
    assert said(found, "t_b") == {("UP",): "2", ("DOWN",): "0"}
    assert said(found, "t_a") == {("UP",): "0", ("DOWN",): "3"}


def test_a_struct_without_a_name_within_another(tmp_path: Path) -> None:
    code = "struct row { union { struct { int a, b; }; long whole; }; int c; };\n"
    found = extract(
        tmp_path, EVENTS + code + "static struct row t[NR_KEYS] = { { .b = 2, .c = 3 }, { { { 4, 5 } }, 6 } };"
    )
    assert list(said(found, "t_b").values()) == ["2", "5"]
    assert list(said(found, "t_c").values()) == ["3", "6"]
