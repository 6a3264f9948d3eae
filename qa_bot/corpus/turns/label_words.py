"""Words that the labels of speakers are made of, and words that begin lines but never speak."""

from __future__ import annotations

import re

from qa_bot.corpus.name_words import OFFICES
from qa_bot.text.names import PARTICLES, word_set

ANSWERING = re.compile(
    r"(?:A|Answer|Response|Reply|Réponse|Respuesta|Antwort)(?: ?\d+)?\Z", re.IGNORECASE
)
MACHINE = re.compile(r"(?:Speaker|SPEAKER|Sprecher|Orador|Locuteur)[ _]?(?:\d{1,3}|[A-Z])\Z")
# Who speaks without a name: nobody goes on speaking after them.
ANONYMOUS = re.compile(
    r"(?:An?|Some|Several|The|One|Other) (?:hon(?:ou?rable)?\.? )?"
    r"(?:member|senator|voice|delegate)s?\b"
    r"|(?:Hon(?:ou?rable)?\.? )?(?:Members|Senators|Delegates|Voices)\Z|Several hon|Une voix"
    r"|Plusieurs",
    re.IGNORECASE,
)
SPEAKING_OFFICES = OFFICES | word_set(
    "speaker moderator host interviewer clerk presidency chairs rapporteurs facilitator "
    "presenter operator member members senators voice witness court counsel prosecutor "
    "president-elect whip usher prime présidente président acting presiding officer mayor "
    "treasurer convenor convener"
)
# What stands before a colon at the beginning of many a line, and speaks never.
NOBODY = word_set(
    "note notes source sources date place title author authors subject summary contact contacts "
    "example examples warning background objective objectives recommendation recommendations "
    "conclusion conclusions theme themes goal goals target targets step table figure chapter "
    "article section part agenda item items day time venue email e-mail mail tel telephone "
    "phone fax from to cc re url website web link http https see also keywords abstract "
    "introduction appendix annex resolved whereas provided therefore firstly secondly thirdly "
    "finally first second third fourth fifth yes no photo photos image caption credit credits "
    "translation original language languages version duration length topic topics participants "
    "present absent apologies attendees location page pages chapter friends colleagues "
    "gentlemen ladies citizens fellow dear excellencies mesdames messieurs monday tuesday "
    "wednesday thursday friday saturday sunday transcript recording video audio tags category "
    "categories status type name names size number total amount price cost result results "
    "option options action actions decision decisions motion vote votes ayes noes yeas nays "
    "questions paragraph point points remark reason reasons problem solution answer-key update "
    "updates"
)
# Sounds and remarks of the record, in brackets on their own.
NOISES = word_set(
    "interruption interruptions laughter applause crosstalk inaudible music pause silence "
    "cheers cheering noise continued continuing sic end ends break recess indiscernible "
    "unintelligible overtalk translation interpretation video clip laughs laughing rires "
    "applaudissements risas aplausos"
)
# Small words inside a name or an office.
INSIDE = PARTICLES | word_set(
    "of for the and in to on le la les des du et de l d s der die das und y e o pro tempore ibn "
    "bint af av"
)
