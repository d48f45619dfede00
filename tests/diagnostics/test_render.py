"""Diagnostics as text."""

from __future__ import annotations

from verifier.diagnostics import Diagnostic, Note, Source, Span, render

TEXT = "machine m\nvar x: bool\n\tvar \u754c\u00e9: int\n" + "a" * 200 + " here " + "b" * 200 + "\n\x1b[31mred\u202e\n"
SOURCE = Source("s.arc", TEXT)


def at(line: int, column: int, end: int, end_line: int | None = None) -> Span:
    return Span("s.arc", line, column, end_line or line, end)


def lines(*diagnostics: Diagnostic) -> list[str]:
    return render(diagnostics, [SOURCE]).split("\n")


def test_a_diagnostic_has_its_place_its_line_a_caret_then_notes_and_help_last() -> None:
    found = Diagnostic(
        "ARC020", "x is declared twice", at(2, 5, 6), (Note("first here", at(1, 9, 10)), Note("really")), "rename it"
    )
    assert render([found], [SOURCE]) == (
        "error[ARC020]: x is declared twice\n"
        " --> s.arc:2:5\n"
        "2 | var x: bool\n"
        "  |     ^\n"
        "note: first here\n"
        " --> s.arc:1:9\n"
        "1 | machine m\n"
        "  |         ^\n"
        "note: really\n"
        "help: rename it\n"
    )


def test_no_diagnostics_are_no_text() -> None:
    assert render([], [SOURCE]) == ""


def test_diagnostics_are_sorted_by_their_places_with_an_empty_line_between_two() -> None:
    found = [
        Diagnostic("ARC002", "b", at(2, 1, 2)),
        Diagnostic("ARC001", "a", at(1, 3, 4)),
        Diagnostic("ARC901", "none"),
    ]
    heads = [line for line in lines(*found) if line.startswith("error") or not line]
    assert heads == ["error[ARC901]: none", "", "error[ARC001]: a", "", "error[ARC002]: b", ""]


def test_a_span_is_underlined_to_its_end_or_to_the_end_of_its_first_line() -> None:
    assert lines(Diagnostic("ARC001", "e", at(2, 5, 12)))[3] == "  |     ^^^^^^^"
    assert lines(Diagnostic("ARC001", "e", at(2, 5, 3, end_line=3)))[3] == "  |     ^^^^^^^"


def test_a_caret_behind_the_line_or_of_no_length_is_one_caret() -> None:
    assert lines(Diagnostic("ARC001", "e", at(1, 10, 11)))[3] == "  |          ^"
    assert lines(Diagnostic("ARC001", "e", at(1, 1, 1)))[3] == "  | ^"


def test_tabs_are_spaces_and_wide_characters_take_two_columns() -> None:
    found = lines(Diagnostic("ARC001", "e", at(3, 7, 8)))
    assert found[2:4] == ["3 |     var \u754c\u00e9: int", "  |           ^"]
    assert lines(Diagnostic("ARC001", "e", at(3, 6, 7)))[3] == "  |         ^^"


def test_a_long_line_is_cut_around_the_caret() -> None:
    line, caret = lines(Diagnostic("ARC001", "e", at(4, 202, 206)))[2:4]
    assert line.startswith("4 | ...aaa")
    assert line.endswith("bbb...")
    assert len(line) == 110
    assert line[caret.index("^") : caret.rindex("^") + 1] == "here"


def test_the_ends_of_a_long_line_are_shown_as_ends() -> None:
    start, caret = lines(Diagnostic("ARC001", "e", at(4, 1, 400)))[2:4]
    assert start == "4 | " + "a" * 100 + "..."
    assert caret == "  | " + "^" * 100
    end = lines(Diagnostic("ARC001", "e", at(4, 406, 407)))[2]
    assert end == "4 | ..." + "b" * 100


def test_what_a_terminal_would_act_on_is_not_shown() -> None:
    found = lines(Diagnostic("ARC001", "bad \x1b]0;\u202e", at(5, 1, 2)))
    assert found[0] == "error[ARC001]: bad \ufffd]0;\ufffd"
    assert found[2] == "5 | \ufffd[31mred\ufffd"


def test_only_the_place_is_named_in_a_file_that_is_not_at_hand() -> None:
    assert (
        render([Diagnostic("ARC001", "e", Span("other.arc", 3, 4, 3, 5))], [SOURCE])
        == "error[ARC001]: e\n --> other.arc:3:4\n"
    )
    assert lines(Diagnostic("ARC001", "e", at(99, 1, 2)))[1:] == [" --> s.arc:99:1", ""]


def test_a_carriage_return_at_a_line_end_is_not_shown() -> None:
    assert (
        render([Diagnostic("ARC001", "e", Span("w", 1, 1, 1, 2))], [Source("w", "ab\r\ncd")]).split("\n")[2] == "1 | ab"
    )
