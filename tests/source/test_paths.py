"""Nothing outside the source tree is ever read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.tables import refuse, write
from verifier.files import Folder
from verifier.source import SourceError, read_table


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with the file `x.c`, beside a file `secret.c` and a folder `outside` with `secret.h`."""
    write(tmp_path / "tree", "u8 t[1] = { 1 };")
    (tmp_path / "secret.c").write_text("u8 t[1] = { 7 };", encoding="utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.h").write_text("#define ONE 1\n", encoding="utf-8")
    return tmp_path / "tree"


@pytest.mark.parametrize(
    "file", ["../secret.c", "include/../../secret.c", "./../tree/x.c", "/etc/passwd", "../tree/x.c"]
)
def test_a_path_that_leads_out_is_refused(tree: Path, file: str) -> None:
    assert [d.code for d in refuse(tree, file)] == ["ARC951"]


def test_an_absolute_path_is_refused_even_if_it_leads_in(tree: Path) -> None:
    assert [d.code for d in refuse(tree, str(tree / "x.c"))] == ["ARC951"]


def test_a_link_that_leads_out_is_refused(tree: Path) -> None:
    (tree / "link.c").symlink_to(tree.parent / "secret.c")
    (tree / "folder").symlink_to(tree.parent)
    assert [d.code for d in refuse(tree, "link.c")] == ["ARC950"]
    assert [d.code for d in refuse(tree, "folder/secret.c")] == ["ARC950"]


def test_a_link_within_the_tree_is_followed(tree: Path) -> None:
    (tree / "link.c").symlink_to("x.c")
    assert read_table(Folder(tree), "link.c", "t").cells[0,].value == 1


@pytest.mark.parametrize("file", ["y.c", "", ".", "x.c/y", "loop.c", "x.c\0", "y" * 5000])
def test_what_is_no_file_is_refused(tree: Path, file: str) -> None:
    (tree / "loop.c").symlink_to("loop.c")
    assert [d.code for d in refuse(tree, file)] == ["ARC950"]


def test_a_tree_that_is_no_folder_is_refused(tree: Path) -> None:
    for path in (tree / "x.c", tree / "y"):
        with pytest.raises(SourceError, match="ARC950"):
            read_table(Folder(path), "x.c", "t")


@pytest.mark.parametrize("name", ["secret.h", "../outside/secret.h"])
def test_a_header_outside_the_tree_is_not_read(tree: Path, name: str) -> None:
    (tree / "secret.h").symlink_to(tree.parent / "outside/secret.h")
    write(tree, f'#include "{name}"\nu8 t[1] = {{ ONE }};')
    assert [d.code for d in refuse(tree)] == ["ARC954"]


def test_headers_may_include_each_other(tree: Path) -> None:
    write(
        tree,
        "#include <linux/a.h>\nu8 t[1] = { ONE };",
        linux_a='#include "b.h"',
        linux_b='#include "a.h"\n#define ONE 1',
    )
    assert read_table(Folder(tree), "x.c", "t").cells[0,].value == 1
