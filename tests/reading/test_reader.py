import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.errors import ModelError
from qa_bot.reading import Reader, load_reader
from qa_bot.reading.confidence import FEATURES, Calibration
from qa_bot.reading.loading import PACKAGED, window_tokens
from qa_bot.reading.reader import merge
from qa_bot.reading.windows import Windows
from qa_bot.schema import Passage, Span
from qa_bot.settings import Settings

pytestmark = pytest.mark.numeric

FILLER = [
    "We thank the panel for its time.",
    "The network will meet again in spring, and its members will bring new proposals.",
    "Data should be collected with care, alongside research.",
    "Cities offer shelter, services and work to those who arrive.",
    "Funding remains limited; priorities must be set by each government.",
]


def one(text: str, document: str = "talk", ordinal: int = 0) -> Passage:
    return Passage(document, 0, len(text), text, ordinal)


class RandomRuntime:
    """Logits that depend on the token ids only: every span gets its chance."""

    name = "random"

    def logits(
        self, input_ids: np.ndarray, attention_mask: np.ndarray, token_type_ids: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        place = np.arange(input_ids.shape[1])
        start = np.sin(input_ids * 1.7 + place).astype(np.float32) * 5
        end = np.cos(input_ids * 2.3 - place).astype(np.float32) * 5
        return start, end


@pytest.fixture(scope="module")
def random_reader() -> Reader:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(PACKAGED / "small"), local_files_only=True)
    return Reader(RandomRuntime(), Windows(tokenizer, 48, 16), Calibration(), "random", "0")


BITS = [
    "Geneva", "the", "IOM’s", "co\u00adoperation", "“peace”", "**bold**", "(2018)", "$5", "30%",
    "\n\n", "\f", " ", ", ", "移民", "שלום", "👩\u200d🔬", "cafe\u0301", "U.S.", "[SEP]", "and",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(BITS), max_size=60).map(" ".join)


@settings(max_examples=60)
@given(TEXT, TEXT, st.integers(0, 5))
def test_spans_are_slices_of_the_document(
    random_reader: Reader, before: str, text: str, cut: int
) -> None:
    document = before + text + "tail"
    passage = Passage("a", len(before), len(before) + len(text), text)
    for span in random_reader.read("what is it?", [passage]):
        assert len(before) <= span.start < span.end <= len(before) + len(text)
        assert document[span.start : span.end] == span.text
        assert any(c.isalnum() for c in span.text)
        assert span.text == span.text.strip()
        for at in (span.start, span.end):
            inside = text[max(0, at - len(before) - 1) : at - len(before) + 1]
            assert not re.fullmatch("[A-Za-z0-9\u00ad]{2}", inside), "cut inside a word"


def test_best_first_and_no_duplicates(random_reader: Reader) -> None:
    text = " ".join(FILLER)
    # The second passage repeats the second half of the first: same document, same offsets.
    half = text.index("Cities")
    passages = [Passage("a", 0, len(text), text, 0), Passage("a", half, len(text), text[half:], 1)]
    spans = random_reader.read("where?", passages, limit=20)
    assert spans == sorted(spans, key=lambda s: -s.score)
    for i, a in enumerate(spans):
        for b in spans[:i]:
            shared = min(a.end, b.end) - max(a.start, b.start)
            assert 2 * shared <= min(a.end - a.start, b.end - b.start)
    assert len(random_reader.read("where?", passages, limit=3)) == 3


def test_progress_is_told_batch_by_batch(random_reader: Reader) -> None:
    told: list[tuple[int, int]] = []
    passages = [one(text, f"d{i}", i) for i, text in enumerate(FILLER * 4)]
    random_reader.read("where?", passages, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_equal_scores_follow_document_order() -> None:
    late, early = one("Geneva", "b", 7), one("Geneva", "a", 2)
    spans = [Span(late, 0, 6, 1.0), Span(early, 0, 6, 1.0)]
    assert [s.passage.ordinal for s in merge(spans, 5)] == [2, 7]


def test_answers_from_the_text(reader: Reader) -> None:
    passage = one("The dialogue was held in Geneva in October 2018. Laura Thompson closed it.")
    assert reader.read("Where was the dialogue held?", [passage])[0].text == "Geneva"
    assert reader.read("Who closed the dialogue?", [passage])[0].text == "Laura Thompson"


def test_nineteen_passages_without_the_answer_do_not_outvote_the_one_with_it(
    reader: Reader,
) -> None:
    fillers = [one(f"{FILLER[i % 5]} {FILLER[(i + 2) % 5]}", f"d{i}", i) for i in range(19)]
    answer = one("The compact will be signed in Marrakesh in December.", "d19", 19)
    best = reader.read("Where will the compact be signed?", [*fillers, answer])[0]
    assert (best.passage.document_id, best.text) == ("d19", "Marrakesh")
    assert best.score > 0


def test_a_question_without_an_answer_scores_below_null(reader: Reader) -> None:
    answerable = reader.read("Where was it held?", [one("It was held in Geneva.")])[0]
    other = reader.read("How many ships sank in 1588?", [one("It was held in Geneva.")])
    assert all(span.score < 0 < answerable.score for span in other)


def test_long_passages_are_read_to_their_end(reader: Reader) -> None:
    text = " ".join(FILLER * 30) + " The treasurer is Miriam Okafor."
    best = reader.read("Who is the treasurer?", [one(text)])[0]
    assert best.text == "Miriam Okafor"


@pytest.mark.parametrize(
    "question",
    ["", "   ", "?", "🤷🏽‍♀️", "מי דיבר?", "<b>who</b>", "\x00", "[SEP] [CLS] who", "word " * 4000],
)
def test_odd_questions_raise_nothing(reader: Reader, question: str) -> None:
    for span in reader.read(question, [one("Ada spoke first."), one("", "b"), one(" \n", "c")]):
        assert span.text in "Ada spoke first."


def test_nothing_to_read(reader: Reader) -> None:
    assert reader.read("who?", []) == []
    assert reader.read("who?", [one(""), one("\f\n")]) == []


def test_many_threads_read_the_same(reader: Reader) -> None:
    passages = [one(text, f"d{i}", i) for i, text in enumerate(FILLER)]
    questions = ["Who meets in spring?", "What do cities offer?", "How is data collected?"] * 4
    alone = [reader.read(question, passages, limit=3) for question in questions[:3]] * 4
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda q: reader.read(q, passages, limit=3), questions))
    assert [[s.text for s in a] for a in together] == [[s.text for s in a] for a in alone]


