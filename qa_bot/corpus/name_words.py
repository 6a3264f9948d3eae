"""Words that are written with a capital letter in the names and first lines of speeches, but are
nobody's surname."""

from __future__ import annotations

from qa_bot.text.folding import plain
from qa_bot.text.months import MONTHS
from qa_bot.text.names import ARTICLES, HONORIFICS, ORDINALS, SMALL, SPEECH, SPEECHES, word_set

OFFICES = word_set(
    "president presidente presidenta minister ministre ministra ministro secretary secretaire "
    "secretario secretaria director directeur directrice directora general chancellor premier "
    "king queen prince princess pope emperor governor mayor senator congressman congresswoman "
    "representative ambassador ambassadeur embajador commissioner chair chairman chairwoman "
    "chairperson rapporteur coordinator administrator judge justice attorney chief head deputy "
    "vice executive officer delegate envoy founder ceo professor spokesperson spokesman leader"
)

_SPEAKING = word_set(
    "opening closing welcome welcoming inaugural inauguration inaugurals farewell acceptance "
    "introductory introduction concluding conclusion final remark message messages discours "
    "allocution declaration discurso palabras rede ansprache oration sermon eulogy toast debate "
    "interview question questions answer answers press briefing conference broadcast radio "
    "fireside chat chats state union nation nations budget annual report dialogue summit session "
    "sessions meeting forum assembly council committee commission parliament congress senate "
    "house panel plenary workshop seminar symposium roundtable round table ceremony dinner lunch "
    "anniversary launch day week year part section volume chapter text transcript speaker script "
    "copy draft final version v rev revised edited scan scanned signed delivered prepared checked "
    "delivery document doc file page pages untitled new old english french spanish german arabic "
    "russian chinese international national global world united european african american asian "
    "annex agenda programme program policy general high level special first second third fourth "
    "hon image img dsc"
)

_SUBJECTS = word_set(
    "migration migrants refugees climate change health education peace war security development "
    "trade economy economic energy science technology youth women children rights human law "
    "justice freedom democracy history culture religion sport food water environment finance tax "
    "taxes crisis pandemic covid vaccine vaccines terrorism defence defense nuclear space digital "
    "artificial intelligence ai innovation partnership partnerships governance compact goals "
    "sustainable future hope dream victory strategy vision charter treaty agreement convention "
    "doctrine proclamation manifesto declaration independence constitution victory surrender"
)

_TIMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday morning afternoon evening spring "
    "summer autumn winter christmas easter"
)

# Also surnames, some of them: a place is no speaker unless a whole collection is named so.
PLACES = word_set(
    "washington london paris berlin rome vienna geneva brussels madrid lisbon dublin athens oslo "
    "stockholm copenhagen helsinki warsaw prague budapest bucharest sofia belgrade zagreb moscow "
    "kyiv kiev minsk istanbul ankara cairo tunis algiers rabat marrakesh marrakech casablanca "
    "dakar accra lagos abuja nairobi kampala kigali addis johannesburg pretoria harare lusaka "
    "luanda maputo khartoum tripoli beirut damascus baghdad tehran riyadh doha dubai amman "
    "jerusalem kabul karachi islamabad delhi mumbai dhaka kathmandu colombo bangkok hanoi manila "
    "jakarta singapore beijing shanghai tokyo seoul sydney melbourne canberra wellington ottawa "
    "toronto montreal vancouver york boston chicago philadelphia gettysburg houston dallas "
    "atlanta miami havana mexico panama bogota caracas quito lima santiago brasilia buenos aires "
    "montevideo strasbourg luxembourg davos munich hamburg frankfurt milan turin venice barcelona "
    "zurich bern basel lausanne glasgow edinburgh manchester birmingham cardiff belfast france "
    "germany spain italy portugal england scotland ireland wales britain belgium netherlands "
    "denmark norway sweden finland poland hungary romania bulgaria greece turkey russia ukraine "
    "egypt morocco algeria tunisia libya sudan ethiopia kenya uganda tanzania rwanda nigeria ghana "
    "senegal mali niger chad congo angola zambia zimbabwe mozambique malawi botswana namibia "
    "lebanon syria iraq iran israel palestine jordan yemen oman qatar kuwait afghanistan pakistan "
    "india bangladesh nepal china japan korea vietnam thailand laos cambodia malaysia indonesia "
    "philippines australia zealand canada usa uk eu un cuba haiti jamaica guatemala honduras "
    "nicaragua colombia venezuela ecuador peru bolivia chile argentina uruguay paraguay brazil "
    "europe africa asia america oceania switzerland austria"
)

NO_NAMES = (
    _SPEAKING | _SUBJECTS | _TIMES | OFFICES | HONORIFICS | SPEECH | SPEECHES | ARTICLES | SMALL
    | frozenset(ORDINALS) | frozenset(plain(month) for month in MONTHS)
)  # fmt: skip

# Words that say nothing about a speech when no others are left.
EMPTY = frozenset(map(plain, MONTHS)) | SPEECH | SPEECHES | SMALL | word_set(
    "text transcript document doc file page scan scanned img image dsc untitled new old copy draft "
    "final version v rev revised signed the discours discurso rede en eng fr fra es spa part no nr"
)  # fmt: skip


def is_capitalised(word: str) -> bool:
    """A capital letter, then small ones among the others: Truman, McKinley, O'Neill; not IOM."""
    return word[:1].isupper() and any(map(str.islower, word))


def is_surname(word: str) -> bool:
    """Whether a word may be somebody's surname: capitalised, and no word of speeches or place.

    >>> [is_surname(w) for w in ("Truman", "Closing", "Geneva", "IOM", "truman")]
    [True, False, False, False, False]
    """
    return is_capitalised(word) and plain(word) not in NO_NAMES | PLACES
