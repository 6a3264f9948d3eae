"""Who speaks where in a text: labels that recur, proven by the whole file.

A line "Note:" is no speaker, nor is a list of terms. So labels count only together: several people,
of whom some speak again, each saying something. A text of one speaker has no turns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa_bot.corpus.turns.label_words import ANONYMOUS, MACHINE, NOISES
from qa_bot.corpus.turns.labels import Label, labels
from qa_bot.corpus.turns.speakers import Person, people
from qa_bot.schema import ASKING, Turn
from qa_bot.text.blocks import trim
from qa_bot.text.folding import plain

FEWEST = 3  # labels
FEWEST_NAMES = 5  # … where all are bare names
MOST = 200_000  # labels that are looked at
LOOKED_AT = 600  # characters behind a label that tell whether anything is said
OPENING = 300  # characters before the first label that are a speech of their own, not a heading

_SAYS = re.compile(r"[.!?…][\"'”’)\]*_]*(?:\s|\Z)|(?:\S+\s+){5}\S")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORD = re.compile(r"\b[a-zà-ÿ][^\W\d_]{2,}")
# People are addressed so at the top of a speech.
_ADDRESS = re.compile(
    r"(?:Mr|Mrs|Ms|Madam|Madame|Monsieur|M)\.? (?:\w+ )?"
    r"(?:President|Speaker|Chair\w*|Secretary\w*|Vice.President|Président\w*|Moderator)\b"
    r"|Members? of|Members\Z|Honou?rable Members|Ladies|Your |Excellenc|Senators\Z"
    r"|Representatives\Z",
    re.IGNORECASE,
)
_CHAIR = re.compile(
    r"\w+\.? (?:\w+ )?(?:President|Speaker|Chair\w*|Moderator|Président\w*)|Members", re.IGNORECASE
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_REMARK = re.compile(
    r"(?:[*_]{1,3})?[\[(][^\[\]()]{1,200}[\])][.]?(?:[*_]{1,3})?|\*[^*\n]{1,200}\*|#{1,6} .*"
    r"|[-*_=—– ]{3,}"
)
_ENDS = re.compile(r"[.!?…:;,\"”’')\]][*_]*\Z")
LONGEST_HEADING = 100
LONGEST_LINE = 122
_WRAPPED = re.compile(r"\n[^\n]{40,}[\w,;][ \t]*\n\Z")


def recognise(
    text: str, speaker: str = "", role: str = "", names: Mapping[str, str] | None = None
) -> tuple[Turn, ...]:
    """The turns of a text, in order and without overlap; () where one person speaks.

    Args:
        speaker, role: whom the catalogue gives the file to, or "": one of the labels may mean them,
            and the answers to "Q:" are theirs.
        names: what labels mean, by the catalogue; "" for one that is no speaker.

    Example:
        >>> text = "Mr. Roy: When?\\n\\nMs. Lund (Chair): In May.\\n\\nMr. Roy: Thank you."
        >>> [(turn.speaker, text[turn.said_from:turn.end]) for turn in recognise(text)]
        [('Mr. Roy', 'When?'), ('Ms. Lund', 'In May.'), ('Mr. Roy', 'Thank you.')]
    """
    given = {plain(name): meant.strip() for name, meant in (names or {}).items()}
    found = []
    for label in labels(text):
        if given.get(plain(label.name)) != "" and plain(label.name) not in NOISES:
            found.append(label)
        if len(found) == MOST:
            break
    found = _at_beginnings(text, found)
    if len(found) < FEWEST and not given:
        return ()
    who = people(found, text[: found[0].start], speaker, role) if found else []
    proven = _proven(text, found, who, speaker, given)
    if not proven:
        return ()
    kept = [found[at] for at in proven]
    persons = [_renamed(found[at], who[at], given) for at in proven]
    turns = _turns(text, kept, persons)
    if all(turn.asks for turn in turns):
        turns = _with_answers(text, turns, (speaker, role) if speaker else ("Answer", ""))
    return tuple(_with_opening(text, turns, speaker, role))


def _at_beginnings(text: str, found: list[Label]) -> list[Label]:
    """Without names that mostly stand inside a wrapped sentence: "… printed in the⏎Record:".

    Where most labels of all stand so, the text has no full stops, and they are left alone.
    """
    inside = [
        _WRAPPED.search(text[max(0, label.start - LONGEST_LINE) : label.start]) is not None
        for label in found
    ]
    if 2 * sum(inside) > len(found):
        return found
    here = Counter(label.name for label, within in zip(found, inside, strict=True) if within)
    often = Counter(label.name for label in found)
    return [
        label
        for label in found
        if 2 * here[label.name] <= often[label.name] or (label.strong and label.style == "colon")
    ]


def _renamed(label: Label, person: Person, given: Mapping[str, str]) -> Person:
    meant = given.get(plain(label.name)) or given.get(plain(person[0]))
    return (meant, person[1]) if meant else person


def _proven(
    text: str, found: Sequence[Label], who: Sequence[Person], speaker: str, given: Mapping[str, str]
) -> list[int]:
    """Numbers of the labels that are speakers'; none where the file does not prove it."""
    ends = [label.start for label in found[1:]] + [len(text)]
    says = [
        _says(label, text[label.end : min(end, label.end + LOOKED_AT)])
        for label, end in zip(found, ends, strict=True)
    ]
    known = [plain(label.name) in given for label in found]
    if sum(says) < FEWEST and not any(known):
        return []
    counts = Counter(person for person, said in zip(who, says, strict=True) if said)
    usual = _usual_words(text, [at for at in found if not at.strong])
    styles = Counter(label.style for label, said in zip(found, says, strict=True) if said)
    letters = {label.name for label in found if label.style == "letter"}
    if len(letters) < 2 and not any(label.name == "Q" for label in found):
        styles["letter"] = 0  # "A. First"
    strong: set[Person] = set()
    weak: set[Person] = set()
    chairs: set[Person] = set()  # "Mr. Speaker": whom people also address so
    for at, (label, person) in enumerate(zip(found, who, strict=True)):
        if not says[at] or not label.name or styles[label.style] < _fewest(label):
            continue
        sure = label.strong or person[0] == speaker or known[at] or label.style == "timed"
        if sure and (known[at] or not _ADDRESS.match(label.name)):
            strong.add(person)
        elif sure and not _is_address(label):
            chairs.add(person)
        elif not sure and counts[person] > 1 and _no_usual_words(label, counts[person], usual):
            if label.style != "dash" and not (label.style == "square" and not _mostly(styles)):
                weak.add(person)
    weak -= strong
    again = [person for person in strong | weak if counts[person] > 1]
    total = sum(counts[person] for person in strong | weak)
    asked = any(ASKING.match(name) for name, _ in again)
    sure = (
        (len(strong) > 1 and bool(again) and total >= FEWEST)
        or (len(strong) > 2 and total >= FEWEST)
        or (len(strong) == 1 and counts[next(iter(strong))] > 1 and bool(weak))
        or (len(weak) > 1 and total >= FEWEST_NAMES and not _is_form(found, who, weak))
        or (len(strong) == 1 == len(chairs) and min(counts[p] for p in strong | chairs) > 1)
        or (asked and len(strong) == 1)
        or any(known)
    )
    if not sure:
        return []
    shouted = any(
        text[label.start : label.end].lstrip().startswith(">>") for label in found if label.name
    )
    kept = []
    for at, (label, person) in enumerate(zip(found, who, strict=True)):
        if not label.name:
            take = shouted
        elif person in weak or known[at]:
            take = True
        elif styles[label.style] < _fewest(label) or _is_address(label):
            take = False
        elif label.strong or person in strong:
            take = True
        else:
            take = says[at] and _named_once(label, counts[person], usual, styles)
        if take:
            kept.append(at)
    return kept


