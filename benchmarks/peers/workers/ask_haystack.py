"""Haystack: hybrid retrieval in its in-memory store, and its extractive reader.

As its tutorials set them up: the embedder reads what is known of the document with the passage,
BM25 and vectors are joined by reciprocal rank, the reader has its own defaults.
"""

from __future__ import annotations

from pathlib import Path

import loop
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

SHOWN = 5


class Haystack:
    alone = True  # the tokenizer may not be borrowed twice

    def __init__(self, config: loop.Config) -> None:
        self.passages = loop.read_passages(config)
        store = InMemoryDocumentStore.load_from_disk(store_file(config))
        top = config["options"]["top"]
        self.pipeline = Pipeline()
        for name, component in {
            "embedder": SentenceTransformersTextEmbedder(
                model=config["embedder"], progress_bar=False
            ),
            "vectors": InMemoryEmbeddingRetriever(store, top_k=top),
            "words": InMemoryBM25Retriever(store, top_k=top),
            "joined": DocumentJoiner("reciprocal_rank_fusion", top_k=top),
            "reader": TransformersExtractiveReader(model=config["reader"], top_k=SHOWN),
        }.items():
            self.pipeline.add_component(name, component)
        self.pipeline.connect("embedder.embedding", "vectors.query_embedding")
        self.pipeline.connect("vectors", "joined")
        self.pipeline.connect("words", "joined")
        self.pipeline.connect("joined", "reader.documents")

    @staticmethod
    def build(config: loop.Config) -> None:
        embedder = SentenceTransformersDocumentEmbedder(
            model=config["embedder"], meta_fields_to_embed=["heading"], progress_bar=False
        )
        documents = [
            Document(
                id=str(number),
                content=passage["text"],
                meta={"number": number, "heading": passage["heading"]},
            )
            for number, passage in enumerate(loop.read_passages(config))
        ]
        store = InMemoryDocumentStore()
        store.write_documents(embedder.run(documents)["documents"])
        store.save_to_disk(store_file(config))

    def ask(self, question: str) -> loop.Reply:
        done = self.pipeline.run(
            {
                "embedder": {"text": question},
                "words": {"query": question},
                "reader": {"query": question},
            },
            include_outputs_from={"joined"},
        )
        read, near = done["reader"]["answers"], done["joined"]["documents"]
        spans = [answer for answer in read if answer.data is not None]
        answers = [
            loop.place(
                self.passages[span.document.meta["number"]],
                span.document_offset.start,
                span.document_offset.end,
                span.data,
            )
            for span in spans
        ]
        return {
            "found": bool(read) and read[0].data is not None,
            "confidence": spans[0].score if spans else 0.0,
            "said": 1,
            "answers": answers,
            "closest": [loop.whole(self.passages[one.meta["number"]]) for one in near],
        }


def store_file(config: loop.Config) -> str:
    return str(Path(config["index"]) / "store.json")


if __name__ == "__main__":
    loop.main(Haystack)
