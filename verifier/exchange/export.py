"""A model in the language of another model checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.exchange import murphi, promela
from verifier.exchange.flat import Flattening
from verifier.exchange.machine import Flat, Omitted, Question, nodes
from verifier.exchange.printing import Notation
from verifier.exchange.questions import questions
from verifier.exchange.refusal import Unsayable
from verifier.model.claims import Property
from verifier.model.model import Model, restricted
from verifier.model.terms import TRUE


@dataclass(frozen=True)
class Language:
    """A language: how a machine is written in it, how an expression is, and for each class of questions that it lacks,
    why it does."""

    write: Callable[[Flat], str]
    notation: Notation
    lacks: Mapping[type[Question], str]

    def reason(self, question: Question) -> str | None:
        """Return why the question cannot be asked in the language; None iff it can."""
        if isinstance(question, Omitted):
            return question.reason
        try:
            for node in nodes(question):
                self.notation.text(node)
        except Unsayable as error:
            return str(error)
        return self.lacks.get(type(question))


LANGUAGES: Mapping[str, Language] = {
    "promela": Language(promela.promela, promela.NOTATION, promela.LACKS),
    "murphi": Language(murphi.murphi, murphi.NOTATION, murphi.LACKS),
}


@dataclass(frozen=True)
class Export:
    """The text, and the properties that are not in it."""

    text: str
    omitted: tuple[Omitted, ...]


def export(model: Model, language: str, properties: Sequence[Property] | None = None) -> Export:
    """Return the model, with these properties (None: all of its own), in a language of LANGUAGES.

    The machine has the same states and the same transitions; each property that is in the text holds there iff it
    holds here. Properties that share one `assuming` are about the machine that it restricts: if all are of this kind,
    that machine is exported. Raises Unsayable where the machine cannot be said.
    """
    target = LANGUAGES[language]
    machine = flatten(model, model.properties if properties is None else properties)
    said, omitted = list[Question](), list[Omitted]()
    for question in machine.questions:
        reason = target.reason(question)
        if reason is None:
            said.append(question)
        else:
            omitted.append(Omitted(question.name, question.text, reason))
    return Export(target.write(replace(machine, questions=(*said, *omitted))), tuple(omitted))


def flatten(model: Model, properties: Sequence[Property], prefix: str = "") -> Flat:
    """Return the machine with these properties as questions; its variables' names begin with `prefix`.
    Raises Unsayable."""
    if model.functions:
        raise Unsayable(f"function {model.functions[0].name} is uninterpreted: it has no values that could be listed")
    shared = {p.assuming for p in properties}
    if len(shared) == 1 and TRUE not in shared:
        model = restricted(model, shared.pop())
        properties = [replace(p, assuming=TRUE) for p in properties]
    flattening = Flattening.of(model, prefix)
    machine = Flat(model.name, flattening.blocks, flattening.initial(), flattening.actions(), ())
    return replace(machine, questions=tuple(questions(flattening, machine, properties)))
