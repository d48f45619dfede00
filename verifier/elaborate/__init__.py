"""Tree to model: names, types, well-formedness; a Model, or every error of the phase.

What the language reference leaves to this package:

Names. Types, values, bits, parameters, variables, functions, tables and definitions share one namespace and may
be declared in any order; rules share one with tags; properties, sources have their own. A local name (of a rule's or
definition's parameter, a binder, a `let`) hides nothing; `_` is a bound name that is not used. `start`, `goal` and
`fit` are reserved. An unknown name is reported at its first use only.

Types. A machine word and a flags type have at most 64 bits; keys of maps, elements of sets, domains of binders and
an index have at most 4096 values; a table has at most 65,536 entries, between booleans, enums, flags, ints and
words. An opaque type is no domain of a binder. A definition, a `let` or a chain of them, written out, has at most
100,000 parts and is nested at most 300 deep.

Numbers. A number is an int unless a word is demanded, or a flags value and it is written with 0b or 0x. An int
constant, or an interval, that lies wholly outside the range its place demands is an error; one that lies partly
outside is checked by `Op.FIT`. Such a place is: an assignment, an initial value, an argument, a key or value of a
map, an element of a set that is demanded, the left side of `in` a set. `fit(e, LO, HI)` states the same check.

Flags and sets. Braces hold bits where a flags value is demanded, or where a bit stands in them; otherwise elements
of a set. `{}` needs a place that says its type. `x in {a, b}` is a disjunction of equalities, also where the set comes
from a definition; `x in int LO..HI` is a range test, `x in T` for x of type T true. Sets have no operators: `those`
writes union, intersection and complement. `each` ranges over a type only.

Primes. `x'` stands in constraints of rules and in `every step`; of a definition without parameters, `d'` is its value
after the step. Every variable whose primed form occurs in a rule, read or written, may change. A rule gives a
variable a value (`x' = e`, `x' in e`, the end of an arc) at most once; other constraints may restrict it.

What may be mentioned. `where` of a parameter: that parameter. `assume`, initial values: parameters. `where`, `is` of
path claims: `start` and `goal`; `except`, `blocked`: parameters too. `through` of `routes`: also the control
variable; of `equals a path of`: every variable. `matching f`: a table, or a definition without variables and
functions.

Arcs. `{A, B}` at an end is one flags value where bits stand in it, otherwise several values; a definition of one
argument stands for the values for which it is true; a parameter of the arc is a value. A failure has the arc's guard,
parameters, actor, tags and citations; `T.fails`, for a tag T, refers to the failures of T's arcs.
"""

from verifier.elaborate.reading import parse_term, value_of
from verifier.elaborate.spec import elaborate

__all__ = ["elaborate", "parse_term", "value_of"]
