"""What the elaborator makes of a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.corpus import VALID, load, model, shown
from verifier.diagnostics import SpecError
from verifier.elaborate.sizes import MAX_SIZE, Sizes
from verifier.model.claims import Always, Basis, Deterministic, EqualsPath, Matches, Routes
from verifier.model.declarations import Binding, Cite
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.sorts import BOOL, EnumSort, IntSort, SetSort
from verifier.model.terms import FALSE, TRUE, App, Bind, Const, Local, Op, Param, Term, Var, subterms

MODE = "machine m enum Mode { A, B, C } var mode: Mode "
DEVICES = "machine m index Device[3] var on: Device -> bool "


def conditions(found: Model) -> list[Term]:
    """The conditions of the `always` properties, in order."""
    return [p.claim.condition for p in found.properties if isinstance(p.claim, Always)]


def condition(text: str) -> Term:
    """The condition of the one `always` property of a spec."""
    (found,) = conditions(model(text))
    return found


def refused(text: str) -> list[str]:
    """The diagnostics of a spec."""
    with pytest.raises(SpecError) as caught:
        model(text)
    return [shown(d) for d in caught.value.diagnostics]


def terms(found: Model) -> list[Term]:
    """Every term of a model but those inside path claims."""
    rules = [t for r in found.rules for t in (r.guard, *r.constraints)]
    return [*found.init, *found.assumptions, *rules, *conditions(found)]


# --- Names


def test_a_definition_does_not_capture_the_name_it_is_given() -> None:
    text = (
        DEVICES
        + "def alone(x: Device) = all d in Device: on[d] implies d == x property p always all d in Device: alone(d)"
    )
    found = condition(text)
    assert isinstance(found, Bind)
    assert isinstance(found.body, Bind)
    assert found.local is not found.body.local
    assert found.local in set(subterms(found.body))


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_no_two_binders_of_a_model_bind_the_same_name(path: Path) -> None:
    found = load(path)
    binders = {t for term in terms(found) for t in subterms(term) if isinstance(t, Bind)}
    names = [b.local.name for b in binders]
    parameters = {p.name for r in found.rules for p in r.parameters}
    assert len(set(names)) == len(names)
    assert not parameters & set(names)


def test_equal_binders_are_one_term() -> None:
    text = DEVICES + "def any_on = some d in Device: on[d] property p always any_on implies some d in Device: on[d]"
    found = condition(text)
    assert isinstance(found, App)
    assert found.args[0] is found.args[1]


def test_a_rule_parameter_keeps_its_name_and_binders_give_way() -> None:
    found = model(DEVICES + "property p always all d in Device: on[d] rule r(d: Device) { on' = on with [d] = true }")
    (rule,) = found.rules
    (bound,) = conditions(found)
    assert isinstance(bound, Bind)
    assert rule.parameters == (Local(found.sorts["Device"], "d"),)
    assert bound.local.name == "d_2"


def test_let_is_written_out_and_shared() -> None:
    found = condition("machine m var n: int 0..3 property p always let x = n + 1 in x * x == x + x")
    sums = [t for t in subterms(found) if isinstance(t, App) and t.op is Op.ADD]
    assert len(sums) == 2


def test_declarations_may_stand_in_any_order() -> None:
    found = model("machine m property p always f(x) def f(y: Mode) = y == A var x: Mode = A enum Mode { A, B }")
    assert [show(c) for c in conditions(found)] == ["x == A"]


# --- Ints


def test_an_int_that_fits_is_not_checked() -> None:
    (rule,) = model("machine m var n: int 0..9 var k: int 0..3 rule r { n' = k + k }").rules
    assert show(rule.constraints[0]) == "n' == k + k"


def test_an_int_that_may_leave_the_range_is_checked() -> None:
    (rule,) = model("machine m var n: int 0..3 rule r { n' = n + 1 }").rules
    (made,) = rule.constraints
    after = Var(IntSort(0, 3), "n", 1)
    raised = App(IntSort(1, 4), Op.ADD, (Var(IntSort(0, 3), "n"), Const(IntSort(1, 1), 1)))
    assert made is App(BOOL, Op.EQ, (after, App(IntSort(0, 3), Op.FIT, (raised,))))


def test_each_branch_is_checked_on_its_own() -> None:
    (rule,) = model("machine m var n: int 0..3 rule r { n' = if n < 3 then n + 1 else 0 }").rules
    assert show(rule.constraints[0]) == "n' == if n < 3 then fit(n + 1, 0, 3) else 0"


def test_branches_of_a_definition_join_to_the_hull_and_stay_checked() -> None:
    text = "machine m var c: bool var n: int 0..3 def f(b: bool, k: int 0..3) = if b then 1 else k + 4 "
    (rule,) = model(text + "rule r { n' = f(c, n) }").rules
    assert show(rule.constraints[0]) == "n' == fit(if c then 1 else n + 4, 0, 3)"


def test_a_definition_of_constants_is_folded_at_its_call() -> None:
    text = "machine m var n: int 0..9 def double(k: int 0..4) = k * 2 rule r { n' = double(3) }"
    assert show(model(text).rules[0].constraints[0]) == "n' == 6"


def test_a_map_of_ints_takes_its_range_from_its_place() -> None:
    found = model("machine m index D[2] var m: D -> int 0..3 = each d in D: 1")
    assert found.init == (
        App(BOOL, Op.EQ, (Var(found.variables[0].sort, "m"), Const(found.variables[0].sort, (1, 1)))),
    )


# --- Rules


def test_a_choice_of_any_value_is_no_constraint_but_a_change() -> None:
    (rule,) = model(MODE + "rule r { mode' in Mode }").rules
    assert (rule.constraints, rule.changes) == ((), ("mode",))


def test_a_variable_whose_primed_form_occurs_may_change() -> None:
    (rule,) = model("machine m var x: bool var y: bool var z: bool rule r { x' = y'; z' == z' }").rules
    assert rule.changes == ("x", "y", "z")


def test_a_primed_definition_changes_what_it_mentions() -> None:
    (rule,) = model("machine m var x: bool var y: bool def both = x and y rule r { both' }").rules
    assert rule.changes == ("x", "y")
    assert [show(c) for c in rule.constraints] == ["x' and y'"]


def test_a_failure_shares_everything_but_its_end_and_doc() -> None:
    text = (
        MODE + 'source s = "doc" arc go(x: bool): A -> B "goes" by user cite s "p1" tag t, u when x fails -> C "fails" '
    )
    arc, failure = model(text).rules
    assert (failure.name, failure.fails, failure.doc) == ("go.fails", "go", "fails")
    shared = ("parameters", "guard", "actor", "tags", "cites")
    assert all(getattr(arc, n) == getattr(failure, n) for n in shared)
    assert arc.cites == (Cite("s", "doc", "p1"),)
    assert (arc.tags, arc.actor, arc.doc, arc.fails) == (("t", "u"), "user", "goes", None)


def test_stay_alone_keeps_the_control_value() -> None:
    _, failure = model(MODE + "arc go: A -> B fails -> stay").rules
    assert (failure.constraints, failure.changes) == ((), ())


def test_stay_among_values_is_one_of_them() -> None:
    _, failure = model(MODE + "arc go: A -> B fails -> {C, stay}").rules
    assert ([show(c) for c in failure.constraints], failure.changes) == (["mode' in {C, mode}"], ("mode",))


def test_bits_in_braces_are_one_value_of_a_flags_control_variable() -> None:
    text = "machine m flags F { R, S } named STOP = {} var f: F arc single: {R, S} -> {} arc more: {STOP, 0b11} -> {R}"
    one, more = model(text).rules
    assert [show(t) for t in (one.guard, *one.constraints)] == ["f == {R, S}", "f' == STOP"]
    assert [show(t) for t in (more.guard, *more.constraints)] == ["f in {STOP, {R, S}}", "f' == {R}"]


def test_a_reference_to_a_tag_stands_for_its_rules_and_their_failures() -> None:
    text = (
        MODE
        + "arc ab: A -> B tag t fails -> C arc bc: B -> C tag t rule r { } "
        + "property p deterministic t, ab property q deterministic t.fails"
    )
    claims = [p.claim for p in model(text).properties]
    assert claims == [Deterministic(("ab", "ab.fails", "bc")), Deterministic(("ab.fails",))]


# --- Data


def test_the_condition_of_a_parameter_is_an_assumption() -> None:
    found = model("machine m param n: int 0..9 where n > 3 param b: bool assume b implies n < 7")
    assert [show(a) for a in found.assumptions] == ["n > 3", "b implies n < 7"]
    assert [p.where for p in found.parameters] == [found.assumptions[0], TRUE]
    assert found.parameters[0].sort == IntSort(0, 9)


def test_initial_values_are_constraints() -> None:
    found = model(
        MODE
        + "param p: Mode var other: Mode = p var third: Mode in {A, p} "
        + "var free: Mode in Mode var n: int 0..9 in int 2..3"
    )
    assert [show(i) for i in found.init] == ["other == p", "third in {A, p}", "n >= 2 and n <= 3"]


def test_numbers_of_an_enum_go_on_from_the_previous_one() -> None:
    sort = model('machine m enum E { A, B "b" = 4, C }'.replace('"b" = 4', '= 4 "b"')).sorts["E"]
    assert sort == EnumSort("E", ("A", "B", "C"), (0, 4, 5), (None, "b", None))


def test_the_control_variable_is_the_only_one_that_can_be() -> None:
    assert model(MODE + "var x: bool").control is not None
    assert model(MODE + "var other: Mode").control is None
    named = model(MODE + "var other: Mode control other").control
    assert named is not None
    assert named.name == "other"


def test_a_set_that_is_listed_is_compared_element_by_element() -> None:
    text = (
        MODE
        + "param p: Mode def among(x: Mode, s: set of Mode) = x in s "
        + "property q always among(mode, {C, A}) and mode in {p, B}"
    )
    assert show(condition(text)) == "mode in {A, C} and mode in {p, B}"


def test_a_set_value_is_a_constant() -> None:
    found = model(MODE + "var s: set of Mode = {A, C}")
    sort = SetSort(found.sorts["Mode"])
    assert found.init == (App(BOOL, Op.EQ, (Var(sort, "s"), Const(sort, frozenset({"A", "C"})))),)


def test_a_binder_over_a_set_is_guarded() -> None:
    found = condition(MODE + "var s: set of Mode property p always all x in s: x != mode")
    assert show(found) == "all x in Mode: x in s implies x != mode"


def test_a_table_is_listed_in_the_order_of_its_arguments() -> None:
    grid = "\n  | | true | false |\n  | true | 3 | 2 |\n  | false | 1 | 0 |\n"
    (table,) = model(f'machine m table f: bool, bool -> int 0..3 from c "x.c" table t {grid}').tables
    assert table.entries == (((False, False), 0), ((False, True), 1), ((True, False), 2), ((True, True), 3))
    assert [p.column for p in table.places] == [17, 13, 16, 12]
    assert table.binding == Binding("x.c", "t")


# --- Properties


def test_the_text_of_a_claim_is_folded_and_without_comments() -> None:
    text = (
        MODE
        + 'property p "doc" assuming mode != C # why\n  always   mode == A # "not this"\n    or mode == B severity note'
    )
    (found,) = model(text).properties
    assert found.text == "always mode == A or mode == B"
    assert (found.doc, found.severity, show(found.assuming)) == ("doc", "note", "mode != C")
    assert (found.expect_violated, found.vacuous_ok) == (False, False)


def test_defaults_of_a_path_claim() -> None:
    text = MODE + "var x: bool rule r { mode' in Mode } property p every r equals a path of r property q basis of r"
    path, basis = (p.claim for p in model(text).properties)
    assert path == EqualsPath(("r",), TRUE, ("r",), TRUE, 1, 3, TRUE, ("mode", "x"))
    assert basis == Basis(("r",), None, 1, 3, ("mode", "x"))


def test_defaults_of_a_routes_claim() -> None:
    (found,) = model(MODE + "rule r { mode' in Mode } property p routes r shortest").properties
    assert found.claim == Routes(("r",), TRUE, FALSE, FALSE, None, None)


def test_start_and_goal_are_locals_of_the_control_sort() -> None:
    text = (
        MODE
        + "param p: bool rule r { mode' in Mode } "
        + "property q routes r shortest except start == goal and p through mode != start"
    )
    found = model(text)
    (claim,) = (p.claim for p in found.properties)
    assert isinstance(claim, Routes)
    locals_ = {t for term in (claim.excluded, claim.through) for t in subterms(term) if isinstance(t, Local)}
    assert locals_ == {Local(found.sorts["Mode"], "start"), Local(found.sorts["Mode"], "goal")}
    assert Param(BOOL, "p") in set(subterms(claim.excluded))


def test_a_binding_claim_names_table_file_and_array() -> None:
    grid = "\n | true | false |\n | false | true |\n"
    text = f'machine m table f: bool -> bool {grid} property p f matches c "a/b.c" table arr'
    assert [p.claim for p in model(text).properties] == [Matches("f", Binding("a/b.c", "arr"))]


# --- Errors


def test_all_errors_are_reported_in_the_order_of_the_text() -> None:
    assert refused("machine m var x: int 3..1\nproperty p always y\nvar z: Nothing\nproperty q always 3") == [
        "1:18 ARC032 int 3..1 has no values",
        "2:19 ARC021 y is not declared",
        "3:8 ARC022 type Nothing is not declared",
        "4:19 ARC023 condition of property q has type int, expected bool",
    ]


def test_a_type_error_names_both_types_and_both_places() -> None:
    with pytest.raises(SpecError) as caught:
        model(MODE + "enum Other { X } property p always mode == X")
    (found,) = caught.value.diagnostics
    assert found.message == "right side of `==` has type Other, expected Mode"
    assert [n.message for n in found.notes] == ["left side has type Mode"]


def test_a_cycle_of_definitions_is_shown() -> None:
    with pytest.raises(SpecError) as caught:
        model("machine m def a = b def b = not c def c = a property p always a and c")
    (found,) = caught.value.diagnostics
    assert found.message == "definition a is recursive: a -> b -> c -> a"
    assert [n.message for n in found.notes] == ["a uses b here", "b uses c here", "c uses a here"]


def test_definitions_that_double_are_refused_before_they_take_time() -> None:
    chain = "".join(f"def f{i}(b: bool) = (f{i - 1}(b) iff y) implies f{i - 1}(not b) " for i in range(1, 40))
    found = refused(f"machine m var x: bool var y: bool def f0(b: bool) = b iff y {chain} property p always f39(x)")
    assert len(found) == 1
    assert f"has more than {MAX_SIZE} parts" in found[0]


def test_sizes_count_shared_parts_each_time() -> None:
    leaf: Term = Var(BOOL, "x")
    for _ in range(10):
        leaf = App(BOOL, Op.EQ, (leaf, leaf))
    assert Sizes().of(leaf) == (2**11 - 1, 11)


def test_the_deepest_expressions_that_parse_elaborate() -> None:
    nested = "not (y iff " * 60 + "x" + ")" * 60
    found = condition(f"machine m var x: bool var y: bool property p always {nested}")
    assert Sizes().of(found)[1] > 100
