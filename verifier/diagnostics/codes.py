"""The one table of diagnostic codes. A code keeps its meaning for ever, and is never given again.

ARC001 to ARC019: syntax. ARC020 to ARC059: elaboration. ARC060 to ARC069: what `lint` finds. ARC9nn: input.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What a code stands for: a title of a few words, and one sentence of explanation."""

    title: str
    explanation: str


_SYNTAX = {
    "ARC001": CodeInfo("syntax error", "Something else was expected here."),
    "ARC002": CodeInfo("unexpected character", "The character has no meaning in the language outside strings."),
    "ARC003": CodeInfo("string not closed", "A string ends on the line on which it begins."),
    "ARC004": CodeInfo("malformed number", "A number is decimal digits, 0b and binary digits, or 0x and hex digits."),
    "ARC005": CodeInfo("name too long", "A name has at most 200 characters, a number at most 200 digits."),
    "ARC006": CodeInfo("keyword used as a name", "The words of the language are reserved."),
    "ARC007": CodeInfo("unknown declaration", "Each declaration begins with its keyword."),
    "ARC008": CodeInfo("bracket not closed", "An opening bracket has no closing one in its declaration."),
    "ARC009": CodeInfo("foreign operator", "Another language's operator stands where this language has its own."),
    "ARC010": CodeInfo("chained comparison", "A comparison compares two things; `and` joins two comparisons."),
    "ARC011": CodeInfo("nesting too deep", "Brackets and expressions may be nested 200 levels deep."),
    "ARC012": CodeInfo("clause given twice", "Each clause but `cite` stands at most once."),
    "ARC013": CodeInfo("no machine", "A spec begins with `machine NAME`, and describes one machine."),
    "ARC014": CodeInfo("malformed table", "Each line of a table's grid starts and ends with `|`."),
    "ARC015": CodeInfo("not supported yet", "The form belongs to the language, but cannot be checked yet."),
    "ARC016": CodeInfo("too many errors", "The first 200 errors of a file are reported."),
}

# The elaborator's codes: names, sorts, well-formedness.
_ELABORATION = {
    "ARC020": CodeInfo("name declared twice", "A name means one thing; a local name hides no other."),
    "ARC021": CodeInfo("unknown name", "Nothing of this name is declared; each unknown name is reported once."),
    "ARC022": CodeInfo("unknown type", "No type of this name is declared."),
    "ARC023": CodeInfo("wrong type", "The expression has another type than its place demands; nothing is converted."),
    "ARC024": CodeInfo("wrong kind of name", "The name stands for something that has no place here."),
    "ARC025": CodeInfo("wrong number of arguments", "A call has one argument for each parameter."),
    "ARC026": CodeInfo("outside the range", "The number can never be a value of the type."),
    "ARC027": CodeInfo(
        "no value after the step", "Only constraints, `every step` and `ltl` speak of the state after a step."
    ),
    "ARC028": CodeInfo("not a variable", "Only a variable is changed, and observed."),
    "ARC029": CodeInfo(
        "recursive definition", "A definition is written out where it is used, and so cannot use itself."
    ),
    "ARC030": CodeInfo(
        "expression too large", "Written out, an expression has at most 100,000 parts, nested 300 deep."
    ),
    "ARC031": CodeInfo(
        "values cannot be listed", "The place needs a type with finitely many values, and not too many."
    ),
    "ARC032": CodeInfo("malformed type", "The type has no values, too many, or a number for two of them."),
    "ARC033": CodeInfo("operator not defined", "The operator has no meaning for this type."),
    "ARC034": CodeInfo("type not known", "Nothing says of which type `{}` is."),
    "ARC035": CodeInfo("variable not allowed", "The place may not mention this variable or parameter."),
    "ARC036": CodeInfo("two values", "A rule gives a variable one value after the step."),
    "ARC037": CodeInfo("no control variable", "Arcs and path claims speak of one variable of an enum or flags type."),
    "ARC038": CodeInfo(
        "wrong end of an arc", "An arc ends at values, or where a definition of one control value is true."
    ),
    "ARC039": CodeInfo("unknown rule", "The name is neither that of a rule nor that of a tag."),
    "ARC040": CodeInfo("malformed grid", "A grid has a header line, and lines of as many cells."),
    "ARC041": CodeInfo("combination missing", "A table has an entry for every combination of argument values."),
    "ARC042": CodeInfo("combination twice", "A table has one entry for each combination of argument values."),
    "ARC043": CodeInfo("not a constant", "A cell of a table is a constant value."),
    "ARC044": CodeInfo("unknown source", "What `cite` names is declared by `source`."),
    "ARC045": CodeInfo("no such length", "A path has LO to HI steps, where 1 <= LO <= HI."),
    "ARC046": CodeInfo("reserved name", "The name has a meaning of its own in every spec."),
    "ARC047": CodeInfo(
        "not computable",
        "What is said of pairs of control values may not depend on an uninterpreted function, and which instances "
        "are meant not on a parameter.",
    ),
    "ARC048": CodeInfo(
        "temporal operator not allowed", "An operator of temporal logic joins formulas of its own logic, not values."
    ),
}

# What `lint` finds.
_LINT = {
    "ARC060": CodeInfo("rule never fires", "No run reaches a state of which the rule's guard is true."),
    "ARC061": CodeInfo("contradictory constraints", "Where a rule's guard holds, there is a state after the step."),
    "ARC062": CodeInfo("not used", "What is declared is mentioned somewhere, and variables are read and written."),
    "ARC063": CodeInfo("variable left free", "A rule that reads a variable's value after the step says what it is."),
    "ARC064": CodeInfo("rules overlap", "Where determinism is claimed, each state leaves a choice of one rule only."),
    "ARC065": CodeInfo("vacuous property", "A property has a premise that comes true in some run."),
    "ARC066": CodeInfo("implied property", "A property says something that the others do not say together."),
    "ARC067": CodeInfo("no initial state", "Some values of the parameters and variables are allowed initially."),
}

_INPUT = {
    "ARC901": CodeInfo("file not readable", "The file does not exist, or may not be read."),
    "ARC902": CodeInfo("not a file", "A spec is a file; this is a folder or something else."),
    "ARC903": CodeInfo("not UTF-8", "A spec is text in UTF-8."),
    "ARC904": CodeInfo("NUL byte", "A spec is text; this looks like binary data."),
    "ARC905": CodeInfo("file too large", "A spec has at most 1,000,000 bytes."),
    "ARC950": CodeInfo("source not readable", "The source tree, or the file in it, does not exist or may not be read."),
    "ARC951": CodeInfo("path leaves the source tree", "A C file is named by a path inside the source tree."),
    "ARC952": CodeInfo(
        "no such table in C", "The file does not initialise exactly one array of integers of that name."
    ),
    "ARC953": CodeInfo("C not understood", "The C code is not plain enough to be read without running its build."),
    "ARC954": CodeInfo(
        "C constant without a value", "The name has no definition in the tree, or C does not define the number."
    ),
    "ARC955": CodeInfo(
        "C constant not certain", "What the name stands for depends on the configuration or on the place."
    ),
    "ARC956": CodeInfo("outside the C array", "An index, an initialiser or a value has no place in the array."),
    "ARC957": CodeInfo(
        "table unlike the C array", "A table has one argument for each index of its array, and values with numbers."
    ),
}

CODES: Mapping[str, CodeInfo] = MappingProxyType({**_SYNTAX, **_ELABORATION, **_LINT, **_INPUT})
