"""Rows of questions as people ask them: reading, checking, scoring, reporting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from qa_bot.evaluation.check import check, describe, main
from qa_bot.evaluation.compare import compare
from qa_bot.evaluation.gate import judge
from qa_bot.evaluation.html_report import render
from qa_bot.evaluation.results import Evaluation, read_run, write_run
from qa_bot.evaluation.rows import parse_row, parse_rows
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.terminal import show, show_comparison
from qa_bot.evaluation.testset import Question, TestSet, Wanted
from qa_bot.evaluation.users import MOST, OUTCOMES, flat, outcome, seen, users_scores
from qa_bot.schema import Answer, Citation, Document, DocumentInfo
from tests.evaluation.conftest import TOPICS

ROOT = Path(__file__).parents[2]
MakeBot = Callable[..., Any]
DOCUMENTS = {
    "a": Document(id="a", title="Opening", path="a.txt", text="The *Migrant's  Voice*\nwas heard."),
    "b": Document(id="b", title="Closing", path="b.txt", text="Thanks, “dear” Geneva."),
}
SEEN = {"question": "Who?", "points": [["was heard"]]}


def cite(sentence: str, quote: str | None = None) -> Citation:
    words = sentence if quote is None else quote
    end = len(words)
    return Citation(words, 0, end, sentence, 0, len(sentence), DocumentInfo("a"), None, 1.0, 0.9)


def answer(*citations: Citation, found: bool = True, text: str = "") -> Answer:
    kept = {"citations": citations} if found else {"closest": citations}
    return Answer("?", "?", found, text, 0.5, **kept)


TWO = Wanted((("one fact", "first fact"), ("two facts",), ("three facts",)), need=2)


@pytest.mark.parametrize(
    ("given", "wanted", "came"),
    [
        (answer(cite("Here is One  FACT."), cite("And *two* facts.")), TWO, "satisfied"),
        (answer(cite("first fact, one fact")), TWO, "partly"),  # two alternatives of one point
        (answer(cite("nothing of it")), TWO, "misled"),
        (answer(), TWO, "misled"),
        (answer(text="Two facts, one fact"), TWO, "satisfied"),  # facts of the catalogue
        (answer(cite("x"), text="two facts, one fact"), TWO, "misled"),
        (answer(cite("one fact"), cite("two facts"), found=False), TWO, "helped"),
        (answer(cite("one fact"), found=False), TWO, "nothing"),
        (answer(found=False), TWO, "nothing"),
        # Sides of a comparison: enough points, but all of them on one side.
        (answer(cite("one fact, two facts")), replace(TWO, sides=((0, 1), (2,))), "partly"),
        (answer(cite("one fact, three facts")), replace(TWO, sides=((0, 1), (2,))), "satisfied"),
        (
            answer(cite("one fact, two facts"), found=False),
            replace(TWO, sides=((0, 1), (2,))),
            "nothing",
        ),
        # What should be refused.
        (answer(cite("anything")), Wanted(refuse=True), "misled"),
        (answer(cite("anything"), found=False), Wanted(refuse=True), "satisfied"),
        # Only 2,500 characters count, and whole citations; repeated ones count once.
        (answer(cite("x" * MOST), cite("one fact, two facts")), TWO, "misled"),
        (answer(cite("x" * (MOST - 19)), cite("one fact, two facts")), TWO, "satisfied"),
        (answer(*[cite("y" * 1000)] * 3, cite("one fact, two facts")), TWO, "satisfied"),
        (answer(cite("x" * (MOST + 1)), cite("one fact, two facts")), TWO, "misled"),
        # A quotation that was cut from within the wanted words.
        (
            answer(cite("a sign", "to sign a landmark")),
            Wanted((("in Marrakesh to sign a landmark document",),), 1),
            "satisfied",
        ),
        (answer(cite("a sign", "landmark document")), Wanted((("landmark",),), 1), "satisfied"),
        (answer(cite("to sign a land")), Wanted((("to sign a landmark",),), 1), "misled"),
        (
            answer(cite("to sign a landmark"), found=False),
            Wanted((("in Marrakesh to sign a landmark document",),), 1),
            "nothing",
        ),
    ],
)
def test_outcomes(given: Answer, wanted: Wanted, came: str) -> None:
    assert outcome(given, wanted) == came
    assert outcome(given, wanted) == by_the_rules(given, wanted)


def by_the_rules(given: Answer, wanted: Wanted, most: int = 2500) -> str:
    """The rules written down once more, as shortly as can be."""

    def plain(text: str) -> str:
        text = re.sub("[*_“”\"']", "", text.replace("’", "\0").replace("‘", "\0"))
        return " ".join(text.replace("\0", "'").split()).lower()

    texts: list[str] = []
    for c in given.citations if given.found else given.closest:
        longest = c.sentence if len(c.sentence) >= len(c.quote) else c.quote
        if longest not in texts:
            if sum(map(len, texts)) + len(longest) > most:
                break
            texts.append(longest)
    if given.found and not given.citations:
        texts.append(given.text)
    points = []
    for point in wanted.points:
        inside = any(plain(p) in plain(t) for p in point for t in texts)
        cut = given.found and any(
            len(c.quote) > 15 and plain(c.quote) in plain(p) for c in given.citations for p in point
        )
        points.append(inside or cut)
    one_each = all(any(points[i] for i in side) for side in wanted.sides)
    enough = sum(points) >= wanted.need and one_each
    if wanted.refuse:
        return "misled" if given.found else "satisfied"
    if not given.found:
        return "helped" if enough else "nothing"
    return "satisfied" if enough else "partly" if any(points) else "misled"


words = st.lists(
    st.sampled_from(["one", "Two", "*three*", "“four”", "it’s", "it's", "a longer word", "  "]),
    max_size=6,
).map(" ".join)
citations = st.lists(st.builds(cite, words, st.none() | words), max_size=5)


@given(
    citations,
    st.booleans(),
    words,
    st.lists(st.lists(words.filter(str.strip), min_size=1, max_size=3), min_size=1, max_size=4),
    st.data(),
)
def test_outcomes_are_those_of_the_rules(
    given: list[Citation], found: bool, text: str, points: list[list[str]], data: st.DataObject
) -> None:
    numbers = st.integers(0, len(points) - 1)
    sides = data.draw(st.lists(st.lists(numbers, min_size=1, max_size=2), max_size=2))
    wanted = Wanted(
        tuple(map(tuple, points)),
        data.draw(st.integers(1, len(points))),
        tuple(map(tuple, sides)),
        refuse=data.draw(st.booleans()),
    )
    said = answer(*given, found=found, text=text)
    assert outcome(said, wanted) == by_the_rules(said, wanted)


def test_what_an_outcome_is_worth() -> None:
    assert [users_scores(o)["users_score"] for o in OUTCOMES] == [1, 0.5, 0, 0, 0]
    assert users_scores("misled")["misled"] == 1
    assert sum(users_scores("partly")[o] for o in OUTCOMES) == 1


def test_the_longer_of_sentence_and_quotation_is_seen() -> None:
    assert seen([cite("short", "a longer quotation"), cite("a sentence", "a")]) == [
        "a longer quotation",
        "a sentence",
    ]
    assert flat("*A*  “b”\n'c' d’e") == "a b c d'e"


def test_a_users_row_is_read_and_written() -> None:
    row = {
        "id": "u1",
        "split": "dev",
        "corpus": "mine",
        "question": "and why?",
        "history": [["Who?", "Ann"]],
        "intent": "followup",
        "points": [["one", "uno"], ["two"]],
        "need": 2,
        "sides": [[0], [1]],
        "refuse": False,
        "docs": ["a"],
    }
    question = parse_row(row)
    assert question.type == "followup"
    assert question.answerable
    assert question.wanted == Wanted((("one", "uno"), ("two",)), 2, ((0,), (1,)), False, ("a",))
    assert question.to_dict() == row
    refused = parse_row({"question": "hi", "points": [], "need": 0, "refuse": True})
    assert not refused.answerable
    assert parse_row(SEEN).wanted == Wanted((("was heard",),), 1)
    assert parse_row({**SEEN, "intent": "fact", "language": "fr"}).type == "fact (fr)"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**SEEN, "answers": ["x"]}, "'answers' does not go with 'points'"),
        ({**SEEN, "type": "fact"}, "its kind is 'intent'"),
        ({**SEEN, "point": 1}, "unknown field 'point'"),
        ({**SEEN, "refuse": True}, "leave one of them out"),
        ({**SEEN, "refuse": "no"}, "'refuse' is not true or false"),
        ({"question": "Who?", "points": []}, '"refuse": true where no answer is right'),
        ({**SEEN, "need": 2}, "'need' is 2, not a number of points from 1 to 1"),
        ({**SEEN, "need": 0}, "'need' is 0"),
        ({**SEEN, "need": True}, "'need' is True"),
        ({**SEEN, "points": ["was heard"]}, "not a list of alternatives, each a text with a word"),
        ({**SEEN, "points": [["--"]]}, "not a list of alternatives"),
        ({**SEEN, "points": "was"}, "'points' is not a list"),
        ({**SEEN, "sides": [[0], [1]]}, "'sides' names the point 1; they are numbered 0 to 0"),
        ({**SEEN, "sides": [[]]}, "'sides' is not a list"),
        ({**SEEN, "docs": "a"}, "'docs' is not a list of texts"),
        ({**SEEN, "intent": 3}, "'intent' is not text"),
    ],
)
def test_bad_users_rows_say_what_to_do(row: dict[str, object], message: str) -> None:
    _, problems = parse_rows(["", json.dumps(row)])
    assert problems[0].line == 2
    assert message in str(problems[0])


def test_points_must_stand_in_the_documents() -> None:
    lines = [
        {**SEEN, "points": [["migrants voice WAS heard", "geneva"]]},
        {**SEEN, "question": "2", "docs": ["Opening"]},
        {**SEEN, "question": "3", "docs": ["b.txt"]},
        {**SEEN, "question": "4", "docs": ["c"]},
        {**SEEN, "question": "5", "points": [["was heard", "Atlantis"]]},
        {**SEEN, "question": "6", "docs": ["a"], "filters": {"documents": ["b"]}},
        {"question": "7", "refuse": True},
    ]
    checked = check(TestSet("t", *parse_rows(json.dumps(line) for line in lines)), DOCUMENTS)
    assert [str(problem) for problem in checked.problems] == [
        "line 3: 'was heard' does not stand in b: copy it from there",
        "line 4: there is no document 'c'",
        "line 5: 'Atlantis' does not stand in the documents: copy it from there",
        "line 6: points stand in a, which the filters exclude",
    ]
    assert checked.questions[1].documents == ("a",)
    assert "4 questions, 1 without an answer, 4 as people ask them" in describe(checked)


@pytest.mark.parametrize("name", ["speeches", "dev_speeches", "dev_languages"])
def test_the_users_questions_are_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "eval" / "users" / f"{name}.jsonl"
    assert main([str(path), "--corpus", str(ROOT / "corpus")]) == 0, capsys.readouterr().out


def test_nobody_tunes_on_the_test_rows() -> None:
    questions, problems = parse_rows(
        (ROOT / "eval" / "users" / "sotu.jsonl").read_text(encoding="utf-8").split("\n")
    )
    assert not problems
    assert len(questions) >= 40
    assert {q.split for q in questions} == {"test"}


@pytest.fixture
def users() -> TestSet:
    """Users' questions about the small bot's topics: ten of them answered, two rightly not."""
    asked = [
        Question(
            f"p{i}",
            f"What did anybody say about {topic}",
            type=("fact", "keyword")[i % 2],
            wanted=Wanted(((f"{topic} plan",),), 1),
            line=i + 1,
        )
        for i, topic in enumerate(TOPICS[:10])
    ]
    asked += [
        Question(f"r{i}", f"What about {topic}", type="unanswerable", wanted=Wanted(refuse=True))
        for i, topic in enumerate(("sport", "music"))
    ]
    return TestSet("users.jsonl", tuple(asked))


def told(run: Evaluation, **outcomes: str) -> Evaluation:
    """The run with other outcomes of some questions."""
    return replace(
        run,
        results=tuple(
            replace(r, outcome=outcomes[r.id], scores={**r.scores, **users_scores(outcomes[r.id])})
            if r.id in outcomes
            else r
            for r in run.results
        ),
    )


def test_users_alone_and_beside_precise_questions(
    make_bot: MakeBot, users: TestSet, questions: TestSet, tmp_path: Path
) -> None:
    run = run_evaluation(make_bot(), users)
    assert run.value("users", "users_score") == 1
    assert run.measures["users"]["misled"].n == 12
    assert run.by_intent["keyword"]["satisfied"].n == 5
    assert run.measures["speed"]["total: p95 ms"].n == 12
    assert run.value("citations", "quote fidelity") == 1
    assert not run.measures["abstention"]
    assert not run.by_type
    assert run.results[0].shown == ("About budget the speaker said alpha budget plan.",)
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json").to_dict() == run.to_dict()
    assert json.loads((tmp_path / "run.json").read_text())["measures"]["users"]["misled"]["n"] == 12

    precise = run_evaluation(make_bot(), questions)
    both = run_evaluation(
        make_bot(), replace(users, questions=(*questions.questions, *users.questions))
    )
    for section in ("answer", "retrieval", "reading", "abstention"):
        assert both.measures[section] == precise.measures[section]
    assert both.by_type == precise.by_type
    assert both.measures["users"] == run.measures["users"]
    assert len(both.results) == 37


def test_the_reports_show_users(make_bot: MakeBot, users: TestSet) -> None:
    good = run_evaluation(make_bot(), users)
    run = replace(told(good, p0="misled", p1="nothing", p2="helped"), problems=())
    run = replace(run, by_intent=good.by_intent)
    out = StringIO()
    show(run, Console(file=out, width=120))
    show_comparison(compare(run, good), Console(file=out, width=120))
    text = out.getvalue()
    for said in ("Questions as people ask them", "By kind of question", "Not served", "keyword"):
        assert said in text, said
    assert "users misled" in text
    assert text.index("-2.00  p0") < text.index("-1.00  p1") < text.index("-0.50  p2")
    page = render(run, compare(run, good), judge(run, good))
    assert 'class="bar satisfied"' in page
    assert "Who is served?" in page
    assert "By kind of question" in page
    assert "1 of: budget plan" in page
    assert '<span class="bad">+8.3</span>' in page  # misled: a rise is bad


def test_the_gate_minds_the_users(make_bot: MakeBot, users: TestSet) -> None:
    good = run_evaluation(make_bot(), users)
    assert judge(good, good).open
    reasons = " ".join(judge(told(good, p0="misled"), good).reasons)
    assert "users misled rose by 8.3 points" in reasons
    assert "users' score fell by 8.3 points" in reasons
    assert judge(good, told(good, p0="misled", p1="misled")).open
    idle = told(good, p0="nothing")
    assert [r[:27] for r in judge(told(good, p0="misled"), idle).reasons] == [
        "users misled rose by 8.3 po"
    ]
