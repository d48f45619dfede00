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
        "old name still in use", "What `was` names is gone from this version, or has another name here."
    ),
    "ARC049": CodeInfo("old name claimed twice", "Of what was renamed one thing came; only rules are split."),
    "ARC050": CodeInfo("renamed to itself", "`was` names another name than the one before it."),
    "ARC051": CodeInfo(
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

# Versions: git repositories, and series of patches from a mailing list.
_VERSIONS = {
    "ARC920": CodeInfo("no git repository", "The folder lies in a git repository, and the git program is there."),
    "ARC921": CodeInfo("no such version", "A version is a path, a revision, REVISION:PATH, or `-`."),
    "ARC922": CodeInfo("path or revision", "The name is that of a file or folder and of a revision as well."),
    "ARC923": CodeInfo("object missing", "The repository lacks an object; nothing is fetched."),
    "ARC924": CodeInfo("git failed", "The git program did not do what was asked of it."),
    "ARC925": CodeInfo("conflict in the index", "An index in which a merge is not finished is no version."),
    "ARC926": CodeInfo("no patch", "A series has patches, and each patch has a diff."),
    "ARC927": CodeInfo("incomplete series", "A series of m patches has each number from 1 to m."),
    "ARC928": CodeInfo("ambiguous series", "The mails are one revision of one series, with each number once."),
    "ARC929": CodeInfo("patch leaves the tree", "A patch changes ordinary files inside the tree, and nothing else."),
    "ARC930": CodeInfo("binary patch", "What a binary patch does cannot be read by a reviewer."),
    "ARC931": CodeInfo("diff not understood", "A diff is in unified format, with the lines that its hunks announce."),
    "ARC932": CodeInfo("mail damaged", "A patch is sent as plain text whose lines are kept as they are."),
    "ARC933": CodeInfo("series too large", "The size of a series, and the number of its patches, are limited."),
    "ARC934": CodeInfo("no base", "A series is applied to the commit that is named, or that it names itself."),
    "ARC935": CodeInfo("base missing", "The repository lacks the commit that the series is made for."),
    "ARC936": CodeInfo("patch does not apply", "Each patch applies to what the patches before it have made."),
    "ARC937": CodeInfo("no such machine", "A machine that is asked for is one of those that are compared."),
    "ARC938": CodeInfo("nothing to compare", "A review is about at least one spec, or about C code that can be read."),
    "ARC939": CodeInfo("patch damaged", "A patch makes of a file what it made of it for its author."),
}

# What the project says of its gate: configuration, policy, waivers, intent.
_POLICY = {
    "ARC940": CodeInfo("malformed TOML", "The file is text in UTF-8, and TOML 1.0."),
    "ARC941": CodeInfo("unknown key", "Each key has a meaning; what has none is refused, not passed over."),
    "ARC942": CodeInfo("value of another type", "Each key takes a value of one type, or of a few."),
    "ARC943": CodeInfo("value not allowed", "The value is none of those that the key takes."),
    "ARC944": CodeInfo("key missing", "The table says everything that it must say."),
    "ARC945": CodeInfo("two configurations", "A folder has `arcproof.toml`, or `[tool.arcproof]` in `pyproject.toml`."),
    "ARC946": CodeInfo("too many waivers", "The configuration says how many waivers there may be."),
    "ARC947": CodeInfo(
        "cannot be accepted", "Errors, what was not compared, and changes of the policy are never waived."
    ),
    "ARC948": CodeInfo(
        "waiver given twice", "Each waiver has an id of its own, and accepts what no other one accepts."
    ),
    "ARC949": CodeInfo("intent about nothing", "An intent names machines, rules and properties that the specs have."),
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
    "ARC958": CodeInfo(
        "C not understood in part", "This part of the C code is missing from the extracted spec: nothing is guessed."
    ),
    "ARC959": CodeInfo("no such enum in C", "An enum named for the index of a table is in the C code, and fits one."),
    "ARC960": CodeInfo("comment contradicts the code", "What a comment beside C code says is what the code does."),
    "ARC961": CodeInfo("extraction too large", "A spec made of C code is no longer than a spec may be."),
    "ARC970": CodeInfo(
        "no such function in C", "The file defines exactly one function of that name, with a plain head."
    ),
    "ARC971": CodeInfo(
        "states not certain", "A state function compares two expressions, the old and the new state, with one enum."
    ),
    "ARC972": CodeInfo(
        "result not certain", "A state function returns a permission or a state, or leaves a state in one place."
    ),
    "ARC973": CodeInfo(
        "state function too large", "There are at most 4096 pairs of states, and code is nested at most 600 deep."
    ),
    "ARC974": CodeInfo(
        "nothing to ask the spec", "Conformance takes a control variable of an enum type, and parameters for C's flags."
    ),
}

CODES: Mapping[str, CodeInfo] = MappingProxyType({**_SYNTAX, **_ELABORATION, **_LINT, **_VERSIONS, **_POLICY, **_INPUT})
