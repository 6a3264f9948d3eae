"""Words that single out speeches: "the closing speech", "her first address", "these speeches"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa_bot.text.names import ARTICLES, KINDS_OF_SPEECH, ORDINALS, SPEECH, SPEECHES, Word, word_set
from qa_bot.understanding.entities import Entities, Entity
from qa_bot.understanding.entity_mentions import EntityMention, documents_of

_LATEST = {"last": -1, "latest": -1, "final": -1, "earliest": 0, "recent": -1}
_OWNERS = word_set("her his their its our this that")
_BEFORE = word_set(
    "in during from of at by about for within was were is are did does gave give gives given "
    "deliver delivered make made hold held present presented which what and s"
)
_ALL = word_set("which what all many any list your")
_TextAt = Callable[[int], str]
MOST_MODIFIERS = 6


def speeches_named(
    items: list[EntityMention], words: Sequence[Word], entities: Entities
) -> list[EntityMention]:
    """Put "the closing speech" and "these speeches" together."""

    def text(at: int) -> str:
        return words[items[at].first].text if 0 <= at < len(items) and not items[at].kind else ""

    out: list[EntityMention] = []
    done = 0
    for head in range(len(items)):
        plural = text(head) in SPEECHES
        if not plural and text(head) not in SPEECH:
            continue
        if text(head) in KINDS_OF_SPEECH and text(head + 1) in SPEECH | SPEECHES:
            continue  # "keynote address"
        begin = head
        while begin > done and head - begin < MOST_MODIFIERS:
            if not _modifies(items[begin - 1], text(begin - 1), entities):
                break
            begin -= 1
        telling = text(head) in KINDS_OF_SPEECH and text(head) in entities.titled
        modifiers = list(range(begin, head + telling))
        owned = begin > done and text(begin - 1) in ARTICLES | _OWNERS
        start = begin - 1 if owned else begin
        before = text(start - 1)
        clear = owned or start == 0 or before in (_BEFORE if modifiers else _ALL) or (
            plural and not modifiers
        )  # fmt: skip
        if not clear:
            continue
        kind, entries = "A", tuple[Entity, ...]()
        if modifiers and text(head) == "talks":
            continue  # "the climate talks" are negotiations
        if modifiers:
            base = _attached(items, text, start, head, entities)
            documents = _singled_out(items, modifiers, text, entities, base)
            if not documents:
                continue
            while other := _joined(items, start, done, text, entities):
                further = _singled_out(items, other, text, entities, base)
                if not further:
                    break
                documents, start, plural = documents | further, other[0], True
                start -= start > done and text(start - 1) in ARTICLES | _OWNERS
            kind = "T"
            entries = _entries(entities, documents)
        out += items[done:start]
        out.append(
            EntityMention(kind, items[start].first, items[head].last, entries, plural=plural)
        )
        done = head + 1
    return out + items[done:]


def _entries(entities: Entities, documents: frozenset[str]) -> tuple[Entity, ...]:
    """The speeches with these ids, the parts of one together."""
    parts: dict[str, set[str]] = {}
    for document in entities.documents:
        if document.id in documents:
            parts.setdefault(document.whole, set()).add(document.id)
    return tuple(Entity("document", name, frozenset(ids)) for name, ids in parts.items())


def _modifies(item: EntityMention, text: str, entities: Entities) -> bool:
    if item.kind:
        return item.kind in "EP" or (item.date is not None and not item.date.joined)
    return text in entities.titled or text in ORDINALS or text in _LATEST or text == "most"


def _joined(
    items: Sequence[EntityMention], start: int, done: int, text: _TextAt, entities: Entities
) -> list[int]:
    """The items of "opening" in "the opening and the closing speech"; none where there are none."""
    if text(start - 1) not in ("and", "or"):
        return []
    begin = start - 1
    while begin > done and start - begin < MOST_MODIFIERS:
        if items[begin - 1].kind or not _modifies(items[begin - 1], text(begin - 1), entities):
            break
        begin -= 1
    return list(range(begin, start - 1))


def _attached(
    items: Sequence[EntityMention], text: _TextAt, start: int, head: int, entities: Entities
) -> frozenset[str]:
    """Ids of the speeches that the words beside leave over: "Silva's first speech of 2018"."""
    base = entities.ids()
    if text(start - 1) == "s" and start >= 2 and items[start - 2].kind == "S":
        base &= items[start - 2].documents
    elif text(start) in ("her", "his", "their"):  # of the nearest person before, else after
        before = [item for item in items[:start] if item.kind == "S"]
        after = [item for item in items[head:] if item.kind == "S"]
        for owner in (before[-1:] or after)[:1]:
            base = base & owner.documents or base
    at = head + 1
    while text(at) in ("by", "of", "from", "in", "at", "given", "delivered", "made", "the"):
        at += 1
        if at < len(items) and items[at].kind:
            base &= documents_of(items[at], entities)
            at += 1
    return base


def _singled_out(
    items: Sequence[EntityMention],
    modifiers: Sequence[int],
    text: _TextAt,
    entities: Entities,
    base: frozenset[str],
) -> frozenset[str]:
    """Ids of the speeches that the words before "speech" mean."""
    documents = base
    place = None
    for at in modifiers:
        if items[at].kind:
            documents &= documents_of(items[at], entities)
        elif text(at) in entities.titled:
            documents &= entities.titled[text(at)]
        elif text(at) in ORDINALS:
            place = ORDINALS.index(text(at))
        elif text(at) in _LATEST:
            place = _LATEST[text(at)]
    if place is None:
        return documents
    dates = {d.id: d.date for d in entities.documents if d.id in documents and d.date}
    order = sorted(dates.values())
    if not -len(order) <= place < len(order):
        return frozenset()
    return frozenset(d for d, date in dates.items() if date == order[place])
