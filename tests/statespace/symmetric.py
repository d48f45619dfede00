"""Random machines with interchangeable individuals."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.statespace.families import machine_of
from verifier.model.model import Model

VARIABLES = {
    "mode": ("T -> Mode", "each x in T: A", "mode with [d] = B", "mode with [e] = C", "mode with [d] = mode[e]"),
    "owner": ("T", None, "d", "next[d]", "e"),
    "next": ("T -> T", "each x in T: x", "next with [d] = e", "next with [e] = next[d]", "each x in T: next[next[x]]"),
    "s": (
        "set of T", "those x in T: false", "those x in T: x == d or x in s", "those x in T: x in s and x != d",
        "those x in T: mode[x] == A",
    ),
    "link": (
        "T -> T -> bool", "each x in T: each y in T: false", "link with [d] = (link[d] with [e] = (not link[d][e]))",
        "link with [d] = link[e]", "each x in T: each y in T: link[y][x]",
    ),
    "seat": ("U -> T", None, "seat with [w] = d", "seat with [w] = seat[w]", "each u in U: e"),
    "n": ("int 0..2", "0", "if n < 2 then n + 1 else n", "0", "2"),
}  # fmt: skip
"""Sort, initial value, and what a rule of parameters d, e and w may assign."""

CONDITIONS = (
    "mode[d] == A", "mode[d] == mode[e]", "owner == d", "next[d] == e", "next[d] == d", "d in s", "link[d][e]",
    "d == e", "seat[w] == d", "n < 2", "(some x in T: mode[x] == B and next[x] == d)", "(count x in T: x in s) < 2",
    "(all x in T: link[x][d] implies x in s)", "mode[owner] == C",
)  # fmt: skip

CLAIMS = (
    "never (all x in T: mode[x] == B)", "always (some x in T: next[x] == x)", "never n == 2",
    "always (all x in T: x in s implies link[x][x] or mode[x] == A)", "reachable (some x in T: link[x][owner])",
    "every step next'[owner] == next[owner]", "n == 1 reached only via first", "no deadlock", "deterministic",
    "never (all u in U: mode[seat[u]] == C)",
)  # fmt: skip


@st.composite
def rules(draw: st.DrawFn, name: str, used: tuple[str, ...]) -> str:
    """The text of a rule that changes some of the variables used."""
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2, unique=True))
    guard = " and ".join(draw(st.sampled_from(["", "not "])) + f"({c})" for c in conditions)
    changed = draw(st.lists(st.sampled_from(used), min_size=1, max_size=2, unique=True))
    updates = "  ".join(f"{v}' = {draw(st.sampled_from(VARIABLES[v][2:]))}" for v in changed)
    return f"rule {name}(d: T, e: T, w: U) when {guard} {{ {updates} }}\n"


@st.composite
def machines(draw: st.DrawFn, most: int = 4) -> Model:
    """A machine of T[2] up to T[most] and U[2], with the claims of CLAIMS as properties c0, c1, ..."""
    used = tuple(draw(st.lists(st.sampled_from(list(VARIABLES)), min_size=1, max_size=3, unique=True)))
    names = ("first", "second", "third")[: draw(st.integers(1, 3))]
    text = f"enum Mode {{ A, B, C }}\nindex T[{draw(st.integers(2, most))}]\nindex U[2]\n"
    for name, (sort, initial, *_) in VARIABLES.items():
        text += f"var {name}: {sort}" + (f" = {initial}\n" if initial is not None else "\n")
    text += "".join(draw(rules(n, used)) for n in names)
    return machine_of(text + "".join(f"property c{i} {c}\n" for i, c in enumerate(CLAIMS)))
