"""The textbook script: sentence-transformers, a flat FAISS index, transformers' pipeline.

The pipeline reads each of the nearest passages; the span with the highest score is the answer, and
there is none when the pipeline says so of every passage.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import loop
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, pipeline

SHOWN = 5


class Textbook:
    alone = True  # the tokenizer may not be borrowed twice

    def __init__(self, config: loop.Config) -> None:
        self.passages = loop.read_passages(config)
        self.embedder = SentenceTransformer(config["embedder"], device="cpu")
        self.index = faiss.read_index(str(Path(config["index"]) / "vectors.faiss"))
        self.reader = pipeline(
            "question-answering",
            model=AutoModelForQuestionAnswering.from_pretrained(config["reader"]),
            tokenizer=AutoTokenizer.from_pretrained(config["reader"]),
            device=-1,
        )
        self.top = config["options"]["top"]

    @staticmethod
    def build(config: loop.Config) -> None:
        embedder = SentenceTransformer(config["embedder"], device="cpu")
        texts = [loop.with_heading(passage) for passage in loop.read_passages(config)]
        vectors = embedder.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(Path(config["index"]) / "vectors.faiss"))

    def ask(self, question: str) -> loop.Reply:
        vector = self.embedder.encode([question], normalize_embeddings=True)
        _, rows = self.index.search(vector, self.top)
        near = [self.passages[row] for row in rows[0] if row >= 0]
        read = self.reader(
            question=[question] * len(near),
            context=[passage["text"] for passage in near],
            handle_impossible_answer=True,
            top_k=2,  # beside "no answer", the best span
            max_seq_len=384,
            doc_stride=128,
            max_answer_len=100,
            # batch_size stays 1: transformers' docs advise against batches on a CPU
        )
        spans = []
        for candidates, passage in zip([read] if len(near) == 1 else read, near, strict=True):
            candidates = candidates if isinstance(candidates, list) else [candidates]
            claimed = candidates[0]["answer"] != ""
            best = [span for span in candidates if span["answer"]][:1]
            spans += [(claimed, span["score"], span, passage) for span in best]
        spans.sort(key=lambda one: one[:2], reverse=True)
        answers = [
            loop.place(passage, span["start"], span["end"], span["answer"])
            for _, _, span, passage in spans[:SHOWN]
        ]
        return {
            "found": bool(spans) and spans[0][0],
            "confidence": spans[0][1] if spans else 0.0,
            "said": 1,
            "answers": answers,
            "closest": [loop.whole(passage) for passage in near],
        }


if __name__ == "__main__":
    loop.main(Textbook)
