"""Each shape of control flow that decides over an old and a new state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.functions.excerpts import allowed, extract, line_of, model, place, values

# Shut an open door, open a shut one, lock a shut one.
EXPECTED = {("OPEN", "SHUT"), ("SHUT", "OPEN"), ("SHUT", "LOCKED")}

NEW_OUTSIDE = """
    bool f(struct thing *t, enum door new_state)
    {
        enum door old_state = t->state;
        bool changed = false;

        switch (new_state) {
        case DOOR_OPEN:
            switch (old_state) {
            case DOOR_SHUT:
                changed = true; /* opened */
                fallthrough;
            default:
                break;
            }
            break;
        case DOOR_SHUT:
            switch (old_state) {
            case DOOR_OPEN:
                changed = true; /* shut */
            default: // without a word
                break;
            }
            break;
        case DOOR_LOCKED:
            if (old_state == DOOR_SHUT)
                changed = true;
            break;
        default:
            break;
        }
        if (changed)
            t->state = new_state;
        return changed;
    }
"""

OLD_OUTSIDE = """
    static int f(enum door old, enum door new)
    {
        switch (old) {
        case DOOR_OPEN:
            switch (new) {
            case DOOR_SHUT: return 0;
            default: return -EINVAL;
            }
        case DOOR_SHUT:
            switch (new) {
            case DOOR_OPEN:
            case DOOR_LOCKED:
                return 0;
            default:
                break;
            }
            break;
        case DOOR_LOCKED:
            break;
        }
        return -EINVAL;
    }
"""

GOTO = """
    int f(struct thing *t, enum door state)
    {
        enum door oldstate = t->state;

        switch (state) {
        case DOOR_OPEN:
            if (oldstate != DOOR_SHUT)
                goto illegal;
            break;
        case DOOR_SHUT:
            if (oldstate != DOOR_OPEN)
                goto illegal;
            break;
        case DOOR_LOCKED:
            switch (oldstate) {
            case DOOR_SHUT:
                break;
            default:
                goto illegal;
            }
        }
        t->state = state;
        return 0;

    illegal:
        pr_err("illegal step %d -> %d", oldstate, state);
        return -EINVAL;
    }
"""

CHAIN = """
    bool f(enum door from, enum door to)
    {
        if (from == DOOR_OPEN && to == DOOR_SHUT)
            return true;
        else if (from == DOOR_SHUT && (to == DOOR_OPEN || to == DOOR_LOCKED))
            return true;
        return false;
    }
"""

NEGATED = """
    bool f(enum door from, enum door to)
    {
        if (!(from == DOOR_OPEN || from == DOOR_SHUT))
            return false;
        if (from != DOOR_SHUT)
            return !(to != DOOR_SHUT);
        return to != DOOR_SHUT;
    }
"""

RANGES = """
    bool f(enum door from, enum door to)
    {
        if (from >= DOOR_LOCKED || from == to)
            return false;
        return from <= DOOR_OPEN ? to < DOOR_LOCKED : to > DOOR_SHUT || DOOR_SHUT > to;
    }
"""

CASE_RANGE = """
    int f(enum door old, enum door new)
    {
        switch (old) {
        case DOOR_OPEN ... DOOR_SHUT:
            if (old == new)
                return -EINVAL;
            return old == DOOR_OPEN && new == DOOR_LOCKED ? -EPERM : 0;
        default:
            return -EINVAL;
        }
    }
"""

EXPRESSION = """
    #define STEP(a, b) (old == (a) && new == (b))
    #define PAIRS (STEP(DOOR_OPEN, DOOR_SHUT) || STEP(DOOR_SHUT, DOOR_OPEN))
    int f(enum door old, enum door new)
    {
        return STEP(DOOR_OPEN, DOOR_SHUT) || STEP(DOOR_SHUT, DOOR_OPEN) || STEP(DOOR_SHUT, DOOR_LOCKED) ? 1 : 0;
    }
"""

MASKS = """
    #define BIT(n) (1UL << (n))
    bool f(enum door old, enum door new)
    {
        unsigned long next = 0;

        switch (old) {
        case DOOR_OPEN:
            next = BIT(DOOR_SHUT);
            break;
        case DOOR_SHUT:
            next |= BIT(DOOR_OPEN);
            next |= BIT(DOOR_LOCKED);
            break;
        }
        return next & BIT(new);
    }
"""

TABLE = """
    static const unsigned char steps[3][3] = {
        [DOOR_OPEN] = { [DOOR_SHUT] = 1 },
        [DOOR_SHUT] = { 1, 0, 1 },
    };
    bool f(enum door old, enum door new)
    {
        if (old >= ARRAY_SIZE(steps) || new >= ARRAY_SIZE(steps))
            return false;
        return steps[old][new];
    }
"""

LOOP = """
    static const unsigned char from[3] = { DOOR_OPEN, DOOR_SHUT, DOOR_SHUT };
    static const unsigned char to[3] = { DOOR_SHUT, DOOR_OPEN, DOOR_LOCKED };
    bool f(enum door old, enum door new)
    {
        int i;

        for (i = 0; i < 3; i++)
            if (from[i] == old && to[i] == new)
                return true;
        return false;
    }
