"""Is a question in a language that the models do not read?

By its script, or by the commonest words of the languages that people write in Latin letters: a
question holds several of them. Names and borrowed words ("Rio de la Plata", "coup d'état") hold
few, and none that only sentences need. Nothing is claimed without evidence: a single Latin word
passes for English.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

MOST = 2000  # characters that are looked at
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"[\"“«„][^\"”»“]*[\"”»“]")
_APOSTROPHE = re.compile(r"['’]")
_SCRIPTS = MappingProxyType(
    {
        "CYRILLIC": "ru", "ARABIC": "ar", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja",
        "HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn",
        "TAMIL": "ta", "TELUGU": "te", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy",
        "ETHIOPIC": "am", "KHMER": "km", "MYANMAR": "my", "SINHALA": "si", "GUJARATI": "gu",
    }
)  # fmt: skip
# Words that sentences are held together by: of these one counts as two of the others.
_TELLING: Mapping[str, str] = MappingProxyType(
    {
        "fr": "qui que quoi quel quelle quels quelles pourquoi comment combien où quand est sont "
        "était étaient ont avait fait faut peut dit disent parle parlez donne donnez résume "
        "résumez explique expliquez comparez compare-moi cette ces cet ils elle elles nous "
        "vous avec dans pour sur avoir ceci cela ça bonjour bonsoir salut merci beaucoup moi "
        "lequel laquelle dont aux leur leurs entre selon depuis",
        "es": "quién quien quiénes qué cuál cual cuáles cuánto cuántos cuántas cuándo cuando cómo "
        "como dónde donde por porque es está están fue fueron era son dijo dice dicen dame "
        "háblame hay resume resumen explica ese este esta esto eso estos estas ellos ellas "
        "nosotros usted con para sobre según entre desde también muy más hola gracias buenos "
        "buenas sin pero quería",
        "pt": "quem quê qual quais quanto quantos quantas quando como onde por porque é está estão "
        "foi foram era são será disse diz dizem fale resuma resumo explique esse este esta "
        "isso isto eles elas nós você com para sobre segundo entre desde também muito mais "
        "não uma um olá obrigado obrigada bom sem mas",
        "de": "wer was wann wo warum wieso weshalb wie welche welcher welches wieviel ist sind war "
        "waren wird werden wurde wurden hat haben sagt sagte gib fasse erkläre vergleiche "
        "dieser diese dieses nicht mit für über zum zur bei nach seit und oder aber auch sehr "
        "guten danke vielen bitte ich sie wir ein eine einen einer beiden zwischen laut "
        "gesagt",
        "it": "chi che cosa cos quale quali quanto quanti quante quando come dove perché è sono "
        "era "
        "erano sarà ha hanno detto dice dicono dimmi riassumi spiega questo questa questi "
        "queste loro noi voi con per sul sulla sulle sui secondo tra fra anche molto più non "
        "grazie mille buongiorno",
        "nl": "wie wat wanneer waar waarom hoe welke hoeveel is zijn was waren wordt worden werd "
        "heeft hebben zei zegt geef vat leg vergelijk deze dit dat niet met voor over bij "
        "naar sinds en of maar ook zeer het een jullie wij zij wel dank bedankt tussen "
        "volgens",
    }
)
# Words that names are held together by as well.
_JOINING: Mapping[str, str] = MappingProxyType(
    {
        "fr": "le la les l d du de des un une et en au c s n j qu il y a ce se ne pas par",
        "es": "el la los las de del un una y en al lo se no a su",
        "pt": "o a os as do da dos das de no na nos nas um uma e em ao se me",
        "de": "der die das den dem des von im am zu in es auf aus an",
        "it": "il lo la i gli le un una del della dei delle degli di a da in al alla e si l d",
        "nl": "de van der den te in op aan je ik",
    }
)
_ENGLISH = frozenset(
    """
    the of and to in is was are were be been that it he she his her they we you i for on with as
    at by from this these those what who whom whose which when where why how did do does has have
    had will would can could should not or but about said say says mean means me my our your
    their an any all tell give find show there than then if so no yes also too more most please
    """.split()  # noqa: SIM905 - words read better than strings
)
_BY_WORD: Mapping[str, tuple[tuple[str, int], ...]] = MappingProxyType(
    {
        word: tuple(
            (language, 2 if word in _TELLING[language].split() else 1)
            for language in _TELLING
            if word in f"{_TELLING[language]} {_JOINING[language]}".split()
        )
        for word in " ".join((*_TELLING.values(), *_JOINING.values())).split()
    }
)
_SURE, _SHARE = 3, 0.5  # points that are needed, and points a word
# Telling enough in a question of one or two words.
_ALONE: Mapping[str, str] = MappingProxyType(
    {
        word: language
        for language, words in {
            "fr": "bonjour bonsoir merci pourquoi combien résumez résume",
            "es": "hola gracias quién cuándo cuánto cuántos resumen",
            "pt": "obrigado obrigada olá resuma",
            "de": "danke vielen guten warum",
            "it": "grazie perché riassumi",
            "nl": "bedankt waarom hoeveel",
        }.items()
        for word in words.split()
    }
)


def question_language(text: str) -> str | None:
    """The language of a question that is surely not in English, as a two-letter code.

    The code of a script shared by several languages is that of its most widespread one.

    Example:
        >>> asked = ("Que dit le Pacte du climat ?", "气候", "Rio de la Plata")
        >>> [question_language(question) for question in asked]
        ['fr', 'zh', None]
    """
    text = unicodedata.normalize("NFC", text[:MOST])
    outside = _QUOTED.sub(" ", text)  # an English question may quote another language
    text = outside if _WORD.search(outside) else text
    found = _WORD.findall(_APOSTROPHE.sub(" ", text))
    if not found:
        return None
    if "¿" in text or "¡" in text:
        return "es"
    return _by_script(found) or _by_words([word.lower() for word in found])


def _by_script(found: list[str]) -> str | None:
    """The language of a script in which most letters are written."""
    counts: Counter[str] = Counter()
    letters = 0
    for word in found:
        letters += len(word)
        if not word.isascii():
            for char in word:
                if ord(char) > 0x36F:
                    counts[unicodedata.name(char, "UNNAMED").split()[0]] += 1
    if counts["HIRAGANA"] or counts["KATAKANA"]:
        counts["HIRAGANA"] += counts["CJK"]
    for script, count in counts.most_common(1):
        # A single letter is a symbol; a syllable or a sign of Chinese says more than a letter.
        dense = script in ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
        if script in _SCRIPTS and count * (2 if dense else 1) > letters / 2 and (count > 1):
            return _SCRIPTS[script]
    return None


def _by_words(low: list[str]) -> str | None:
    """The language whose commonest words are there, if English ones are not."""
    if len(low) <= 2 and (alone := [word for word in low if word in _ALONE]):
        return _ALONE[alone[0]]
    points: Counter[str] = Counter()
    telling: set[str] = set()
    for word in set(low):
        for language, count in _BY_WORD.get(word, ()):
            points[language] += count
            if count > 1 and word not in _ENGLISH:
                telling.add(language)
    english = sum(word in _ENGLISH for word in set(low))
    for language, count in points.most_common():
        if (
            language in telling
            and count >= _SURE
            and count > 2 * english
            and count / len(low) >= _SHARE
        ):
            return language
    return None
