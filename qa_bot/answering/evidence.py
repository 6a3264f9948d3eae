"""What was retrieved and read for a query, made when a kind of answer first asks for it."""

from __future__ import annotations

from collections.abc import Callable

from qa_bot.answering.search_pass import SearchPass
from qa_bot.retrieval.evidence import ScoredSentence
from qa_bot.understanding.query import Query


class Evidence:
    """Passages and spans for one query. A kind that needs neither costs neither.

    Attributes:
        query: as it was understood, with all its restrictions.

    Args:
        topical: whether it asks what was said on a subject: its sentences are those.
    """

    def __init__(
        self,
        query: Query,
        gather: Callable[[Query], tuple[SearchPass, Query]],
        rank: Callable[[Query, SearchPass, bool], list[ScoredSentence]],
        topical: bool = False,
    ) -> None:
        self.query = query
        self._gather = gather
        self._rank = rank
        self._gathered: tuple[SearchPass, Query] | None = None
        self._topical = topical
        self._ranked: dict[bool, list[ScoredSentence]] = {}

    def _all(self) -> tuple[SearchPass, Query]:
        # Not a cached_property: Python 3.11 locks it for all instances while one is made.
        if self._gathered is None:
            self._gathered = self._gather(self.query)
        return self._gathered

    @property
    def found(self) -> SearchPass:
        """The passages and the spans, best first."""
        return self._all()[0]

    @property
    def kept(self) -> Query:
        """The query with those of its restrictions that these were found under."""
        return self._all()[1]

    @property
    def sentences(self) -> list[ScoredSentence]:
        """Sentences that may bear on the query, best first."""
        return self._ranking(self._topical)

    @property
    def on_subject(self) -> list[ScoredSentence]:
        """Sentences that are about the subject of the query, best first, whatever it asks."""
        return self._ranking(True)

    def _ranking(self, topical: bool) -> list[ScoredSentence]:
        if topical not in self._ranked:
            self._ranked[topical] = self._rank(self.kept, self.found, topical)
        return self._ranked[topical]

    @property
    def seconds(self) -> dict[str, float]:
        """Time spent by stage; nothing where no kind asked for passages."""
        if self._gathered is None:
            return {"retrieve": 0.0, "read": 0.0}
        return dict(self._gathered[0].seconds)
