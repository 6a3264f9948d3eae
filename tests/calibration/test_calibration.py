import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.search_pass import SearchPass
from qa_bot.calibration.data import Outcome, Recorder, _load, _row, kinds, scope
from qa_bot.calibration.fitting import (
    best_min_confidence,
    confidence,
    cross_validated,
    figures,
    fit,
    perfect_ece,
)
from qa_bot.calibration.own_questions import main, plots
from qa_bot.errors import ModelError
from qa_bot.evaluation.abstention import ece
from qa_bot.evaluation.testset import Question
from qa_bot.reading import load_reader
from qa_bot.reading.confidence import (
    FEATURES,
    SCORE_LIMIT,
    SIZES,
    TERMS,
    Calibration,
    features,
    logistic,
)
from qa_bot.reading.loading import fitted_otherwise, fitted_under
from qa_bot.schema import DocumentInfo, Hit, Passage, Span
from qa_bot.settings import load_settings

SCORE = FEATURES.index("score")


def hit(document: str, text: str, score: float, dense: float | None = None) -> Hit:
    passage = Passage(document, 0, len(text), text)
    return Hit(passage, DocumentInfo(document), score, dense)


def test_default_is_even_at_zero_and_grows() -> None:
    passage = Passage("a", 0, 6, "Geneva")
    spans = [Span(passage, 0, 6, score) for score in (9.0, 4.0, 0.0, -50.0)]
    sure = Calibration().confidence(spans, [])
    assert sure[2] == 0.5
    assert sure == sorted(sure, reverse=True)
    assert Calibration().confidence([], []) == []


def test_features_say_what_they_mean() -> None:
    hits = [hit("a", "It met in Geneva.", 1.0, 0.8), hit("b", "In geneva, again", 0.5, 0.6)]
    spans = [
        Span(hits[0].passage, 10, 16, 4.0),
        Span(hits[1].passage, 3, 9, 3.0),
        Span(hits[1].passage, 11, 16, 1.0),
    ]
    table = features(spans, hits)
    row = dict(zip(FEATURES, table[0], strict=True))
    assert row["margin"] == 3.0  # the same words elsewhere are no rival
    assert row["agreement"] == pytest.approx(np.log(2))
    assert (row["dense"], row["fused"], row["rank"], row["nearest"]) == (0.8, 1.0, 0.0, 0.8)
    assert table[2, FEATURES.index("margin")] == -3.0
    assert np.isnan(features(spans, [])[0, FEATURES.index("dense")])
    assert np.isnan(row["pool size"])
    counted = [replace(h, pool_size=26) for h in hits]
    assert features(spans, counted)[2, FEATURES.index("pool size")] == pytest.approx(np.log(26))
    vast = [replace(h, pool_size=10**6) for h in hits]
    assert features(spans, vast)[2, FEATURES.index("pool size")] == pytest.approx(np.log(SIZES[1]))


def test_only_another_answer_elsewhere_is_a_conflict() -> None:
    hits = [hit("a", "It met in Geneva, in old Geneva.", 1.0), hit("b", "We met in Paris.", 0.5)]
    spans = [
        Span(hits[0].passage, 10, 16, 6.0, 2.5),
        Span(hits[0].passage, 21, 31, 5.0, 99.0),  # holds the same word
        Span(hits[0].passage, 7, 16, 4.0),  # lies over it
        Span(hits[1].passage, 10, 15, 1.0),
    ]
    table = features(spans, hits, "Where did it meet?")
    assert table[0, FEATURES.index("conflict")] == 5.0
    assert features(spans[:3], hits)[0, FEATURES.index("conflict")] == 6.0 + SCORE_LIMIT
    first = table[:3, FEATURES.index("first")]
    assert first[:2].tolist() == [2.5, SCORE_LIMIT]
    assert np.isnan(first[2])


