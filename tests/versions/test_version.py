"""What a word on the command line means."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.versions.scratch import Scratch
from verifier.versions import VersionError, version_of


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with specs at two places, one of which only exists on disk; there is a branch `topic`."""
    repo = Scratch(tmp_path / "repo")
    repo.commit({"spec/a.arc": "a\n", "spec/deep/b.arc": "b\n", "other/c.arc": "c\n", "README": "r\n"})
    repo.git("branch", "topic")
    repo.write({"spec/d.arc": "d\n"})
    return repo.top


def refusal(text: str, cwd: Path) -> tuple[str, str, str | None]:
    with pytest.raises(VersionError) as error:
        version_of(text, cwd)
    (found,) = error.value.diagnostics
    return found.code, found.message, found.help


def test_file(top: Path) -> None:
    version = version_of("a.arc", top / "spec")
    assert version.specs == ("spec/a.arc",)
    assert version.label == "a.arc"
    assert version.files.read("spec/a.arc") == b"a\n"
    assert version.files.read("other/c.arc") == b"c\n"


def test_folder_means_all_specs_below_it(top: Path) -> None:
    assert version_of("spec", top).specs == ("spec/a.arc", "spec/d.arc", "spec/deep/b.arc")
    Scratch(top).git("branch", "x.arc")
    assert version_of(".", top).specs == ("other/c.arc", "spec/a.arc", "spec/d.arc", "spec/deep/b.arc")
    assert version_of(".", top / "spec/deep").specs == ("spec/deep/b.arc",)
    assert version_of(str(top / "other"), Path("/")).specs == ("other/c.arc",)


def test_revision_means_all_its_specs(top: Path) -> None:
    version = version_of("topic", top / "spec")
    assert version.specs == ("other/c.arc", "spec/a.arc", "spec/deep/b.arc")
    assert version.label.startswith("topic (")


def test_revision_and_path(top: Path) -> None:
    assert version_of("topic:spec/a.arc", top).specs == ("spec/a.arc",)
    assert version_of("topic:spec", top / "other").specs == ("spec/a.arc", "spec/deep/b.arc")
    assert version_of("topic:spec/", top).specs == ("spec/a.arc", "spec/deep/b.arc")
    assert version_of("topic:./deep", top / "spec").specs == ("spec/deep/b.arc",)
    assert version_of("topic:../other/c.arc", top / "spec").specs == ("other/c.arc",)
    assert version_of("topic:", top).specs == ("other/c.arc", "spec/a.arc", "spec/deep/b.arc")
    assert version_of("HEAD:spec/a.arc", top).label.endswith("):spec/a.arc")


def test_standard_input_is_one_spec(top: Path) -> None:
    version = version_of("-", top, io.BytesIO(b"machine m\n"))
    assert version.specs == ("<stdin>",)
    assert version.files.read("<stdin>") == b"machine m\n"
    assert version.files.read("spec/a.arc") is None


def test_path_and_revision_of_one_name_is_refused(top: Path) -> None:
    Scratch(top).git("branch", "spec")
    code, message, hint = refusal("spec", top)
    assert (code, message) == ("ARC922", "spec is the name of a folder, and of a revision")
    assert hint == "write ./spec for the folder, spec: for the revision"
    assert version_of("./spec", top).label == "./spec"
    assert version_of("spec:", top).label.startswith("spec (")


def test_file_that_looks_like_a_revision_and_path_wins_unless_both_exist(top: Path) -> None:
    (top / "topic:x").write_text("x\n")
    assert version_of("topic:x", top).specs == ("topic:x",)
    (top / "topic:spec").write_text("x\n")
    assert refusal("topic:spec", top)[0] == "ARC922"


def test_nothing_of_this_name(top: Path, tmp_path: Path) -> None:
    assert refusal("spek", top) == (
        "ARC921",
        "there is no file or folder spek, and no revision of this name",
        "did you mean spec?",
    )
    assert refusal("topic:spec/e.arc", top)[0] == "ARC921"
    assert "did you mean topic:spec/a.arc?" in str(refusal("topic:spec/aa.arc", top)[2])
    assert refusal("spec", tmp_path)[1] == "there is no file or folder spec, and no git repository is here"
    assert refusal("", top)[0] == "ARC921"


def test_paths_need_no_repository(tmp_path: Path) -> None:
    (tmp_path / "m.arc").write_text("m\n")
    assert version_of("m.arc", tmp_path).specs == ("m.arc",)
    assert version_of(".", tmp_path).specs == ("m.arc",)


def test_path_in_a_revision_does_not_leave_it(top: Path) -> None:
    assert refusal("topic:../../etc/passwd", top)[0] == "ARC921"
    assert refusal("topic:/etc/passwd", top)[0] == "ARC921"
