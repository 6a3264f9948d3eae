"""A question with the names of the catalogue and the dates in it recognised.

``What did the Deputy Director General say in her closing speech?`` becomes
``what did the S0 say in T1``: S a speaker, E an event, P a place, D a date, T one or more speeches
that the words single out, A speeches in general. Patterns are then matched against that text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_bot.text.names import (
    ARTICLES,
    HONORIFICS,
    LONGEST_NAME,
    SPEECH,
    Word,
    gender_of,
    plain_words,
    word_set,
)
from qa_bot.understanding.dates import dates_in
from qa_bot.understanding.entities import Entities, Entity
from qa_bot.understanding.entity_mentions import EntityMention, documents_of
from qa_bot.understanding.speech_references import speeches_named

EVENT_WORDS = word_set(
    "dialogue conference forum session meeting summit event assembly congress symposium workshop "
    "panel seminar debate hearing council"
)
_OTHER_OFFICE = word_set(
    "deputy assistant vice former acting under associate next new previous late sub co designate"
)
_TITLES = word_set(
    "president minister secretary director general commissioner chair chairman chairwoman "
    "chancellor senator judge king queen"
)
_BEFORE_NAMES = _TITLES | _OTHER_OFFICE | word_set("prime high executive")
_OPENERS = word_set(
    "did does do has had would will can could is was if as in for by from per and but why how what"
)
_KINDS = {"speaker": "S", "event": "E", "place": "P", "document": "T"}


@dataclass(frozen=True)
class LinkedQuestion:
    """The question, its words, and the text that patterns are matched against.

    Attributes:
        text: words and symbols, one space between two.
        mentions: by symbol.

    Example:
        >>> from qa_bot.schema import DocumentInfo
        >>> talk = DocumentInfo("a", title="Closing remarks", speaker="Ana Silva", date="2018")
        >>> question = "What did Ms. Silva say in her closing speech of 2018?"
        >>> link_entities(question, Entities([talk])).text
        'what did S0 say in T1 of D2'
    """

    question: str
    words: tuple[Word, ...]
    text: str
    mentions: dict[str, EntityMention]
    _items: tuple[tuple[int, int], ...]  # the words of each item of the text

    def slice(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the question behind ``text[start:end]``."""
        first = self.text.count(" ", 0, start + 1)
        last = self.text.count(" ", 0, end)
        return self.words[self._items[first][0]].start, self.words[self._items[last][1]].end


def link_entities(question: str, entities: Entities) -> LinkedQuestion:
    """Recognise names and dates; the longest name wins."""
    words = plain_words(question)
    found = _speakers_joined(_names(question, words, entities))
    taken = {at for mention in found for at in range(mention.first, mention.last + 1)}
    for date in dates_in(question, words):
        if not taken & set(range(date.first, date.last + 1)):
            found.append(_settled(EntityMention("D", date.first, date.last, date=date), entities))
    items = _items(words, found)
    items = speeches_named(items, words, entities)
    symbols: list[str] = []
    mentions: dict[str, EntityMention] = {}
    for mention in items:
        symbol = words[mention.first].text
        if mention.kind:
            symbol = f"{mention.kind}{len(mentions)}"
            mentions[symbol] = mention
        symbols.append(symbol)
    bounds = tuple((mention.first, mention.last) for mention in items)
    return LinkedQuestion(question, tuple(words), " ".join(symbols), mentions, bounds)


def _settled(mention: EntityMention, entities: Entities) -> EntityMention:
    """A day written for two is the one that a speech has, if not both or neither are."""
    if mention.date is None or not mention.date.other:
        return mention
    readings = [
        replace(mention, date=replace(mention.date, start=start, end=end, other=""))
        for start, end in mention.date.readings
    ]
    spoken = [one for one in readings if documents_of(one, entities)]
    return mention if len(spoken) == 2 else (spoken or readings)[0]


def _names(question: str, words: Sequence[Word], entities: Entities) -> list[EntityMention]:
    found: list[EntityMention] = []
    at = 0
    while at < len(words):
        mention = _name_at(question, words, at, entities)
        if mention:
            if mention.kind == "S" and not mention.entries[0].office:  # "President Macron"
                first, free = mention.first, found[-1].last + 1 if found else 0
                while first > free and words[first - 1].text in _BEFORE_NAMES:
                    first -= 1
                mention = replace(mention, first=first)
            elif mention.kind == "S" and mention.entries[0].office:  # "the Kenyan president"
                last = mention.last
                while last + 1 < len(words) and words[last + 1].text in _TITLES:
                    last += 1
                mention = replace(mention, last=last)
            found.append(mention)
            at = mention.last + 1
        else:
            at += 1
    return found


