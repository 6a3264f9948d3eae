"""What speakers speak for: the countries and bodies that their roles and titles name.

"What did Kenya say about water?" means the speech of Kenya's president. What a role or a title has
behind "of" or a comma is such a name, as far as it tells a few speeches from the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from qa_bot.schema import DocumentInfo
from qa_bot.text.lexicon import is_stop
from qa_bot.text.names import (
    KINDS_OF_SPEECH,
    LONGEST_NAME,
    ORDINALS,
    SMALL,
    SPEECH,
    SPEECHES,
    Name,
    name_of,
)

SHARE = 0.25  # of the speeches that a name may belong to: what more have tells nothing apart
FEWEST = 4  # speeches of a collection that has such names
LONGEST = 6  # words of a name
_PIECES = re.compile(r"\s*[,;:()]\s*|\s[-–—]\s")
_OF = re.compile(r"\bof\s+(?:the\s+)?")
# "Minister of Health" speaks for somebody else.
_AREA = re.compile(
    r"(?<!\bPrime )\b(?:ministers?|secretary|department|ministry|commissioner|director|head|office)"
    r"\s+$",
    re.IGNORECASE,
)
# How a word for the people or things of a place is made of its name: Kenya, Kenyan.
_ENDINGS = ("n", "an", "ian", "ese", "ish", "i")
_SHORTEST = 4  # letters that are left of such a name


def affiliations(documents: Sequence[DocumentInfo]) -> Mapping[str, frozenset[Name]]:
    """By speech, the names of whom its speaker speaks for.

    Example:
        >>> talks = [DocumentInfo(c, role=f"President of the Republic of {c}")
        ...          for c in ("Peru", "Malta", "South Sudan", "Kenya", "Chile")]
        >>> found = affiliations(talks)
        >>> ("south", "sudan") in found["South Sudan"], ("kenyan",) in found["Kenya"]
        (True, True)
        >>> ("president",) in found["Peru"]
        False
    """
    named: dict[str, frozenset[Name]] = {
        d.id: frozenset([*_bodies(d.role), *_bodies(d.title)])
        for d in documents
        if d.speaker or d.role
    }
    holders: dict[Name, set[str]] = defaultdict(set)
    for document in documents:
        for name in named.get(document.id, ()):
            holders[name].add(document.whole)
    wholes = len({document.whole for document in documents})
    if wholes < FEWEST:
        return {}
    kept = {name for name, ids in holders.items() if len(ids) <= max(1, SHARE * wholes)}
    return {
        document: frozenset(form for name in names & kept for form in _forms(name))
        for document, names in named.items()
    }


def _bodies(text: str) -> Iterator[Name]:
    """What stands behind each "of" of a title or a role, and behind the last comma of a role."""
    head, *rest = _PIECES.split(text.strip())
    for piece in (head, *rest[-1:]):
        for body in (piece if piece is not head else "", *_owners(piece)):
            name = name_of(body)
            if 0 < len(name) <= min(LONGEST, LONGEST_NAME) and body[0].isupper() and _tells(name):
                yield name
                yield name_of(_OF.split(body)[0])  # "United States" of America


def _owners(piece: str) -> Iterator[str]:
    for of in _OF.finditer(piece):
        if not _AREA.search(piece[: of.start()]):
            yield piece[of.end() :]


def _tells(name: Name) -> bool:
    idle = SMALL | SPEECH | SPEECHES | KINDS_OF_SPEECH | set(ORDINALS)
    return all(map(str.isalpha, name)) and any(len(w) > 1 and w not in idle for w in name)


def _forms(name: Name) -> Iterator[Name]:
    """A name, its initials, and the words made of one that is a single word."""
    yield name
    initials = "".join(word[0] for word in name if word not in SMALL)
    if len(initials) > 2 or (len(initials) == len(name) == 2 and not is_stop(initials)):
        yield (initials,)
    if len(name) == 1:
        for cut in range(3):
            root = name[0][: len(name[0]) - cut]
            if len(root) >= _SHORTEST:
                yield from ((root + ending,) for ending in _ENDINGS)
