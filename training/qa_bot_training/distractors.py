"""Single sentences put among others that resemble them: paragraphs out of sentence-level data.

A lone sentence asks only which of its words answer. Among sentences on the same matter the reader
must find the right one first, as in a speech.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

from qa_bot_training.data import Example, Gold
from qa_bot_training.negatives import holds_answer
from qa_bot_training.ranking import PassageIndex

_DEPTH = 24  # BM25 hits to choose from: enough that a sentence meets others each time it is drawn


class Distractors:
    """The passages of one data set, as company for each other.

    >>> from qa_bot_training.data import Gold
    >>> ask = Example("1", "Who sang at the fair?", "Ann sang.", (Gold("Ann", 0),), "", "")
    >>> crowd = Distractors([ask, dataclasses.replace(ask, context="A fair is held.")])
    >>> crowd.surround(ask, ask, 3, random.Random(2)).context
    'Ann sang. A fair is held.'
    """

    def __init__(self, rows: Sequence[Example]) -> None:
        """Index the rows' contexts (when first needed)."""
        self._index = PassageIndex(row.context for row in rows)

    def surround(self, example: Example, row: Example, most: int, rng: random.Random) -> Example:
        """The example with at most `most` other passages around its own, the answers moved along.

        `row` is the answerable row that it was made from, or the example itself: none of the others
        is that row's passage, nor holds an answer of it. The example must ask what the row asks.
        """
        found = self._index.ranked(f"{example.question} {example.context}", _DEPTH)
        own = (example.context, row.context)
        answers = [gold.text for gold in row.answers]
        others = [text for text in found if text not in own and not holds_answer(text, answers)]
        # The closest resemble most, but the same few would come each time.
        rng.shuffle(others)
        others = others[: rng.randint(1, most)]
        before = others[: rng.randint(0, len(others))]
        head = "".join(f"{text} " for text in before)
        tail = "".join(f" {text}" for text in others[len(before) :])
        return dataclasses.replace(
            example,
            context=head + example.context + tail,
            answers=tuple(Gold(gold.text, len(head) + gold.start) for gold in example.answers),
        )
