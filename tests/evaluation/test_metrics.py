"""Every metric against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.evaluation.abstention import aurc, ece, reliability, risk_coverage
from qa_bot.evaluation.ranking import PassageMap, ndcg_at, recall_at, reciprocal_rank
from qa_bot.evaluation.spans import citation_scores, covered, exact_items, faithful, partial_items
from qa_bot.evaluation.testset import GoldSpan
from qa_bot.schema import Citation, Document, Passage

RANKED = ["p1", "p2", "p3", "p4", "p5"]


def test_recall_is_the_share_of_items_found() -> None:
    relevant = [{"p2", "p9"}, {"p4"}]
    assert [recall_at(RANKED, relevant, k) for k in (1, 2, 3, 4, 10)] == [0, 0.5, 0.5, 1, 1]
    assert recall_at([], relevant, 10) == 0


def test_reciprocal_rank_is_that_of_the_first_relevant_passage() -> None:
    assert reciprocal_rank(RANKED, [{"p4"}, {"p3"}]) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKED, [{"p9"}]) == 0


def test_ndcg_by_hand() -> None:
    # Relevant at ranks 2 and 4, a third one not found: (1/log2(3) + 1/log2(5)) / ideal of three.
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at(RANKED, [{"p2", "p4"}, {"p9"}], 10) == pytest.approx(gained / ideal)
    # Only the first two ranks count, and the ideal is cut there too.
    assert ndcg_at(RANKED, [{"p2", "p4"}, {"p9"}], 2) == pytest.approx(
        (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    )
    assert ndcg_at(["p1", "p2"], [{"p1"}, {"p2"}], 10) == 1


def test_relevant_passages_hold_an_alternative_in_full() -> None:
    passages = [
        Passage("a", 0, 10, "x" * 10, 0),
        Passage("a", 8, 20, "x" * 12, 1),
        Passage("b", 0, 20, "x" * 20, 2),
    ]
    held = PassageMap(passages)
    both = (GoldSpan("x", "a", 9, 10),)
    crossing = (GoldSpan("x" * 14, "a", 5, 19),)
    shorter = (GoldSpan("x" * 14, "a", 5, 19), GoldSpan("x" * 3, "a", 5, 8))
    assert held.relevant([both, crossing, shorter]) == [
        {"a#0-10", "a#8-20"},
        {"a#0-10", "a#8-20"},  # no passage holds it in full: those that hold a part
        {"a#0-10"},
    ]


ITEMS = [
    (GoldSpan("violence", "a", 0, 8),),
    (GoldSpan("disease", "a", 10, 17),),
    (GoldSpan("the disaster", "a", 22, 34), GoldSpan("disaster", "a", 26, 34)),
]


def test_exact_items_match_once_after_normalisation() -> None:
    scores = exact_items(["Violence.", "violence", "disaster"], ITEMS)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.f1 == pytest.approx(2 / 3)
    assert exact_items([], ITEMS).f1 == 0


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_items_that_share_an_alternative_are_matched_as_well_as_can_be(
    order: tuple[str, str],
) -> None:
    either = (GoldSpan("a", "d", 0, 1), GoldSpan("b", "d", 2, 3))
    for items in ([either, either[:1]], [either[:1], either]):
        assert exact_items(order, items).f1 == 1


def test_partial_items_give_credit_by_characters() -> None:
    # "violence, disease" as one quotation: 15 of its 17 characters are gold; two items of three.
    scores = partial_items([("a", 0, 17)], ITEMS)
    assert scores.precision == pytest.approx(15 / 17)
    assert scores.recall == pytest.approx(2 / 3)
    # The whole list in one quotation: every item is covered.
    assert partial_items([("a", 0, 34)], ITEMS).recall == 1
    # Half of an item, and a quotation of another document.
    scores = partial_items([("a", 0, 4), ("b", 0, 8)], ITEMS)
    assert scores.precision == pytest.approx(0.5)
    assert scores.recall == pytest.approx(0.5 / 3)
    assert partial_items([], ITEMS).f1 == 0


@given(st.lists(st.tuples(st.just("a"), st.integers(0, 30), st.integers(0, 30))))
def test_covered_counts_each_character_once(others: list[tuple[str, int, int]]) -> None:
    inside = {i for _, start, end in others for i in range(start, end)} & set(range(5, 25))
    assert covered(("a", 5, 25), others) == pytest.approx(len(inside) / 20)


def citation(start: int, end: int, sentence: tuple[int, int], text: str) -> Citation:
    document = Document(id="a", text=text)
    return Citation(
        text[start:end], start, end, text[slice(*sentence)], *sentence, document.info, None, 1, 0.5
    )


def test_citations_against_gold_spans() -> None:
    text = "In Geneva, in October 2018. Then New York."
    gold = [(GoldSpan("October 2018", "a", 14, 26),)]
    inside = citation_scores(citation(14, 21, (0, 27), text), gold)
    assert (inside.document, inside.overlaps, inside.contains, inside.sentence) == (1, 1, 0, 1)
    beside = citation_scores(citation(33, 41, (28, 42), text), gold)
    assert (beside.document, beside.overlaps, beside.contains, beside.sentence) == (1, 0, 0, 0)
    whole = citation_scores(citation(11, 27, (11, 20), text), gold)
    assert (whole.overlaps, whole.contains, whole.sentence) == (1, 1, 0)
    elsewhere = citation_scores(citation(14, 26, (0, 27), text), [(GoldSpan("x", "b", 14, 26),)])
    assert elsewhere.document == elsewhere.overlaps == 0


def test_fidelity_compares_quote_and_sentence() -> None:
    text = "In Geneva, in October 2018."
    documents = {"a": Document(id="a", text=text)}
    assert faithful(citation(3, 9, (0, 27), text), documents)
    assert not faithful(citation(3, 9, (0, 27), text.upper()), documents)
    assert not faithful(citation(3, 9, (0, 10), text + "x"), {})
    assert not faithful(citation(3, 3, (0, 27), text), documents)


def test_risk_coverage_by_hand() -> None:
    coverage, risk = risk_coverage([0.2, 0.9, 0.5], [1, 0, 1])
    assert coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert risk.tolist() == pytest.approx([0, 1 / 2, 2 / 3])
    assert aurc([0.2, 0.9, 0.5], [1, 0, 1]) == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


def test_equal_confidences_take_their_mean_loss() -> None:
    assert risk_coverage([0.5, 0.5, 0.1], [1, 0, 0])[1].tolist() == pytest.approx([0.5, 0.5, 1 / 3])
    assert aurc([0.5, 0.5], [0, 1]) == aurc([0.5, 0.5], [1, 0])


def test_ece_by_hand() -> None:
    sure = [0.1, 0.3, 0.8, 0.9]
    right = [0, 1, 1, 1]
    # Two bins: (mean 0.2, right 0.5) and (0.85, 1.0).
    assert ece(sure, right, bins=2) == pytest.approx(0.5 * 0.3 + 0.5 * 0.15)
    assert [b.count for b in reliability(sure, right, bins=3)] == [2, 1, 1]
    assert ece([1.0, 0.0], [1, 0]) == 0
    assert math.isnan(ece([], []))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_calibration_scores_stay_in_range(pairs: list[tuple[float, bool]]) -> None:
    sure, right = zip(*pairs, strict=True)
    assert -1e-9 <= ece(sure, np.array(right, float)) <= 1 + 1e-9
    assert sum(b.count for b in reliability(sure, np.array(right, float))) == len(pairs)
    loss = 1 - np.array(right, float)
    assert risk_coverage(sure, loss)[1][-1] == pytest.approx(loss.mean())
