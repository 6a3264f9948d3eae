from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus.loaders import UnusableFileError, load
from qa_bot.corpus.loaders.base import Loaded
from qa_bot.schema import Omission


def time_of(seconds: float) -> str:
    return f"{int(seconds) // 3600:02}:{int(seconds) % 3600 // 60:02}:{seconds % 60:06.3f}"


def srt(*cues: tuple[float, str], length: float = 3.0) -> bytes:
    made = (
        f"{n}\n{time_of(at)} --> {time_of(at + length)}\n{words}\n"
        for n, (at, words) in enumerate(cues, start=1)
    )
    return "\n".join(made).replace(".", ",", 0).encode()


def turns_of(loaded: Loaded) -> list[tuple[str, str, float | None]]:
    return [(t.speaker, loaded.text[t.start : t.end], t.time) for t in loaded.turns]


@pytest.mark.parametrize("name", ["a.srt", "a.txt"])
def test_words_without_numbers_times_and_markup(name: str) -> None:
    data = srt(
        (731, "{\\an8}<i>The dam</i> will hold"),
        (734.5, "until <font color='red'>2031</font> &amp; no longer."),
        (738, "2032"),
        (741, "is too late."),
    )
    loaded = load(name, data)
    assert loaded.text == "The dam will hold until 2031 & no longer. 2032 is too late."
    assert turns_of(loaded) == [("", loaded.text, 731.0)]


def test_commas_of_subrip_dots_of_webvtt_and_hours_left_out() -> None:
    cues = "\ufeffWEBVTT - Debate\nKind: captions\nLanguage: en-GB\n\nNOTE\nby hand\n\n"
    cues += "STYLE\n::cue {}\n\n"
    cues += "first\n00:01.500 --> 00:02.000 align:start position:0%\nWe met\r\n\r\n"
    cues += "100:00:03.000 --> 100:00:04.000\n<c.yellow>in the</c> <00:00:03.500>hall.\n"
    loaded = load("a.vtt", cues.encode())
    assert turns_of(loaded) == [("", "We met in the hall.", 1.5)]
    assert loaded.facts["language"] == "en"
    comma = load("a.srt", b"1\n00:00:01,250 --> 00:00:02,000\nYes.\n")
    assert comma.turns[0].time == 1.25


def test_speakers_are_those_that_the_file_states() -> None:
    data = srt(
        (0, "<v.loud Ada Berg>Good evening.</v>"),
        (3, "<v Ada Berg>I am glad."),
        (6, "PRESIDENT STONE: So am I,"),
        (9, "very much so."),
        (12, ">> Maria Sol: We are late."),
        (15, "&gt;&gt; Who are you?"),
        (18, "The rule: nobody speaks."),
    )
    assert turns_of(load("a.srt", data)) == [
        ("Ada Berg", "Good evening. I am glad.", 0.0),
        ("PRESIDENT STONE", "So am I, very much so.", 6.0),
        ("Maria Sol", "We are late.", 12.0),
        ("", "Who are you? The rule: nobody speaks.", 15.0),
    ]


def test_paragraphs_end_with_sentences_and_have_their_times() -> None:
    sentence = "The harbour will be dug deeper, and the town will pay for a half of it."
    cues = [(10.0 * n, sentence[:40] if n % 2 == 0 else sentence[40:]) for n in range(20)]
    loaded = load("a.srt", srt(*cues, length=10))
    paragraphs = [text for _, text, _ in turns_of(loaded)]
    assert len(paragraphs) == 2
    assert all(text.endswith("half of it.") for text in paragraphs)
    assert loaded.text == "\n\n".join(paragraphs)
    assert loaded.turns[1].time == 120.0


def test_silence_after_a_sentence_ends_a_paragraph() -> None:
    data = srt((0, "We begin."), (9, "And go on"), (19, "after a pause."))
    assert [text for _, text, _ in turns_of(load("a.srt", data))] == [
        "We begin.",
        "And go on after a pause.",
    ]


def test_captions_without_full_stops_are_cut_between_lines() -> None:
    loaded = load("a.srt", srt(*((3.0 * n, f"words of line {n:03}") for n in range(200))))
    assert len(loaded.turns) > 5
    assert all(loaded.text[t.start :].startswith("words of line") for t in loaded.turns)


def test_captions_that_roll_up_are_kept_once() -> None:
    lines = [f"line number {n}" for n in range(9)]
    cues = [(3.0 * n, f"{a}\n{b}") for n, (a, b) in enumerate(pairwise(lines))]
    assert load("a.srt", srt(*cues)).text == " ".join(lines)
    assert load("a.srt", srt((0, "No."), (3, "No."), (6, "Never."), (9, "Yes."))).text == (
        "No. No. Never. Yes."
    )


def test_sounds_are_left_out_and_told() -> None:
    loaded = load("a.srt", srt((0, "Thank you"), (3, "[Applause]"), (6, "all. ♪ (MUSIC)")))
    assert loaded.text == "Thank you all. (MUSIC)"
    assert loaded.omissions == (Omission("sounds in brackets"),)


@pytest.mark.parametrize("text", ["1\nFirst of all.", "Times: 00:00:01,000 --> 00:00:02,000"])
def test_other_texts_are_no_subtitles(text: str) -> None:
    assert load("a.txt", text.encode()).text == text
    with pytest.raises(UnusableFileError, match="no subtitles"):
        load("a.srt", text.encode())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["1", "00:00:01,000 --> 00:00:02,000", "00:09.1 --> 99:99", "", "WEBVTT", "NOTE x"]
        )
        | st.text(alphabet="aB .:<>v&;[]-♪\u2028\r", max_size=20),
        max_size=25,
    )
)
def test_any_lines_are_text_or_a_reason(lines: list[str]) -> None:
    data = "\n".join(["WEBVTT", *lines]).encode()
    try:
        loaded = load("a.vtt", data)
    except UnusableFileError as error:
        assert "damaged" not in error.reason
    else:
        ends = [0]
        for turn in loaded.turns:
            assert ends[-1] <= turn.start < turn.end <= len(loaded.text)
            ends.append(turn.end)
