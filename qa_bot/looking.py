"""Looking under the restrictions of a question, and again without those it may not have meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa_bot.conversation.own_speech import may_be_words_of
from qa_bot.conversation.request import Request
from qa_bot.reading.calibration import Calibration
from qa_bot.schema import Hit, Span


@dataclass(frozen=True)
class Looked:
    """What one look found.

    Attributes:
        hits: passages, best first.
        spans: of these passages, best first.
        sure: the probability of each span.
        seconds: by stage.
        question: that the reader was asked.
    """

    hits: Sequence[Hit]
    spans: Sequence[Span]
    sure: Sequence[float]
    seconds: Mapping[str, float] = field(default_factory=dict)
    question: str = ""

    def alone(self, calibration: Calibration, document_id: str) -> float:
        """Probability of a document's best span, judged without what was found in the others.

        Its passages keep the scores and ranks of the whole search, and how many were searched. Its
        spans below the last one that was kept of all are not known: the last one stands for them.
        """
        own = [span for span in self.spans if span.passage.document_id == document_id]
        return calibration.confidence([*own, self.spans[-1]], self.hits, self.question)[0]

    @property
    def best(self) -> float:
        """Probability of the best span; 0 when there is none."""
        return self.sure[0] if self.sure else 0.0

    def found(self, answer_at: float) -> bool:
        """Whether the best span counts as an answer; without a span none does, even from 0 on."""
        return bool(self.spans) and self.best >= answer_at


def look_wider_if_better(
    look: Callable[[Request], Looked], request: Request, answer_at: float
) -> tuple[Looked, Request]:
    """Look under all restrictions; and without the uncertain ones if that may find more.

    "In 2018" may be the year of the speech or the year that it speaks about. So the speeches of
    2018 come first; all others are looked at too when those hold no answer, or when the words found
    do not name that year themselves. The wider look counts only if it is surer, and if it found the
    year where nothing else was lacking.

    Args:
        look: retrieves and reads.
        request: with its restrictions.
        answer_at: least probability of an answer.

    Returns:
        What was found and the request that it was found under.
    """
    narrow = look(request)
    if not request.may_widen:
        return narrow, request
    found = narrow.found(answer_at)
    if found and not request.times:
        return narrow, request
    if found and request.names_time(narrow.spans[0].passage.text):
        return narrow, request
    wide = look(request.wider)
    seconds = {stage: narrow.seconds[stage] + wide.seconds[stage] for stage in wide.seconds}
    better = wide.found(answer_at) and wide.best > narrow.best
    if better and found:
        better = request.names_time(wide.spans[0].passage.text)
    looked = wide if better else narrow
    kept = request.wider if better else request
    return replace(looked, seconds=seconds), kept


def own_words(
    who: str, spans: Sequence[Span], sure: Sequence[float], hits: Sequence[Hit]
) -> tuple[list[Span], list[float]]:
    """The spans, and their probabilities, that may be somebody's own words, in their order."""
    about = {hit.passage.id: hit.document for hit in hits}
    kept = [
        (span, chance)
        for span, chance in zip(spans, sure, strict=True)
        if may_be_words_of(
            who,
            span.passage.text,
            span.start - span.passage.start,
            span.end - span.passage.start,
            about[span.passage.id],
        )
    ]
    return [span for span, _ in kept], [chance for _, chance in kept]
