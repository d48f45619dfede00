"""A relation between states as a C function, in many styles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

Pairs = frozenset[tuple[int, int]]

STYLES = ("new outside", "old outside", "chain", "goto", "negated", "masks", "ranges", "mixed", "late")


def name(state: int) -> str:
    """The C name of a state."""
    return f"S_{state}"


@st.composite
def functions(draw: st.DrawFn) -> tuple[int, Pairs, str]:
    """How many states there are, the pairs that are allowed, and a C function `bool f(enum s old, enum s new)`."""
    count = draw(st.integers(2, 4))
    pairs = frozenset(draw(st.sets(st.sampled_from([(a, b) for a in range(count) for b in range(count)]))))
    style = draw(st.sampled_from(STYLES))
    order = draw(st.permutations(range(count)))
    noise = draw(st.booleans())
    body = _BODIES[style](pairs, order, draw)
    talk = '\tif (t->flags & 8)\n\t\tpr_info("at %d", new);\n' if noise else ""
    head = f"enum s {{ {', '.join(name(s) for s in range(count))} }};\nstruct t {{ enum s state; int flags; }};\n"
    return count, pairs, f"{head}bool f(struct t *t, enum s old, enum s new)\n{{\n{talk}{body}}}\n"


def _news(pairs: Pairs, old: int, order: Sequence[int]) -> list[int]:
    return [n for n in order if (old, n) in pairs]


def _olds(pairs: Pairs, new: int, order: Sequence[int]) -> list[int]:
    return [o for o in order if (o, new) in pairs]


def _switch(outer: str, inner: str, cases: dict[int, list[int]], yes: str, no: str) -> str:
    lines = [f"\tswitch ({outer}) {{"]
    for value, inside in cases.items():
        lines += [f"\tcase {name(value)}:", f"\t\tswitch ({inner}) {{"]
        lines += [f"\t\tcase {name(i)}:" for i in inside]
        lines += [f"\t\t\t{yes}"] if inside else []
        lines += ["\t\tdefault:", f"\t\t\t{no}", "\t\t}", "\t\tbreak;"]
    return "\n".join([*lines, "\tdefault:", "\t\tbreak;", "\t}"]) + "\n"


def _new_outside(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    cases = {n: _olds(pairs, n, order) for n in order}
    falls = draw(st.sampled_from(["changed = true;\n\t\t\tfallthrough;", "changed = true;\n\t\t\tbreak;"]))
    return f"\tbool changed = false;\n\n{_switch('new', 'old', cases, falls, 'break;')}\treturn changed;\n"


def _old_outside(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    cases = {o: _news(pairs, o, order) for o in order}
    return (
        _switch("old", "new", cases, "return true;", draw(st.sampled_from(["return false;", "break;"])))
        + "\treturn false;\n"
    )


def _chain(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    sign = draw(st.sampled_from(["else ", ""]))
    tests = [f"if (old == {name(a)} && {name(b)} == new)\n\t\treturn true;\n" for a, b in sorted(pairs)]
    return "\t" + f"\t{sign}".join(tests) + "\treturn false;\n" if tests else "\treturn old > 9 && new > 9;\n"


def _goto(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    cases = {n: _olds(pairs, n, order) for n in order}
    switch = _switch("new", "old", cases, "goto good;", "goto bad;")
    return f"{switch}bad:\n\treturn false;\ngood:\n\treturn 1;\n"


def _negated(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    tests = (
        " && ".join(f"!(old == {name(a)} && !(new != {name(b)}))" for a, b in sorted(pairs)) or "old != 9 && new != 9"
    )
    return f"\tif ({tests})\n\t\treturn false;\n\treturn true;\n"


def _masks(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    lines = ["\tunsigned int next = 0;\n", "\tswitch (old) {"]
    for old in order:
        mask = " | ".join(f"1U << {name(n)}" for n in _news(pairs, old, order)) or "0"
        lines += [f"\tcase {name(old)}:", f"\t\tnext |= {mask};", "\t\tbreak;"]
    return "\n".join([*lines, "\t}", "\treturn next & (1U << new) && new >= S_0;"]) + "\n"


def _ranges(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    lines = ["\tint good = 0;\n"]
    for old in order:
        news = sorted(_news(pairs, old, order))
        runs = [[n for _, n in g] for _, g in itertools.groupby(enumerate(news), lambda found: found[1] - found[0])]
        for run in runs:
            lines.append(
                f"\tif (old <= {name(old)} && old >= {name(old)} && new >= {name(run[0])} && !(new > {name(run[-1])}))"
            )
            lines.append("\t\tgood++;")
    return "\n".join([*lines, "\tif (new == S_0 && old == S_0)\n\t\treturn good != 0;", "\treturn good > 0;"]) + "\n"


def _mixed(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    lines = ["\tif (new < S_0)\n\t\tgoto out;", "\tswitch (old) {"]
    for old in order:
        tests = " || ".join(f"new == {name(n)}" for n in _news(pairs, old, order)) or "new == 77"
        lines += [f"\tcase {name(old)}:", f"\t\tif ({tests})", "\t\t\treturn true;", "\t\tgoto out;"]
    return "\n".join([*lines, "\t}", "out:", "\treturn false;"]) + "\n"


def _late(pairs: Pairs, order: Sequence[int], draw: st.DrawFn) -> str:
    """The list of the pairs goes through a loop."""
    listed = sorted(pairs) or [(99, 99)]
    rows = ", ".join(f"{a}, {b}" for a, b in listed)
    head = f"\tstatic const int list[{2 * len(listed)}] = {{ {rows} }};\n\tint i;\n\n"
    loop = f"\tfor (i = 0; i < {2 * len(listed)}; i += 2) {{\n\t\tif (list[i] != old)\n\t\t\tcontinue;\n"
    never = "\tif (new == S_0 && old == S_1 && false)\n\t\treturn true;\n"
    return f"{head}{loop}\t\tif (list[i + 1] == new)\n\t\t\treturn true;\n\t}}\n{never}\treturn false;\n"


_BODIES: dict[str, Callable[[Pairs, Sequence[int], st.DrawFn], str]] = {
    "new outside": _new_outside, "old outside": _old_outside, "chain": _chain, "goto": _goto, "negated": _negated,
    "masks": _masks, "ranges": _ranges, "mixed": _mixed, "late": _late,
}  # fmt: skip