def _says(label: Label, words: str) -> bool:
    """Whether what stands behind a label is said by somebody: a machine's have no full stops."""
    if label.time is not None or MACHINE.match(label.name):
        return not words.isspace() and bool(words)
    return _SAYS.search(words) is not None


def _is_address(label: Label) -> bool:
    """Whether a label is rather the address of a speech: all but "Mr. Speaker", who may speak."""
    return bool(_ADDRESS.match(label.name)) and not _CHAIR.fullmatch(label.name)


def _fewest(label: Label) -> int:
    """How many labels must be set like this one: most lines in bold, or with a dash, are none."""
    return 1 if label.style in ("colon", "change") else FEWEST


def _mostly(styles: Counter[str]) -> bool:
    """Whether most labels stand in square brackets."""
    return 2 * styles["square"] >= styles.total()


def _usual_words(text: str, bare: Sequence[Label]) -> Counter[str]:
    """How often the words of bare names stand in the text in small letters."""
    asked = {match[0].lower() for label in bare for match in _WORD.finditer(label.name)}
    return Counter(word for word in _SMALL_WORD.findall(text) if word in asked)


def _no_usual_words(label: Label, count: int, usual: Counter[str]) -> bool:
    """Whether a bare name is none of the text's own words: "Health:" is no speaker."""
    return any(usual[word.lower()] < count for word in _WORD.findall(label.name))


