"""Rich Text Format, by striprtf; what it would drop or run together is taken apart before."""

from __future__ import annotations

import re
from collections import Counter

from striprtf.striprtf import rtf_to_text

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.raised import raised
from qa_bot.schema import Omission

BRACE = re.compile(r"\\[\\{}]|[{}]")
# Groups that are no words of the text, by the control word that they begin with.
KIND = re.compile(
    r"\{(?:\\\*)?\\(?P<word>footnote|annotation|atnid|atnauthor|pict|nonshppict|shppict|object"
    r"|fldinst|v|deleted|pntext|super|chftn|header[lrf]?|footer[lrf]?)(?![a-z])[ ]?"
)
NOTE_NUMBER = re.compile(r"\{\\(?:up\d*|super)[ ]?\\chftn[ ]?\}|\\chftn(?![a-z])[ ]?")
# Words that are not shown, up to where they are again or their group ends.
HIDDEN = re.compile(r"\\v(?![a-z0-9])[^{}\\]*+(?:\\(?!v0)[^{}\\]*+)*+(?:\\v0[ ]?)?")
TITLE = re.compile(r"\{\\title[ ]([^{}]{1,300})\}")
REPORTED = {
    "annotation": "comments",
    "pict": "pictures",
    "object": "embedded objects",
}
MOST_GROUPS = 100_000
DEEPEST = 500
LINE, RAISED, LOWERED = "\ue000", "\ue001", "\ue002"  # put in before, replaced after
MARKED = re.compile(f"{RAISED}([^{LOWERED}\n]{{0,20}}){LOWERED}")
GAPS = re.compile(r"(?<!\s)\s*\n\s*")


def load(data: bytes) -> Loaded:
    """Paragraphs in order, notes after them; hidden and deleted text is left out."""
    source = data.decode("latin-1")
    if not source.lstrip().startswith("{\\rtf"):
        raise UnusableFileError("damaged, or not an .rtf file")
    notes: list[str] = []
    left_out: Counter[str] = Counter()
    body = _words(_without_groups(source, notes, left_out))
    kept = [f"[{n}] {words}" for n, note in enumerate(notes, start=1) if (words := _note(note))]
    text = "\n\n".join(filter(None, [body, *kept]))
    found = TITLE.search(source)
    title = given_title(_words(f"{{\\rtf1\\ansi {found[1]}}}")) if found else ""
    facts = {"title": title or title_in_header(body), "date": date_in_header(body)}
    omissions = tuple(Omission(what, count) for what, count in left_out.items())
    return Loaded(text, facts=facts, omissions=omissions)


def _without_groups(source: str, notes: list[str], left_out: Counter[str]) -> str:
    """The source without pictures, notes and the like; notes go into ``notes`` as they stand."""
    kept: list[str] = []
    skipped = 0  # depth at which a group is left out; 0 for none
    ends: list[str] = []  # what to write where each open group ends
    at = note_from = 0
    for brace in BRACE.finditer(source):
        sign, start = brace[0], brace.start()
        if len(sign) == 2:
            continue
        if sign == "{":
            kind = KIND.match(source, start)
            word = kind["word"] if kind and not skipped else ""
            ends.append("}")
            if len(ends) > DEEPEST:
                raise UnusableFileError("its groups are nested too deeply for a text")
            if not word:
                continue
            kept.append(source[at:start])
            if word in ("super", "pntext"):  # both are shown
                kept.append("{" + (RAISED if word == "super" else ""))
                ends[-1] = (LOWERED if word == "super" else " ") + "}"
                at = kind.end() if kind else start
                continue
            kept.append("{}")  # keeps a control word before it from running on
            skipped, note_from = len(ends), start
            left_out.update([REPORTED[word]] if word in REPORTED else [])
        elif ends:
            if skipped == len(ends):
                if source.startswith("{\\footnote", note_from):
                    notes.append(source[note_from + len("{\\footnote") : start])
                skipped, at = 0, start + 1
            elif not skipped and ends[-1] != "}":
                kept += (source[at:start], ends[-1])
                at = start + 1
            ends.pop()
    if not skipped:
        kept.append(source[at:])
    return "".join(kept)


def _note(source: str) -> str:
    return _words("{\\rtf1\\ansi " + NOTE_NUMBER.sub("", source) + "}")


def _words(source: str) -> str:
    source = HIDDEN.sub("", NOTE_NUMBER.sub("", source))
    source = re.sub(r"\\line(?![a-z])[ ]?", LINE, source)
    text = rtf_to_text(source, errors="replace")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = "\n".join(_raised(line) for line in whole.replace(" |", "|").split("\n"))
    text = re.sub(r"\|[ \t]*(?=\n|$)", "", text).replace("|", " | ")
    return GAPS.sub("\n\n", text.strip()).replace(LINE, "\n").replace("\x00", "")


def _raised(line: str) -> str:
    pieces: list[str] = []
    at = 0
    for sign in MARKED.finditer(line):
        pieces.append(line[at : sign.start()])
        pieces.append(raised("".join(pieces[-6:]), sign[1]))
        at = sign.end()
    pieces.append(line[at:])
    return re.sub(f"[{RAISED}{LOWERED}]", "", "".join(pieces))
