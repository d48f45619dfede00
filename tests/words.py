"""Random runs of two truth values, and formulas about them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.machines import CONNECTIVES, HERE, LINEAR
from verifier.diagnostics import Source
from verifier.evidence.interpretation import State
from verifier.model.declarations import Variable
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import TRUE, Var, eq, not_
from verifier.semantics.evaluate import Setting
from verifier.semantics.temporal import holds_on_run

A, B, A_AFTER, B_AFTER = (Var(BOOL, n, i) for i in (0, 1) for n in "ab")
VARIABLES = tuple(Variable(n, BOOL, None, HERE) for n in "ab")
SETTING = Setting(Model("w", None, Source("w", ""), {}, (), (), VARIABLES, (), (), (), (), (), None))

Word = tuple[tuple[State, ...], int | None]
"""The states of a run, and where it goes on after the last (which is then the same as the one there)."""


@st.composite
def words(draw: st.DrawFn) -> Word:
    """A run of one to five positions, that ends or goes round a loop."""
    state = st.fixed_dictionaries({"a": st.booleans(), "b": st.booleans()})
    states = draw(st.lists(state, min_size=1, max_size=5))
    loop = draw(st.one_of(st.none(), st.integers(0, len(states) - 1)))
    return tuple(states if loop is None else [*states, states[loop]]), loop


def formulas(depth: int = 3) -> st.SearchStrategy[Formula]:
    """A formula of linear time."""
    leaf = st.sampled_from([Now(t) for t in (A, B, not_(B), A_AFTER, eq(B_AFTER, A), TRUE)])
    if depth == 0:
        return leaf
    inner = formulas(depth - 1)
    one = st.builds(lambda n, p: Operator(n, (p,)), st.sampled_from(("not", "X", "F", "G")), inner)
    binary = [n for n in (*CONNECTIVES, *LINEAR) if n not in ("not", "X", "F", "G")]
    two = st.builds(lambda n, p, q: Operator(n, (p, q)), st.sampled_from(binary), inner, inner)
    return st.one_of(leaf, one, two)


def truth(formula: Formula, word: Word) -> bool:
    """What the reference semantics says."""
    return holds_on_run(formula, SETTING, *word)
