"""Words that end in a full stop without ending a sentence, and words that begin one."""

from __future__ import annotations

from qa_bot.text.cleaning import words

# A name or a number always follows.
ALWAYS_FOLLOWED = words(
    "mr mrs ms mx messrs mme mmes mlle dr drs prof profs rev hon rt st ste mt amb gen lt col maj "
    "capt cmdr adm brig sgt sen rep gov pres supt h.e h.m h.r.h sr sra srta sres excmo ilmo herr "
    "e.g i.e viz cf vs v al resp approx ca bzw z.b d.h p.ej u.a"
)
# A number follows, or it is the end of the sentence ("No. We disagree.").
BEFORE_NUMBERS = words(
    "no nos nr núm art arts para paras fig figs vol vols p pp sec sect ch chap res doc ref ser "
    "suppl ed jan feb mar apr jun jul aug sep sept oct nov dec"
)
# May stand anywhere; the sentence ends if the next word is one that begins sentences.
ANYWHERE = words("inc ltd co corp bros jr dept univ est assn gmbh cie min max")

STARTERS = words(
    "a an the this that these those it he she we they i you in on at for by with from to of as "
    "but and or so yet if when while where there here what who why how which our my his her its "
    "their your let now then thus yes not one some many most all both each every after before "
    "since because although though however moreover furthermore nevertheless therefore finally "
    "first second third today tomorrow yesterday during under over through despite only even "
    "is are was were do does did can could will would should may might must have has had "
    "please thank ladies excellencies distinguished"
)
