"""Subtitles (SubRip and WebVTT): the words alone, joined into sentences, with their times."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.subtitle_paragraphs import Spoken, paragraphs
from qa_bot.schema import Omission

_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})"
TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]{{0,9}}-->[ \t]{{0,9}}{_TIME}(?:[ \t].{{0,200}})?")
BEGINS = re.compile(
    rf"\s{{0,99}}(?:WEBVTT\b|(?:\d{{1,6}}[ \t]*\n[ \t]*)?{_TIME}[ \t]{{0,9}}-->)", re.ASCII
)
HEADER_LANGUAGE = re.compile(r"^Language:[ \t]*([a-z]{2})\b", re.MULTILINE)
NOT_A_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
VOICE = re.compile(r"<v(?:\.[^\s>]{0,80})?[ \t]+([^>]{1,120})>")
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<[\d:.]{5,12}>|\{\\[^{}]{0,80}\}")
# What is heard besides words, on a line of its own or around them: "[Applause]", "♪".
SOUND = re.compile(r"^[-–—\s]*(?:\[[^\[\]]{1,80}\]|\([A-Z][A-Z ,'-]{1,80}\))[\s.]*$|[♪♫]+")
CHANGE = re.compile(r"(?:&gt;|>){2,3}[ \t]*")
# "PRESIDENT SMITH:", and after ">>" "John Smith:".
LABEL = re.compile(r"([A-ZÀ-Þ][A-ZÀ-Þ0-9.'’ \-]{1,48}):(?=[ \t]|$)[ \t]*")
NAMED = re.compile(r"([A-ZÀ-Þ][\w.'’ \-]{1,48}):(?=[ \t]|$)[ \t]*")
ROLLING = 0.3  # of all captions, that repeat the line before: it rolls up the screen
SOUNDS = "sounds in brackets"


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands on the screen from one time to another, in seconds."""

    start: float
    end: float
    lines: tuple[str, ...]


def load(data: bytes) -> Loaded:
    """The spoken words, without numbers, times and markup; paragraphs with their times as turns."""
    text = decode(data)
    if not is_subtitles(text):
        raise UnusableFileError("no subtitles: it does not begin with times, 00:00:01 --> 00:00:04")
    return load_text(text)


def is_subtitles(text: str) -> bool:
    """Whether a text begins as files of subtitles do.

    >>> is_subtitles("1\\n00:00:00,000 --> 00:00:04,137\\nGood evening."), is_subtitles("1\\nOne.")
    (True, False)
    """
    return BEGINS.match(text.lstrip("\ufeff")) is not None


def load_text(text: str) -> Loaded:
    """The same of a text that is known to be subtitles."""
    text = text.lstrip("\ufeff")
    sounds = 0
    spoken: list[Spoken] = []
    speaker = ""
    for cue in _without_repeats(list(_cues(text))):
        for line in cue.lines:
            heard = SOUND.sub("", line)
            sounds += heard != line and any(map(str.isalpha, line)) and not heard.strip()
            speaker, changes, words = _speaker(heard, speaker)
            if words:
                spoken.append(Spoken(cue.start, cue.end, speaker, changes, words))
    language = HEADER_LANGUAGE.search(text[:500]) if text.startswith("WEBVTT") else None
    kept, turns = paragraphs(spoken)
    facts = {"language": language[1]} if language else {}
    omissions = (Omission(SOUNDS, sounds),) if sounds else ()
    return Loaded(kept, facts=facts, turns=turns, omissions=omissions)


def _cues(text: str) -> Iterator[Cue]:
    """Times and the lines between them; a number or a name before the times is none of these."""
    times: tuple[float, float] | None = None
    lines: list[str] = []
    ends_block = True  # whether the line before is blank
    skipping = False
    for line in [*text.split("\n"), ""]:
        timing = TIMING.fullmatch(line)
        if timing:
            if times:
                yield Cue(*times, tuple(_without_number(lines)))
            numbers = timing.groups()
            times, lines, skipping = (_seconds(numbers[:4]), _seconds(numbers[4:])), [], False
        elif not line.strip():
            ends_block, skipping = True, False
            lines.append("")
            continue
        elif ends_block and NOT_A_CUE.match(line):
            skipping = True
        elif times and not skipping:
            lines.append(line)
        ends_block = False
    if times:
        yield Cue(*times, tuple(line for line in lines if line))


def _without_number(lines: Sequence[str]) -> list[str]:
    """The lines of a caption, without what names the next one: the last line, behind a blank one
    or a figure."""
    kept = list(lines)
    if kept and kept[-1] and (kept[-1].strip().isdecimal() or (len(kept) > 1 and not kept[-2])):
        kept.pop()
    return [line for line in kept if line]


def _seconds(numbers: Sequence[str | None]) -> float:
    hours, minutes, seconds, parts = (n or "0" for n in numbers)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{parts}")


def _without_repeats(cues: list[Cue]) -> list[Cue]:
    """Captions that roll up the screen show each line twice or more: it counts once."""
    repeats = sum(
        bool(before.lines and after.lines) and _bare(after.lines[0]) == _bare(before.lines[-1])
        for before, after in pairwise(cues)
    )
    if repeats < ROLLING * len(cues) or len(cues) < 3:
        return cues
    kept: list[Cue] = []
    shown: tuple[str, ...] = ()
    for cue in cues:
        bare = tuple(_bare(line) for line in cue.lines)
        new = tuple(line for line, form in zip(cue.lines, bare, strict=True) if form not in shown)
        shown = bare or shown
        if new:
            kept.append(Cue(cue.start, cue.end, new))
    return kept


def _bare(line: str) -> str:
    return " ".join(TAG.sub("", line).split())


def _speaker(line: str, speaker: str) -> tuple[str, bool, str]:
    """(who speaks, whether another begins to, the words) of a line, given who spoke before."""
    before = speaker
    changes = False
    if voice := VOICE.search(line):
        speaker = _words(voice[1])
        changes = speaker != before
    words = _words(TAG.sub("", line))
    if change := CHANGE.match(words):
        words = words[change.end() :]
        named = NAMED.match(words)
        speaker, changes = (named[1].strip() if named else ""), True
        words = words[named.end() :] if named else words
    elif label := LABEL.match(words):
        speaker, words = label[1].strip(), words[label.end() :]
        changes = speaker != before
    return speaker, changes, words.strip()


def _words(text: str) -> str:
    return " ".join(html.unescape(text).split())
