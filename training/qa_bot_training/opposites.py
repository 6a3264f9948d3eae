"""Questions turned into their opposite: "largest" becomes "smallest", "did" becomes "did not".

A passage that answers a question rarely answers its opposite, though nearly every word is the same:
two of the ways in which people make questions without an answer (antonyms and negation, Rajpurkar
et al. 2018, table 2).
"""

from __future__ import annotations

import random
import re

from qa_bot.evaluation.text_metrics import normalise

# Pairs that mostly change what is asked. Left out: fixed parts of questions ("how long") and words
# of several common meanings ("last", "left", "present", "light"); some that remain have two.
_PAIRS = """
    above-below accept-reject accepted-rejected acquire-lose acquired-lost active-inactive
    added-removed adults-children advantage-disadvantage advantages-disadvantages after-before
    agree-disagree agreed-disagreed alive-dead allies-enemies allow-forbid allowed-forbidden
    ally-enemy always-never ancient-modern appear-disappear appeared-disappeared approve-reject
    approved-rejected arrival-departure attack-defend attacked-defended attracted-repelled
    began-ended begin-end begins-ends best-worst better-worse biggest-smallest birth-death
    bought-sold boys-girls build-destroy built-destroyed buy-sell cause-prevent caused-prevented
    causes-prevents cheap-expensive cheaper-dearer cities-villages closed-opened coldest-warmest
    conquered-lost construct-demolish constructed-demolished created-abolished daughter-son
    daughters-sons decrease-increase decreased-increased decreases-increases deep-shallow
    deepest-shallowest defeat-victory defeated-victorious democratic-autocratic denied-confirmed
    deny-confirm different-same direct-indirect domestic-foreign earlier-later earliest-latest
    early-late east-west eastern-western easy-difficult emigrated-immigrated employed-unemployed
    expand-shrink expanded-shrank exports-imports external-internal failed-succeeded
    failure-success false-true fast-slow faster-slower fastest-slowest father-mother female-male
    females-males forbade-permitted formal-informal former-current founded-dissolved
    frequent-infrequent friends-rivals gain-lose gained-lost guilty-innocent happy-unhappy
    harmful-harmless heaviest-lightest higher-lower highest-lowest hired-fired hottest-coldest
    husband-wife ignored-considered improve-worsen improved-worsened include-exclude
    included-excluded inside-outside introduced-abolished king-queen larger-smaller
    largest-smallest least-most legal-illegal less-more liberal-conservative likely-unlikely
    longest-shortest lose-win lost-won major-minor majority-minority married-divorced
    marry-divorce maternal-paternal maximum-minimum men-women military-civilian narrow-wide
    narrowest-widest natural-artificial nearest-farthest negative-positive new-old newer-older
    newest-oldest north-south northern-southern occupied-abandoned often-seldom oppose-support
    opposed-supported peace-war peaceful-violent permanent-temporary permit-forbid polite-rude
    poor-rich poorest-richest popular-unpopular possible-impossible praised-criticized
    private-public profit-loss prohibit-allow prohibited-allowed raised-lowered rapid-slow
    reduce-increase reduced-increased release-capture released-captured remember-forget
    rural-urban safe-dangerous send-receive sent-received shorter-longer simple-complex
    single-multiple sister-brother start-end started-ended strength-weakness
    strengthened-weakened strong-weak stronger-weaker strongest-weakest successful-unsuccessful
    sufficient-insufficient summer-winter surrendered-resisted tall-short taller-shorter
    tallest-shortest taught-learned thick-thin top-bottom traditional-modern useful-useless
    usual-unusual visible-invisible voluntary-compulsory warm-cold warmer-colder wealthy-poor
    wet-dry winner-loser young-old younger-older youngest-oldest
"""


def _table(pairs: str) -> dict[str, tuple[str, ...]]:
    both: dict[str, dict[str, None]] = {}
    for pair in pairs.split():
        one, other = pair.split("-")
        both.setdefault(one, {}).setdefault(other)
        both.setdefault(other, {}).setdefault(one)
    return {word: tuple(others) for word, others in both.items()}


OPPOSITES = _table(_PAIRS)

_WORD = re.compile(r"(?<![\w'’-])[A-Za-z]+(?![\w'’-])")
# Only where "not" stands behind the auxiliary in plain English. In "What did the king fund?" it
# goes behind the subject, which takes a parser to find.
_AUXILIARY = re.compile(
    r"^(?:who|what|which(?: \w+)?) (?:is|are|was|were|can|could|should|will|must)\b(?! not|['’])",
    re.IGNORECASE,
)
_NEGATION = re.compile(r" not\b|n['’]t\b| never\b")
_CONTRACTED = re.compile(r"\b(?:ca|wo|sha)$", re.IGNORECASE)  # what "n't" leaves is no word


def opposite(question: str, passage: str, rng: random.Random) -> str | None:
    """The question with one word turned into its opposite or a negation put in or taken out.

    None when there is nothing to turn. A word is left alone when the passage also holds its
    opposite, and may well answer the other question; and inside a name ("United Nations").

    >>> opposite("Which river is longest?", "The Nile is the longest.", random.Random(1))
    'Which river is shortest?'
    """
    held = set(normalise(passage).split())
    turned = [
        question[: word.start()] + _cased(other, word[0]) + question[word.end() :]
        for word in _WORD.finditer(question)
        for other in OPPOSITES.get(word[0].lower(), ())
        if other not in held and not _fixed(question, word)
    ]
    negated = _NEGATION.search(question)
    if negated and not _CONTRACTED.search(question[: negated.start()]):
        turned.append(question[: negated.start()] + question[negated.end() :])
    elif (
        not negated
        and not turned
        and (auxiliary := _AUXILIARY.match(question))
        and rng.random() < 0.4
    ):
        # Seldom: else half of the made questions would hold a "not", and the word alone would come
        # to mean "no answer".
        turned.append(f"{question[: auxiliary.end()]} not{question[auxiliary.end() :]}")
    return rng.choice(turned) if turned else None


def _fixed(question: str, word: re.Match[str]) -> bool:
    """Whether the word is part of a name, or a measure as in "how old", which asks either way."""
    before = question[: word.start()]
    after = question[word.end() :].lstrip()
    name = word[0][0].isupper() and (bool(before) or after[:1].isupper())
    return name or before.lower().endswith(("how ", "years "))


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word
