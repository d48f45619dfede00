"""The review as JUnit XML: a suite is a machine, a case is a property or a finding.

A failure is a finding that fails the gate; an error is what is undecided or could not be checked; only what a waiver
accepts is skipped. There are no times in it. Source: the schema `junit-10.xsd` of the Jenkins xUnit plugin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from verifier.change.level import Level
from verifier.report.formats import phrases
from verifier.report.formats.entries import TOOL, Entry, general_entries, machine_entries
from verifier.report.formats.phrases import one_line
from verifier.report.result import Outcome
from verifier.report.review import MachineReview, Relation, Review, Verdicts, failing


def render_junit(review: Review) -> str:
    """Return the XML document."""
    root = Element("testsuites", name=TOOL)
    suites = [_suite(TOOL, general_entries(review), (), review)]
    suites += [_machine(machine, review) for machine in review.machines]
    root.extend(suites)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _machine(machine: MachineReview, review: Review) -> Element:
    found = machine_entries(machine)
    told = {f.subject for entry in found if entry.finding is not None for f in entry.finding.tree()}
    silent = [p for p in machine.properties if f"property {p.name}" not in told]
    relation = [_relation(machine)] * (machine.relation not in _UNCOMPARED)
    return _suite(one_line(machine.name), found, [*relation, *map(_property, silent)], review)


_UNCOMPARED = (Relation.CHECKED, Relation.UNDECIDED, Relation.UNREADABLE)
"""Where there is no relation to state, or it is an error among the entries."""


def _suite(name: str, found: Iterable[Entry], cases: Iterable[Element], review: Review) -> Element:
    suite = Element("testsuite", name=name)
    listed = [*(_case(name, entry, review) for entry in found), *cases]
    for case in listed:
        case.set("classname", name)
    suite.set("tests", str(len(listed)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in listed)))
    properties = SubElement(suite, "properties")
    for key, value in _properties(review):
        SubElement(properties, "property", name=key, value=value)
    suite.extend(listed)
    return suite


def _properties(review: Review) -> Iterator[tuple[str, str]]:
    yield "conclusion", review.conclusion
    yield "exit_code", str(review.exit_code)
    yield "summary", phrases.tally(review)
    yield "sides", phrases.sides(review)
    yield "command", one_line(review.reproduce or review.command)


def _case(suite: str, entry: Entry, review: Review) -> Element:
    case = Element("testcase", name=_name(entry))
    body = "\n".join((entry.heading, f"at {phrases.at(entry.place)}", *entry.details))
    tag = _tag(entry, review)
    if tag == "system-out":
        SubElement(case, tag).text = body
    else:
        SubElement(case, tag, type=one_line(entry.code), message=_message(entry)).text = body
    return case


def _name(entry: Entry) -> str:
    """A finding about a property is that property's case, so that its history is one."""
    subject = entry.finding.subject if entry.finding else ""
    return one_line(subject) if subject.startswith("property ") else f"{one_line(entry.code)} {entry.title}"


def _message(entry: Entry) -> str:
    waived = entry.finding.waived if entry.finding else None
    return phrases.waiver_text(waived) if waived and entry.accepted else entry.heading


def _tag(entry: Entry, review: Review) -> str:
    if entry.accepted:
        return "skipped"
    if entry.level in (Level.ERROR, Level.UNDECIDED):
        return "error"
    return "failure" if entry.level in failing(review.fail_on) else "system-out"


def _relation(machine: MachineReview) -> Element:
    """The case that says how both sides relate."""
    case = Element("testcase", name=f"relation {one_line(machine.name)}")
    SubElement(case, "system-out").text = "\n".join(
        filter(None, (phrases.headline(machine), phrases.unchanged(machine)))
    )
    return case


def _property(verdicts: Verdicts) -> Element:
    """The case of a property that no finding is about."""
    case = Element("testcase", name=f"property {one_line(verdicts.name)}")
    told = " -> ".join(one_line(v) for v in (verdicts.old, verdicts.new) if v is not None)
    text = ", ".join(filter(None, (told, one_line(verdicts.evidence))))
    tag = _BAD.get(verdicts.outcome or "")
    if tag is None:
        SubElement(case, "system-out").text = text
    else:
        SubElement(case, tag, type=one_line(verdicts.outcome or ""), message=text).text = text
    return case


_BAD = {
    Outcome.FAILED.value: "failure",
    Outcome.UNDECIDED.value: "error",
    Outcome.UNREADABLE.value: "error",
    Outcome.CONTRADICTION.value: "error",
    Outcome.UNCHECKED.value: "skipped",
}
