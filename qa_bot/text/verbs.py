"""Verbs of speeches and their forms: what a sentence says somebody did, or said."""

from __future__ import annotations

import re

# base form: third person and past, for verbs that take an object in speeches
_VERBS = """
    afford: affords afforded; allow: allows allowed; harness: harnesses harnessed; help: helps
    helped; impose: imposes imposed; recognise: recognises recognised; share: shares shared;
    accept: accepts accepted; acknowledge: acknowledges acknowledged; address: addresses addressed;
    announce: announces announced; call for: calls_for called_for; commit to: commits_to
    committed_to; cover: covers covered; describe: describes described; emphasise: emphasises
    emphasised; emphasize: emphasizes emphasized; endorse: endorses endorsed; enable: enables
    enabled; encourage: encourages encouraged; ensure: ensures ensured; explain: explains explained;
    facilitate: facilitates facilitated; focus on: focuses_on focused_on; guarantee: guarantees
    guaranteed; highlight: highlights highlighted; include: includes included; launch: launches
    launched; mean: means meant; mention: mentions mentioned; need: needs needed; note: notes noted;
    offer: offers offered; promote: promotes promoted; propose: proposes proposed; protect: protects
    protected; provide: provides provided; recall: recalls recalled; recommend: recommends
    recommended; reduce: reduces reduced; reflect: reflects reflected; rely on: relies_on relied_on;
    require: requires required; reveal: reveals revealed; say: says said; seek: seeks sought;
    show: shows showed; stick to: sticks_to stuck_to; stress: stresses stressed;
    strengthen: strengthens strengthened; suggest: suggests suggested; support: supports supported;
    urge: urges urged; welcome: welcomes welcomed
"""
FORMS: dict[str, tuple[str, str]] = {}  # form -> (base, helper)
for _entry in _VERBS.split(";"):
    _base, _forms = _entry.split(":")
    _third, _past = (form.replace("_", " ") for form in _forms.split())
    FORMS[_third] = (" ".join(_base.split()), "does")
    FORMS[_past] = (" ".join(_base.split()), "did")
FORM = "|".join(sorted(FORMS, key=len, reverse=True)).replace(" ", r"\s")
BASE = "|".join(sorted({base for base, _ in FORMS.values()}, key=len, reverse=True))

# Verbs of saying: base forms, and past forms that are not regular.
_BASE = (
    "say mention talk speak call think believe describe explain argue stress emphasise emphasize "
    "highlight note thank announce promise pledge commit urge recommend propose suggest warn "
    "express refer quote cite recall state claim ask hope want welcome praise criticise criticize "
    "conclude point define see view list name identify outline present pay consider feel expect "
    "wish invite encourage acknowledge address cover discuss compare add mean tell remind "
    "underline reiterate declare assert insist remark observe comment stand regard characterise "
    "characterize"
)
_PAST = "said thought spoke told meant saw felt paid stood put"
_IRREGULAR = (
    "say:said speak:spoken think:thought see:seen pay:paid mean:meant tell:told feel:felt "
    "commit:committed refer:referred stand:stood"
)


def _verbs() -> str:
    forms = set(_BASE.split()) | set(_PAST.split())
    for verb in _BASE.split():
        forms |= {verb + "s", verb + "es", verb + "ed", re.sub("e$", "", verb) + "ed"}
        forms |= {re.sub("y$", "ied", verb), re.sub("y$", "ies", verb)}
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


def _participles() -> dict[str, str]:
    made = {}
    for verb in _BASE.split():
        ending = "ied" if verb.endswith("y") and verb[-2] not in "aeou" else "ed"
        made[verb] = verb[:-1] + ending if ending == "ied" or verb.endswith("e") else verb + ending
    return made | dict(pair.split(":") for pair in _IRREGULAR.split())


SAYING = rf"(?:{_verbs()})"
PARTICIPLE = _participles()

# Past forms that a question about who did it has: "Who gave it?".
_IRREGULAR_PAST = (
    "gave:give made:make held:hold took:take led:lead spoke:speak told:tell thought:think "
    "wrote:write sent:send met:meet brought:bring built:build began:begin chose:choose found:find "
    "kept:keep won:win paid:pay saw:see set:set spent:spend drew:draw felt:feel meant:mean "
    "committed:commit referred:refer delivered:deliver presented:present organised:organise "
    "organized:organize adopted:adopt signed:sign created:create hosted:host founded:found "
    "opened:open closed:close"
)
PAST = (
    {form: base for form, (base, helper) in FORMS.items() if helper == "did" and " " not in form}
    | {form: base for base, form in PARTICIPLE.items() if form.endswith("ed")}
    | dict(pair.split(":") for pair in _IRREGULAR_PAST.split())
)