def test_words_asked_are_covered_by_the_sentence_or_the_speechs_entry() -> None:
    text = "It rained. The ships carried grain to Lisbon. All was well."
    about = DocumentInfo("a", speaker="Zeta", date="1961-01-30")
    there = Hit(Passage("a", 0, len(text), text), about, 1.0)
    span = Span(there.passage, text.index("grain"), text.index("grain") + 5, 1.0)

    def covered(question: str, hits: list[Hit]) -> float:
        return float(features([span], hits, question)[0, FEATURES.index("covered")])

    assert covered("What did ships carry to Lisbon, Zeta in 1961?", [there]) == 1.0
    assert covered("What did ships carry to Lisbon, Zeta in 1961?", []) == pytest.approx(3 / 5)
    assert covered("What rained?", [there]) == 0.0
    assert np.isnan(covered("", [there]))


def test_a_term_that_counts_the_wrong_way_is_left_out() -> None:
    rng = np.random.default_rng(2)
    tables, right = [], []
    for _ in range(300):
        row = rng.normal(size=(1, len(FEATURES)))
        odds = row[0, SCORE] - row[0, FEATURES.index("first")]
        tables.append(row)
        right.append([bool(rng.random() < 1 / (1 + np.exp(-odds)))])
    free = Calibration.fit(tables, right, terms={"score": 1, "first": 0})
    held = Calibration.fit(tables, right, terms={"score": 1, "first": 1})
    assert free.weights[FEATURES.index("first")] < 0
    assert held.weights[FEATURES.index("first")] == 0
    assert held.weights[SCORE] > 0
    assert sum(w != 0 for w in held.weights) == 1


def test_questions_are_asked_about_few_and_many_titles() -> None:
    titles = {f"t{n}": [f"d{n}a", f"d{n}b"] for n in range(12)}
    drawn = [scope(Question(f"q{n}", "Who?", about="t3"), titles) for n in range(200)]
    sizes = {len(f.documents) if f else 0 for f in drawn}
    assert sizes == {0, 2, 6, 18}
    assert all({"d3a", "d3b"} <= set(f.documents) for f in drawn if f)
    assert drawn[0] == scope(Question("q0", "Who?", about="t3"), titles)
    assert scope(Question("q0", "Who?"), titles) is None  # a question about the corpus
    assert all(scope(Question(f"q{n}", "Who?", about="a"), {"a": ["x"]}) is None for n in range(9))


def made_up(questions: int, seed: int) -> tuple[list[np.ndarray], list[list[bool]]]:
    """Questions whose spans are right with a chance that depends on score and similarity."""
    rng = np.random.default_rng(seed)
    tables, right = [], []
    for _ in range(questions):
        table = rng.normal(size=(3, len(FEATURES)))
        table[:, SCORE] *= 4
        odds = 0.5 * table[:, SCORE] + 1.5 * table[:, FEATURES.index("dense")] - 1
        tables.append(table)
        right.append((rng.random(3) < 1 / (1 + np.exp(-odds))).tolist())
    return tables, right


def test_fitted_confidence_is_a_probability_on_new_questions() -> None:
    calibration = Calibration.fit(*made_up(800, 0), terms={"score": 1, "dense": 1})
    tables, right = made_up(800, 1)
    chosen = [calibration.of_features(t)[0] for t in tables]
    outcome = [r[0] for r in right]
    assert ece(chosen, outcome) < 0.06
    default = [Calibration().of_features(t)[0] for t in tables]
    assert ece(chosen, outcome) < ece(default, outcome)


def test_confidence_keeps_the_readers_order() -> None:
    calibration = Calibration.fit(*made_up(100, 0))
    for table in made_up(50, 1)[0]:
        sure = calibration.of_features(table)
        assert (np.diff(sure) <= 0).all()


def test_logistic_matches_the_gradient_condition() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(200, 3))
    outcomes = (rng.random(200) < 0.4).astype(float)
    weights, bias = logistic(table, outcomes, ridge=2.0)
    residual = 1 / (1 + np.exp(-(table @ weights + bias))) - outcomes
    assert np.allclose(table.T @ residual + 2.0 * weights, 0, atol=1e-6)
    assert residual.sum() == pytest.approx(0, abs=1e-4)