def _named_once(label: Label, count: int, usual: Counter[str], styles: Counter[str]) -> bool:
    """Whether a bare name that is said once is a speaker, in a file that has speakers."""
    words = _WORD.findall(label.name)
    if label.style != styles.most_common(1)[0][0] or not _no_usual_words(label, count, usual):
        return False
    return (
        label.style in ("colon", "timed", "bold")
        and len(words) > 1
        and not any(usual[word.lower()] for word in words)
    )


def _is_form(found: Sequence[Label], who: Sequence[Person], weak: set[Person]) -> bool:
    """Whether the labels come in the same order again and again, as the fields of a form do."""
    order = [person for label, person in zip(found, who, strict=True) if person in weak]
    if len(weak) < 3:
        return False
    after: dict[Person, set[Person]] = {}
    for one, other in pairwise(order):
        after.setdefault(one, set()).add(other)
    return all(len(some) == 1 for some in after.values())


def _turns(text: str, kept: Sequence[Label], persons: Sequence[Person]) -> list[Turn]:
    turns: list[Turn] = []
    ends = [label.start for label in kept[1:]] + [len(text)]
    for label, (name, role), end in zip(kept, persons, ends, strict=True):
        start, _ = trim(text, label.start, label.end)
        words, stop = trim(text, label.end, end)
        if ANONYMOUS.match(label.name) and (gap := _PARAGRAPH.search(text, words, stop)):
            stop = gap.start()
        stop = _without_headings(text, words, stop)
        if words < stop:
            turns.append(Turn(start, stop, name, role, label.time, words))
    return turns


def _without_headings(text: str, start: int, end: int) -> int:
    """Where a turn ends when headings and remarks of the record at its end are left out."""
    while True:
        gap = max(text.rfind("\n\n", start, end), text.rfind("\n", start, end))
        if gap < 0:
            return end
        first, last = trim(text, gap, end)
        line = text[first:last]
        _, before = trim(text, start, gap)
        if _REMARK.fullmatch(line):
            end = before
            continue
        blank = text[before:first].count("\n") > 1
        heading = len(line) <= LONGEST_HEADING and line[:1].isupper() and not _ENDS.search(line)
        if not (blank and heading and _ENDS.search(text[start:before][-3:])):
            return end
        end = before


def _with_answers(text: str, turns: Sequence[Turn], person: Person) -> list[Turn]:
    """Questions of one paragraph each, and what stands below them as answers to them."""
    made: list[Turn] = []
    for turn in turns:
        gap = _PARAGRAPH.search(text, turn.words, turn.end)
        stop = gap.start() if gap else turn.end
        made.append(Turn(turn.start, stop, turn.speaker, turn.role, turn.time, turn.words))
        if gap:
            made.append(Turn(gap.end(), turn.end, *person))
    return made


def _with_opening(text: str, turns: list[Turn], speaker: str, role: str) -> list[Turn]:
    """With what the catalogue's speaker says before the first label, if it is more than a heading.

    Only where that person also speaks later: else nobody knows whose words these are.
    """
    if not turns or not any(turn.speaker == speaker for turn in turns) or not speaker:
        return turns
    start, end = trim(text, 0, turns[0].start)
    end = _without_headings(text, start, end) if start < end else start
    if end - start < OPENING or len(re.findall(r"[.!?][\"”’]?\s", text[start:end])) < 2:
        return turns
    return [Turn(start, end, speaker, role), *turns]
