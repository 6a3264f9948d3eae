"""The OpenAPI document: what FastAPI knows of the routes, and what every route can answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from qa_bot.settings import Settings
from qa_bot.web.access.sessions import COOKIE
from qa_bot.web.api.models import ProblemOut, ProgressOut

ABOUT = """\
Ask a collection of speeches a question; get the exact words that answer it, with a citation.

For every citation, the document's `text[start:end]` is its `quote`. Whatever goes wrong is told as
problem details (RFC 9457) with the type `application/problem+json` and the id under which the
request stands in the server's log. Within `/api/v1` members are added, never renamed or removed:
pass over those that you do not know.
"""
TAGS = [
    {"name": "questions", "description": "Ask, search, and what to ask."},
    {"name": "documents", "description": "The speeches."},
    {"name": "feedback", "description": "Whether an answer helped."},
    {"name": "access", "description": "Who may ask."},
    {"name": "operation", "description": "For whoever looks after the server."},
]

_TEXTS = {
    400: "The body is no text in UTF-8.",
    401: "Nobody is signed in, and no valid key or token was sent.",
    403: "This person, or this page's origin, may not do that.",
    404: "There is no such document.",
    406: "The answer's type is not accepted.",
    408: "The body did not come whole in time.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    421: "The server does not answer to this host name.",
    422: "Something in the request cannot be used; `errors` names the fields.",
    429: "Asked too often; `Retry-After` says when to come again.",
    500: "A fault of the server; the log has it under the request id.",
    503: "Too many questions are waiting, or the server cannot answer now.",
    504: "The answer took too long.",
}
_ALWAYS = (421, 500)
_BODY = (400, 408, 413, 415, 422, 429)
_MORE = {
    "ask": (404, 406, 503, 504),
    "askStream": (406, 503),
    "search": (404, 406, 503, 504),
    "documents": (406,),
    "document": (404, 406),
    "suggestions": (406, 422),
    "feedback": (406,),
    "readyz": (503,),
    "metrics": (406,),
}
_WAIT = {
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 0}}
}
_OPEN = ("healthz", "readyz")  # to be asked by what keeps the server running


def _event(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"const": name}, "data": data},
    }


# Of one event of the stream, as OpenAPI 3.2 describes events.
EVENT: dict[str, Any] = {
    "type": "object",
    "oneOf": [
        _event("progress", {"$ref": "#/components/schemas/ProgressOut"}),
        _event("answer", {"$ref": "#/components/schemas/AnswerOut"}),
        _event("problem", {"$ref": "#/components/schemas/Problem"}),
    ],
}


def describe(app: FastAPI, settings: Settings) -> None:
    """Makes ``app.openapi()`` tell of errors, sign-in and limits too."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schema["info"] |= {
                "description": ABOUT,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            }
            schema["tags"] = TAGS
            _problems(schema, closed=settings.access != "none")
            _sign_in(schema, settings)
            for body in ("AskIn", "SearchIn", "FeedbackIn"):
                asked = schema["components"]["schemas"][body]["properties"]["question"]
                asked["maxLength"] = settings.max_question_chars
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def _problems(schema: dict[str, Any], *, closed: bool) -> None:
    """The errors of each operation, by what it does."""
    components = schema["components"]
    for gone in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(gone, None)
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {
        **problem.pop("$defs"),
        "Problem": problem,
        "ProgressOut": ProgressOut.model_json_schema(),
    }
    components["responses"] = {
        f"Problem{status}": {
            "description": text,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
            **({"headers": _WAIT} if status in (429, 503, 504) else {}),
        }
        for status, text in _TEXTS.items()
    }
    for operation in _operations(schema):
        name = operation["operationId"]
        responses = operation["responses"]
        responses.pop("422", None)
        statuses = {*_ALWAYS, *_MORE.get(name, ())}
        if "requestBody" in operation:
            statuses |= {*_BODY}
        if closed and name not in _OPEN:
            statuses |= {401, 403}
        for status in sorted(statuses):
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _sign_in(schema: dict[str, Any], settings: Settings) -> None:
    """The ways in, as the setting ``access`` has them."""
    if settings.access == "none":
        return
    schemes: dict[str, Any] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "an API key (`qa-bot keys add`) or a token made with one",
        }
    }
    if settings.access == "proxy":
        schemes["proxy"] = {
            "type": "apiKey",
            "in": "header",
            "name": settings.proxy_user_header,
            "description": "set by the trusted reverse proxy, never by a client",
        }
    else:
        schemes["session"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "the browser's, after the sign-in page",
        }
    schema["components"]["securitySchemes"] = schemes
    schema["security"] = [{name: []} for name in schemes]
    for operation in _operations(schema):
        if operation["operationId"] in _OPEN:
            operation["security"] = []


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in schema["paths"].values() for operation in path.values()]