def test_a_damaged_or_missing_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither 'small' nor a folder"):
        load_reader(Settings(reader=str(tmp_path / "nothing")))
    folder = tmp_path / "model"
    shutil.copytree(PACKAGED / "small", folder, ignore=shutil.ignore_patterns("*.safetensors"))
    with pytest.raises(ModelError, match=r"no \.safetensors"):
        load_reader(Settings(reader=str(folder)))
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="damaged"):
        load_reader(Settings(reader=str(folder)))


def test_a_model_that_is_no_reader_is_a_clear_error(tmp_path: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16,
    )  # fmt: skip
    BertModel(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(PACKAGED / "small" / name, tmp_path / name)
    with pytest.raises(ModelError, match="not trained for question answering"):
        load_reader(Settings(reader=str(tmp_path)))


@pytest.mark.parametrize(
    ("said", "tokens"), [(64, 64), (1e30, 384), (float("inf"), 384), ("abc", 384), (None, 384)]
)
def test_odd_lengths_in_a_tokenizers_file_do_no_harm(said: object, tokens: int) -> None:
    assert window_tokens(SimpleNamespace(model_max_length=said), None) == tokens


def test_roberta_style_tokenizers_work(tmp_path: Path) -> None:
    """Cased, byte-level, no token types, <s> as null, two separators."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaForQuestionAnswering, RobertaTokenizerFast

    bpe = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bpe.train_from_iterator([*FILLER, "Where is it? Geneva."], 400, 1, special_tokens=special)
    bpe.save_model(str(tmp_path))
    tokenizer = RobertaTokenizerFast(
        vocab=str(tmp_path / "vocab.json"), merges=str(tmp_path / "merges.txt"),
        model_max_length=64,
    )  # fmt: skip
    tokenizer.save_pretrained(tmp_path)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=66, type_vocab_size=1, pad_token_id=1,
    )  # fmt: skip
    RobertaForQuestionAnswering(config).save_pretrained(tmp_path)
    loaded = load_reader(Settings(reader=str(tmp_path), runtime="torch"))
    text = "  ".join(FILLER)
    spans = loaded.read("Where is it?", [one(text)])
    assert spans
    for span in spans:
        assert text[span.start : span.end] == span.text
        assert span.text == span.text.strip()


def test_a_calibration_of_other_weights_is_not_used(tmp_path: Path, reader: Reader) -> None:
    folder = tmp_path / "model"
    shutil.copytree(PACKAGED / "small", folder)
    fitted = Calibration.fit(
        [np.random.default_rng(0).normal(size=(4, len(FEATURES))) for _ in range(10)],
        [[True, False, False, True], [False, True, True, False]] * 5,
        {"reader_fingerprint": "another"},
    )
    fitted.save(folder / "calibration.json")
    assert not load_reader(Settings(reader=str(folder), runtime="torch")).calibration.fitted
    shape = json.loads((folder / "calibration.json").read_text())
    shape["provenance"]["reader_fingerprint"] = reader.fingerprint
    (folder / "calibration.json").write_text(json.dumps(shape))
    own = load_reader(Settings(reader=str(folder), runtime="torch")).calibration
    assert own.fitted
    # A file set by name comes before the folder's own.
    file = folder / "calibration.json"
    named = Settings(reader="small", runtime="torch", calibration=str(file))
    assert load_reader(named).calibration == own
    file.unlink()
    with pytest.raises(ModelError, match="which is no file"):
        load_reader(named)


def test_slow_tokenizers_are_refused() -> None:
    with pytest.raises(ModelError, match="no character offsets"):
        Windows(SimpleNamespace(backend_tokenizer=None))
