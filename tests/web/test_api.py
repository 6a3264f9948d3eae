"""The JSON interface."""

from __future__ import annotations

import json

import pytest
from answers import KINDS, NOTES
from fakes import FakeBot
from fastapi.testclient import TestClient
from pydantic import BaseModel

from qa_bot.feedback.store import FeedbackStore
from qa_bot.schema import Filters
from qa_bot.settings import Settings
from qa_bot.web.api import models

ASKED = "what did IOM commit to as Network secretariat?"


def test_ask_gives_the_shape_of_the_answer(client: TestClient, fake: FakeBot) -> None:
    reply = client.post("/api/v1/ask", json={"question": ASKED})
    assert reply.status_code == 200
    answer = reply.json()
    expected = fake.ask(ASKED).to_dict()
    assert answer.pop("next") == fake.next_questions(fake.ask(ASKED))
    assert answer == json.loads(json.dumps(expected))
    assert answer["text"] == expected["text"] != ""
    citation = answer["citations"][0]
    text = client.get(f"/api/v1/documents/{citation['document']['id']}").json()["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize("kind", [*KINDS, *NOTES])
def test_every_kind_of_answer_goes_over_the_wire(
    client: TestClient, fake: FakeBot, kind: str
) -> None:
    expected = json.loads(json.dumps(fake.ask(f"{kind}?").to_dict()))
    reply = client.post("/api/v1/ask", json={"question": f"{kind}?"}).json()
    assert {name: value for name, value in reply.items() if name != "next"} == expected
    assert set(models.AnswerOut.model_fields) == set(reply)
    stream = client.post("/api/v1/ask/stream", json={"question": f"{kind}?"}).text
    assert json.loads(stream.rpartition("event: answer\ndata: ")[2].strip()) == reply
    for group in reply["groups"]:
        assert all(reply["citations"][place] for place in group["citations"])
    for citation in (*reply["citations"], *reply["closest"]):
        assert set(citation) == set(models.CitationOut.model_fields)


def test_ask_passes_history_and_filters_on(client: TestClient, fake: FakeBot) -> None:
    body = {
        "question": "And then what?",
        "history": [{"question": "a", "answer": "b"}],
        "filters": {"speaker": "Thompson", "documents": ["x"]},
    }
    assert client.post("/api/v1/ask", json=body).status_code == 200
    assert fake.asked[-1] == (
        "And then what?",
        [("a", "b")],
        Filters(speaker="Thompson", documents=("x",)),
    )


def test_nobody_can_give_themselves_groups(client: TestClient) -> None:
    body = {"question": "why?", "filters": {"groups": ["board"]}}
    assert client.post("/api/v1/ask", json=body).status_code == 422
    assert "groups" not in client.get("/api/v1/documents").json()["documents"][0]


def test_search_and_documents(client: TestClient, fake: FakeBot) -> None:
    hits = client.post("/api/v1/search", json={"question": "start-up fund", "top_k": 2}).json()[
        "hits"
    ]
    assert 0 < len(hits) <= 2
    documents = client.get("/api/v1/documents").json()["documents"]
    assert [d["id"] for d in documents] == [d.id for d in fake.documents]
    assert "text" not in documents[0]
    slashed = client.get("/api/v1/documents/sub/hostile speech")
    assert slashed.json()["text"] == fake.document("sub/hostile speech").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 422),
        ({"question": " \n\t "}, 422),
        ({"question": "x" * 20_000}, 422),
        ({"question": "😀😀"}, 422),
        ({}, 422),
        ({"question": 3}, 422),
        ({"question": "why?", "nonsense": 1}, 422),
        ({"question": "why?", "history": [{"question": "q"}] * 21}, 422),
        ({"question": "why?", "filters": {"date_from": "yesterday"}}, 422),
        ([], 422),
    ],
)
def test_bad_requests_are_problems(client: TestClient, body: object, status: int) -> None:
    reply = client.post("/api/v1/ask", json=body)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b'{"question":"\\ud800?"}', b'{"\\ud800":1}', b"[" * 5000]
)
def test_broken_json_is_a_problem(client: TestClient, raw: bytes) -> None:
    reply = client.post("/api/v1/ask", content=raw, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "question", ["<b>what</b> migration?", "ما هي الهجرة؟", "what 😀 migration?"]
)
def test_odd_questions_are_questions(client: TestClient, question: str) -> None:
    reply = client.post("/api/v1/ask", json={"question": question})
    assert reply.status_code == 200
    assert reply.json()["question"] == question


