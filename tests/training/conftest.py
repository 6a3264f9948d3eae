"""A tiny reader, a tiny tokenizer and tiny data: the whole loop runs in seconds on one core."""

from __future__ import annotations

import dataclasses
import json
import random
import string
from pathlib import Path
from typing import Any

import pytest
import torch
from qa_bot_training.data import Example, Gold
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

PEOPLE = ["Ann Lee", "Bob Ross", "Cleo Park", "Dan Wolf", "Eve Stone", "Finn Moss"]
PLACES = ["Oslo", "Lima", "Cairo", "Delhi", "Quito", "Accra"]


def tokenizer_of(
    cls: str = "[CLS]", sep: str = "[SEP]", double: bool = False, first: int = 0
) -> Any:
    """A WordPiece tokenizer over single characters; `first` shifts every id."""
    characters = string.ascii_lowercase + string.digits + string.punctuation
    pieces = [f"[unused{i}]" for i in range(first)] + ["[PAD]", "[UNK]", cls, sep, "[MASK]"]
    pieces += [*characters, *(f"##{c}" for c in characters)]
    pieces += ["who", "spoke", "in", "the", "year", "when", "did", "of", "and", "at"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    core = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    core.normalizer = normalizers.BertNormalizer(lowercase=True)
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    middle = f"{sep} {sep}" if double else sep
    core.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=f"{cls} $A {middle} $B:1 {sep}:1",
        special_tokens=[(cls, vocabulary[cls]), (sep, vocabulary[sep])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        cls_token=cls,
        sep_token=sep,
        pad_token="[PAD]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_max_length=512,
    )


def reader_of(tokenizer: Any, folder: Path, seed: int = 0) -> Path:
    """A randomly initialised two-layer BERT reader, saved with its tokenizer."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def speeches(articles: int, seed: int) -> list[Example]:
    """Answerable examples: three passages an article, two questions a passage."""
    rng = random.Random(seed)
    rows = []
    for article in range(articles):
        for part in range(3):
            person, place = PEOPLE[(article + part) % 6], PLACES[(article + 2 * part) % 6]
            year = str(1900 + rng.randrange(100))
            text = f"Then {person} spoke in {place} in the year {year} and at dawn went home."
            for question, answer in (
                (f"Who spoke in {place}?", person),
                (f"When did {person} speak in {place}?", year),
            ):
                gold = (Gold(answer, text.index(answer)),)
                name = f"a{article}-{part}-{answer}"
                rows.append(Example(name, question, text, gold, f"article {article}", "test"))
    return rows


def write_rows(path: Path, rows: list[Example]) -> None:
    """Write examples as the JSON lines that `read_examples` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "id": row.id,
                "question": row.question,
                "context": row.context,
                "answers": [{"text": a.text, "start": a.start} for a in row.answers],
                "is_impossible": row.is_impossible,
                "title": row.title,
                "source": row.source,
            }
        )
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


RECIPE = """
name = "tiny"
seed = 3
window = 64
overlap = 8
max_question_tokens = 40
dropout = 0.1
batch = 4
pool_batches = 3
learning_rate = 1e-3
examples = 96
warmup_examples = 8
cooldown_examples = 24
checkpoint_every = 16
keep_checkpoints = 2
log_every = 16
dev_sample = 8
dev_every = 0
dev_sample_of = "talks"
dev_files = ["talks"]
[[dataset]]
name = "talks"
licence = "CC0"
repeat = 1.5
sibling = 0.3
bm25 = 0.3
swap = 0.3
[[dataset]]
name = "silent"
licence = "CC0"
"""


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return tokenizer_of()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> Path:
    """A folder with data/, model/ and tiny.toml."""
    folder = tmp_path_factory.mktemp("workshop")
    rows = speeches(8, seed=1)
    write_rows(folder / "data/train/talks.jsonl", rows)
    silent = [
        Example(f"s{i}", "Who sang at noon?", row.context, (), row.title, "test")
        for i, row in enumerate(rows[:12])
    ]
    write_rows(folder / "data/train/silent.jsonl", silent)
    # Asked in other words: questions of the dev files are not trained on.
    asked = [
        dataclasses.replace(row, question=f"Say: {row.question}")
        for row in speeches(4, seed=99)[:10]
    ]
    write_rows(folder / "data/dev/talks.jsonl", asked)
    reader_of(tokenizer, folder / "model")
    (folder / "model/README.md").write_text("# Tiny reader\nDrawn at random.\n", encoding="utf-8")
    (folder / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    return folder
