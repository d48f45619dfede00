"""What a property claims. The meaning of each claim stands in `verifier.semantics.claims`."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.model.declarations import Binding, Cite
from verifier.model.formulas import Formula
from verifier.model.terms import Term


@dataclass(frozen=True, slots=True)
class Always:
    """`always e`: e (level 0) holds in every reachable state."""

    condition: Term


@dataclass(frozen=True, slots=True)
class Never:
    """`never e`: e (level 0) holds in no reachable state."""

    condition: Term


@dataclass(frozen=True, slots=True)
class EveryStep:
    """`every step e`: e (levels 0 and 1) holds on every reachable transition."""

    condition: Term


@dataclass(frozen=True, slots=True)
class Reachable:
    """`reachable e`: some run reaches a state in which e holds, for every value of the parameters."""

    condition: Term


@dataclass(frozen=True, slots=True)
class OnlyVia:
    """`e reached only via R, ...`: not e initially; each reachable step from not-e to e is by one of `rules`."""

    condition: Term
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EqualsPath:
    """`every R [where e] equals a path of S [where e] [of length LO..HI] [through e] [observing x, ...]`.

    `targets` and `steps` are rule names (tags are resolved). `target_where`, `step_where` and `through` may
    mention the locals `start` and `goal`: in the two `where`s the control values before and after the
    instance itself, in `through` those of the target instance. `through` is over level 0, the interior state.
    """

    targets: tuple[str, ...]
    target_where: Term
    steps: tuple[str, ...]
    step_where: Term
    low: int
    high: int
    through: Term
    observing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """`basis of S [is where e] [of length LO..HI] [observing x, ...]`.

    With `chosen`: the instances that satisfy it generate every other instance, and none of them is generated
    by the rest of them. Without: a smallest such set is computed and named. `high` bounds the paths tried.
    """

    rules: tuple[str, ...]
    chosen: Term | None
    low: int
    high: int
    observing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routes:
    """`routes S shortest [through e] [except e] [blocked e [as v]] [matching f]`.

    All terms may mention the locals `start` and `goal`; `through` also the control variable (the interior
    value); parameters are allowed everywhere. `next_hop` is f(start, goal), if a table or def is given; pairs
    in `blocked` must have no route, and there next_hop must equal `blocked_as`, if given.
    """

    rules: tuple[str, ...]
    through: Term
    excluded: Term
    blocked: Term
    blocked_as: Term | None
    next_hop: Term | None


@dataclass(frozen=True, slots=True)
class Deterministic:
    """`deterministic [R, ...]`: no reachable state has two different successors under one rule instance."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoDeadlock:
    """`no deadlock [except e]`: every reachable state outside e has a successor."""

    excluded: Term


@dataclass(frozen=True, slots=True)
class Recoverable:
    """`recoverable e from f`: from every reachable f-state some run reaches e (AG (f -> EF e))."""

    goal: Term
    origin: Term


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """`p leads to q [assuming fair R, ...]`: every p-state of a fair, maximal run is followed by a q-state.

    Fair is weakly fair: a rule of `fair` that stays able to fire is fired in the end.
    """

    trigger: Term
    response: Term
    fair: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ltl:
    """`ltl F [assuming fair R, ...] [assuming strongly fair S, ...]`: F holds of every fair, maximal run.

    A run is weakly fair to the rules of `fair` (see LeadsTo), and strongly fair to those of `strong`: one that can
    fire again and again is fired again and again.
    """

    formula: Formula
    fair: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ctl:
    """`ctl F`: F holds in every initial state, for every value of the parameters."""

    formula: Formula


@dataclass(frozen=True, slots=True)
class Matches:
    """`f matches c "file" table NAME`: table `table` equals the array in the C file, entry by entry."""

    table: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class InRange:
    """The check every machine with int arithmetic gets: no rule that fires, and no property that is evaluated,
    takes an int out of its range (`Op.FIT`)."""


@dataclass(frozen=True, slots=True)
class Within:
    """Every initial state satisfies `initially` (level 0), and every reachable step by a rule R that is a key of
    `steps` satisfies its term (levels 0 and 1, R's parameters free).

    It has no syntax: it says that the behaviours of one version are among those of another.
    """

    initially: Term
    steps: tuple[tuple[str, Term], ...]


Claim = (
    Always | Never | EveryStep | Reachable | OnlyVia | EqualsPath | Basis | Routes | Deterministic | NoDeadlock
    | Recoverable | LeadsTo | Ltl | Ctl | Matches | InRange | Within
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """A named claim. `assuming` restricts it to the runs all of whose states satisfy that term.

    `text` is the claim as it stands in the spec, on one line, white space folded.
    """

    name: str
    claim: Claim
    text: str
    assuming: Term
    doc: str | None
    cites: tuple[Cite, ...]
    expect_violated: bool
    vacuous_ok: bool
    severity: str  # "error", "warning" or "note"
    span: Span
