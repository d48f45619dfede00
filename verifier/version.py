"""The version of arcproof; it stands here once."""

__version__ = "0.1.0"