FITTED = Calibration.fit(*made_up(50, 0))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_confidence_is_always_between_0_and_1(scores: list[float]) -> None:
    passage = Passage("a", 0, 6, "Geneva")
    spans = [Span(passage, 0, 6, score) for score in scores]
    for calibration in (Calibration(), FITTED):
        assert all(0 <= p <= 1 for p in calibration.confidence(spans, []))


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    calibration = replace(Calibration.fit(*made_up(50, 0), {"data": "made up"}), min_confidence=0.4)
    calibration.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path) == calibration
    assert Calibration.load(tmp_path / "calibration.json") == calibration
    (tmp_path / "elsewhere").mkdir()
    assert not Calibration.load(tmp_path / "elsewhere").fitted
    with pytest.raises(ModelError, match=r"nowhere\.json cannot be used"):
        Calibration.load(tmp_path / "nowhere.json")


def test_a_file_from_before_a_feature_goes_on_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    tables, right = made_up(50, 0)
    Calibration.fit(tables, right).save(path)
    shape = json.loads(path.read_text())
    for name in ("features", "mean", "scale", "weights"):
        shape[name] = shape[name][: FEATURES.index("conflict")]
    path.write_text(json.dumps(shape))
    old = Calibration.load(tmp_path)
    assert not any(old.weights[FEATURES.index("conflict") :])
    other = tables[0].copy()
    other[:, FEATURES.index("conflict") :] += 100
    assert np.array_equal(old.of_features(tables[0]), old.of_features(other))


def test_a_margin_may_count_for_more_in_a_small_collection() -> None:
    rng = np.random.default_rng(1)
    tables, right = [], []
    for size in (3.0, 7.0):
        for _ in range(400):
            row = rng.normal(size=len(FEATURES))
            row[FEATURES.index("pool size")] = size
            tables.append(row[None])
            odds = row[FEATURES.index("margin")] * (2 if size < 5 else -2)
            right.append([bool(rng.random() < 1 / (1 + np.exp(-odds)))])
    fitted = Calibration.fit(tables, right, terms=dict.fromkeys(TERMS, 0))
    row = np.zeros((4, len(FEATURES)))
    row[:, FEATURES.index("margin")] = (1, -1, 1, -1)
    row[:, FEATURES.index("pool size")] = (3, 3, 7, 7)
    small, small_less, large, large_less = (float(fitted.of_features(r[None])[0]) for r in row)
    assert small > 0.7 > 0.3 > small_less
    assert large < 0.3 < 0.7 < large_less


@pytest.mark.parametrize(
    "damage",
    [{"features": ["score"]}, {"features": ["x"] * len(FEATURES)},
     {"weights": [1.0]}, {"scale": [0.0] * len(FEATURES)}, {"bias": "x"},
     {"slope": float("nan")}, {"provenance": 3},
     {"min_confidence": 1.5}, {"min_confidence": float("nan")}],
)  # fmt: skip
def test_a_damaged_file_is_a_clear_error(tmp_path: Path, damage: dict[str, object]) -> None:
    path = tmp_path / "calibration.json"
    Calibration.fit(*made_up(50, 0)).save(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(ModelError, match="cannot be used"):
        Calibration.load(tmp_path)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"bias": 1' + "0" * 400 + "}", "", "3"])
def test_a_hostile_file_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    Calibration.fit(*made_up(50, 0)).save(path)
    whole = json.loads(path.read_text())
    with_it = json.dumps(whole).replace(json.dumps(whole["bias"]), text[9:-1], 1)
    path.write_text(with_it if text.startswith('{"bias"') else text)
    with pytest.raises(ModelError, match="cannot be used"):
        Calibration.load(path)


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="right and spans that are wrong"):
        Calibration.fit([np.zeros((2, len(FEATURES)))], [[True, True]])


def outcomes(kind: str, questions: int, seed: int) -> list[Outcome]:
    tables, right = made_up(questions, seed)
    return [
        Outcome(f"{kind}-{i}", kind, any(r), t, tuple(map(float, r)))
        for i, (t, r) in enumerate(zip(tables, right, strict=True))
    ]


