"""The machines of `benchmarks.families`, as models."""

from benchmarks.families import spec
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.syntax import parse


def family(name, size):
    """The model of one machine."""
    return model(spec(name, size))


def model(text):
    """The model of a spec's text."""
    source = Source("test.arc", text)
    return elaborate(parse(source), source)
