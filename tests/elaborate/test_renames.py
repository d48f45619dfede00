"""Former names: what a model says of them, and that nothing follows from them."""

from __future__ import annotations

from tests.elaborate.corpus import CORPUS, load, model
from verifier.model.declarations import Rename
from verifier.model.model import Model
from verifier.model.sorts import EnumSort
from verifier.model.terms import Var


def said(found: Model) -> list[tuple[str, str, str]]:
    """The renames as kind, new name, old names."""
    return [(r.kind, r.new, " ".join(r.old)) for r in found.renames]


def test_each_kind_of_declaration_says_what_it_was_in_the_order_of_the_text() -> None:
    assert said(load(CORPUS / "valid" / "renames.arc")) == [
        ("sort", "State", "Mode"),
        ("value", "State.STOP", "HALT"),
        ("value", "State.DONE", "FINISHED"),
        ("sort", "Caps", "Features"),
        ("value", "Caps.FAST", "QUICK"),
        ("sort", "Port", "Plug"),
        ("sort", "Blob", "Data"),
        ("fun", "mark", "sign"),
        ("param", "eager", "hurried"),
        ("var", "at", "mode"),
        ("var", "a", "b"),
        ("var", "b", "a"),
        ("table", "after", "next"),
        ("rule", "go", "begin resume"),
        ("rule", "early", "stop"),
        ("rule", "late", "stop"),
        ("rule", "end", "finish"),
        ("rule", "back", "finish"),
        ("property", "ends", "terminates"),
    ]


def test_the_place_is_that_of_the_first_former_name() -> None:
    (rename,) = model("machine m\nvar x: bool\nrule r was old, older { }").renames
    assert isinstance(rename, Rename)
    assert (rename.span.line, rename.span.column, rename.span.end_column) == (3, 12, 15)


MACHINE = """machine m
enum T{} {{ A{}, B }}
param p{}: bool
var x{}: T = A
fun f{}(T): bool
table t{}: T -> T
  | A | B |
  | B | A |
rule r{} when p {{ x' = t(x) }}
arc s{}: A -> B
property q{} always f(x) or not f(x)
"""


def test_a_former_name_changes_nothing_else() -> None:
    renamed, plain = (model(MACHINE.format(*[was] * 9)) for was in (" was old", ""))
    assert len(renamed.renames) == 9
    assert plain.renames == ()
    assert dict(renamed.sorts) == dict(plain.sorts)
    assert (renamed.init, renamed.assumptions) == (plain.init, plain.assumptions)
    for one, other in zip(renamed.rules, plain.rules, strict=True):
        assert (one.name, one.guard, one.constraints) == (other.name, other.guard, other.constraints)
    for part in ("parameters", "variables", "functions", "tables", "properties"):
        assert [d.name for d in getattr(renamed, part)] == [d.name for d in getattr(plain, part)]


def test_enums_that_differ_in_docs_alone_are_one_sort() -> None:
    one, other = model('machine m enum T { A "a" } var x: T'), model("machine m enum T { A } var x: T")
    assert one.sorts["T"] == other.sorts["T"]
    assert Var(one.sorts["T"], "x") is Var(other.sorts["T"], "x")
    docs = [sort.docs for m in (one, other) if isinstance(sort := m.sorts["T"], EnumSort)]
    assert docs == [("a",), (None,)]


def test_enums_that_differ_in_numbers_are_two_sorts() -> None:
    one, other = model("machine m enum T { A }"), model("machine m enum T { A = 1 }")
    assert one.sorts["T"] != other.sorts["T"]
