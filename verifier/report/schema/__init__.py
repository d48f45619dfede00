"""The published schemas, as text."""

from importlib import resources

SCHEMAS = {"report": "arcproof.report/1", "review": "arcproof.review/1", "stats": "arcproof.stats/1"}
"""What is published: the name under which `arcproof schema` prints it, and that which its documents bear."""


def schema_text(name: str = "report") -> str:
    """Return the JSON Schema of a name in `SCHEMAS`. Raises KeyError for any other."""
    file = SCHEMAS[name].removeprefix("arcproof.").replace("/", "-") + ".json"
    return resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
