"""What a spec says in vain, or does not say although it seems to: one file a check, `registry` lists them.

A check that speaks of runs asks the pipeline, so that what it finds is certified as any verdict is: that a rule
never fires rests on an invariant that the checker has confirmed, that two rules overlap on a run that it has
replayed. What is not decided in time is not claimed, and is listed as open.
"""

from verifier.lint.registry import lint
from verifier.lint.subject import Finding, Findings, Open

__all__ = ["Finding", "Findings", "Open", "lint"]
