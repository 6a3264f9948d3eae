"""What every front shows of an answer: whole sentences, what is marked, what stands together.

A citation may quote three words; they are shown in their sentence, marked. Citations of one
sentence share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from qa_bot.schema import Answer, Citation, DocumentInfo, Turn

VIDEO_SITES = ("youtube.com", "youtu.be", "youtube-nocookie.com", "dailymotion.com")
OPEN = 3  # sentences of evidence that stand open; the others are folded away


@dataclass(frozen=True)
class Sentence:
    """A sentence to show and the citations that quote it, in the order of their words."""

    citations: tuple[Citation, ...]

    @property
    def document(self) -> DocumentInfo:
        """What is known of the speech, and of whoever says these words in it."""
        return self.citations[0].about

    @property
    def text(self) -> str:
        return self.citations[0].sentence

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The sentence cut where marks begin and end: (text, whether it is marked), none empty."""
        base, parts, at = self.citations[0].sentence_start, [], 0
        for start, end in marks(self.citations):
            start, end = start - base, end - base
            parts += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        parts.append((self.text[at:], False))
        return tuple(part for part in parts if part[0])


@dataclass(frozen=True)
class Section:
    """Sentences under one heading.

    Attributes:
        label: the heading, from the answer; may be empty.
        document: the speech that all are from, where that is what holds them together.
    """

    label: str
    sentences: tuple[Sentence, ...]
    document: DocumentInfo | None = None


def marks(citations: Iterable[Citation]) -> tuple[tuple[int, int], ...]:
    """What to mark in the sentence that citations share: document offsets, in order, apart from
    each other, inside the sentence.

    The decisive words; where none are told, the quotation, unless it is the sentence.
    """
    found = []
    for citation in citations:
        low, high = citation.sentence_start, citation.sentence_start + len(citation.sentence)
        own = citation.marks or (() if _whole(citation) else ((citation.start, citation.end),))
        found += [(max(start, low), min(end, high)) for start, end in own]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if start >= end:
            continue
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def sentences(citations: Iterable[Citation]) -> tuple[Sentence, ...]:
    """Citations by the sentence they stand in, sentences in the order in which they come first."""
    shared: dict[tuple[str, int, int], list[Citation]] = {}
    for c in citations:
        shared.setdefault((c.document.id, c.sentence_start, c.sentence_end), []).append(c)
    return tuple(Sentence(tuple(sorted(same, key=lambda c: c.start))) for same in shared.values())


def sections(answer: Answer) -> tuple[Section, ...]:
    """What an answer shows, in order: its groups, or the quotations speech by speech, or all."""
    if answer.groups:
        made = [Section(group.label, sentences(group.citations)) for group in answer.groups]
        grouped = {c for group in answer.groups for c in group.citations}
        rest = [c for c in answer.citations if c not in grouped]
        made.append(Section("", sentences(rest)))
        return tuple(section for section in made if section.sentences)
    found = sentences(answer.citations)
    if answer.kind != "exact":
        return (Section("", found),) if found else ()
    speeches: dict[tuple[str, str], list[Sentence]] = {}
    for sentence in found:
        speeches.setdefault((sentence.document.id, sentence.document.speaker), []).append(sentence)
    return tuple(Section("", tuple(same), same[0].document) for same in speeches.values())


def moment(turn: Turn | None) -> str:
    """When in the recording somebody speaks, like "[00:12:11]"; "" where that is not known.

    Example:
        >>> moment(Turn(0, 9, time=731.4))
        '[00:12:11]'
    """
    if turn is None or turn.time is None:
        return ""
    minutes, seconds = divmod(int(turn.time), 60)
    return f"[{minutes // 60:02}:{minutes % 60:02}:{seconds:02}]"


def speaks(turn: Turn) -> str:
    """Who speaks, as what, and when, in one line.

    Example:
        >>> speaks(Turn(0, 9, "Ana Silva", "Chair", 5.0))
        'Ana Silva (Chair) [00:00:05]'
    """
    role = f"({turn.role})" if turn.role else ""
    return " ".join(part for part in (turn.speaker, role, moment(turn)) if part)


def split(
    shown: Sequence[Section], most: int = OPEN
) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The first ``most`` sentences, and the others, under the same headings."""
    first, others = [], []
    for section in shown:
        here = section.sentences[:most]
        first.append(replace(section, sentences=here))
        others.append(replace(section, sentences=section.sentences[most:]))
        most -= len(here)
    return tuple(s for s in first if s.sentences), tuple(s for s in others if s.sentences)


def moment_url(media: str, seconds: float) -> str:
    """The address of a recording at a moment; empty if ``media`` is no address on the web.

    YouTube takes the time in the query; players in a page and files take a media fragment.

    Example:
        >>> moment_url("https://example.org/talk.mp4", 731.4)
        'https://example.org/talk.mp4#t=731'
        >>> moment_url("https://www.youtube.com/watch?v=a&t=3", 731)
        'https://www.youtube.com/watch?v=a&t=731'
    """
    try:
        parts = urlsplit(media)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    time = str(max(0, int(seconds)))
    if host not in VIDEO_SITES:
        return parts._replace(fragment=f"t={time}").geturl()
    query = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("t", "start")]
    return parts._replace(query=urlencode([*query, ("t", time)]), fragment="").geturl()


def _whole(citation: Citation) -> bool:
    """Whether a quotation is its sentence, but for the signs at the sentence's ends."""
    return _bare(citation.quote) == _bare(citation.sentence)


def _bare(text: str) -> str:
    first = next((n for n, sign in enumerate(text) if sign.isalnum()), len(text))
    last = next((n for n, sign in enumerate(reversed(text)) if sign.isalnum()), 0)
    return text[first : len(text) - last]
