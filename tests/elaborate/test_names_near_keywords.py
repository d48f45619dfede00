"""A keyword that is misspelt where a name may stand is a name that is not declared, with the keyword as help."""

import pytest

from verifier import pipeline
from verifier.diagnostics import Source, SpecError


@pytest.mark.parametrize(("word", "meant"), [("flase", "false"), ("ture", "true"), ("xor", None)])
def test_an_unknown_name_that_resembles_a_keyword_is_taken_for_it(word, meant):
    spec = f"machine m\nvar b: bool = false\nrule r {{ b' = {word} }}\n"
    with pytest.raises(SpecError) as raised:
        pipeline.model_of(Source("m.arc", spec))
    (found,) = raised.value.diagnostics
    assert (found.code, found.help) == ("ARC021", meant and f"did you mean {meant}?")
