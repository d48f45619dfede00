"""What stands in C sources: tables read out of a kernel tree, and compared with a spec's."""

from verifier.source.arrays import CCell, CTable, read_table
from verifier.source.comparison import compare
from verifier.source.refusal import SourceError

__all__ = ["CCell", "CTable", "SourceError", "compare", "read_table"]
