"""Random C functions over two states and a word of flags, with every kind of statement that is read."""

from __future__ import annotations

from hypothesis import strategies as st

STATES = 3
FLAGS = 4

_HEAD = """enum s { S_0, S_1, S_2 };
struct t { int flags; };
bool f(struct t *t, enum s old, enum s new)
{
\tunsigned int x = 0, y = 1;
\tint i, j;

\tif (old == S_0 && new == S_1)
\t\tx ^= 1;
"""

_values = st.sampled_from(["old", "new", "x", "y", "S_0", "S_1", "S_2", "3", "1u"])


@st.composite
def expression(draw: st.DrawFn, depth: int = 2) -> str:
    """A number."""
    kind = draw(st.integers(0, 4)) if depth else 0
    if kind <= 1:
        return draw(_values)
    if kind == 2:
        return f"({draw(condition(depth - 1))} ? {draw(expression(depth - 1))} : {draw(expression(depth - 1))})"
    sign = draw(st.sampled_from(["+", "-", "*", "&", "|", "^"]))
    return f"({draw(expression(depth - 1))} {sign} {draw(expression(depth - 1))})"


@st.composite
def condition(draw: st.DrawFn, depth: int = 2) -> str:
    """Something that is true or false."""
    kind = draw(st.integers(0, 5)) if depth else draw(st.integers(0, 1))
    if kind == 0:
        return draw(st.sampled_from(["(t->flags & 1)", "(t->flags & 2)", "t->flags == 3", "!(t->flags & 1)"]))
    if kind == 5:
        return f"!{draw(condition(depth - 1))}".replace("!t->", "!!t->")
    if kind >= 3:
        sign = draw(st.sampled_from(["&&", "||"]))
        return f"({draw(condition(depth - 1))} {sign} {draw(condition(depth - 1))})"
    sign = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    return f"({draw(expression(1))} {sign} {draw(expression(1))})"


@st.composite
def statement(draw: st.DrawFn, depth: int, loops: int = 0) -> str:
    """A statement; `loops` is how many loops are around it."""
    kind = draw(st.integers(0, 8)) if depth else draw(st.integers(0, 2))
    if kind == 0:
        return f"{draw(st.sampled_from('xy'))} {draw(st.sampled_from(['=', '+=', '^=']))} {draw(expression())};"
    if kind == 1:
        return draw(st.sampled_from(["x++;", "--y;", "x = y++;", "y = ++x & 7;"]))
    if kind == 2:
        ends = ["return x & 1;", "return false;", "goto out;", *(["break;", "continue;"] if loops else [])]
        return f"if {_bracketed(draw(condition(1)))}\n{draw(st.sampled_from(ends))}"
    if kind <= 4:
        other = f" else {draw(block(depth - 1, loops))}" if draw(st.booleans()) else ""
        return f"if {_bracketed(draw(condition()))} {draw(block(depth - 1, loops))}{other}"
    if kind <= 6:
        return draw(switch(depth, loops))
    if kind == 7 or loops > 1:
        return f"do {draw(block(depth - 1, 0))} while (0);"
    name = "ij"[loops]
    return f"for ({name} = 0; {name} < {draw(st.integers(0, 3))}; {name}++) {draw(block(depth - 1, loops + 1))}"


@st.composite
def switch(draw: st.DrawFn, depth: int, loops: int) -> str:
    """A switch, with and without `break`."""
    labels = draw(st.permutations(["case S_0:", "case S_1:", "case S_2:", "case 4 ... 6:", "default:"]))
    parts = []
    for label in labels[: draw(st.integers(1, 5))]:
        end = draw(st.sampled_from(["break;", "fallthrough;", ""]))
        parts.append(f"{label}\n{draw(statement(depth - 1, 0))}\n{end}")
    last = "" if parts[-1].rstrip().endswith("break;") else "\nbreak;"
    body = "\n".join(parts).removesuffix("fallthrough;")
    return f"switch ({draw(st.sampled_from(['old', 'new', 'x & 7', 'y % 5']))}) {{\n{body}{last}\n}}"


@st.composite
def block(draw: st.DrawFn, depth: int, loops: int) -> str:
    """A block; sometimes with a variable that hides another."""
    hidden = draw(st.sampled_from(["", "", "unsigned int y = 2;\n"]))
    inside = draw(st.lists(statement(depth, loops), min_size=1, max_size=3))
    return "{\n" + hidden + "\n".join(inside) + "\n}"


@st.composite
def functions(draw: st.DrawFn) -> str:
    """A function `bool f(struct t *t, enum s old, enum s new)`."""
    body = "\n".join(draw(st.lists(statement(2), min_size=1, max_size=4)))
    return f"{_HEAD}{body}\nout:\n\treturn (x + y) & 1;\n}}\n"


def _bracketed(condition: str) -> str:
    return f"({condition})"
