"""C sources against a spec: tables, and the arcs of drivers."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.source.functions.trees import vfio
from verifier.change.level import Level
from verifier.change.policy import Policy
from verifier.cli.main import arcproof
from verifier.diagnostics import Source, SpecError
from verifier.files import Folder
from verifier.report.review import Finding, Relation, Review
from verifier.review.conform import Question, conform
from verifier.syntax import read_source

ROOT = Path(__file__).parents[2]
MIGRATION = ROOT / "spec" / "vfio" / "migration_v2.arc"

SPEC = """
machine lamp
enum State { OFF, ON, DIM }
param dimmer: bool
var state: State = OFF
table level: State -> int 0..9 from c "core.c" table level
  | OFF | ON | DIM |
  | 0   | 9  | 4   |
def direct(a: State, b: State) = a != b and (dimmer or (a != DIM and b != DIM)) and not (a == OFF and b == DIM)
arc turn: any -> any when true
property bounded always level(state) <= 9
"""

CORE = """
enum lamp { LAMP_OFF, LAMP_ON, LAMP_DIM };
#define LAMP_SWITCH 1
#define LAMP_DIMMER 2
const unsigned char level[3] = { 0, 9, 4 };
"""

DRIVER = """
#include "core.c"
static struct file *{name}_step_device_state(struct lampdev *d, u32 new)
{{
    u32 cur = d->state;

{arcs}
    WARN_ON(true);
    return ERR_PTR(-EINVAL); /* unknown */
}}

static struct file *{name}_set(struct lampdev *d, enum lamp new_state)
{{
    enum lamp next;

    while (new_state != d->state) {{
        ret = vfio_mig_get_next_state(d, d->state, new_state, &next);
        if (ret)
            break;
        res = {name}_step_device_state(d, next);
        d->state = next;
    }}
    return res;
}}

static const struct ops ops = {{
    .migration_set_state = {name}_set,
}};

