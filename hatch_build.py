"""Builds the exploration kernel into the wheel where a C compiler is at hand; without one the wheel is pure Python."""

from __future__ import annotations

import runpy
import sysconfig
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILDING = "verifier/statespace/building.py"


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the shared object. It has no Python in it, so one wheel serves every version of Python."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Compile the kernel, but not for an editable installation: that compiles it when it is first used."""
        if version == "editable":
            return
        building = runpy.run_path(str(Path(self.root) / BUILDING))
        self.folder = tempfile.TemporaryDirectory()
        built = Path(self.folder.name) / building["BUILT"]
        try:
            building["build"](built)
        except (OSError, RuntimeError) as error:
            self.app.display_warning(f"built without the exploration kernel: {error}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"] = {str(built): str(Path(BUILDING).with_name(building["BUILT"]))}

    def finalize(self, version: str, build_data: dict[str, object], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