def _name_at(
    question: str, words: Sequence[Word], at: int, entities: Entities
) -> EntityMention | None:
    """The longest name that begins at this word, honorifics before it included."""
    begin = at
    while at < len(words) - 1 and words[at].text in HONORIFICS:
        at += 1
    gender = gender_of(" ".join(word.text for word in words[begin:at]))
    if words[at].text in ARTICLES:
        return None
    name: list[str] = []
    best: tuple[int, tuple[Entity, ...]] | None = None
    for last in range(at, min(len(words), at + LONGEST_NAME)):
        if words[last].text in ARTICLES:
            continue
        name.append(words[last].text)
        if entries := entities.names.get(tuple(name)):
            best = last, _of_gender(entries, gender)
    if best is None:
        return None
    last, entries = best
    field = next(f for f in _KINDS if any(entry.field == f for entry in entries))
    entries = tuple(entry for entry in entries if entry.field == field)
    if field != "speaker":
        begin = at
    if field == "document" and not _typed_as_title(question, words, at, last):
        return None
    if not _stands_alone(question, words, begin, last, entries):
        return None
    return EntityMention(_KINDS[field], begin, last, entries, plural=False)


def _of_gender(entries: tuple[Entity, ...], gender: str) -> tuple[Entity, ...]:
    """Without those whom the honorific in front cannot mean: "Ms. Jones" is not Mr. Jones."""
    if not gender or len(entries) < 2:
        return entries
    left = tuple(e for e in entries if gender_of(e.value) in ("", gender))
    return left or entries


def _typed_as_title(question: str, words: Sequence[Word], first: int, last: int) -> bool:
    """Whether words that are also a title are meant as one, not as the topic they name.

    They are with a capital where no sentence begins, with a number in them, or after "speech on".
    """
    if any(word.text.isdigit() for word in words[first : last + 1]):
        return True
    if any(word.text in SPEECH for word in words[max(0, first - 3) : first]):
        return True
    led = first > 0 and words[first - 1].text in ARTICLES
    return any(question[words[at].start].isupper() for at in {first, first - led} - {0})


def _stands_alone(
    question: str, words: Sequence[Word], first: int, last: int, entries: Sequence[Entity]
) -> bool:
    """Whether a name is not a part of a longer one that the catalogue does not know."""
    before = words[first - 1] if first else None
    after = words[last + 1] if last + 1 < len(words) else None
    near_before = before and not question[before.end : words[first].start].strip()
    near_after = after and not question[words[last].end : after.start].strip()
    if entries[0].field == "event":
        return last > first or words[first].text not in EVENT_WORDS
    if entries[0].field != "speaker":
        return True
    if entries[0].office:
        if before and before.text in _OTHER_OFFICE:
            return False
        return not (near_after and after and after.text in ("of", "for"))
    if last > first:
        return True
    if near_before and before and question[before.start].isupper():
        if before.text not in (_TITLES if first > 1 else _TITLES | _OPENERS):
            return False
    return not (near_after and after and question[after.start].isupper())


def _speakers_joined(found: list[EntityMention]) -> list[EntityMention]:
    """ "Deputy Director General Laura Thompson" is one mention."""
    joined: list[EntityMention] = []
    for mention in found:
        last = joined[-1] if joined else None
        if last and last.kind == mention.kind == "S" and last.last + 1 == mention.first:
            values = {entry.value for entry in last.entries}
            both = tuple(entry for entry in mention.entries if entry.value in values)
            if both:
                joined[-1] = replace(mention, first=last.first, entries=both)
                continue
        joined.append(mention)
    return joined


def _items(words: Sequence[Word], found: Sequence[EntityMention]) -> list[EntityMention]:
    """Every word once: by itself (kind "") or in its mention."""
    starts = {mention.first: mention for mention in found}
    items: list[EntityMention] = []
    at = 0
    while at < len(words):
        item = starts.get(at) or EntityMention("", at, at)
        items.append(item)
        at = item.last + 1
    return items
