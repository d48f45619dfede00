"""Loops that never end, and integers in memory of which only some bits matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.functions.excerpts import extract, model, refuse, values
from verifier.model.sorts import BitsSort, BoolSort, FlagsSort, IntSort
from verifier.semantics.evaluate import Setting, evaluate

LOOP = """
    #define T_UP 1
    #define T_BIG 4
    static const unsigned char go[3][3] = {
        [DOOR_OPEN] = { DOOR_OPEN, DOOR_SHUT, DOOR_SHUT },
        [DOOR_SHUT] = { DOOR_OPEN, DOOR_SHUT, DOOR_LOCKED },
        [DOOR_LOCKED] = { DOOR_LOCKED, DOOR_LOCKED, DOOR_LOCKED },
    };
    static const unsigned int need[3] = { T_UP, T_UP | T_BIG, ~0U };
    int f(struct thing *t, enum door old, enum door new, enum door *next)
    {
        if ((need[old] & t->flags) != need[old])
            return -22;
        *next = go[old][new];
        while ((need[*next] & t->flags) != need[*next])
            *next = go[*next][new];
        return 0;
    }
"""


def test_a_loop_that_repeats_itself_never_returns(tmp_path: Path) -> None:
    found = extract(tmp_path, LOOP)
    assert found.complete
    hung = {key: step for key, step in found.steps.items() if step.hangs}
    assert set(hung) == {("OPEN", "SHUT"), ("OPEN", "LOCKED"), ("SHUT", "LOCKED")}
    assert {step.place.text.strip() for step in hung.values()} == {"while ((need[*next] & t->flags) != need[*next])"}
    assert hung["OPEN", "SHUT"].words == (
        "SHUT if T_UP, T_BIG in flags; never returns if T_UP in flags and T_BIG not in flags"
    )
    assert hung["SHUT", "LOCKED"].words == (
        "LOCKED if flags == 0xffffffff; never returns if T_UP, T_BIG in flags and flags != 0xffffffff"
    )


def test_in_the_spec_the_machine_is_stuck(tmp_path: Path) -> None:
    spec = model(extract(tmp_path, LOOP))
    (flags,) = spec.parameters
    assert flags.sort == FlagsSort("Flags", ("T_UP", "T_BIG", "OTHERS"))
    setting = Setting(spec, {"t_flags": 1})
    state = {"state": "OPEN", "hung": False}

    def able(rule: str, state: dict[str, object], new: str) -> bool:
        return bool(evaluate(spec.rule[rule].guard, setting, (state,), {"new": new}))  # type: ignore[arg-type]

    assert [able(rule, state, "SHUT") for rule in ("move", "hang")] == [False, True]
    assert [able(rule, state, "OPEN") for rule in ("move", "hang")] == [True, False]
    assert not any(able(r, {**state, "hung": True}, n) for r in ("move", "hang") for n in ("OPEN", "SHUT"))


ENDLESS = {
    "nothing else": "for (;;)\n;",
    "a condition that stays": "while (t->users)\n;",
    "a goto": "again:\nif (t->users)\ngoto again;",
    "do": "do {\nold = old;\n} while (t->users);",
}


@pytest.mark.parametrize("loop", ENDLESS.values(), ids=list(ENDLESS))
def test_each_kind_of_loop_can_be_endless(tmp_path: Path, loop: str) -> None:
    code = f"bool f(struct thing *t, enum door old, enum door new)\n{{\nif (old == DOOR_OPEN) {{\n{loop}\n}}\n"
    found = extract(tmp_path, f"{code}return new == DOOR_SHUT;\n}}\n")
    assert found.complete
    assert {key[0] for key, step in found.steps.items() if step.hangs} == {"OPEN"}


WAITS = ("cpu_relax();", "msleep(1);", "t->flags = more(t);")


@pytest.mark.parametrize("body", WAITS)
def test_a_loop_that_waits_for_somebody_is_not_called_endless(tmp_path: Path, body: str) -> None:
    code = f"while (old != new && t->users) {{ {body} }} return old == DOOR_OPEN;"
    found = extract(tmp_path, f"bool f(struct thing *t, enum door old, enum door new) {{ {code} }}")
    assert not any(step.hangs for step in found.steps.values())


def test_what_others_may_change_is_read_anew(tmp_path: Path) -> None:
    code = "while (old != new && READ_ONCE(t->users)) ; return old == DOOR_OPEN;"
    found = extract(tmp_path, f"bool f(struct thing *t, enum door old, enum door new) {{ {code} }}")
    assert not any(step.hangs for step in found.steps.values())


def test_a_loop_that_counts_ends(tmp_path: Path) -> None:
    code = "int i; for (i = 0; i < 9; i++) if (i == 7) old = new; return old == DOOR_OPEN;"
    found = extract(tmp_path, f"bool f(enum door old, enum door new) {{ {code} }}", old="old", new="new")
    assert found.complete
    assert not any(step.hangs for step in found.steps.values())


def _of(tmp_path: Path, condition: str, before: str = "") -> object:
    code = f"{before}\nbool f(struct thing *t, enum door old, enum door new)\n{{\n"
    found = extract(tmp_path, f"{code}return old == DOOR_OPEN && new == DOOR_SHUT && ({condition});\n}}")
    return [(p.name, p.sort) for p in model(found).parameters]


def test_an_integer_of_which_bits_are_asked_is_one_parameter(tmp_path: Path) -> None:
    assert _of(tmp_path, "(t->flags & 3) == 3 || t->flags & 8") == [("t_flags", BitsSort(32))]
    named = "#define F_A 1\n#define F_B 8"
    assert _of(tmp_path, "t->flags & F_A && !(t->flags & F_B)", named) == [
        ("t_flags", FlagsSort("Flags", ("F_A", "F_B")))
    ]


def test_an_integer_that_is_only_compared_is_a_range_or_a_truth(tmp_path: Path) -> None:
    assert _of(tmp_path, "t->users == 2 || t->users == 5") == [("users", IntSort(1, 6))]
    assert _of(tmp_path, "t->users") == [("t_users", BoolSort())]


def test_the_same_meaning_has_the_same_text(tmp_path: Path) -> None:
    head = "bool f(struct thing *t, enum door old, enum door new) { return old == DOOR_OPEN && new == DOOR_SHUT && "
    one = extract(tmp_path, f"{head} (t->flags & 3) == 3; }}").steps["OPEN", "SHUT"]
    two = extract(tmp_path, f"{head} t->flags & 2 && !!(t->flags & 1); }}").steps["OPEN", "SHUT"]
    assert one.meaning == two.meaning


def test_an_expression_taken_to_be_a_number_must_be_there(tmp_path: Path) -> None:
    (found,) = refuse(
        tmp_path, "bool f(struct thing *t, enum door old, enum door new) { return old == new && t->flags; }",
        fixed={"t->flag": 1},
    )  # fmt: skip
    assert (found.code, found.help) == ("ARC971", "did you mean t->flags?")


def test_a_word_that_a_call_may_have_changed_is_another_one(tmp_path: Path) -> None:
    code = "if (!(t->flags & 1)) return false; more(t); return t->flags & 1 && old == new && old == DOOR_OPEN;"
    found = extract(tmp_path, f"bool f(struct thing *t, enum door old, enum door new) {{ {code} }}")
    assert [p.name for p in model(found).parameters] == ["t_flags", "flags_2"]
    assert values(found, "always_allowed")
