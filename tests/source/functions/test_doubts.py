"""What is not certain is a gap with its line, or a refusal that says what to give: never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.functions.excerpts import extract, line_of, refuse, values

GAPS = {
    "a branch of the preprocessor": (
        """
        bool f(enum door old, enum door new)
        {
        #ifdef CONFIG_SAFE
            if (old == DOOR_LOCKED) /* here */
                return false;
        #endif
            return old != new;
        }
        """,
        "depends on a condition of the preprocessor",
    ),
    "a loop that may be left midway": (
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            while (more(t)) { /* here */
                if (t->flags)
                    return false;
            }
            return old == new;
        }
        """,
        "how often this loop turns is not known",
    ),
    "a loop that does not end": (
        """
        bool f(enum door old, enum door new)
        {
            while (old != new) /* here */
                relax();
            return old == DOOR_OPEN;
        }
        """,
        "turns more than 64 times",
    ),
    "a loop headed by a macro": (
        """
        int f(struct thing *t, enum door old, enum door new)
        {
            struct thing *u;

            list_for_each_entry(u, &t->list, node) { /* here */
                if (old == DOOR_OPEN && u->flags)
                    return -EBUSY;
            }
            return new == DOOR_OPEN ? 0 : -EINVAL;
        }
        """,
        "how often this loop turns is not known",
    ),
    "a pointer to the state passed out": (
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            if (old == DOOR_LOCKED)
                return false;
            adjust(&new); /* here */
            return new == DOOR_SHUT;
        }
        """,
        "a pointer to new is passed to adjust",
    ),
    "a state read again after a call": (
        """
        bool f(struct thing *t, enum door new)
        {
            if (t->state == DOOR_LOCKED)
                return false;
            settle(t); /* here */
            return t->state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "settle() may have changed t->state",
    ),
    "a state assigned by another pointer": (
        """
        bool f(struct thing *t, struct thing *u, enum door new)
        {
            if (t->state == DOOR_LOCKED)
                return false;
            u->state = DOOR_OPEN; /* here */
            return t->state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "the assignment to u->state may have changed t->state",
    ),
    "a pointer to the state kept": (
        """
        bool f(enum door old, enum door new)
        {
            enum door *p = &new; /* here */

            *p = DOOR_OPEN;
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "a pointer to new is kept",
    ),
    "a pointer to what decides kept": (
        """
        bool f(enum door old, enum door new)
        {
            bool good = false, *p;

            p = &good;
            if (old == DOOR_OPEN && new == DOOR_SHUT)
                *p = true;
            if (good) /* here */
                return true;
            return false;
        }
        """,
        "a pointer to good is kept",
    ),
    "a pointer to the state in a list": (
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            struct command c = { .door = &new }; /* here */

            run(&c);
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "a pointer to new is kept",
    ),
    "a pointer to the state behind a cast": (
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            run((void *)&new); /* here */
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "a pointer to new is passed to run",
    ),
    "a macro that swaps": (
        """
        bool f(enum door old, enum door new)
        {
            if (new == DOOR_LOCKED)
                swap(old, new); /* here */
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "is passed to swap",
    ),
    "a state within a structure that is assigned": (
        """
        bool f(struct thing *t, struct thing *u, enum door new)
        {
            if (t->in.state == DOOR_LOCKED)
                return false;
            t->in = u->in; /* here */
            return t->in.state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "the assignment to t->in may have changed t->in.state",
    ),
    "a state within a structure that is overwritten": (
        """
        bool f(struct thing *t, enum door new)
        {
            if (t->state == DOOR_LOCKED)
                return false;
            memset(t, 0, sizeof(*t)); /* here */
            return t->state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "memset() may have changed t->state",
    ),
    "a macro with a return": (
        """
        #define CHECK(x) do { if (!(x)) return false; } while (0)
        bool f(enum door old, enum door new)
        {
            CHECK(old != DOOR_LOCKED); /* here */
            return old != new;
        }
        """,
        "the macro CHECK has control flow of its own",
    ),
    "a macro that uses the locals": (
        """
        #define MOVE() ({ old = DOOR_OPEN; })
        bool f(enum door old, enum door new)
        {
            MOVE(); /* here */
            return old != new && new != DOOR_OPEN;
        }
        """,
        "the macro MOVE speaks of old by itself",
    ),
    "a constant without a value": (
        """
        bool f(enum door old, enum door new)
        {
            if (new == DOOR_SECRET) /* here */
                return false;
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
        "the value of DOOR_SECRET is not known",
    ),
    "code that is no C": (
        """
        bool f(enum door old, enum door new)
        {
            if (old == DOOR_OPEN)
                return new == DOOR_SHUT;
            old => new; /* here */
            return false;
        }
        """,
        "this is not plain C",
    ),
    "a statement within an expression": (
        """
        bool f(enum door old, enum door new)
        {
            bool good = ({ old == DOOR_OPEN; }); /* here */

            return good && new == DOOR_SHUT;
        }
        """,
        "statements within an expression are not read",
    ),
    "a table with pointers": (
        """
        static bool (*const checks[3])(void) = { never, always, never };
        bool f(enum door old, enum door new)
        {
            if (new == DOOR_OPEN)
                return false;
            return checks[old]; /* here */
        }
        """,
        "checks is not read here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GAPS)
def test_gap_names_the_line_and_the_reason(what: str, tmp_path: Path) -> None:
    code, message = GAPS[what]
    found = extract(tmp_path, code)
    assert not found.complete
    assert [g.place.line for g in found.gaps] == [line_of(code, "/* here */")]
    assert message in found.gaps[0].message
    assert "/* here */" in found.gaps[0].place.text
    assert f"# NOT UNDERSTOOD, line {found.gaps[0].place.line}" in found.spec


def test_pairs_that_never_come_to_a_gap_are_known(tmp_path: Path) -> None:
    found = extract(tmp_path, GAPS["a state read again after a call"][0])
    known = values(found)
    assert set(known) == {("LOCKED", "OPEN"), ("LOCKED", "SHUT"), ("LOCKED", "LOCKED")}
    assert set(known.values()) == {"false"}


def test_call_that_the_configuration_leaves_out_is_a_gap_only_where_it_stands(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(enum door old, enum door new)
        {
            if (old == DOOR_LOCKED)
                return false;
        #if IS_ENABLED(CONFIG_TALK)
            tell(new);
        #endif
            return new == DOOR_SHUT;
        }
        """,
    )
    assert {key[0] for key in values(found)} == {"LOCKED"}


def test_too_many_ways_through_are_a_gap(tmp_path: Path) -> None:
    asks = "\n".join(f"if (ask({n})) x ^= {1 << n};" for n in range(10))
    found = extract(
        tmp_path,
        f"bool f(enum door old, enum door new) {{ int x = 0;\n{asks}\nreturn x == 5 && old == DOOR_OPEN; }}",
    )
    assert [g.message for g in found.gaps] == ["it depends on too many other things"]


def test_call_before_the_first_reading_is_no_doubt(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(struct thing *t, enum door new)
        {
            settle(t);
            mutex_lock(&t->lock);
            return t->state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
    )
    assert found.complete


REFUSALS = {
    "no such function": ("bool g(enum door old, int b) { return old == DOOR_OPEN; }", "ARC970", "no function f"),
    "two definitions": (
        """
        #ifdef CONFIG_A
        bool f(enum door old, enum door new) { return old == DOOR_OPEN; }
        #else
        bool f(enum door old, enum door new) { return new == DOOR_OPEN; }
        #endif
        """,
        "ARC970",
        "more than once",
    ),
    "nothing is compared": ("bool f(int a, int b) { return a == b; }", "ARC971", "compares nothing"),
    "one state only": ("bool f(enum door old) { return old == DOOR_OPEN; }", "ARC971", "no certain pair of states"),
    "three states": (
        "bool f(enum door a, enum door b, enum door c) { return a == DOOR_OPEN && b == DOOR_SHUT && c == DOOR_OPEN; }",
        "ARC971",
        "compared are, with enum door: a, b, c",
    ),
    "names that do not tell which is which": (
        "bool f(enum door a, enum door b) { return a == DOOR_OPEN && b == DOOR_SHUT; }",
        "ARC971",
        "no certain pair of states",
    ),
    "a result that is no permission": (
        "int f(enum door old, enum door new) { return old == DOOR_OPEN && new == DOOR_SHUT ? 7 : 9; }",
        "ARC972",
        "neither a permission nor a state",
    ),
    "macros as states": (
        """
        #define GATE_UP 3
        #define GATE_DOWN 5
        int f(int old, int new) { return old == GATE_UP && old != GATE_DOWN && new == GATE_DOWN; }
        """,
        "ARC971",
        "compares nothing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_refusal_says_what_is_not_certain(what: str, tmp_path: Path) -> None:
    code, number, message = REFUSALS[what]
    (diagnostic,) = refuse(tmp_path, code)
    assert diagnostic.code == number
    assert message in diagnostic.message


def test_refusal_names_what_to_give(tmp_path: Path) -> None:
    assert refuse(tmp_path, "bool ff(int x) { return x; }")[0].help == "did you mean ff?"
    assert "--enum GATE_" in str(refuse(tmp_path, REFUSALS["macros as states"][0])[0].help)


def test_names_given_settle_what_the_code_does_not(tmp_path: Path) -> None:
    code = REFUSALS["names that do not tell which is which"][0]
    assert values(extract(tmp_path, code, old="a", new="b"))["OPEN", "SHUT"] == "true"
    assert values(extract(tmp_path, code, new="a", old="b"))["SHUT", "OPEN"] == "true"


def test_enum_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    code = "bool f(enum door old, enum door new) { return old == DOOR_OPEN && new == DOOR_SHUT; }"
    assert "there is no enum window" in refuse(tmp_path, code, enums=("window",))[0].message


def test_text_of_the_source_cannot_break_out_of_the_spec(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        "bool f(struct thing *t, enum door old, enum door new)"
        '{ return old == DOOR_OPEN && new == DOOR_SHUT && t->x["\\"\\n# }"]; }',
    )
    assert "\nrule move" in found.spec
    assert all(ord(c) < 127 and (c.isprintable() or c == "\n") for c in found.spec)


@pytest.mark.parametrize(("terms", "fine"), [(500, True), (3000, False)])
def test_code_that_is_nested_too_deep_is_refused(terms: int, fine: bool, tmp_path: Path) -> None:
    more = " || old == DOOR_SHUT" * terms
    code = f"bool f(enum door old, enum door new) {{ return old == DOOR_OPEN && new == DOOR_SHUT{more}; }}"
    if fine:
        assert values(extract(tmp_path, code))["SHUT", "OPEN"] == "true"
    else:
        assert [d.code for d in refuse(tmp_path, code)] == ["ARC973"]
