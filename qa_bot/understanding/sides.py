"""The subject of a question and the sides it compares, cut from the question's own words."""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.understanding.tags import Token, tagger

Place = tuple[int, int]
GAP = 2  # words of the frame that belong to a subject when they stand inside it


@dataclass(frozen=True, slots=True)
class Parts:
    """What a question asks about and whom or what it compares.

    Attributes:
        question: the question itself.
        subject: what is asked about, without the frame ("What did X say about …?"); "" if unsaid.
        sides: the two things compared as they were named; empty when they go unnamed.
        subject_places, side_places: where they stand in the question, as (start, end).
    """

    question: str
    subject: str
    sides: tuple[str, ...]
    subject_places: tuple[Place, ...]
    side_places: tuple[Place, ...]


def parts(question: str) -> Parts:
    """Subject and sides of a question of any kind.

    Example:
        >>> found = parts("Compare what Grant and Andrew Mellon said about the public debt.")
        >>> found.sides, found.subject
        (('Grant', 'Andrew Mellon'), 'the public debt')
        >>> parts("How do the two speeches differ on housing?").sides
        ()
    """
    tagged = tagger().tag(question)
    subject = _runs(tagged, "subject", GAP)
    sides = [max(runs, key=_length) for tag in ("first", "second") if (runs := _runs(tagged, tag))]
    if len(sides) == 1:  # one alone is compared with nothing
        sides = []
    return Parts(
        question=question,
        subject=" ".join(question[start:end] for start, end in subject),
        sides=tuple(question[start:end] for start, end in sides),
        subject_places=tuple(subject),
        side_places=tuple(sides),
    )


def subject(question: str) -> str:
    """What a question asks about, or the question itself where nothing can be told apart.

    Example:
        >>> subject("What did the governor say about house prices in 2007?")
        'house prices'
        >>> subject("whales")
        'whales'
    """
    return parts(question).subject or question.strip()


def _length(place: Place) -> int:
    return place[1] - place[0]


def _runs(tagged: list[tuple[Token, str]], tag: str, gap: int = 0) -> list[Place]:
    """Where tokens of one tag stand side by side, but for a few words of the frame between."""
    places: list[Place] = []
    last = -2
    for i, (token, its) in enumerate(tagged):
        if its != tag:
            continue
        between = tagged[last + 1 : i]
        if (
            last >= 0
            and len(between) <= gap
            and all(its == "frame" and other.text[0].isalnum() for other, its in between)
        ):
            places[-1] = (places[-1][0], token.end)
        else:
            places.append((token.start, token.end))
        last = i
    return places