def test_the_report_counts_unanswered_and_spanless_questions() -> None:
    tables, _ = made_up(3, 0)
    three = [
        Outcome("a", "t", True, tables[0], (1.0, 0.0, 0.0)),
        Outcome("b", "t", False, tables[1], (0.0, 0.0, 0.0)),
        Outcome("c", "t", True, np.zeros((0, len(FEATURES))), ()),
    ]
    made = figures(three, [confidence(o, Calibration()) for o in three])["t"]
    assert (made["questions"], made["answerable"]) == (3, 2)
    assert made["f1_answerable"] == 0.5
    assert 0 <= made["ece"] <= 1


def test_cross_validation_never_judges_what_it_was_fitted_on() -> None:
    """Outcomes of one fold that say the opposite of all others are judged by the others."""
    made = outcomes("a", 300, 0)
    odd = [o for o in made if o.fold % 5 == 0]
    other = [o for o in made if o.fold % 5]
    turned = [Outcome(o.id, o.kind, o.answerable, o.table, tuple(1 - f for f in o.f1)) for o in odd]
    sure = cross_validated([*turned, *other])[: len(odd)]
    right = [o.right[0] for o in odd]
    assert np.corrcoef(sure, right)[0, 1] > 0.3


def test_each_file_weighs_the_same() -> None:
    few, many = outcomes("few", 40, 0), outcomes("many", 400, 1)
    turned = [Outcome(o.id, o.kind, o.answerable, o.table, tuple(1 - f for f in o.f1)) for o in few]
    slope = FEATURES.index("score")
    assert abs(fit([*turned, *many]).weights[slope]) < abs(fit(many).weights[slope]) / 2


def test_even_a_perfect_confidence_has_an_error_on_few_questions() -> None:
    sure = np.linspace(0.05, 0.95, 100)
    assert perfect_ece(sure.tolist()) > perfect_ece(np.repeat(sure, 20).tolist()) > 0
    assert perfect_ece([0.0, 1.0] * 20) == 0


def decided(kind: str, right: list[float], wrong: list[float], none: list[float]) -> list[Outcome]:
    """Questions whose first span has the given confidence, kept where the score would be."""
    made = []
    for answerable, f1, values in ((True, 1.0, right), (True, 0.0, wrong), (False, 0.0, none)):
        for value in values:
            table = np.zeros((1, len(FEATURES)))
            table[0, SCORE] = value
            made.append(Outcome(f"{kind}-{len(made)}", kind, answerable, table, (f1,)))
    return made


def least(made: list[Outcome]) -> float | None:
    return best_min_confidence(made, [o.table[0, SCORE] for o in made])


def test_answers_from_where_most_decisions_are_right() -> None:
    clear = decided("a", right=[0.7] * 30, wrong=[], none=[0.2] * 30)
    assert least(clear) == pytest.approx(0.26)  # all of 0.21..0.31 are right
    assert least([*clear, *decided("a", [], [0.6] * 500, [])]) == least(clear)  # wrong either way
    late = decided("b", right=[0.9] * 300, wrong=[], none=[0.6] * 300)
    found = least([*clear, *late])  # each file has one half of the say, however many it has
    assert found is not None
    assert 0.2 < found < 0.9
    assert least([*clear, *clear, *late]) == found


def test_one_lucky_threshold_is_not_chosen() -> None:
    broad = decided("a", [0.6] * 40, [], [0.3] * 40)
    spike = decided("a", [0.915] * 8, [], [0.905] * 8)  # 0.91 alone tells these apart
    found = least([*broad, *spike])
    assert found is not None
    assert 0.3 < found < 0.6


def test_too_few_questions_choose_no_threshold() -> None:
    assert least(decided("a", [0.7] * 30, [0.1] * 30, [])) is None
    assert least(decided("a", [0.7] * 5, [], [0.2] * 30)) is None


def test_outcomes_are_kept_line_by_line(tmp_path: Path) -> None:
    made = outcomes("a", 3, 0)
    made[1].table[0, 3] = np.nan
    place = tmp_path / "kept.jsonl"
    lines = [json.dumps(_row(o)) for o in made]
    place.write_text("\n".join(lines) + '\n{"id": "half-writ', encoding="utf-8")
    back = _load(place, "a")
    assert [o.id for o in back] == [o.id for o in made]
    for one, other in zip(made, back, strict=True):
        assert np.allclose(one.table, other.table, atol=1e-4, equal_nan=True)
        assert (one.right, one.answerable, one.kind) == (other.right, other.answerable, other.kind)


