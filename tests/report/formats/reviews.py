"""Random reviews, with whatever a stranger may put into names, terms and messages; and a few that tell a story."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from verifier.change.checks import CHECKS
from verifier.change.level import Level, worst
from verifier.report.review import (
    Finding,
    MachineReview,
    PatchRow,
    Place,
    Problem,
    Proof,
    Relation,
    Review,
    Run,
    RunStep,
    Verdicts,
    Waived,
)  # fmt: skip

HOSTILE = (
    "", " ", "  indented", "tab\there", "{0} {{1}}", "x" * 400, "word " * 120, "STOP_COPY -> PRE_COPY", "a,b:c",
    "\n::error file=x::pwned", "::set-output name=a::b", "##[error]pwned", "%0A::error::x",
    "]]>", "<![CDATA[", "\ufffe\uffff", "\x00\x0b\x85\x9b", "\x1b[2J\x1b]0;x\x07", "\u202eevil", "\u2028",
    "<!-- arcproof:gate -->", "</details><script>alert(1)</script>", "| a | b |", "a\\|b", "`code` ``two`` ```",
    "```\n# x", "[click](http://evil.example)", "![x](http://evil.example/y.png)", "@someone please", "GH-1", "&lt;",
    "From nobody", "\n.\n", "\n--\n", "\ndiff --git a/x b/x\n--- a/x\n+++ b/x", "./x", "--", "- a\n- b",
)  # fmt: skip


def without_codes(text: str) -> str:
    """The text without anything that looks like a code: the tests look for codes in documents."""
    return text.replace("ARC", "arc")


texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=30).map(without_codes), st.sampled_from(["stop", "not p2p", "true"])
)
names = st.one_of(st.sampled_from(["vfio", "nvme", "stop"]), texts)
optional = st.none() | texts
codes = st.one_of(st.sampled_from(sorted(CHECKS)), st.sampled_from(["ARC001", "ARC901"]))
marks = st.sampled_from(["7c1e" * 16, "ab" * 32, "0" * 64])
small = st.integers(0, 3)
paths = st.one_of(st.sampled_from(["spec/vfio.arc", "a b.arc", "/etc/x.arc", "main:spec/v.arc"]), texts)
places = st.builds(Place, paths, st.integers(1, 10**6), st.integers(1, 500), texts)
steps = st.builds(RunStep, texts, texts, st.none() | places)
runs = st.builds(
    Run, st.sampled_from(["old", "new"]), texts, texts, st.lists(steps, max_size=3).map(tuple), st.none() | small
)
waivers = st.builds(
    Waived, texts, st.sampled_from(["accepted", "expired", "self-granted", "outgrown"]), texts, texts, texts, texts
)


def finding(consequences: st.SearchStrategy[Finding] | None = None) -> st.SearchStrategy[Finding]:
    """A finding whose level is the worst of its own and its consequences'."""
    below = st.just(()) if consequences is None else st.lists(consequences, max_size=2).map(tuple)
    drawn = st.builds(
        Finding,
        code=codes, kind=texts, title=texts, subject=st.one_of(texts, names.map("property {}".format)),
        level=st.just(Level.NONE), own=st.sampled_from(Level), fingerprint=marks, before=optional, after=optional,
        actor=optional, note=texts, why=texts, place=st.none() | places, old_place=st.none() | places,
        runs=st.lists(runs, max_size=2).map(tuple), proof=st.lists(texts, max_size=2).map(tuple),
        waived=st.none() | waivers, consequences=below, quoted=st.lists(texts, max_size=2).map(tuple),
    )  # fmt: skip
    return drawn.map(lambda f: dataclasses.replace(f, level=worst(f.own, *(c.level for c in f.consequences))))


findings = finding(finding(finding()))
few = st.lists(findings, max_size=2).map(tuple)
verdicts = st.builds(
    Verdicts, names, st.sampled_from([None, "PROVED", "REFUTED"]), st.sampled_from([None, "PROVED", "UNKNOWN"]),
    st.none() | st.sampled_from(["proved", "failed", "undecided", "not checked"]), texts, st.none() | places,
)  # fmt: skip
machines = st.builds(
    MachineReview, names, paths, st.sampled_from(Relation), texts, st.lists(texts, max_size=2).map(tuple),
    st.lists(st.builds(Proof, texts, texts, texts, texts), max_size=2).map(tuple), few,
    st.lists(verdicts, max_size=3).map(tuple), st.tuples(small, small), st.tuples(small, small), st.booleans(),
)  # fmt: skip
problems = st.builds(
    Problem,
    codes,
    st.sampled_from(["old", "new", ""]),
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.none() | places,
)
patches = st.builds(
    PatchRow,
    st.integers(1, 9),
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    few,
)
reviews = st.builds(
    Review,
    command=st.sampled_from(["check", "diff", "gate", "patch", "conform"]), base=texts, head=texts, profile=texts,
    fail_on=st.sampled_from(["breaking", "risky", "note", "never"]), undecided=st.sampled_from(["fail", "warn"]),
    machines=st.lists(machines, max_size=2).map(tuple), general=few,
    problems=st.lists(problems, max_size=1).map(tuple), patches=st.lists(patches, max_size=2).map(tuple),
    reproduce=texts, reused=small, searched=small, contradiction=st.none() | st.none() | texts, policy_note=texts,
    notes=st.lists(texts, max_size=2).map(tuple), version=st.just("1.2.3"),
)  # fmt: skip
