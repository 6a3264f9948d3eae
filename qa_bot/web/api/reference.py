"""The interface as a page to read: made from the OpenAPI document, without a script."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from qa_bot.web.pages import page, root_of


@dataclass(frozen=True)
class Field:
    """A member of a body, or a parameter of the address."""

    name: str
    type: str
    required: bool
    text: Markup


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    text: Markup
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]  # (status, what it means)
    shape: str  # name of the answer's shape; empty when it has none
    sent: str  # an example body, as JSON


def router(title: str) -> APIRouter:
    """``/api``."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api")
    def reference(request: Request) -> Response:
        document = request.app.openapi()
        origin = f"{request.url.scheme}://{request.url.netloc}{root_of(request)}"
        return page(
            request,
            "api.html",
            title=title,
            about=prose(document["info"]["description"]),
            sections=sections(document),
            shapes=shapes(document),
            origin=origin,
        )

    return routes


def sections(document: dict[str, Any]) -> list[tuple[str, Markup, list[Operation]]]:
    """(name, description, operations) of each tag that has some."""
    found = []
    for tag in document["tags"]:
        operations = [
            _operation(document, method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation.get("tags", ())
        ]
        if operations:
            found.append((tag["name"], prose(tag["description"]), operations))
    return found


def shapes(document: dict[str, Any]) -> list[tuple[str, Markup, list[Field]]]:
    """(name, description, members) of each shape."""
    return [
        (name, prose(schema.get("description", "")), _fields(schema))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def prose(text: str) -> Markup:
    """Paragraphs, and code between backticks; nothing else of the text is markup.

    Example:
        >>> prose("Of `<b>`.")
        Markup('<p>Of <code>&lt;b&gt;</code>.</p>')
    """
    paragraphs = (str(escape(part)) for part in text.strip().split("\n\n") if part)
    coded = (re.sub(r"`([^`]+)`", r"<code>\1</code>", part) for part in paragraphs)
    return Markup("".join(f"<p>{part}</p>" for part in coded))  # noqa: S704 - escaped above


def _operation(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> Operation:
    fields = [
        Field(
            given["name"],
            f"{_type(given['schema'])}, in the {given['in']}",
            given.get("required", False),
            prose(given.get("description", "")),
        )
        for given in operation.get("parameters", ())
    ]
    sent = ""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        schema = _resolved(document, body["schema"])
        fields += _fields(schema)
        sent = json.dumps(next(iter(schema.get("examples", ())), {}), ensure_ascii=False)
    answers = [
        (status, _resolved(document, answer)["description"])
        for status, answer in operation["responses"].items()
    ]
    content = operation["responses"].get("200", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        text=prose(operation.get("description", "")),
        fields=tuple(fields),
        answers=tuple(answers),
        shape=shape.rpartition("/")[2],
        sent=sent,
    )


def _fields(schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, _type(given), name in required, prose(given.get("description", "")))
        for name, given in schema.get("properties", {}).items()
    ]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    if "$ref" not in schema:
        return schema
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _type(schema: dict[str, Any]) -> str:
    """The type in words: "list of Turn, at most 20"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(json.dumps(one) for one in schema["enum"])
    kind = str(schema.get("type", "anything"))
    if kind == "array" and "items" in schema:
        kind = f"list of {_type(schema['items'])}"
    elif kind == "object" and "additionalProperties" in schema:
        kind = "object"
    for limit, words in (("maxLength", "at most {} characters"), ("maxItems", "at most {}")):
        if limit in schema:
            kind += f", {words.format(schema[limit])}"
    if "minimum" in schema and "maximum" in schema:
        kind += f", {schema['minimum']} to {schema['maximum']}"
    return kind