def test_files_of_one_name_stay_two() -> None:
    assert kinds([Path("a/d.csv"), Path("b/d.csv"), Path("c.csv")]) == ["d.csv", "2-d.csv", "c.csv"]


def test_what_is_judged_is_the_best_answer_of_the_first_look() -> None:
    """Another speech's answer near the best one would join it, judged from fewer spans."""
    hits = [hit("a", "It met in Geneva.", 1.0, 0.8), hit("b", "We met in Paris.", 0.9, 0.7)]
    spans = [Span(hits[0].passage, 10, 16, 5.0), Span(hits[1].passage, 10, 15, 4.5)]
    recorder = Recorder()
    sure = recorder.confidence(spans, hits)
    looked = SearchPass(hits, spans, sure, judge=recorder.confidence)
    assert looked.found(0.5)
    assert looked.alone("b") < 0.5
    assert (recorder.spans, recorder.hits) == (spans, hits)
    nothing = Recorder()
    assert nothing.confidence([], hits) == []
    assert nothing.confidence(spans, hits) == [1.0, 1.0]  # a wider look, as there was nothing


def test_plots_are_whole_svg_files(tmp_path: Path) -> None:
    import xml.etree.ElementTree as ElementTree

    made = outcomes("mine.jsonl", 60, 0)
    paths = plots(made, [i / 60 for i in range(60)], 0.5, tmp_path / "new")
    assert [path.name for path in paths] == ["reliability-mine.svg", "risk-coverage-mine.svg"]
    space = "{http://www.w3.org/2000/svg}"
    for path in paths:
        assert ElementTree.parse(path).getroot().tag == f"{space}svg"
    (curve,) = ElementTree.parse(paths[1]).getroot().iter(f"{space}polyline")
    assert len(curve.attrib["points"].split()) == 60


def test_an_output_that_cannot_be_written_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path / "nowhere" / "own.json")]) == 2
    assert "There is no folder" in capsys.readouterr().err
    monkeypatch.setattr("os.access", lambda *_: False)
    assert main(["--output", str(tmp_path)]) == 2
    assert "--output FILE" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_writes_a_file_that_the_bot_then_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "own.json"
    monkeypatch.setenv("QA_BOT_CALIBRATION", str(file))  # set before there is one
    given = ["--data", "eval/speeches.jsonl", "--questions", "12", "--kept", str(tmp_path / "kept")]
    monkeypatch.setattr("qa_bot.calibration.own_questions.best_min_confidence", lambda *_: 0.37)
    assert main(given) == 0
    told = json.loads(file.read_text())["provenance"]
    fitted_on = told["fitted_on_questions"]
    assert 6 <= fitted_on <= 12  # some are answered without reading
    assert told["cross_validated"]["speeches.jsonl"]["questions"] == fitted_on
    reader = load_reader(load_settings())
    assert reader.calibration == Calibration.load(file)
    assert told["reader_fingerprint"] == reader.fingerprint
    assert reader.min_confidence(load_settings()) == 0.37
    assert reader.min_confidence(load_settings(min_confidence=0.1)) == 0.1
    assert not fitted_otherwise(reader.calibration, fitted_under(load_settings(), reader))
    other = load_settings(candidates=5)
    with caplog.at_level("WARNING"):
        load_reader(other)
    assert "candidates 12, now 5" in caplog.text


def test_rows_that_cannot_be_used_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("question;expected answer\nWhere?;Atlantis\n")
    given = ["--data", str(mine), "--kept", str(tmp_path), "--output", str(tmp_path / "own.json")]
    assert main(given) == 7
    told = capsys.readouterr().err
    assert "line 2: 'Atlantis' does not occur" in told
    assert "--check" in told
    assert not (tmp_path / "own.json").exists()
