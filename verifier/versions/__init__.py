"""Versions of files: a folder, a git revision, an index, a series of patches from a mailing list.

Read a version: `version_of("REV:PATH", cwd)` for a word of the command line, or `Repository(path)` with `tree(rev)`,
`index()`, `worktree()`, `merge_base(a, b)` and `resolve(rev)`. Each gives `Files`; `changed(a, b)` compares two.

Read a series: `read_series(data)` gives its patches in order, and refuses all that is not one whole series;
`applied(repo, base, series)` gives the files after each patch; `hunk_at(patch, path, line)` the hunk to quote;
`pair(old, new)` compares two revisions of a series.

Git runs on a configuration of our own (`private.py`). Nothing in the repository is written, no hook of it is run,
none of its settings obeyed, and nothing fetched. What cannot be read raises VersionError or SeriesError (ARC920 to
ARC936), which end a command with exit code 2. Texts of a series are a stranger's, and not yet fit for a terminal.
"""

from verifier.versions.apply import Applied, applied, base_of
from verifier.versions.git import Repository
from verifier.versions.hunks import FileDiff, Hunk
from verifier.versions.rangediff import Pair, pair
from verifier.versions.refusal import SeriesError, VersionError
from verifier.versions.series import Cover, Patch, Series, hunk_at, read_series
from verifier.versions.tree import GitFiles, WorkTree, changed
from verifier.versions.version import Version, version_of

__all__ = [
    "Applied",
    "Cover",
    "FileDiff",
    "GitFiles",
    "Hunk",
    "Pair",
    "Patch",
    "Repository",
    "Series",
    "SeriesError",
    "Version",
    "VersionError",
    "WorkTree",
    "applied",
    "base_of",
    "changed",
    "hunk_at",
    "pair",
    "read_series",
    "version_of",
]
