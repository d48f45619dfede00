"""Builds what is written in C into the wheel where a C compiler is at hand; without one the wheel is pure Python."""

from __future__ import annotations

import runpy
import sysconfig
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NATIVE = "verifier/native.py"

SOURCES = ("statespace/kernel.c", "recount/recount.c", "recount/labelling.c")
"""What is compiled, each alone."""


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the shared objects. They have no Python in them, so one wheel serves every version of Python."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Compile them, but not for an editable installation: that compiles each when it is first used."""
        if version == "editable":
            return
        native = runpy.run_path(str(Path(self.root) / NATIVE))
        self.folder = tempfile.TemporaryDirectory()
        made = {Path(self.folder.name) / native["built"](source).name: source for source in SOURCES}
        try:
            for target, source in made.items():
                native["build"](native["PACKAGE"] / source, target)
        except (OSError, RuntimeError) as error:
            self.app.display_warning(f"built without what is written in C: {error}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"] = {
            str(target): str(Path("verifier", source).with_name(target.name)) for target, source in made.items()
        }

    def finalize(self, version: str, build_data: dict[str, object], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
