"""txtai: an embeddings database with hybrid search, and its RAG pipeline with a span reader.

As its documentation sets them up: content kept, three passages of context (the default), answers
with a reference to where they were found.
"""

from __future__ import annotations

import loop
from txtai import RAG, Embeddings


class Txtai:
    alone = True  # the tokenizer may not be borrowed twice

    def __init__(self, config: loop.Config) -> None:
        self.passages = loop.read_passages(config)
        embeddings = Embeddings()
        embeddings.load(config["index"])
        self.embeddings = embeddings
        self.rag = RAG(
            embeddings,
            config["reader"],
            task="question-answering",
            output="reference",
            gpu=False,
        )

    @staticmethod
    def build(config: loop.Config) -> None:
        embeddings = Embeddings(
            {"path": config["embedder"], "content": True, "hybrid": True, "gpu": False}
        )
        texts = (loop.with_heading(passage) for passage in loop.read_passages(config))
        embeddings.index(enumerate(texts))
        embeddings.save(config["index"])

    def ask(self, question: str) -> loop.Reply:
        try:
            found = self.rag({"name": "", "query": question, "question": question})
        except TypeError:
            # What it raises when the reader points at "no answer": it looks for that token's word.
            found = {"answer": None}
        if not found["answer"]:
            near = self.embeddings.search(question, 5)
            closest = [loop.whole(self.passages[int(hit["id"])]) for hit in near]
            return {"found": False, "confidence": None, "answers": [], "closest": closest}
        passage = self.passages[int(found["reference"])]
        start = max(0, passage["text"].find(found["answer"]))
        cited = loop.place(passage, start, start + len(found["answer"]), found["answer"])
        return {"found": True, "confidence": None, "said": 1, "answers": [cited], "closest": []}


if __name__ == "__main__":
    loop.main(Txtai)
