"""Who speaks, where the first lines say it plainly: "Remarks by Laura Thompson, Director"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.corpus.loaders.facts import DATES, MONTH_AND_YEAR, RANGE
from qa_bot.corpus.name_words import NO_NAMES, OFFICES, PLACES
from qa_bot.text.folding import plain
from qa_bot.text.months import MONTHS
from qa_bot.text.names import PARTICLES

_KIND = (
    r"(?:remarks|speech|address|statement|lecture|intervention|message|keynote|talk|discours|"
    r"allocution|déclaration|discurso|palabras|intervención|rede|ansprache)"
)
BY = re.compile(
    rf"(?:\b{_KIND}\b[^,;:.]{{0,40}}?\s(?:by|par|por|von)"
    r"|^\W*(?:(?:delivered|given|spoken|presented) )?by"
    r"|^\W*(?:speaker|orateur|orador|redner)\s*:)\s+(?P<rest>\S.*)$",
    re.IGNORECASE,
)
OF = re.compile(rf"\b{_KIND}\s+(?:of|de|del|von)\s+(?P<rest>\S.*)$", re.IGNORECASE)
HONORIFIC = re.compile(
    r"(?:the\s+)?(?:(?:mr|mrs|ms|mme|m|sr|sra|dr|prof|hon|rt|right|his|her|h\.\s?e|excellency|"
    r"honou?rable|rev|sir|dame|lord|lady|professor)\b\.?,?\s+)",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]))*\.?")
NAME_ENDS = re.compile(r"\s*(?:$|[,;:(–—]|\s-\s|\b(?:at|on|to|before|in|for|à|en|au|lors|ante)\s)")
ROLE_ENDS = re.compile(r"\s*(?:[;:(]|,?\s\b(?:at|on|to|before|during|à|lors)\s|,\s*\d|$)")
MOST_WORDS = 5


@dataclass(frozen=True)
class Speaker:
    """A speaker, and the office that stands beside the name."""

    name: str = ""
    role: str = ""


def speaker_in_lines(lines: Sequence[str]) -> Speaker:
    """Who the first lines say speaks; empty when they say nothing, or name two.

    Example:
        >>> speaker_in_lines(["Remarks by Mr. Kofi Annan, Secretary-General, at the opening"])
        Speaker(name='Kofi Annan', role='Secretary-General')
        >>> speaker_in_lines(["CLOSING REMARKS", "Laura Thompson", "Deputy Director General, IOM"])
        Speaker(name='Laura Thompson', role='Deputy Director General, IOM')
        >>> speaker_in_lines(["Statement of Policy Coherence", "Remarks by the Director General"])
        Speaker(name='', role='')
    """
    found: list[Speaker] = []
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        speaker = _said(line, after) or _signed(line, after)
        if speaker:
            found.append(speaker)
    names = {plain(speaker.name) for speaker in found}
    if len(names) != 1:
        return Speaker()
    return next((s for s in found if s.role), found[0])


def month_in_lines(lines: Sequence[str]) -> str:
    """The one month that the first lines name, as ``YYYY-MM``, where they name no day.

    >>> month_in_lines(["Geneva, October 2018"]), month_in_lines(["8-9 October 2018"])
    ('2018-10', '')
    """
    if any(RANGE.search(line) or any(d.search(line) for d in DATES) for line in lines):
        return ""
    found = {
        f"{m['year']}-{MONTHS[m['month'].lower()]:02}"
        for line in lines
        for m in MONTH_AND_YEAR.finditer(line)
        if not re.search(r"\d\W*$|\b(?:in|since|until|by|of|from|to)\s+$", line[: m.start()], re.I)
    }
    return found.pop() if len(found) == 1 else ""


def names_in_lines(lines: Sequence[str], surname: str) -> str:
    """The whole name of somebody, where a line is nothing else than it; else empty.

    >>> names_in_lines(["CLOSING REMARKS", "Laura Thompson"], "Thompson")
    'Laura Thompson'
    """
    whole = {line.strip() for line in lines if _only_a_name(line.strip())}
    alike = {n for n in whole if f" {plain(n)}".endswith(f" {plain(surname)}")}
    return _readable(alike.pop()) if len(alike) == 1 else ""


def has_office(text: str) -> bool:
    """Whether a line tells an office: "Deputy Director General, IOM"."""
    return any(plain(word) in OFFICES for word in re.findall(r"[^\W\d_]+", text))


def _said(line: str, after: str) -> Speaker | None:
    """ "Remarks by X", "Speech of X, Minister"."""
    if m := BY.search(line):
        return _name_in_front(m["rest"], after, sure=True)
    if m := OF.search(line):
        return _name_in_front(m["rest"], after, sure=False)
    return None


def _signed(line: str, after: str) -> Speaker | None:
    """A name and an office, on one line or two."""
    if _only_a_name(line) and has_office(after) and after[:1].isupper() and len(after) <= 160:
        return Speaker(_readable(_bare(line)[0]), after.rstrip(" ,;."))
    name, comma, role = line.partition(",")
    if comma and _only_a_name(name.strip()) and _is_role(role.strip()):
        return Speaker(_readable(_bare(name.strip())[0]), _role(role.strip()))
    return None


def _name_in_front(text: str, after: str, *, sure: bool) -> Speaker | None:
    bare, titled = _bare(text)
    words = bare.split()
    ranks = 0  # "President Harry Truman", "Prime Minister Winston Churchill"
    while ranks < len(words) - 1 and plain(words[ranks]) in OFFICES | {"prime"}:
        ranks += 1
    office = " ".join(words[:ranks])
    bare = bare.split(None, ranks)[ranks] if ranks else bare
    name = _name_at_start(bare)
    if not name:
        return None
    rest = bare[len(name) :]
    if not NAME_ENDS.match(rest):
        return None
    role = ""
    if rest.startswith(",") and _is_role(rest[1:].strip()):
        role = _role(rest[1:].strip())
    elif not rest.strip(" ,") and has_office(after) and after[:1].isupper():
        role = after.rstrip(" ,;.")
    plainly = titled or office or role or (sure and " " in name)
    return Speaker(_readable(name), role or office) if plainly else None


def _name_at_start(text: str) -> str:
    """The capitalised words at the start that may be a person's name."""
    end = at = words = 0
    while m := WORD.match(text, at):
        word = m[0]
        known = plain(word.strip(".")) in NO_NAMES | PLACES and not re.fullmatch(r"[A-Z]\.?", word)
        if word[0].isupper() and not known:
            # a full stop ends the name unless it is behind an initial
            stop = word.endswith(".") and len(word) > 2 and "." not in word[:-1]
            end = m.end() - stop
            words += 1
            if stop:
                break
        elif not (words and word in PARTICLES):
            break
        gap = re.compile(r"[ \t]+").match(text, m.end())
        if not gap:
            break
        at = gap.end()
    return text[:end] if 0 < words <= MOST_WORDS else ""


def _only_a_name(line: str) -> bool:
    bare, _ = _bare(line)
    return len(bare.split()) >= 2 and _name_at_start(bare) == bare


def _bare(text: str) -> tuple[str, bool]:
    """Without "Mr." and "H.E." in front; and whether there was such a title."""
    titled = False
    while (m := HONORIFIC.match(text)) and m.end() < len(text):
        titled = True
        text = text[m.end() :]
    return text, titled


def _is_role(text: str) -> bool:
    return text[:1].isupper() and has_office(_role(text)) and len(_role(text)) <= 160


def _role(text: str) -> str:
    m = ROLE_ENDS.search(text)
    return text[: m.start()].rstrip(" ,.") if m else text.rstrip(" ,.")


def _readable(name: str) -> str:
    """A name in capitals as names are written."""
    if name.isupper():
        return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), name)
    return name
