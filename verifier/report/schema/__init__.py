"""The published schemas, as text."""

from importlib import resources


def schema_text() -> str:
    """Return the JSON Schema that every JSON report satisfies (`arcproof.report/1`)."""
    return resources.files(__name__).joinpath("report-1.json").read_text(encoding="utf-8")
