"""What stands in C sources: tables read out of a kernel tree, compared with a spec's, and turned into specs."""

from verifier.source.arrays import CCell, CTable, read_table
from verifier.source.comparison import compare
from verifier.source.extract import extract_table
from verifier.source.extraction import Cell, CPlace, Extraction, Gap, Overwritten, Remark
from verifier.source.refusal import SourceError

__all__ = [
    "CCell",
    "CPlace",
    "CTable",
    "Cell",
    "Extraction",
    "Gap",
    "Overwritten",
    "Remark",
    "SourceError",
    "compare",
    "extract_table",
    "read_table",
]