"""

EXCHANGE = """
    bool f(struct thing *t, enum door new)
    {
        enum door old = READ_ONCE(t->state);

        do {
            if (unlikely(old == DOOR_LOCKED || old == new || (old == DOOR_OPEN && new == DOOR_LOCKED)))
                return false;
        } while (0);
        WRITE_ONCE(t->state, new);
        return true;
    }
"""

SHAPES = {
    "switch of the new state outside": NEW_OUTSIDE,
    "switch of the old state outside": OLD_OUTSIDE,
    "goto": GOTO,
    "if-chain": CHAIN,
    "negated conditions": NEGATED,
    "ranges": RANGES,
    "ranges of cases": CASE_RANGE,
    "one expression, by macros": EXPRESSION,
    "bit masks": MASKS,
    "a table": TABLE,
    "a loop over tables": LOOP,
    "accessor macros": EXCHANGE,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_relation_is_read_whatever_the_shape(shape: str, tmp_path: Path) -> None:
    assert allowed(extract(tmp_path, SHAPES[shape])) == EXPECTED


def test_cell_has_the_line_of_the_statement_that_decided_it(tmp_path: Path) -> None:
    found = extract(tmp_path, NEW_OUTSIDE)
    assert place(found, "SHUT", "OPEN") == line_of(NEW_OUTSIDE, "/* opened */")
    assert place(found, "OPEN", "SHUT") == line_of(NEW_OUTSIDE, "/* shut */")
    assert place(found, "LOCKED", "SHUT") == line_of(NEW_OUTSIDE, "default: // without a word")
    by_line = {found.spec.split("\n")[n - 1].split()[0]: p.line for n, p in found.lines.items()}
    assert by_line["machine"] == line_of(NEW_OUTSIDE, "bool f(")


def test_step_that_is_refused_by_goto_has_the_line_of_the_goto_or_the_label(tmp_path: Path) -> None:
    code = GOTO.replace(
        "goto illegal;\n            break;\n        case DOOR_SHUT",
        "goto illegal; /* this */\n            break;\n        case DOOR_SHUT",
    )
    found = extract(tmp_path, code)
    assert place(found, "LOCKED", "OPEN") == line_of(code, "goto illegal; /* this */")


def test_spec_moves_as_the_function_allows(tmp_path: Path) -> None:
    spec = extract(tmp_path, CHAIN).spec
    assert "rule move(new: Door)" in spec
    assert "when allowed(state, new) { state' = new }" in spec
    assert 'OPEN = 0 "DOOR_OPEN"' in spec


def test_parameter_of_memory_is_a_parameter_of_the_spec(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(struct thing *t, enum door new)
        {
            if (t->state == DOOR_SHUT && new == DOOR_LOCKED)
                return t->flags & 4;
            return t->state == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
    )
    assert found.complete
    assert allowed(found) == {("OPEN", "SHUT")}
    assert values(found, "always_allowed")["SHUT", "LOCKED"] == "(t_flags & 4 == 4)"
    assert 'param t_flags: bits[32] "in C: t->flags"' in found.spec
    assert "or a == SHUT and b == LOCKED and (t_flags & 4 == 4)" in found.spec


def test_result_of_a_call_is_chosen_anew_at_each_step(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        int f(struct thing *t, enum door new)
        {
            int ret;

            if (t->state != DOOR_SHUT || new != DOOR_LOCKED)
                return -EINVAL;
            ret = turn_key(t);
            if (ret)
                return ret;
            return 0;
        }
        """,
    )
    assert values(found, "always_allowed")["SHUT", "LOCKED"] == "not turn_key"
    assert [p.name for p in model(found).rule["move"].parameters] == ["new", "turn_key"]
    assert model(found).parameters == ()


def test_condition_that_makes_no_difference_is_left_out(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            if (t->users > 3 && debugging())
                tell(t);
            if (t->flags)
                t->users = 0;
            else
                t->users++;
            for_each_user(t)
                greet(t);
            return old == DOOR_OPEN && new == DOOR_SHUT;
        }
        """,
    )
    assert allowed(found) == {("OPEN", "SHUT")}
    assert model(found).parameters == ()


def test_same_condition_is_decided_once_on_each_way(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(struct thing *t, enum door old, enum door new)
        {
            bool good = false;

            if (t->flags)
                good = true;
            if (!t->flags && good)
                return true;
            return old == new;
        }
        """,
    )
    assert allowed(found) == {("OPEN", "OPEN"), ("SHUT", "SHUT"), ("LOCKED", "LOCKED")}
    assert model(found).parameters == ()


