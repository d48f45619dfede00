"""`arcproof waivers`: list, check, draft, prune."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.change.level import Level
from verifier.report.formats.json import render_json, review_of
from verifier.report.review import Finding, MachineReview, Relation, Review, Waived

PRINT, OTHER = "7c1e" + "0" * 60, "a" * 64
DAY = 24 * 60 * 60


def stanza(id: str = "W-1", print_: str = PRINT, extra: str = "") -> str:
    return f"""# for {id}
[[waiver]]
id = "{id}"
code = "ARC302"
machine = "vfio"
subject = "rule stop"
fingerprint = "sha256:{print_}"
kind = "change"
reason = "drivers never relied on it"
owner = "a@b.c"
link = "https://lore.kernel.org/r/1"
{extra}
"""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(100 * DAY))  # 1970-04-11


def write(folder: Path, *texts: str, name: str = "arcproof-waivers.toml") -> Path:
    path = folder / name
    path.write_text("\n".join(texts))
    return path


def stored(folder: Path, waived: Waived | None = None) -> None:
    broken = Finding("ARC506", "refuted", "broken", "property safe", Level.BREAKING, Level.BREAKING, OTHER)
    root = Finding(
        "ARC302", "narrowed", "guard narrowed", "rule stop", Level.BREAKING, Level.BREAKING, PRINT, "true", "p2p"
    )
    general = Finding("ARC601", "changed", "config", "arcproof.toml", Level.RISKY, Level.RISKY, "b" * 64)
    machine = MachineReview(
        "vfio", "vfio.arc", Relation.RESTRICTS, findings=(replace(root, waived=waived, consequences=(broken,)),)
    )
    review = Review("diff", "main", "HEAD", "uapi@1", "breaking", "fail", machines=(machine,), general=(general,))
    (folder / "review.json").write_text(render_json(review))


def test_no_file_is_no_waivers(arcproof) -> None:
    result = arcproof("waivers", "list")
    assert (result.code, result.out) == (0, "0 waivers: 0 expired, 0 about to expire\n")
    assert "no file arcproof-waivers.toml" in result.err
    assert arcproof("waivers", "list", "--file", "none.toml").code == 2


def test_each_waiver_is_listed_with_what_it_accepts_and_why(arcproof, folder: Path) -> None:
    write(folder, stanza(), stanza("W-2", OTHER, "expires = 1970-04-10"))
    result = arcproof("waivers", "list")
    assert result.code == 0
    assert result.out == (
        "W-1  change  does not expire\n"
        "  ARC302 rule stop of vfio  sha256:7c1e00000000\n"
        "  drivers never relied on it\n"
        "  a@b.c  https://lore.kernel.org/r/1\n"
        "W-2  change  EXPIRED\n"
        "  ARC302 rule stop of vfio  sha256:aaaaaaaaaaaa\n"
        "  drivers never relied on it\n"
        "  a@b.c  https://lore.kernel.org/r/1\n"
        "2 waivers: 1 expired, 0 about to expire\n"
    )


def test_what_a_terminal_would_act_on_is_not_listed(arcproof, folder: Path) -> None:
    write(folder, stanza().replace("drivers never", "drivers \\u001b[31m never"))
    assert "\x1b" not in arcproof("waivers", "list").out


@pytest.mark.parametrize(
    ("expires", "code", "told"),
    [
        ("1970-04-10", 1, "ARC603 waiver W-1 expired: its last day was 1970-04-10\n1 waivers: 1 expired"),
        ("1970-04-11", 0, "ARC605 waiver W-1 is about to expire: its last day is 1970-04-11\n"),
        ("1970-05-11", 0, "ARC605 waiver W-1 is about to expire"),
        ("1970-05-12", 0, "1 waivers: 0 expired, 0 about to expire\n"),
    ],
)
def test_check_fails_for_an_expired_one_and_names_those_about_to(
    arcproof, folder: Path, expires: str, code: int, told: str
) -> None:
    write(folder, stanza(extra=f"expires = {expires}"))
    result = arcproof("waivers", "check")
    assert result.code == code
    assert result.out.startswith(told)


def test_errors_of_the_file_end_every_command(arcproof, folder: Path) -> None:
    write(folder, stanza().replace('owner = "a@b.c"\n', ""))
    stored(folder)
    for command in (["list"], ["check"], ["prune", "--from", "review.json"]):
        result = arcproof("waivers", *command)
        assert (result.code, result.out) == (2, "")
        assert "error[ARC944]: `owner` is missing" in result.err
        assert " --> arcproof-waivers.toml:2:1\n" in result.err


def test_the_configuration_names_the_file_and_the_limit(arcproof, folder: Path) -> None:
    (folder / "arcproof.toml").write_text('config-version = 1\nwaivers = "ok.toml"\nmax-waivers = 1\n')
    write(folder, stanza(), name="ok.toml")
    assert arcproof("waivers", "check").code == 0
    write(folder, stanza(), stanza("W-2", OTHER), name="ok.toml")
    result = arcproof("waivers", "check")
    assert result.code == 2
    assert "error[ARC946]: there are 2 waivers, and `max-waivers` is 1" in result.err


def test_a_wrong_date_in_the_environment_is_an_error(arcproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    result = arcproof("waivers", "check")
    assert (result.code, result.out) == (2, "")
    assert "SOURCE_DATE_EPOCH is `soon`" in result.err


def test_a_draft_has_a_waiver_for_the_change_and_each_grave_consequence(arcproof, folder: Path) -> None:
    stored(folder)
    result = arcproof("waivers", "draft", "7c1e", "--from", "review.json")
    assert (result.code, result.err) == (0, "")
    assert result.out.count("[[waiver]]") == 2
    assert "# before: true\n# after:  p2p\n" in result.out
    assert f'fingerprint = "sha256:{PRINT}"' in result.out
    assert 'code = "ARC506"' in result.out
    path = write(folder, result.out)
    assert arcproof("waivers", "check").code == 2, "reason, owner and link are still to be given"
    text = result.out.replace("say here why the change is acceptable, and to whom", "nobody relies on it")
    path.write_text(text.replace('owner = ""', 'owner = "a@b.c"').replace('link = ""', 'link = "https://x.org/1"'))
    assert arcproof("waivers", "check").out == "2 waivers: 0 expired, 0 about to expire\n"


def test_a_draft_of_a_hostile_review_acts_on_no_terminal_and_is_toml(arcproof, folder: Path) -> None:
    subject = 'rule "\\\x1b[31m\u202e\n[[waiver]]'
    found = Finding("ARC302", "narrowed", "t\x1b", subject, Level.BREAKING, Level.BREAKING, PRINT, "a\nb", "\x9b")
    machine = MachineReview("vfio", "vfio.arc", Relation.RESTRICTS, findings=(found,))
    review = Review("diff", "main", "HEAD", "uapi@1", "breaking", "fail", machines=(machine,))
    (folder / "review.json").write_text(render_json(review))
    result = arcproof("waivers", "draft", PRINT, "--from", "review.json")
    assert not {"\x1b", "\u202e", "\x9b"} & set(result.out)
    (waiver,) = tomllib.loads(result.out)["waiver"]
    assert waiver["subject"] == subject
    missing = arcproof("waivers", "draft", "ffff", "--from", "review.json")
    assert missing.code == 2
    assert not {"\x1b", "\u202e"} & set(missing.err)


def test_what_cannot_be_waived_is_not_drafted(arcproof, folder: Path) -> None:
    stored(folder)
    result = arcproof("waivers", "draft", "bbbb", "--from", "review.json")
    assert (result.code, result.out) == (2, "")
    assert "ARC601 (config) cannot be waived" in result.err


def test_prune_removes_what_a_merged_review_has_used_and_keeps_the_rest(arcproof, folder: Path) -> None:
    head, rest = "# Our waivers.\n\n", stanza("W-2", OTHER) + "\n# the end\n"
    path = write(folder, head + stanza() + rest)
    stored(folder)
    assert arcproof("waivers", "prune", "--from", "review.json").out == "0 of 2 waivers are spent\n"
    stored(folder, Waived("W-1", "accepted", "drivers never relied on it"))
    tried = arcproof("waivers", "prune", "--from", "review.json", "--dry-run")
    assert (tried.code, tried.out) == (0, "spent: W-1\n1 of 2 waivers are spent\n")
    assert path.read_text() == head + stanza() + rest
    done = arcproof("waivers", "prune", "--from", "review.json")
    assert (done.code, done.out) == (0, "removed: W-1\n1 of 2 waivers are spent\n")
    assert path.read_text() == head + rest


SPEC = "machine lamp\nvar on: bool = false\nvar locked: bool = false\nrule lock by user { locked' = not locked }\n"


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_prune_finds_what_was_merged_in_the_history(arcproof, folder: Path) -> None:
    (folder / "spec").mkdir()
    old, new = (f"{SPEC}rule press by user{guard} {{ on' = not on }}\n" for guard in ("", " when not locked"))
    (folder / "spec" / "lamp.arc").write_text(old)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "the lamp")
    (folder / "spec" / "lamp.arc").write_text(new)
    (folder / "review.json").write_text(arcproof("diff", "HEAD", ".", "-f", "json").out)
    (found,) = (f for _, f in review_of((folder / "review.json").read_text()).findings())
    path = write(folder, stanza("W-1", found.fingerprint), stanza("W-2", OTHER))
    before = path.read_text()
    assert arcproof("waivers", "prune", "--since", "HEAD").out == "0 of 2 waivers are spent\n"
    git("add", ".")
    git("commit", "-q", "-m", "locked")
    assert arcproof("waivers", "prune", "--since", "HEAD~1").out == "removed: W-1\n1 of 2 waivers are spent\n"
    assert path.read_text() == stanza("W-2", OTHER)
    assert path.read_text() in before


def test_prune_removes_nothing_where_it_cannot_tell(arcproof, folder: Path) -> None:
    path = write(folder, stanza())
    for arguments, told in (
        ([], "Expected --since REV or --from REVIEW.json"),
        (["--since", "HEAD"], "ARC920"),
    ):
        result = arcproof("waivers", "prune", *arguments)
        assert (result.code, result.out) == (2, "")
        assert told in result.err
    assert path.read_text() == stanza()