static int init(struct lampdev *d)
{{
    {flags}
    return 0;
}}
"""

SWITCH = ["OFF ON", "ON OFF"]
DIMMER = [*SWITCH, "ON DIM", "DIM ON", "DIM OFF"]
QUESTION = Question("direct", {"dimmer": "LAMP_DIMMER"}, "LAMP_SWITCH")


def arc(pair: str, more: str = "") -> str:
    """An `if` for one arc."""
    old, new = pair.split()
    return f"    if (cur == LAMP_{old} && new == LAMP_{new}{more})\n        return NULL; /* {pair} */\n"


def driver(tree: Path, name: str, arcs: str, flags: str = "d->migration_flags = LAMP_SWITCH;") -> None:
    """Write a driver."""
    (tree / name).mkdir()
    (tree / name / "main.c").write_text(DRIVER.format(name=name, arcs=arcs, flags=flags), encoding="utf-8")
    (tree / name / "core.c").write_text(CORE, encoding="utf-8")


def review(tree: Path, spec: str = SPEC, policy: Policy | None = None) -> Review:
    """The review of the tree, with the core in it."""
    if not (tree / "core.c").exists():
        (tree / "core.c").write_text(CORE, encoding="utf-8")
    from verifier.source.functions.drivers import Protocol

    lamps = Protocol(
        "migration_set_state", "vfio_mig_get_next_state", "migration_flags", "lamp", r"\w+_step_device_state"
    )
    return conform(Source("lamp.arc", textwrap.dedent(spec)), Folder(tree), policy or Policy(), QUESTION, lamps)


def findings(of: Review) -> list[tuple[str, str, str]]:
    """Machine, code and subject of each finding."""
    return [(machine, f.code, f.subject) for machine, f in of.findings()]


def only(of: Review) -> Finding:
    """The one finding."""
    ((_, found),) = of.findings()
    return found


def test_driver_with_exactly_the_arcs_asked_for_conforms(tmp_path: Path) -> None:
    driver(tmp_path, "plain", "".join(map(arc, SWITCH)))
    driver(tmp_path, "full", "".join(map(arc, DIMMER)), "d->migration_flags = LAMP_SWITCH | LAMP_DIMMER;")
    found = review(tmp_path)
    assert findings(found) == []
    assert found.exit_code == 0
    assert [m.name for m in found.machines] == ["lamp", "full/main.c", "plain/main.c"]
    assert found.machines[1].strength == "full_step_device_state(): 5 arcs; declares LAMP_SWITCH | LAMP_DIMMER"
    assert found.machines[0].strength == "1 of 1 tables match"


def test_missing_arc_is_breaking_and_has_both_lines(tmp_path: Path) -> None:
    driver(tmp_path, "full", "".join(map(arc, DIMMER[:-1])), "d->migration_flags = LAMP_SWITCH | LAMP_DIMMER;")
    found = review(tmp_path)
    assert findings(found) == [("full/main.c", "ARC811", "arc DIM -> OFF")]
    missing = only(found)
    assert missing.level is Level.BREAKING
    assert missing.place is not None
    assert "/* unknown */" in missing.place.text
    assert "LAMP_SWITCH | LAMP_DIMMER, declared in full/main.c:" in missing.note
    assert found.exit_code == 1


def test_arc_that_nobody_asks_for(tmp_path: Path) -> None:
    driver(tmp_path, "plain", "".join(map(arc, DIMMER)))
    found = review(tmp_path)
    assert [(c, s) for _, c, s in findings(found)] == [("ARC812", f"arc {a.replace(' ', ' -> ')}") for a in (
        "ON DIM", "DIM OFF", "DIM ON",
    )]  # fmt: skip
    assert found.exit_code == 0
    assert review(tmp_path, policy=Policy("safety@1", "risky")).exit_code == 1


def test_flags_under_a_condition_are_two_sets(tmp_path: Path) -> None:
    flags = "d->migration_flags = LAMP_SWITCH;\n    if (d->dimmable)\n        d->migration_flags |= LAMP_DIMMER;"
    driver(tmp_path, "some", "".join(map(arc, DIMMER)), flags)
    found = review(tmp_path)
    assert findings(found) == []
    assert "LAMP_SWITCH | LAMP_DIMMER or LAMP_SWITCH" in found.machines[1].strength


def test_arc_under_a_condition_that_the_spec_does_not_know_is_undecided(tmp_path: Path) -> None:
    driver(tmp_path, "plain", arc("OFF ON", " && d->powered") + arc("ON OFF"))
    found = review(tmp_path)
    assert findings(found) == [("plain/main.c", "ARC704", "arc OFF -> ON")]
    assert "only if (d->powered)" in only(found).note
    assert found.machines[1].relation is Relation.UNDECIDED
    assert found.exit_code == 3


def test_arc_that_fails_under_a_condition_is_implemented(tmp_path: Path) -> None:
    fails = "if (!d->bulb)\n            return ERR_PTR(-ENODEV);\n        return NULL;"
    fails = f"    if (cur == LAMP_OFF && new == LAMP_ON) {{\n        {fails}\n    }}\n"
    driver(tmp_path, "plain", fails + arc("ON OFF"))
    found = review(tmp_path)
    assert findings(found) == []
    assert found.machines[1].strength.endswith("LAMP_OFF -> LAMP_ON fails unless (d->bulb)")


def test_step_function_that_is_not_understood_is_undecided(tmp_path: Path) -> None:
    driver(tmp_path, "plain", "#ifdef CONFIG_X\n" + arc("OFF ON") + "#endif\n" + arc("ON OFF"))
    found = review(tmp_path)
    assert found.exit_code == 3
    assert {c for _, c, _ in findings(found)} == {"ARC704"}


def test_driver_without_flags_or_without_a_setter_is_undecided(tmp_path: Path) -> None:
    driver(tmp_path, "mute", "".join(map(arc, SWITCH)), "")
    (tmp_path / "lost").mkdir()
    text = DRIVER.format(name="lost", arcs=arc("ON OFF"), flags="").replace(".migration_set_state", ".other")
    (tmp_path / "lost" / "main.c").write_text(text, encoding="utf-8")
    found = review(tmp_path)
    notes = sorted(f.note for _, f in found.findings())
    assert notes == [
        "no migration_set_state leads to lost_step_device_state()",
        "nothing is assigned to migration_flags",
    ]
    assert found.exit_code == 3


def test_states_that_cannot_be_told_apart_are_a_problem(tmp_path: Path) -> None:
    driver(tmp_path, "odd", "    if (cur == 1 && new == 0)\n        return NULL;\n")
    found = review(tmp_path)
    assert [p.code for p in found.problems] == ["ARC971"]
    assert found.exit_code == 2


def test_table_that_differs_is_breaking_cell_by_cell(tmp_path: Path) -> None:
    (tmp_path / "core.c").write_text(CORE.replace("{ 0, 9, 4 }", "{\n0,\n8,\n3 }"), encoding="utf-8")
    found = review(tmp_path)
    table = only(found)
    assert (table.code, table.subject, table.before, table.after) == ("ARC813", "level(ON)", "9", "8")
    assert [c.subject for c in table.consequences] == ["level(DIM)"]
    assert table.place is not None
    assert (table.place.path, table.place.line) == ("core.c", 7)
    assert found.exit_code == 1


def test_table_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "core.c").write_text("int x;", encoding="utf-8")
    found = review(tmp_path)
    assert [p.code for p in found.problems] == ["ARC952"]
    assert found.exit_code == 2


def test_spec_that_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="dimmer"):
        review(tmp_path, SPEC.replace("param dimmer: bool", "param faint: bool").replace("(dimmer or", "(faint or"))
    with pytest.raises(SpecError, match="direct"):
        review(tmp_path, SPEC.replace("def direct", "def other"))


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    done = CliRunner().invoke(arcproof, ["conform", *arguments], standalone_mode=False)
    return int(done.return_value), done.output


def test_command_prints_one_document_and_ends_with_the_code(tmp_path: Path) -> None:
    (tmp_path / "core.c").write_text(CORE, encoding="utf-8")
    (tmp_path / "lamp.arc").write_text(SPEC, encoding="utf-8")
    code, output = run(str(tmp_path / "lamp.arc"), "--source-tree", str(tmp_path), "--no-drivers")
    assert code == 0
    assert output.startswith("PASSED")
    code, output = run(str(tmp_path / "lamp.arc"), "--source-tree", str(tmp_path), "--flag", "faint=X")
    assert code == 2
    assert "no parameter faint" in output


@pytest.mark.kernel
def test_vfio_drivers_of_6_12_conform() -> None:
    found = conform(read_source(str(MIGRATION)), Folder(vfio("6.12")), Policy(), Question())
    assert findings(found) == []
    assert {m.name: m.strength.split(": ")[1].split(";")[0] for m in found.machines[1:]} == {
        "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c": "9 arcs",
        "drivers/vfio/pci/mlx5/main.c": "15 arcs",
        "drivers/vfio/pci/pds/vfio_dev.c": "8 arcs",
        "drivers/vfio/pci/qat/main.c": "15 arcs",
        "samples/vfio-mdev/mtty.c": "15 arcs",
    }
    assert found.exit_code == 0


@pytest.mark.kernel
def test_vfio_drivers_of_6_1_conform_though_its_tables_are_smaller() -> None:
    found = conform(read_source(str(MIGRATION)), Folder(vfio("6.1")), Policy(), Question())
    assert [(m, c) for m, c, _ in findings(found)] == [("vfio_migration_v2", "ARC813")] * 2
    assert [m.strength for m in found.machines[1:]] == [
        "hisi_acc_vf_set_device_state(): 6 arcs; declares VFIO_MIGRATION_STOP_COPY",
        "mlx5vf_pci_step_device_state_locked(): 8 arcs; declares VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P",
    ]
    assert found.exit_code == 1
