"""Which labels of a file name the same person, and what that person is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qa_bot.corpus.name_words import OFFICES
from qa_bot.corpus.turns.label_words import ANSWERING
from qa_bot.corpus.turns.labels import Label
from qa_bot.schema import ASKING
from qa_bot.text.folding import plain
from qa_bot.text.names import SMALL, Name, gender_of, name_of, plain_words, word_set

Person = tuple[str, str]  # (name, role), as they are shown

_BEFORE_NAMES = OFFICES | word_set("prime acting hon honourable rt right sir lord speaker")
# What brackets hold that is no role: "(in French)", "(continuing)".
_NO_ROLE = re.compile(
    r"(?:in |during |spoke |speaking |interpretation|translat|continu|via |by video|inaudible|off"
    r"|parle)",
    re.I,
)
_FULL_NAME = re.compile(
    r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:de|da|van|von|la|del|bin|al)){0,2}(?: [A-Z][\w’'-]+){1,2}"
)
HEADING = 3000  # characters before the first label that may spell out initials


@dataclass
class _Group:
    """Labels of one person."""

    words: Name
    gender: str
    forms: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    person: Person | None = None

    def shown(self) -> Person:
        if self.person:
            return self.person
        best = max(self.forms, key=lambda form: (len(name_of(form)), not form.isupper()))
        return best, max(self.roles, key=len, default="")

    def take(self, other: _Group) -> None:
        self.forms += other.forms
        self.roles += other.roles
        self.gender = self.gender or other.gender


def people(
    labels: Sequence[Label], heading: str, speaker: str = "", role: str = ""
) -> list[Person]:
    """Who each label means.

    Args:
        heading: what stands before the first of them; it may spell out initials.
        speaker, role: whom the catalogue gives the file to, or "".

    Example:
        >>> made = lambda name, role="": Label(0, 0, name, role, "colon", True, None)
        >>> people([made("Jean Roy", "Liberal"), made("Mr. Roy"), made("Q")], "")
        [('Jean Roy', 'Liberal'), ('Jean Roy', 'Liberal'), ('Question', '')]
    """
    told = [_told(label) for label in labels]
    groups: dict[tuple[Name, str, str], _Group] = {}
    ambiguous = _namesakes(told)
    for name, its_role in told:
        key = _key(name, its_role, ambiguous)
        group = groups.setdefault(key, _Group(key[0], key[1]))
        group.forms.append(name)
        group.roles += [its_role] if its_role else []
    merged = _merged(groups)
    _catalogued(merged, speaker, role)
    _spelt_out(merged, heading)
    shown = {}
    for (name, its_role), label in zip(told, labels, strict=True):
        if (name, its_role) not in shown:
            shown[name, its_role] = _person(
                label, merged[_key(name, its_role, ambiguous)], speaker, role
            )
    return [shown[one] for one in told]


def _person(label: Label, group: _Group, speaker: str, role: str) -> Person:
    if ANSWERING.match(label.name):
        return (speaker, role) if speaker else ("Answer", "")
    if ASKING.match(label.name):
        name = "Question" if label.name[0] in "Qq" else label.name
        return (f"{name} ({label.role})" if label.role else name), ""
    return group.shown()


def _told(label: Label) -> Person:
    """Name and role as the label has them; "The Speaker (Ms. Roy)" names Ms. Roy."""
    name, role = label.name, label.role
    if _NO_ROLE.match(role):
        role = ""
    if role and gender_of(role) and not gender_of(name) and not ASKING.match(name):
        name, role = role, re.sub(r"^(?:The|the) ", "", name)
    return name, role


def _key(name: str, role: str, ambiguous: frozenset[tuple[Name, str]]) -> tuple[Name, str, str]:
    words, gender = _words(name), gender_of(name)
    return words, gender, plain(role) if (words, gender) in ambiguous else ""


def _words(name: str) -> Name:
    """The words of a name without honorifics, and without an office in front of a surname."""
    words = name_of(re.sub(r"^(?:The |the )?(?:Rt\.? |Right )?(?:Hon\.?|Honou?rable) ", "", name))
    at = 0
    while at < len(words) - 1 and words[at] in _BEFORE_NAMES:
        at += 1
    left = words[at:]
    if left[:1] and left[0] not in SMALL | OFFICES and len(left) < 4:
        return left
    return words


def _namesakes(told: Iterable[Person]) -> frozenset[tuple[Name, str]]:
    """Surnames that several people have, as their roles tell: Mr. Jones of Guyana, of Jamaica."""
    roles: dict[tuple[Name, str], set[str]] = defaultdict(set)
    for name, role in told:
        words = _words(name)
        if role and len(words) == 1:
            roles[words, gender_of(name)].add(plain(role))
    return frozenset(key for key, some in roles.items() if len(some) > 1)


def _merged(groups: dict[tuple[Name, str, str], _Group]) -> dict[tuple[Name, str, str], _Group]:
    """The group of each key, those of one person made one."""
    merged = dict(groups)
    for key, group in groups.items():
        others = [
            (other, theirs)
            for other, theirs in groups.items()
            if other != key and _may_be(group, theirs) and not (key[2] and other[2])
        ]
        if len({id(merged[other]) for other, _ in others}) == 1:
            target = merged[others[0][0]]
            if target is not merged[key]:
                target.take(merged[key])
                for some, its in list(merged.items()):
                    if its is group or some == key:
                        merged[some] = target
    return merged


def _may_be(short: _Group, full: _Group) -> bool:
    """Whether a shorter form of a name, or one without an honorific, may mean somebody."""
    if short.gender and full.gender and short.gender != full.gender:
        return False
    if short.words == full.words:
        return not short.gender and bool(full.gender)
    if len(short.words) == 1 and len(full.words) > 1:
        return short.words[0] == full.words[-1] and full.words[0] not in OFFICES
    office = {plain(_office(form)) for form in full.forms} - {""}
    return len(short.words) > 1 and " ".join(short.words) in office


def _office(form: str) -> str:
    """The office in front of a surname: "Prime Minister" of "Prime Minister Aubry"."""
    words = form.split()
    at = 0
    while at < len(words) and plain(words[at]).rstrip(".") in _BEFORE_NAMES - {"hon", "sir"}:
        at += 1
    return " ".join(words[:at]) if at < len(words) else ""


def _catalogued(merged: Mapping[tuple[Name, str, str], _Group], speaker: str, role: str) -> None:
    """Give the catalogue's name to whoever it means, if that is one of them only."""
    if not speaker:
        return
    name, gender = _words(speaker), gender_of(speaker)
    offices = {name_of(part) for part in re.split(r"[,;(]", role) if part.strip()} - {()}
    initials = ("".join(word[0] for word in name),)
    for same in (
        lambda group: group.words == name,
        lambda group: len(group.words) == 1 and len(name) > 1 and group.words[0] == name[-1],
        lambda group: group.words in offices,
        lambda group: len(name) > 1 and group.words in (initials, name[:1]),
    ):
        found = {
            id(group): group
            for group in merged.values()
            if same(group) and not (gender and group.gender and gender != group.gender)
        }
        if len(found) == 1:
            group = next(iter(found.values()))
            group.person = speaker, role or group.shown()[1]
            return


def _spelt_out(merged: Mapping[tuple[Name, str, str], _Group], heading: str) -> None:
    """Give initials the name that the heading, or another label, spells out."""
    names = {match[0] for match in _FULL_NAME.finditer(heading[:HEADING])}
    names |= {form for group in merged.values() for form in group.forms if len(_words(form)) > 1}
    for group in {id(group): group for group in merged.values()}.values():
        form = group.forms[0].replace(".", "")
        if group.person or not (2 <= len(form) <= 3 and form.isupper() and form.isalpha()):
            continue
        meant = {
            name
            for name in names
            if "".join(word.text[0] for word in plain_words(name)) == plain(form)
        }
        if len(meant) == 1:
            group.person = meant.pop(), max(group.roles, key=len, default="")