def test_state_that_follows_is_read_where_it_is_another_than_asked_for(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        void f(struct thing *t, enum door target)
        {
            switch (t->state) {
            case DOOR_OPEN:
                if (target == DOOR_LOCKED) {
                    t->state = DOOR_SHUT;
                    break;
                }
            case DOOR_SHUT:
                t->state = target;
                break;
            default:
                break;
            }
        }
        """,
    )
    assert found.complete
    assert values(found, "next") == {
        ("OPEN", "OPEN"): "OPEN", ("OPEN", "SHUT"): "SHUT", ("OPEN", "LOCKED"): "SHUT",
        ("SHUT", "OPEN"): "OPEN", ("SHUT", "SHUT"): "SHUT", ("SHUT", "LOCKED"): "LOCKED",
        ("LOCKED", "OPEN"): "LOCKED", ("LOCKED", "SHUT"): "LOCKED", ("LOCKED", "LOCKED"): "LOCKED",
    }  # fmt: skip


def test_state_that_is_returned_is_the_next_one(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        enum door f(enum door cur, enum door goal)
        {
            if (cur == DOOR_OPEN && goal == DOOR_LOCKED)
                return DOOR_SHUT;
            return goal;
        }
        """,
    )
    assert values(found, "next")["OPEN", "LOCKED"] == "SHUT"
    assert values(found, "next")["SHUT", "LOCKED"] == "LOCKED"


def test_state_after_a_refusal_counts_too(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        int f(struct thing *t, enum door new)
        {
            if (t->state == DOOR_LOCKED && new == DOOR_OPEN) {
                t->state = DOOR_SHUT;
                return -EAGAIN;
            }
            t->state = new;
            return 0;
        }
        """,
    )
    assert values(found)["LOCKED", "OPEN"] == "false"
    assert values(found, "next")["LOCKED", "OPEN"] == "SHUT"
    assert "rule refuse" in found.spec


def test_event_of_another_enum(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        enum event { EVENT_PUSH, EVENT_KEY };
        void f(struct thing *t, int event)
        {
            switch (t->state) {
            case DOOR_OPEN:
                if (event == EVENT_PUSH)
                    t->state = DOOR_SHUT;
                break;
            case DOOR_SHUT:
                t->state = event == EVENT_PUSH ? DOOR_OPEN : DOOR_LOCKED;
                break;
            case DOOR_LOCKED:
                if (event == EVENT_KEY)
                    t->state = DOOR_SHUT;
            }
        }
        """,
        enums=("door", "event"),
    )
    assert values(found, "next") == {
        ("OPEN", "PUSH"): "SHUT", ("OPEN", "KEY"): "OPEN", ("SHUT", "PUSH"): "OPEN", ("SHUT", "KEY"): "LOCKED",
        ("LOCKED", "PUSH"): "LOCKED", ("LOCKED", "KEY"): "SHUT",
    }  # fmt: skip


def test_states_that_are_macros(tmp_path: Path) -> None:
    code = """
        #define GATE_UP 3
        #define GATE_DOWN 5
        int f(int old, int new) { return old == GATE_UP && new == GATE_DOWN ? 0 : -EINVAL; }
    """
    assert allowed(extract(tmp_path, code, enums=("GATE_",))) == {("UP", "DOWN")}


def test_sentinel_is_no_state_and_an_alias_no_second_one(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        enum gate { GATE_UP, GATE_DOWN, GATE_LOW = GATE_DOWN, GATE_NR };
        bool f(enum gate old, enum gate new) { return old == GATE_UP && new == GATE_LOW; }
        """,
    )
    assert allowed(found) == {("UP", "DOWN")}
    assert "also GATE_LOW" in found.spec
    assert "GATE_NR only bounds the others" in found.spec


def test_local_that_a_call_fills_in_is_the_old_state(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        int f(struct thing *t, enum door wanted)
        {
            enum door now;

            query(t, &now);
            if (now == DOOR_LOCKED && wanted == DOOR_OPEN)
                return -EPERM;
            return 0;
        }
        """,
        old="now",
        new="wanted",
    )
    assert allowed(found) == {(a, b) for a in ("OPEN", "SHUT", "LOCKED") for b in ("OPEN", "SHUT", "LOCKED")} - {
        ("LOCKED", "OPEN")
    }


def test_fixed_values_take_the_place_of_conditions(tmp_path: Path) -> None:
    code = """
        bool f(struct thing *t, enum door old, enum door new)
        {
            return old == DOOR_OPEN && new == DOOR_SHUT && (t->flags & 3) == 3;
        }
    """
    assert allowed(extract(tmp_path, code, fixed={"t->flags": 7})) == {("OPEN", "SHUT")}
    assert allowed(extract(tmp_path, code, fixed={"t->flags": 5})) == set()


def test_inner_variable_of_the_same_name_is_another_one(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        """
        bool f(enum door old, enum door new)
        {
            bool good = old == DOOR_OPEN && new == DOOR_SHUT;

            if (new == DOOR_LOCKED) {
                bool good = true;

                use(good);
            }
            return good;
        }
        """,
    )
    assert allowed(found) == {("OPEN", "SHUT")}


def test_kernel_that_stops_takes_no_step(tmp_path: Path) -> None:
    code = """
        bool f(enum door old, enum door new)
        {
            BUG_ON(old == DOOR_LOCKED);
            if (WARN_ON(old == new))
                return false;
            return new != DOOR_OPEN;
        }
    """
    assert allowed(extract(tmp_path, code)) == {("OPEN", "SHUT"), ("OPEN", "LOCKED"), ("SHUT", "LOCKED")}