@pytest.mark.parametrize(("top_k", "status"), [(2.0, 200), (2.5, 422), ("2", 422), (True, 422)])
def test_counts_are_whole_numbers(client: TestClient, top_k: object, status: int) -> None:
    body = {"question": "fund?", "top_k": top_k}
    assert client.post("/api/v1/search", json=body).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"accept": "text/html"}, 406),
        ({"accept": "application/json;q=0, */*"}, 406),
        ({"accept": "text/html, */*;q=0.1"}, 200),
        ({"content-type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_types_are_negotiated(client: TestClient, headers: dict[str, str], status: int) -> None:
    sent = {"content-type": "application/json", **headers}
    reply = client.post("/api/v1/ask", content=b'{"question": "fund?"}', headers=sent)
    assert reply.status_code == status
    if status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"
        assert "json" in reply.json()["detail"]


def test_feedback_is_kept_or_counted(client: TestClient, settings: Settings) -> None:
    store = FeedbackStore(settings.feedback)
    before, counts = len(store.entries()), store.counts()
    up = {"kind": "up", "question": "Who pays?", "answer": "donors"}
    down = {**up, "kind": "down", "reason": "too short", "history": [{"question": "q"}]}
    for body in (up, down):
        assert client.post("/api/v1/feedback", json=body).json() == {"kept": True}
    (kept,) = store.entries()[before:]
    assert (kept.kind, kept.answer, kept.reason) == ("thumbs down", "donors", "too short")
    assert kept.history == (("q", ""),)
    assert store.counts()["thumbs up"] == counts.get("thumbs up", 0) + 1
    for bad in ({**up, "kind": "sideways"}, {**down, "reason": "x" * 2001}, {"kind": "up"}):
        assert client.post("/api/v1/feedback", json=bad).status_code == 422


def test_a_question_that_finds_nothing_is_kept(client: TestClient, settings: Settings) -> None:
    client.post("/api/v1/ask", json={"question": "Zyzzyva quux?"})
    last = FeedbackStore(settings.feedback).entries()[-1]
    assert (last.kind, last.question) == ("not found", "Zyzzyva quux?")
    client.post("/api/v1/ask", json={"question": "greeting?"})  # no speech is missing
    assert FeedbackStore(settings.feedback).entries()[-1] == last


def test_suggestions(client: TestClient, fake: FakeBot) -> None:
    assert client.get("/api/v1/suggestions?count=2").json() == {"questions": fake.examples(2)}
    assert client.get("/api/v1/suggestions?count=0").status_code == 422


def test_unknown_document_and_address_are_problems(client: TestClient) -> None:
    for path in ("/api/v1/documents/nope", "/api/v1/nope"):
        reply = client.get(path)
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/ask").status_code == 405
    assert client.get("/api/v1/ask").headers["allow"] == "POST"


def test_a_bug_is_an_apology_with_a_number(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    reply = client.post("/api/v1/ask", json={"question": "boom?"})
    assert reply.status_code == 500
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    number = reply.headers["x-request-id"]
    assert number in reply.json()["hint"]
    assert any(number in record.message for record in caplog.records)


def test_large_bodies_are_refused_announced_or_not(client: TestClient) -> None:
    body = b'{"question":"' + b"x" * 300_000 + b'"}'
    assert client.post("/api/v1/ask", content=body).status_code == 413
    in_parts = (body[i : i + 50_000] for i in range(0, len(body), 50_000))
    reply = client.post("/api/v1/ask", content=in_parts)
    assert reply.status_code == 413
    assert reply.headers["content-type"] == "application/problem+json"


def test_openapi_describes_the_interface(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/ask", "/api/v1/search", "/api/v1/documents", "/healthz"} <= set(paths)
    assert not any(path.startswith(("/source", "/speeches", "/gradio")) for path in paths)
    assert client.get("/healthz").json() == {"status": "ok"}


def test_openapi_names_every_error_and_limit(client: TestClient, settings: Settings) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    asked = document["components"]["schemas"]["AskIn"]["properties"]["question"]
    assert asked["maxLength"] == settings.max_question_chars
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"] and operation["tags"] and operation["operationId"], path
            for status, answer in operation["responses"].items():
                assert (status == "200") != ("$ref" in answer), (path, status)
    schemas = document["components"]["schemas"].values()
    assert all("examples" in s for s in schemas if s.get("title", "").endswith(("In", "Out")))


def test_the_examples_of_the_document_are_of_its_shapes() -> None:
    shapes = [one for one in vars(models).values() if isinstance(one, type)]
    checked = 0
    for shape in shapes:
        if issubclass(shape, BaseModel) and shape.model_config.get("json_schema_extra"):
            for example in shape.model_config["json_schema_extra"]["examples"]:
                shape.model_validate(example)
                checked += 1
    assert checked > 10


def test_the_reference_is_a_page_without_scripts(client: TestClient) -> None:
    reply = client.get("/api")
    assert reply.status_code == 200
    assert "<script" not in reply.text
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in reply.text
    assert "curl -s http://localhost/api/v1/ask" in reply.text
